"""Timers: until when work lasts that goes on after a wait."""

from dataclasses import dataclass
from datetime import date, datetime

import pytest

from tests.support.clock import at
from tests.support.contexts import place_of
from tests.support.factories import small_scheme
from workflow.tickets.custody.timers import mends_until

SETTING = place_of(small_scheme(), 2018)
DAY = SETTING.clock.minutes_per_day
BEGAN, LAPSES = at("2018-11-19T09:00"), at("2018-11-21T17:30")


@dataclass(frozen=True)
class Held:
    """A budget and a stretch of time, as far as timers ask for them."""

    stage: str = "hold"
    began_at: datetime = BEGAN
    due_at: datetime = LAPSES
    budget_minutes: int = 5 * DAY
    used_minutes: int = 2 * DAY
    accept_budget_minutes: int = 0
    accept_used_minutes: int = 0
    rung: int = 0
    accept_rung: int = 0


@pytest.mark.parametrize(
    ("stage", "stop", "due"),
    [
        # Three days are left: a suspension takes none of them, waiting for acceptance what it lasted, all but half an hour.
        ("hold", None, "2018-11-26T17:30"),
        ("accept", None, "2018-11-22T09:00"),
        ("hold", date(2018, 11, 23), "2018-11-23T17:30"),
    ],
)
def test_a_suspension_takes_no_time_from_the_work_and_waiting_for_acceptance_does(
    stage: str, stop: date | None, due: str
) -> None:
    wait = Held(stage=stage)
    assert mends_until(SETTING, wait, wait, LAPSES, stop) == at(due)
