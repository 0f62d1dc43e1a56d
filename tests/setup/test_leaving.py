"""Departures: an account is closed or moved only with what its person holds handed on, to one or to several people."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models import Authorisation, Custody, Event, Household, Post, User
from models.engine import reading, writing
from tests.support.factories import START, County, day, settle_county
from tests.support.outcomes import refusal
from tests.support.posts import DOCUMENT, appoint
from workflow.accountability import sweep as accountability_sweep
from workflow.actors import actor_of, system
from workflow.assessment.facts import facts_as_of
from workflow.county import accounts, authorisations
from workflow.county.accounts import NewUser
from workflow.county.context import county_context
from workflow.county.posts.post_record import last_day
from workflow.policy.worktime import local_date
from workflow.setup import household_cadres
from workflow.setup.departures import departure_act, departure_plan, holdings
from workflow.setup.household_cadres import Cadre
from workflow.tickets import participation
from workflow.verification import full_check

TENTH = local_date(day(10)).isoformat()
PAPER: dict[str, Any] = {"document": "五组任〔2018〕30号", "day": TENTH}


@pytest.fixture
def county(engine: Engine) -> County:
    """Li of the water bureau handles two tickets and sees to two households; Wang and Zhao are colleagues."""
    made = settle_county(engine)
    with made.write() as session:
        for name in ("li", "wang", "zhao"):
            new = NewUser(name=name, role="bureau", unit=made.code("water"))
            made.people[name] = actor_of(accounts.create_user(session, system(), START, new))
    tickets = [made.file(household=code) for code in ("A1", "A2")]
    with made.write() as session:
        for ticket in tickets:
            participation.name_handler(session, made.people["water"], ticket, "li", day(0))
        theirs = dict.fromkeys(("A1", "A2"), Cadre("li", made.people["li"].user_id))
        household_cadres.assign(session, made.people["office"], day(0), theirs)
    return made


def test_a_cadre_assigned_later_leaves_the_facts_of_an_earlier_moment_readable(county: County) -> None:
    with county.read() as session:
        setting = county_context(session)
        assert "A1" in {home.code for home in facts_as_of.households(session, setting, day(-1))}


def person(session: Any, county: County, name: str) -> User:
    found: User = session.get_one(User, county.people[name].user_id)
    return found


def leave(county: County, name: str = "li", who: str = "admin", at: float = 12, **given: Any) -> str:
    act = lambda s: departure_act.carry_out(s, county.people[who], day(at), name, given)  # noqa: E731
    said = refusal(county.engine, act)
    if said == "done":
        with county.write() as session:
            act(session)
    return said


def held_by(county: County, name: str = "li", at: float = 12) -> dict[str, list[str]]:
    with county.read() as session:
        found: dict[str, list[str]] = {}
        for each in holdings.of_person(session, person(session, county, name), day(at)):
            found.setdefault(each.kind, []).append(each.ref)
        return found


def sound(county: County, tmp_path: Path) -> list[str]:
    with county.read() as session:
        return [f"{finding.code} {finding.subject}" for finding in full_check.verify(session, tmp_path)]


def numbers(county: County) -> list[str]:
    return held_by(county)["tickets"]


ALL = {"tickets": "wang", "households": "wang"}


def test_what_a_person_holds_is_listed_before_the_account_is_closed(county: County) -> None:
    held = held_by(county)
    assert (len(held["tickets"]), held["households"], "posts" in held) == (2, ["A1", "A2"], False)
    with county.read() as session:
        assert "wang" in [user.name for user in departure_plan.heirs(session, person(session, county, "li"))]


def test_what_a_person_holds_is_in_the_order_of_its_numbers_and_codes(county: County) -> None:
    third = county.file(household="A3")
    with county.write() as session:
        participation.name_handler(session, county.people["water"], third, "li", day(0))
        cadre = Cadre("li", county.people["li"].user_id)
        for code in ("B2", "A3"):
            household_cadres.assign(session, county.people["office"], day(0), {code: cadre})
    held = held_by(county)
    assert held["tickets"] == [county.ticket(number).number for number in (1, 2, third)]
    assert held["households"] == ["A1", "A2", "A3", "B2"]


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ({}, "BadInput missing to.tickets"),
        ({"tickets": "wang"}, "BadInput missing to.households"),
        ({**ALL, "tickets": "li"}, "BadInput leaver_needs_heir to.tickets"),
        ({**ALL, "tickets": "power"}, "BadInput leaver_needs_heir to.tickets"),
        # A clerk of the households' town sees to them too.
        ({**ALL, "households": "town"}, "done"),
        ({**ALL, "households": "other_town"}, "BadInput leaver_needs_heir to.households"),
        ({**ALL, "households.B1": "wang"}, "BadInput held_no_more to.households.B1"),
        ({**ALL, "nonsense": "wang"}, "BadInput held_kind_unknown to"),
        (ALL, "done"),
    ],
    ids=str,
)
def test_an_account_is_closed_only_with_people_who_take_over(county: County, to: dict[str, str], said: str) -> None:
    assert leave(county, to=to) == said


def test_the_office_closes_those_of_units_and_the_administrator_everybody(county: County) -> None:
    for who in ("village", "town", "water", "leaders", "inspectorate"):
        assert leave(county, who=who, to=ALL) == "NotAllowed departure_not_yours"
    assert leave(county, "inspectorate", who="office") == "NotAllowed departure_not_yours"
    assert leave(county, "admin") == "NotAllowed not_oneself"
    assert leave(county, who="office", to=ALL) == "done"
    assert leave(county, who="office", to=ALL) == "BadInput user_unknown name"


def test_each_item_may_go_to_another_colleague_in_one_act(county: County, tmp_path: Path) -> None:
    first, second = numbers(county)
    to = {"tickets": "wang", f"tickets.{second}": "zhao", "households": "zhao", "households.A2": "town"}
    assert leave(county, to=to) == "done"
    ids = {name: county.people[name].user_id for name in ("wang", "zhao", "town")}
    with county.read() as session:
        handlers = select(Custody.handler_id).where(Custody.ended_at.is_(None)).order_by(Custody.ticket_id)
        assert session.scalars(handlers).all() == [ids["wang"], ids["zhao"]]
        cadres = select(Household.cadre_id).where(Household.code.in_(("A1", "A2"))).order_by(Household.code)
        assert session.scalars(cadres).all() == [ids["zhao"], ids["town"]]
        assert not person(session, county, "li").active
        told = session.scalars(select(Event).where(Event.action == "took_over").order_by(Event.subject_id)).all()
        things = {event.subject_id: event.given["things"] for event in told}
        assert things == {
            ids["town"]: {"households": ["A2"]},
            ids["wang"]: {"tickets": [first]},
            ids["zhao"]: {"tickets": [second], "households": ["A1"]},
        }
    assert held_by(county) == {}
    assert sound(county, tmp_path) == []


@pytest.mark.parametrize("moves", [{}, {"unit": "power"}], ids=["leaves", "moves"])
def test_a_ticket_that_comes_back_is_not_handled_by_somebody_who_has_left(
    county: County, tmp_path: Path, moves: dict[str, Any]
) -> None:
    """Seen in a walk: with the office for a ruling meanwhile, it came back to an account that was closed."""
    county.do("water", "decline", 1, day(1), ground="not_ours", cited_duty="三定方案")
    moved: dict[str, Any] = {name: county.code(code) for name, code in moves.items()}
    assert leave(county, to=ALL, **moved) == "done"
    county.do("office", "uphold", 1, day(13), reason="属水务局职责，请按期办理")

    def handlers() -> list[int | None]:
        with county.read() as session:
            held = select(Custody.handler_id).where(Custody.ended_at.is_(None)).order_by(Custody.ticket_id)
            return list(session.scalars(held))

    assert handlers() == [None, county.people["wang"].user_id]
    with county.write() as session:
        participation.name_handler(session, county.people["zhao"], 1, "zhao", day(13))
    county.do("water", "accept", 1, day(14))
    assert handlers() == [county.people["zhao"].user_id, county.people["wang"].user_id]
    assert sound(county, tmp_path) == []


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
    assert leave(county, "wang", to={"households": "li"}) == "done"
    assert version() == before + 2


def test_posts_are_handed_on_by_a_document_and_a_day(county: County, tmp_path: Path) -> None:
    with county.write() as session:
        appoint(session, person(session, county, "li"), "leader", START)
        appoint(session, person(session, county, "li"), "duty", START)
        away: dict[str, Any] = {"until_day": local_date(day(60)).isoformat()}
        appoint(session, person(session, county, "li"), "deputy", day(1), stands_for="wang", **away)
        appoint(session, person(session, county, "zhao"), "deputy", day(1), stands_for="li", **away)
    held = held_by(county)
    assert [len(held[kind]) for kind in ("posts", "standing_in", "stood_for")] == [2, 1, 1]
    leader = held["posts"][0]
    to = {**ALL, f"posts.{leader}": "wang", "standing_in": "zhao"}
    # The administrator appoints nobody.
    assert leave(county, to=to, **PAPER) == "Conflict leaver_has_posts"
    assert leave(county, who="office", to=to) == "BadInput missing document"
    assert leave(county, who="office", to=to, document=PAPER["document"]) == "BadInput missing day"
    ahead: dict[str, Any] = {**PAPER, "day": local_date(day(13)).isoformat()}
    assert leave(county, who="office", to=to, **ahead) == "BadInput departure_ahead day"
    assert leave(county, who="office", to={**to, "posts": "town"}, **PAPER) == "BadInput leaver_needs_heir to.posts"
    assert leave(county, who="office", to=to, **PAPER) == "done"
    with county.read() as session:
        query = (
            select(User.name, Post)
            .join(User, User.id == Post.user_id)
            .where(Post.unit_id == county.units["water"], Post.cancelled_at.is_(None))
        )
        rows = {(name, post.kind): post for name, post in session.execute(query.where(Post.kind != "deputy"))}
        ninth = local_date(day(9))
        assert {key: last_day(post) for key, post in rows.items()} == {
            ("li", "leader"): ninth,
            ("wang", "leader"): None,
            # Nobody was named: the duty officer's post is vacant from that day on.
            ("li", "duty"): ninth,
        }
        stands = select(Post).where(Post.stands_for_id == county.people["wang"].user_id, Post.cancelled_at.is_(None))
        assert {(post.user_id, local_date(post.from_at), last_day(post)) for post in session.scalars(stands)} == {
            (county.people["li"].user_id, local_date(day(1)), ninth),
            (county.people["zhao"].user_id, local_date(day(10)), local_date(day(60))),
        }
        assert rows["wang", "leader"].document == PAPER["document"]
    assert sound(county, tmp_path) == []


def test_an_authorisation_to_sign_ends_with_the_person(county: County, tmp_path: Path) -> None:
    with county.write() as session:
        appoint(session, person(session, county, "water"), "leader", START)
        given = {"kind": "sign", "user": "li", "from_day": local_date(day(0)), "until_day": local_date(day(90))}
        authorisations.record(session, county.people["water"], day(1), {**given, "document": DOCUMENT})
    assert len(held_by(county)["authorisations"]) == 1
    assert leave(county, to={**ALL, "authorisations": "wang"}) == "done"
    with county.read() as session:
        ended = select(Authorisation.ended_at).where(Authorisation.kind == "sign")
        assert session.scalars(ended).one() is not None
    assert sound(county, tmp_path) == []


def test_a_person_moves_to_another_unit_with_everything_handed_on(county: County, tmp_path: Path) -> None:
    with county.write() as session:
        accounts.issue_token(session, person(session, county, "li"), day(1))
    assert leave(county, who="office", unit=county.code("water"), to=ALL) == "BadInput moves_nowhere unit"
    assert leave(county, who="office", unit="leaders", to=ALL) == "NotAllowed departure_not_yours"
    assert leave(county, who="office", unit="nowhere", to=ALL) == "BadInput unit_unknown unit"
    assert leave(county, who="office", unit="town-b", village="town-a-v1", to=ALL) == "BadInput village_unknown village"
    # Households of the town of the new unit may stay with the person.
    assert leave(county, who="office", unit="town-a", to={"households": "wang"}) == "BadInput missing to.tickets"
    assert leave(county, who="office", unit="town-a", to={"tickets": "wang"}) == "done"
    with county.read() as session:
        li = person(session, county, "li")
        assert (li.active, li.role, li.unit_id, li.village_id) == (True, "town", county.units["town-a"], None)
        cadres = select(Household.cadre_id).where(Household.code.in_(("A1", "A2")))
        assert set(session.scalars(cadres)) == {li.id}
        assert session.scalars(select(Event.action).where(Event.action == "tokens_revoked")).all() == ["tokens_revoked"]
    assert sound(county, tmp_path) == []
    with county.write() as session:
        session.get_one(User, county.people["li"].user_id).role = "bureau"
    assert sound(county, tmp_path) == [f"account_differs user {county.people['li'].user_id}"]


def test_the_only_cadre_of_a_village_hands_households_to_anybody_of_the_town(county: County) -> None:
    with county.write() as session:
        theirs = {"A3": Cadre("village", county.people["village"].user_id)}
        household_cadres.assign(session, county.people["office"], day(0), theirs)
    assert (
        leave(county, "village", who="office", to={"households": "water"}) == "BadInput leaver_needs_heir to.households"
    )
    assert leave(county, "village", who="office", village="town-a-v2") == "done"
    assert held_by(county, "village") == {"households": ["A3"]}
    assert leave(county, "village", who="office", to={"households": "other_village"}) == "done"
    assert held_by(county, "other_village") == {"households": ["A3"]}


def test_open_papers_talks_drafts_and_checks_are_handed_on_by_name(county: County) -> None:
    """What is the unit's and was seen to by the person goes to somebody as well, who is told the numbers."""
    with county.write() as session:
        appoint(session, person(session, county, "li"), "leader", START)
    for number in range(1, 25):
        accountability_sweep.run(partial(reading, county.engine), partial(writing, county.engine), day(number))
    held = held_by(county, at=25)
    assert len(held["papers"]) >= 1
    to = {**ALL, "posts": "wang"}
    assert leave(county, who="office", at=25, to=to, **PAPER) == "BadInput missing to.papers"
    assert leave(county, who="office", at=25, to={**to, "papers": "zhao"}, **PAPER) == "done"
    with county.read() as session:
        told = session.scalars(select(Event).where(Event.action == "took_over")).all()
        things = {event.subject_id: event.given["things"] for event in told}
        assert things[county.people["zhao"].account_id] == {"papers": held["papers"]}
