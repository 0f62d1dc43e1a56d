"""Concurrent acts: of two people who do the same at once one succeeds and the other gets a refusal."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from models import AccountabilityCase, Escalation, Event, Paper, PaperAct, Post, RungAnswer, TimeRequest, User
from tests.support.cases import GIVEN, accepted, act, add_seconds, overdue, raised
from tests.support.factories import START, County, day, settle_county
from tests.support.posts import appoint
from tests.support.racing import Act, second_of
from tests.support.requests import ask, mending
from tests.support.signing import TALK
from workflow.accountability import paper_actions, proposals, sweep, sweep_watch
from workflow.accountability.cases import case_desk
from workflow.county import accounts
from workflow.county.accounts import NewUser
from workflow.tickets import desk, filing, participation, time_requests
from workflow.tickets.filing import Deficiency
from workflow.tickets.time_requests import RequestInput
from workflow.verification.full_check import verify

pytestmark = pytest.mark.both_databases

#: Each way of answering a request for time: refused, or granted.
WAYS = (False, True)
ONE = "2018:华扶办:1"


@pytest.fixture
def county(engine: Engine) -> County:
    county = settle_county(engine, households=6)
    add_seconds(county)
    return county


def recorded(county: County, *actions: str) -> list[str]:
    """The events of these actions, in order."""
    with county.read() as session:
        return list(session.scalars(select(Event.action).where(Event.action.in_(actions)).order_by(Event.id)))


def count(county: County, model: type[Any], *conditions: Any) -> int:
    with county.read() as session:
        return session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def sound(county: County) -> list[str]:
    with county.read() as session:
        return [finding.code for finding in verify(session, Path("nowhere")) if finding.code != "bytes_missing"]


def does(county: County, who: str, ticket: int, action: str, at: datetime, **given: Any) -> Act:
    """An act at the desk, in the codes of the scheme."""
    return lambda session: desk.perform(session, county.people[who], ticket, action, at, **county.cast.given(given))


@pytest.mark.parametrize("first", WAYS)
@pytest.mark.parametrize("second", WAYS)
def test_a_request_for_time_is_answered_by_one_of_two(county: County, first: bool, second: bool) -> None:
    ticket = mending(county)
    request = ask(county, ticket, day(1))

    def answers(who: str, grant: bool) -> Act:
        return lambda session: time_requests.answer(
            session, county.people[who], day(2), request, grant, reason="经入户核实，情况属实"
        )

    assert second_of(county, answers("office", first), answers("office2", second)) == "request_answered"
    with county.read() as session:
        row = session.get_one(TimeRequest, request)
    assert (row.status, row.answered_by_id) == (
        ("refused", "granted")[first],
        county.people["office"].user_id,
    )
    assert recorded(county, "refuse_time", "extend") == [("refuse_time", "extend")[first]]
    assert county.ticket(ticket).extensions == int(first)
    assert sound(county) == []


def test_a_ticket_has_one_request_waiting_however_many_ask(county: County) -> None:
    ticket = mending(county)

    def asks(session: Session) -> None:
        time_requests.ask(
            session,
            county.people["water"],
            day(1),
            ticket,
            RequestInput(kind="extension", until="2018-12-10", reason="连续降雨", plan="雨停后接通"),
        )

    assert second_of(county, asks, asks) == "request_waits"
    assert count(county, TimeRequest) == 1
    assert sound(county) == []


def test_what_was_granted_at_the_desk_meanwhile_is_not_refused(county: County) -> None:
    ticket = mending(county)
    request = ask(county, ticket, day(1))

    def refuses(session: Session) -> None:
        time_requests.answer(session, county.people["office2"], day(2), request, False, reason="不予延期")

    extends = does(county, "office", ticket, "extend", day(2), until="2018-12-10", reason="已入户核对属实")
    assert second_of(county, extends, refuses) == "request_answered"
    assert recorded(county, "extend", "refuse_time") == ["extend"]
    assert sound(county) == []


Moves = tuple[str, str, dict[str, Any]]
UPHELD: Moves = ("office", "uphold", {"reason": "是你单位的职责"})
GIVEN_AWAY: Moves = ("office2", "reassign", {"unit": "power", "reason": "电力故障，转供电局"})
PAIR = (UPHELD, GIVEN_AWAY)
CANCELLED: Moves = ("office2", "cancel", {"reason": "重复"})
ACCEPTED: Moves = ("water", "accept", {})
DECLINED: Moves = ("water", "decline", {"ground": "not_ours", "cited_duty": "三定方案"})
REJECTED: Moves = ("town", "reject", {"reason": "没水"})


@pytest.mark.parametrize(
    ("state", "first", "second"),
    [
        ("disputed", GIVEN_AWAY, UPHELD),
        ("disputed", UPHELD, UPHELD),
        ("assigned", ACCEPTED, DECLINED),
        ("assigned", DECLINED, ACCEPTED),
        ("assigned", CANCELLED, ACCEPTED),
        ("resolved", REJECTED, REJECTED),
    ],
)
def test_a_ticket_is_moved_by_one_of_two(county: County, state: str, first: Moves, second: Moves) -> None:
    ticket = county.file()
    if state == "disputed":
        county.do("water", "decline", ticket, day(0), ground="not_ours", cited_duty="三定方案")
    elif state == "resolved":
        county.do("water", "accept", ticket, day(0))
        county.resolve(ticket, day(0))
    before = county.ticket(ticket).version
    pair = [does(county, who, ticket, action, day(1), **given) for who, action, given in (first, second)]
    assert second_of(county, *pair) == "wrong_state"
    assert county.ticket(ticket).version == before + 1
    assert recorded(county, first[1], second[1])[-1] == first[1]
    assert sound(county) == []


def test_a_dispute_upheld_meanwhile_is_not_given_away_by_who_saw_it_open(county: County) -> None:
    ticket = county.file()
    seen = county.do("water", "decline", ticket, day(0), ground="not_ours", cited_duty="三定方案").version
    upholds, gives = (does(county, who, ticket, action, day(1), version=seen, **given) for who, action, given in PAIR)
    assert second_of(county, upholds, gives) == "stale"
    assert recorded(county, "uphold", "reassign") == ["uphold"]
    assert sound(county) == []


def test_the_same_deficiency_is_filed_by_one_of_two(county: County) -> None:
    def files(session: Session) -> None:
        filing.file_ticket(session, county.people["town"], START, Deficiency(household="A1", kind=county.kind("water")))

    assert second_of(county, files, files) == "duplicate_open_ticket"
    assert recorded(county, "file") == ["file"]
    assert sound(county) == []


def test_a_unit_is_invited_to_help_once(county: County) -> None:
    ticket = mending(county)

    def invites(who: str) -> Act:
        return lambda session: participation.assist(session, county.people[who], ticket, county.code("power"), day(1))

    assert second_of(county, invites("water"), invites("office")) == "assists_already"
    assert recorded(county, "assist") == ["assist"]
    assert sound(county) == []


def proposal(county: County) -> Callable[[str, bool], Act]:
    """People's answers to a proposed 约谈 of a ticket of the water bureau."""
    ticket = accepted(county)
    sweep.run(county.read, county.write, day(24, 8.5))
    with county.read() as session:
        rung = sweep_rung(session, ticket)
    return lambda who, issue: (
        lambda session: proposals.answer(session, county.people[who], day(24), ticket, rung, issue, "屡催不办", **TALK)
    )


