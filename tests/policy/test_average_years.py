"""Averages of income end with a year: the check of a scheme says so before a county finds that nothing can be compared."""

import pytest

from tests.support.factories import small_scheme
from tests.support.scheme_cast import SCHEMES, whole_text
from workflow.policy.scheme.model import Scheme
from workflow.policy.scheme.reader import cautions_of
from workflow.policy.scheme.validation import cautions, last_average


@pytest.mark.parametrize("path", SCHEMES, ids=lambda path: path.stem)
def test_the_check_warns_in_the_last_year_that_has_an_average_and_after_it(path: object) -> None:
    text = whole_text(path)  # type: ignore[arg-type]
    assert cautions_of(text) == cautions_of(text, 2025) == ()
    for year in (2026, 2027, 2030):
        (caution,) = cautions_of(text, year)
        assert (caution.code, caution.params) == ("averages_end", {"value": "2026", "other": "2027"})
        assert "2027年起无法判定" in caution.sentence("zh")
        assert text.splitlines()[caution.line - 1].strip().startswith(("averages:", "- {year: 2017", "- {year: 2020"))


def test_a_scheme_without_averages_is_not_warned_of_their_end() -> None:
    scheme = small_scheme()
    assert last_average(scheme) is None
    assert [found.code for found in cautions(scheme, 2030)] == [found.code for found in cautions(scheme)]


def test_the_last_year_counts_whatever_the_order() -> None:
    averages = [
        {"year": year, "yuan": 10000, "source": {"zh": "统计公报", "en": "statistics"}} for year in (2019, 2021, 2020)
    ]
    content = small_scheme().model_dump(mode="json")
    content["exit"]["income"] = {"have": "water", "percent": 45, "averages": averages}
    assert last_average(Scheme.model_validate(content)) == 2021
