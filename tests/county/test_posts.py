"""Posts: entered by the office on a document, by days, also late; no two people hold one post on one day."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models import Custody, Event, Outbox, Post, User
from models.engine import in_transaction
from tests.support.factories import START, County, day, settle_county
from tests.support.outcomes import refusal
from tests.support.posts import DOCUMENT, appoint
from workflow.actors import Actor, actor_of, system
from workflow.county import accounts, authorisations
from workflow.county.accounts import NewUser
from workflow.county.posts import post_entries
from workflow.county.posts.post_record import last_day, midnight
from workflow.policy.worktime import local_date
from workflow.verification import full_check

FIRST, TENTH, TWENTIETH = (local_date(day(n)).isoformat() for n in (0, 10, 20))


@pytest.fixture
def county(engine: Engine) -> County:
    made = settle_county(engine)
    with made.write() as session:
        for name in ("li", "wang", "zhao"):
            user = accounts.create_user(
                session, system(), START, NewUser(name=name, role="bureau", unit=made.code("water"))
            )
            made.people[name] = actor_of(user)
    return made


def kept(county: County, does: Callable[[Session], Any]) -> str:
    """The outcome of an act, which stays where it is done."""
    outcome = refusal(county.engine, does)
    if outcome == "done":
        with county.write() as session:
            does(session)
    return outcome


def enter(county: County, who: str = "office", at: float = 0, **given: Any) -> str:
    """The outcome of an entry; by default that Li leads the water bureau from the first day on."""
    asked = {"user": "li", "kind": "leader", "from_day": FIRST, "document": DOCUMENT} | given
    return kept(county, lambda s: post_entries.enter(s, county.people[who], day(at), asked))


def lines(county: County, kind: str = "leader", unit: str = "water") -> list[tuple[Any, ...]]:
    """Who holds the post, from which day to which; without what was cancelled."""
    with county.read() as session:
        query = (
            select(Post, User.name)
            .join(User, User.id == Post.user_id)
            .where(Post.unit_id == county.units[unit], Post.kind == kind, Post.cancelled_at.is_(None))
        )
        return [
            (name, local_date(row.from_at).isoformat(), str(last_day(row) or ""))
            for row, name in session.execute(query.order_by(Post.from_at, Post.id))
        ]


def leaders(county: County, ticket: int) -> list[str | None]:
    with county.read() as session:
        query = select(User.name).select_from(Custody).outerjoin(User, User.id == Custody.leader_id)
        return list(session.scalars(query.where(Custody.ticket_id == ticket).order_by(Custody.seq)))


def sound(county: County, tmp_path: Path) -> list[str]:
    with county.read() as session:
        return [f"{finding.code} {finding.subject}" for finding in full_check.verify(session, tmp_path)]


def test_only_the_office_enters_posts_and_the_inspectorate_hears_of_it(county: County) -> None:
    for who in ("village", "town", "water", "leaders", "inspectorate", "admin"):
        assert enter(county, who) == "NotAllowed only_the_office_enters_posts"
    assert enter(county) == "done"
    with county.read() as session:
        event = session.scalars(select(Event).where(Event.action == "appointed").order_by(Event.id.desc())).first()
        assert event is not None
        assert (event.subject_type, event.given["document"], event.given["from"]) == ("post", DOCUMENT, FIRST)
        assert session.scalars(select(Outbox.event_id)).all()[-1] == event.id


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"user": ""}, "BadInput missing user"),
        ({"user": "nobody"}, "BadInput user_unknown user"),
        ({"user": "village"}, "BadInput no_such_post kind"),
        ({"user": "admin"}, "BadInput no_such_post kind"),
        ({"kind": ""}, "BadInput missing kind"),
        ({"kind": "king"}, "BadInput no_such_post kind"),
        ({"from_day": ""}, "BadInput missing from_day"),
        ({"from_day": "yesterday"}, "BadInput not_a_date from_day"),
        ({"from_day": "2016-01-01"}, "BadInput post_day from_day"),
        ({"from_day": "2021-01-01"}, "BadInput post_day from_day"),
        ({"from_day": TENTH, "until_day": FIRST}, "BadInput days_reversed until_day"),
        ({"until_day": FIRST}, "done"),
        ({"document": ""}, "BadInput missing document"),
        ({"document": "嗯"}, "BadInput not_a_document document"),
        ({"kind": "duty"}, "done"),
        ({"kind": "deputy", "until_day": TENTH}, "BadInput missing stands_for"),
        ({"kind": "deputy", "stands_for": "wang"}, "BadInput missing until_day"),
        ({"kind": "deputy", "stands_for": "li", "until_day": TENTH}, "BadInput deputy_of_oneself stands_for"),
        ({"kind": "deputy", "stands_for": "power", "until_day": TENTH}, "BadInput deputy_of_another_unit stands_for"),
        ({"kind": "deputy", "stands_for": "wang", "until_day": TENTH}, "done"),
    ],
    ids=str,
)
def test_an_entry_names_person_post_days_and_document(county: County, given: dict[str, Any], said: str) -> None:
    assert enter(county, **given) == said


def test_an_entry_relieves_the_one_before_on_the_day_before(county: County, tmp_path: Path) -> None:
    assert enter(county) == "done"
    assert enter(county) == "done"
    assert lines(county) == [("li", FIRST, "")]
    assert enter(county, at=12, user="wang", from_day=TENTH) == "done"
    assert lines(county) == [("li", FIRST, str(local_date(day(9)))), ("wang", TENTH, "")]
    # Of the same first day the later entry replaces the earlier one, which stays on record as cancelled.
    assert enter(county, at=13, user="zhao", from_day=TENTH) == "done"
    assert lines(county) == [("li", FIRST, str(local_date(day(9)))), ("zhao", TENTH, "")]
    assert enter(county, user="wang", from_day=FIRST) == "BadInput post_taken_later until_day"
    assert enter(county, user="wang", from_day=str(local_date(day(5))), until_day=str(local_date(day(9)))) == "done"
    assert [name for name, *_ in lines(county)] == ["li", "wang", "zhao"]
    assert sound(county, tmp_path) == []


def test_a_leader_entered_late_answers_from_the_day_of_the_document(county: County, tmp_path: Path) -> None:
    """Appointed on the 10th day and entered on the 20th: the ten days are the new leader's."""
    enter(county)
    before, after = (county.file(household=name, at=day(n)) for name, n in (("A1", 1), ("A2", 12)))
    assert (leaders(county, before), leaders(county, after)) == (["li"], ["li"])
    enter(county, at=20, user="wang", from_day=TENTH)
    assert (leaders(county, before), leaders(county, after)) == (["li"], ["wang"])
    with county.read() as session:
        event = session.scalars(select(Event).where(Event.action == "appointed").order_by(Event.id.desc())).first()
        assert event is not None
        assert event.effect["custodies"] == 1
    assert sound(county, tmp_path) == []


