"""Leaving: an account is closed only with what its person holds handed to a colleague."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models import Custody, Event, Household, User
from tests.support.factories import START, County, day, settle_county
from tests.support.outcomes import refusal
from tests.support.posts import appoint
from workflow.actors import actor_of, system
from workflow.county import accounts
from workflow.county.accounts import NewUser
from workflow.setup import household_cadres, leaving
from workflow.setup.household_cadres import Cadre
from workflow.tickets import participation
from workflow.verification import full_check


@pytest.fixture
def county(engine: Engine) -> County:
    """Li of the water bureau handles a ticket and sees to a household; Wang is a colleague."""
    made = settle_county(engine)
    with made.write() as session:
        for name in ("li", "wang"):
            new = NewUser(name=name, role="bureau", unit=made.code("water"))
            made.people[name] = actor_of(accounts.create_user(session, system(), START, new))
    ticket = made.file()
    with made.write() as session:
        participation.name_handler(session, made.people["water"], ticket, "li", day(0))
        household_cadres.assign(session, made.people["office"], day(0), {"A1": Cadre("li", made.people["li"].user_id)})
    return made


def person(session: Any, county: County, name: str) -> User:
    found: User = session.get_one(User, county.people[name].user_id)
    return found


def close(county: County, to: str, who: str = "admin") -> str:
    return refusal(
        county.engine,
        lambda s: leaving.close(s, county.people[who], day(1), person(s, county, "li"), to),
    )


def test_what_a_person_holds_is_listed_before_the_account_is_closed(county: County) -> None:
    with county.read() as session:
        held = leaving.holds(session, person(session, county, "li"), day(1))
        assert (len(held.tickets), held.households, held.posts) == (1, ("A1",), ())
        assert "wang" in [user.name for user in leaving.colleagues(session, person(session, county, "li"))]


def test_what_a_person_holds_is_in_the_order_of_its_numbers_and_codes(county: County) -> None:
    first = county.ticket(1).number
    second = county.ticket(county.file(household="A2")).number
    with county.write() as session:
        participation.name_handler(session, county.people["water"], 2, "li", day(0))
        cadre = Cadre("li", county.people["li"].user_id)
        for code in ("A3", "A2"):
            household_cadres.assign(session, county.people["office"], day(0), {code: cadre})
    with county.read() as session:
        held = leaving.holds(session, person(session, county, "li"), day(1))
        assert (held.tickets, held.households) == ((first, second), ("A1", "A2", "A3"))


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("", "BadInput missing handed_to"),
        ("li", "BadInput leaver_needs_heir handed_to"),
        ("power", "BadInput leaver_needs_heir handed_to"),
        ("wang", "done"),
    ],
)
def test_an_account_is_closed_only_with_somebody_who_takes_over(county: County, to: str, said: str) -> None:
    assert close(county, to) == said
    assert close(county, "wang", "office") == "NotAllowed only_the_administrator"


def test_everything_goes_to_the_colleague_in_one_act(county: County, tmp_path: Path) -> None:
    with county.write() as session:
        leaving.close(session, county.people["admin"], day(1), person(session, county, "li"), "wang")
    wang = county.people["wang"].user_id
    with county.read() as session:
        assert session.scalars(select(Custody.handler_id).where(Custody.ended_at.is_(None))).all() == [wang]
        assert session.scalars(select(Household.cadre_id).where(Household.code == "A1")).one() == wang
        assert not person(session, county, "li").active
        left = leaving.holds(session, person(session, county, "li"), day(1))
        assert not left.handed_on
        assert session.scalars(select(Event.action).order_by(Event.id.desc()).limit(1)).one() == "user_closed"
        assert [finding.code for finding in full_check.verify(session, tmp_path)] == []


def test_a_household_has_a_new_version_with_each_new_cadre(county: County) -> None:
    """Who opened it before is refused on saving."""

    def version() -> int:
        with county.read() as session:
            return session.scalars(select(Household.version).where(Household.code == "A1")).one()

    before = version()
    with county.write() as session:
        cadre = Cadre("wang", county.people["wang"].user_id)
        household_cadres.assign(session, county.people["office"], day(1), {"A1": cadre})
    assert version() == before + 1
    with county.write() as session:
        household_cadres.assign(session, county.people["office"], day(1), {"A1": cadre})
    assert version() == before + 1, "the same cadre again changes nothing"
    with county.write() as session:
        leaving.close(session, county.people["admin"], day(1), person(session, county, "wang"), "li")
    assert version() == before + 2


def test_a_leader_leaves_the_post_first(county: County) -> None:
    with county.write() as session:
        appoint(session, person(session, county, "li"), "leader", START)
    assert close(county, "wang") == "Conflict leaver_has_posts"
