"""When the next thing happens by itself: a rung of the ladder, deemed acceptance, the end of a suspension.

Everything is measured on the tenure's own clock, in working minutes used of its budget, so that a bounce, a rejection
or a dispute resumes where it stopped and neither resets nor skips a rung.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import takewhile
from typing import Protocol

from workflow.county.context import Setting
from workflow.policy.deadlines import resumed_deadline


class Budget(Protocol):
    """What the timers need of a tenure: a row of the table, or what the sweep reads of it."""

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
    """What the timers need of a custody."""

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


def left_of(setting: Setting, tenure: Budget, custody: Stretch) -> int:
    """Working minutes from the custody's beginning to its deadline; negative once the budget was overdrawn before it.

    A hard stop or the end of the mending time may lie before the end of the budget; rungs go by what lies first.
    """
    budget, used, _ = budget_of(tenure, custody.stage)
    left = budget - used
    return min(left, setting.clock.minutes_between(custody.began_at, custody.due_at)) if left > 0 else left


def ladder_times(setting: Setting, tenure: Budget, custody: Stretch, above: int | None = None) -> Iterator[Reached]:
    """The rungs still ahead of the tenure in this custody's stage, in order, with the moments they are reached.

    `above` counts from another rung than the one the tenure has reached.  Of several rungs for which the time had
    already run out when the custody began, only the highest stands: the lower ones say nothing new.
    """
    if custody.stage == "hold":
        return
    clock = setting.clock
    left = left_of(setting, tenure, custody)
    floor = budget_of(tenure, custody.stage)[2] if above is None else above
    at_once: Reached | None = None
    for number, rung in enumerate(setting.scheme.ladder.rungs, start=1):
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
        # Granted until a day off, or stopped on one, a deadline lies after the last minute that was worked before it.
        yield Reached(number, max(at, custody.due_at) if rung.offset >= 0 else at)
    if at_once:
        yield at_once


def deemed_at(setting: Setting, tenure: Budget, custody: Stretch) -> datetime:
    """When a ticket nobody accepts counts as accepted (视同受理): the scheme's working days after the deadline."""
    clock = setting.clock
    left = left_of(setting, tenure, custody)
    grace = setting.scheme.deemed_acceptance * clock.minutes_per_day
    # The grace runs from the deadline, however little was left of it: a resumed custody is never deemed at birth.
    return clock.add_minutes(custody.began_at, max(left, 0) + grace)


def mends_until(setting: Setting, mending: Budget, wait: Stretch, lapses: datetime, stop: date | None) -> datetime:
    """The deadline of the mending that begins, or goes on, when a wait (for acceptance, a suspension) lapses."""
    clock = setting.clock
    left = mending.budget_minutes - mending.used_minutes
    if wait.stage == "accept":
        left -= clock.minutes_between(wait.began_at, lapses)
    return resumed_deadline(clock, lapses, left, stop).due_at


def owed(setting: Setting, tenure: Budget, custody: Stretch, at: datetime) -> list[Reached]:
    """The rungs that the custody has reached before `at` and the tenure does not stand at yet, in order.

    A ticket that counted as accepted meanwhile climbs no further for not being accepted.
    """
    until = min(at, deemed_at(setting, tenure, custody)) if custody.stage == "accept" else at
    return list(takewhile(lambda entry: entry.at < until, ladder_times(setting, tenure, custody)))


def next_timer(setting: Setting, tenure: Budget, custody: Stretch) -> tuple[datetime | None, str | None]:
    """What happens next to the open custody by itself, and when: (moment, `rung` | `deem` | `resume`) or (None,
    None)."""
    if custody.stage == "hold":
        return custody.due_at, "resume"
    return _sooner(setting, tenure, custody, ladder_times(setting, tenure, custody))


def timer_after(setting: Setting, tenure: Budget, custody: Stretch, rung: int) -> tuple[datetime | None, str | None]:
    """The same once the custody's stage stands at `rung`."""
    if custody.stage == "hold":
        return custody.due_at, "resume"
    return _sooner(setting, tenure, custody, ladder_times(setting, tenure, custody, above=rung))


def _sooner(
    setting: Setting, tenure: Budget, custody: Stretch, ahead: Iterator[Reached]
) -> tuple[datetime | None, str | None]:
    first = next(ahead, None)
    if custody.stage == "accept":
        deemed = deemed_at(setting, tenure, custody)
        if first is None or deemed <= first.at:
            return deemed, "deem"
    return (first.at, "rung") if first else (None, None)
