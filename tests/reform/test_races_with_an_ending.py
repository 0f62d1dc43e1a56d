"""Races with a unit or village that is about to end: what comes at the same moment goes to the successor or is refused
in one sentence, and nothing open is ever with what has ended."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import Ticket, Unit, User, Village
from tests.support.factories import START, County, day, settle_county
from tests.support.posts import appoint
from tests.support.racing import second_of
from tests.support.reforms import PAPER, in_every_state, sound
from workflow.reform import reform_act
from workflow.tickets import desk, filing
from workflow.tickets.filing import Deficiency

pytestmark = pytest.mark.both_databases

Act = Callable[[Session], object]


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, households=12)


def ending(county: County, **given: Any) -> Act:
    asked: dict[str, Any] = {"kind": "merge", "subject": "unit", **PAPER, **given}
    asked["sources"] = [county.code(source) for source in asked["sources"]]
    asked["into"] = county.code(str(asked["into"]))
    return lambda session: reform_act.apply(session, county.people["office"], day(1), asked)


def doing(county: County, who: str, action: str, ticket: int, **given: object) -> Act:
    return lambda session: desk.perform(
        session, county.people[who], ticket, action, day(1, 10.1), **county.cast.given(given)
    )


def filing_of(county: County, household: str, **given: Any) -> Act:
    asked = Deficiency(household=household, **{"kind": county.cast.kinds.get("water", "water"), **given})
    return lambda session: filing.file_ticket(session, county.people["town"], day(1, 10.1), asked)


def left_open(county: County) -> list[str]:
    """Open tickets that name what has ended."""
    with county.read() as session:
        units = set(session.scalars(select(Unit.id).where(Unit.ended_on.is_not(None))))
        villages = set(session.scalars(select(Village.id).where(Village.ended_on.is_not(None))))
        rows = session.scalars(select(Ticket).where(Ticket.ended_at.is_(None))).all()
    return [
        f"ticket {row.id} {row.state}"
        for row in rows
        if units & {row.holder_unit_id, row.lead_unit_id, row.confirmer_unit_id, row.town_id}
        or row.in_village_id in villages
    ]


#: What comes at the same moment, and its outcome: done at the successor, or refused by this code.
RACES = {
    "file": (lambda c, t: filing_of(c, "A10"), "done"),
    "endorse": (lambda c, t: doing(c, "town", "endorse", t["reported"]), "done"),
    "accept": (lambda c, t: doing(c, "water", "accept", t["assigned"]), "done no_such_ticket not_allowed wrong_state"),
    "reassign": (
        lambda c, t: doing(c, "office", "reassign", t["disputed"], unit="water", reason="属该局职责"),
        "unit_has_ended",
    ),
    "reassign of another": (
        lambda c, t: doing(c, "office", "reassign", t["power"], unit="water", reason="属该局职责"),
        "unit_has_ended",
    ),
    "appoint": (
        lambda c, t: lambda s: appoint(s, s.get_one(User, c.people["water"].user_id), "leader", day(1, 10.1)),
        "done",
    ),
}


@pytest.mark.parametrize("name", RACES)
def test_a_bureau_ends_while_something_comes_to_it(county: County, name: str) -> None:
    tickets = in_every_state(county)
    tickets["power"] = county.file(household="A9", kind="power")
    county.do("power", "decline", tickets["power"], ground="not_ours", cited_duty="三定方案")
    second, expected = RACES[name]
    outcome = second_of(county, ending(county, sources=["water"], into="housing"), second(county, tickets))
    assert outcome in expected.split()
    assert left_open(county) == []
    assert sound(county, day(2)) == []


def test_the_confirming_bureau_ends_while_a_ticket_is_assigned(county: County) -> None:
    ticket = county.file("village", household="A9", kind="house", cause="other", at=START)
    outcome = second_of(
        county, ending(county, sources=["housing"], into="power"), doing(county, "town", "endorse", ticket)
    )
    assert outcome == "done"
    assert left_open(county) == []
    county.do("town", "accept", ticket, day(1.2))
    county.resolve(ticket, day(1.3), "town")
    assert county.ticket(ticket).state == "resolved"
    assert sound(county, day(2)) == []


def test_a_village_ends_while_a_ticket_is_filed_for_a_household_of_it(county: County) -> None:
    act = ending(county, subject="village", sources=["town-a-v1"], into="town-a-v2")
    assert second_of(county, act, filing_of(county, "A10")) == "done"
    assert left_open(county) == []
    assert sound(county, day(2)) == []


def test_a_ticket_filed_first_is_moved_by_the_reform_that_waited_for_it(county: County) -> None:
    first = filing_of(county, "A10")
    assert second_of(county, first, ending(county, sources=["water"], into="housing")) == "done"
    assert left_open(county) == []
    assert sound(county, day(2)) == []
