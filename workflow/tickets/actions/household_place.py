"""Household place: brings a ticket to where its household is, or to the household that its own was merged into.

What is over keeps its unit: ended custodies, who filed, resolved or closed it.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Household, Ticket, Village
from workflow.county.context import CountyContext
from workflow.tickets.actions import assignment


def follow(session: Session, setting: CountyContext, ticket: Ticket, code: str) -> None:
    """Name the household with this code, its village and its town in the ticket's columns; the ticket must be locked.

    What the town was to the ticket (responsible unit, confirmer) its present town is.
    """
    home, village = session.execute(
        select(Household, Village).join(Village, Village.id == Household.village_id).where(Household.code == code)
    ).one()
    left, ticket.household_id, ticket.in_village_id = ticket.town_id, home.id, village.id
    ticket.town_id = village.town_id
    for column in ("lead_unit_id", "confirmer_unit_id"):
        if getattr(ticket, column) == left:
            setattr(ticket, column, village.town_id)
    if ticket.lead_unit_id is not None and ticket.lead_unit_id == ticket.confirmer_unit_id:
        lead = setting.unit(ticket.lead_unit_id)
        ticket.confirmer_unit_id = assignment.about(setting, ticket).confirmer(setting, lead, lead).id


def open_there(session: Session, ticket: Ticket, home: Household) -> bool:
    """Whether the household has the same open already, so that this open ticket would be a second one."""
    if ticket.ended_at is not None or ticket.household_id == home.id:
        return False
    same = (Ticket.household_id == home.id, Ticket.kind == ticket.kind, Ticket.cause == ticket.cause)
    return session.scalar(select(Ticket.id).where(*same, Ticket.ended_at.is_(None)).limit(1)) is not None
