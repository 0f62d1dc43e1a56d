"""Participation: names handlers, invites assisting units and adds comments; no clock changes."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Custody, Party, Ticket, User
from models.base import stated
from workflow.actors import Actor
from workflow.county.unit_names import find_unit, living_unit
from workflow.errors import BadInput, Duplicate, NotAllowed, WrongState
from workflow.history import event_log
from workflow.inputs import remark_of
from workflow.tickets.custody import custodies
from workflow.tickets.desk import lock_visible
from workflow.tickets.visibility import cut_at


def _require_open(ticket: Ticket) -> None:
    """Nothing is added to an ended ticket; it would have to be reopened."""
    if ticket.ended_at is not None:
        raise WrongState("ticket_ended", state=ticket.state)


def _holding(actor: Actor, ticket: Ticket) -> None:
    _require_open(ticket)
    if actor.role in ("village", "inspectorate", "admin") or actor.unit_id != ticket.holder_unit_id:
        raise NotAllowed("only_the_holder")


def name_handler(session: Session, actor: Actor, ticket: Ticket | int, user: str | None, now: datetime) -> Ticket:
    """The holding unit names the person who handles it (经办人), by sign-in name; None removes the handler."""
    row = lock_visible(session, actor, ticket)
    _holding(actor, row)
    person = None
    if user:
        person = session.scalars(
            select(User).where(
                User.name == user.strip(), User.unit_id == actor.unit_id, User.role == actor.role, User.active
            )
        ).one_or_none()
        if person is None:
            raise BadInput("no_such_colleague", "handler", name=user.strip()[:64])
    run = stated(custodies.open_custody(session, row.id))
    run.custody.handler_id = person.id if person else None
    event_log.of(session, row, actor, now).append("handler", {"user": person.id if person else None})
    return row


def colleagues(session: Session, actor: Actor) -> list[User]:
    """The accounts of the actor's unit and role, by name: those that can be named as handlers."""
    if actor.unit_id is None:
        return []
    query = select(User).where(User.unit_id == actor.unit_id, User.role == actor.role, User.active)
    return list(session.scalars(query.order_by(User.display_name, User.name)))


def handlers_at(session: Session, unit_id: int) -> list[User]:
    """The accounts that handle open tickets of a unit, by name."""
    handling = (
        select(Custody.handler_id)
        .join(Ticket, Ticket.id == Custody.ticket_id)
        .where(Ticket.holder_unit_id == unit_id, Ticket.ended_at.is_(None), Custody.ended_at.is_(None))
    )
    return list(session.scalars(select(User).where(User.id.in_(handling)).order_by(User.display_name, User.name)))


def handler_of(session: Session, ticket: Ticket) -> str:
    """The sign-in name of the handler of the ticket's open custody; empty where none is named."""
    query = select(User.name).join(Custody, Custody.handler_id == User.id)
    return session.scalar(query.where(Custody.ticket_id == ticket.id, Custody.ended_at.is_(None))) or ""


def hand_on(session: Session, actor: Actor, now: datetime, heirs: Mapping[int, int]) -> None:
    """Hand open tickets of a handler who leaves, by id, to the accounts of colleagues.  A consequence of leaving."""
    rows = session.scalars(select(Ticket).where(Ticket.id.in_(heirs)).order_by(Ticket.id).with_for_update()).all()
    for row in rows:
        stated(custodies.open_custody(session, row.id)).custody.handler_id = heirs[row.id]
        event_log.of(session, row, actor, now).append("handler", {"user": heirs[row.id]})


def assist(session: Session, actor: Actor, ticket: Ticket | int, unit: str, now: datetime) -> Party:
    """The holding unit or the office invites another unit to assist (协办), which may see and comment."""
    row = lock_visible(session, actor, ticket)
    _require_open(row) if actor.role == "office" else _holding(actor, row)
    helper = living_unit(session, unit)
    if helper.id in (row.lead_unit_id, row.holder_unit_id) or helper.type not in ("bureau", "town", "office"):
        raise BadInput("unit_cannot_assist", "unit", unit=helper.name)
    party = _party(session, row, helper.id)
    if party is not None and party.standing == "assisting":
        raise Duplicate("assists_already", "unit", unit=helper.name)
    if party is None:
        party = Party(ticket_id=row.id, unit_id=helper.id)
        session.add(party)
    party.standing, party.since = "assisting", now
    event_log.of(session, row, actor, now).append("assist", {"unit": helper.code})
    return party


def unassist(session: Session, actor: Actor, ticket: Ticket | int, unit: str, now: datetime) -> None:
    """End an invitation."""
    row = lock_visible(session, actor, ticket)
    _require_open(row) if actor.role == "office" else _holding(actor, row)
    helper = find_unit(session, unit)
    party = _party(session, row, helper.id)
    if party is None or party.standing != "assisting":
        raise BadInput("does_not_assist", "unit", unit=helper.name)
    held = select(Custody.id).where(Custody.ticket_id == row.id, Custody.unit_id == helper.id).limit(1)
    if session.scalar(held) is None:
        session.delete(party)
    else:
        party.standing = "former"
    event_log.of(session, row, actor, now).append("unassist", {"unit": helper.code})


def _party(session: Session, ticket: Ticket, unit_id: int) -> Party | None:
    return session.scalars(select(Party).where(Party.ticket_id == ticket.id, Party.unit_id == unit_id)).one_or_none()


def comment(session: Session, actor: Actor, ticket: Ticket | int, text: str, now: datetime) -> Ticket:
    """Comment on a ticket, as any participating unit may."""
    row = lock_visible(session, actor, ticket)
    if actor.role in ("inspectorate", "admin") or cut_at(actor, row, session) is not None:
        raise NotAllowed("may_not_comment")
    _require_open(row)
    event_log.of(session, row, actor, now).append("comment", private={"note": remark_of("note", text)})
    return row
