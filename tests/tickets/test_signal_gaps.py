"""Acts done without a signal: both times are on the event, and the silence in between, as the server knows it, is nobody's."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from models import Charge, Custody, Event, UserSession
from tests.support.factories import START, County, day, settle_county
from workflow.actors import Origin
from workflow.county.context import county_context
from workflow.county.sign_ins import sessions
from workflow.county.sign_ins.sessions import Opened, SessionRules
from workflow.history.event_log import stamp
from workflow.tickets.custody.signal_gaps import Told
from workflow.tickets.views.detail import ticket_view
from workflow.verification.full_check import verify

DONE, BACK, ARRIVED = day(3, 16), day(4, 10), day(4, 10.5)


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine)


def confirmed(county: County, told: Told | None) -> int:
    """A ticket whose confirmation arrives late, as told."""
    ticket = county.file("town")
    county.do("water", "accept", ticket)
    county.resolve(ticket, day(3, 11))
    proof = [county.bring("town", ticket, ARRIVED, b"seen")]
    county.do("town", "confirm", ticket, ARRIVED, visited_on="2018-11-23", evidence=proof, told=told)
    return ticket


def charged(county: County) -> list[tuple[str, int | None, int]]:
    with county.read() as session:
        rows = session.execute(
            select(Charge.ground, Charge.unit_id, Charge.minutes).join(Custody, Custody.id == Charge.custody_id)
        )
        return [(row[0], row[1], row[2]) for row in rows]


def worked(county: County, begins: datetime, ends: datetime) -> int:
    with county.read() as session:
        return county_context(session).clock.minutes_between(begins, ends)


def test_both_times_are_on_the_event_and_the_way_is_charged_to_no_unit(county: County) -> None:
    ticket = confirmed(county, Told(DONE, day(3, 15), BACK))
    assert charged(county) == [("no_signal", None, worked(county, DONE, BACK))]
    with county.read() as session:
        event = session.scalars(select(Event).where(Event.action == "confirm")).one()
        assert (event.given["told_at"], event.at) == (stamp(DONE), ARRIVED)
        last = ticket_view(session, county.people["town"], county.ticket(ticket).number, ARRIVED).custodies[-1]
        assert (last.ended_at, last.unsignalled) == (ARRIVED, worked(county, DONE, BACK))
        assert [found for found in verify(session, Path("nowhere")) if found.code != "bytes_missing"] == []


def test_a_phone_that_tells_of_a_time_before_its_last_contact_gains_nothing_by_it(county: County) -> None:
    confirmed(county, Told(day(3, 12), day(3, 16), BACK))
    assert charged(county) == [("no_signal", None, worked(county, day(3, 16), BACK))]


@pytest.mark.parametrize(
    "told", [Told(DONE), Told(ARRIVED.replace(year=2019), day(3, 15), BACK), Told(day(4, 10.25), day(3, 15), BACK)]
)
def test_without_a_silence_that_the_server_knows_nothing_is_credited(county: County, told: Told) -> None:
    confirmed(county, told)
    assert charged(county) == []


def test_a_time_that_cannot_be_is_not_recorded(county: County) -> None:
    confirmed(county, Told(ARRIVED.replace(year=2019), day(3, 15), BACK))
    with county.read() as session:
        assert "told_at" not in session.scalars(select(Event).where(Event.action == "confirm")).one().given


def test_a_silence_is_that_of_the_sign_in_and_ends_with_any_contact_of_the_person(county: County) -> None:
    town, rules = county.people["town"], SessionRules(24 * 30)
    with county.write() as session:
        user = town.account_id
        phone = sessions.open_session(session, user, "a" * 64, START, rules, Opened("10.0.0.1")).id
    here = replace(town, origin=Origin("10.0.0.1", phone))

    def silence() -> tuple[datetime, datetime] | None:
        with county.read() as session:
            return sessions.silence_of(session, here)

    with county.write() as session:
        sessions.seen(session, phone, day(0, 10.1))
    assert silence() is None
    with county.write() as session:
        sessions.seen(session, phone, day(0, 14))
        sessions.seen(session, phone, day(0, 14.1))
    assert silence() == (day(0, 10.1), day(0, 14))
    with county.write() as session:
        sessions.open_session(session, user, "b" * 64, day(0, 12), rules, Opened("10.0.0.2"))
    assert silence() == (day(0, 12), day(0, 14))
    with county.write() as session:
        again = sessions.open_session(session, user, "c" * 64, day(1, 9), rules, Opened("10.0.0.1")).id
        row = session.get_one(UserSession, again)
        assert (row.silent_from, row.back_at) == (day(0, 14.1), day(1, 9))
    assert silence() is None
