"""Notification record: who was notified of a ticket, on which channel and when, when they read it, and what is
pending."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Address, Delivery, Event, Message, Robot, Unit, User


@dataclass(frozen=True, slots=True)
class Line:
    """One person or bot notified of one event on one channel."""

    event: Event
    channel: str
    person: User | None
    unit: Unit | None
    status: str
    waits: bool
    error: str | None
    at: datetime
    read_at: datetime | None
    instead_of: str | None


def told_of(session: Session, ticket_id: int, limit: int = 200) -> list[Line]:
    """The latest notifications of a ticket, newest event first."""
    mine = (Event.subject_type == "ticket", Event.subject_id == ticket_id)
    inside = session.execute(
        select(Message, Event, User, Unit)
        .join(Event, Event.id == Message.event_id)
        .join(User, User.id == Message.recipient_id)
        .outerjoin(Unit, Unit.id == User.unit_id)
        .where(*mine)
        .order_by(Message.id.desc())
        .limit(limit)
    ).all()
    outside = session.execute(
        select(Delivery, Event, User, Robot)
        .join(Event, Event.id == Delivery.event_id)
        .outerjoin(Address, Address.id == Delivery.address_id)
        .outerjoin(User, User.id == Address.user_id)
        .outerjoin(Robot, Robot.id == Delivery.robot_id)
        .where(*mine)
        .order_by(Delivery.id.desc())
        .limit(limit)
    ).all()
    units = {
        unit.id: unit
        for unit in session.scalars(
            select(Unit).where(Unit.id.in_([user.unit_id if user else robot.unit_id for _, _, user, robot in outside]))
        )
    }
    lines = [
        Line(
            event,
            "inbox",
            user,
            unit,
            "sent",
            False,
            None,
            message.created_at,
            message.read_at,
            message.params.get("instead_of"),
        )
        for message, event, user, unit in inside
    ]
    lines += [
        Line(
            event,
            row.channel,
            user,
            units.get((user or robot).unit_id or 0),
            row.status,
            row.next_at is not None,
            row.error,
            row.sent_at or row.created_at,
            None,
            None,
        )
        for row, event, user, robot in outside
    ]
    return sorted(lines, key=lambda line: (-line.event.id, line.person.id if line.person else 0, line.channel))


def targets(session: Session, rows: Sequence[Delivery]) -> dict[int, tuple[User | None, Unit | None]]:
    """The target of each delivery: a person with their unit, or a unit's bot."""
    people = session.execute(
        select(Address.id, User, Unit)
        .join(User, User.id == Address.user_id)
        .outerjoin(Unit, Unit.id == User.unit_id)
        .where(Address.id.in_([row.address_id for row in rows if row.address_id]))
    )
    robots = session.execute(
        select(Robot.id, Unit)
        .join(Unit, Unit.id == Robot.unit_id)
        .where(Robot.id.in_([row.robot_id for row in rows if row.robot_id]))
    )
    by_address = {row[0]: (row[1], row[2]) for row in people}
    by_robot: dict[int, Any] = {row[0]: (None, row[1]) for row in robots}
    nobody = (None, None)
    return {
        row.id: by_address.get(row.address_id, nobody) if row.address_id else by_robot.get(row.robot_id or 0, nobody)
        for row in rows
    }


def waiting(session: Session) -> list[tuple[str, int, datetime]]:
    """Pending deliveries by channel: their number, and the age of the oldest."""
    query = (
        select(Delivery.channel, func.count(), func.min(Delivery.created_at))
        .where(Delivery.next_at.is_not(None))
        .group_by(Delivery.channel)
        .order_by(Delivery.channel)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]
