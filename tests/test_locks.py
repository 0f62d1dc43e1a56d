"""Locks: what an act holds until its transaction ends, so that two at once do not see the same state.

That they are asked for is seen here on every act; what would happen without them is raced in `tests/tickets/test_two_at_once.py`
and its like.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from models import Ranking, Ticket, User
from notifications import addresses, dispatch, failed_deliveries
from tests.support.factories import County, day, settle_county
from tests.support.locks import locking
from tests.support.posts import appoint
from tests.support.rankings import HOUR, ON, make_ranking, ranked_scheme
from tests.support.texts import SENTENCE
from workflow.accountability import sweep_watch
from workflow.accountability.cases import case_desk
from workflow.adoption import calendar_change, holiday_notice, ticket_migration
from workflow.assessment import report_duties
from workflow.assessment.ranking import rankings, responses, written_reports
from workflow.boards import day_counts
from workflow.county import authorisations, in_force, outgoing_addresses
from workflow.county.outgoing_addresses import BotAddress
from workflow.county.vault import Vault
from workflow.errors import WorkflowError
from workflow.history import sealing
from workflow.register import exit_gate, reveal
from workflow.tickets import desk, filing
from workflow.tickets.actions.action_input import ActionInput
from workflow.tickets.consequences import matter_membership
from workflow.tickets.custody import downtime
from workflow.tickets.filing import Deficiency

VAULT = Vault("a key for tests")
Act = Callable[[Session, County], object]
#: The first ticket of the county below is closed, the second with the water bureau.
CLOSED, OPEN = 1, 2


class _Undone(Exception):
    """Nothing of the act stays."""


@pytest.fixture
def county(engine: Engine) -> County:
    county = settle_county(engine, ranked_scheme())
    for household in ("A1", "A2"):
        county.do("water", "accept", county.file(household=household))
    county.resolve(CLOSED, day(1))
    county.confirm(CLOSED, day(2))
    make_ranking(county)
    return county


def act(who: str, does: Callable[[Session, Any, Any], object]) -> Act:
    """What a person does, at the hour after the ranking."""
    return lambda session, county: does(session, county.people[who], HOUR)


def moves(who: str, ticket: int, action: str, **given: Any) -> Act:
    return lambda session, county: desk.perform(session, county.people[who], ticket, action, day(3), **given)


def files(**subject: Any) -> Act:
    return act("town", lambda s, who, now: filing.file_ticket(s, who, now, Deficiency(kind="water", **subject)))


def ranking(session: Session) -> Ranking:
    return session.scalars(select(Ranking)).one()


def user(session: Session, name: str) -> User:
    return session.scalars(select(User).where(User.name == name)).one()


def disproved(session: Session, county: County) -> None:
    ticket = session.get_one(Ticket, CLOSED)
    desk.disprove(session, county.people["office"], ticket, day(3), ActionInput(hashed={"check": 1}), {})


LOCKS: dict[str, tuple[Act, set[str]]] = {
    # While a first custody is opened, the working days and the scheme stay as they are.
    "filing about a household": (files(household="A3"), {"county share", "household"}),
    "filing about a village": (files(village="town-a-v2"), {"county share", "village key"}),
    "reopening": (moves("town", CLOSED, "reopen", reason=SENTENCE), {"county share", "ticket"}),
    "a relapse": (
        act("office", lambda s, who, now: desk.relapse(s, who, CLOSED, day(3), checkup=1, finding=1)),
        {"county share", "ticket"},
    ),
    "a closing disproved": (disproved, {"county share"}),
    "duties of a ranking": (lambda s, _: report_duties.open_with(s, ranking(s), HOUR), {"county share"}),
    # A ticket is moved by one at a time; its household, its matter and a case likewise.
    "any other move": (moves("water", OPEN, "resolve"), {"ticket"}),
    "a status of the register": (
        act("office", lambda s, who, now: exit_gate.set_status(s, who, now, "A1", "cleared", SENTENCE)),
        {"household", "ticket"},
    ),
    "an exit": (
        act("office", lambda s, who, now: exit_gate.exit_household(s, who, now, "A1")),
        {"household", "ticket", "village share"},
    ),
    "full numbers": (
        act("town", lambda s, who, now: reveal.reveal_people(s, who, VAULT, "A1", now, ground="papers")),
        {"household"},
    ),
    "a case": (lambda s, _: case_desk.lock(s, 1), {"accountability_case"}),
    "a matter": (lambda s, _: matter_membership.lock(s, 1), {"matter"}),
    # What the county has once.
    "sealing": (lambda s, _: sealing.seal(s, HOUR), set()),
    "a ranking": (lambda s, _: rankings.make(s, None, HOUR, ON), {"county"}),
    "a correction": (act("office", lambda s, who, now: rankings.correct(s, who, now, ON, "漏报一户")), {"county"}),
    "counts of a day": (lambda s, _: day_counts.count(s, day(5)), {"county"}),
    "downtime": (lambda s, _: downtime.record(s, day(3), day(4)), {"county key"}),
    "a scheme coming into force": (lambda s, _: in_force.lock_county(s), {"county key"}),
    "tickets moved to a scheme": (
        act("office", lambda s, who, now: ticket_migration.apply(s, who, now, ticket_migration.Selection())),
        {"county key", "ticket"},
    ),
    "a change of working days": (
        act(
            "office",
            lambda s, who, now: calendar_change.apply(
                s, who, now, holiday_notice.change("county", "", "2018-12-03,no,抗洪")
            ),
        ),
        {"county key", "ticket"},
    ),
    "a worker's sign of life": (lambda s, _: sweep_watch.heartbeat(s, "w", HOUR), {"worker_heartbeat"}),
    "releasing the sweep": (
        act("office", lambda s, who, now: sweep_watch.release(s, who, now)),
        {"worker_heartbeat"},
    ),
    # Answers to a ranking are on its chain.
    "signing a ranking": (
        act("water", lambda s, who, now: responses.sign(s, who, now, ranking(s), SENTENCE)),
        {"ranking"},
    ),
    "calling the roll": (lambda s, _: written_reports.call_roll(s, HOUR, ranking(s).id), {"ranking"}),
    # What a unit or a person has once.
    "an appointment": (
        act("admin", lambda s, who, now: appoint(s, user(s, "water"), "leader", now)),
        {"unit"},
    ),
    "a bot": (
        act(
            "admin",
            lambda s, who, now: outgoing_addresses.set_robot(
                s, who, now, "water", "wecom", BotAddress("https://bot.example/", ""), VAULT
            ),
        ),
        {"unit"},
    ),
    "ending a bot": (act("admin", lambda s, who, now: outgoing_addresses.end_robot(s, who, 1, now)), {"robot"}),
    "an authorisation": (
        act("office", lambda s, who, now: authorisations.record(s, who, now, {"kind": "supervise"})),
        {"unit"},
    ),
    "ending an authorisation": (
        act("office", lambda s, who, now: authorisations.end(s, who, now, 1)),
        {"authorisation"},
    ),
    "an address": (
        act(
            "water",
            lambda s, who, now: addresses.enter(
                s, s.get_one(User, who.user_id), "sms", "13812345678", now, VAULT, lambda *_: None
            ),
        ),
        {"user_account"},
    ),
    "an address given up": (
        act("water", lambda s, who, now: addresses.drop(s, who.user_id, "sms", now, lambda *_: None)),
        {"user_account"},
    ),
    "a failed delivery": (lambda s, _: failed_deliveries.resend(s, 1, HOUR, 1), {"delivery"}),
    # Several workers share the work: what one holds the others pass over.
    "telling of events": (lambda s, _: dispatch.dispatch(s, HOUR), {"outbox free"}),
}


def test_an_act_holds_what_two_at_once_would_spoil(county: County) -> None:
    missing: dict[str, set[str]] = {}
    for name, (does, expected) in LOCKS.items():
        with suppress(_Undone), county.write() as session, locking(session) as locked:
            with suppress(WorkflowError, addresses.Unusable, NoResultFound):
                does(session, county)
            if left := expected - set(locked):
                missing[name] = left
            raise _Undone
    assert missing == {}
