"""Former holders: units that held a ticket and are no longer on it; they read it up to their exit."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Party, Ticket
from workflow.county.context import CountyContext


def keep(session: Session, setting: CountyContext, ticket: Ticket, units: set[int | None], at: datetime) -> None:
    """Record a former holder, which keeps its view of the ticket up to its exit."""
    present = {None, ticket.town_id, ticket.lead_unit_id, ticket.holder_unit_id}
    for unit_id in sorted(unit for unit in units - present if unit is not None):
        if setting.unit(unit_id).type in ("bureau", "town"):
            known = select(Party.id).where(Party.ticket_id == ticket.id, Party.unit_id == unit_id)
            if session.scalar(known) is None:
                session.add(Party(ticket_id=ticket.id, unit_id=unit_id, standing="former", since=at))
