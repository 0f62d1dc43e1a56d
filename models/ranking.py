"""Rankings (排名): reported figures, snapshots of ranking days, signatures, and objections.

All append-only: a figure is corrected by a new entry, a ranking by a new edition, an objection is answered by a row of
its own.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Code, Digest, Id, Name, UnitRef, UserRef


class ReportedFigure(Base):
    """One share of one town up to a day, as the responsible unit reports it, or its statement that there is none here this
    period (0 of 0 with the reason); one with `replaces_id` corrects another."""

    __tablename__ = "reported_figure"
    __table_args__ = (
        CheckConstraint("numerator >= 0 AND denominator >= 0 AND numerator <= denominator", name="share"),
        CheckConstraint("NOT none_here OR (denominator = 0 AND reason <> '')", name="none_here"),
        UniqueConstraint("replaces_id"),
        CheckConstraint("replaces_id <> id", name="replaces_another"),
        Index("ix_reported_figure_measure", "measure", "town_id", "up_to"),
    )
    id: Mapped[Id]
    measure: Mapped[Code]
    town_id: Mapped[UnitRef]
    up_to: Mapped[date] = mapped_column(comment="the last day it speaks of, in China")
    numerator: Mapped[int]
    denominator: Mapped[int]
    source: Mapped[Name] = mapped_column(comment="what proves it: the list, the system, the paper")
    unit_id: Mapped[UnitRef]
    by_id: Mapped[UserRef]
    at: Mapped[datetime]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("reported_figure.id"))
    reason: Mapped[str] = mapped_column(default="", comment="why an earlier entry was corrected, or there is none")
    none_here: Mapped[bool] = mapped_column(default=False, comment="stated: there is none of it here this period")


class FigureProof(Base):
    """A file (佐证材料) that proves figures, kept under its SHA-256; uploader and moment are those of the figures."""

    __tablename__ = "figure_proof"
    __table_args__ = (UniqueConstraint("figure_id", "sha256"), CheckConstraint("size > 0", name="size"))
    id: Mapped[Id]
    figure_id: Mapped[int] = mapped_column(ForeignKey("reported_figure.id"), comment="the first of those it came with")
    figures: Mapped[list[Any]] = mapped_column(comment="ids of all figures it came with")
    sha256: Mapped[Digest]
    size: Mapped[int] = mapped_column(comment="bytes")
    media_type: Mapped[str] = mapped_column(String(100))
    filename: Mapped[str] = mapped_column(String(200))


class Ranking(Base):
    """One edition of the ranking of a day: inputs and places as they were published, and their hash."""

    __tablename__ = "ranking"
    __table_args__ = (
        UniqueConstraint("on", "edition"),
        CheckConstraint("edition >= 1", name="edition"),
        CheckConstraint("(edition = 1) = (reason = '')", name="reason"),
    )
    id: Mapped[Id]
    on: Mapped[date] = mapped_column(comment="the ranking day, in China")
    edition: Mapped[int]
    scheme_version_id: Mapped[int] = mapped_column(ForeignKey("scheme_version.id"))
    as_of: Mapped[datetime] = mapped_column(comment="the moment whose record it ranks")
    known_at: Mapped[datetime] = mapped_column(comment="reported figures count as they were known then")
    made_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), comment="empty: the worker")
    reason: Mapped[str] = mapped_column(default="", comment="why it was made anew")
    content: Mapped[dict[str, Any]] = mapped_column(comment="inputs, formula, head of the chain, scores and places")
    hash: Mapped[Digest]


class RankingReminder(Base):
    """The reminder of a unit by the county office: to report its figures for a ranking day, or to hand in its report on the
    ranking; one a unit, matter and day."""

    __tablename__ = "ranking_reminder"
    __table_args__ = (
        UniqueConstraint("on", "unit_id", "what", "day"),
        CheckConstraint("what IN ('figures', 'report')", name="what"),
    )
    id: Mapped[Id]
    on: Mapped[date] = mapped_column(comment="the ranking day, in China")
    unit_id: Mapped[UnitRef]
    what: Mapped[str] = mapped_column(String(16))
    day: Mapped[date] = mapped_column(comment="the day of the reminder, in China")
    by_id: Mapped[UserRef]
    at: Mapped[datetime]


class RankingSign(Base):
    """A bureau's signature under its ranking of the towns, with its own paragraph for the report."""

    __tablename__ = "ranking_sign"
    __table_args__ = (UniqueConstraint("ranking_id", "unit_id"),)
    id: Mapped[Id]
    ranking_id: Mapped[int] = mapped_column(ForeignKey("ranking.id"))
    unit_id: Mapped[UnitRef]
    by_id: Mapped[UserRef]
    at: Mapped[datetime]
    remark: Mapped[str] = mapped_column(default="")


class RankingObjection(Base):
    """A town's objection (申诉) to one figure of a ranking; one per figure."""

    __tablename__ = "ranking_objection"
    __table_args__ = (UniqueConstraint("ranking_id", "town_id", "measure"),)
    id: Mapped[Id]
    ranking_id: Mapped[int] = mapped_column(ForeignKey("ranking.id"))
    town_id: Mapped[UnitRef]
    measure: Mapped[Code]
    reason: Mapped[str]
    by_id: Mapped[UserRef]
    at: Mapped[datetime]


class ObjectionAnswer(Base):
    """The office's answer to an objection: upheld, which a correction or a new edition follows, or not."""

    __tablename__ = "objection_answer"
    __table_args__ = (UniqueConstraint("objection_id"),)
    id: Mapped[Id]
    objection_id: Mapped[int] = mapped_column(ForeignKey("ranking_objection.id"))
    upheld: Mapped[bool]
    reason: Mapped[str]
    by_id: Mapped[UserRef]
    at: Mapped[datetime]
