"""Day count proofs: the daily counts equal their events, and filed and closed are counted again from the tickets' events."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import DayCount, Event
from workflow.boards.day_counts import moved
from workflow.verification.proofs.findings import Finding, RowComparison, is_intact

_DAY_COUNTS = RowComparison[DayCount, str](
    key=lambda row: row.day.isoformat(),
    actual=lambda row: row.hash,
    intact=is_intact,
    subject=lambda row: f"day {row.day}",
    differs="day_count_differs",
    missing="row_missing",
    missing_subject=lambda key: f"day count {key}",
)


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
