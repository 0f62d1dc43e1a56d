"""Inbox: a person's in-app messages and read marks."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from models import LARGEST_ID, Event, Message, Ticket, Village


def unread(session: Session, user_id: int) -> int:
    """How many messages the person has not read."""
    return int(session.scalar(select(func.count()).select_from(unread_ids(user_id).subquery())) or 0)


def unread_ids(user_id: int) -> Select[int]:
    """The statement that reads the ids of the person's unread messages."""
    return select(Message.id).where(
        Message.recipient_id == user_id, Message.read_at.is_(None), Message.channel == "inbox"
    )


def messages(
    session: Session,
    user_id: int,
    before: int | None = None,
    limit: int = 50,
    unread_only: bool = False,
    kind: str | None = None,
) -> list[Any]:
    """The latest messages, as rows of (Message, Event, Ticket or None, name of the village).

    `before` is the id of the last one shown; with `unread_only` only unread ones, with `kind` those of one kind.
    """
    query = (
        select(Message, Event, Ticket, Village.name)
        .join(Event, Event.id == Message.event_id)
        .outerjoin(Ticket, (Ticket.id == Event.subject_id) & (Event.subject_type == "ticket"))
        .outerjoin(Village, Village.id == Ticket.in_village_id)
        .where(Message.recipient_id == user_id, Message.channel == "inbox")
        .order_by(Message.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(Message.id < max(0, min(before, LARGEST_ID)))
    if unread_only:
        query = query.where(Message.read_at.is_(None))
    if kind is not None:
        query = query.where(Message.kind == kind)
    return list(session.execute(query))


def unread_kinds(session: Session, user_id: int) -> list[tuple[str, int, int]]:
    """The kinds of the person's unread messages: kind, how many, and the id of the latest, by which they are sorted."""
    query = unread_ids(user_id).with_only_columns(Message.kind, func.count(), func.max(Message.id))
    rows = session.execute(query.group_by(Message.kind).order_by(func.max(Message.id).desc()))
    return [(row[0], row[1], row[2]) for row in rows]


def recent_kinds(session: Session, user_id: int) -> set[str]:
    """The kinds of the person's latest messages, at most 500 of them."""
    latest = (
        select(Message.kind)
        .where(Message.recipient_id == user_id, Message.channel == "inbox")
        .order_by(Message.id.desc())
        .limit(500)
        .subquery()
    )
    return set(session.scalars(select(latest.c.kind).distinct()))


def unread_of(session: Session, user_id: int, subject_id: int, subject_type: str = "ticket") -> list[int]:
    """The ids of the person's unread messages about this ticket (or case)."""
    query = (
        select(Message.id)
        .join(Event, Event.id == Message.event_id)
        .where(
            Message.recipient_id == user_id,
            Message.read_at.is_(None),
            Message.channel == "inbox",
            Event.subject_type == subject_type,
            Event.subject_id == subject_id,
        )
    )
    return list(session.scalars(query))


def mark_these_read(session: Session, user_id: int, now: datetime, messages: list[int]) -> None:
    """Mark these messages of the person as read."""
    session.execute(
        update(Message)
        .where(Message.recipient_id == user_id, Message.id.in_(messages), Message.read_at.is_(None))
        .values(read_at=now)
        .execution_options(synchronize_session=False)
    )


def read_at(session: Session, user_id: int, message_id: int) -> datetime | None:
    """When the person first read this message of theirs; None when it is unread or not theirs."""
    return session.scalar(
        select(Message.read_at).where(
            Message.id == message_id, Message.recipient_id == user_id, Message.channel == "inbox"
        )
    )


def mark_read(session: Session, user_id: int, now: datetime, upto: int, kind: str | None = None) -> None:
    """Mark the person's inbox messages up to this id as read, all or those of one kind, by one statement."""
    session.execute(
        update(Message)
        .where(
            Message.recipient_id == user_id,
            Message.channel == "inbox",
            Message.id <= max(0, min(upto, LARGEST_ID)),
            Message.read_at.is_(None),
            *([Message.kind == kind] if kind is not None else ()),
        )
        .values(read_at=now)
        .execution_options(synchronize_session=False)
    )
