"""Deadlines of tickets around holidays, counted by hand, and properties of pauses.

Limits of the small scheme: two working days to accept, ten more to resolve, three for a ruling. The State Council's
notices and the way of counting are in tests/policy/test_deadline_table.py.
"""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from models import Custody
from tests.support.calendars import assert_verified, change
from tests.support.clock import at
from tests.support.factories import County, settle_county
from tests.support.texts import SENTENCE
from tests.support.thorough import tries
from workflow.county.context import county_context

Step = tuple[Any, ...]
#: What is told of each: the kind, when it is filed, and step by step who does what when, and by when it is then due.
WALKS: dict[str, tuple[str, str, list[Step]]] = {
    "National Day 2018": (
        "water",
        "2018-09-20 10:00",
        [
            ("2018-09-25 17:30",),  # 21(1), 22–24 Mid-Autumn, 25(2).
            # 21(1) 25(2) 26(3) 27(4) 28(5) 29(6) 30(7) 8(8) 9(9) 10(10) 11(11) 12(12).
            ("water", "accept", "2018-09-21 09:00", {}, "2018-10-12 17:30"),
        ],
    ),
    "Spring Festival 2019": (
        "water",
        "2019-01-24 10:00",
        [
            ("2019-01-28 17:30",),  # 25(1) 28(2).
            # 25(1) 28(2) 29(3) 30(4) 31(5) 1(6) 2(7) 3(8) 11(9) 12(10) 13(11) 14(12).
            ("water", "accept", "2019-01-25 10:00", {}, "2019-02-14 17:30"),
        ],
    ),
    "Spring Festival 2026": (
        "water",
        "2026-02-06 10:00",
        [
            ("2026-02-10 17:30",),  # 9(1) 10(2).
            # 9(1) 10(2) 11(3) 12(4) 13(5) 14(6) 24(7) 25(8) 26(9) 27(10) 28(11) 2(12).
            ("water", "accept", "2026-02-10 16:00", {}, "2026-03-02 17:30"),
        ],
    ),
    "20 December, and a bounce on either side of it": (
        "house",
        "2018-12-10 10:00",
        [
            ("2018-12-12 17:30",),  # 11(1) 12(2).
            ("town", "accept", "2018-12-10 10:00", {}, "2018-12-20 17:30"),  # The twelfth would be the 26th.
            # Left are 60 of the 19th and 390 of the 20th; 450 from the 20th, 10:00, would lead beyond the stop.
            ("town", "resolve", "2018-12-19 16:30", {}, None),
            ("housing", "reject", "2018-12-20 10:00", {"reason": SENTENCE}, "2018-12-20 17:30"),
            # Left at 12:00 are the 180 of the afternoon; the stop is over and caps no more: Friday 10:00 to 12:00, 14:30 to 15:30.
            ("town", "resolve", "2018-12-20 12:00", {}, None),
            ("housing", "reject", "2018-12-21 10:00", {"reason": SENTENCE}, "2018-12-21 15:30"),
        ],
    ),
    "an extension over National Day, then a bounce": (
        "water",
        "2018-09-17 10:00",
        [
            # 18(1) 19(2) 20(3) 21(4) 25(5) 26(6) 27(7) 28(8) 29(9) 30(10) 8(11) 9(12).
            ("water", "accept", "2018-09-17 10:00", {}, "2018-10-09 17:30"),
            ("office", "extend", "2018-09-28 10:00", {"until": "2018-10-12", "reason": SENTENCE}, "2018-10-12 17:30"),
            # Left are the 11th and the 12th, 780: Thursday 300, Friday 390, Monday 90.
            ("water", "resolve", "2018-10-10 17:30", {}, None),
            ("town", "reject", "2018-10-11 10:00", {"reason": SENTENCE}, "2018-10-15 10:00"),
        ],
    ),
    "a suspension across a weekend, ended by hand": (
        "water",
        "2018-11-20 10:00",
        [
            ("water", "accept", "2018-11-20 10:00", {}, "2018-12-06 17:30"),  # 21–23(3) 26–30(8) 3–6(12).
            ("office", "suspend", "2018-11-23 17:00", {"ground": "flood", "until": "2018-11-28"}, "2018-11-28 17:30"),
            # Of 300 + 12 days used 300 + 2 days + 360; left 9 days and 30 minutes: 26–30(5) 3–6(9), Friday 30.
            ("office", "resume", "2018-11-26 08:30", {}, "2018-12-07 09:00"),
        ],
    ),
    "a suspension across a weekend that ends by itself, then a bounce": (
        "water",
        "2018-11-20 10:00",
        [
            ("water", "accept", "2018-11-20 10:00", {}, "2018-12-06 17:30"),
            ("office", "suspend", "2018-11-23 17:00", {"ground": "flood", "until": "2018-11-26"}, "2018-11-26 17:30"),
            # Over at Monday's close, so Tuesday's first half hour is used: left nine days of 390.
            ("water", "resolve", "2018-11-27 09:00", {}, None),
            # Wednesday 360; 29(1) 30(2) 3(3) 4(4) 5(5) 6(6) 7(7) 10(8); the last 30 on Tuesday the 11th.
            ("town", "reject", "2018-11-28 09:00", {"reason": SENTENCE}, "2018-12-11 09:00"),
        ],
    ),
    "a bounce with two days left, over New Year": (
        "water",
        "2018-12-14 10:00",
        [
            ("water", "accept", "2018-12-14 10:00", {}, "2019-01-02 17:30"),  # 17–21(5) 24–28(10) 29(11) 2(12).
            ("water", "resolve", "2018-12-28 17:30", {}, None),
            ("town", "reject", "2018-12-31 10:00", {"reason": SENTENCE}, "2019-01-03 17:30"),  # The 2nd and the 3rd.
        ],
    ),
    "a ruling over National Day": (
        "water",
        "2018-09-28 10:00",
        [
            ("2018-09-30 17:30",),  # 29(1) 30(2).
            (
                "water",
                "decline",
                "2018-09-29 09:00",
                {"ground": "not_ours", "cited_duty": SENTENCE},
                "2018-10-09 17:30",
            ),  # 30(1) 8(2) 9(3).
            # To accept there were 300 + 780, used are 300 + 30, left 750: Monday 300, Tuesday 390, Wednesday 60.
            ("office", "uphold", "2018-10-08 10:00", {"reason": SENTENCE}, "2018-10-10 09:30"),
        ],
    ),
    "deemed accepted over Spring Festival": (
        "water",
        "2019-01-31 10:00",
        [
            ("2019-02-02 17:30",),  # 1(1) 2(2).
            # Counts as accepted three days later: 3(1) 11(2) 12(3); the resolution is due as if it had been accepted at once:
            # 1(1) 2(2) 3(3) 11(4) 12(5) 13(6) 14(7) 15(8) 18(9) 19(10) 20(11) 21(12).  On the 13th 60 are used of 7 days.
            ("water", "resolve", "2019-02-13 09:30", {}, None),
            # Left are 330 of the 13th and six days: 14(1) 15(2) 18(3) 19(4) 20(5) 21(6), and 330 on the 22nd.
            ("town", "reject", "2019-02-14 08:30", {"reason": SENTENCE}, "2019-02-22 16:30"),
        ],
    ),
}


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, households=14)


