"""List views: past lists with their counts by outcome, the lines of one, and the lines of one household or area.

A bureau sees its own lists and of each line what came of it, not whose household it is; a town the lines it answers for.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select, true
from sqlalchemy.orm import Session, aliased

from models import BulkLine, BulkList, Household, Ticket, Village
from workflow.actors import Actor
from workflow.county.context import CountyContext
from workflow.county.vault import Vault
from workflow.errors import BadInput, NotAllowed, NotFound
from workflow.register.bulk_lists.line_options import households_named
from workflow.register.bulk_lists.line_records import without_sheet, words_of
from workflow.register.bulk_lists.list_answers import may_answer
from workflow.register.bulk_lists.list_counts import (
    READERS,
    in_area,
    joined,
    open_checks,
    open_questions,
    readable,
    result_of,
)
from workflow.register.importing.place_names import Place, read_places
from workflow.tickets.visibility import masks_names, sees

#: Who is to look at households of lists.
CHECKERS = ("village", "town", "office", "leaders", "inspectorate")
_WITH_WORDS = ("bureau", "town", "office", "village")


@dataclass(slots=True)
class LineView:
    """One line for its reader.  `result`: of a check open, overdue, lapsed, met, unmet or seen, of a late question overdue,
    of a candidate the state of its ticket; household, head and ticket only where the reader may see them."""

    id: int
    list_id: int
    kind: str
    unit_id: int
    row: str
    outcome: str
    why: str
    result: str
    #: Whether the reader may open the list.
    opens: bool
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
    #: The villages that an unclear place may be.
    meant: list[Place] = field(default_factory=list)
    answers: bool = False


def _may_read(actor: Actor) -> None:
    if actor.role not in READERS:
        raise NotAllowed("lists_not_yours")


def has_any(session: Session, setting: CountyContext) -> bool:
    """Whether the scheme in force has lists of bureaus, or one came under an earlier scheme."""
    return bool(setting.scheme.bulk_lists) or session.scalar(select(BulkList.id).limit(1)) is not None


def name_for(actor: Actor, row: BulkList) -> str:
    """The name of a list's file; its number once the name is erased, and for readers of masked names: people name files after
    people."""
    return row.filename if row.filename and not masks_names(actor) else str(row.id)


def listed(session: Session, actor: Actor, before: int | None = None, limit: int = 30) -> list[BulkList]:
    """The lists that the actor reads, the latest first, below the id `before`.  Raises NotAllowed."""
    _may_read(actor)
    query = select(BulkList).order_by(BulkList.id.desc()).limit(limit)
    if actor.role == "bureau":
        query = query.where(actor.own(BulkList.unit_id))
    else:
        query = query.where(BulkList.taken_at.is_not(None))
    if actor.role == "town":
        query = query.where(select(BulkLine.id).where(BulkLine.list_id == BulkList.id, readable(actor)).exists())
    if before is not None:
        query = query.where(BulkList.id < before)
    return list(session.scalars(query))


def find_list(session: Session, actor: Actor, list_id: int) -> BulkList:
    """A list that the actor reads.  Raises NotFound, NotAllowed."""
    _may_read(actor)
    row = session.get(BulkList, list_id)
    seen = row is not None and (actor.role != "bureau" or actor.is_of(row.unit_id))
    if row is not None and seen and actor.role == "town":
        own = select(BulkLine.id).where(BulkLine.list_id == row.id, readable(actor)).limit(1)
        seen = session.scalar(own.join(BulkList, BulkList.id == BulkLine.list_id)) is not None
    if row is None or not seen or (actor.role != "bureau" and row.taken_at is None):
        raise NotFound("no_such_list")
    return row


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
    wanted = [BulkLine.list_id == list_id, BulkLine.id > after, readable(actor)]
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
    return _views(session, actor, vault, now, and_(open_checks(actor), BulkLine.id > after), limit)


def to_answer(
    session: Session, actor: Actor, vault: Vault, now: datetime, *, after: int = 0, limit: int = 50
) -> list[LineView]:
    """The questions that wait for the actor's unit, in the order in which they were asked.  Raises NotAllowed."""
    if actor.role not in ("town", "office"):
        raise NotAllowed("lists_not_yours")
    return _views(session, actor, vault, now, and_(open_questions(actor, now), BulkLine.id > after), limit)


def of_household(
    session: Session, actor: Actor, vault: Vault, now: datetime, household_id: int, limit: int = 20
) -> list[LineView]:
    """The lines that named a household, the latest first; none for a bureau, which may not learn whom its lines mean."""
    if actor.role not in CHECKERS:
        return []
    return _views(session, actor, vault, now, BulkLine.household_id == household_id, limit, latest=True)


def of_candidate(session: Session, actor: Actor, vault: Vault, now: datetime, candidate_id: int) -> list[LineView]:
    """The lines that named a candidate whose ticket the actor sees, the latest first; to a bureau its own alone."""
    own = actor.own(BulkList.unit_id) if actor.role == "bureau" else true()
    return _views(session, actor, vault, now, and_(BulkLine.candidate_id == candidate_id, own), 20, latest=True)


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
    # An open check of a merged household is its successor's: that is where somebody goes.
    open_here = case((BulkLine.settled_at.is_(None), Household.successor_id))
    home = aliased(Household)
    query = joined(
        select(
            BulkLine,
            BulkList,
            home.code,
            home.head_name,
            Village.name,
            Ticket,
            result_of(now).label("result"),
            in_area(actor).label("near"),
        ).select_from(BulkLine)
    )
    query = (
        query.outerjoin(home, home.id == func.coalesce(open_here, Household.id))
        .outerjoin(Village, Village.id == home.village_id)
        .outerjoin(Ticket, Ticket.candidate_id == BulkLine.candidate_id)
        .where(condition)
        .order_by(BulkLine.id.desc() if latest else BulkLine.id)
        .limit(limit)
    )
    views = [_view(session, actor, vault, row) for row in session.execute(query)]
    unclear = [view for view in views if view.answers and view.why == "list_village"]
    places = read_places(session) if unclear else None
    for view in unclear:
        if places is not None:
            view.meant = places.may_mean(str(view.words.get("spelt", "")), str(view.words.get("town", "")))
        view.options = households_named(session, actor, vault, view.words, [place.code for place in view.meant])
    return views


def _view(session: Session, actor: Actor, vault: Vault, found: Any) -> LineView:
    line, row, code, head, village, ticket, result, near = found
    # A household may have moved out of the town that the line named, and a candidate may be known from elsewhere.
    near = near and actor.role != "bureau"
    seen = ticket is not None and sees(actor, ticket, session)
    view = LineView(
        id=line.id,
        list_id=row.id,
        kind=row.kind,
        unit_id=row.unit_id,
        row=without_sheet(line.row) if masks_names(actor) else line.row,
        outcome=line.outcome,
        why=line.why,
        result=ticket.state if ticket is not None else result,
        opens=actor.role in READERS and (actor.role not in ("town", "bureau") or actor.is_of(_of(actor, line, row))),
        due_at=line.due_at,
        settled_at=line.settled_at,
        code=(code or "") if near else "",
        village=(village or "") if near else "",
        ticket=ticket.number if seen else "",
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


def _of(actor: Actor, line: BulkLine, row: BulkList) -> int | None:
    """The unit by which a line is a bureau's or a town's to read."""
    return row.unit_id if actor.role == "bureau" else line.town_id
