"""Reading: lists page by key, never by offset, and show only what the actor may see."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from models import Custody, Household, Tenure, Ticket, Unit, Village
from workflow import search
from workflow.actors import Actor
from workflow.county import find_unit
from workflow.errors import BadInput, NotFound
from workflow.lifecycle import STATES
from workflow.paging import MOST, Page, cursor_of, read_cursor
from workflow.permissions import COUNTY_WIDE, masked, masks_names, present, sights, visible
from workflow.search import id_of

_Ts = TypeVarTuple("_Ts")
_ENDED = ("closed", "withdrawn")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of tickets is narrowed to; units by code, official name or alias.

    Without `state` the open tickets are listed, soonest due first; with an ended state, the latest first.
    """

    state: str | None = None
    kind: str | None = None
    owner: str | None = None
    town: str | None = None
    overdue: bool | None = None
    q: str | None = None


@dataclass(frozen=True, slots=True)
class TicketLine:
    """One line of the list."""

    id: int
    number: str
    state: str
    kind: str
    cause: str
    urgent: bool
    household_code: str | None
    head_name: str | None
    village: str | None
    town: str | None
    owner: str | None
    owner_en: str | None
    owner_code: str | None
    due_at: datetime | None
    ended_at: datetime | None
    rung: int
    version: int
    filed_at: datetime
    overdue: bool


def list_tickets(
    session: Session, actor: Actor, now: datetime, filters: Filters, cursor: str | None = None, limit: int = 50
) -> Page[TicketLine]:
    """Tickets the actor may see.  Raises BadInput for an unknown state, unit or cursor."""
    limit = max(1, min(limit, MOST))
    ended = filters.state in _ENDED
    found = _found(session, actor, now, filters, cursor, limit + 1)
    rows = session.execute(_ordered(_rows(actor).where(Ticket.id.in_(found)), ended).limit(limit + 1)).all()
    items = [_line(actor, now, row) for row in rows[:limit]]
    last = rows[limit - 1][0] if len(rows) > limit else None
    return Page(items, cursor_of([(last.ended_at if ended else last.due_at).isoformat(), last.id]) if last else None)


def lines(session: Session, actor: Actor, now: datetime, *conditions: ColumnElement[bool]) -> list[TicketLine]:
    """The tickets for which the conditions hold and which the actor may see, in the order they were filed: at most
    MOST of them."""
    query = _rows(actor).where(*conditions, visible(actor)).order_by(Ticket.id).limit(MOST)
    return [_line(actor, now, row) for row in session.execute(query)]


def _rows(actor: Actor) -> Select[*tuple[Any, ...]]:
    town, holder = aliased(Unit), aliased(Unit)
    query: Select[*tuple[Any, ...]] = (
        select(Ticket, Household.code, Household.head_name, Village.name, town.name, holder.name, holder.name_en,
               holder.code, Tenure.rung, Tenure.accept_rung, Custody.stage, present(actor))
        .outerjoin(Household, Household.id == Ticket.household_id)
        .outerjoin(Village, Village.id == Ticket.in_village_id)
        .outerjoin(town, town.id == Ticket.town_id)
        .outerjoin(holder, holder.id == Ticket.holder_unit_id)
        .outerjoin(Custody, and_(Custody.ticket_id == Ticket.id, Custody.ended_at.is_(None)))
        .outerjoin(Tenure, Tenure.id == Custody.tenure_id)
    )  # fmt: skip
    return query


def _line(actor: Actor, now: datetime, row: Any) -> TicketLine:
    t, code, head, village, town, owner, owner_en, owner_code, rung, accept_rung, stage, here = row
    return TicketLine(
        id=t.id,
        number=t.number,
        state=t.state,
        kind=t.kind,
        cause=t.cause,
        urgent=t.urgent,
        household_code=code,
        head_name=masked(head) if head and masks_names(actor, former=not here) else head,
        village=village,
        town=town,
        owner=owner,
        owner_en=owner_en,
        owner_code=owner_code,
        due_at=t.due_at,
        ended_at=t.ended_at,
        rung=(accept_rung if stage == "accept" else rung) or 0,
        version=t.version,
        filed_at=t.filed_at,
        overdue=t.due_at is not None and t.due_at < now,
    )


def _found(
    session: Session, actor: Actor, now: datetime, filters: Filters, cursor: str | None, limit: int
) -> Select[int]:
    """The ids of one page: of each way the actor may see tickets the first of the page, each walked along its own index.

    One condition with OR would make the database gather all of them before it could sort.
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
    """What every ticket of the page fulfils, and the ways to look for them."""
    if filters.state is not None and filters.state not in STATES:
        raise BadInput("unknown_state", "state", state=filters.state[:40])
    ended, ways = filters.state in _ENDED, sights(actor)
    found: list[ColumnElement[bool]] = [Ticket.state == filters.state] if filters.state else []
    if not ended:
        found.append(Ticket.ended_at.is_(None))
    if filters.kind:
        found.append(Ticket.kind == filters.kind)
    for text, field, column in (
        (filters.owner, "owner", Ticket.holder_unit_id),
        (filters.town, "town", Ticket.town_id),
    ):
        if text:
            unit = find_unit(session, actor.county_id, text, field).id
            found.append(column == unit)
            if actor.role in COUNTY_WIDE or (unit == actor.unit_id and field == "owner"):
                # All that this unit holds, or this town has, is the actor's to see: one narrow way will do.
                ways = (column == unit,)
    if filters.overdue is not None:
        found.append(Ticket.due_at < now if filters.overdue else Ticket.due_at >= now)
    text = search.cleaned(filters.q)
    if text:
        found.append(_matches(session, actor, text))
    if cursor is not None:
        found.append(_beyond(cursor, ended))
    return found, ways


def _beyond(cursor: str, ended: bool) -> ColumnElement[bool]:
    at, last = read_cursor(cursor, 2)
    try:
        moment, number = datetime.fromisoformat(at), int(last)
    except (TypeError, ValueError) as error:
        raise BadInput("bad_cursor", "cursor") from error
    if ended:
        return and_(Ticket.ended_at <= moment, or_(Ticket.ended_at < moment, Ticket.id < number))
    return and_(Ticket.due_at >= moment, or_(Ticket.due_at > moment, Ticket.id > number))


def _matches(session: Session, actor: Actor, text: str) -> ColumnElement[bool]:
    """Ticket number, household code, village; and the head's name, as written or in pinyin, for who may read it."""
    ticket_id = id_of(text)
    if ticket_id is not None:
        return Ticket.id == ticket_id

    def of(*tests: ColumnElement[bool]) -> ColumnElement[bool]:
        return Ticket.household_id.in_(select(Household.id).where(*search.within(actor), or_(*tests)))

    tests = [of(*(search.starts(Household.code, code) for code in sorted({text, text.upper()})))]
    names = [] if masks_names(actor) else search.named(text)
    if names:
        # A former holder reads names masked, so they find nothing for it either.
        tests.append(and_(of(*names), present(actor)) if actor.role in ("town", "bureau") else of(*names))
    villages = search.villages(session, actor, text)
    if villages:
        tests.append(Ticket.in_village_id.in_(villages))
    return or_(*tests)


def find_ticket(session: Session, actor: Actor, number: str) -> Ticket:
    """The ticket with this number, if the actor may see it.  Raises NotFound."""
    ticket_id = id_of(number)
    row = session.scalars(select(Ticket).where(Ticket.id == ticket_id, visible(actor))).one_or_none()
    if ticket_id is None or row is None or row.number != number:
        raise NotFound("no_such_ticket")
    return row
