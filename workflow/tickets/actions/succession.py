"""Succession: brings a ticket's units and places to the successors of those that have ended.

What is over keeps its unit: ended custodies, who filed, resolved or closed it.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Ticket, Village
from workflow.county.context import CountyContext
from workflow.tickets.actions import assignment


def follow(session: Session, setting: CountyContext, ticket: Ticket) -> None:
    """Name the successors in the ticket's columns; the ticket must be locked.

    Its subject keeps an ended unit or village where the successor has the same ticket open: both are resolved.
    """
    for column in ("lead_unit_id", "confirmer_unit_id", "town_id"):
        unit_id = getattr(ticket, column)
        if unit_id is not None:
            setattr(ticket, column, setting.present(unit_id).id)
    if ticket.in_village_id is not None:
        village = session.get_one(Village, ticket.in_village_id)
        ticket.in_village_id = village.successor_id or village.id
        if ticket.town_id is not None:
            town_id = session.get_one(Village, ticket.in_village_id).town_id
            ticket.town_id = setting.present(town_id).id
    _subjects(session, setting, ticket)
    if ticket.lead_unit_id is not None and ticket.lead_unit_id == ticket.confirmer_unit_id:
        lead = setting.unit(ticket.lead_unit_id)
        ticket.confirmer_unit_id = assignment.about(setting, ticket).confirmer(setting, lead, lead).id


def owed_already(session: Session, setting: CountyContext, ticket: Ticket) -> bool:
    """Whether the ticket is a duty of a unit that ends, and the successor owes the same for the period already."""
    if ticket.duty_unit_id is None or setting.unit(ticket.duty_unit_id).successor_id is None:
        return False
    same = (Ticket.duty_code == ticket.duty_code, Ticket.period == ticket.period)
    heir = setting.present(ticket.duty_unit_id).id
    return session.scalar(select(Ticket.id).where(Ticket.duty_unit_id == heir, *same)) is not None


def _subjects(session: Session, setting: CountyContext, ticket: Ticket) -> None:
    if ticket.duty_unit_id is not None and not owed_already(session, setting, ticket):
        ticket.duty_unit_id = setting.present(ticket.duty_unit_id).id
    if ticket.village_id is not None:
        heir = session.get_one(Village, ticket.village_id).successor_id
        if heir is not None and not _open(session, ticket, Ticket.village_id == heir):
            ticket.village_id = heir
    if ticket.subject_unit_id is not None:
        unit_id = setting.present(ticket.subject_unit_id).id
        same = (Ticket.source == ticket.source, Ticket.source_reference == ticket.source_reference)
        if unit_id != ticket.subject_unit_id and not _open(session, ticket, Ticket.subject_unit_id == unit_id, *same):
            ticket.subject_unit_id = unit_id


def _open(session: Session, ticket: Ticket, *where: object) -> bool:
    """Whether another ticket of this kind and cause exists there; a closed one may be opened again."""
    same = (Ticket.kind == ticket.kind, Ticket.cause == ticket.cause, Ticket.id != ticket.id)
    return session.scalar(select(Ticket.id).where(*same, *where).limit(1)) is not None  # type: ignore[arg-type]
