"""List views: past lists with their counts by outcome, the lines of one, and the lines of one household or area.

A bureau sees its own lists and of each line what came of it, not whose household it is; a town the lines it answers for.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select, true
from sqlalchemy.orm import Session

from models import BulkLine, BulkList, Finding, Household, Ticket, Village
from models.bulk_list import OPEN_CHECKS
from models.household import GONE
from workflow.actors import Actor
from workflow.county.vault import Vault
from workflow.errors import BadInput, NotAllowed, NotFound
from workflow.register.access import visible_area
from workflow.register.bulk_lists.line_options import households_named
from workflow.register.bulk_lists.line_records import words_of
from workflow.register.bulk_lists.list_answers import may_answer

READERS = ("bureau", "town", "office", "leaders", "inspectorate")
#: Who is to look at households of lists.
CHECKERS = ("village", "town", "office", "leaders", "inspectorate")
_WITH_WORDS = ("bureau", "town", "office", "village")


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


@dataclass(slots=True)
class LineView:
    """One line for its reader.  `result`: of a check open, overdue, lapsed, met, unmet or seen, of a candidate the state of
    its ticket; household, head and ticket only where the reader may see them."""

    id: int
    list_id: int
    kind: str
    unit_id: int
    row: str
    outcome: str
    why: str
    result: str
    due_at: datetime | None
    settled_at: datetime | None
    code: str = ""
    head: str = ""
    village: str = ""
    ticket: str = ""
    said: dict[str, str] = field(default_factory=dict)
    #: While it is asked about, for whoever answers: the person, the place as written and as known.
    words: dict[str, Any] = field(default_factory=dict)
    options: list[tuple[str, str]] = field(default_factory=list)
    answers: bool = False


def _readable(actor: Actor) -> ColumnElement[bool]:
    """The condition that a `BulkLine` is the actor's to read, beside its list."""
    if actor.role == "bureau":
        return actor.own(BulkList.unit_id)
    if actor.role == "town":
        return BulkLine.town_id.in_((actor.own_unit_id, *actor.former_units))
    return true() if actor.role in READERS else false()


def _may_read(actor: Actor) -> None:
    if actor.role not in READERS:
        raise NotAllowed("lists_not_yours")


def listed(session: Session, actor: Actor, before: int | None = None, limit: int = 30) -> list[BulkList]:
    """The lists that the actor reads, the latest first, below the id `before`.  Raises NotAllowed."""
    _may_read(actor)
    query = select(BulkList).order_by(BulkList.id.desc()).limit(limit)
    if actor.role == "bureau":
        query = query.where(actor.own(BulkList.unit_id))
    else:
        query = query.where(BulkList.taken_at.is_not(None))
    if actor.role == "town":
        query = query.where(select(BulkLine.id).where(BulkLine.list_id == BulkList.id, _readable(actor)).exists())
    if before is not None:
        query = query.where(BulkList.id < before)
    return list(session.scalars(query))


def find_list(session: Session, actor: Actor, list_id: int) -> BulkList:
    """A list that the actor reads.  Raises NotFound, NotAllowed."""
    _may_read(actor)
    row = session.get(BulkList, list_id)
    seen = row is not None and (actor.role != "bureau" or actor.is_of(row.unit_id))
    if row is not None and seen and actor.role == "town":
        own = select(BulkLine.id).where(BulkLine.list_id == row.id, _readable(actor)).limit(1)
        seen = session.scalar(own.join(BulkList, BulkList.id == BulkLine.list_id)) is not None
    if row is None or not seen or (actor.role != "bureau" and row.taken_at is None):
        raise NotFound("no_such_list")
    return row


def _result(now: datetime) -> ColumnElement[str]:
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


def _joined(query: Any) -> Any:
    return (
        query.join(BulkList, BulkList.id == BulkLine.list_id)
        .outerjoin(Household, Household.id == BulkLine.household_id)
        .outerjoin(Finding, and_(Finding.checkup_id == BulkLine.checkup_id, Finding.have == BulkList.have))
    )


