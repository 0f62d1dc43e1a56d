"""Reached rungs: the condition that an open ticket reached a rung of the ladder in its present custody."""

from sqlalchemy import ColumnElement, and_, select

from models import Custody, Escalation, Ticket


def rung(number: int) -> ColumnElement[bool]:
    """Whether the present custody of a ticket has the rung, issued, proposed, declined or missed."""
    return Ticket.id.in_(
        select(Custody.ticket_id)
        .join(Escalation, and_(Escalation.tenure_id == Custody.tenure_id, Escalation.stage == Custody.stage))
        .where(Custody.ended_at.is_(None), Escalation.rung == number)
    )