def post_of(county: County, name: str) -> int:
    with county.read() as session:
        user = county.people[name].user_id
        return session.scalars(select(Post.id).where(Post.user_id == user).order_by(Post.id.desc())).all()[0]


def test_a_post_ends_on_its_last_day_and_what_was_entered_by_mistake_counts_for_no_day(
    county: County, tmp_path: Path
) -> None:
    enter(county)
    ticket = county.file(at=day(1))
    number, office = post_of(county, "li"), county.people["office"]

    def tried(does: Callable[[Session], Any]) -> str:
        return kept(county, does)

    def end(who: Actor, at: float, last: str, document: str = DOCUMENT) -> str:
        return tried(lambda s: post_entries.end(s, who, day(at), number, {"until_day": last, "document": document}))

    assert end(county.people["admin"], 11, TENTH) == "NotAllowed only_the_office_enters_posts"
    assert end(office, 11, "") == "BadInput missing until_day"
    assert end(office, 11, TENTH, "") == "BadInput missing document"
    assert end(office, 11, str(local_date(day(-1)))) == "BadInput days_reversed until_day"
    assert end(office, 11, TENTH) == "done"
    assert lines(county) == [("li", FIRST, TENTH)]
    assert end(office, 12, TWENTIETH) == "BadInput post_ends_before until_day"
    assert leaders(county, ticket) == ["li"]
    assert tried(lambda s: post_entries.cancel(s, office, day(13), number, "。")) == "BadInput says_nothing reason"
    assert tried(lambda s: post_entries.cancel(s, office, day(13), number, "登记错了人")) == "done"
    assert (
        tried(lambda s: post_entries.cancel(s, office, day(13), number, "登记错了人"))
        == "WrongState post_cancelled_already"
    )
    assert tried(lambda s: post_entries.cancel(s, office, day(13), 999, "登记错了人")) == "NotFound no_such_post_entry"
    assert (lines(county), leaders(county, ticket)) == ([], [None])
    assert sound(county, tmp_path) == []


