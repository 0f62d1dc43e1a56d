"""Household moves: what changes on a ticket whose household came to another place, where its custody runs on or is over."""

from typing import Any

from sqlalchemy import select

from models import Custody, Ticket
from workflow.history import event_log
from workflow.tickets.actions import household_place
from workflow.tickets.actions.row_effects import Move
from workflow.tickets.consequences import matter_membership, paper_outcomes, pending_checks
from workflow.tickets.custody.event_effects import changed, folded


def follow(move: Move) -> None:
    """Bring a locked ticket along; its matter, which is of one village, is left behind.

    A spot check of it that the new town was to make lapses: nobody checks what is now its own.
    """
    ticket, before = move.ticket, folded(move.ticket)
    effect: dict[str, Any] = {}
    with move.session.no_autoflush:
        household_place.follow(move.session, move.setting, ticket, str(move.given.hashed["household"]))
        ticket.version += 1
        if ended := paper_outcomes.end_by_move(move, "follow", move.at):
            effect["papers"] = ended
    move.session.flush()
    pending = pending_checks.open_on(move.session, ticket.id)
    if any(move.setting.present(check.checker_unit_id).id == ticket.town_id for check in pending):
        effect["spot_checks"] = pending_checks.lapse(move.session, move.actor, ticket, move.at)
    if ticket.matter_id is not None:
        matter_membership.after_move(move.session, move.actor, ticket, before, move.at, move.at)
    effect["ticket"] = changed(ticket, before)
    event_log.of(move.session, ticket, move.actor, move.at).append(
        "follow", move.given.hashed, effect, moved=(ticket.state, ticket.state)
    )


def held_by(move: Move, unit_id: int | None) -> bool:
    """Whether the unit has ever held the ticket."""
    held = select(Custody.id).where(Custody.ticket_id == move.ticket.id, Custody.unit_id == unit_id)
    return move.session.scalar(held.limit(1)) is not None


def comes_to_another(move: Move, town_id: int) -> bool:
    """Whether the ticket's town holds the open ticket and would be another one."""
    ticket: Ticket = move.ticket
    return ticket.holder_unit_id is not None and ticket.holder_unit_id == ticket.town_id != town_id
