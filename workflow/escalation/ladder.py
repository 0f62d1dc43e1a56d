"""From what a tenure has used to the rungs it has reached: pure figures, no session."""

from dataclasses import dataclass
from datetime import datetime

from workflow.county import Setting
from workflow.timers import Reached, deemed_at, ladder_times, owed

#: From this rung up an issued rung is a numbered paper (督办).
FIRST_PAPER = 3


@dataclass(slots=True)
class Held:
    """An open custody with its tenure, as the sweep reads them: columns, no objects to track."""

    ticket_id: int
    county_id: int
    scheme_version_id: int
    state: str
    tenure_id: int
    budget_minutes: int
    used_minutes: int
    accept_budget_minutes: int
    accept_used_minutes: int
    rung: int
    accept_rung: int
    next_what: str | None
    custody_id: int
    unit_id: int
    stage: str
    began_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """What the ladder owes an open custody at a moment: the rung to fire, and those passed over unseen."""

    held: Held
    top: Reached
    missed: tuple[Reached, ...]
    issued: bool


def step(setting: Setting, held: Held, now: datetime) -> Step | None:
    """The step that is due before `now`, if any.

    After downtime only the highest rung reached fires; the ones below it are recorded as missed by the system.
    """
    reached = owed(setting, held, held, now)
    if not reached:
        return None
    top = reached[-1]
    return Step(held, top, tuple(reached[:-1]), setting.scheme.ladder.rungs[top.rung - 1].issued_by == "system")


def after(setting: Setting, held: Held, rung: int) -> tuple[datetime | None, str | None]:
    """What comes next by itself once the custody's stage stands at `rung`."""
    if held.stage == "hold":
        return held.due_at, "resume"
    ahead = ladder_times(setting, held, held, above=rung)
    rung_at = ahead[0].at if ahead else None
    if held.stage == "accept":
        deemed = deemed_at(setting, held, held)
        if rung_at is None or deemed <= rung_at:
            return deemed, "deem"
    return (rung_at, "rung") if rung_at else (None, None)
