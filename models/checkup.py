"""Checkups with their findings, exit dossiers, and matters that bundle tickets.

Findings never change; the latest one counts.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Code, Digest, Id, Name, Partial, UnitRef, UserRef, one_of
from models.county import Village
from models.household import Household
from models.sealing import Sealed

#: visit 入户 · matching a bureau's data matching 数据比对 · household the household's own word 群众反映 · random a random
#: check by another unit 入户抽查
SOURCES = ("visit", "matching", "household", "random")
RESULTS = ("met", "unmet", "not_applicable")

#: Predicates of the partial indexes.
OPEN_MATTERS = Partial("matter", "ended_at IS NULL")


class Checkup(Base):
    """One visit (入户核查) to one household, or a bureau's data matching or the household's own word."""

    __tablename__ = "checkup"
    __table_args__ = (
        CheckConstraint(one_of("source", SOURCES), name="source"),
        # A phone with a bad signal may send a form twice; it is one checkup.
        UniqueConstraint("household_id", "once"),
        Index("ix_checkup_household_seen_on", "household_id", "seen_on"),
    )
    id: Mapped[Id]
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    source: Mapped[str] = mapped_column(String(16))
    seen_on: Mapped[date] = mapped_column(comment="the day of the visit, in China")
    recorded_at: Mapped[datetime]
    by_id: Mapped[UserRef]
    unit_id: Mapped[UnitRef]
    present: Mapped[Name] = mapped_column(default="", comment="who was there")
    note: Mapped[str] = mapped_column(Sealed("text", "checkup.note"), default="")
    once: Mapped[str | None] = mapped_column(String(64), comment="token of the form it was sent with, if any")
    household: Mapped[Household] = relationship(lazy="raise")


class Finding(Base):
    """The finding of one checkup for one have: met, not met (with its cause), or not applicable."""

    __tablename__ = "finding"
    __table_args__ = (
        UniqueConstraint("checkup_id", "have"),
        CheckConstraint(one_of("result", RESULTS), name="result"),
        CheckConstraint("result = 'unmet' OR cause = ''", name="cause"),
        Index("ix_finding_household_have", "household_id", "have", "seen_on", "id"),
    )
    id: Mapped[Id]
    checkup_id: Mapped[int] = mapped_column(ForeignKey("checkup.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    seen_on: Mapped[date]
    have: Mapped[Code]
    result: Mapped[str] = mapped_column(String(16))
    cause: Mapped[str] = mapped_column(String(64), default="")
    note: Mapped[str] = mapped_column(Sealed("text", "finding.note"), default="")
    checkup: Mapped[Checkup] = relationship(lazy="raise")


class ExitDossier(Base):
    """The evidence with which a household passed the exit gate (脱贫退出审核); hashed into its history."""

    __tablename__ = "exit_dossier"
    __table_args__ = (Index("ix_exit_dossier_household", "household_id", "passed_at"),)
    id: Mapped[Id]
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    passed_at: Mapped[datetime]
    passed_by_id: Mapped[UserRef]
    unit_id: Mapped[UnitRef]
    content: Mapped[dict[str, Any]] = mapped_column(
        Sealed("json", "exit_dossier.content"),
        comment="each have with its evidence, and the income rule's figures",
    )
    hash: Mapped[Digest]


class Matter(Base):
    """A matter (事项): one cause behind many tickets of a village, such as one broken pump.

    The bureau acts once; each ticket keeps its own custody and is confirmed on its own.
    """

    __tablename__ = "matter"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) OR ended_at >= began_at", name="forward"),
        OPEN_MATTERS.index("ix_matter_open", "village_id", "kind"),
    )
    id: Mapped[Id]
    village_id: Mapped[int] = mapped_column(ForeignKey("village.id"))
    kind: Mapped[Code]
    title: Mapped[Name]
    began_at: Mapped[datetime]
    began_by_id: Mapped[UserRef]
    ended_at: Mapped[datetime | None] = mapped_column(comment="when its last ticket ended or was split off")
    village: Mapped[Village] = relationship(lazy="raise")
