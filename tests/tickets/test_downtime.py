"""Downtime of the system: recorded by the heartbeat, charged to no unit; verdicts stay."""

import threading
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from models import Charge, Custody, Downtime, Event
from tests.support import hand_clock
from tests.support.factories import START, County, day, settle_county
from tests.support.requests import answer, ask
from tests.support.texts import SENTENCE
from tests.support.thorough import tries
from tests.support.unit_accounts import figures, stretches_behind
from workflow.accountability import sweep_watch
from workflow.accountability.oversight.unit_accounts import downtime_minutes
from workflow.county.context import county_context
from workflow.tickets.custody.downtime import merged, outages, record
from workflow.tickets.views.detail import ticket_view
from workflow.verification.full_check import verify


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine)


def beat(county: County, at: datetime, worker: str = "w", *, starting: bool = False) -> str | None:
    with county.write() as session:
        return sweep_watch.heartbeat(session, worker, at, starting=starting)


def spans(county: County) -> list[tuple[datetime, datetime]]:
    with county.read() as session:
        rows = session.scalars(select(Downtime).order_by(Downtime.began_at))
        return [(row.began_at, row.ended_at) for row in rows]


def down(county: County, begins: datetime, ends: datetime) -> None:
    """Records a downtime as the heartbeat would, without a heartbeat."""
    with county.write() as session:
        record(session, begins, ends)


def charged(county: County) -> list[tuple[str, int]]:
    """(stage, minutes) charged to no unit."""
    with county.read() as session:
        rows = session.execute(
            select(Custody.stage, Charge.minutes)
            .join(Charge, Charge.custody_id == Custody.id)
            .where(Charge.ground == "downtime")
            .order_by(Charge.id)
        )
        return [(row[0], row[1]) for row in rows]


def sound(county: County) -> None:
    with county.read() as session:
        assert [f for f in verify(session, Path("nowhere")) if f.code != "bytes_missing"] == []


def test_a_gap_longer_than_a_restart_is_written_down_once_and_as_an_event(county: County) -> None:
    beat(county, day(0, 10), starting=True)
    beat(county, day(0, 10) + timedelta(minutes=5))
    assert spans(county) == []
    came_back = day(0, 12)
    beat(county, came_back, "another", starting=True)
    beat(county, came_back + timedelta(seconds=1))
    assert spans(county) == [(day(0, 10) + timedelta(minutes=5), came_back)]
    with county.read() as session:
        (event,) = session.scalars(select(Event).where(Event.action == "downtime"))
        assert (event.subject_type, event.actor_role, event.at) == ("county", "system", came_back)
    sound(county)


def test_workers_that_come_back_at_once_write_it_down_once(county: County) -> None:
    beat(county, day(0, 10), "before", starting=True)
    with county.write() as session:
        sweep_watch.heartbeat(session, "one", day(0, 12), starting=True)
        # It has all the time to do harm if nothing keeps it waiting.
        other = threading.Thread(
            target=beat, args=(county, day(0, 12), "other"), kwargs={"starting": True}, daemon=True
        )
        other.start()
        other.join(0.3)
    other.join()
    assert spans(county) == [(day(0, 10), day(0, 12))]
    sound(county)


def test_while_any_worker_beats_the_system_is_there(county: County) -> None:
    beat(county, day(0, 10), "a", starting=True)
    for minute in range(0, 120, 4):
        beat(county, day(0, 10) + timedelta(minutes=minute), "b", starting=not minute)
    beat(county, day(0, 12), "a", starting=True)
    assert spans(county) == []


def test_a_month_without_any_worker_is_one_span_though_their_rows_are_cleared_away(county: County) -> None:
    beat(county, day(0), "before", starting=True)
    beat(county, day(30), "after", starting=True)
    assert spans(county) == [(day(0), day(30))]


def test_a_held_sweep_is_no_downtime_and_a_wrong_clock_none_either(county: County) -> None:
    beat(county, day(0), starting=True)
    assert beat(county, day(3)) == "clock_leap"
    # Corrected, and released an hour later: no unit was kept from working.
    with county.write() as session:
        sweep_watch.release(session, county.people["office"], day(0, 11))
    assert beat(county, day(0, 11) + timedelta(minutes=1)) is None
    assert beat(county, day(-1)) == "clock_backwards"
    assert spans(county) == []


def test_what_is_done_while_a_sweep_is_held_is_credited_with_nothing(county: County) -> None:
    ticket = county.file()
    beat(county, day(0, 10), starting=True)
    assert beat(county, day(3)) == "clock_leap"
    # The worker is held, people are not: their time is theirs, however long the hold lasts.
    county.do("water", "accept", ticket, day(1))
    county.resolve(ticket, day(2))
    assert charged(county) == []
    with county.read() as session:
        seen = ticket_view(session, county.people["water"], county.ticket(ticket).number, day(2, 12))
        assert [c.down for c in seen.custodies] == [0, 0, 0]
    sound(county)


