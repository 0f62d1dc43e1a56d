"""Bulk lists (部门比对名单): families that a bureau's data matching names, and what became of each line.

A line keeps its number in the file and what it led to; what it says of a family is sealed, and erased once it is settled and
the scheme's days are over.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Code, Digest, Id, Name, Partial, UnitRef, UserRef, one_of

#: waiting 待分派 · check 交村核查 · candidate 线索 (not registered) · asked 待确认 · left_out 不处理
OUTCOMES = ("waiting", "check", "candidate", "asked", "left_out")
WAITING_LINES = Partial("bulk_line", "outcome = 'waiting'")
OPEN_CHECKS = Partial("bulk_line", "outcome = 'check' AND settled_at IS NULL")
#: Checks to be made and questions to be answered.
DUE_LINES = Partial("bulk_line", "due_at IS NOT NULL AND settled_at IS NULL")
SEALED_LINES = Partial("bulk_line", "sealed IS NOT NULL")


class BulkList(Base):
    """One list of one bureau: uploaded, previewed, taken once, and then worked line by line."""

    __tablename__ = "bulk_list"
    __table_args__ = (UniqueConstraint("unit_id", "kind", "sha256"),)
    id: Mapped[Id]
    unit_id: Mapped[UnitRef] = mapped_column(comment="the bureau whose list it is")
    kind: Mapped[Code]
    sha256: Mapped[Digest]
    filename: Mapped[Name]
    brought_by_id: Mapped[UserRef]
    brought_at: Mapped[datetime]
    taken_at: Mapped[datetime | None] = mapped_column(comment="when its lines were stored")
    have: Mapped[str | None] = mapped_column(String(64), comment="the have its checks must look at, as of then")


class BulkLine(Base):
    """One line of a taken list, and what it led to."""

    __tablename__ = "bulk_line"
    __table_args__ = (
        UniqueConstraint("list_id", "row"),
        CheckConstraint(one_of("outcome", OUTCOMES), name="outcome"),
        CheckConstraint("(household_id IS NOT NULL) = (outcome = 'check')", name="household"),
        CheckConstraint("(due_at IS NOT NULL) = (outcome IN ('check', 'asked'))", name="due"),
        CheckConstraint("(candidate_id IS NOT NULL) = (outcome = 'candidate')", name="candidate"),
        CheckConstraint("(checkup_id IS NOT NULL) = (outcome = 'check' AND settled_at IS NOT NULL)", name="checked"),
        CheckConstraint("(settled_at IS NOT NULL) OR outcome <> 'left_out'", name="left_out"),
        # What waits is whole, and nothing came of it yet.
        CheckConstraint(
            "outcome NOT IN ('waiting', 'asked') OR (settled_at IS NULL AND sealed IS NOT NULL)", name="open"
        ),
        CheckConstraint("reminded_at IS NULL OR (due_at IS NOT NULL AND reminded_at >= due_at)", name="reminded"),
        WAITING_LINES.index("ix_bulk_line_waiting", "list_id", "town_id", "id"),
        DUE_LINES.index("ix_bulk_line_due", "due_at"),
        OPEN_CHECKS.index("ix_bulk_line_open", "household_id"),
        SEALED_LINES.index("ix_bulk_line_sealed", "settled_at"),
        Index("ix_bulk_line_household", "household_id"),
        Index("ix_bulk_line_candidate", "candidate_id"),
    )
    id: Mapped[Id]
    list_id: Mapped[int] = mapped_column(ForeignKey("bulk_list.id"))
    row: Mapped[Name] = mapped_column(comment="its row in the file, behind the sheet's name where there are several")
    outcome: Mapped[str] = mapped_column(String(16))
    why: Mapped[str] = mapped_column(String(32), default="", comment="why it is asked about or left out: a code")
    town_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), comment="the town that answers for it, if known")
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"))
    candidate_id: Mapped[int | None] = mapped_column(ForeignKey("candidate.id"))
    due_at: Mapped[datetime | None] = mapped_column(
        comment="until when the household is to be looked at, or the question answered"
    )
    reminded_at: Mapped[datetime | None] = mapped_column(comment="when those who are late were reminded")
    checkup_id: Mapped[int | None] = mapped_column(ForeignKey("checkup.id"), comment="the checkup that looked at it")
    settled_at: Mapped[datetime | None] = mapped_column(comment="when it was checked or left out")
    sealed: Mapped[str | None] = mapped_column(
        Text, comment="what the line says, encrypted; of a check only the list's own columns"
    )
