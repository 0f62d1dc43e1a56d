"""Reforms of places and units (机构与区划变动): the acts of the office, those that wait for their day, and former names.

That nothing open stays with an ended unit, and nobody in an ended village, is refused by triggers (`models.schema`).
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Name, Partial, UserRef, one_of

#: rename: it keeps its identity under another name · merge: one or several end, one succeeds them · split: one ends,
#: several succeed it · move: villages go to another town.
REFORM_KINDS = ("rename", "merge", "split", "move")
REFORM_SUBJECTS = ("unit", "village")
WAITING_REFORMS = Partial("planned_reform", "state = 'waiting'")


class Reform(Base):
    """One act of the office on units or villages, from a day, resting on a document; append-only."""

    __tablename__ = "reform"
    __table_args__ = (
        CheckConstraint(one_of("kind", REFORM_KINDS), name="kind"),
        CheckConstraint(one_of("subject", REFORM_SUBJECTS), name="subject"),
        CheckConstraint("document <> ''", name="document"),
    )
    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(16))
    from_day: Mapped[date] = mapped_column(comment="first day, in China, by the document")
    document: Mapped[str] = mapped_column(String(100), comment="number of the paper that says so (文号)")
    reason: Mapped[str]
    content: Mapped[dict[str, Any]] = mapped_column(
        comment="codes of what ended and of what succeeds it, or both names; what moved"
    )
    at: Mapped[datetime]
    by_id: Mapped[UserRef]


class PlannedReform(Base):
    """A reform that waits for its day: then the worker applies it, once; or it was withdrawn, or could not be applied."""

    __tablename__ = "planned_reform"
    __table_args__ = (
        CheckConstraint(one_of("kind", REFORM_KINDS), name="kind"),
        CheckConstraint(one_of("subject", REFORM_SUBJECTS), name="subject"),
        CheckConstraint("document <> ''", name="document"),
        CheckConstraint(one_of("state", ("waiting", "applied", "withdrawn", "refused")), name="state"),
        CheckConstraint("(state = 'waiting') = (settled_at IS NULL)", name="settled"),
        CheckConstraint("(state = 'applied') = (reform_id IS NOT NULL)", name="applied"),
        CheckConstraint("(state = 'refused') = (refusal <> '')", name="refused"),
        Index("uq_planned_reform_reform", "reform_id", unique=True),
        WAITING_REFORMS.index("ix_planned_reform_waiting", "from_day", "id"),
    )
    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(16))
    from_day: Mapped[date] = mapped_column(comment="the day, in China, at whose beginning it is applied")
    document: Mapped[str] = mapped_column(String(100), comment="number of the paper that says so (文号)")
    reason: Mapped[str]
    content: Mapped[dict[str, Any]] = mapped_column(comment="what was entered, by codes")
    entered_at: Mapped[datetime]
    by_id: Mapped[UserRef]
    state: Mapped[str] = mapped_column(String(16))
    settled_at: Mapped[datetime | None] = mapped_column(comment="when it was applied, withdrawn or refused")
    reform_id: Mapped[int | None] = mapped_column(ForeignKey("reform.id"), comment="the reform it became")
    refusal: Mapped[str] = mapped_column(
        String(64), default="", server_default="", comment="why it could not be applied on its day: a code"
    )


class FormerName(Base):
    """A name that a unit or village had until a reform; found by search, append-only."""

    __tablename__ = "former_name"
    __table_args__ = (
        CheckConstraint("(unit_id IS NULL) <> (village_id IS NULL)", name="of_one"),
        Index("ix_former_name_unit", "unit_id"),
        Index("ix_former_name_village", "village_id"),
    )
    id: Mapped[Id]
    reform_id: Mapped[int] = mapped_column(ForeignKey("reform.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    village_id: Mapped[int | None] = mapped_column(ForeignKey("village.id"))
    name: Mapped[Name]
    name_en: Mapped[Name] = mapped_column(default="")
