"""Ticket lists: pages by key, filtered, and limited to what the actor may see."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, select, union_all
from sqlalchemy.orm import Session

from models import Candidate, Custody, Household, Tenure, Ticket, Village
from workflow.actors import Actor
from workflow.county.unit_names import find_unit
from workflow.paging import MOMENT, MOST, Page, cursor_of, read_cursor
from workflow.redaction import masked
from workflow.tickets.views import as_of, search
from workflow.tickets.views.line import HEAD_NAME, LINES, SUBJECT_UNIT, TOWN, TicketLine, line_of
from workflow.tickets.views.listing_filters import Filters, conditions_of, matches
from workflow.tickets.views.listing_order import Order, order_of
from workflow.tickets.visibility import COUNTY_WIDE, formerly, present

__all__ = ["CURSOR", "Filters", "cursor_behind", "lines", "list_tickets"]
_FORMER = "former"
#: Above every id that a cursor can name.
_EVERY_ID = 10**18 - 1
#: How a cursor begins: by a deadline or an end, or among the tickets once held.
CURSOR = rf"{MOMENT}|{cursor_of([_FORMER])}"


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
    order = order_asked(actor, filters)
    query = LINES.where(Ticket.id.in_(_matching_tickets(session, actor, now, filters, order, cursor, limit + 1)))
    rows = session.execute(order.sorted(query).limit(limit + 1)).all()
    items = [line_of(actor, now, row) for row in rows[:limit]]
    if len(rows) <= limit:
        return _with_former(session, actor, filters, items, _EVERY_ID, limit)
    return Page(items, order.cursor_after(items[-1]))


def cursor_behind(session: Session, actor: Actor, now: datetime, filters: Filters, ticket: int) -> str | None:
    """The cursor of the page that begins behind a ticket in this list; None where the ticket has no place in it.

    Raises BadInput as `list_tickets`.
    """
    order = order_asked(actor, filters)
    line = next(iter(lines(session, actor, now, Ticket.id == ticket)), None)
    if line is None or (line.ended_at is None) == filters.ended:
        return None
    return order.cursor_after(line)


def first_ids(session: Session, actor: Actor, now: datetime, filters: Filters, limit: int) -> Select[int]:
    """The statement that reads the ids of at most `limit` tickets of this list, each once, in no order; formerly held ones are
    left out.  Raises BadInput."""
    asked = replace(filters, sort=None)
    ids = _matching_tickets(session, actor, now, asked, order_asked(actor, asked), None, limit)
    return select(ids.subquery().c.id).distinct().limit(limit)


def order_asked(actor: Actor, filters: Filters) -> Order:
    """The order of this list.  Raises BadInput for an unknown order and for one that this list does not have."""
    narrowed = bool(filters.owner or filters.town)
    return order_of(actor, filters.sort, ended=filters.ended, narrowed=narrowed)


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
    if actor.role not in ("town", "bureau") or replace(filters, town=None, q=None, sort=None) != Filters():
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
        query = query.where(matches(session, actor, text, names=False))
    rows = session.execute(query.order_by(Ticket.id.desc()).limit(room + 1)).all()
    if not rows:
        return Page(items, None)
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
        town_id=ticket.town_id,
        subject_unit=about,
        subject_unit_en=about_en,
    )


def _matching_tickets(
    session: Session, actor: Actor, now: datetime, filters: Filters, order: Order, cursor: str | None, limit: int
) -> Select[int]:
    """The ids of one page: the first ones of each way the actor may see tickets, each read along its own index.

    A single condition with OR would make the database collect all of them before sorting.
    """
    conditions, sights_ = conditions_of(session, actor, now, filters)
    key = order.key_in(cursor) if cursor is not None else None
    ways = []
    for way in order.ways(sights_, county=actor.role in COUNTY_WIDE and not (filters.owner or filters.town)):
        query = select(Ticket.id).where(way.sight, *conditions)
        if order.of_custody:
            query = query.join(Custody, and_(Custody.ticket_id == Ticket.id, Custody.ended_at.is_(None)))
            query = query.join(Tenure, Tenure.id == Custody.tenure_id)
        if key is not None:
            query = query.where(order.after(way.key, key))
        ways.append(order.sorted(query, way.columns).limit(limit).subquery())
    if not ways:
        return select(Ticket.id).where(false())
    if len(ways) == 1:
        return select(ways[0].c.id)
    return select(union_all(*(select(way.c.id) for way in ways)).subquery().c.id)
