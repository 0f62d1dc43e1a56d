"""Figure checks (数据抽查核实): what a unit found that looked at a drawn figure of a ranking which rests on a unit's own word.

Append-only.  What is drawn follows from the snapshot and its scheme (`workflow.policy.sampling`), so only results are
rows.  CHECKs guarantee that no unit checks its own word and that a figure found untrue has its ticket.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Code, Id, Name, UnitRef, UserRef

_TRUE = "(found_of = said_of AND found_to = said_to)"


class FigureCheck(Base):
    """One drawn figure as the ranking has it, and its true value as found."""

    __tablename__ = "figure_check"
    __table_args__ = (
        UniqueConstraint("ranking_id", "measure", "town_id"),
        UniqueConstraint("ticket_id"),
        CheckConstraint("found_of >= 0 AND found_of <= found_to", name="found"),
        CheckConstraint("checker_unit_id <> reporter_unit_id", name="not_own_word"),
        CheckConstraint("checker_unit_id <> town_id", name="not_own_town"),
        CheckConstraint(f"(ticket_id IS NULL) = {_TRUE}", name="ticket"),
        CheckConstraint(f"note <> '' OR {_TRUE}", name="why"),
        CheckConstraint("source <> ''", name="source"),
    )
    id: Mapped[Id]
    ranking_id: Mapped[int] = mapped_column(ForeignKey("ranking.id"))
    measure: Mapped[Code]
    town_id: Mapped[UnitRef]
    reporter_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), comment="on whose word the figure rests")
    checker_unit_id: Mapped[UnitRef]
    by_id: Mapped[UserRef]
    at: Mapped[datetime]
    said_of: Mapped[int] = mapped_column(comment="numerator of the snapshot")
    said_to: Mapped[int] = mapped_column(comment="denominator of the snapshot")
    found_of: Mapped[int]
    found_to: Mapped[int]
    source: Mapped[Name] = mapped_column(comment="what was looked at: the list, the system, the paper")
    note: Mapped[str] = mapped_column(default="", comment="what differs")
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), comment="of item 18, where it is untrue")
