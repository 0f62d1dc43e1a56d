"""Daily counts (每日计数): tickets filed, closed and overdue per day, of the county and of each unit.

Boards read trends from these rows, so that no figure is counted over a growing history.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Digest, Id


class DayCount(Base):
    """The figures of one day, counted once the day is over; append-only."""

    __tablename__ = "day_count"
    __table_args__ = (UniqueConstraint("day"),)
    id: Mapped[Id]
    day: Mapped[date] = mapped_column(comment="in China")
    at: Mapped[datetime] = mapped_column(comment="when it was counted")
    content: Mapped[dict[str, Any]] = mapped_column(
        comment="[filed, closed, overdue] of the county under 0 and of each unit under its id"
    )
    hash: Mapped[Digest]