def test_without_a_hold_the_same_silence_is_credited_to_the_minute(county: County) -> None:
    ticket = county.file()
    beat(county, day(0, 10), starting=True)
    # Five minutes of silence are a restart; from one second more on the whole silence counts.
    county.do("water", "accept", ticket, day(0, 10) + timedelta(minutes=5))
    assert charged(county) == []
    county.resolve(ticket, day(0, 10) + timedelta(minutes=5, seconds=1))
    # The second custody began at 10:05 and lost no whole minute; what follows loses all of it.
    assert charged(county) == []
    county.do("town", "reject", ticket, day(0, 11), reason="没水")
    assert charged(county) == [("confirm", 55)]
    sound(county)


def test_a_leap_that_the_clock_need_not_be_set_back_for_was_a_machine_that_stood_still(county: County) -> None:
    beat(county, day(0), starting=True)
    assert beat(county, day(3)) == "clock_leap"
    assert spans(county) == []
    with county.write() as session:
        sweep_watch.release(session, county.people["office"], day(3, 11))
    assert spans(county) == [(day(0), day(3))]
    assert beat(county, day(3, 11) + timedelta(minutes=1)) is None
    assert spans(county) == [(day(0), day(3))], "the hour in which it held is not among it"
    sound(county)


def test_what_a_custody_lost_is_borne_by_no_unit_and_its_verdict_stands(county: County) -> None:
    ticket = county.file()
    county.do("water", "accept", ticket, day(0))
    # Due on Thursday 6 December; down from 14:30 that day until 9:30 on Friday: three hours and one.
    down(county, day(16, 14.5), day(17, 9.5))
    county.resolve(ticket, day(17, 10))
    assert charged(county) == [("mend", 240)]
    row = figures(county)["water"]
    assert (row.late, row.late_minutes, row.credited, row.borne) == (1, 90, 240, row.held - 240)
    (line,) = stretches_behind(county, "water", "credited")
    assert (line.charged_to, line.charged, line.ground) == (None, 240, "downtime")
    with county.read() as session:
        office = county.people["office"]
        assert downtime_minutes(session, office, county_context(session)) == 240
        seen = ticket_view(session, office, county.ticket(ticket).number, day(18))
        assert [c.down for c in seen.custodies] == [0, 240, 0]
        event = session.scalars(select(Event).where(Event.action == "resolve")).one()
        assert event.effect["charges"] == [{"seq": 2, "unit": None, "minutes": 240, "ground": "downtime"}]
    sound(county)


def test_a_night_a_weekend_and_a_noon_cost_nobody_anything(county: County) -> None:
    ticket = county.file()
    for begins, ends in ((day(0, 17.5), day(1, 8.5)), (day(1, 12), day(1, 14.5)), (day(3, 18), day(6, 8))):
        down(county, begins, ends)
    county.do("office", "cancel", ticket, day(6), reason=SENTENCE)
    assert len(spans(county)) == 3
    assert charged(county) == []


def test_who_acts_before_the_worker_is_back_is_credited_the_same(county: County) -> None:
    ticket = county.file()
    beat(county, day(0, 10), starting=True)
    county.do("water", "accept", ticket, day(0, 11.5))
    beat(county, day(0, 11.5) + timedelta(minutes=1), starting=True)
    assert charged(county) == [("accept", 90)]
    with county.read() as session:
        seen = ticket_view(session, county.people["water"], county.ticket(ticket).number, day(0, 12))
        # Not the minute after the acceptance, which shows that people could work; the silence since the worker's return.
        assert [c.down for c in seen.custodies] == [90, 29]
    sound(county)


def test_what_lapsed_while_it_was_down_is_credited_up_to_when_it_lapsed(county: County) -> None:
    ticket = county.file()
    # Accepted within two days, counted as accepted three days later: on Tuesday 27 November at closing time.
    down(county, day(7, 16.5), day(8, 9.5))
    county.resolve(ticket, day(8, 10))
    assert charged(county) == [("accept", 60), ("mend", 60)]
    sound(county)


