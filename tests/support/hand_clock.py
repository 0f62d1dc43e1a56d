"""Working minutes counted by hand: day by day and office hour by office hour, without the product's clock.

The length and lateness of custodies and the moments of rungs are checked against this count, so that a fault in the
product's clock cannot hide in a test that uses the same clock.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta, timezone

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import WorkingDayOverride

CHINA = timezone(timedelta(hours=8))
#: The State Council's days off and days made up for around the New Year of 2019 (国办发明电〔2018〕12号).
NEW_YEAR = {date(2018, 12, 29): True, date(2018, 12, 31): False, date(2019, 1, 1): False}
HOURS = (("08:30", "12:00"), ("14:30", "17:30"))


def days_of(session: Session) -> dict[date, bool]:
    """The county's exceptions from the weekday rule; its own entries override the State Council's."""
    rows = session.execute(select(WorkingDayOverride.source, WorkingDayOverride.day, WorkingDayOverride.works)).all()
    overrides = {day: works for source, day, works in rows if source != "county"}
    return overrides | {day: works for source, day, works in rows if source == "county"}


def minutes(
    begins: datetime,
    ends: datetime,
    days: Mapping[date, bool] = NEW_YEAR,
    hours: Sequence[tuple[str, str]] = HOURS,
) -> int:
    """Whole working minutes between two moments, seconds cut off at both; 0 when the second is not later."""
    first, last = (moment.astimezone(CHINA).replace(second=0, microsecond=0) for moment in (begins, ends))
    total = 0
    for opens, closes in _worked(first.date(), last.date(), days, hours):
        overlap = min(closes, last) - max(opens, first)
        total += max(int(overlap.total_seconds()) // 60, 0)
    return total


def _worked(
    first: date, last: date, days: Mapping[date, bool], hours: Sequence[tuple[str, str]]
) -> Iterator[tuple[datetime, datetime]]:
    day = first
    while day <= last:
        if days.get(day, day.isoweekday() <= 5):
            for opens, closes in hours:
                yield tuple(datetime.combine(day, time.fromisoformat(at), CHINA) for at in (opens, closes))
        day += timedelta(days=1)
