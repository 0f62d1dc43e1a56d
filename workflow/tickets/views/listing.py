"""Ticket lists: pages by key, filtered, and limited to what the actor may see."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVarTuple

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, or_, select, union_all
from sqlalchemy.orm import Session

from models import Candidate, Custody, Household, Ticket, Village
from models.base import stated
from workflow.actors import Actor
from workflow.county.unit_names import find_unit
from workflow.errors import BadInput
from workflow.paging import MOMENT, MOST, Page, cursor_of, read_cursor
from workflow.redaction import masked
from workflow.tickets.actions.lifecycle import STATES
from workflow.tickets.lookup import id_of
from workflow.tickets.views import as_of, due_soon, reached, search
from workflow.tickets.views.line import HEAD_NAME, LINES, SUBJECT_UNIT, TOWN, TicketLine, line_of
from workflow.tickets.visibility import COUNTY_WIDE, formerly, masks_names, present, sights

_Ts = TypeVarTuple("_Ts")
_ENDED = ("closed", "withdrawn")
_FORMER = "former"
#: Above every id that a cursor can name.
_EVERY_ID = 10**18 - 1
#: How a cursor begins: by a deadline or an end, or among the tickets once held.
CURSOR = rf"{MOMENT}|{cursor_of([_FORMER])}"


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of a list; units by code, official name or alias.

    Without `state` the open tickets are listed, soonest due first; with an ended state, the latest first.
    """

    state: str | None = None
    kind: str | None = None
    owner: str | None = None
    town: str | None = None
    overdue: bool | None = None
    q: str | None = None
    source: str | None = None
    #: Only tickets that become overdue from now up to this moment (`due_soon.horizon`).
    until: datetime | None = None
    #: Only tickets filed in this role, `village` or `town`.
    filed_as: str | None = None
    #: Only tickets that reached this rung of the ladder in their present custody.
    rung: int | None = None


def list_tickets(
    session: Session, actor: Actor, now: datetime, filters: Filters, cursor: str | None = None, limit: int = 50
) -> Page[TicketLine]:
    """Tickets the actor may see.  Raises BadInput for an unknown state, unit or cursor.

    After the tickets seen to the present come the formerly held ones, each as of its exit, the latest first: in an
    order and under filters that reveal nothing of their present state.
    """
    limit = max(1, min(limit, MOST))
    before = _former_before(cursor)
    if before is not None:
        return _with_former(session, actor, filters, [], before, limit)
    ended = filters.state in _ENDED
    query = LINES.where(Ticket.id.in_(_matching_tickets(session, actor, now, filters, cursor, limit + 1)))
    rows = session.execute(_ordered(query, ended).limit(limit + 1)).all()
    items = [line_of(actor, now, row) for row in rows[:limit]]
    if len(rows) <= limit:
        return _with_former(session, actor, filters, items, _EVERY_ID, limit)
    last = items[-1]
    at = last.ended_at if ended else last.due_at
    return Page(items, cursor_of([stated(at), last.id]))


def lines(session: Session, actor: Actor, now: datetime, *conditions: ColumnElement[bool]) -> list[TicketLine]:
    """The tickets under these conditions that the actor sees to the present, in order of filing; at most MOST."""
    query = LINES.where(*conditions, present(actor)).order_by(Ticket.id).limit(MOST)
    return [line_of(actor, now, row) for row in session.execute(query)]


def _former_before(cursor: str | None) -> int | None:
    """The position of a cursor among the formerly held tickets; None for any other cursor."""
    if cursor is None or not cursor.startswith(cursor_of([_FORMER])):
        return None
    _, before = read_cursor(cursor, str, int)
    return int(before)


def _with_former(
    session: Session, actor: Actor, filters: Filters, items: list[TicketLine], before: int, limit: int
) -> Page[TicketLine]:
    """The page filled up with formerly held tickets with ids below `before`."""
    room = limit - len(items)
    if actor.role not in ("town", "bureau") or (
        filters.state,
        filters.kind,
        filters.owner,
        filters.overdue,
        filters.until,
        filters.source,
        filters.rung,
    ) != (None, None, None, None, None, None, None):
        # Such a filter concerns the present state.
        return Page(items, None)
    query = (
        select(
            Ticket.id,
            Household.code,
            HEAD_NAME,
            Village.name,
            TOWN.name,
            SUBJECT_UNIT.name,
            SUBJECT_UNIT.name_en,
        )
        .outerjoin(Household, Household.id == Ticket.household_id)
        .outerjoin(Candidate, Candidate.id == Ticket.candidate_id)
        .outerjoin(Village, Village.id == Ticket.in_village_id)
        .outerjoin(TOWN, TOWN.id == Ticket.town_id)
        .outerjoin(SUBJECT_UNIT, SUBJECT_UNIT.id == Ticket.subject_unit_id)
        .where(formerly(actor), Ticket.id < before)
    )
    if filters.town:
        query = query.where(Ticket.town_id == find_unit(session, filters.town, "town").id)
    text = search.cleaned(filters.q)
    if text:
        query = query.where(_matches(session, actor, text, names=False))
    rows = session.execute(query.order_by(Ticket.id.desc()).limit(room + 1)).all()
    ends = session.execute(
        select(Custody.ticket_id, func.max(Custody.ended_at))
        .where(actor.own(Custody.unit_id), Custody.ticket_id.in_([row[0] for row in rows[:room]]))
        .group_by(Custody.ticket_id)
    )
    cuts: dict[int, datetime] = {row[0]: row[1] for row in ends if row[1] is not None}
    was = as_of.tickets_as_of(session, cuts)
    items += [_former_line(was[row[0]].ticket, row, cuts[row[0]]) for row in rows[:room]]
    if len(rows) <= room:
        return Page(items, None)
    return Page(items, cursor_of([_FORMER, rows[room - 1][0] if room else before]))


