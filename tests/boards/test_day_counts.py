"""Day counts: each day counted once, when it is over, from the record of the day; shown by ten days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

import worker
from models import DayCount
from tests.support.factories import START, County, day, settle_county
from tests.support.lives import act
from workflow.boards import day_counts, progress
from workflow.boards.scope import Scope
from workflow.county.context import county_context
from workflow.verification.proofs import derived_proofs


@pytest.fixture
def county(engine):  # type: ignore[no-untyped-def]
    """A county with one ticket closed twice, and one that waited at its bureau from Friday to Monday."""
    county = settle_county(engine)
    county.file("town", "A1", "water", START)
    county.file("village", "A2", "power", START)
    county.do("town", "endorse", 2, day(1))
    for at in (1, 4):
        if at == 4:
            county.do("office", "reopen", 1, day(3), reason="未解决")
        else:
            county.do("water", "accept", 1, day(at, 11))
        county.resolve(1, day(at, 14))
        county.confirm(1, day(at + (at == 1), 15))
    # Two working days from Wednesday the 21st end on Friday the 23rd.
    county.do("power", "accept", 2, day(6))
    return county


def counted(county: County, at: float, hour: float = 0.2) -> int:
    with county.write() as session:
        return day_counts.count(session, day(at, hour))


def test_a_day_is_counted_once_and_days_missed_are_made_up_for(county: County) -> None:
    assert counted(county, 2, 0.1) == 1, "what began before midnight may still be under way: only the 20th"
    assert [counted(county, 2), counted(county, 2, 18), counted(county, 7), counted(county, 7)] == [1, 0, 5, 0]
    units = {unit: name for name, unit in county.units.items()} | {0: ""}
    with county.read() as session:
        rows = {
            (row.day.day, units[int(unit)]): figures
            for row in session.scalars(select(DayCount))
            for unit, figures in row.content.items()
        }
    assert rows == {
        (20, ""): [2, 0, 0],
        (20, "town-a"): [2, 0, 0],
        (20, "water"): [1, 0, 0],
        (21, ""): [0, 0, 0],
        (21, "power"): [1, 0, 0],
        (22, ""): [0, 1, 0],
        (22, "town-a"): [0, 1, 0],
        (22, "water"): [0, 1, 0],
        (23, ""): [0, 0, 1],
        (23, "water"): [1, 0, 0],
        (23, "power"): [0, 0, 1],
        (24, ""): [0, 1, 1],
        (24, "town-a"): [0, 1, 0],
        (24, "water"): [0, 1, 0],
        (24, "power"): [0, 0, 1],
        (25, ""): [0, 0, 1],
        (25, "power"): [0, 0, 1],
        (26, ""): [0, 0, 0],
    }
    with county.read() as session:
        assert list(derived_proofs.day_counts(session)) == []
        setting = county_context(session)
        counts = {
            name: progress.trend(session, Scope(setting, setting.by_code.get(name)), day(20))
            for name in ("", "town-a", "water", "power", "housing")
        }
    shown = {
        name: [(f"{t.start:%d}-{t.end:%d}", t.filed, t.closed, t.overdue) for t in trend.lines]
        for name, trend in counts.items()
        if trend is not None
    }
    assert shown == {
        "": [("11-20", 2, 0, 0), ("21-30", 0, 2, 0)],
        "town-a": [("11-20", 2, 0, 0), ("21-30", 0, 2, 0)],
        "water": [("11-20", 1, 0, 0), ("21-30", 1, 2, 0)],
        "power": [("11-20", 0, 0, 0), ("21-30", 1, 0, 0)],
        "housing": [("11-20", 0, 0, 0), ("21-30", 0, 0, 0)],
    }
    # The worker does the same, unless its clock is in doubt.
    assert [worker.count_days(county.engine, lambda: day(8, 0.2)) for _ in range(2)] == [1, 0]
    assert worker.count_days(county.engine, lambda: day(12, 12)) == 0
    with pytest.raises(DBAPIError, match="append-only"), county.write() as session:
        session.scalars(select(DayCount)).first().content = {}  # type: ignore[union-attr]


@given(st.dates(date(2016, 1, 1), date(2020, 12, 31)))
def test_ten_days_follow_one_another_without_a_gap_and_end_with_the_month(on: date) -> None:
    start, end = progress.ten_days(on)
    assert start <= on <= end
    assert progress.ten_days(end + timedelta(days=1))[0] == end + timedelta(days=1)
    assert start.day in (1, 11, 21)
    assert (start.month, start.year) == (end.month, end.year)


def test_a_day_counts_for_the_town_of_that_day_wherever_the_household_went_since(county: County) -> None:
    counted(county, 7)
    act(county, "relocated", household="A1", to="town-b-v1", at=day(8))
    county.do("office", "reopen", 1, day(8, 11), reason="未解决")
    county.resolve(1, day(8, 14))
    county.confirm(1, day(8, 15), who="other_town")
    assert counted(county, 10) > 0
    with county.read() as session:
        assert list(derived_proofs.day_counts(session)) == []
        last = session.scalars(select(DayCount).where(DayCount.day == day(8).date())).one().content
    assert last[str(county.units["town-b"])][1] == 1
    assert str(county.units["town-a"]) not in last
