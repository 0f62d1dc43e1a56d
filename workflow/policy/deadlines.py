"""Deadlines: computes a due date from a limit or from the rest of a budget, with its day-by-day account and its rule.

A hard stop (20 December for the quota of indicator 10) caps a computed date and never extends it.  A hard stop already
past is not applied, so no custody starts overdue.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from workflow.policy.worktime import SHANGHAI, WorkClock, local_date


@dataclass(frozen=True, slots=True)
class Deadline:
    """A due moment (UTC) with its span in working minutes, the hard stop that capped it, the daily account and the
    rule.

    The rule is JSON: `{"by": "days", "days", "from"}`, `{"by": "minutes", "minutes"}`, `{"by": "day", "day"}` (a
    suspension) or `{"by": "extension", "day"}`, each with `"stop"`, so that `by_rule` computes the date again when
    the working days change.  Duties have `{"by": "last", "day"}`, the last working day up to a day,
    `{"by": "later", "of": [rule, rule]}`, and reports `{"by": "hour", "days", "from", "at"}`, an hour of the last day.
    """

    due_at: datetime
    budget_minutes: int
    flags: tuple[str, ...]
    lines: tuple[dict[str, Any], ...]
    rule: dict[str, Any] = field(default_factory=dict)


def first_deadline(clock: WorkClock, start: datetime, days: int, hard_stop: date | None = None) -> Deadline:
    """A first deadline of `days` working days by the day rule."""
    due, flags = capped(clock, start, clock.due(start, days), hard_stop)
    lines = clock.explain_days(start, days)
    if "hard_stop_applied" in flags:
        assert hard_stop is not None
        lines = tuple(line for line in lines if line["day"] <= hard_stop.isoformat())
    rule = {"by": "days", "days": days, "from": start.astimezone(UTC).isoformat(), "stop": _iso(hard_stop)}
    return Deadline(due, clock.minutes_between(start, due), flags, lines, rule)


def resumed_deadline(
    clock: WorkClock, start: datetime, remaining_minutes: int, hard_stop: date | None = None
) -> Deadline:
    """A deadline after the rest of a budget, in working minutes; with nothing left it is due at once."""
    left = max(remaining_minutes, 0)
    due, flags = capped(clock, start, clock.add_minutes(start, left), hard_stop)
    lines = clock.explain_minutes(start, clock.minutes_between(start, due))
    return Deadline(due, left, flags, lines, {"by": "minutes", "minutes": left, "stop": _iso(hard_stop)})


def fixed_deadline(clock: WorkClock, start: datetime, day: date) -> Deadline:
    """A deadline at the close of `day`, worked or not: a suspension ends on its day whatever the calendar says."""
    due = clock.closing(day)
    return Deadline(due, clock.minutes_between(start, due), (), (), {"by": "day", "day": day.isoformat(), "stop": None})


def extended_deadline(clock: WorkClock, start: datetime, day: date) -> Deadline:
    """A deadline extended to the close of `day`.  The office named the day, so it stays, worked or not; the calendar
    decides only how much working time there is before it, which the account shows."""
    due = clock.closing(day)
    rule = {"by": "extension", "day": day.isoformat(), "stop": None}
    return Deadline(due, clock.minutes_between(start, due), (), clock.explain_until(start, day), rule)


def _last_deadline(clock: WorkClock, start: datetime, end: date) -> Deadline:
    """A deadline at the close of the last working day up to `end`; the account shows the days off that follow it."""
    day = end
    while not clock.is_working_day(day) and (end - day).days < 31:
        day -= timedelta(days=1)
    due = max(clock.closing(day), start)
    rule = {"by": "last", "day": end.isoformat(), "stop": None}
    lines = clock.explain_until(clock.opening(day), end)
    return Deadline(due, clock.minutes_between(start, due), (), lines, rule)


def hour_deadline(clock: WorkClock, start: datetime, days: int, at: str) -> Deadline:
    """A deadline at an hour (HH:MM in China) of the `days`-th working day after `start`, as for written reports."""
    day = local_date(clock.due(start, days))
    due = datetime.combine(day, time.fromisoformat(at), SHANGHAI).astimezone(UTC)
    rule = {"by": "hour", "days": days, "from": start.astimezone(UTC).isoformat(), "at": at, "stop": None}
    return Deadline(due, clock.minutes_between(start, due), (), clock.explain_days(start, days), rule)


def by_rule(clock: WorkClock, rule: dict[str, Any], start: datetime) -> Deadline:
    """The deadline of `rule` under this clock for a custody that began at `start`; the same clock gives the same date.

    Days may be counted from a moment before `start` (acceptance plus resolution); a deadline before the custody
    began then means that it is due at once.
    """
    stop = date.fromisoformat(rule["stop"]) if rule.get("stop") else None
    if rule["by"] == "later":
        usual, least = (by_rule(clock, one, start) for one in rule["of"])
        late = least.due_at > usual.due_at
        deadline, flags = (least, ("opened_late",)) if late else (usual, ())
        return Deadline(deadline.due_at, deadline.budget_minutes, flags, deadline.lines, rule)
    if rule["by"] == "last":
        return _last_deadline(clock, start, date.fromisoformat(rule["day"]))
    if rule["by"] == "day":
        return fixed_deadline(clock, start, date.fromisoformat(rule["day"]))
    if rule["by"] == "extension":
        return extended_deadline(clock, start, date.fromisoformat(rule["day"]))
    if rule["by"] == "minutes":
        return resumed_deadline(clock, start, rule["minutes"], stop)
    if rule["by"] == "hour":
        deadline = hour_deadline(clock, datetime.fromisoformat(rule["from"]), rule["days"], rule["at"])
    else:
        deadline = first_deadline(clock, datetime.fromisoformat(rule["from"]), rule["days"], stop)
    due = max(deadline.due_at, start)
    return Deadline(due, clock.minutes_between(start, due), deadline.flags, deadline.lines, rule)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def capped(clock: WorkClock, start: datetime, due: datetime, stop: date | None) -> tuple[datetime, tuple[str, ...]]:
    """The date `due` capped by a hard stop, and the remarks to show beside it."""
    if stop is None:
        return due, ()
    last = clock.closing(stop)
    if last <= start:
        return due, ("hard_stop_past",)
    return (last, ("hard_stop_applied",)) if last < due else (due, ())
