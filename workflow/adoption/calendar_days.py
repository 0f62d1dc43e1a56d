"""Calendar days: stored days that differ from Monday to Friday, their source, and years without a notice."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from models import WorkingDayOverride, row_changes
from workflow.actors import Actor
from workflow.adoption.holiday_notice import Change, Days
from workflow.errors import BadInput, NotAllowed
from workflow.policy.calendar import Deviation, WorkCalendar
from workflow.policy.worktime import local_date

#: The month in which the State Council announces the next year; from then on the office is reminded.
NOTICE_MONTH = 11


def reminder(calendar: WorkCalendar, now: datetime) -> int | None:
    """The year whose notice the office should enter (this one, from November on the next); None if it is stored."""
    today = local_date(now)
    years = (today.year, today.year + 1) if today.month >= NOTICE_MONTH else (today.year,)
    return next((year for year in years if calendar.provisional(today.replace(year=year, day=1))), None)


def rows(session: Session, actor: Actor, year: int) -> Sequence[WorkingDayOverride]:
    """The days of `year` that differ from Monday to Friday, with source, in order."""
    if actor.role == "admin":
        raise NotAllowed("calendar_not_yours")
    query = select(WorkingDayOverride)
    overrides = [row for row in session.scalars(query) if row.day.year == year]
    return sorted(overrides, key=lambda row: (row.day, row.source))


def days(session: Session) -> Days:
    """Every day that differs from Monday to Friday, by day and source."""
    working_day_overrides = session.scalars(select(WorkingDayOverride))
    return {(row.day, row.source): Deviation(row.works, row.name, row.source) for row in working_day_overrides}


def earlier_version(session: Session, change: Change) -> frozenset[date]:
    """The stored days that the earlier version of a whole notice brought, which the change replaces; else none.

    Those in December belong to the notice of the year after if it names them: a notice reaches back, not ahead.
    """
    if change.year is None:
        return frozenset()
    table = WorkingDayOverride
    rows = session.execute(select(table.day, table.document).where(table.source == change.source)).all()
    documents: dict[int, set[str]] = {}
    for day, document in rows:
        if day.month < 12:
            documents.setdefault(day.year, set()).add(document)

    def year_of(day: date, document: str) -> int:
        ahead = document in documents.get(day.year + 1, ()) or document not in documents.get(day.year, ())
        return day.year + 1 if day.month == 12 and ahead else day.year

    return frozenset(day for day, document in rows if year_of(day, document) == change.year)


def validated(change: Change, before: Days, earlier: Collection[date]) -> Days:
    """The days after `change`.  Raises BadInput when nothing would change or it is no correction."""
    if change.source == "state_council":
        announced = {day.year for day, source in before if source == "state_council"} | {change.year}
        for entry in change.days:
            if entry.day.year not in announced:
                # A single day would make the whole year look announced.
                raise BadInput("year_not_announced", "days", year=entry.day.year)
    after = change.after(before, earlier)
    if after == before:
        raise BadInput("calendar_unchanged", "days")
    return after


def diff(before: Days, after: Days) -> list[list[Any]]:
    """The days that changed: [day, works or null for the rule, name]."""
    keys = sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
    return [
        [day.isoformat(), after[day, source].works, after[day, source].name]
        if (day, source) in after
        else [day.isoformat(), None, ""]
        for day, source in keys
    ]


def store(session: Session, change: Change, before: Days, after: Days) -> None:
    """Store the changed days; for a whole notice, with its document number on every day."""
    table = WorkingDayOverride
    changed = [key[0] for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
    here = (table.source == change.source,)
    # Before and after, since a changed day becomes another row.
    row_changes.note_where(session, "working_day_override", table.source == change.source)
    session.execute(delete(table).where(*here, table.day.in_(changed)))
    fresh = [(day, after[day, change.source]) for day in sorted(changed) if (day, change.source) in after]
    if fresh:
        session.execute(
            insert(table),
            [
                {
                    "day": day,
                    "works": said.works,
                    "name": said.name,
                    "source": change.source,
                    "document": change.document,
                }
                for day, said in fresh
            ],
        )
    if change.year is not None:
        # Unchanged days belong to this notice as well.
        of_it = {entry.day for entry in change.days if (entry.day, change.source) in after}
        session.execute(update(table).where(*here, table.day.in_(of_it)).values(document=change.document))
    row_changes.note_where(session, "working_day_override", table.source == change.source)
