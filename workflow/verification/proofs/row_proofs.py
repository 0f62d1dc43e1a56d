"""Row proofs: what no event tells of a row equals its digest in the row record, and the daily counts equal the history."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import DayCount, Event, EventSecret
from models.row_changes import RECORDED
from workflow.boards.day_counts import moved
from workflow.history import row_record
from workflow.verification.proofs.findings import Finding, RowComparison, is_intact

_RECORDS = (
    select(Event.subject_id, Event.effect, EventSecret.salt)
    .outerjoin(EventSecret, EventSecret.event_id == Event.id)
    .where(Event.subject_type == row_record.SUBJECT)
    .order_by(Event.id)
    .execution_options(yield_per=100)
)
_DAY_COUNTS = RowComparison[DayCount, str](
    key=lambda row: row.day.isoformat(),
    actual=lambda row: row.hash,
    intact=is_intact,
    subject=lambda row: f"day {row.day}",
    differs="day_count_differs",
    missing="row_missing",
    missing_subject=lambda key: f"day count {key}",
)


def rows(session: Session) -> Iterator[Finding]:
    """Check every row of the recorded tables against its last record, and that none is missing or without a record."""
    if not row_record.has_begun(session):
        return
    recorded: dict[str, dict[int, tuple[str | None, str | None]]] = {table: {} for table in RECORDED}
    for subject, effect, salt in session.execute(_RECORDS):
        try:
            for table in effect.keys() & recorded.keys():
                recorded[table].update((int(number), (kept, salt)) for number, kept in effect[table].items())
        except (AttributeError, TypeError, ValueError):
            # So altered that it cannot be read; its wrong hash is a finding of its own.
            yield Finding("event_unreadable", f"{row_record.SUBJECT} {subject}")
    for table, left in recorded.items():
        for number, content in row_record.contents(session, table):
            kept, salt = left.pop(number, (None, None))
            if kept is None:
                yield Finding("row_unrecorded", f"{table} {number}")
            # The salt of a row's last record is kept: to erase what it held before, it is recorded again first.
            elif salt is None or kept != row_record.fingerprint(salt, content):
                yield Finding("row_differs", f"{table} {number}")
        yield from (Finding("row_missing", f"{table} {number}") for number, (kept, _) in left.items() if kept)


def day_counts(session: Session) -> Iterator[Finding]:
    """Check every daily count against its event, and count filed and closed again from the tickets' own events.

    Overdue at midnight cannot be recounted, since a later change of working days moves deadlines.
    """
    recorded: dict[str, str] = {}
    events = select(Event).where(Event.subject_type == "county", Event.action == "count_days").order_by(Event.id)
    for event in session.scalars(events):
        recorded |= event.effect["days"]
    rows = session.scalars(select(DayCount).order_by(DayCount.day)).all()
    yield from _DAY_COUNTS.findings(rows, recorded)
    if not rows:
        return
    filed, closed = moved(session, rows[0].day, rows[-1].day)
    for row in rows:
        units = {unit for figures in (filed, closed) for on, unit in figures if on == row.day}
        for unit in sorted(units | {int(key) for key in row.content if key.isdecimal()}):
            counted: list[Any] = row.content.get(str(unit), [0, 0, 0])
            if counted[:2] != [filed[row.day, unit], closed[row.day, unit]]:
                yield Finding("day_miscounted", f"day {row.day}")
                break
