"""Deputies (AB岗): who stands in for a colleague acts, hears and signs in that colleague's stead, for the days entered."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models import Event, Post, User
from tests.support.factories import START, County, day, settle_county
from tests.support.messages import notified
from tests.support.posts import appoint
from workflow.actors import acting, actor_of, system
from workflow.county import accounts, authorisations
from workflow.county.accounts import NewUser
from workflow.policy.worktime import local_date
from workflow.tickets import desk, participation
from workflow.tickets.views import detail, timeline
from workflow.verification import full_check

AWAY, BACK = day(2), day(9)


@pytest.fixture
def county(engine: Engine) -> County:
    """Li is on duty and Zhao leads the water bureau; Wang stands in for both, from the second to the eighth day."""
    made = settle_county(engine)
    with made.write() as session:
        users = {}
        for name, called in (("li", "李四"), ("wang", "王五"), ("zhao", "赵六")):
            new = NewUser(name=name, role="bureau", unit=made.code("water"), display_name=called)
            users[name] = accounts.create_user(session, system(), START, new)
            made.people[name] = actor_of(users[name])
        appoint(session, users["zhao"], "leader", START)
        appoint(session, users["li"], "duty", START)
        for away in ("li", "zhao"):
            last = local_date(day(8)).isoformat()
            appoint(session, users["wang"], "deputy", AWAY, stands_for=away, until_day=last)
    notified(made)
    return made


def do(county: County, who: str, action: str, ticket: int, at: datetime, **given: Any) -> None:
    with county.write() as session:
        person = acting(session, session.get_one(User, county.people[who].user_id), at)
        desk.perform(session, person, ticket, action, at, **county.cast.given(given))


def handled(county: County, household: str = "A1", by: str | None = "li") -> int:
    ticket = county.file(household=household, at=day(1))
    with county.write() as session:
        participation.name_handler(session, county.people["water"], ticket, by, day(1))
    return ticket


def course(county: County, ticket: int) -> list[tuple[str, str | None, str | None]]:
    with county.read() as session:
        number = county.ticket(ticket).number
        lines = timeline.history(session, county.people["water"], number)
    return [(line.action, line.actor, line.in_stead_of) for line in lines if line.action in ("accept", "comment")]


@pytest.mark.parametrize(
    ("who", "at", "away"),
    [("wang", AWAY, "李四"), ("wang", day(1, 15), None), ("li", AWAY, None), ("water", AWAY, None)],
)
def test_an_act_on_the_ticket_of_a_handler_who_is_away_names_both(
    county: County, who: str, at: datetime, away: str | None
) -> None:
    ticket = handled(county)
    do(county, who, "accept", ticket, at)
    name = {"wang": "王五", "li": "李四"}.get(who)
    ((action, actor, instead),) = course(county, ticket)
    assert (action, instead) == ("accept", away)
    assert name is None or actor == name


def test_the_deputys_own_ticket_is_the_deputys_and_one_of_nobody_is_the_duty_officers(county: County) -> None:
    own, nobodys = handled(county, by="wang"), handled(county, "A2", by=None)
    for ticket in (own, nobodys):
        do(county, "wang", "accept", ticket, AWAY)
    assert course(county, own) == [("accept", "王五", None)]
    assert course(county, nobodys) == [("accept", "王五", "李四")]


def test_both_names_are_in_the_account_of_custody_for_the_days_of_standing_in(county: County, tmp_path: Path) -> None:
    ticket = handled(county)
    do(county, "wang", "accept", ticket, day(3))
    late = county.file(household="A2", at=BACK)
    with county.read() as session:
        first, second = (
            detail.ticket_view(session, county.people["water"], county.ticket(one).number, day(10)).custodies[-1].people
            for one in (ticket, late)
        )
        assert (first.handler, first.deputies) == ("李四", ("王五",))
        assert (first.leader, first.leaders_deputies) == ("赵六", ("王五",))
        assert (second.leader, second.leaders_deputies) == ("赵六", ())
        assert [finding.code for finding in full_check.verify(session, tmp_path)] == []


def test_what_the_one_who_is_away_hears_the_deputy_hears_too(county: County) -> None:
    ticket = handled(county)
    notified(county)
    for at, heard in ((day(3), {"li", "wang"}), (BACK, {"li"})):
        with county.write() as session:
            participation.comment(session, county.people["town"], ticket, "请尽快上门", at)
        assert notified(county, "comment") & {"li", "wang"} == heard


def test_the_leaders_deputy_signs_and_authorises_nobody(county: County) -> None:
    unit = county.units["water"]
    with county.read() as session:
        wang = county.people["wang"]
        deputy = session.scalars(
            select(Post.id).where(Post.user_id == wang.user_id, Post.stands_for_id == county.people["zhao"].user_id)
        ).one()
        by_day = [authorisations.signing_authority(session, wang, at) for at in (day(1), day(3), BACK)]
        assert [found and found.post_id for found in by_day] == [None, deputy, None]
        assert authorisations.signers(session, unit, day(3)) == ["赵六", "王五"]
        assert authorisations.signers(session, unit, BACK) == ["赵六"]
        assert authorisations.leads(session, wang, day(3)) is None


def test_what_a_deputy_does_to_the_own_account_is_nobody_elses(county: County) -> None:
    with county.write() as session:
        wang = session.get_one(User, county.people["wang"].user_id)
        accounts.set_password(session, acting(session, wang, day(3)), wang, "x", day(3))
        event = session.scalars(select(Event).where(Event.action == "password_set")).one()
        assert "in_stead_of" not in event.given
