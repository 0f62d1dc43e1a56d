"""Household erasures: the personal data of a household that is gone from the register is erased once its term is over.

One person proposes it, a person of the inspectorate agrees, and the worker carries it out; afterwards the row is final.  What the
append-only tables hold of the household may be cleared from that moment on, and only then.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Name, Partial, UserRef

#: The least years for which a household's file is kept, and those of a county that has set none.
LEAST_YEARS, USUAL_YEARS = 10, 30
#: What an exit dossier holds afterwards.
ERASED_CONTENT = {"erased": True}
#: Predicates of the partial indexes.
STANDING_ERASURES = Partial("household_erasure", "ended_at IS NULL")
TO_CARRY_OUT = Partial("household_erasure", "agreed_at IS NOT NULL AND ended_at IS NULL AND erased_at IS NULL")
_ERASED = "EXISTS (SELECT 1 FROM household_erasure e{} AND e.erased_at IS NOT NULL)"
_OWN = _ERASED.format(" WHERE e.household_id = OLD.household_id")
_OF_TICKET = _ERASED.format(" JOIN ticket t ON t.household_id = e.household_id WHERE t.id = OLD.ticket_id")
#: The tables to which rows are only added, whose rows are cleared with their household, by the condition on the row.
CLEARED = {
    "checkup": _OWN,
    "finding": _OWN,
    "exit_dossier": _OWN,
    "spot_result": _OF_TICKET,
    "event": f"OLD.subject_type = 'household' AND {_ERASED.format(' WHERE e.household_id = OLD.subject_id')}",
}
#: Evidence is deleted with its household: that of its tickets and of its checkups.
EVIDENCE_OF_HOUSEHOLD = f"{_OF_TICKET} OR " + _ERASED.format(
    " JOIN checkup c ON c.household_id = e.household_id WHERE c.id = OLD.checkup_id"
)
_TABLE = "household_erasure"
_REFUSAL = "an erasure is never undone"


class HouseholdErasure(Base):
    """The proposal to erase a household's personal data, with the agreement and the day on which it was carried out."""

    __tablename__ = _TABLE
    __table_args__ = (
        CheckConstraint(f"years >= {LEAST_YEARS}", name="years"),
        CheckConstraint("document <> ''", name="document"),
        CheckConstraint("(agreed_at IS NULL) = (agreed_by_id IS NULL)", name="agreed"),
        CheckConstraint("agreed_by_id <> asked_by_id", name="two_persons"),
        CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name="ended"),
        CheckConstraint("erased_at IS NULL OR (agreed_at IS NOT NULL AND ended_at IS NULL)", name="erased"),
        STANDING_ERASURES.index("uq_household_erasure_standing", "household_id", unique=True),
        TO_CARRY_OUT.index("ix_household_erasure_due", "id"),
    )
    id: Mapped[Id]
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    left_on: Mapped[date] = mapped_column(comment="the day on which it left the register, in China")
    years: Mapped[int] = mapped_column(comment="for how many years after that day its file was kept")
    document: Mapped[Name] = mapped_column(comment="number of the document that approves it")
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[UserRef]
    agreed_at: Mapped[datetime | None]
    agreed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), comment="of the inspectorate")
    ended_at: Mapped[datetime | None] = mapped_column(comment="when it was refused or withdrawn")
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    erased_at: Mapped[datetime | None] = mapped_column(comment="when it was carried out")


def household_erasure_triggers(dialect: str) -> list[str]:
    """The triggers by which an erasure that was carried out stays as it is."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {_TABLE}_refuse_{verb.lower()} BEFORE {verb} ON {_TABLE} WHEN OLD.erased_at IS NOT NULL"
            f" BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        f"CREATE TRIGGER {_TABLE}_refuse_{verb.lower()} BEFORE {verb} ON {_TABLE} FOR EACH ROW"
        " WHEN (OLD.erased_at IS NOT NULL) EXECUTE FUNCTION refuse_rewrite()"
        for verb in ("UPDATE", "DELETE")
    ]
