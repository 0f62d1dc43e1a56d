"""The scheme of the simulated counties, with few duties."""

from tests.support.scheme_cast import SCHEMES
from workflow.policy.scheme.reader import read_scheme

OTHER, SCHEME = map(read_scheme, SCHEMES)
