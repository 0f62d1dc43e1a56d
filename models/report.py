"""Written reports (书面汇报) of a ranking: issued, received, and the roll of units that had not reported in time.

All append-only: a report is frozen when issued, so that it always prints the same bytes.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Code, Digest, Id, UnitRef, UserRef


class Report(Base):
    """One unit's report under a ranking, the office's being the compilation; `content` is its addition to the
    snapshot."""

    __tablename__ = "report"
    __table_args__ = (UniqueConstraint("ranking_id", "unit_id"), UniqueConstraint("number"))
    id: Mapped[Id]
    ranking_id: Mapped[int] = mapped_column(ForeignKey("ranking.id"))
    unit_id: Mapped[UnitRef]
    number: Mapped[Code] = mapped_column(comment="year:report or compilation:running number, without a gap")
    issued_at: Mapped[datetime]
    by_id: Mapped[UserRef]
    content: Mapped[dict[str, Any]]
    hash: Mapped[Digest]


class ReportReceipt(Base):
    """The leading group's receipt of a report."""

    __tablename__ = "report_receipt"
    __table_args__ = (UniqueConstraint("report_id"),)
    id: Mapped[Id]
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    by_id: Mapped[UserRef]
    at: Mapped[datetime]


class ReportRoll(Base):
    """The roll call of a ranking at the hour by which its reports are due: the units that had not reported."""

    __tablename__ = "report_roll"
    __table_args__ = (UniqueConstraint("ranking_id"),)
    id: Mapped[Id]
    ranking_id: Mapped[int] = mapped_column(ForeignKey("ranking.id"))
    due_at: Mapped[datetime]
    at: Mapped[datetime]
    late: Mapped[list[Any]] = mapped_column(comment="ids of units")
