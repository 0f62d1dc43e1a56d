"""Succession budgets: the time of a unit that takes over a ticket from one that has ended, or that its household left.

It begins a tenure of its own with all of the time for acceptance, then what was left for resolving, but never less than the
scheme's limit for acceptance: nobody begins overdue with what another left lying.
"""

from datetime import date, datetime
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Custody, Tenure, Ticket
from workflow.county.context import CountyContext
from workflow.policy.deadlines import Deadline, first_deadline, resumed_deadline
from workflow.policy.worktime import WorkClock
from workflow.tickets.custody.timers import Budget


class Opening(Protocol):
    """The fields of the next custody that its deadline needs."""

    @property
    def unit_id(self) -> int: ...
    @property
    def stage(self) -> str: ...
    @property
    def succeeds(self) -> int | None: ...
    @property
    def flags(self) -> list[str]: ...


#: The remark of a custody whose unit took it over from one that has ended.
TAKEN_OVER = "taken_over"


def taken_over(session: Session, setting: CountyContext, ticket: Ticket, opening: Opening, purpose: str) -> int | None:
    """The working minutes left for resolving by the last resolving tenure of the episode, if the unit succeeds its unit."""
    before = {*setting.predecessors.get(opening.unit_id, ()), *([opening.succeeds] if opening.succeeds else [])}
    if purpose != "mend" or not before:
        return None
    row = session.execute(
        select(Tenure, Custody.stage)
        .join(Custody, Custody.tenure_id == Tenure.id)
        .where(Tenure.ticket_id == ticket.id, Tenure.episode == ticket.episode, Tenure.purpose == "mend")
        .order_by(Custody.seq.desc())
        .limit(1)
    ).one_or_none()
    return left_for_resolving(row[0], row[1]) if row is not None and row[0].unit_id in before else None


def left_for_resolving(tenure: Budget, stage: str) -> int:
    """The working minutes a tenure has left for resolving, when its last custody is of `stage`; negative when overdrawn."""
    used = tenure.used_minutes
    # Not accepted yet: the time for acceptance is no time for resolving.
    return tenure.budget_minutes - (used if stage == "mend" else max(used, tenure.accept_budget_minutes))


def deadline(
    setting: CountyContext, ticket: Ticket, opening: Opening, left: int, at: datetime, stop: date | None
) -> Deadline:
    """The first deadline of the successor in stage `accept` or `mend`; `mending` of its rule is the tenure's budget."""
    clock = setting.clock
    opening.flags.append(TAKEN_OVER)
    accepting = first_deadline(clock, at, setting.scheme.limits_for(ticket.kind, ticket.urgent).accept, stop)
    if opening.stage == "accept":
        accepting.rule["mending"] = whole_minutes(clock, accepting, left, at, stop)
        return accepting
    return rest_deadline(clock, accepting, left, at, stop)


def whole_minutes(clock: WorkClock, accepting: Deadline, left: int, at: datetime, stop: date | None) -> int:
    """The budget of a successor that accepts first: acceptance, then what is left, at least as long as acceptance."""
    minutes = accepting.budget_minutes + max(left, accepting.budget_minutes)
    return clock.minutes_between(at, resumed_deadline(clock, at, minutes, stop).due_at)


def rest_deadline(clock: WorkClock, accepting: Deadline, left: int, at: datetime, stop: date | None) -> Deadline:
    """The deadline of a successor that need not accept: what is left, at least as long as acceptance."""
    rest = resumed_deadline(clock, at, max(left, accepting.budget_minutes), stop)
    rest.rule["mending"] = rest.budget_minutes
    return rest
