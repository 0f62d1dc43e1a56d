"""The formula is public: every measure names what both its numbers count, in words an official reads once."""

import re
from pathlib import Path

import pytest

from tests.support.scheme_cast import SCHEMES, shipped_scheme
from workflow.assessment.ranking.ranking_figures import formula_of
from workflow.policy.scheme.exit_rules import Wording
from workflow.policy.scheme.measures import CountyMeasure
from workflow.policy.scheme.parts import Text
from workflow.policy.scheme.term_texts import TERMS, term_text

#: Words of the program, or of a sum without its subject.
_INTERNAL = re.compile(r"分子|分母|上述|其中|填报的|\b(ticket|numerator|denominator|of them|of these)\b")


def _readable(text: Text) -> bool:
    return not _INTERNAL.search(text.zh + text.en) and "{" not in text.zh + text.en


@pytest.mark.parametrize("path", SCHEMES, ids=lambda path: path.stem)
def test_both_numbers_of_every_measure_are_named_in_both_languages(path: Path) -> None:
    scheme = shipped_scheme(path)
    for measure in (*scheme.measures, *scheme.county_measures):
        of, to = (measure.part_text(part, scheme.words) for part in ("of", "to"))
        assert measure.numerator is not None, measure.code
        assert measure.denominator is not None, measure.code
        assert _readable(of), of
        assert _readable(to), to
        assert of.zh != to.zh
        assert of.en != to.en
        assert (measure.counted_in is not None) or not measure.reported, measure.code


@pytest.mark.parametrize("term", [term for term in TERMS if not term.startswith("reported.")])
def test_a_term_is_understood_on_its_own(term: str) -> None:
    assert _readable(term_text(term, Wording()))


def test_a_scheme_from_before_the_texts_says_whose_number_it_is() -> None:
    """Rankings under earlier versions of a scheme are read and proved for good."""
    old = CountyMeasure(
        code="trained",
        name=Text(zh="培训率", en="trained"),
        item=12,
        of=("reported.numerator",),
        to=("reported.denominator",),
    )
    assert old.part_text("of", Wording()).zh == "责任单位填报的完成数"
    assert old.term_text("reported.denominator", Wording()).zh == "责任单位填报的应完成数"
    several = old.model_copy(update={"to": ("duties.closed", "duties.open_overdue")})
    assert several.part_text("to", Wording()).zh == "本年度已完成的任务数＋已超过限期未完成的任务数"


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("path", SCHEMES, ids=lambda path: path.stem)
def test_texts_are_no_part_of_the_formula_that_was_published(path: Path, version: int) -> None:
    scheme = shipped_scheme(path)
    bare = [m.model_copy(update={"numerator": None, "denominator": None}) for m in scheme.measures]
    assert formula_of(scheme.model_copy(update={"measures": tuple(bare)}), version) == formula_of(scheme, version)
