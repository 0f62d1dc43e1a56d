"""Random checks (入户抽查) of households about to leave the register and of those just exited: draws, checks and results.

Source: notice item 1, first sentence (抽查核实).  All three are append-only.  CHECKs guarantee that no unit checks a
household of its own town or one that it named or passed for exit itself, unique constraints that a period is drawn once
and a check answered once.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Code, Digest, Id, UnitRef, one_of

#: leaving: named for exit · exited: exited in the period
STANDINGS = ("leaving", "exited")
#: holds 属实 · failed 不属实 · lapsed: before anybody went there the household
#: was gone, or had come to the checking town
RANDOM_RESULTS = ("holds", "failed", "lapsed")


class RandomDraw(Base):
    """One period's draw: the source of its seed, and the frozen population it was drawn from."""

    __tablename__ = "random_draw"
    __table_args__ = (
        UniqueConstraint("period"),
        CheckConstraint("length(period) = 7", name="period"),
        CheckConstraint("population >= drawn AND drawn >= 0", name="drawn"),
        CheckConstraint("block_number >= 0", name="block"),
    )
    id: Mapped[Id]
    scheme_version_id: Mapped[int] = mapped_column(ForeignKey("scheme_version.id"), comment="whose shares it followed")
    period: Mapped[str] = mapped_column(String(7), comment="month or quarter that is over, as 2018-11 or 2018-Q4")
    drawn_at: Mapped[datetime]
    algorithm: Mapped[Code]
    block_number: Mapped[int] = mapped_column(comment="the last block sealed in the period or before; 0 if none was")
    block_hash: Mapped[Digest]
    seed: Mapped[Digest]
    population: Mapped[int] = mapped_column(comment="households drawn from")
    population_hash: Mapped[Digest]
    households: Mapped[list[Any]] = mapped_column(
        comment="the households drawn from: code, standing, town and the unit that named or passed it, by code"
    )
    drawn: Mapped[int] = mapped_column(comment="households drawn")


class RandomCheck(Base):
    """One household to be checked and the unit that checks it: drawn, or a check again after a failed one."""

    __tablename__ = "random_check"
    __table_args__ = (
        UniqueConstraint("repeats_id"),
        CheckConstraint(one_of("standing", STANDINGS), name="standing"),
        CheckConstraint("checker_unit_id <> town_id", name="not_own_town"),
        CheckConstraint("passed_by_unit_id IS NULL OR checker_unit_id <> passed_by_unit_id", name="not_own_work"),
        Index("ix_random_check_draw", "draw_id"),
        Index("ix_random_check_household", "household_id", "id"),
        Index("ix_random_check_checker", "checker_unit_id", "id"),
    )
    id: Mapped[Id]
    draw_id: Mapped[int] = mapped_column(
        ForeignKey("random_draw.id"), comment="its draw, or that of the check it repeats"
    )
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    standing: Mapped[str] = mapped_column(String(8), comment="as drawn")
    town_id: Mapped[UnitRef] = mapped_column(comment="the town it lay in when it was drawn")
    passed_by_unit_id: Mapped[int | None] = mapped_column(
        ForeignKey("unit.id"), comment="the unit that named it for exit or passed its exit"
    )
    checker_unit_id: Mapped[UnitRef]
    repeats_id: Mapped[int | None] = mapped_column(
        ForeignKey("random_check.id"), comment="the failed check that this one repeats"
    )
    given_at: Mapped[datetime]
    due_at: Mapped[datetime]


class RandomResult(Base):
    """The result of a check: the household holds, it does not, or it was cleared from the register before."""

    __tablename__ = "random_result"
    __table_args__ = (
        UniqueConstraint("check_id"),
        CheckConstraint(one_of("result", RANDOM_RESULTS), name="result"),
        CheckConstraint("(result = 'lapsed') = (checkup_id IS NULL)", name="checkup"),
        CheckConstraint("result = 'lapsed' OR by_id IS NOT NULL", name="by"),
        Index("ix_random_result_household", "household_id", "id"),
        Index("ix_random_result_at", "at"),
    )
    id: Mapped[Id]
    check_id: Mapped[int] = mapped_column(ForeignKey("random_check.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    result: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), comment="the unit that checked")
    visited_on: Mapped[date | None]
    checkup_id: Mapped[int | None] = mapped_column(ForeignKey("checkup.id"), comment="what was seen, have by have")
