"""List counts: the lines of lists by what came of them, and the checks of an area that are still to be made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, select, true
from sqlalchemy.orm import Session

from models import BulkLine, BulkList, Finding, Household
from models.bulk_list import OPEN_CHECKS
from models.household import GONE
from workflow.actors import Actor
from workflow.register.access import visible_area

READERS = ("bureau", "town", "office", "leaders", "inspectorate")


@dataclass(slots=True)
class ListCounts:
    """Lines of a list by what came of them: checks to be made (of them overdue), made and the have met, unmet or not
    looked at; candidates; questions; left out."""

    lines: int = 0
    open: int = 0
    overdue: int = 0
    met: int = 0
    unmet: int = 0
    seen: int = 0
    candidate: int = 0
    asked: int = 0
    left_out: int = 0


def readable(actor: Actor) -> ColumnElement[bool]:
    """The condition that a `BulkLine` is the actor's to read, beside its list."""
    if actor.role == "bureau":
        return actor.own(BulkList.unit_id)
    if actor.role == "town":
        return BulkLine.town_id.in_((actor.own_unit_id, *actor.former_units))
    return true() if actor.role in READERS else false()


def result_of(now: datetime) -> ColumnElement[str]:
    """What came of a check; of other lines empty."""
    gone = Household.status.in_([status for status in GONE if status != "merged"])
    return case(
        (BulkLine.outcome != "check", ""),
        (and_(BulkLine.settled_at.is_(None), gone), "lapsed"),
        (and_(BulkLine.settled_at.is_(None), BulkLine.due_at < now), "overdue"),
        (BulkLine.settled_at.is_(None), "open"),
        (Finding.result == "met", "met"),
        (Finding.result == "unmet", "unmet"),
        else_="seen",
    )


def joined(query: Any) -> Any:
    """A query of lines with their list, household, and what the checkup found of the list's have."""
    return (
        query.join(BulkList, BulkList.id == BulkLine.list_id)
        .outerjoin(Household, Household.id == BulkLine.household_id)
        .outerjoin(Finding, and_(Finding.checkup_id == BulkLine.checkup_id, Finding.have == BulkList.have))
    )


def counts(session: Session, actor: Actor, now: datetime, lists: Sequence[int]) -> dict[int, ListCounts]:
    """The counts of these lists, of the lines that the actor reads."""
    found = {number: ListCounts() for number in lists}
    result = result_of(now).label("result")
    query = joined(select(BulkLine.list_id, BulkLine.outcome, result, func.count()).select_from(BulkLine))
    query = query.where(BulkLine.list_id.in_(lists), readable(actor)).group_by(
        BulkLine.list_id, BulkLine.outcome, result
    )
    for list_id, outcome, said, n in session.execute(query):
        each = found[list_id]
        each.lines += n
        name = {"lapsed": "left_out", "": outcome}.get(said, said)
        if name == "overdue":
            each.open += n
        setattr(each, name, getattr(each, name) + n)
    return found


def count_to_check(session: Session, actor: Actor, now: datetime) -> tuple[int, int]:
    """How many open checks the actor's area has, and how many of them are overdue."""
    late = func.sum(case((BulkLine.due_at < now, 1), else_=0))
    query = (
        select(func.count(), late)
        .select_from(BulkLine)
        .join(Household, Household.id == BulkLine.household_id)
        .where(OPEN_CHECKS.predicate, visible_area(actor))
    )
    total, overdue = session.execute(query).one()
    return total, overdue or 0