def counts(session: Session, actor: Actor, now: datetime, lists: Sequence[int]) -> dict[int, ListCounts]:
    """The counts of these lists, of the lines that the actor reads."""
    found = {number: ListCounts() for number in lists}
    result = _result(now).label("result")
    query = _joined(select(BulkLine.list_id, BulkLine.outcome, result, func.count()).select_from(BulkLine))
    query = query.where(BulkLine.list_id.in_(lists), _readable(actor)).group_by(
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


def lines_of(
    session: Session,
    actor: Actor,
    vault: Vault,
    now: datetime,
    list_id: int,
    *,
    outcome: str = "",
    part: tuple[int, int] = (0, 50),
) -> list[LineView]:
    """The lines of a list, of one outcome if it is given; `part`: the id behind which they begin, and how many.

    Raises NotFound, NotAllowed.
    """
    after, limit = part
    find_list(session, actor, list_id)
    wanted = [BulkLine.list_id == list_id, BulkLine.id > after, _readable(actor)]
    if outcome:
        wanted.append(BulkLine.outcome == outcome)
    return _views(session, actor, vault, now, and_(*wanted), limit)


def line_of(session: Session, actor: Actor, vault: Vault, now: datetime, line: BulkLine) -> LineView:
    """One line for a reader who has just answered it."""
    return _views(session, actor, vault, now, BulkLine.id == line.id, 1)[0]


def to_check(
    session: Session, actor: Actor, vault: Vault, now: datetime, *, after: int = 0, limit: int = 50
) -> list[LineView]:
    """The open checks of the actor's area, in the order in which they were given.  Raises NotAllowed."""
    if actor.role not in CHECKERS:
        raise NotAllowed("lists_not_yours")
    here = or_(visible_area(actor), Household.successor_id.in_(select(Household.id).where(visible_area(actor))))
    return _views(session, actor, vault, now, and_(OPEN_CHECKS.predicate, BulkLine.id > after, here), limit)


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


def of_household(
    session: Session, actor: Actor, vault: Vault, now: datetime, household_id: int, limit: int = 20
) -> list[LineView]:
    """The lines that named a household, the latest first; none for a bureau, which may not learn whom its lines mean."""
    if actor.role not in CHECKERS:
        return []
    return _views(session, actor, vault, now, BulkLine.household_id == household_id, limit, latest=True)


def _views(
    session: Session,
    actor: Actor,
    vault: Vault,
    now: datetime,
    condition: ColumnElement[bool],
    limit: int,
    *,
    latest: bool = False,
) -> list[LineView]:
    query = _joined(
        select(
            BulkLine, BulkList, Household.code, Household.head_name, Village.name, Ticket, _result(now).label("result")
        ).select_from(BulkLine)
    )
    query = (
        query.outerjoin(Village, Village.id == Household.village_id)
        .outerjoin(Ticket, Ticket.candidate_id == BulkLine.candidate_id)
        .where(condition)
        .order_by(BulkLine.id.desc() if latest else BulkLine.id)
        .limit(limit)
    )
    return [_view(session, actor, vault, row) for row in session.execute(query)]


def _view(session: Session, actor: Actor, vault: Vault, found: Any) -> LineView:
    line, row, code, head, village, ticket, result = found
    near = actor.role != "bureau"
    view = LineView(
        id=line.id,
        list_id=row.id,
        kind=row.kind,
        unit_id=row.unit_id,
        row=line.row,
        outcome=line.outcome,
        why=line.why,
        result=ticket.state if ticket is not None else result,
        due_at=line.due_at,
        settled_at=line.settled_at,
        code=(code or "") if near else "",
        village=(village or "") if near else "",
        ticket=ticket.number if ticket is not None else "",
    )
    if near and head and actor.role in ("village", "town", "office"):
        view.head = head
    try:
        words = words_of(vault, line) if actor.role in _WITH_WORDS else {}
    except BadInput:
        words = {}
    view.said = words.get("said", {})
    view.answers = line.outcome == "asked" and may_answer(actor, line)
    if view.answers:
        view.words = words
        view.options = households_named(session, actor, vault, words)
    return view