def walk(county: County, household: str, kind: str, filed: str, steps: list[Step]) -> int:
    """Takes every step and compares its date with the one counted by hand."""
    more = {"cause": "quota"} if kind == "house" else {}
    ticket = county.file(household=household, kind=kind, at=at(filed), **more)
    for step in steps:
        due = step[-1]
        if len(step) > 1:
            who, action, when, fields, _ = step
            if action == "resolve":
                county.resolve(ticket, at(when), who)
            else:
                county.do(who, action, ticket, at(when), **fields)
        if due is not None:
            assert county.ticket(ticket).due_at == at(due), (step, county.ticket(ticket).due_at)
    return ticket


def test_tickets_around_holidays_are_due_when_counted_by_hand(county: County) -> None:
    wrong = {}
    for number, (what, (kind, filed, steps)) in enumerate(WALKS.items(), start=1):
        try:
            walk(county, f"A{number}", kind, filed, steps)
        except AssertionError as error:
            wrong[what] = str(error)
    assert wrong == {}


def test_days_declared_off_while_tickets_were_open_move_them_to_where_counting_leads(county: County) -> None:
    # 6–9(4) 12–16(9) 19(10) 20(11) 21(12).
    plain = walk(
        county,
        "A1",
        "water",
        "2018-11-05 10:00",
        [
            ("water", "accept", "2018-11-05 10:00", {}, "2018-11-21 17:30"),
        ],
    )
    # 2(1) 5(2) 6(3) …; resolved with eleven days left, which from the 5th are 5–9(5) 12–16(10) 19(11).
    bounced = walk(
        county,
        "A2",
        "water",
        "2018-11-01 10:00",
        [
            ("water", "accept", "2018-11-01 10:00", {}, "2018-11-19 17:30"),
            ("water", "resolve", "2018-11-02 17:30", {}, None),
            ("town", "reject", "2018-11-05 08:30", {"reason": SENTENCE}, "2018-11-19 17:30"),
        ],
    )
    stopped = walk(
        county,
        "A3",
        "water",
        "2018-11-05 10:00",
        [
            ("water", "accept", "2018-11-05 10:00", {}, "2018-11-21 17:30"),
            ("office", "suspend", "2018-11-05 15:00", {"ground": "flood", "until": "2018-11-12"}, "2018-11-12 17:30"),
        ],
    )
    change(county, at("2018-11-06 10:00"), "2018-11-12,no,抗洪", "2018-11-13,no,抗洪")
    assert county.ticket(plain).due_at == at("2018-11-23 17:30")  # 6–9(4) 14–16(7) 19–23(12).
    assert county.ticket(bounced).due_at == at("2018-11-21 17:30")  # 5–9(5) 14–16(8) 19–21(11).
    assert county.ticket(stopped).due_at == at("2018-11-12 17:30")  # The office named the day.
    assert_verified(county, at("2018-11-06 10:00"))


