"""Working time: computes due dates in working days and spans in working minutes of the office hours.

A limit of N working days counts from the next working day and ends at the close of the N-th (Civil Code, art.
201–203).
Moments are floored to the minute before subtraction, so spans are exactly additive.
"""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import accumulate, compress
from typing import Any

from workflow.policy.calendar import WorkCalendar

SHANGHAI = timezone(timedelta(hours=8))
_EPOCH = date(2016, 1, 1)
_LAST = date(2040, 12, 31)


def local_date(moment: datetime) -> date:
    """The day in China of a moment."""
    return moment.astimezone(SHANGHAI).date()


def _minute(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


class WorkClock:
    """The county's working time: a calendar and office hours such as (("08:30", "12:00"), ("14:30", "17:30"))."""

    def __init__(self, calendar: WorkCalendar, hours: Sequence[tuple[str, str]]) -> None:
        self.calendar = calendar
        self._spans = tuple((_minute(start), _minute(end)) for start, end in hours)
        self.minutes_per_day = sum(end - start for start, end in self._spans)
        self._open, self._close = self._spans[0][0], self._spans[-1][1]
        worked = calendar.worked(_EPOCH, _LAST)
        self._workdays = list(compress(range(len(worked)), worked))
        self._before = [0, *accumulate(worked)]

    def is_working_day(self, day: date) -> bool:
        """Whether the county works on `day`."""
        return self.calendar.works(day)

    def surely_off(self, day: date) -> bool:
        """Whether `day` is a day off by an announced calendar; a day of a year not yet announced may still be worked."""
        return not self.calendar.works(day) and not self.calendar.provisional(day)

    def worked_from(self, day: date) -> date:
        """The day itself where it is worked, else the next working day."""
        return day if self.calendar.works(day) else self.working_days_around(day)[1]

    def working_days_around(self, day: date) -> tuple[date, date]:
        """The last working day before `day` and the first one after it."""
        before, after = day - timedelta(days=1), day + timedelta(days=1)
        while not self.calendar.works(before):
            before -= timedelta(days=1)
        while not self.calendar.works(after):
            after += timedelta(days=1)
        return before, after

    def closing(self, day: date) -> datetime:
        """The last closing time of `day`, in UTC, whether or not it is worked."""
        return datetime.combine(day, time(self._close // 60, self._close % 60), SHANGHAI).astimezone(UTC)

    def opening(self, day: date) -> datetime:
        """The first opening time of `day`, in UTC, whether or not it is worked."""
        return datetime.combine(day, time(self._open // 60, self._open % 60), SHANGHAI).astimezone(UTC)

    def is_open(self, moment: datetime) -> bool:
        """Whether the moment lies in the office hours of a working day; at the closing time itself it does not."""
        local = moment.astimezone(SHANGHAI)
        minute = local.hour * 60 + local.minute
        return self.calendar.works(local.date()) and any(start <= minute < end for start, end in self._spans)

    def next_opening(self, moment: datetime) -> datetime:
        """The moment itself while the office is open, else its next opening time, in UTC."""
        if self.is_open(moment):
            return moment
        day = local_date(moment)
        while True:
            for start, _ in self._spans if self.calendar.works(day) else ():
                opens = datetime.combine(day, time(start // 60, start % 60), SHANGHAI).astimezone(UTC)
                if opens >= moment:
                    return opens
            day += timedelta(days=1)

    def _position(self, moment: datetime) -> int:
        """Working minutes from the epoch to the floored moment."""
        local = moment.astimezone(SHANGHAI)
        index = (local.date() - _EPOCH).days
        if not 0 <= index < len(self._before) - 1:
            raise ValueError(f"outside the calendar's span: {local:%Y-%m-%d}")
        whole = self._before[index]
        if self._before[index + 1] == whole:
            return whole * self.minutes_per_day
        minute = local.hour * 60 + local.minute
        return whole * self.minutes_per_day + sum(min(max(minute - s, 0), e - s) for s, e in self._spans)

    def minutes_between(self, a: datetime, b: datetime) -> int:
        """Working minutes from `a` to `b`, both floored to the minute; 0 when `b` is not later."""
        return max(0, self._position(b) - self._position(a)) if b > a else 0

    def add_minutes(self, start: datetime, minutes: int) -> datetime:
        """The earliest moment by which `minutes` working minutes have passed since `start`; `start` itself for 0."""
        if minutes <= 0:
            return start
        target = self._position(start) + minutes
        whole, rest = divmod(target - 1, self.minutes_per_day)
        rest += 1
        day = _EPOCH + timedelta(days=self._workdays[whole])
        for begin, end in self._spans:
            if rest <= end - begin:
                minute = begin + rest
                return datetime.combine(day, time(minute // 60, minute % 60), SHANGHAI).astimezone(UTC)
            rest -= end - begin
        raise AssertionError("unreachable")

    def due(self, start: datetime, n: int) -> datetime:
        """The close of the n-th working day after the day of `start` (n ≥ 1), in UTC.  Raises ValueError."""
        if n < 1:
            raise ValueError("a limit is at least one working day")
        index = (local_date(start) - _EPOCH).days + 1
        if index < 0 or index > len(self._before) - 2:
            raise ValueError("outside the calendar's span")
        first = bisect_left(self._workdays, index)
        if first + n - 1 >= len(self._workdays):
            raise ValueError("outside the calendar's span")
        return self.closing(_EPOCH + timedelta(days=self._workdays[first + n - 1]))

    def explain_days(self, start: datetime, n: int) -> tuple[dict[str, Any], ...]:
        """One line a day from the day of `start` to the n-th working day: whether it counted, and why."""
        day = local_date(start)
        lines = [self._line(day, "start", None)]
        count = 0
        while count < n:
            day += timedelta(days=1)
            if self.calendar.works(day):
                count += 1
                lines.append(self._line(day, None, count))
            else:
                lines.append(self._line(day, None, None))
        return tuple(lines)

    def explain_minutes(self, start: datetime, minutes: int) -> tuple[dict[str, Any], ...]:
        """One line a day from `start` until `minutes` working minutes are used, with the minutes used each day."""
        day, left = local_date(start), minutes
        lines: list[dict[str, Any]] = []
        moment = start
        while True:
            end = datetime.combine(day + timedelta(days=1), time(0), SHANGHAI)
            taken = min(left, self.minutes_between(moment, end))
            lines.append({**self._line(day, None, None), "minutes": taken})
            left -= taken
            if left <= 0:
                return tuple(lines)
            day, moment = day + timedelta(days=1), end

    def explain_until(self, start: datetime, last: date) -> tuple[dict[str, Any], ...]:
        """One line a day from `start` to the day `last`, worked or not, with the working minutes of each."""
        day, moment, lines = local_date(start), start, list[dict[str, Any]]()
        while day <= last:
            end = datetime.combine(day + timedelta(days=1), time(0), SHANGHAI)
            lines.append({**self._line(day, None, None), "minutes": self.minutes_between(moment, end)})
            day, moment = day + timedelta(days=1), end
        return tuple(lines)

    def explain_held(self, start: datetime, due: datetime, end: datetime) -> tuple[dict[str, Any], ...]:
        """One line a day from `start` to `end`: the working minutes held that day, and those of them past `due`."""
        day, moment, lines = local_date(start), start, list[dict[str, Any]]()
        while True:
            stop = min(datetime.combine(day + timedelta(days=1), time(0), SHANGHAI), end)
            held = {"minutes": self.minutes_between(moment, stop), "late": self.minutes_between(max(moment, due), stop)}
            lines.append({**self._line(day, None, None), **held})
            if stop >= end:
                return tuple(lines)
            day, moment = day + timedelta(days=1), stop

    def _line(self, day: date, why: str | None, count: int | None) -> dict[str, Any]:
        code, name = self.calendar.why(day)
        return {
            "day": day.isoformat(),
            "works": self.calendar.works(day),
            "why": why or code,
            "name": name,
            "count": count,
            "provisional": self.calendar.provisional(day),
        }
