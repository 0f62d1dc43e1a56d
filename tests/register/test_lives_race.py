"""Family changes by two people at once: the second waits and sees what the first has done."""

from typing import Any

import pytest
from sqlalchemy import Engine, select

from models import Household, Member
from tests.support.factories import County, day
from tests.support.households import people, settle_register, visit
from tests.support.lives import living
from tests.support.racing import Act, second_of
from tests.support.spreadsheets import VAULT
from workflow.register import exit_gate
from workflow.register.lives import family_events
from workflow.register.lives.family_input import FamilyInput

pytestmark = pytest.mark.both_databases


@pytest.fixture
def county(engine: Engine) -> County:
    made = settle_register(engine)
    for code in ("A1", "A2"):
        people(made, {"labour": "with"}, {"labour": "with"}, household=code)
    return made


def ids(county: County, household: str = "A1") -> list[int]:
    with county.read() as session:
        query = select(Member.id).join(Household, Household.id == Member.household_id)
        return list(session.scalars(query.where(Household.code == household).order_by(Member.position)))


def happens(county: County, kind: str, *members: int, household: str = "A1", **more: Any) -> Act:
    given = FamilyInput(kind=kind, on=day(2).date(), members=members, **more)
    return lambda session: family_events.record(session, county.people["office"], day(2), VAULT, household, given)


def test_one_person_ends_once(county: County) -> None:
    _, wife = ids(county)
    assert second_of(county, happens(county, "died", wife), happens(county, "moved_away", wife)) == "member_ended"
    assert living(county) == ["人1"]


def test_the_heir_who_dies_meanwhile_does_not_become_head(county: County) -> None:
    head, wife = ids(county)
    assert second_of(county, happens(county, "died", wife), happens(county, "died", head, head=wife)) == (
        "nobody_remains"
    )
    assert living(county) == ["人1"]


def test_two_households_whose_people_change_places_do_not_wait_for_each_other_for_ever(county: County) -> None:
    (_, wife), (_, other) = ids(county), ids(county, "A2")
    first = happens(county, "moved", wife, to="A2")
    assert second_of(county, first, happens(county, "moved", other, household="A2", to="A1")) == "done"
    assert (len(living(county)), len(living(county, "A2"))) == (2, 2)


def test_the_gate_waits_for_a_death_and_sees_it(county: County) -> None:
    visit(county)
    head, wife = ids(county)

    def leave(session: Any) -> None:
        exit_gate.exit_household(session, county.people["town"], day(2), "A1")

    everybody = happens(county, "moved_away", head, wife, ends=True)
    assert second_of(county, everybody, leave) == "not_on_register"
