"""Household lists: lists and searches households and villages within the actor's sight."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, tuple_
from sqlalchemy.orm import Session, load_only

from models import FormerName, Household, Ticket, Unit, Village
from models.former_code import present_code
from models.household import REGISTERED, STATUSES
from workflow.actors import Actor
from workflow.errors import BadInput, NotFound
from workflow.paging import MOST, Page, cursor_of, read_cursor
from workflow.redaction import masked
from workflow.register.names import member_names
from workflow.tickets.views import search
from workflow.tickets.visibility import COUNTY_WIDE, masks_names, present, visible

#: What a line is made of: the sealed columns stay sealed, since no line shows them.
_SHOWN = (
    Household.code,
    Household.village_id,
    Household.head_name,
    Household.initials,
    Household.status,
    Household.labour,
    Household.people,
    Household.visited_on,
)


@dataclass(frozen=True, slots=True)
class HouseholdLine:
    """One household as a list shows it; `open_tickets` counts those the reader sees.

    `found_members`: of a search, the living members whose name matches where the head's does not, for readers of
    members.
    """

    code: str
    name: str
    village: str
    village_code: str
    town: str
    labour: str
    pre_exit: bool
    status: str
    people: int | None
    visited_on: date | None
    open_tickets: int
    found_members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters of a list of households.

    `village` by code or name; `status` one of the register's; `with_tickets` those with an open ticket; `not_since`
    those still on the register and not visited on that day or later.
    """

    village: str | None = None
    status: str | None = None
    with_tickets: bool = False
    not_since: date | None = None
    q: str | None = None
    by_name: bool = False