def test_of_simultaneous_entries_for_one_day_one_holds_the_post(county: County, tmp_path: Path) -> None:
    names = ("li", "wang", "zhao", "water")
    start = Barrier(len(names))

    def work(name: str) -> None:
        start.wait()
        asked = {"user": name, "kind": "leader", "from_day": FIRST, "document": DOCUMENT}
        in_transaction(county.engine, lambda s: post_entries.enter(s, county.people["office"], day(1), asked).id)

    with ThreadPoolExecutor(len(names)) as pool:
        outcomes = [job.exception() for job in [pool.submit(work, name) for name in names]]
    assert outcomes == [None] * len(names)
    assert len(lines(county)) == 1
    with county.read() as session:
        rows = session.scalars(select(Post).where(Post.unit_id == county.units["water"], Post.kind == "leader")).all()
    assert sorted(row.user_id for row in rows) == sorted(county.people[name].account_id for name in names)
    assert sound(county, tmp_path) == []


@pytest.mark.parametrize(("kind", "stands_for"), [("leader", None), ("duty", None), ("deputy", "zhao")])
def test_the_database_refuses_two_holders_at_one_time(county: County, kind: str, stands_for: str | None) -> None:
    away = county.people[stands_for].user_id if stands_for else None

    def row(name: str, first: float, last: float) -> Post:
        return Post(
            unit_id=county.units["water"],
            user_id=county.people[name].account_id,
            kind=kind,
            from_at=midnight(local_date(day(first))),
            until_at=midnight(local_date(day(last))),
            stands_for_id=away,
            document=DOCUMENT,
            recorded_at=START,
        )

    with county.write() as session:
        session.add_all([row("li", 0, 10), row("wang", 10, 20)])
    for first, last in ((0, 10), (9, 11), (5, 6), (-1, 1), (19, 30)):
        with pytest.raises(DBAPIError, match="post_is_held"), county.write() as session:
            session.add(row("water", first, last))
    moved = text("UPDATE post SET until_at = from_at WHERE kind = :kind AND user_id = :user")
    with pytest.raises(DBAPIError, match="span"), county.write() as session:
        session.execute(moved, {"kind": kind, "user": county.people["wang"].user_id})
    with pytest.raises(DBAPIError, match="post_is_held"), county.write() as session:
        wang = session.scalars(select(Post).where(Post.user_id == county.people["wang"].user_id)).one()
        wang.from_at -= timedelta(days=1)


def test_a_post_begins_at_midnight_in_china_and_lasts_through_its_last_day(county: County) -> None:
    enter(county, user="li", from_day=TENTH, until_day=TENTH)
    unit, first = county.units["water"], midnight(local_date(day(10)))
    with county.read() as session:
        moments = (first - timedelta(seconds=1), first, first + timedelta(hours=24, seconds=-1), first + timedelta(1))
        assert [authorisations.leader_post(session, unit, at) is not None for at in moments] == [
            False,
            True,
            True,
            False,
        ]


def test_posts_of_another_post_are_another_matter(county: County) -> None:
    with county.write() as session:
        appoint(session, session.get_one(User, county.people["li"].user_id), "leader", START)
        appoint(session, session.get_one(User, county.people["li"].user_id), "duty", START)
        appoint(session, session.get_one(User, county.people["power"].user_id), "leader", START)
    assert lines(county) == lines(county, "duty") == [("li", FIRST, "")]
    assert lines(county, unit="power") == [("power", FIRST, "")]
