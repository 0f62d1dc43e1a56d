"""Ended units: what a reform changes on a ticket that another unit holds, or that is closed.

Its custody runs on; its units become the successors, papers of units that ended end, and spot checks that nobody may make
any more lapse.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Custody, Tenure, Ticket
from workflow.actors import Actor
from workflow.county.context import county_context
from workflow.history import event_log
from workflow.tickets.actions import succession
from workflow.tickets.actions.action_input import ActionInput
from workflow.tickets.actions.row_effects import Move
from workflow.tickets.consequences import paper_outcomes, pending_checks
from workflow.tickets.custody.custodies import OpenCustody
from workflow.tickets.custody.downtime import Down
from workflow.tickets.custody.event_effects import changed, folded


def follow(move: Move) -> None:
    """Name the successors on a locked open ticket; its matter goes with it, since all of its tickets do."""
    ticket, before = move.ticket, folded(move.ticket)
    effect: dict[str, Any] = {}
    with move.session.no_autoflush:
        succession.follow(move.session, move.setting, ticket)
        ticket.version += 1
        if ended := paper_outcomes.end_by_move(move, "hand_over", move.at):
            effect["papers"] = ended
    move.session.flush()
    effect["ticket"] = changed(ticket, before)
    event_log.of(move.session, ticket, move.actor, move.at).append(
        "hand_over", move.given.hashed, effect, moved=(ticket.state, ticket.state)
    )


def end_papers(session: Session, actor: Actor, ticket_id: int, now: datetime, codes: dict[str, Any]) -> None:
    """End the papers that a unit that ends still has on a closed ticket; its state and clocks do not change."""
    ticket = _locked(session, ticket_id)
    setting = county_context(session, ticket.scheme_version_id)
    last = session.execute(
        select(Custody, Tenure)
        .join(Tenure, Tenure.id == Custody.tenure_id)
        .where(Custody.ticket_id == ticket.id)
        .order_by(Custody.seq.desc())
        .limit(1)
    ).one()
    run = OpenCustody(last[0], last[1])
    move = Move(session, setting, actor, ticket, run, ActionInput(hashed=codes), now, Down(setting.clock))
    ended = paper_outcomes.end_by_move(move, "hand_over", now)
    event_log.of(session, ticket, actor, now).append("hand_over", codes, {"papers": ended})


def lapse_checks(session: Session, actor: Actor, ticket_id: int, now: datetime, codes: dict[str, Any]) -> None:
    """End the pending spot checks of a closed ticket that are the own work of all who could make them."""
    ticket = _locked(session, ticket_id)
    if lapsed := pending_checks.lapse(session, actor, ticket, now):
        event_log.of(session, ticket, actor, now).append("hand_over", codes, {"spot_checks": lapsed})


def _locked(session: Session, ticket_id: int) -> Ticket:
    query = select(Ticket).where(Ticket.id == ticket_id)
    return session.execute(query.with_for_update().execution_options(populate_existing=True)).scalar_one()
