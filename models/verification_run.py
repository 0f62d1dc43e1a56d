"""Verification runs: what was verified in the background, who asked for it, and what did not hold."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, RowId

#: The kinds of what is proved by folding events, by the type of their subject; the other kinds are the recorded tables.
TICKET, HOUSEHOLD = "ticket", "household_fold"
SUBJECTS = {TICKET: "ticket", HOUSEHOLD: "household"}


class VerificationLot(Base):
    """Rows that a whole clean run proved, as salted digests; believed as far as the sealed event of the run names it."""

    __tablename__ = "verification_lot"
    __table_args__ = (UniqueConstraint("run_id", "kind", "first"), CheckConstraint("first <= last", name="span"))
    id: Mapped[Id]
    run_id: Mapped[int] = mapped_column(ForeignKey("verification_run.id"))
    kind: Mapped[str] = mapped_column(String(32), comment="ticket, household_fold or a recorded table")
    first: Mapped[int] = mapped_column(RowId, comment="id of the first row")
    last: Mapped[int] = mapped_column(RowId)
    salt: Mapped[str] = mapped_column(String(32))
    leaves: Mapped[dict[str, Any]] = mapped_column(comment="id → digest of what the row held")


class VerificationRun(Base):
    """One run of `verify` by the worker; at most one is open."""

    __tablename__ = "verification_run"
    __table_args__ = (
        UniqueConstraint("open"),
        CheckConstraint("open IS NULL OR open", name="open"),
        CheckConstraint("(open IS NULL) = (ended_at IS NOT NULL)", name="ended"),
        CheckConstraint("(claim IS NULL) = (claimed_until IS NULL)", name="claim"),
        CheckConstraint(
            "CASE WHEN open OR failed_in IS NOT NULL THEN found IS NULL ELSE found IS NOT NULL END", name="found"
        ),
    )
    id: Mapped[Id]
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), comment="empty: the command line")
    open: Mapped[bool | None] = mapped_column(
        default=True, comment="true until it ended, then empty, so that one is open"
    )
    so_far: Mapped[dict[str, Any]] = mapped_column(comment="the proofs that are done and what they found")
    claim: Mapped[str | None] = mapped_column(String(16), comment="of the worker that works on it")
    claimed_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    failed_in: Mapped[str | None] = mapped_column(String(32), comment="the proof that could not be made")
    found: Mapped[int | None] = mapped_column(comment="how many findings there were")
    findings: Mapped[list[Any]] = mapped_column(default=list, comment="code and subject of the first of them")
    events: Mapped[int | None] = mapped_column(comment="events there were when it began")
    block: Mapped[int | None] = mapped_column(comment="number of the last block when it began, 0 before the first")
    block_hash: Mapped[str | None] = mapped_column(String(64), comment="its hash")
    whole: Mapped[bool | None] = mapped_column(
        comment="whether all of the history was asked for; empty: before there were checkpoints"
    )
    since: Mapped[int | None] = mapped_column(comment="number of the run from whose checkpoint it went on")
