"""Messages: the outbox row of an event, in-app messages, addresses, and outgoing deliveries."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Code, Digest, Id, Partial, UnitRef, UserRef, one_of
from models.history import Event

CHANNELS = ("inbox", "email", "wecom", "dingtalk", "sms")
MESSAGE_STATUS = ("pending", "sent", "dead", "unknown")
#: What leaves the house, and how; a log server gets block heads alone.
OUTGOING = (*CHANNELS[1:], "syslog")
ROBOTS = ("wecom", "dingtalk")
ADDRESSES = ("email", "sms")
DELIVERY_STATUS = ("pending", "sending", "sent", "dead", "unknown")
HOW = ("at_once", "digest", "off")

#: Predicates of the partial indexes.
#: Tries every five seconds: about two minutes, longer than a process needs to start again.
MOST_TRIES = 20
UNREAD_INBOX = Partial("message", "read_at IS NULL AND channel = 'inbox'")
CURRENT_ADDRESSES = Partial("address", "ended_at IS NULL AND verified_at IS NOT NULL")
FAULTY_ADDRESSES = Partial("address", "fault IS NOT NULL AND ended_at IS NULL")
CURRENT_ROBOTS = Partial("robot", "ended_at IS NULL")
WAITING_DELIVERIES = Partial("delivery", "next_at IS NOT NULL")
DELIVERIES_BEING_SENT = Partial("delivery", "status = 'sending'")
STUCK_DELIVERIES = Partial("delivery", "status IN ('dead', 'unknown')")
BUNDLED_DELIVERIES = Partial("delivery", "lead_id IS NOT NULL")
DELIVERIES_TO_ADDRESSES = Partial("delivery", "address_id IS NOT NULL")
DELIVERIES_TO_ROBOTS = Partial("delivery", "robot_id IS NOT NULL")


class Outbox(Base):
    """An event not yet dispatched; written with the event, deleted with the messages made from it.

    After `MOST_TRIES` failures it is set aside, until a person has it tried again.
    """

    __tablename__ = "outbox"
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    tries: Mapped[int | None] = mapped_column(comment="failed tries to make its messages; empty: none")
    event: Mapped[Event] = relationship(lazy="raise")


class Message(Base):
    """One message of an event to one person on one channel, once."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("event_id", "recipient_id", "channel"),
        CheckConstraint(one_of("channel", CHANNELS), name="channel"),
        CheckConstraint(one_of("status", MESSAGE_STATUS), name="status"),
        Index("ix_message_inbox", "recipient_id", "channel", "id"),
        UNREAD_INBOX.index("ix_message_unread", "recipient_id"),
    )
    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    recipient_id: Mapped[UserRef]
    channel: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(64))
    params: Mapped[dict[str, Any]] = mapped_column(comment="codes and figures; the sentence is composed when shown")
    created_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(16), default="sent")
    read_at: Mapped[datetime | None]


class Address(Base):
    """An address of a person outside the system; used once verified by its code."""

    __tablename__ = "address"
    __table_args__ = (
        CheckConstraint(one_of("channel", ADDRESSES), name="channel"),
        CURRENT_ADDRESSES.index("uq_address_current", "user_id", "channel", unique=True),
        Index("ix_address_user", "user_id", "channel"),
        FAULTY_ADDRESSES.index("ix_address_fault", "id"),
        Index("ix_address_value", "value_index"),
    )
    id: Mapped[Id]
    user_id: Mapped[UserRef]
    channel: Mapped[str] = mapped_column(String(16))
    value_sealed: Mapped[str]
    value_index: Mapped[Digest] = mapped_column(comment="keyed hash: a returned mail is traced by it")
    code_hash: Mapped[str | None] = mapped_column(String(64), comment="SHA-256 of the code that was sent")
    code_until: Mapped[datetime | None]
    guesses: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    fault: Mapped[str | None] = mapped_column(String(32), comment="refused, unreachable or bounced")
    fault_at: Mapped[datetime | None]


class Preference(Base):
    """A person's e-mail preference for a kind; mandatory kinds cannot be turned off."""

    __tablename__ = "preference"
    __table_args__ = (UniqueConstraint("user_id", "kind"), CheckConstraint(one_of("how", HOW), name="how"))
    id: Mapped[Id]
    user_id: Mapped[UserRef]
    kind: Mapped[Code]
    how: Mapped[str] = mapped_column(String(16))


class Robot(Base):
    """A unit's group bot in WeCom or DingTalk; its URL and secret are encrypted like personal data."""

    __tablename__ = "robot"
    __table_args__ = (
        CheckConstraint(one_of("channel", ROBOTS), name="channel"),
        CURRENT_ROBOTS.index("uq_robot_current", "unit_id", "channel", unique=True),
    )
    id: Mapped[Id]
    unit_id: Mapped[UnitRef]
    channel: Mapped[str] = mapped_column(String(16))
    value_sealed: Mapped[str] = mapped_column(comment="JSON: address and secret")
    value_index: Mapped[Digest]
    created_at: Mapped[datetime]
    created_by_id: Mapped[UserRef]
    ended_at: Mapped[datetime | None]


class DigestRun(Base):
    """A mark that the morning's digests are made, so that no one gets two."""

    __tablename__ = "digest_run"
    day: Mapped[date] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    made: Mapped[int]


class Delivery(Base):
    """An outgoing delivery on one channel for one person or one bot, or for the log server.

    `next_at` is set exactly while it waits; claiming clears it.  Members of a bundle (`lead_id`) share the status of
    its lead.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("key"),
        CheckConstraint(one_of("channel", OUTGOING), name="channel"),
        CheckConstraint(one_of("status", DELIVERY_STATUS), name="status"),
        CheckConstraint("next_at IS NULL OR status IN ('pending', 'unknown')", name="waiting"),
        CheckConstraint(
            "(channel = 'syslog') = (address_id IS NULL AND robot_id IS NULL) AND (address_id IS NULL OR robot_id IS NULL)",
            name="target",
        ),
        WAITING_DELIVERIES.index("ix_delivery_next", "channel", "next_at", "id"),
        DELIVERIES_BEING_SENT.index("ix_delivery_sending", "claimed_at"),
        STUCK_DELIVERIES.index("ix_delivery_trouble", "id"),
        BUNDLED_DELIVERIES.index("ix_delivery_lead", "lead_id"),
        Index("ix_delivery_event", "event_id"),
        DELIVERIES_TO_ADDRESSES.index("ix_delivery_address", "address_id", "claimed_at"),
        DELIVERIES_TO_ROBOTS.index("ix_delivery_robot", "robot_id", "claimed_at"),
    )
    id: Mapped[Id]
    channel: Mapped[str] = mapped_column(String(16))
    key: Mapped[str] = mapped_column(String(100), comment="what it is; its Message-ID is made of it")
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    address_id: Mapped[int | None] = mapped_column(ForeignKey("address.id"))
    robot_id: Mapped[int | None] = mapped_column(ForeignKey("robot.id"))
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id"), comment="the one it travels with")
    kind: Mapped[Code]
    params: Mapped[dict[str, Any]] = mapped_column(comment="number, village, kind and path; no personal data")
    language: Mapped[str] = mapped_column(String(16))
    weighty: Mapped[bool] = mapped_column(comment="a punitive paper: never sent twice without a person's word")
    created_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(16), default="pending")
    next_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    claimed_at: Mapped[datetime | None]
    claim: Mapped[str | None] = mapped_column(String(32), comment="who sends it")
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(String(64), comment="code of the last refusal")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
