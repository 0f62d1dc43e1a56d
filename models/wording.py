"""Wordings: sentences that are put into the text boxes of acts by a click."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Partial, UserRef

WORDINGS_OF_UNITS = Partial("wording", "unit_id IS NOT NULL")
WORDINGS_FOR_ALL = Partial("wording", "unit_id IS NULL")


class Wording(Base):
    """A sentence that the people of a unit use again, or one of the county office for all units; deleted when it is taken out."""

    __tablename__ = "wording"
    __table_args__ = (
        CheckConstraint("words <> ''", name="words"),
        WORDINGS_OF_UNITS.index("uq_wording_unit", "unit_id", "words", unique=True),
        WORDINGS_FOR_ALL.index("uq_wording_for_all", "words", unique=True),
    )
    id: Mapped[Id]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), comment="whose people use it; empty: all units")
    words: Mapped[str] = mapped_column(String(200))
    by_id: Mapped[UserRef] = mapped_column(comment="who added it")
    at: Mapped[datetime]
