"""Reading a scheme: what refuses it, what is told beside it when it is only compared, and at which line."""

import pytest

from tests.support.notice import TEXT
from workflow.policy.scheme import reader

SHADOWED = TEXT.replace("when: {causes: [no_project]}", "when: {causes: [beyond_help]}", 1)


def refused(text: str, compared: bool) -> list[str]:
    """The codes for which a text is refused, in order."""
    try:
        if compared:
            reader.parse_to_compare(text)
        else:
            reader.parse_scheme(text)
    except reader.SchemeRefused as refusal:
        return [problem.code for problem in refusal.problems]
    return []


def wrong(text: str) -> str:
    return text.replace("{code: water, lead: water,", "{code: water, lead: watr,", 1)


def test_a_scheme_is_read_whole_or_refused_and_one_to_compare_may_have_routes_that_never_match() -> None:
    assert (refused(TEXT, compared=False), refused(TEXT, compared=True)) == ([], [])
    scheme, problems = reader.parse_to_compare(TEXT)
    assert (scheme, problems) == (reader.parse_scheme(TEXT), ())
    assert (refused(SHADOWED, compared=False), refused(SHADOWED, compared=True)) == (["shadowed"], [])
    scheme, problems = reader.parse_to_compare(SHADOWED)
    assert [(problem.code, problem.line) for problem in problems] == [("shadowed", line_of(SHADOWED, TEXT))]
    assert scheme != reader.parse_scheme(TEXT)


@pytest.mark.parametrize("compared", [False, True])
def test_what_no_scheme_may_say_refuses_it_with_everything_that_is_wrong(compared: bool) -> None:
    assert refused(wrong(TEXT), compared) == ["unit_unknown"]
    assert sorted(refused(wrong(SHADOWED), compared)) == ["shadowed", "unit_unknown"]
    assert refused("a: [", compared) == ["syntax"]
    assert "missing" in " ".join(refused("{}", compared))


def line_of(text: str, other: str) -> int:
    """The first line in which two texts differ."""
    pairs = zip(text.splitlines(), other.splitlines(), strict=True)
    return next(number for number, (one, two) in enumerate(pairs, 1) if one != two)
