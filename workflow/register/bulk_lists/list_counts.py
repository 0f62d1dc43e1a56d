"""List counts: the lines of lists by what came of them, and what is still to be checked or answered in an area."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select, true
from sqlalchemy.orm import Session

from models import BulkLine, BulkList, Finding, Household
from models.bulk_list import DUE_LINES, OPEN_CHECKS
from models.household import GONE
from workflow.actors import Actor
from workflow.register.access import visible_area

READERS = ("bureau", "town", "office", "leaders", "inspectorate")


@dataclass(slots=True)
class ListCounts:
    """Lines of a list by what came of them: waiting to be given out; checks to be made (of them overdue), made and the
    have met, unmet or not looked at; candidates; questions (of them late); left out."""

    lines: int = 0
    waiting: int = 0
    open: int = 0
    overdue: int = 0
    met: int = 0
    unmet: int = 0
    seen: int = 0
    candidate: int = 0
    asked: int = 0
    unanswered: int = 0
    left_out: int = 0


def readable(actor: Actor) -> ColumnElement[bool]:
    """The condition that a `BulkLine` is the actor's to read, beside its list."""
    if actor.role == "bureau":
        return actor.own(BulkList.unit_id)
    if actor.role == "town":
        return BulkLine.town_id.in_((actor.own_unit_id, *actor.former_units))
    return true() if actor.role in READERS else false()


def result_of(now: datetime) -> ColumnElement[str]:
    """What came of a check; of a question that is late `overdue`; of other lines empty."""
    gone = Household.status.in_([status for status in GONE if status != "merged"])
    return case(
        (and_(BulkLine.outcome == "asked", BulkLine.due_at < now), "overdue"),
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
        name = outcome if outcome == "asked" else {"lapsed": "left_out", "": outcome}.get(said, said)
        if said == "overdue" and outcome == "asked":
            each.unanswered += n
        if name == "overdue":
            each.open += n
        setattr(each, name, getattr(each, name) + n)
    return found


@dataclass(frozen=True, slots=True)
class ToDo:
    """What lists ask of an area: how many, how many of them are late, and when the first is due."""

    count: int
    late: int
    first: datetime | None


def open_checks(actor: Actor) -> ColumnElement[bool]:
    """The condition that a line, beside its household, is an open check of the actor's area: not of a household that is gone,
    and of a merged one where its successor lives."""
    lapsed = Household.status.in_([status for status in GONE if status != "merged"])
    return and_(OPEN_CHECKS.predicate, ~lapsed, in_area(actor))


def in_area(actor: Actor) -> ColumnElement[bool]:
    """The condition that the household of a line, or the one it was merged into, lives in the actor's area."""
    return or_(visible_area(actor), Household.successor_id.in_(select(Household.id).where(visible_area(actor))))


def open_questions(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """The condition that a line is a question to the actor's unit: of a town those of its lines; of the office those of no
    town, and those that are late."""
    own: ColumnElement[bool] = false()
    if actor.role == "town":
        own = BulkLine.town_id.in_((actor.own_unit_id, *actor.former_units))
    elif actor.role == "office":
        own = or_(BulkLine.town_id.is_(None), BulkLine.due_at < now)
    return and_(DUE_LINES.predicate, BulkLine.outcome == "asked", own)


def to_check(session: Session, actor: Actor, now: datetime) -> ToDo:
    """The open checks of the actor's area."""
    query = _todo(now).join(Household, Household.id == BulkLine.household_id)
    return ToDo(*session.execute(query.where(open_checks(actor))).one())


def to_answer(session: Session, actor: Actor, now: datetime) -> ToDo:
    """The questions that wait for the actor's unit."""
    return ToDo(*session.execute(_todo(now).where(open_questions(actor, now))).one())


def _todo(now: datetime) -> Select[*tuple[Any, ...]]:
    late = func.coalesce(func.sum(case((BulkLine.due_at < now, 1), else_=0)), 0)
    return select(func.count(), late, func.min(BulkLine.due_at)).select_from(BulkLine)
