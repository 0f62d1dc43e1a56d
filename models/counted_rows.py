"""Counted rows: the houses of a year's quota and the incomes of villages, from which figures are counted."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Name, Partial, UnitRef, UserRef

#: Predicate of the partial index: figures that correct no other.
FIRST_SURVEYS = Partial("village_survey", "replaces_id IS NULL")


class QuotaHouse(Base):
    """One household in the year's quota of houses to be rebuilt (年度危房改造任务户): start-up money and completion.

    Its state is what the last event of the household says of it; one taken off the list stays, `dropped`.
    """

    __tablename__ = "quota_house"
    __table_args__ = (UniqueConstraint("household_id", "year"),)
    id: Mapped[Id]
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    year: Mapped[int] = mapped_column(comment="assessment year of the quota")
    paid_on: Mapped[date | None] = mapped_column(comment="day the start-up money reached the household")
    finished_on: Mapped[date | None] = mapped_column(comment="day the house was accepted as finished")
    dropped: Mapped[bool] = mapped_column(default=False, comment="taken off the list")


class VillageSurvey(Base):
    """The disposable income a head of one village in one year, as surveyed; one with `replaces_id` corrects another.

    Append-only.
    """

    __tablename__ = "village_survey"
    __table_args__ = (
        UniqueConstraint("replaces_id"),
        FIRST_SURVEYS.index("uq_village_survey_first", "village_id", "year", unique=True),
        CheckConstraint("income_fen > 0", name="income"),
        CheckConstraint("replaces_id <> id", name="replaces_another"),
    )
    id: Mapped[Id]
    village_id: Mapped[int] = mapped_column(ForeignKey("village.id"))
    year: Mapped[int]
    income_fen: Mapped[int] = mapped_column(comment="a head, in fen")
    source: Mapped[Name] = mapped_column(comment="what proves it: the survey")
    unit_id: Mapped[UnitRef]
    by_id: Mapped[UserRef]
    at: Mapped[datetime]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("village_survey.id"))
    reason: Mapped[str] = mapped_column(default="", comment="why an earlier one was corrected")
