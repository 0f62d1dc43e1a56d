"""Expected progress: the count a countable duty should have reached today."""

from datetime import date, datetime, timedelta

from workflow.policy.periods import Period
from workflow.policy.scheme.duties import Count
from workflow.policy.worktime import WorkClock, local_date


def expected_today(clock: WorkClock, count: Count, period: Period, due_at: datetime, target: int, now: datetime) -> int:
    """The expected count by the end of today, rounded down; the whole target from the due day on.

    `days`: in step with the working days from the beginning of the period to the due day, both included.
    `months`:
    in step with the months of the period that are over (a special meeting a month: notice item 3).
    """
    today, last = local_date(now), local_date(due_at)
    if today >= last or target <= 0:
        return max(target, 0)
    if today < period.start:
        return 0
    if count.pace == "months":
        ends = _month_ends(period)
        return target * sum(end <= today for end in ends) // len(ends)
    return target * _worked(clock, period.start, today) // max(_worked(clock, period.start, last), 1)


def _worked(clock: WorkClock, first: date, last: date) -> int:
    """Working days from `first` to `last`, both included."""
    span = clock.minutes_between(clock.opening(first), clock.closing(last))
    return span // clock.minutes_per_day


def _month_ends(period: Period) -> list[date]:
    """The last days of the months of a period."""
    ends, day = [], period.start
    while day <= period.end:
        following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        ends.append(following - timedelta(days=1))
        day = following
    return ends