def list_households(
    session: Session,
    actor: Actor,
    village: str | None = None,
    q: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[HouseholdLine]:
    """Households by code, within the actor's sight: the village's, the town's, or the county's."""
    return search_households(session, actor, Wanted(village=village, q=q), cursor, limit)


def search_households(
    session: Session, actor: Actor, wanted: Wanted, cursor: str | None = None, limit: int = 50
) -> Page[HouseholdLine]:
    """Households within the actor's sight, by code, or by name in pinyin order for readers who may see names.

    Raises BadInput for an unknown status or cursor.
    """
    limit = max(1, min(limit, MOST))
    key: list[Any] = [Household.code]
    if wanted.by_name and not masks_names(actor):
        key = [Household.initials, Household.code]
    # The row ids from an index alone, then those few rows.
    query = select(Household.id).where(in_sight(actor), *_conditions(session, actor, wanted)).order_by(*key)
    if cursor is not None:
        last = read_cursor(cursor, *[str] * len(key))
        query = query.where(tuple_(*key) > tuple_(*last) if len(key) > 1 else key[0] > last[0])
    chosen = Household.id.in_(query.limit(limit + 1))
    rows = session.execute(_households(actor).where(chosen).order_by(*key)).all()
    more = [rows[limit - 1][0].initials, rows[limit - 1][0].code][-len(key) :] if len(rows) > limit else None
    lines = _household_lines(session, actor, rows[:limit])
    found = members_found(session, actor, wanted.q, {line.code: line.name for line in lines})
    lines = [replace(line, found_members=found.get(line.code, ())) for line in lines]
    return Page(lines, cursor_of(more) if more else None)


def members_found(
    session: Session, actor: Actor, q: str | None, heads: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """The members that a search text names, by household, so that one sees why a household or its ticket was found: of
    the households with these codes and heads in the actor's own area, where the head does not match; for readers of
    members alone.
    """
    typed = search.member_parts(search.cleaned(q)) if search.reads_members(actor) else []
    codes = [code for code, head in heads.items() if not member_names.matches(head, typed)] if typed else []
    if not codes:
        return {}
    homes = select(Household.id, Household.code).where(Household.code.in_(codes), *search.within(actor))
    known = {row[0]: row[1] for row in session.execute(homes)}
    return {known[number]: tuple(names) for number, names in member_names.matching(session, [*known], typed).items()}


def _conditions(session: Session, actor: Actor, wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.village:
        former = select(FormerName.village_id).where(FormerName.name == wanted.village)
        named = or_(Village.code == wanted.village, Village.name == wanted.village, Village.id.in_(former))
        # Under the name of a village that has ended, the households are its successor's.
        ids = session.scalars(select(func.coalesce(Village.successor_id, Village.id)).where(named)).all()
        conditions.append(Household.village_id.in_(ids))
    if wanted.status:
        if wanted.status not in STATUSES:
            raise BadInput("unknown_status", "status", status=wanted.status[:40])
        conditions.append(Household.status == wanted.status)
    if wanted.with_tickets:
        conditions.append(
            Household.id.in_(select(Ticket.household_id).where(visible(actor), Ticket.ended_at.is_(None)))
        )
    if wanted.not_since is not None:
        conditions.append(REGISTERED.predicate)
        conditions.append(or_(Household.visited_on.is_(None), Household.visited_on < wanted.not_since))
    typed = search.cleaned(wanted.q)
    if typed:
        conditions.append(search.households(session, actor, typed))
    return conditions


def find_household(session: Session, actor: Actor, code: str) -> HouseholdLine:
    """One household.  Raises NotFound."""
    row = session.execute(_households(actor).where(Household.code == present_code(code))).one_or_none()
    if row is None:
        raise NotFound("no_such_subject", "household", code=code[:64])
    return _household_lines(session, actor, [row])[0]


@dataclass(frozen=True, slots=True)
class VillageLine:
    """One village as a list shows it."""

    code: str
    name: str
    town: str


def list_villages(session: Session, actor: Actor) -> list[VillageLine]:
    """The villages the actor files for: its own, those of its town, or all for bureaus and county offices."""
    rows = session.execute(_villages(actor).where(Village.ended_on.is_(None)).order_by(Village.code))
    return [VillageLine(*row) for row in rows]


def find_village(session: Session, actor: Actor, code: str) -> VillageLine:
    """One village the actor files for.  Raises NotFound."""
    row = session.execute(_villages(actor).where(Village.code == code)).one_or_none()
    if row is None:
        raise NotFound("no_such_subject", "village", code=code[:64])
    return VillageLine(*row)


def _villages(actor: Actor) -> Select[*tuple[Any, ...]]:
    query: Select[*tuple[Any, ...]] = select(Village.code, Village.name, Unit.name).join(
        Unit, Unit.id == Village.town_id
    )
    if actor.role == "village":
        return query.where(Village.id == actor.village_id)
    if actor.role == "town":
        return query.where(Village.town_id == actor.unit_id)
    return query if actor.role in (*COUNTY_WIDE, "bureau") else query.where(false())


def _households(actor: Actor) -> Select[*tuple[Any, ...]]:
    query: Select[*tuple[Any, ...]] = (
        select(Household, Village, Unit.name)
        .join(Village, Village.id == Household.village_id)
        .join(Unit, Unit.id == Village.town_id)
        .options(load_only(*_SHOWN))
    )
    return query.where(in_sight(actor))


def codes_in_sight(session: Session, actor: Actor, codes: Collection[str]) -> frozenset[str]:
    """Those of the codes whose household the actor may open."""
    found = select(Household.code).where(Household.code.in_(codes), in_sight(actor))
    return frozenset(session.scalars(found)) if codes else frozenset()


def in_sight(actor: Actor) -> ColumnElement[bool]:
    """The condition that a `Household` row is visible to the actor: its area, or for a bureau an open ticket of it."""
    if actor.role == "bureau":
        held = select(Ticket.household_id).where(
            present(actor), Ticket.ended_at.is_(None), Ticket.household_id.is_not(None)
        )
        return Household.id.in_(held)
    return and_(*search.within(actor)) if actor.role in (*COUNTY_WIDE, "village", "town") else false()


def _household_lines(session: Session, actor: Actor, rows: Sequence[Any]) -> list[HouseholdLine]:
    ids = [household.id for household, _, _ in rows]
    counted = (
        select(Ticket.household_id, func.count())
        .where(Ticket.household_id.in_(ids), Ticket.ended_at.is_(None), visible(actor))
        .group_by(Ticket.household_id)
    )
    counts = {row[0]: row[1] for row in session.execute(counted)}
    return [
        HouseholdLine(
            code=household.code,
            name=masked(household.head_name) if masks_names(actor) else household.head_name,
            village=village.name,
            village_code=village.code,
            town=town,
            labour=household.labour,
            pre_exit=household.pre_exit,
            status=household.status,
            people=household.people,
            visited_on=household.visited_on,
            open_tickets=counts.get(household.id, 0),
        )
        for household, village, town in rows
    ]
