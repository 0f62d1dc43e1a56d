"""Messages of lives: who receives people or a household from another village learns of it, and of nothing else."""

import pytest
from sqlalchemy import Engine, select, update

from models import Event, Household, User
from notifications import delivery_planning
from notifications.delivery_planning import Announcement
from tests.support.factories import County
from tests.support.households import change, people, settle_register
from tests.support.lives import act, happen
from tests.support.messages import notified


@pytest.fixture
def county(engine: Engine) -> County:
    made = settle_register(engine)
    for code in ("A1", "A2", "B1"):
        people(made, {"labour": "with"}, {"labour": "none"}, household=code)
        change(made, code, people=2, head_name="人1")
    notified(made)
    return made


def test_a_move_to_another_village_tells_the_village_and_the_town_that_receive_it(county: County) -> None:
    happen(county, "moved", "人2", household="A1", to="B1", who="town")
    with county.read() as session:
        cadre = session.scalar(select(User.name).where(User.role == "village", User.village_id == 3))
        event = session.scalars(select(Event).where(Event.action == "family").order_by(Event.id.desc())).first()
        assert event is not None
        facts, _ = delivery_planning.facts(session, Announcement(event, "family", {}, {}))
    assert notified(county, "family") == {"other_town", *([cadre] if cadre else [])}
    assert facts == {"path": "/households/B1/family"}


def test_within_a_village_nobody_is_told_what_its_own_people_record(county: County) -> None:
    happen(county, "moved", "人2", household="A1", to="A2")
    happen(county, "died", "人2", household="B1", who="office")
    act(county, "merged", household="A2", to="A1")
    assert notified(county, "family") == set()


def test_a_household_that_comes_whole_is_told_to_those_it_comes_to_with_its_cadre(county: County) -> None:
    with county.write() as session:
        cadre = session.scalars(select(User.id).where(User.name == "far_village")).one()
        session.execute(update(Household).where(Household.code == "B1").values(cadre_id=cadre))
    act(county, "relocated", household="A1", to="town-b-v1", who="office")
    assert "other_town" in notified(county, "family")
    act(county, "merged", household="A2", to="B1", who="office")
    assert {"other_town", "far_village"} <= notified(county, "family")
