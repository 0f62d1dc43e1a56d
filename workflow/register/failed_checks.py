"""Failed random checks (入户抽查不属实): shut the exit gate of a household until another check finds that it holds.

The latest check that was made decides; one that lapsed says nothing.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, aliased

from models import RandomCheck, RandomResult


@dataclass(frozen=True, slots=True)
class FailedCheck:
    """The failed check that shuts the gate: its id, the day of the visit, the checking unit, and the pending check that
    may open it again, if one was given."""

    id: int
    visited_on: date | None
    unit_id: int | None
    pending_id: int | None


def is_pending() -> ColumnElement[bool]:
    """The condition that a `RandomCheck` is still to be made."""
    return ~select(RandomResult.id).where(RandomResult.check_id == RandomCheck.id).correlate(RandomCheck).exists()


def is_decisive() -> ColumnElement[bool]:
    """The condition that a `RandomResult` is the latest of its household, lapsed ones aside."""
    later = aliased(RandomResult)
    newer = select(later.id).where(
        later.household_id == RandomResult.household_id, later.id > RandomResult.id, later.result != "lapsed"
    )
    return and_(RandomResult.result != "lapsed", ~newer.correlate(RandomResult).exists())


def shuts(session: Session, household_id: int) -> FailedCheck | None:
    """The failed check that shuts the gate of this household; None where the latest holds or none was made."""
    row = session.scalars(
        select(RandomResult).where(
            RandomResult.household_id == household_id, is_decisive(), RandomResult.result == "failed"
        )
    ).one_or_none()
    if row is None:
        return None
    pending = session.scalar(
        select(RandomCheck.id)
        .where(RandomCheck.household_id == household_id, is_pending())
        .order_by(RandomCheck.id)
        .limit(1)
    )
    return FailedCheck(row.check_id, row.visited_on, row.unit_id, pending)
