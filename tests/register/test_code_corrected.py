"""A household's code is corrected (编号更正): the household stays the one it is, and its former code leads to it for ever."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from models import Event, FormerCode, Household
from models.violations import violated
from tests.support import spreadsheets
from tests.support.factories import County, day, settle_county
from tests.support.lives import act, happen, home, living, refused
from tests.support.spreadsheets import bring
from workflow.errors import NotAllowed
from workflow.register.access import find_household
from workflow.register.household_listing import Wanted, search_households
from workflow.register.importing.offers import offers
from workflow.register.lives import family_preview
from workflow.verification.full_check import verify

HEADINGS = ("户编号", "户主姓名", "镇", "村", "姓名", "身份证号码", "与户主关系", "家庭人口")
OLD, WIFE, UNCLE = ("王老大", "441424195001012010"), ("李老太", "441424195202022020"), ("赵大叔", "441424195505052059")
CHILD = ("王小妹", "")


def rows(code: str, *family: tuple[str, str]) -> list[list[str]]:
    head = family[0]
    return [
        [code, head[0], "甲镇", "town-a-v1村", *one, "户主" if one is head else "家人", str(len(family))]
        for one in family
    ]


COUPLE, ALONE = rows("HA01", OLD, WIFE, CHILD), rows("HB01", UNCLE)


@pytest.fixture
def county(engine: Engine) -> County:
    made = settle_county(engine, households=0)
    assert bring(made, spreadsheets.text(HEADINGS, *COUPLE, *ALONE)).four == (2, 0, 0, 0)
    return made


def sound(county: County) -> list[str]:
    with county.read() as session:
        return [f"{finding.code} {finding.subject}" for finding in verify(session, Path("nowhere"))]


def codes(county: County) -> dict[str, tuple[int, date]]:
    with county.read() as session:
        return {row.code: (row.household_id, row.ended_on) for row in session.scalars(select(FormerCode))}


@pytest.mark.parametrize(("code", "family"), [("HA01", (OLD, WIFE, CHILD)), ("HB01", (UNCLE,))])
def test_a_family_under_a_new_code_is_asked_about_offered_and_then_taken(
    county: County, code: str, family: tuple[tuple[str, str], ...]
) -> None:
    was = home(county, code)
    ticket = county.file(household=code, kind="water")
    file = spreadsheets.text(HEADINGS, *rows("GB-7", *family))
    asked = bring(county, file)
    assert (asked.four, asked.counts["asked"]) == ((0, 0, 0, 0), 1)
    offer = offers(asked.plan.asked)[0]
    numbered = sum(bool(number) for _, number in family)
    assert (offer["what"], offer["household"], offer["to"], offer["n"]) == ("code_corrected", code, "GB-7", numbered)
    act(county, "code_corrected", household=code, to=offer["to"], at=day(3))
    assert bring(county, file, at=day(4)).four == (0, 0, 1, 0)
    now = home(county, "GB-7")
    assert (now.id, now.head_name, now.people) == (was.id, was.head_name, was.people)
    assert living(county, "GB-7") == [name for name, _ in family]
    assert county.ticket(ticket).household_id == was.id
    assert codes(county) == {code: (was.id, day(3).date())}
    assert sound(county) == []


def test_where_the_file_names_the_other_household_or_another_too_no_code_was_corrected(county: County) -> None:
    split = [*rows("HA01", OLD), *rows("GB-7", WIFE)]
    assert [o["what"] for o in offers(bring(county, spreadsheets.text(HEADINGS, *split)).plan.asked)] == ["split"]
    mixed = rows("GB-7", OLD, UNCLE)
    found = {o["what"] for o in offers(bring(county, spreadsheets.text(HEADINGS, *mixed)).plan.asked)}
    assert "code_corrected" not in found
    stranger = rows("GB-7", OLD, ("孙新人", "441424198003032035"))
    found = {o["what"] for o in offers(bring(county, spreadsheets.text(HEADINGS, *stranger)).plan.asked)}
    assert "code_corrected" not in found


def test_a_later_file_under_the_former_code_means_the_household_and_says_so(county: County) -> None:
    act(county, "code_corrected", household="HA01", to="GB-7", at=day(3))
    imported = bring(county, spreadsheets.text(HEADINGS, *COUPLE, *ALONE), at=day(4))
    assert (imported.four, imported.counts["absent"], imported.notices[:1]) == ((0, 0, 2, 0), 0, ["former_code"])
    # Rows under both codes are one household.
    both = [*rows("GB-7", OLD, WIFE, CHILD)[:2], *rows("HA01", OLD, WIFE, CHILD)[2:]]
    assert bring(county, spreadsheets.text(HEADINGS, *both), at=day(4)).four == (0, 0, 1, 0)
    moved = rows("HA01", OLD, WIFE, CHILD, UNCLE)
    asked = bring(county, spreadsheets.text(HEADINGS, *moved), at=day(4))
    assert [(o["what"], o["code"], o["household"]) for o in offers(asked.plan.asked)] == [("moved", "GB-7", "HB01")]


def test_the_former_code_leads_to_the_household_wherever_a_code_is_given(county: County) -> None:
    act(county, "code_corrected", household="HA01", to="GB-7", at=day(3))
    office = county.people["office"]
    with county.read() as session:
        assert find_household(session, office, "HA01").household.code == "GB-7"
        for typed in ("HA01", "HA0", "A01"):
            lines = search_households(session, office, Wanted(q=typed)).items
            assert [line.code for line in lines] == ["GB-7"], typed
        located = find_household(session, office, "GB-7")
        past = family_preview.past_changes(session, office, located)[0]
    assert (past.kind, past.other) == ("code_corrected", "HA01 → GB-7")
    ticket = county.file(household="HA01", kind="water")
    assert county.ticket(ticket).household_id == home(county, "GB-7").id
    happen(county, "moved", "赵大叔", household="HB01", to="HA01", who="office", at=day(4), ends=True, reason="同住")
    assert "赵大叔" in living(county, "GB-7")
    assert sound(county) == []


def test_a_former_code_is_taken_by_no_other_household_and_may_be_taken_back(county: County) -> None:
    act(county, "code_corrected", household="HA01", to="GB-7", at=day(3))
    again: dict[str, Any] = {"to": "HA01", "at": day(4)}
    taken = ("code_was_anothers", "to")
    assert refused(lambda: act(county, "code_corrected", household="HB01", **again)) == taken
    assert refused(lambda: act(county, "split", "李老太", household="GB-7", **again)) == taken
    assert refused(lambda: act(county, "code_corrected", household="HB01", to="GB-7")) == ("code_taken", "to")
    assert refused(lambda: act(county, "code_corrected", household="HB01", to="HB01")) == ("code_is_the_same", "to")
    assert refused(lambda: act(county, "code_corrected", household="HB01")) == ("missing", "to")
    with pytest.raises(NotAllowed):
        act(county, "code_corrected", household="HB01", to="X", who="village")
    for statement in (
        update(Household).where(Household.code == "HB01").values(code="HA01"),
        insert(Household).values(code="HA01", village_id=1, head_name="钱七"),
    ):
        with pytest.raises(IntegrityError) as refusal, county.write() as session:
            session.execute(statement)
        assert violated(refusal.value) == "uq_household_code"
    act(county, "code_corrected", household="GB-7", to="HA01", at=day(4))
    assert codes(county) == {"GB-7": (home(county, "HA01").id, day(4).date())}
    assert sound(county) == []


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (update(Household).where(Household.code == "GB-7").values(code="GB-8"), "row_differs household 1 code"),
        (delete(FormerCode), "former_code_differs former code HA01"),
        (update(FormerCode).values(code="HA02"), "former_code_differs former code HA02"),
        (update(FormerCode).values(household_id=2), "former_code_differs former code HA01"),
        (update(FormerCode).values(ended_on=date(2018, 1, 1)), "former_code_differs former code HA01"),
        (
            insert(FormerCode).values(code="X", household_id=1, ended_on=date(2018, 1, 1)),
            "former_code_differs former code X",
        ),
    ],
)
def test_a_code_or_former_code_written_past_the_history_is_found(county: County, statement: Any, found: str) -> None:
    act(county, "code_corrected", household="HA01", to="GB-7", at=day(3))
    with county.read() as session:
        told = session.scalars(select(Event).where(Event.action == "family").order_by(Event.id.desc())).first()
        assert told is not None
        assert (told.given["former"], told.given["code"], told.effect["was"]) == ("HA01", "GB-7", {"code": "HA01"})
    with county.write() as session:
        session.execute(statement)
    assert found in sound(county)
