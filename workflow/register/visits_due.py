"""Visits due: registered households not visited within the scheme's days, and haves never checked.

The counts read one narrow index of registered households; the list pages by key, longest unvisited first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, desc, exists, func, or_, select
from sqlalchemy.orm import Session

from models import Household, Member, Unit, User, Village
from models.household import CHANGED_PEOPLE, REGISTERED
from workflow.actors import Actor
from workflow.county.context import CountyContext
from workflow.errors import BadInput, NotAllowed
from workflow.paging import MOST, Page, cursor_of, read_cursor
from workflow.policy.worktime import local_date
from workflow.redaction import masked
from workflow.register.access import visible_area
from workflow.register.haves import NEVER, missing_a_checkup, of_households
from workflow.tickets.visibility import masks_names

_NEVER = date.min


@dataclass(frozen=True, slots=True)
class Due:
    """The number of households of an area or cadre, and of those due for a visit; `closed`: the cadre's account is."""

    key: str
    name: str
    households: int
    due: int
    closed: bool = False


@dataclass(frozen=True, slots=True)
class DueLine:
    """One household due for a visit; `unchecked`: the number of its haves without evidence; `place`: latitude and
    longitude in the register, in degrees."""

    code: str
    name: str
    village: str
    town: str
    status: str
    cadre: str
    cadre_closed: bool
    visited_on: date | None
    unchecked: int
    place: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class DueFilters:
    """The filters of the list: village and town by code, the responsible cadre by name.

    With `unchecked` it lists the households with a have never checked, with `changed` those whose people changed since
    the last visit; `days` overrides the scheme's.
    """

    village: str | None = None
    town: str | None = None
    cadre: str | None = None
    unchecked: bool = False
    changed: bool = False
    days: int | None = None


EVERY_DUE = DueFilters()


def due_before(setting: CountyContext, now: datetime, days: int | None = None) -> date:
    """The day before which a last visit makes a household due; `days` overrides the scheme's."""
    return local_date(now) - timedelta(days=setting.scheme.exit.visit_days if days is None else days)


def by_village(
    session: Session, actor: Actor, setting: CountyContext, now: datetime, town: str | None = None
) -> list[Due]:
    """Per village of the actor's area (or of one town's, by code): households on the register, and those due."""
    query = _count_due(actor, (Village.code, Village.name), setting, now).order_by(Village.code)
    if town:
        query = query.where(Unit.code == town)
    return [Due(*row) for row in session.execute(query)]


def by_town(session: Session, actor: Actor, setting: CountyContext, now: datetime) -> list[Due]:
    """Per town: households on the register, and those due."""
    query = _count_due(actor, (Unit.code, Unit.name), setting, now).order_by(func.min(Unit.position))
    return [Due(*row) for row in session.execute(query)]


def by_cadre(session: Session, actor: Actor, setting: CountyContext, now: datetime, limit: int = 50) -> list[Due]:
    """Per responsible cadre (包户责任人), those with most households due first; without a name: no cadre is
    recorded."""
    if masks_names(actor):
        raise NotAllowed("visits_not_yours")
    # Closed where each account of that name is closed; a name without an account is none.
    open_ones = func.max(case((User.active.is_(False), 0), else_=1))
    query = _count_due(actor, (Household.cadre_name, Household.cadre_name), setting, now)
    rows = session.execute(
        query.add_columns(open_ones)
        .outerjoin(User, User.id == Household.cadre_id)
        .order_by(desc("due"), Household.cadre_name)
        .limit(limit)
    )
    return [Due(key, name, households, due, open_one == 0) for key, name, households, due, open_one in rows]


def _count_due(actor: Actor, columns: Sequence[Any], setting: CountyContext, now: datetime) -> Select[*tuple[Any, ...]]:
    _may_ask(actor)
    late = func.sum(case((_late(due_before(setting, now)), 1), else_=0))
    return (
        select(columns[0].label("key"), columns[1].label("name"), func.count().label("households"), late.label("due"))
        .select_from(Household)
        .join(Village, Village.id == Household.village_id)
        .join(Unit, Unit.id == Village.town_id)
        .where(visible_area(actor), REGISTERED.predicate)
        .group_by(*dict.fromkeys(columns))
    )


