"""History: events in one hash chain per subject, sealed into blocks.

Free text and personal data are in `EventSecret` with a random salt; the hashed body holds only the commitment, so
that erasing a person leaves the chain intact.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Code, Digest, Id, Partial, RowId
from models.sealing import Sealed, SealedWithin

#: Predicates of the partial indexes.
UNSEALED_EVENTS = Partial("event", "block_id IS NULL")
CONFIRMATIONS = Partial("event", "action = 'confirm'")
#: The events of the audit trail: acts on accounts, rights, keys and the county's order, and views, files and erasures of
#: personal data.
#: A CASE and no OR, because SQLite would answer either side of an OR from an index of its own and sort what it found.
TRAIL = Partial(
    "event",
    "(CASE WHEN subject_type IN ('user', 'scheme', 'village', 'county', 'spot_draw', 'random_draw', 'authorisation', 'post',"
    " 'erasure') THEN TRUE ELSE action IN ('reveal', 'find_by_number', 'refused_rows', 'apply', 'undo', 'erase', 'erase_lines',"
    " 'erase_list_name', 'erase_import_name') END)",
)
#: The indexes of the trail by what it is searched for, each in the order of time, so that a page costs a page.
TRAIL_INDEXES = {
    "ix_event_trail": (),
    "ix_event_trail_actor": ("actor_id",),
    "ix_event_trail_unit": ("actor_unit_id",),
    "ix_event_trail_action": ("action",),
    "ix_event_trail_action_unit": ("action", "actor_unit_id"),
    "ix_event_trail_action_address": ("action", "address"),
    "ix_event_trail_address": ("address",),
    "ix_event_trail_subject": ("subject_type", "subject_id"),
}


class Block(Base):
    """The events gathered since the last block, chained to it; reports print its hash."""

    __tablename__ = "block"
    __table_args__ = (UniqueConstraint("number"),)
    id: Mapped[Id]
    number: Mapped[int]
    sealed_at: Mapped[datetime]
    events: Mapped[int] = mapped_column(comment="how many events it gathers")
    prev_hash: Mapped[Digest]
    hash: Mapped[Digest]
    total: Mapped[int | None] = mapped_column(comment="events up to its last; empty in blocks of earlier versions")
    rows: Mapped[str | None] = mapped_column(
        Text, comment="rows of each recorded table when it was sealed; empty where more events waited"
    )


class Event(Base):
    """One event.  Append-only; only `block_id` is set once, by the sealer, and what `effect` holds of people is erased with
    their household."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("subject_type", "subject_id", "seq"),
        CheckConstraint("seq >= 1", name="seq"),
        UNSEALED_EVENTS.index("ix_event_unsealed", "id"),
        Index("ix_event_block", "block_id", "id"),
        # Closings of a month, for the draw of spot checks.
        CONFIRMATIONS.index("ix_event_confirmed", "effective_at"),
        *(TRAIL.index(name, *columns, "at", "id") for name, columns in TRAIL_INDEXES.items()),
    )
    id: Mapped[Id]
    subject_type: Mapped[str] = mapped_column(String(24))
    subject_id: Mapped[int] = mapped_column(RowId)
    seq: Mapped[int]
    at: Mapped[datetime] = mapped_column(comment="when it was recorded")
    effective_at: Mapped[datetime] = mapped_column(comment="when it took effect; earlier for what lapsed unseen")
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), comment="empty: the system")
    actor_role: Mapped[str] = mapped_column(String(16))
    actor_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    session_id: Mapped[int | None] = mapped_column(RowId, comment="the sign-in from which a person acted")
    address: Mapped[str | None] = mapped_column(String(64), comment="the network address from which a person acted")
    action: Mapped[Code]
    from_state: Mapped[str | None] = mapped_column(String(16))
    to_state: Mapped[str | None] = mapped_column(String(16))
    given: Mapped[dict[str, Any]] = mapped_column(comment="codes and figures given with the action")
    effect: Mapped[dict[str, Any]] = mapped_column(
        SealedWithin, comment="what the rows became: enough to fold them again"
    )
    commitment: Mapped[str | None] = mapped_column(String(64), comment="SHA-256 of salt and secret text, if any")
    prev_hash: Mapped[Digest]
    hash: Mapped[Digest]
    block_id: Mapped[int | None] = mapped_column(ForeignKey("block.id"))


class EventSecret(Base):
    """Free text and personal data of an event, with its salt; may be erased without breaking the chain."""

    __tablename__ = "event_secret"
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    event: Mapped[Event] = relationship(lazy="raise")
    salt: Mapped[str] = mapped_column(String(32))
    body: Mapped[dict[str, Any]] = mapped_column(Sealed("json", "event_secret.body"))
