"""Working time against an oracle that counts day by day, and cases counted by hand."""

from datetime import date, datetime, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.policy.calendar import Deviation, WorkCalendar, seed
from workflow.policy.deadlines import first_deadline, resumed_deadline
from workflow.policy.worktime import SHANGHAI, WorkClock

HOURS = (("08:30", "12:00"), ("14:30", "17:30"))
CLOCK = WorkClock(
    WorkCalendar({d: Deviation(w, n, "state_council") for d, w, n in seed()}, frozenset(range(2017, 2027))), HOURS
)
moments = st.datetimes(datetime(2018, 1, 1), datetime(2025, 6, 30)).map(lambda t: t.replace(tzinfo=SHANGHAI))
limits = st.integers(1, 90)


def oracle_due(start: datetime, n: int) -> date:
    """The due moment found by walking the days, each classified by the holiday library."""
    day = start.astimezone(SHANGHAI).date()
    while n:
        day += timedelta(days=1)
        n -= chinese_calendar.is_workday(day)
    return day


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@given(moments, limits)
def test_a_due_date_is_the_one_counted_day_by_day_and_never_a_day_off(start: datetime, n: int) -> None:
    due = CLOCK.due(start, n).astimezone(SHANGHAI)
    assert due.date() == oracle_due(start, n)
    assert chinese_calendar.is_workday(due.date())
    assert (due.hour, due.minute) == (17, 30)


@given(moments, limits)
def test_a_longer_limit_is_never_due_earlier(start: datetime, n: int) -> None:
    assert CLOCK.due(start, n) < CLOCK.due(start, n + 1)


@given(st.tuples(moments, moments, moments).map(sorted))
def test_parts_of_a_span_add_up_to_the_whole(three: list[datetime]) -> None:
    a, b, c = three
    assert CLOCK.minutes_between(a, b) + CLOCK.minutes_between(b, c) == CLOCK.minutes_between(a, c)


@given(moments, st.integers(1, 20_000))
def test_adding_minutes_is_the_inverse_of_counting_them(start: datetime, minutes: int) -> None:
    end = CLOCK.add_minutes(start, minutes)
    assert CLOCK.minutes_between(start, end) == minutes
    assert CLOCK.minutes_between(start, end - timedelta(minutes=1)) < minutes


@given(moments, limits)
def test_a_budget_taken_from_a_deadline_leads_back_to_it(start: datetime, days: int) -> None:
    deadline = first_deadline(CLOCK, start, days)
    assert resumed_deadline(CLOCK, start, deadline.budget_minutes).due_at == deadline.due_at


@given(moments, limits)
def test_the_account_counts_every_day_up_to_the_last(start: datetime, n: int) -> None:
    lines = CLOCK.explain_days(start, n)
    assert [line["count"] for line in lines if line["count"]] == list(range(1, n + 1))
    assert lines[-1]["day"] == CLOCK.due(start, n).astimezone(SHANGHAI).date().isoformat()
    assert all(not line["works"] for line in lines[1:] if line["count"] is None)


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        ("2018-11-20T10:00", 1, "2018-11-21"),
        ("2018-11-20T23:59", 1, "2018-11-21"),
        ("2018-11-23T10:00", 1, "2018-11-26"),
        ("2018-11-24T10:00", 1, "2018-11-26"),
        ("2018-11-25T10:00", 2, "2018-11-27"),
        ("2018-09-28T10:00", 1, "2018-09-29"),  # A make-up Saturday before National Day.
        ("2018-09-28T10:00", 2, "2018-09-30"),
        ("2018-09-28T10:00", 3, "2018-10-08"),
        ("2018-09-30T18:00", 1, "2018-10-08"),
        ("2018-12-28T10:00", 1, "2018-12-29"),  # 29 December 2018, a Saturday, was worked; 30 December was not.
        ("2018-12-28T10:00", 2, "2019-01-02"),
        ("2019-02-01T10:00", 1, "2019-02-02"),  # Both days of the weekend before Spring Festival 2019 were worked.
        ("2019-02-01T10:00", 2, "2019-02-03"),
        ("2019-02-01T10:00", 3, "2019-02-11"),
        ("2018-12-20T10:00", 5, "2018-12-27"),
    ],
)
def test_cases_checked_by_hand(start: str, n: int, due: str) -> None:
    assert CLOCK.due(at(start), n) == at(f"{due}T17:30")


def test_a_hard_stop_caps_and_never_extends() -> None:
    stop = date(2018, 12, 20)
    assert first_deadline(CLOCK, at("2018-12-10T10:00"), 20, stop).due_at == at("2018-12-20T17:30")
    assert first_deadline(CLOCK, at("2018-12-10T10:00"), 3, stop).due_at == at("2018-12-13T17:30")
    late = first_deadline(CLOCK, at("2018-12-21T10:00"), 3, stop)
    assert (late.due_at, late.flags) == (at("2018-12-26T17:30"), ("hard_stop_past",))


def test_a_county_overrides_a_single_day_and_an_unannounced_year_is_provisional() -> None:
    flood = WorkCalendar({date(2018, 11, 21): Deviation(False, "抗洪", "county")}, frozenset({2018}))
    assert WorkClock(flood, HOURS).due(at("2018-11-20T10:00"), 1) == at("2018-11-22T17:30")
    assert flood.why(date(2018, 11, 21)) == ("override", "抗洪")
    assert flood.provisional(date(2030, 1, 2))
    assert not flood.provisional(date(2018, 1, 2))


def test_statutory_days_with_a_fixed_date_are_off_in_a_year_not_yet_announced() -> None:
    calendar = WorkCalendar({}, frozenset())
    off = [
        date(2029, 1, 1),
        date(2029, 5, 1),
        date(2029, 5, 2),
        date(2029, 10, 1),
        date(2029, 10, 2),
        date(2029, 10, 3),
    ]
    assert [calendar.works(day) for day in off] == [False] * 6
    assert calendar.why(off[0]) == ("holiday", "元旦")
    assert calendar.why(date(2028, 1, 1)) == ("weekend", None)
    assert calendar.works(date(2024, 5, 2)), "one since 2025"
    first, last = date(2024, 1, 1), date(2029, 12, 31)
    each = [int(calendar.works(first + timedelta(days=n))) for n in range((last - first).days + 1)]
    assert list(calendar.worked(first, last)) == each
    # The county's own day comes before it.
    flood = WorkCalendar({date(2029, 1, 1): Deviation(True, "抗洪", "county")}, frozenset())
    assert flood.works(date(2029, 1, 1))
