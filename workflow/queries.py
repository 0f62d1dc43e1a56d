"""Reading: lists page by key, never by offset, and show only what the actor may see."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from models import Custody, Household, Tenure, Ticket, Unit, Village
from workflow.actors import Actor
from workflow.county import find_unit
from workflow.errors import BadInput, NotFound
from workflow.lifecycle import STATES
from workflow.permissions import COUNTY_WIDE, masked, masks_names, visible

T = TypeVar("T")
MOST = 200


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list, and the cursor of the next, if there is one."""

    items: list[T]
    next: str | None


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


@dataclass(frozen=True, slots=True)
class HouseholdLine:
    """One household as a list shows it."""

    code: str
    name: str
    village: str
    village_code: str
    town: str
    labour: str
    pre_exit: bool


def list_tickets(
    session: Session, actor: Actor, now: datetime, filters: Filters, cursor: str | None = None, limit: int = 50
) -> Page[TicketLine]:
    """Tickets the actor may see.  Raises BadInput for an unknown state, unit or cursor."""
    limit = max(1, min(limit, MOST))
    ended = filters.state in ("closed", "withdrawn")
    town, holder = aliased(Unit), aliased(Unit)
    query: Select[*tuple[Any, ...]] = (
        select(Ticket, Household.code, Household.head_name, Village.name, town.name, holder.name, holder.name_en,
               holder.code, Tenure.rung, Tenure.accept_rung, Custody.stage)
        .outerjoin(Household, Household.id == Ticket.household_id)
        .outerjoin(Village, Village.id == Ticket.in_village_id)
        .outerjoin(town, town.id == Ticket.town_id)
        .outerjoin(holder, holder.id == Ticket.holder_unit_id)
        .outerjoin(Custody, and_(Custody.ticket_id == Ticket.id, Custody.ended_at.is_(None)))
        .outerjoin(Tenure, Tenure.id == Custody.tenure_id)
        .where(*_conditions(session, actor, now, filters))
    )  # fmt: skip
    rows = session.execute(_paged(query, ended, cursor).limit(limit + 1)).all()
    hide = masks_names(actor)
    items = [
        TicketLine(
            id=t.id,
            number=t.number,
            state=t.state,
            kind=t.kind,
            cause=t.cause,
            urgent=t.urgent,
            household_code=code,
            head_name=masked(head) if head and hide else head,
            village=village,
            town=town_name,
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
        for t, code, head, village, town_name, owner, owner_en, owner_code, rung, accept_rung, stage in rows[:limit]
    ]
    last = rows[limit - 1][0] if len(rows) > limit else None
    return Page(items, _cursor([(last.ended_at if ended else last.due_at).isoformat(), last.id]) if last else None)


def _paged(query: Select[*tuple[Any, ...]], ended: bool, cursor: str | None) -> Select[*tuple[Any, ...]]:
    key = Ticket.ended_at if ended else Ticket.due_at
    if cursor is not None:
        at, last = _read_cursor(cursor, 2)
        try:
            moment = datetime.fromisoformat(at)
        except (TypeError, ValueError) as error:
            raise BadInput("bad_cursor", "cursor") from error
        beyond = key < moment if ended else key > moment
        after = Ticket.id < int(last) if ended else Ticket.id > int(last)
        query = query.where(or_(beyond, and_(key == moment, after)))
    return query.order_by(key.desc(), Ticket.id.desc()) if ended else query.order_by(key, Ticket.id)


def _conditions(session: Session, actor: Actor, now: datetime, filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [visible(actor)]
    if filters.state is not None and filters.state not in STATES:
        raise BadInput("unknown_state", "state", state=filters.state[:40])
    if filters.state is None or filters.state not in ("closed", "withdrawn"):
        found.append(Ticket.ended_at.is_(None))
    if filters.state is not None:
        found.append(Ticket.state == filters.state)
    if filters.kind:
        found.append(Ticket.kind == filters.kind)
    if filters.owner:
        found.append(Ticket.holder_unit_id == find_unit(session, actor.county_id, filters.owner, "owner").id)
    if filters.town:
        found.append(Ticket.town_id == find_unit(session, actor.county_id, filters.town, "town").id)
    if filters.overdue is not None:
        found.append(Ticket.due_at < now if filters.overdue else Ticket.due_at >= now)
    if filters.q and filters.q.strip():
        found.append(_matches(actor, filters.q.strip()))
    return found


def _matches(actor: Actor, text: str) -> ColumnElement[bool]:
    """Ticket number, household code, village; and the head's name for those who may read it."""
    tests: list[ColumnElement[bool]] = []
    ticket_id = id_of(text)
    if ticket_id is not None:
        tests.append(Ticket.id == ticket_id)
    pattern = f"%{escaped(text)}%"
    tests.append(Household.code.like(f"{escaped(text)}%", escape="\\"))
    tests.append(Village.name.like(pattern, escape="\\"))
    if not masks_names(actor):
        tests.append(Household.head_name.like(pattern, escape="\\"))
    return or_(*tests)


def id_of(number: str) -> int | None:
    """The row id that a ticket number carries: 2018-000123 is 123."""
    head, _, tail = number.partition("-")
    if len(head) == 4 and head.isascii() and head.isdigit() and tail.isascii() and tail.isdigit() and len(tail) < 16:
        return int(tail)
    return None


def find_ticket(session: Session, actor: Actor, number: str) -> Ticket:
    """The ticket with this number, if the actor may see it.  Raises NotFound."""
    ticket_id = id_of(number)
    row = session.scalars(select(Ticket).where(Ticket.id == ticket_id, visible(actor))).one_or_none()
    if ticket_id is None or row is None or row.number != number:
        raise NotFound("no_such_ticket")
    return row


def escaped(text: str) -> str:
    """Text in which LIKE's own signs mean themselves."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _cursor(key: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def _read_cursor(cursor: str, length: int) -> list[Any]:
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise BadInput("bad_cursor", "cursor") from error
    if not isinstance(key, list) or len(key) != length or not isinstance(key[-1], int | str):
        raise BadInput("bad_cursor", "cursor")
    return key


def list_households(
    session: Session, actor: Actor, village: str | None = None, q: str | None = None, cursor: str | None = None,
    limit: int = 50,
) -> Page[HouseholdLine]:  # fmt: skip
    """Households by code, within what the actor may see: the village's, the town's, or the county's."""
    limit = max(1, min(limit, MOST))
    query = _households(actor).order_by(Household.code)
    if village:
        query = query.where(or_(Village.code == village, Village.name == village))
    if q and q.strip():
        pattern = escaped(q.strip())
        tests = [Household.code.like(f"{pattern}%", escape="\\"), Village.name.like(f"%{pattern}%", escape="\\")]
        if not masks_names(actor):
            tests.append(Household.head_name.like(f"%{pattern}%", escape="\\"))
        query = query.where(or_(*tests))
    if cursor is not None:
        query = query.where(Household.code > str(_read_cursor(cursor, 1)[0]))
    rows = session.execute(query.limit(limit + 1)).all()
    items = [_household_line(actor, *row) for row in rows[:limit]]
    return Page(items, _cursor([items[-1].code]) if len(rows) > limit else None)


def find_household(session: Session, actor: Actor, code: str) -> HouseholdLine:
    """One household.  Raises NotFound."""
    row = session.execute(_households(actor).where(Household.code == code)).one_or_none()
    if row is None:
        raise NotFound("no_such_subject", "household", code=code[:64])
    return _household_line(actor, *row)


def _households(actor: Actor) -> Select[*tuple[Any, ...]]:
    query: Select[*tuple[Any, ...]] = (
        select(Household, Village, Unit.name)
        .join(Village, Village.id == Household.village_id)
        .join(Unit, Unit.id == Village.town_id)
        .where(Household.county_id == actor.county_id)
    )
    if actor.role in COUNTY_WIDE:
        return query
    if actor.role == "village":
        return query.where(Household.village_id == actor.village_id)
    if actor.role == "town":
        return query.where(Village.town_id == actor.unit_id)
    if actor.role == "bureau":
        held = select(Ticket.household_id).where(visible(actor), Ticket.household_id.is_not(None))
        return query.where(Household.id.in_(held))
    return query.where(func.length(Household.code) < 0)


def _household_line(actor: Actor, household: Household, village: Village, town: str) -> HouseholdLine:
    name = masked(household.head_name) if masks_names(actor) else household.head_name
    return HouseholdLine(household.code, name, village.name, village.code, town, household.labour, household.pre_exit)
