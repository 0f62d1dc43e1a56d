"""List items: what lists of bureaus ask of a village or a unit, for its morning digest: households to be looked at, and lines
to be explained."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from models import BulkLine, Household, Unit, Village
from models.bulk_list import DUE_LINES
from models.household import GONE


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many lines wait, and when the first of them is due."""

    count: int
    due_at: datetime


def checks(session: Session, until: datetime, *, village: int | None = None, town: int | None = None) -> Waiting | None:
    """The households of a village, or of all villages of a town, that are to be looked at by `until`."""
    query = (
        select(func.count(), func.min(BulkLine.due_at))
        .join(Household, Household.id == BulkLine.household_id)
        .join(Village, Village.id == Household.village_id)
        .where(DUE_LINES.predicate, BulkLine.outcome == "check", BulkLine.due_at <= until)
        .where(Household.status.not_in(GONE), Village.id == village if village is not None else Village.town_id == town)
    )
    return _of(*session.execute(query).one())


def questions(session: Session, until: datetime, unit: Unit) -> Waiting | None:
    """The lines that a town, or for those of no town the office, is to explain by `until`."""
    mine: ColumnElement[bool] = BulkLine.town_id.in_(
        select(Unit.id).where((Unit.id == unit.id) | (Unit.successor_id == unit.id))
    )
    if unit.type == "office":
        mine = BulkLine.town_id.is_(None)
    query = select(func.count(), func.min(BulkLine.due_at)).where(DUE_LINES.predicate, BulkLine.outcome == "asked")
    return _of(*session.execute(query.where(BulkLine.due_at <= until, mine)).one())


def _of(count: int, first: datetime | None) -> Waiting | None:
    return Waiting(count, first) if first is not None else None
