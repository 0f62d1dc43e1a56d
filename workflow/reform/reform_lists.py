"""Reform lists: what was renamed and merged, and the names and predecessors of a unit."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import FormerName, PlannedReform, Reform, Unit, User, Village
from workflow.actors import Actor
from workflow.county.context import CountyContext, UnitFact
from workflow.errors import NotAllowed
from workflow.reform.reform_input import DIVIDED


@dataclass(frozen=True, slots=True)
class ReformLine:
    """A reform with the names of what it concerned and of what succeeds it, and who entered it."""

    row: Reform
    before: tuple[str, ...]
    after: tuple[str, ...]
    by: str


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """A reform that waits for its day, was withdrawn or could not be applied, in the same way."""

    row: PlannedReform
    before: tuple[str, ...]
    after: tuple[str, ...]
    by: str


@dataclass(frozen=True, slots=True)
class UnitPast:
    """A unit's former names, the units it succeeds, and its own end with its successors."""

    names: tuple[str, ...]
    succeeds: tuple[UnitFact, ...]
    successors: tuple[UnitFact, ...]
    ended_on: object | None


def listed(session: Session, actor: Actor) -> list[ReformLine]:
    """Every reform, the latest first.  Raises NotAllowed for the administrator, who has no part in the county's acts."""
    if actor.role == "admin":
        raise NotAllowed("reforms_not_yours")
    rows = session.execute(
        select(Reform, User.display_name).join(User, User.id == Reform.by_id).order_by(Reform.id.desc())
    ).all()
    units = {row[0]: row[1] for row in session.execute(select(Unit.id, Unit.name))}
    villages = {row[0]: row[1] for row in session.execute(select(Village.id, Village.name))}
    called = {"unit": units, "village": villages}
    lines = []
    for row, by in rows:
        names, content = called[row.subject], row.content
        before: tuple[str, ...]
        after: tuple[str, ...]
        if row.kind == "rename":
            before, after = (content["before"],), (content["after"],)
        elif row.kind == "move":
            before, after = tuple(names[village] for village in content["moved_ids"]), (units[content["town_id"]],)
        elif "ids" not in content:
            before, after = (names[content["id"]],), (names[content["house_id"]],)
        else:
            before = tuple(names[row_id] for row_id in content["ids"])
            heirs = [part["successor_id"] for part in content.get("parts", ())] or [content["successor_id"]]
            after = tuple(names[heir] for heir in heirs)
        lines.append(ReformLine(row, before, after, by))
    return lines


def planned(session: Session, actor: Actor) -> list[PlannedLine]:
    """The reforms that were entered before their day and are not applied: those that wait first, by day.

    Raises NotAllowed for the administrator.
    """
    if actor.role == "admin":
        raise NotAllowed("reforms_not_yours")
    rows = session.execute(
        select(PlannedReform, User.display_name)
        .join(User, User.id == PlannedReform.by_id)
        .where(PlannedReform.state != "applied")
        .order_by(PlannedReform.state != "waiting", PlannedReform.from_day, PlannedReform.id)
    ).all()
    units = {row[0]: row[1] for row in session.execute(select(Unit.code, Unit.name))}
    called = {**units, **{row[0]: row[1] for row in session.execute(select(Village.code, Village.name))}}
    lines = []
    for row, by in rows:
        content = row.content
        parts = content.get("parts") or [content]
        after = tuple(called[part["into"]] if part["into"] else part["name"] for part in parts)
        lines.append(PlannedLine(row, tuple(called[code] for code in content["sources"]), after, by))
    return lines


def past_of(session: Session, setting: CountyContext, unit_id: int) -> UnitPast:
    """What a unit was called, what it succeeds, and what succeeds it."""
    names = session.scalars(
        select(FormerName.name).where(FormerName.unit_id == unit_id).order_by(FormerName.id.desc())
    ).all()
    unit = setting.unit(unit_id)
    ended_on = session.scalar(select(Unit.ended_on).where(Unit.id == unit_id))
    successors = setting.successors(unit_id) if unit.successor_id is not None else ()
    succeeds = tuple(setting.unit(before) for before in setting.predecessors.get(unit_id, ()))
    return UnitPast(tuple(names), succeeds, successors, ended_on)


def choices(setting: CountyContext) -> Sequence[UnitFact]:
    """The units that may be renamed or merged: bureaus, then towns, then the others."""
    return sorted(setting.living, key=lambda unit: (unit.type not in DIVIDED, unit.type != "bureau"))


def villages_of(session: Session, town_id: int) -> Sequence[Village]:
    """The living villages of a town."""
    query = select(Village).where(Village.town_id == town_id, Village.ended_on.is_(None))
    return session.scalars(query.order_by(Village.code)).all()
