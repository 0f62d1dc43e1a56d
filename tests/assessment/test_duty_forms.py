"""The form of an entry: what is left empty is left out, and what follows it is kept."""

import pytest
from sqlalchemy import Engine, select

from models import DutyEntry
from tests.support.duties import LAST, at, duty, duty_county, enter, number, open_by, tickets
from tests.support.factories import County, words
from workflow.errors import BadInput

NOTE = {"code": "note", "name": words("备注"), "required": False}
KIND = {
    "code": "kind",
    "name": words("类别"),
    "type": "choice",
    "choices": [{"code": "short", "name": {"zh": "短期", "en": "short-term"}}],
}
FORM = [NOTE, number("people"), KIND]


@pytest.fixture
def county(engine: Engine) -> County:
    made = duty_county(
        engine, [duty("course", ["water"], "yearly", LAST, count={"target": 5, "unit": words("班"), "fields": FORM})]
    )
    open_by(made, at("2018-11-01"))
    return made


def entered(county: County, **fields: object) -> dict[str, str]:
    with county.read() as session:
        kept = enter(county, "water", tickets(county)["water", "course", "2018"], "2018-11-20", fields=fields)
        return dict(session.scalars(select(DutyEntry.fields).where(DutyEntry.id == kept)).one())


def test_a_field_left_empty_is_left_out_and_the_fields_after_it_are_kept(county: County) -> None:
    for empty in ({}, {"note": ""}, {"note": " "}, {"note": None}):
        assert entered(county, people="12", kind="short", **empty) == {"people": "12", "kind": "short"}
    assert entered(county, note=" 两期 ", people="3", kind="short")["note"] == "两期"


@pytest.mark.parametrize("said", ["short", "短期", "short-term"])
def test_a_choice_is_taken_by_its_code_or_either_name(county: County, said: str) -> None:
    assert entered(county, people="1", kind=said)["kind"] == "short"


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"people": "", "kind": "short"}, "missing", "fields.people"),
        ({"people": "1"}, "missing", "fields.kind"),
        ({"people": "1", "kind": "长" * 50}, "choice_unknown", "fields.kind"),
        ({"people": "viele", "kind": "short"}, "not_a_count", "fields.people"),
    ],
)
def test_what_is_missing_or_unknown_is_refused_at_its_field(
    county: County, fields: dict[str, str], code: str, field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        entered(county, **fields)
    assert (refused.value.code, refused.value.field) == (code, field)
    # What was typed is repeated in the sentence, and no longer than it can be read.
    assert all(len(str(said)) <= 40 for name, said in refused.value.params.items() if name == "choice")