def test_neither_a_ruling_nor_a_late_answer_charges_anybody_for_it(county: County) -> None:
    ruled, asked = county.file(), county.file(household="A2")
    county.do("water", "decline", ruled, day(0, 11), ground="not_ours", cited_duty=SENTENCE)
    county.do("water", "accept", asked, day(0, 11))
    request = ask(county, asked, day(1))
    down(county, day(0, 11.5), day(0, 15))
    # The answer is due on Friday at closing time.
    down(county, day(6, 9), day(6, 9.5))
    county.do("office", "uphold", ruled, day(1, 11), reason=SENTENCE)
    answer(county, request, day(6, 10), False)
    county.resolve(asked, day(7))
    accounts = figures(county)
    # The ruling took 390 minutes, of which 60 and 30 were lost; the answer was 90 late, of which 30 were lost.
    assert (accounts["office"].held, accounts["office"].credited, accounts["office"].borne) == (390, 390, 60)
    assert (accounts["water"].charged, accounts["office"].charged) == (330, 60)
    assert (
        accounts["office"].borne + accounts["water"].borne == accounts["office"].held + accounts["water"].held - 60 - 90
    )
    sound(county)


def test_the_database_keeps_one_charge_a_custody_and_spans_as_they_were_written(county: County) -> None:
    ticket = county.file()
    down(county, day(0, 11), day(0, 12))
    down(county, day(0, 11), day(0, 12))
    assert len(spans(county)) == 1
    county.do("water", "accept", ticket, day(1))

    def add(**more: object) -> None:
        with county.write() as session:
            one = session.scalars(select(Charge)).one()
            common = {"custody_id": one.custody_id, "minutes": 1, "at": day(1)}
            session.add(Charge(**common, **more))

    for forged in (
        {"unit_id": None, "ground": "downtime"},
        {"unit_id": None, "ground": "ruling"},
        {"unit_id": county.units["water"], "ground": "downtime"},
    ):
        with pytest.raises(IntegrityError):
            add(**forged)
    with pytest.raises(DBAPIError), county.write() as session:
        session.scalars(select(Downtime)).one().ended_at = day(5)
        session.flush()


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 9)), max_size=8))
def test_spans_that_overlap_are_counted_once(given_: list[tuple[int, int]]) -> None:
    spans_given = [(START + timedelta(minutes=a), START + timedelta(minutes=a + n)) for a, n in given_]
    merged_spans = list(merged(spans_given))
    assert all(one[1] < other[0] for one, other in pairwise(merged_spans))
    minutes = {START + timedelta(minutes=m) for a, n in given_ for m in range(a, a + n)}
    assert sum((b - a) // timedelta(minutes=1) for a, b in merged_spans) == len(minutes)


QUARTERS = st.integers(0, 4 * 24 * 9)


@settings(max_examples=tries(4, 8), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(outage=st.tuples(QUARTERS, QUARTERS).map(sorted), moves=st.lists(QUARTERS, min_size=3, max_size=3).map(sorted))
def test_over_the_parts_of_a_ticket_what_is_credited_is_what_was_lost(
    county: County, outage: list[int], moves: list[int]
) -> None:
    at = [START + timedelta(minutes=15 * quarter) for quarter in (*outage, *moves)]
    before = sum(minutes for _, minutes in charged(county))
    first = at[0] < at[1] and at[0] not in {span[0] for span in spans(county)}
    if first:
        down(county, at[0], at[1])
    ticket = county.file(at=START)
    county.do("water", "decline", ticket, at[2], ground="not_ours", cited_duty=SENTENCE)
    county.do("office", "uphold", ticket, at[3], reason=SENTENCE)
    county.do("office", "cancel", ticket, at[4], reason=SENTENCE)
    lost_spans, quarter = spans(county), timedelta(minutes=15)
    passed = (START + number * quarter for number in range((at[4] - START) // quarter))
    down_then = (moment for moment in passed if any(a <= moment < b for a, b in lost_spans))
    lost = sum(hand_clock.minutes(moment, moment + quarter) for moment in down_then)
    assert sum(minutes for _, minutes in charged(county)) - before == lost


def test_outages_of_a_span_are_those_that_ended_in_it_the_latest_first_with_their_working_minutes(
    county: County,
) -> None:
    # Wednesday, an hour; Friday from the afternoon into the weekend; the next Monday.
    held = [(day(1, 10), day(1, 11)), (day(3, 16.5), day(4, 12)), (day(6, 9), day(6, 9.5))]
    with county.write() as session:
        for began, ended in held:
            record(session, began, ended)
    with county.read() as session:
        clock = county_context(session).clock

        def listed(begins: datetime, ends: datetime) -> list[tuple[datetime, datetime, int]]:
            return [(one.began_at, one.ended_at, one.minutes) for one in outages(session, clock, begins, ends)]

        spans_with_minutes = [(*span, minutes) for span, minutes in zip(held, (60, 60, 30), strict=True)]
        assert listed(day(0), day(10)) == spans_with_minutes[::-1]
        assert listed(day(1, 11), day(4, 12)) == spans_with_minutes[:1]
        assert listed(day(4, 12), day(6, 9.5)) == spans_with_minutes[1:2]
        assert listed(day(7), day(10)) == []
