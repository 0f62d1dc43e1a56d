"""Every measure of every scheme has a minimum base or says why a small base counts in full; `scheme check` warns of others."""

from pathlib import Path

import pytest

from tests.support.scheme_cast import SCHEMES, shipped_scheme
from workflow.policy.scheme.model import Scheme
from workflow.policy.scheme.validation import cautions
from workflow.policy.scoring import mark

MEASURES = [(path, index) for path in SCHEMES for index in range(len(shipped_scheme(path).measures))]
NAMES = [f"{path.stem}-{shipped_scheme(path).measures[index].code}" for path, index in MEASURES]


@pytest.mark.parametrize(("path", "index"), MEASURES, ids=NAMES)
def test_one_of_one_earns_full_marks_only_where_the_scheme_says_why(path: Path, index: int) -> None:
    """Seen: 1/1 reported by a bureau earned 100, since no reported measure had a minimum."""
    scheme = shipped_scheme(path)
    measure = scheme.measures[index]
    assert (measure.minimum > 1) != (measure.small_base is not None)
    value = mark(measure, (1, 1), (5, 10), ((5, 10), (5, 10))).value
    assert value is not None
    assert (value == 100) == (measure.small_base is not None)
    bare = measure.model_copy(update={"minimum": 1, "small_base": None})
    others = [*scheme.measures[:index], bare, *scheme.measures[index + 1 :]]
    (caution,) = cautions(Scheme.model_validate(scheme.model_dump() | {"measures": others}))
    assert (caution.path, caution.code) == (("measures", index), "no_minimum")
    assert caution.params == {"value": measure.code}
