"""What did not get through: dead after its last try, or a paper in doubt after a crash; and a person's word on it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from models import Delivery
from models.delivery import CHANNELS, STUCK_DELIVERIES
from notifications.claiming import put_members, update_rows


def resend(session: Session, delivery_id: int, now: datetime, by: int, *, arrived: bool = False) -> bool:
    """A person's word on what is dead or in doubt: send it again, or with `arrived` count it as sent.

    Returns False when there is nothing to decide (any more).
    """
    row = session.scalars(
        select(Delivery)
        .where(
            Delivery.id == delivery_id,
            Delivery.lead_id.is_(None),
            Delivery.next_at.is_(None),
            Delivery.status.in_(("unknown",) if arrived else ("dead", "unknown")),
        )
        .with_for_update()
    ).one_or_none()
    if row is None:
        return False
    values: dict[str, Any] = {"decided_by_id": by, "decided_at": now}
    values |= {"status": "sent", "sent_at": now} if arrived else {"status": "pending", "next_at": now, "tries": 0}
    update_rows(session, [row.id], values)
    put_members(session, [row.id], {name: values[name] for name in ("status", "sent_at") if name in values})
    return True


def troubled(session: Session, before: int | None = None, limit: int = 51) -> list[Delivery]:
    """What did not get through and waits for a person: dead, and papers in doubt; the latest first."""
    query = select(Delivery).where(*_trouble()).order_by(Delivery.id.desc()).limit(limit)
    return list(session.scalars(query.where(Delivery.id < before) if before is not None else query))


def trouble(session: Session, most: int = 1000) -> int:
    """How many of them there are, counted up to `most`."""
    found = select(Delivery.id).where(*_trouble()).limit(most).subquery()
    return int(session.scalar(select(func.count()).select_from(found)) or 0)


def _trouble() -> tuple[ColumnElement[bool], ...]:
    # A code that did not arrive is asked for again by whom it was for.
    return (
        Delivery.kind != "verify",
        STUCK_DELIVERIES.predicate,
        Delivery.next_at.is_(None),
        Delivery.lead_id.is_(None),
    )


def given_up(session: Session, most: int = 1000) -> int:
    """How many wait for a person's word, counted up to `most`."""
    stuck = (
        STUCK_DELIVERIES.predicate,
        Delivery.kind != "verify",
        Delivery.next_at.is_(None),
        Delivery.lead_id.is_(None),
    )
    found = select(Delivery.id).where(*stuck).limit(most)
    return int(session.scalar(select(func.count()).select_from(found.subquery())) or 0)


def lag(session: Session, now: datetime) -> int:
    """How many seconds ago the oldest was due that has not left; what waits for morning is not late."""
    oldest = [
        session.scalar(
            select(Delivery.next_at)
            .where(Delivery.channel == channel, Delivery.next_at <= now)
            .order_by(Delivery.next_at)
            .limit(1)
        )
        for channel in CHANNELS[1:]
    ]
    return max((int((now - at).total_seconds()) for at in oldest if at is not None), default=0)
