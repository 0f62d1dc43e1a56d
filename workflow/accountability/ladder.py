"""From what a tenure has used to the rungs it has reached, and what the paper of a rung is about: figures, no
session."""

from dataclasses import dataclass
from datetime import datetime

from workflow.accountability.paper_content import Case
from workflow.county.context import Setting
from workflow.tickets.custody.timers import Reached, budget_of, owed

#: The rung whose issue proposes an accountability case (问责).
LAST_RUNG = 5


@dataclass(slots=True)
class Held:
    """An open custody with its tenure, as the sweep reads them: columns, no objects to track."""

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


def case_of(place: Setting, due: Step) -> Case:
    """What the paper of a step is about; the custody is still held."""
    held = due.held
    budget, used, _ = budget_of(held, held.stage)
    return Case(
        place,
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
