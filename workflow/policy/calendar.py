"""Working days: Monday to Friday, except where the State Council's yearly notice or the county's own single day
differs.

For a year not yet announced the weekday counts and the statutory holidays with a fixed date, and every date that depends on
it is provisional.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar

#: Statutory holidays with a fixed date (全国年节及纪念日放假办法, art. 2): off in any year, announced or not.  The others
#: follow the moon or the sun, and the notice has them.
_STATUTORY = {(1, 1): "元旦", (5, 1): "劳动节", (10, 1): "国庆节", (10, 2): "国庆节", (10, 3): "国庆节"}
#: 2 May is one since the revision in force from 2025.
_SECOND_OF_MAY = 2025


def statutory(day: date) -> str | None:
    """The name of the statutory holiday with a fixed date on this day."""
    if (day.month, day.day) == (5, 2):
        return "劳动节" if day.year >= _SECOND_OF_MAY else None
    return _STATUTORY.get((day.month, day.day))


@dataclass(frozen=True, slots=True)
class Deviation:
    """A day that differs from the weekday rule; `source` is `state_council` or `county`."""

    works: bool
    name: str
    source: str


class WorkCalendar:
    """Calendar of working days: whether a day is worked, and why.

    >>> WorkCalendar({}, frozenset()).works(date(2018, 11, 20))
    True
    """

    def __init__(self, deviations: Mapping[date, Deviation], announced: frozenset[int]) -> None:
        self._deviations = dict(deviations)
        self._announced = announced

    def works(self, day: date) -> bool:
        """Whether the county works on `day`."""
        deviation = self._deviations.get(day)
        return deviation.works if deviation is not None else day.weekday() < 5 and statutory(day) is None

    def worked(self, first: date, last: date) -> Sequence[int]:
        """For each day from `first` to `last` 1 if it is worked, else 0; as `works` says, but decades at once."""
        count = (last - first).days + 1
        week = [int((first.weekday() + day) % 7 < 5) for day in range(7)]
        days = (week * (count // 7 + 1))[:count]
        for year in range(first.year, last.year + 1):
            for month, number in (*_STATUTORY, (5, 2)):
                day = date(year, month, number)
                if first <= day <= last and statutory(day):
                    days[(day - first).days] = 0
        for day, deviation in self._deviations.items():
            if first <= day <= last:
                days[(day - first).days] = int(deviation.works)
        return days

    def why(self, day: date) -> tuple[str, str | None]:
        """(`workday` | `weekend` | `holiday` | `makeup` | `override`, name of the holiday or reason)."""
        deviation = self._deviations.get(day)
        if deviation is None:
            if day.weekday() >= 5:
                return "weekend", None
            name = statutory(day)
            return ("holiday" if name else "workday"), name
        if deviation.source == "county":
            return "override", deviation.name
        return ("makeup" if deviation.works else "holiday"), deviation.name

    def provisional(self, day: date) -> bool:
        """Whether the day's year is not yet announced, so that it may still change."""
        return day.year not in self._announced


def calendar_of(days: Mapping[tuple[date, str], Deviation]) -> WorkCalendar:
    """The calendar of single days by (day, source); the county's own day overrides the State Council's."""
    # 'state_council' sorts after 'county'.
    ordered = sorted(days.items(), key=lambda entry: entry[0][1], reverse=True)
    announced = frozenset(day.year for day, source in days if source == "state_council")
    return WorkCalendar({day: deviation for (day, _), deviation in ordered}, announced)


@lru_cache
def seed(first: int = 2017, last: int = 2026) -> tuple[tuple[date, bool, str], ...]:
    """The days from year `first` to `last` that differ from the weekday rule: (day, works, holiday's Chinese name)."""
    days = []
    day, end = date(first, 1, 1), date(last, 12, 31)
    while day <= end:
        works = chinese_calendar.is_workday(day)
        if works != (day.weekday() < 5):
            holiday = chinese_calendar.get_holiday_detail(day)[1]
            days.append((day, works, _CHINESE.get(str(holiday or ""), str(holiday or ""))))
        day += timedelta(days=1)
    return tuple(days)


_CHINESE = {entry.value: entry.chinese for entry in chinese_calendar.Holiday}
