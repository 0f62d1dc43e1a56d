"""Ticket lookup: finds a ticket by its number, within the actor's sight."""

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import Ticket
from workflow.actors import Actor
from workflow.errors import NotFound
from workflow.inputs import whole
from workflow.tickets.visibility import checking, visible


def find_ticket(session: Session, actor: Actor, number: str) -> Ticket:
    """The ticket with this number, if the actor may see it.  Raises NotFound."""
    ticket_id = id_of(number)
    row = session.scalars(
        select(Ticket).where(Ticket.id == ticket_id, or_(visible(actor), checking(actor)))
    ).one_or_none()
    if ticket_id is None or row is None or row.number != number:
        raise NotFound("no_such_ticket")
    return row


def in_sight(session: Session, actor: Actor, numbers: Collection[str]) -> frozenset[str]:
    """Those of the numbers whose ticket the actor may open."""
    ids = {found for number in numbers if (found := id_of(number)) is not None}
    rows = (
        session.scalars(select(Ticket).where(Ticket.id.in_(ids), or_(visible(actor), checking(actor)))) if ids else ()
    )
    return frozenset(ticket.number for ticket in rows) & frozenset(numbers)


def id_of(number: str) -> int | None:
    """The row id in a ticket number: 2018-000123 is 123."""
    head, _, tail = number.partition("-")
    return whole(tail) if len(head) == 4 and whole(head) is not None else None