def sweep_rung(session: Session, ticket: int) -> int:

    query = select(Escalation.id).where(Escalation.ticket_id == ticket, Escalation.status == "proposed")
    return session.scalars(query).one()


@pytest.mark.parametrize(("first", "second"), [(True, True), (True, False), (False, True), (False, False)])
def test_a_proposed_paper_is_issued_or_declined_by_one_of_two(county: County, first: bool, second: bool) -> None:
    answers = proposal(county)
    assert second_of(county, answers("office", first), answers("office2", second)) == "proposal_answered"
    assert count(county, RungAnswer) == 1
    with county.read() as session:
        assert session.scalars(select(Paper.number).where(Paper.rung == 4)).all() == (
            ["2018:华扶办:1"] if first else []
        )
    assert sound(county) == []


def paper_out(county: County) -> None:
    """A 督办 paper of the water bureau, issued on Monday 10 December."""
    accepted(county)
    sweep.run(county.read, county.write, day(21, 8.5))


PAPER_ACTS: dict[str, tuple[Callable[..., Any], str, tuple[Any, ...]]] = {
    "sign": (paper_actions.sign, "water", ()),
    "answer": (paper_actions.answer, "water", ("已派施工队",)),
    "ask": (paper_actions.ask_revocation, "office", ("有误",)),
    "revoke": (paper_actions.rule_on_revocation, "office2", (True, "已入户核对属实")),
    "keep": (paper_actions.rule_on_revocation, "office", (False, "不属实")),
}


