"""Spot checks (抽查核实): each month's draw from the closed tickets, the unit that checks each, and the results.

All three are append-only; a table of its own lists the pending checks.  CHECKs guarantee that no unit checks its own
work, unique constraints that a month is drawn once and a check answered once.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Code, Digest, Id, UnitRef, one_of

RESULTS = ("holds", "false", "lapsed")


class SpotDraw(Base):
    """One month's draw: the source of its seed, and the population it was drawn from."""

    __tablename__ = "spot_draw"
    __table_args__ = (
        UniqueConstraint("month"),
        CheckConstraint("length(month) = 7", name="month"),
        CheckConstraint("population >= drawn AND drawn >= 0", name="drawn"),
        CheckConstraint("block_number >= 0", name="block"),
    )
    id: Mapped[Id]
    scheme_version_id: Mapped[int] = mapped_column(ForeignKey("scheme_version.id"), comment="whose shares it followed")
    month: Mapped[str] = mapped_column(String(7), comment="in which the tickets were struck off, as 2018-11")
    drawn_at: Mapped[datetime]
    algorithm: Mapped[Code]
    block_number: Mapped[int] = mapped_column(comment="the last block sealed in the month or before; 0 where none was")
    block_hash: Mapped[Digest]
    seed: Mapped[Digest]
    population: Mapped[int] = mapped_column(comment="tickets drawn from")
    population_hash: Mapped[Digest]
    drawn: Mapped[int] = mapped_column(comment="tickets drawn")


class SpotCheck(Base):
    """One ticket drawn, as it was closed then, and the unit that checks it."""

    __tablename__ = "spot_check"
    __table_args__ = (
        UniqueConstraint("draw_id", "ticket_id"),
        CheckConstraint(
            "checker_unit_id <> resolved_by_unit_id AND checker_unit_id <> confirmed_by_unit_id", name="not_own_work"
        ),
        CheckConstraint("town_id IS NULL OR checker_unit_id <> town_id", name="not_own_town"),
        CheckConstraint("episode >= 1", name="episode"),
        Index("ix_spot_check_ticket", "ticket_id"),
        Index("ix_spot_check_checker", "checker_unit_id", "ticket_id"),
        Index("ix_spot_check_resolved_by", "resolved_by_unit_id"),
        Index("ix_spot_check_confirmed_by", "confirmed_by_unit_id"),
    )
    id: Mapped[Id]
    draw_id: Mapped[int] = mapped_column(ForeignKey("spot_draw.id"))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    episode: Mapped[int] = mapped_column(comment="the one that the closing ended")
    town_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), comment="the town the ticket lies in")
    resolved_by_unit_id: Mapped[UnitRef]
    confirmed_by_unit_id: Mapped[UnitRef]
    checker_unit_id: Mapped[UnitRef]
    due_at: Mapped[datetime]
    void: Mapped[bool] = mapped_column(default=False, comment="reopened already when it was drawn; nobody looks")


class SpotPending(Base):
    """The checks still to be made, and no others: so that looking for them costs what is pending, not all."""

    __tablename__ = "spot_pending"
    __table_args__ = (Index("ix_spot_pending_due", "due_at", "check_id"),)
    check_id: Mapped[int] = mapped_column(ForeignKey("spot_check.id"), primary_key=True)
    due_at: Mapped[datetime]


class SpotResult(Base):
    """What became of a check: the closing holds, it was false (虚假办结), or the ticket was reopened before anybody
    looked."""

    __tablename__ = "spot_result"
    __table_args__ = (
        UniqueConstraint("check_id"),
        CheckConstraint(one_of("result", RESULTS), name="result"),
        CheckConstraint(
            "(result = 'lapsed') = (visited_on IS NULL) AND (result = 'lapsed' OR (by_id IS NOT NULL"
            " AND unit_id IS NOT NULL))",
            name="looked",
        ),
        CheckConstraint("NOT reopened OR result = 'false'", name="reopened"),
        CheckConstraint("result <> 'false' OR note <> ''", name="why"),
        Index("ix_spot_result_ticket", "ticket_id"),
        Index("ix_spot_result_at", "result", "at"),
    )
    id: Mapped[Id]
    check_id: Mapped[int] = mapped_column(ForeignKey("spot_check.id"))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    result: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), comment="the unit that looked")
    visited_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(default="")
    evidence: Mapped[list[Any]] = mapped_column(default=list, comment="ids of what was brought from there")
    reopened: Mapped[bool] = mapped_column(default=False, comment="whether the ticket was reopened by it")
