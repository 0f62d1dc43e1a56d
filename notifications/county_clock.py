"""County clock: the scheme's words, working days and office hours for messages."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import County, SchemeVersion, WorkingDayOverride
from models.engine import kept
from workflow.policy.calendar import Deviation, calendar_of
from workflow.policy.scheme.model import Scheme
from workflow.policy.worktime import WorkClock, local_date


@dataclass(frozen=True, slots=True)
class CountyClock:
    """A county's working time under the scheme in force."""

    clock: WorkClock

    def speaking_hour(self, now: datetime) -> datetime:
        """`now` between opening and closing of a working day, else the opening of the next (quiet hours)."""
        today = local_date(now)
        works = self.clock.is_working_day(today)
        if works and now < self.clock.opening(today):
            return self.clock.opening(today)
        if works and now <= self.clock.closing(today):
            return now
        return self.clock.opening(local_date(self.clock.due(now, 1)))

    def working_day_after(self, now: datetime, days: int) -> datetime:
        """The close of the `days`-th working day after today."""
        return self.clock.due(now, days)

    def morning(self, now: datetime) -> datetime | None:
        """When today's digests are due; None on a day off."""
        today = local_date(now)
        return self.clock.opening(today) if self.clock.is_working_day(today) else None

    def yesterday(self, now: datetime) -> datetime:
        """The opening of the last working day before today, since when messages count as new."""
        day = local_date(now) - timedelta(days=1)
        while not self.clock.is_working_day(day):
            day -= timedelta(days=1)
        return self.clock.opening(day)


def county_clock(session: Session) -> CountyClock:
    """The county with its present working days."""
    county = session.execute(select(County.scheme_version_id, County.calendar_version)).one()
    assert county[0] is not None, "a county without a scheme has no events"
    # A version never changes, but databases number theirs alike, so it is cached with the engine.
    clocks, key = kept(session, "clocks"), (county[0], county[1])
    clock: WorkClock | None = clocks.get(key)
    if clock is None:
        if len(clocks) > 50:
            clocks.clear()
        rows = session.scalars(select(WorkingDayOverride))
        days = calendar_of({(row.day, row.source): Deviation(row.works, row.name, row.source) for row in rows})
        clock = clocks[key] = WorkClock(days, scheme_of(session, county[0]).office_hours)
    return CountyClock(clock)


def scheme_of(session: Session, version_id: int) -> Scheme:
    """The scheme of a version."""
    schemes = kept(session, "schemes")
    if version_id not in schemes:
        content = session.execute(select(SchemeVersion.content).where(SchemeVersion.id == version_id)).scalar_one()
        schemes[version_id] = Scheme.model_validate_json(content)
    scheme: Scheme = schemes[version_id]
    return scheme
