"""Births: a day of birth, or the month or the year where nothing closer is known."""

from datetime import date
from typing import NamedTuple

#: How exactly a birth is known, closest last.
EXACTNESS = ("year", "month", "day")


class Birth(NamedTuple):
    """A birth: its day, or the first day of its month or year, as `exact` says."""

    day: date
    exact: str


def agree(one: Birth | None, other: Birth | None) -> bool:
    """Whether two births may be one, as far as both are known."""
    if one is None or other is None:
        return True
    if one.exact == other.exact == "day":
        return one.day == other.day
    exact = min(one.exact, other.exact, key=EXACTNESS.index)
    parts = EXACTNESS.index(exact) + 1
    return one.day.timetuple()[:parts] == other.day.timetuple()[:parts]


def closest(*births: Birth | None) -> Birth | None:
    """The birth known most exactly, of several the first."""
    known = [birth for birth in births if birth is not None]
    return max(known, key=lambda birth: EXACTNESS.index(birth.exact), default=None)
