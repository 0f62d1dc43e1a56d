"""Sources: from which of them each role files about a household, a village or a unit, where the scheme names none."""

from datetime import date
from typing import Any

import pytest

from tests.support.contexts import place_of
from tests.support.factories import small_scheme, words
from tests.support.outcomes import said
from tests.support.schemes import with_part
from workflow.actors import Actor
from workflow.errors import BadInput
from workflow.tickets import sources

UNIT_KIND: dict[str, Any] = {
    "code": "funds",
    "name": words("资金"),
    "indicator": 1,
    "subjects": ["unit"],
    "routes": [{"code": "own", "lead": "subject", "confirmer": "office", "reason": words("r"), "when": {}}],
}
PLACE = place_of(with_part(small_scheme(), "kinds.+", UNIT_KIND), 2018)
OFFICE = "visit masses matching check audit supervision instruction petition hotline spot_check"
ALL_BUT_VISITS = OFFICE.removeprefix("visit ")

TODAY = date(2018, 12, 3)


def person(role: str) -> Actor:
    unit = {"village": "town-a", "town": "town-a", "bureau": "water"}.get(role, role)
    return Actor(role, 1, PLACE.by_code[unit].id if role != "admin" else None)


@pytest.mark.parametrize(
    ("role", "household", "village", "unit"),
    [
        ("village", "visit masses", "visit masses", ""),
        ("town", "visit masses spot_check", "visit masses spot_check", ""),
        ("bureau", "", "masses matching check audit", "masses matching check audit"),
        # A unit is no household to visit.
        ("office", OFFICE, OFFICE, ALL_BUT_VISITS),
        ("leaders", "instruction", "instruction", "instruction"),
        ("inspectorate", "supervision spot_check", "supervision spot_check", "supervision spot_check"),
        ("admin", "", "", ""),
    ],
)
def test_each_role_files_from_its_sources_about_what_lies_in_its_sight(
    role: str, household: str, village: str, unit: str
) -> None:
    for subject, codes in (("household", household), ("village", village), ("unit", unit)):
        found = [source.code for source in sources.open_to(PLACE, person(role), subject)]
        assert found == codes.split(), subject
    open_subjects = [name for name, codes in (("household", household), ("village", village), ("unit", unit)) if codes]
    assert list(sources.subjects_open_to(PLACE, person(role))) == open_subjects


def test_the_first_open_source_is_chosen_where_none_is_named_and_another_only_if_it_is_open() -> None:
    def chosen(role: str, wanted: str | None, subject: str = "household", kind: str = "water") -> str:
        return said(lambda: sources.chosen(PLACE, person(role), subject, kind, wanted)) or sources.chosen(
            PLACE, person(role), subject, kind, wanted
        )

    assert chosen("town", None) == "visit"
    assert chosen("town", "spot_check") == "spot_check"
    assert chosen("town", "audit") == "source_not_open source"
    assert chosen("bureau", None) == "may_not_file_about"
    assert chosen("office", None, "unit", "funds") == "masses"
    assert chosen("office", "visit", "unit", "funds") == "source_not_open source"
    limited = place_of(with_part(PLACE.scheme, "kinds.0.sources", ["masses"]), 2018)
    assert [source.code for source in sources.open_to(limited, person("town"), "household", "water")] == ["masses"]
    assert [source.code for source in sources.open_to(limited, person("town"), "household", "power")] == [
        "visit",
        "masses",
        "spot_check",
    ]


@pytest.mark.parametrize("source", OFFICE.split())
def test_what_rests_on_a_document_names_its_number(source: str) -> None:
    needs = source not in ("visit", "masses")
    for text in ("", "  "):
        refusal = said(lambda text=text: sources.checked_reference(PLACE, source, text, TODAY))
        assert refusal == ("reference_missing reference" if needs else "")
    assert sources.checked_reference(PLACE, source, " 9号 ", TODAY) == "9号"
    assert said(lambda: sources.checked_reference(PLACE, source, "9" * 100, TODAY)) == ""
    assert said(lambda: sources.checked_reference(PLACE, source, "9" * 101, TODAY)) == "too_long reference"
    assert said(lambda: sources.checked_reference(PLACE, source, "好", TODAY)) == (
        "reference_not_a_number reference" if needs else "not_a_document reference"
    )


@pytest.mark.parametrize(
    ("source", "number"),
    [("spot_check", "抽查批次号"), ("petition", "信访件编号"), ("instruction", "批示编号"), ("audit", "文号")],
)
def test_a_number_that_is_none_is_called_by_the_word_of_its_source(source: str, number: str) -> None:
    """Seen: a bad number of a spot check was called 文号."""
    with pytest.raises(BadInput) as refusal:
        sources.checked_reference(PLACE, source, "好", TODAY)
    assert refusal.value.params["number_zh"] == number
