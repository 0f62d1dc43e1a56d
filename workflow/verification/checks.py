"""Findings of `verify`, and its checks of addresses in use and of daily counts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Address, DayCount, Event
from workflow.boards.day_counts import moved
from workflow.history import event_log


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: a code, and its subject."""

    code: str
    subject: str


def addresses(session: Session) -> Iterator[Finding]:
    """Check that every address in use is the one its owner last entered, so that no stray row redirects messages.

    Addresses older than such events are skipped.
    """
    recorded = session.execute(
        select(Event.subject_id, Event.action, Event.given)
        .where(Event.subject_type == "user", Event.action.in_(("address_entered", "address_used", "address_dropped")))
        .order_by(Event.id)
    ).all()
    first = min((given["address"] for _, _, given in recorded), default=None)
    if first is None:
        return
    said: dict[tuple[int, str], int | None] = {}
    for user, action, given in recorded:
        key = (user, given["channel"])
        if action == "address_used":
            said[key] = given["address"]
        elif action == "address_dropped" and said.get(key) == given["address"]:
            said[key] = None
    actual = {
        (row.user_id, row.channel): row.id
        for row in session.scalars(
            select(Address).where(Address.id >= first, Address.ended_at.is_(None), Address.verified_at.is_not(None))
        )
    }
    for key in sorted(said.keys() | actual.keys()):
        if said.get(key) != actual.get(key):
            yield Finding("address_differs", f"user {key[0]} {key[1]}")


def day_counts(session: Session) -> Iterator[Finding]:
    """Check every daily count against its event, and count filed and closed again from the tickets' own events.

    Overdue at midnight cannot be recounted, since a later change of working days moves deadlines.
    """
    recorded: dict[str, str] = {}
    said = select(Event).where(Event.subject_type == "county", Event.action == "count_days").order_by(Event.id)
    for event in session.scalars(said):
        recorded |= event.effect["days"]
    rows = session.scalars(select(DayCount).order_by(DayCount.day)).all()
    for row in rows:
        hashed = recorded.pop(row.day.isoformat(), None)
        if hashed != row.hash or event_log.digest(event_log.canonical(row.content)) != row.hash:
            yield Finding("day_count_differs", f"day {row.day}")
    yield from (Finding("row_missing", f"day count {day}") for day in recorded)
    if not rows:
        return
    filed, closed = moved(session, rows[0].day, rows[-1].day)
    for row in rows:
        units = {unit for figures in (filed, closed) for on, unit in figures if on == row.day}
        for unit in sorted(units | {int(key) for key in row.content if key.isdecimal()}):
            said_of: list[Any] = row.content.get(str(unit), [0, 0, 0])
            if said_of[:2] != [filed[row.day, unit], closed[row.day, unit]]:
                yield Finding("day_miscounted", f"day {row.day}")
                break
