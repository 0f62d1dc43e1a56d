"""Words of measures: what a measure counts has one name in its title, its texts and its terms."""

import pytest

from tests.support.scheme_cast import SCHEMES, shipped_scheme
from workflow.policy.scheme.term_texts import TERMS

READ = {path.stem: shipped_scheme(path) for path in SCHEMES}


@pytest.mark.parametrize("name", sorted(READ))
def test_a_measure_of_tickets_calls_them_tickets_throughout(name: str) -> None:
    """Glossary: ticket 工单, the record that is counted; a problem (问题) is what is missing."""
    of_tickets = [
        measure
        for measure in READ[name].measures
        if any(term.startswith("tickets.") for term in (*measure.of, *measure.to))
    ]
    assert of_tickets
    for measure in of_tickets:
        assert measure.numerator is not None
        assert measure.denominator is not None
        for words in (measure.name, measure.numerator, measure.denominator):
            assert "工单" in words.zh, measure.code
            assert "问题" not in words.zh, measure.code
            assert "problem" not in words.en.lower(), measure.code


def test_the_terms_call_them_so_as_well() -> None:
    for term, (zh, en) in TERMS.items():
        if term.startswith("tickets."):
            assert ("工单" in zh, "问题" in zh, "problem" in en) == (True, False, False), term