def _former_line(ticket: Ticket, row: Row[int, str, str, str, str, str, str], cut: datetime) -> TicketLine:
    """A formerly held ticket as it was at the unit's exit, with the name masked and without its present holder."""
    _, household, head, village, town, about, about_en = row
    return TicketLine(
        id=ticket.id,
        number=ticket.number,
        state=ticket.state,
        kind=ticket.kind,
        cause=ticket.cause,
        urgent=ticket.urgent,
        household_code=household,
        head_name=masked(head) if head else None,
        village=village,
        town=town,
        owner=None,
        owner_en=None,
        owner_code=None,
        due_at=None,
        ended_at=None,
        rung=0,
        version=ticket.version,
        filed_at=ticket.filed_at,
        overdue=False,
        cut_at=cut,
        subject_unit=about,
        subject_unit_en=about_en,
    )


def _matching_tickets(
    session: Session, actor: Actor, now: datetime, filters: Filters, cursor: str | None, limit: int
) -> Select[int]:
    """The ids of one page: the first ones of each way the actor may see tickets, each read along its own index.

    A single condition with OR would make the database collect all of them before sorting.
    """
    ended = filters.state in _ENDED
    conditions, sights_ = _conditions(session, actor, now, filters, cursor)
    ways = [_ordered(select(Ticket.id).where(sight, *conditions), ended).limit(limit).subquery() for sight in sights_]
    if not ways:
        return select(Ticket.id).where(false())
    if len(ways) == 1:
        return select(ways[0].c.id)
    return select(union_all(*(select(way.c.id) for way in ways)).subquery().c.id)


def _ordered(query: Select[*_Ts], ended: bool) -> Select[*_Ts]:
    if ended:
        return query.order_by(Ticket.ended_at.desc(), Ticket.id.desc())
    return query.order_by(Ticket.due_at, Ticket.id)


def _conditions(
    session: Session, actor: Actor, now: datetime, filters: Filters, cursor: str | None
) -> tuple[list[ColumnElement[bool]], tuple[ColumnElement[bool], ...]]:
    """The conditions of every ticket of the page, and the ways to search for them."""
    if filters.state is not None and filters.state not in STATES:
        raise BadInput("unknown_state", "state", state=filters.state[:40])
    ended, ways = filters.state in _ENDED, sights(actor)
    conditions: list[ColumnElement[bool]] = [Ticket.state == filters.state] if filters.state else []
    if not ended:
        conditions.append(Ticket.ended_at.is_(None))
    if filters.kind:
        conditions.append(Ticket.kind == filters.kind)
    if filters.source:
        conditions.append(Ticket.source == filters.source)
    for text, field, column in (
        (filters.owner, "owner", Ticket.holder_unit_id),
        (filters.town, "town", Ticket.town_id),
    ):
        if text:
            unit = find_unit(session, text, field).id
            conditions.append(column == unit)
            # A village's users belong to their town, but see their village alone.
            own = unit == actor.unit_id and actor.role != "village"
            if actor.role in COUNTY_WIDE or (own and field == "owner"):
                # The actor sees everything this unit holds or this town has, so one narrow way is enough.
                ways = (column == unit,)
    if filters.overdue is not None:
        conditions.append(Ticket.due_at < now if filters.overdue else Ticket.due_at >= now)
    if filters.until is not None:
        conditions.append(due_soon.soon(now, filters.until))
    if filters.filed_as is not None:
        conditions.append(Ticket.filed_as == filters.filed_as)
    if filters.rung is not None:
        conditions.append(reached.rung(filters.rung))
    text = search.cleaned(filters.q)
    if text:
        conditions.append(_matches(session, actor, text, names=not masks_names(actor)))
    if cursor is not None:
        conditions.append(_beyond(cursor, ended))
    return conditions, ways


def _beyond(cursor: str, ended: bool) -> ColumnElement[bool]:
    moment, number = read_cursor(cursor, datetime, int)
    if ended:
        return and_(Ticket.ended_at <= moment, or_(Ticket.ended_at < moment, Ticket.id < number))
    return and_(Ticket.due_at >= moment, or_(Ticket.due_at > moment, Ticket.id > number))


def _matches(session: Session, actor: Actor, text: str, *, names: bool) -> ColumnElement[bool]:
    """Ticket number, household code, village; with `names` the head's name too, as written or in pinyin, and for readers
    of members that of a living member."""
    ticket_id = id_of(text)
    if ticket_id is not None:
        return Ticket.id == ticket_id

    def of(*tests: ColumnElement[bool]) -> ColumnElement[bool]:
        return Ticket.household_id.in_(select(Household.id).where(*search.within(actor), or_(*tests)))

    tests = [of(*search.coded(text))]
    part = search.number_part(text)
    if part is not None:
        tests.append(Ticket.id == part)
    called = search.named(text) if names else []
    if called:
        tests.append(of(*called, *(search.with_member(text) if search.reads_members(actor) else ())))
        reported = select(Candidate.id).where(or_(*search.named(text, Candidate)))
        tests.append(Ticket.candidate_id.in_(reported))
    villages = search.villages(session, actor, text)
    if villages:
        tests.append(Ticket.in_village_id.in_(villages))
    return or_(*tests)
