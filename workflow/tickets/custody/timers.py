"""Timers: the next automatic step of a custody (a rung, deemed acceptance, the end of a suspension) and its moment.

Everything is measured on the tenure's own clock, in working minutes used of its budget, so that a bounce, a rejection
or a dispute resumes where it stopped and neither resets nor skips a rung.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import takewhile
from typing import Protocol

from workflow.county.context import CountyContext
from workflow.policy.deadlines import resumed_deadline


class Budget(Protocol):
    """The fields of a tenure that timers need: a row, or the columns read by the sweep."""

    @property
    def budget_minutes(self) -> int: ...
    @property
    def used_minutes(self) -> int: ...
    @property
    def accept_budget_minutes(self) -> int: ...
    @property
    def accept_used_minutes(self) -> int: ...
    @property
    def rung(self) -> int: ...
    @property
    def accept_rung(self) -> int: ...


class Stretch(Protocol):
    """The fields of a custody that timers need."""

    @property
    def stage(self) -> str: ...
    @property
    def began_at(self) -> datetime: ...
    @property
    def due_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Reached:
    """Rung number (1 remind … 5 hold to account) and the moment the ladder reaches it."""

    rung: int
    at: datetime


def budget_of(tenure: Budget, stage: str) -> tuple[int, int, int]:
    """(budget, used before the open custody, highest rung) of the tenure for a stage; working minutes."""
    if stage == "accept":
        return tenure.accept_budget_minutes, tenure.accept_used_minutes, tenure.accept_rung
    return tenure.budget_minutes, tenure.used_minutes, tenure.rung


def left_of(setting: CountyContext, tenure: Budget, custody: Stretch) -> int:
    """Working minutes from the custody's beginning to its deadline; negative if the budget was overdrawn before.

    A hard stop or the end of the resolving time may come before the end of the budget; rungs follow the earlier one.
    """
    budget, used, _ = budget_of(tenure, custody.stage)
    left = budget - used
    return min(left, setting.clock.minutes_between(custody.began_at, custody.due_at)) if left > 0 else left


def ladder_times(
    setting: CountyContext, tenure: Budget, custody: Stretch, above: int | None = None
) -> Iterator[Reached]:
    """The rungs still ahead of the tenure in this custody's stage, in order, with the moments they are reached.

    `above` counts from another rung than the one the tenure has reached.  Of several rungs already due when the
    custody began, only the highest counts.
    """
    if custody.stage == "hold":
        return
    clock = setting.clock
    left = left_of(setting, tenure, custody)
    floor = budget_of(tenure, custody.stage)[2] if above is None else above
    at_once: Reached | None = None
    for number, rung in enumerate(setting.scheme.ladder.rungs[: setting.scheme.rungs_on], start=1):
        if number <= floor:
            continue
        position = left + rung.offset * clock.minutes_per_day
        if position <= 0:
            at_once = Reached(number, custody.began_at)
            continue
        if at_once:
            yield at_once
            at_once = None
        at = clock.add_minutes(custody.began_at, position)
        # A deadline on a day off comes after the last minute worked before it.
        yield Reached(number, max(at, custody.due_at) if rung.offset >= 0 else at)
    if at_once:
        yield at_once


def deemed_at(setting: CountyContext, tenure: Budget, custody: Stretch) -> datetime:
    """The moment at which an unaccepted ticket counts as accepted (视同受理): the scheme's working days after the
    deadline."""
    clock = setting.clock
    left = left_of(setting, tenure, custody)
    grace = setting.scheme.deemed_acceptance * clock.minutes_per_day
    # The grace runs from the deadline, however little was left of it, so a resumed custody is never deemed at its
    # start.
    return clock.add_minutes(custody.began_at, max(left, 0) + grace)


def mends_until(
    setting: CountyContext, mending: Budget, wait: Stretch, lapses: datetime, stop: date | None
) -> datetime:
    """The deadline of resolving that begins or continues when a wait (for acceptance, a suspension) lapses."""
    clock = setting.clock
    left = mending.budget_minutes - mending.used_minutes
    if wait.stage == "accept":
        left -= clock.minutes_between(wait.began_at, lapses)
    return resumed_deadline(clock, lapses, left, stop).due_at


def rungs_reached(setting: CountyContext, tenure: Budget, custody: Stretch, at: datetime) -> list[Reached]:
    """The rungs reached by the custody before `at` that the tenure has not recorded, in order.

    A ticket deemed accepted meanwhile climbs no further for missing acceptance.
    """
    until = min(at, deemed_at(setting, tenure, custody)) if custody.stage == "accept" else at
    return list(takewhile(lambda entry: entry.at < until, ladder_times(setting, tenure, custody)))


def next_timer(setting: CountyContext, tenure: Budget, custody: Stretch) -> tuple[datetime | None, str | None]:
    """The next automatic step of the open custody: (moment, `rung` | `deem` | `resume`) or (None, None)."""
    if custody.stage == "hold":
        return custody.due_at, "resume"
    return _sooner(setting, tenure, custody, ladder_times(setting, tenure, custody))


def timer_after(
    setting: CountyContext, tenure: Budget, custody: Stretch, rung: int
) -> tuple[datetime | None, str | None]:
    """The next step after the custody's stage has reached `rung`."""
    if custody.stage == "hold":
        return custody.due_at, "resume"
    return _sooner(setting, tenure, custody, ladder_times(setting, tenure, custody, above=rung))


def _sooner(
    setting: CountyContext, tenure: Budget, custody: Stretch, ahead: Iterator[Reached]
) -> tuple[datetime | None, str | None]:
    first = next(ahead, None)
    if custody.stage == "accept":
        deemed = deemed_at(setting, tenure, custody)
        if first is None or deemed <= first.at:
            return deemed, "deem"
    return (first.at, "rung") if first else (None, None)
