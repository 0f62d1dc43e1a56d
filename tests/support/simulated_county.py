"""The scheme of the simulated counties, with few duties."""

from tests.support.scheme_cast import SCHEMES, shipped_scheme

OTHER, SCHEME = map(shipped_scheme, SCHEMES)
