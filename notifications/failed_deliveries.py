"""Failed deliveries: retries exhausted, or outcome unknown after a crash; an operator resends or marks as sent.  Events whose
messages could not be made are set aside after some tries; an operator has them tried again.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from models import Delivery, Event, Outbox, row_changes
from models.delivery import MOST_TRIES, OUTGOING, STUCK_DELIVERIES
from notifications.claiming import put_members, update_rows

#: The events whose messages are still to be made, and those that were set aside.
STILL_TRIED = or_(Outbox.tries.is_(None), Outbox.tries < MOST_TRIES)
SET_ASIDE = Outbox.tries >= MOST_TRIES


def resend(session: Session, delivery_id: int, now: datetime, by: int, *, arrived: bool = False) -> bool:
    """Resend a failed delivery, or with `arrived` mark it as sent, as the operator decides.

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
    row_changes.note(session, "delivery", [row.id])
    row_changes.happened(session, now)
    put_members(session, [row.id], {name: values[name] for name in ("status", "sent_at") if name in values})
    return True


#: A code that did not arrive is requested again by its recipient.
_STUCK = (
    Delivery.kind != "verify",
    STUCK_DELIVERIES.predicate,
    Delivery.next_at.is_(None),
    Delivery.lead_id.is_(None),
)


def stuck_deliveries(session: Session, before: int | None = None, limit: int = 51) -> list[Delivery]:
    """Failed deliveries an operator decides on (retries exhausted, papers with unknown outcome), the latest first."""
    query = select(Delivery).where(*_STUCK).order_by(Delivery.id.desc()).limit(limit)
    return list(session.scalars(query.where(Delivery.id < before) if before is not None else query))


def count_stuck(session: Session, most: int = 1000) -> int:
    """The number of failed deliveries and set-aside events an operator decides on, counted up to `most`."""
    ids = select(Delivery.id).where(*_STUCK).limit(most).subquery()
    stuck = int(session.scalar(select(func.count()).select_from(ids)) or 0)
    return min(most, stuck + len(set_aside(session, most)))


def set_aside(session: Session, limit: int = 51) -> list[Event]:
    """The events whose messages could not be made in `MOST_TRIES` tries, the oldest first."""
    query = select(Event).join(Outbox, Outbox.event_id == Event.id).where(SET_ASIDE)
    return list(session.scalars(query.order_by(Event.id).limit(limit)))


def try_again(session: Session, event_id: int) -> bool:
    """Have the messages of a set-aside event tried again; returns False for one that is not set aside (any more)."""
    tried = update(Outbox).where(Outbox.event_id == event_id, SET_ASIDE).values(tries=None)
    return bool(session.execute(tried.returning(Outbox.event_id)).all())


def lag(session: Session, now: datetime) -> int:
    """The age in seconds of the oldest due delivery not yet sent; deliveries that wait for morning are not due."""
    oldest = [
        session.scalar(
            select(Delivery.next_at)
            .where(Delivery.channel == channel, Delivery.next_at <= now)
            .order_by(Delivery.next_at)
            .limit(1)
        )
        for channel in OUTGOING
    ]
    return max((int((now - at).total_seconds()) for at in oldest if at is not None), default=0)
