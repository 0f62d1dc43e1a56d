"""Retention: what was kept long enough is deleted, what is needed stays, and a doubtful clock deletes nothing."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from models import Event, EventSecret, IdempotencyKey, Message, UserSession
from models.row_changes import happened
from notifications.dispatch import dispatch
from retention_jobs import age_out, delete_old, terms_of
from setting_retention import Retention
from tests.support.factories import County, day, settle_county
from workflow.county.access import refused_access
from workflow.county.sign_ins import sessions
from workflow.county.sign_ins.sessions import Opened, SessionRules
from workflow.history import word_erasure
from workflow.verification.full_check import verify

TERMS = terms_of(Retention(keep_request_days=30, keep_session_days=184, keep_refusal_days=184, keep_message_days=184))
BEGUN = day(0)


def at(days: int) -> datetime:
    return BEGUN + timedelta(days=days)


@pytest.fixture
def county(engine: Engine) -> County:
    """A county with two sign-ins that are over, a request, refusals of one hour, and messages of which one is read."""
    made = settle_county(engine)
    made.file()
    with made.write() as session:
        word_erasure.begin(session, BEGUN)
        who = made.people["office"].account_id
        for name in ("one", "two"):
            sessions.open_session(session, who, name.ljust(64), BEGUN, SessionRules(), Opened("10.0.0.1"))
        session.add(
            IdempotencyKey(user_id=who, key="k", request_hash="h" * 64, status=200, answer={}, created_at=BEGUN)
        )
        refused_access.count(session, BEGUN, "password", "zhang3", "10.0.0.9")
        refused_access.settle(session, at(1))
        dispatch(session, BEGUN)
        first = session.scalars(select(Message).order_by(Message.id)).first()
        assert first is not None
        first.read_at = BEGUN
        happened(session, BEGUN)
    return made


def left(county: County) -> dict[str, int]:
    tables = {"requests": IdempotencyKey, "sessions": UserSession, "messages": Message}
    refused = select(EventSecret).join(Event, Event.id == EventSecret.event_id).where(Event.action == "refused_access")
    with county.read() as session:
        rows = {name: len(session.scalars(select(table)).all()) for name, table in tables.items()}
        return rows | {"refusals": len(session.scalars(refused).all())}


def aged(county: County, days: int) -> int:
    return delete_old(county.engine, lambda: at(days), TERMS)


@pytest.mark.both_databases
def test_what_was_kept_long_enough_is_deleted_once_and_the_history_verifies(county: County) -> None:
    before = left(county)
    assert (before["requests"], before["sessions"], before["refusals"], aged(county, 29)) == (1, 2, 1, 0)
    assert (aged(county, 30), left(county)) == (1, {**before, "requests": 0})
    assert (aged(county, 183), left(county)) == (0, {**before, "requests": 0})
    # The newest sign-in of an account and unread messages stay.
    assert aged(county, 186) == 3
    assert left(county) == {"requests": 0, "sessions": 1, "refusals": 0, "messages": before["messages"] - 1}
    assert aged(county, 186) == 0
    with county.read() as session:
        told = session.scalars(select(Event).where(Event.action == "refused_access")).one()
        assert told.given["times"] == {"password": 1}, "the sum stays"
        assert list(verify(session, Path("nowhere"))) == []


@pytest.mark.one_database("sqlite")
def test_while_the_clock_is_in_doubt_nothing_is_deleted(county: County) -> None:
    assert age_out(county.engine, lambda: at(1), TERMS) == 0
    # A year ahead of the last heartbeat: the clock may be wrong.
    assert (age_out(county.engine, lambda: at(366), TERMS), left(county)["requests"]) == (0, 1)