QUARTERS = st.lists(st.integers(0, 96 * 18), min_size=6, max_size=6, unique=True).map(sorted)


@settings(max_examples=tries(4, 8), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(quarters=QUARTERS)
def test_however_often_it_pauses_over_a_holiday_the_bureau_is_charged_what_it_worked_and_keeps_the_rest(
    county: County, quarters: list[int]
) -> None:
    """Suspended twice and bounced once between 20 September and 8 October 2018."""
    start = at("2018-09-20 10:00")
    moments: list[datetime] = [start + (at("2018-09-20 10:15") - start) * quarter for quarter in quarters]
    first, second, mended = moments[0:2], moments[2:4], moments[4:6]
    ticket = county.file(at=start)
    county.do("water", "accept", ticket, start)
    with county.read() as session:
        clock = county_context(session).clock
    due = county.ticket(ticket).due_at
    assert due is not None
    whole = clock.minutes_between(start, due)
    for stops, goes in (first, second):
        county.do("office", "suspend", ticket, stops, ground="flood", until="2018-10-12")
        county.do("office", "resume", ticket, goes)
    county.resolve(ticket, mended[0])
    county.do("town", "reject", ticket, mended[1], reason=SENTENCE)
    now_due = county.ticket(ticket).due_at
    assert now_due is not None
    with county.read() as session:
        strip = session.scalars(select(Custody).where(Custody.ticket_id == ticket).order_by(Custody.seq)).all()
        used = sum(row.minutes or 0 for row in strip if row.stage in ("accept", "mend"))
        held = sum(row.minutes or 0 for row in strip)
    worked = [(start, first[0]), (first[1], second[0]), (second[1], mended[0])]
    assert used == sum(clock.minutes_between(*span) for span in worked)
    assert clock.minutes_between(mended[1], now_due) == whole - used
    assert held == clock.minutes_between(start, mended[1]), "the parts are the whole"
    county.do("office", "cancel", ticket, mended[1], reason=SENTENCE)
