"""Counted rows: the houses of a year's quota and the incomes of villages, from which figures are counted."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Name, Partial, UnitRef, UserRef, one_of

#: Predicate of the partial index: figures that correct no other.
FIRST_SURVEYS = Partial("village_survey", "replaces_id IS NULL")


#: The two steps of a house in the quota: start-up money paid, house finished.
HOUSE_STEPS = ("paid", "finished")
#: What another unit says of an entered day.
HOUSE_VERDICTS = ("confirmed", "returned")


def _checks_of(step: str) -> tuple[CheckConstraint, ...]:
    """A day has the unit that entered it; a verdict is about a day, complete, and of another unit."""
    no_verdict = " AND ".join(f"{step}_verdict{part} IS NULL" for part in ("", "_unit_id", "_by_id", "_at"))
    verdict = " AND ".join(f"{step}_verdict{part} IS NOT NULL" for part in ("", "_unit_id", "_by_id", "_at"))
    return (
        CheckConstraint(f"({step}_on IS NULL) = ({step}_unit_id IS NULL)", name=f"{step}_entered"),
        CheckConstraint(one_of(f"{step}_verdict", HOUSE_VERDICTS, optional=True), name=f"{step}_verdict"),
        CheckConstraint(f"({no_verdict}) OR ({step}_on IS NOT NULL AND {verdict})", name=f"{step}_judged"),
        CheckConstraint(f"{step}_verdict_unit_id <> {step}_unit_id", name=f"{step}_by_another"),
    )


class QuotaHouse(Base):
    """One household in the year's quota of houses to be rebuilt (年度危房改造任务户): start-up money and completion.

    Its state is what the last event of the household says of it; one taken off the list stays, `dropped`.  An entered day
    counts once a unit other than the one that entered it has confirmed it.
    """

    __tablename__ = "quota_house"
    __table_args__ = (UniqueConstraint("household_id", "year"), *_checks_of("paid"), *_checks_of("finished"))
    id: Mapped[Id]
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    year: Mapped[int] = mapped_column(comment="assessment year of the quota")
    paid_on: Mapped[date | None] = mapped_column(comment="day the start-up money reached the household")
    finished_on: Mapped[date | None] = mapped_column(comment="day the house was accepted as finished")
    dropped: Mapped[bool] = mapped_column(default=False, comment="taken off the list")
    paid_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), comment="unit that entered paid_on")
    paid_verdict: Mapped[str | None] = mapped_column(String(16), comment="of another unit on paid_on")
    paid_verdict_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    paid_verdict_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    paid_verdict_at: Mapped[datetime | None]
    finished_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), comment="unit that entered finished_on")
    finished_verdict: Mapped[str | None] = mapped_column(String(16), comment="of another unit on finished_on")
    finished_verdict_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    finished_verdict_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    finished_verdict_at: Mapped[datetime | None]


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
