"""Written reports (书面汇报) of a ranking: reviewed, signed and issued, received, and the roll of units that had not
reported in time.

All but the unfinished draft append-only: a report is frozen when issued, so that it always prints the same bytes.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Code, Digest, Id, UnitRef, UserRef


class ReportDraft(Base):
    """A unit's unfinished words for its report, saved to be gone on with: nobody's act, judged by nobody.

    One a unit and ranking, overwritten by the next save and deleted when the draft is handed on (`RankingSign`).
    """

    __tablename__ = "report_draft"
    __table_args__ = (UniqueConstraint("ranking_id", "unit_id"), CheckConstraint("version >= 1", name="version"))
    id: Mapped[Id]
    ranking_id: Mapped[int] = mapped_column(ForeignKey("ranking.id"))
    unit_id: Mapped[UnitRef]
    by_id: Mapped[UserRef] = mapped_column(comment="who saved it last")
    at: Mapped[datetime]
    remark: Mapped[str] = mapped_column(comment="sections and comment, as `unit_words` writes them")
    version: Mapped[int] = mapped_column(comment="raised by every save, so that no save overwrites one it has not seen")


class Report(Base):
    """One unit's report under a ranking, the office's being the compilation; `content` is its addition to the
    snapshot.

    `by_id` signed it (签发), by the post of leader or by an authorisation; reports of 0.2 name neither.
    """

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("ranking_id", "unit_id"),
        UniqueConstraint("number"),
        CheckConstraint("post_id IS NULL OR authorisation_id IS NULL", name="one_authority"),
    )
    id: Mapped[Id]
    ranking_id: Mapped[int] = mapped_column(ForeignKey("ranking.id"))
    unit_id: Mapped[UnitRef]
    number: Mapped[Code] = mapped_column(comment="year:report or compilation:running number, without a gap")
    issued_at: Mapped[datetime]
    by_id: Mapped[UserRef]
    content: Mapped[dict[str, Any]]
    hash: Mapped[Digest]
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"), comment="the signer's post as leader")
    authorisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("authorisation.id"), comment="the authorisation of a signer who does not lead the unit"
    )


class ReportReview(Base):
    """The review (核稿) of a unit's draft by a second person, with the paragraph as reviewed."""

    __tablename__ = "report_review"
    __table_args__ = (
        UniqueConstraint("sign_id"),
        CheckConstraint("by_id <> drafted_by_id", name="two_persons"),
    )
    id: Mapped[Id]
    sign_id: Mapped[int] = mapped_column(ForeignKey("ranking_sign.id"), comment="the draft")
    drafted_by_id: Mapped[UserRef]
    by_id: Mapped[UserRef]
    at: Mapped[datetime]
    remark: Mapped[str] = mapped_column(default="", comment="the unit's paragraph as reviewed")


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
