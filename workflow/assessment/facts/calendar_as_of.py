"""Working days as of a moment: today's calendar with every later change taken back, so that a pace can be proved."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Event, WorkingDayOverride
from workflow.county.context import CountyContext
from workflow.policy.calendar import Deviation, calendar_of, seed
from workflow.policy.worktime import WorkClock

_Days = dict[tuple[date, str], Deviation]


def clock_as_of(session: Session, setting: CountyContext, at: datetime) -> WorkClock:
    """The working time clock as it was known at the moment; the county's own where no day changed since."""
    events = session.execute(
        select(Event.at, Event.given, Event.effect)
        .where(Event.subject_type == "county", Event.action == "calendar")
        .order_by(Event.id)
    ).all()
    later = [row for row in events if row.at > at]
    if not later:
        return setting.clock
    days = WorkingDayOverride
    found = {
        (day, source): Deviation(works, name, source)
        for day, source, works, name in session.execute(select(days.day, days.source, days.works, days.name))
    }
    changed = {(date.fromisoformat(day), row.given["source"]) for row in later for day, *_ in row.effect["days"]}
    before = _installed()
    for row in events:
        if row.at <= at:
            _take(before, row.given["source"], row.effect["days"])
    for key in changed:
        found.pop(key, None)
        if key in before:
            found[key] = before[key]
    return _clock(frozenset(found.items()), tuple(setting.scheme.office_hours))


def _installed() -> _Days:
    """The working days that an installation begins with."""
    return {(day, "state_council"): Deviation(works, name, "state_council") for day, works, name in seed()}


def _take(days: _Days, source: str, told: Iterable[tuple[str, bool | None, str]]) -> None:
    for day, works, name in told:
        key = (date.fromisoformat(day), source)
        days.pop(key, None)
        if works is not None:
            days[key] = Deviation(works, name, source)


@lru_cache(maxsize=8)
def _clock(days: frozenset[tuple[tuple[date, str], Deviation]], hours: tuple[tuple[str, str], ...]) -> WorkClock:
    return WorkClock(calendar_of(dict(days)), hours)
