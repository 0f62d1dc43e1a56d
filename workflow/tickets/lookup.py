"""Ticket lookup: finds a ticket by its number, within the actor's sight."""

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import Session

from models import Ticket
from workflow.actors import Actor
from workflow.errors import NotFound
from workflow.inputs import whole
from workflow.tickets.visibility import checking, visible


def find_ticket(session: Session, actor: Actor, number: str) -> Ticket:
    """The ticket with this number, if the actor may see it.  Raises NotFound."""
    ticket_id = id_of(number)
    row = _in_sight(session, actor, ticket_id) if ticket_id is not None else None
    if row is None or row.number != number:
        raise NotFound("no_such_ticket")
    return row


def _in_sight(session: Session, actor: Actor, ticket_id: int) -> Ticket | None:
    if actor.former_units or actor.former_villages:
        # As many values as there are predecessors.
        return session.scalars(_sought(actor), {"ticket": ticket_id}).one_or_none()
    values = {"ticket": ticket_id, "unit": actor.unit_id, "village": actor.village_id}
    return session.scalars(_sought_by(actor.role), values).one_or_none()


@cache
def _sought_by(role: str) -> Select[Ticket]:
    """The statement of a role, whose unit and village are values: composing it takes longer than running it."""
    unit: Any = bindparam("unit", type_=Ticket.holder_unit_id.type)
    village: Any = bindparam("village", type_=Ticket.village_id.type)
    return _sought(Actor(role, None, unit, village))


def _sought(actor: Actor) -> Select[Ticket]:
    return select(Ticket).where(Ticket.id == bindparam("ticket"), or_(visible(actor), checking(actor)))


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
