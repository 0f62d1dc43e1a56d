"""What people are told: the outbox beside each event, and the messages it becomes."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, CountyRef, Id, UserRef, one_of
from models.history import Event

CHANNELS = ("inbox", "email", "wecom", "dingtalk", "sms")
MESSAGE_STATUS = ("pending", "sent", "dead", "unknown")


class Outbox(Base):
    """An event nobody has been told of yet; written with the event, deleted with the messages it became."""

    __tablename__ = "outbox"
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    county_id: Mapped[CountyRef]
    event: Mapped[Event] = relationship(lazy="raise")


class Message(Base):
    """One event told to one person on one channel, once."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("event_id", "recipient_id", "channel"),
        CheckConstraint(one_of("channel", CHANNELS), name="channel"),
        CheckConstraint(one_of("status", MESSAGE_STATUS), name="status"),
        Index("ix_message_inbox", "recipient_id", "channel", "id"),
        Index("ix_message_unread", "recipient_id", sqlite_where=text("read_at IS NULL AND channel = 'inbox'"),
              postgresql_where=text("read_at IS NULL AND channel = 'inbox'")),
    )  # fmt: skip
    id: Mapped[Id]
    county_id: Mapped[CountyRef]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    recipient_id: Mapped[UserRef]
    channel: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(64))
    params: Mapped[dict[str, Any]] = mapped_column(comment="codes and figures; the sentence is composed when shown")
    created_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(16), default="sent")
    read_at: Mapped[datetime | None]
