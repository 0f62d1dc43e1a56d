"""Reading the register: households and villages by code, within what the actor may see."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import Session

from models import Household, Ticket, Unit, Village
from workflow.actors import Actor
from workflow.errors import NotFound
from workflow.paging import MOST, Page, cursor_of, escaped, read_cursor
from workflow.permissions import COUNTY_WIDE, masked, masks_names, sights, visible


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
        tests: list[ColumnElement[bool]] = [
            Household.code.like(f"{pattern}%", escape="\\"),
            Village.name.like(f"%{pattern}%", escape="\\"),
        ]
        if not masks_names(actor):
            tests.append(and_(_reads_names(actor), Household.head_name.like(f"%{pattern}%", escape="\\")))
        query = query.where(or_(*tests))
    if cursor is not None:
        query = query.where(Household.code > str(read_cursor(cursor, 1)[0]))
    rows = session.execute(query.limit(limit + 1)).all()
    items = [_household_line(actor, *row) for row in rows[:limit]]
    return Page(items, cursor_of([items[-1].code]) if len(rows) > limit else None)


def find_household(session: Session, actor: Actor, code: str) -> HouseholdLine:
    """One household.  Raises NotFound."""
    row = session.execute(_households(actor).where(Household.code == code)).one_or_none()
    if row is None:
        raise NotFound("no_such_subject", "household", code=code[:64])
    return _household_line(actor, *row)


@dataclass(frozen=True, slots=True)
class VillageLine:
    """One village as a list shows it."""

    code: str
    name: str
    town: str


def list_villages(session: Session, actor: Actor) -> list[VillageLine]:
    """The villages the actor files for: its own, or those of its town."""
    rows = session.execute(_villages(actor).order_by(Village.code))
    return [VillageLine(*row) for row in rows]


def find_village(session: Session, actor: Actor, code: str) -> VillageLine:
    """One village the actor files for.  Raises NotFound."""
    row = session.execute(_villages(actor).where(Village.code == code)).one_or_none()
    if row is None:
        raise NotFound("no_such_subject", "village", code=code[:64])
    return VillageLine(*row)


def _villages(actor: Actor) -> Select[*tuple[Any, ...]]:
    query: Select[*tuple[Any, ...]] = (
        select(Village.code, Village.name, Unit.name)
        .join(Unit, Unit.id == Village.town_id)
        .where(Village.county_id == actor.county_id)
    )
    if actor.role == "village":
        return query.where(Village.id == actor.village_id)
    return query.where(Village.town_id == actor.unit_id)


def _households(actor: Actor) -> Select[*tuple[Any, ...]]:
    query: Select[*tuple[Any, ...]] = (
        select(Household, Village, Unit.name, _reads_names(actor))
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


def _reads_names(actor: Actor) -> ColumnElement[bool]:
    """Whether the actor reads a household's names: a bureau while a ticket of the household is in its hands."""
    if actor.role != "bureau":
        return true()
    held = select(Ticket.household_id).where(or_(false(), *sights(actor)), Ticket.household_id.is_not(None))
    return Household.id.in_(held)


def _household_line(
    actor: Actor, household: Household, village: Village, town: str, reads_names: bool
) -> HouseholdLine:
    name = household.head_name if reads_names and not masks_names(actor) else masked(household.head_name)
    return HouseholdLine(household.code, name, village.name, village.code, town, household.labour, household.pre_exit)
