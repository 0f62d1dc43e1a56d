"""Ageing of messages: deletes read messages and settled deliveries, once they were kept long enough.

Unread messages and deliveries that wait or failed without a person's word stay, and so do block heads, which prove the history.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session, aliased

from models import Delivery, Message, row_changes

#: The kind of the messages that name a block head (`workflow.history.block_heads`).
_BLOCK_HEAD = "head_sent"
#: Rows of a kind that one transaction deletes.
LOT = 500


def age_out(session: Session, now: datetime, days: int) -> int:
    """Delete one lot of messages and one of deliveries kept for these days; returns how many rows."""
    before = now - timedelta(days=days)
    messages = (
        select(Message.id)
        .where(
            Message.created_at <= before,
            Message.kind != _BLOCK_HEAD,
            or_(Message.channel != "inbox", Message.read_at.is_not(None)),
            Message.status != "pending",
        )
        .order_by(Message.id)
        .limit(LOT)
    )
    member = aliased(Delivery)
    deliveries = (
        select(Delivery.id)
        .where(
            Delivery.created_at <= before,
            Delivery.kind != _BLOCK_HEAD,
            Delivery.next_at.is_(None),
            or_(Delivery.status == "sent", Delivery.decided_at.is_not(None)),
            Delivery.id.not_in(select(member.lead_id).where(member.lead_id.is_not(None))),
        )
        .order_by(Delivery.id)
        .limit(LOT)
    )
    gone = list(session.scalars(delete(Message).where(Message.id.in_(messages)).returning(Message.id)))
    sent = list(session.scalars(delete(Delivery).where(Delivery.id.in_(deliveries)).returning(Delivery.id)))
    if gone or sent:
        row_changes.happened(session, now)
        row_changes.note(session, Message.__tablename__, gone)
        row_changes.note(session, Delivery.__tablename__, sent)
    return len(gone) + len(sent)