@pytest.mark.parametrize(
    ("first", "second", "refusal", "there"),
    [
        ("sign", "sign", "paper_received", ["receipt"]),
        ("answer", "answer", "paper_answered", ["receipt", "answer"]),
        ("answer", "sign", "paper_received", ["receipt", "answer"]),
        ("ask", "ask", "revocation_asked", ["ask_revocation"]),
        ("revoke", "keep", "paper_ended", ["ask_revocation", "end"]),
        ("keep", "revoke", "revocation_not_asked", ["ask_revocation", "keep"]),
        ("revoke", "answer", "paper_ended", ["ask_revocation", "end"]),
    ],
)
def test_what_is_done_with_a_paper_is_done_once(
    county: County, first: str, second: str, refusal: str, there: list[str]
) -> None:
    paper_out(county)

    def acting(name: str) -> Act:
        work, who, given = PAPER_ACTS[name]
        return lambda session: work(session, county.people[who], day(21), ONE, *given)

    if "revoke" in (first, second):
        with county.write() as session:
            acting("ask")(session)
    assert second_of(county, acting(first), acting(second)) == refusal
    with county.read() as session:
        assert list(session.scalars(select(PaperAct.act).order_by(PaperAct.id))) == there
    assert sound(county) == []


def test_a_case_is_decided_by_one_of_two(county: County) -> None:
    case = raised(county, overdue(county))
    act(county, "office", case, "notify")
    act(county, "water", case, "respond")
    act(county, "office", case, "hear")

    def decides(who: str, outcome: str) -> Act:
        given = GIVEN["decide"] | {"outcome": outcome}
        return lambda session: case_desk.perform(session, county.people[who], case, "decide", day(2), **given)

    pair = decides("leaders", "reminder_talk"), decides("leaders2", "circular")
    assert second_of(county, *pair) == "case_wrong_state"
    with county.read() as session:
        row = session.get_one(AccountabilityCase, case)
        assert (row.state, row.outcome) == ("decided", "reminder_talk")
    assert recorded(county, "decide") == ["decide"]
    assert sound(county) == []


def test_a_case_is_opened_on_a_custody_once(county: County) -> None:
    ticket = overdue(county)

    def opens(who: str) -> Act:
        given = county.cast.given(GIVEN["open"])
        return lambda session: case_desk.raise_case(session, county.people[who], day(1), ticket, 2, **given)

    assert second_of(county, opens("office"), opens("office2")) == "case_under_way"
    assert count(county, AccountabilityCase) == 1
    assert sound(county) == []


def test_a_case_withdrawn_by_a_second_person_is_not_notified_any_more(county: County) -> None:
    case = raised(county, overdue(county))
    act(county, "office", case, "seek_withdrawal")

    def acting(who: str, action: str) -> Act:
        return lambda session: case_desk.perform(session, county.people[who], case, action, day(2))

    assert second_of(county, acting("office2", "agree_withdrawal"), acting("office", "notify")) == "case_wrong_state"
    assert sound(county) == []


@pytest.mark.parametrize("kind", ["leader", "duty"])
def test_of_two_appointed_at_once_the_second_holds_the_post_and_the_first_held_it(county: County, kind: str) -> None:
    with county.write() as session:
        ids = [
            accounts.create_user(
                session, county.people["admin"], START, NewUser(name=name, role="bureau", unit=county.code("water"))
            ).id
            for name in ("li", "wang")
        ]

    def appoints(user: int) -> Act:
        return lambda session: appoint(session, session.get_one(User, user), kind, day(1))

    assert second_of(county, *map(appoints, ids)) == "done"
    with county.read() as session:
        held = select(Post.user_id, Post.cancelled_at.is_(None)).where(Post.user_id.in_(ids))
        posts = session.execute(held.order_by(Post.id)).all()
    # Of one day the second holds the post; the first entry stays on record as replaced.
    assert [(user, bool(holds)) for user, holds in posts] == [(ids[0], False), (ids[1], True)]
    assert sound(county) == []


def test_a_held_sweep_is_released_by_one_of_two(county: County) -> None:
    with county.write() as session:
        sweep_watch.heartbeat(session, "w", day(0), starting=True)
    with county.write() as session:
        assert sweep_watch.heartbeat(session, "w", day(3)) == "clock_leap"

    def releases(who: str) -> Act:
        return lambda session: sweep_watch.release(session, county.people[who], day(3, 11))

    assert second_of(county, releases("office"), releases("admin")) == "nothing_holds"
    assert recorded(county, "release") == ["release"]
    assert sound(county) == []
