"""A household's record: who reads what of its people, and in which order its people and tickets stand."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from models import Household, Member
from tests.support.factories import START, County, day, settle_county, small_scheme
from tests.support.persons import id_number, move_in
from workflow.county.vault import Vault, mask_id
from workflow.errors import NotFound
from workflow.register import household_record

pytestmark = pytest.mark.one_database("sqlite")

VAULT = Vault("a key for tests")
BORN = date(1965, 4, 12)


@pytest.fixture
def county(engine: Engine) -> County:
    county = settle_county(engine, small_scheme())
    with county.write() as session:
        move_in(session, VAULT, "A1", 7, "欧阳明", "李四")
        session.execute(
            update(Member).where(Member.position == 1).values(illness="长期慢性病", schooling="小学", insured=True)
        )
    return county


def record(county: County, who: str, code: str = "A1") -> Any:
    with county.read() as session:
        return household_record.dossier(session, county.people[who], code, day(3))


def test_names_births_and_illnesses_are_read_by_those_who_work_in_the_village(county: County) -> None:
    number = mask_id(id_number(71))
    whole = ("欧阳明", "户主", number, BORN, "小学", "长期慢性病", True)
    part = ("欧**", "户主", number, None, "小学", "", True)

    def first(who: str) -> tuple[Any, ...]:
        one = record(county, who).people[0]
        return (one.name, one.relation, one.id_masked, one.born_on, one.schooling, one.illness, one.insured)

    readers = ("village", "town", "office", "leaders", "inspectorate")
    assert {who: first(who) for who in readers} == {
        "village": whole,
        "town": whole,
        "office": whole,
        "leaders": part,
        "inspectorate": part,
    }
    assert {who: record(county, who).name for who in ("office", "leaders")} == {"office": "欧阳明", "leaders": "欧**"}
    for who in ("other_village", "far_village", "other_town", "water", "admin"):
        with pytest.raises(NotFound):
            record(county, who)


def test_a_bureau_reads_the_name_while_it_holds_a_ticket_and_never_the_people(county: County) -> None:
    ticket = county.file(household="A1")
    county.file(household="A1", kind="power")
    view = record(county, "water")
    assert (view.whole, view.name, view.people, view.exits, view.steps) == (False, "欧阳明", [], [], [])
    assert [ticket.kind for ticket in view.tickets] == ["water"]
    county.do("office", "cancel", ticket, START, reason="重复")
    with pytest.raises(NotFound):
        record(county, "water")


def test_people_stand_by_their_place_and_tickets_open_first_then_the_latest(county: County) -> None:
    closed, first, second = (county.file(household="A1", kind=kind) for kind in ("file", "water", "power"))
    county.do("office", "cancel", closed, START, reason="重复")
    with county.write() as session:
        home = session.scalars(select(Household.id).where(Household.code == "A1")).one()
        session.execute(update(Member).where(Member.household_id == home, Member.position == 1).values(position=9))
    view = record(county, "town")
    assert [person.name for person in view.people] == ["李四", "欧阳明"]
    assert [ticket.id for ticket in view.tickets] == [second, first, closed]
