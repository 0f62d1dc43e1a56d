"""Deadlines: from a limit or what is left of a budget to a due date, with the account of it.

A hard stop (20 December for the quota of indicator 10) caps a computed date and never extends one; one already past is
not applied, so that nothing is born overdue.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from workflow.policy.worktime import WorkClock


@dataclass(frozen=True, slots=True)
class Deadline:
    """When something is due (UTC), its span in working minutes, what capped it, and the day-by-day account."""

    due_at: datetime
    budget_minutes: int
    flags: tuple[str, ...]
    lines: tuple[dict[str, Any], ...]


def first_deadline(clock: WorkClock, start: datetime, days: int, hard_stop: date | None = None) -> Deadline:
    """A first deadline of `days` working days by the day rule."""
    due, flags = _capped(clock, start, clock.due(start, days), hard_stop)
    lines = clock.explain_days(start, days)
    if "hard_stop_applied" in flags:
        assert hard_stop is not None
        lines = tuple(line for line in lines if line["day"] <= hard_stop.isoformat())
    return Deadline(due, clock.minutes_between(start, due), flags, lines)


def resumed_deadline(
    clock: WorkClock, start: datetime, remaining_minutes: int, hard_stop: date | None = None
) -> Deadline:
    """A deadline that takes up what is left of a budget, in working minutes; none left is due at once."""
    left = max(remaining_minutes, 0)
    due, flags = _capped(clock, start, clock.add_minutes(start, left), hard_stop)
    return Deadline(due, left, flags, clock.explain_minutes(start, clock.minutes_between(start, due)))


def _capped(clock: WorkClock, start: datetime, due: datetime, stop: date | None) -> tuple[datetime, tuple[str, ...]]:
    if stop is None:
        return due, ()
    last = clock.closing(stop)
    if last <= start:
        return due, ("hard_stop_past",)
    return (last, ("hard_stop_applied",)) if last < due else (due, ())
