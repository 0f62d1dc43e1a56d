"""Ladder steps: the rungs a tenure has reached, and the subject of a rung's paper.  Pure, no session."""

from dataclasses import dataclass
from datetime import datetime

from workflow.accountability.paper_content import Case
from workflow.county.context import CountyContext
from workflow.tickets.custody.timers import Reached, budget_of, rungs_reached

#: The rung whose issue proposes an accountability case (问责).
LAST_RUNG = 5


@dataclass(slots=True)
class DueCustody:
    """An open custody with its tenure as columns, without ORM objects."""

    ticket_id: int
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
class LadderStep:
    """The due step of an open custody: the rung to fire, and the lower ones passed over."""

    held: DueCustody
    top: Reached
    missed: tuple[Reached, ...]
    issued: bool


def step(setting: CountyContext, held: DueCustody, now: datetime) -> LadderStep | None:
    """The step due before `now`, if any.

    After downtime only the highest rung reached fires; the ones below it are recorded as missed by the system.
    """
    reached = rungs_reached(setting, held, held, now)
    if not reached:
        return None
    top = reached[-1]
    return LadderStep(held, top, tuple(reached[:-1]), setting.scheme.ladder.rungs[top.rung - 1].issued_by == "system")


def paper_case(setting: CountyContext, due: LadderStep) -> Case:
    """The subject of a step's paper; the custody is still open."""
    held = due.held
    budget, used, _ = budget_of(held, held.stage)
    return Case(
        setting,
        held.ticket_id,
        held.tenure_id,
        held.custody_id,
        held.unit_id,
        held.stage,
        due.top.rung,
        held.began_at,
        held.due_at,
        None,
        budget,
        used,
    )