def _late(before: date) -> ColumnElement[bool]:
    return or_(Household.visited_on.is_(None), Household.visited_on < before)


def _may_ask(actor: Actor) -> None:
    if actor.role not in ("village", "town", "office", "leaders", "inspectorate"):
        raise NotAllowed("visits_not_yours")


def list_due(
    session: Session,
    actor: Actor,
    setting: CountyContext,
    now: datetime,
    wanted: DueFilters = EVERY_DUE,
    cursor: str | None = None,
    limit: int = 30,
) -> Page[DueLine]:
    """Households due for a visit, longest unvisited first.  Raises NotAllowed or BadInput."""
    _may_ask(actor)
    limit = max(1, min(limit, MOST))
    seen = func.coalesce(Household.visited_on, _NEVER)
    query = (
        select(Household, Village.name, Unit.name, User.active)
        .join(Village, Village.id == Household.village_id)
        .join(Unit, Unit.id == Village.town_id)
        .outerjoin(User, User.id == Household.cadre_id)
        .where(visible_area(actor), REGISTERED.predicate)
        .where(_which(setting, now, wanted))
    )
    if wanted.village:
        query = query.where(Village.code == wanted.village)
    if wanted.town:
        query = query.where(Unit.code == wanted.town)
    if wanted.cadre is not None and not masks_names(actor):
        query = query.where(Household.cadre_name == wanted.cadre)
    if cursor is not None:
        query = query.where(_beyond(seen, cursor))
    rows = session.execute(query.order_by(seen, Household.id).limit(limit + 1)).all()
    states = of_households(session, setting, [row[0].id for row in rows[:limit]])
    hide = masks_names(actor)
    items = [
        DueLine(
            code=row.code,
            name=masked(row.head_name) if hide else row.head_name,
            village=village_name,
            town=town_name,
            status=row.status,
            cadre=row.cadre_name,
            cadre_closed=active is False,
            visited_on=row.visited_on,
            unchecked=sum(state.result == NEVER for state in states[row.id]),
            place=None if row.latitude is None or row.longitude is None else (row.latitude, row.longitude),
        )
        for row, village_name, town_name, active in rows[:limit]
    ]
    last = rows[limit - 1][0] if len(rows) > limit else None
    return Page(items, cursor_of([(last.visited_on or _NEVER).isoformat(), last.id]) if last else None)


def _which(setting: CountyContext, now: datetime, wanted: DueFilters) -> ColumnElement[bool]:
    if wanted.changed:
        return _changed(local_date(now))
    return missing_a_checkup(setting) if wanted.unchecked else _late(due_before(setting, now, wanted.days))


def _changed(today: date) -> ColumnElement[bool]:
    """The condition that somebody began or ended in the household since its last visit: it is to be looked at again."""
    lived = CHANGED_PEOPLE.predicate & (Member.household_id == Household.id)
    began, ended = Member.begins_on, Member.ends_on
    since = or_(
        and_(began > func.coalesce(Household.visited_on, _NEVER), began <= today),
        and_(ended > func.coalesce(Household.visited_on, _NEVER), ended <= today),
    )
    return exists().where(lived, since).correlate(Household)


def changed_count(session: Session, actor: Actor, now: datetime) -> int:
    """The number of households of the actor's area whose people changed since the last visit."""
    _may_ask(actor)
    query = (
        select(func.count())
        .select_from(Household)
        .join(Village, Village.id == Household.village_id)
        .where(visible_area(actor), REGISTERED.predicate, _changed(local_date(now)))
    )
    return int(session.scalar(query) or 0)


def _beyond(seen: Any, cursor: str) -> ColumnElement[bool]:
    day, number = read_cursor(cursor, str, int)
    try:
        when = date.fromisoformat(day)
    except (TypeError, ValueError) as error:
        raise BadInput("bad_cursor", "cursor") from error
    return or_(seen > when, and_(seen == when, Household.id > number))


def missing_counts(session: Session, actor: Actor, setting: CountyContext) -> int:
    """The number of households of the actor's area with a have never checked."""
    _may_ask(actor)
    query = (
        select(func.count())
        .select_from(Household)
        .join(Village, Village.id == Household.village_id)
        .where(visible_area(actor), REGISTERED.predicate, missing_a_checkup(setting))
    )
    return int(session.scalar(query) or 0)
