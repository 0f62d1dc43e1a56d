"""Periods: the months, quarters, halves and year of an assessment year, and the rule by which a duty of one is due.

A rule is JSON as `deadlines.by_rule` reads it, so the date can be computed again when the working days change.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from workflow.policy.scheme.duties import Duty
from workflow.policy.worktime import WorkClock

_MONTHS = {"monthly": 1, "quarterly": 3, "half_yearly": 6, "yearly": 12, "once": 12}


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of the assessment year: `2018-08`, `2018-Q3`, `2018-H2` or `2018`; first and last day in China.

    The period of a ranking is its day, with the edition after the first: `2018-11-20`, `2018-11-20#2`.
    """

    code: str
    start: date
    end: date


def periods(kind: str, year: int, since: str | None = None) -> tuple[Period, ...]:
    """The periods of a year in order.  With `since` (month and day) earlier ones are left out and the one that contains
    it begins on it.  Rankings are not periods of a year: their duties are opened with the ranking.

    >>> [period.code for period in periods("quarterly", 2018, "08-01")]
    ['2018-Q3', '2018-Q4']
    """
    if kind == "ranking":
        return ()
    months = _MONTHS[kind]
    first = day_of_year(year, since) if since else date(year, 1, 1)
    listed = []
    for number, month in enumerate(range(1, 13, months), start=1):
        last = month + months - 1
        begins, ends = date(year, month, 1), date(year, last, monthrange(year, last)[1])
        if ends >= first:
            listed.append(Period(_code(kind, year, number), max(begins, first), ends))
    return tuple(listed)


def _code(kind: str, year: int, number: int) -> str:
    if kind == "monthly":
        return f"{year}-{number:02d}"
    return (
        f"{year}-{'Q' if kind == 'quarterly' else 'H'}{number}" if kind in ("quarterly", "half_yearly") else str(year)
    )


def period_of(duty: Duty, code: str, year: int) -> Period:
    """The duty's period with this code.  Raises KeyError."""
    if duty.of_ranking:
        day = date.fromisoformat(code.partition("#")[0])
        return Period(code, day, day)
    for period in periods(duty.period, year, duty.since):
        if period.code == code:
            return period
    raise KeyError(code)


def day_of_year(year: int, month_day: str) -> date:
    """A month and day of the assessment year."""
    month, day = month_day.split("-")
    return date(year, int(month), int(day))


def of_ranking(on: date, edition: int) -> Period:
    """The period of the written reports on one edition of a ranking.

    >>> of_ranking(date(2018, 11, 20), 2).code
    '2018-11-20#2'
    """
    return Period(on.isoformat() + (f"#{edition}" if edition > 1 else ""), on, on)


def due_rule(duty: Duty, period: Period, year: int, opened: datetime, grace: int, clock: WorkClock) -> dict[str, Any]:
    """The rule by which a duty of this period, opened at that moment, is due.

    However late it is opened, its unit has `grace` working days, so no duty starts overdue.
    """
    due, at = duty.due, opened.astimezone(UTC).isoformat()
    if due.by == "opened":
        return {"by": "days", "days": max(due.days or grace, 1), "from": at, "stop": None}
    if due.by == "date":
        assert due.date is not None
        rule: dict[str, Any] = {"by": "day", "day": day_of_year(year, due.date).isoformat(), "stop": None}
    elif due.by == "last":
        rule = {"by": "last", "day": period.end.isoformat(), "stop": None}
    else:
        rule = {"by": "days", "days": due.days, "from": clock.closing(period.end).isoformat(), "stop": None}
    return {"by": "later", "of": [rule, {"by": "days", "days": grace, "from": at, "stop": None}], "stop": None}
