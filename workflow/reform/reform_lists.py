"""Reform lists: what was renamed and merged, and the names and predecessors of a unit."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import FormerName, Reform, Unit, User, Village
from workflow.actors import Actor
from workflow.county.context import CountyContext, UnitFact
from workflow.errors import NotAllowed
from workflow.reform.reform_input import ENDING


@dataclass(frozen=True, slots=True)
class ReformLine:
    """A reform with the names of what it concerned, and who entered it."""

    row: Reform
    before: tuple[str, ...]
    after: str
    by: str


@dataclass(frozen=True, slots=True)
class UnitPast:
    """A unit's former names, the units it succeeds, and its own end."""

    names: tuple[str, ...]
    succeeds: tuple[UnitFact, ...]
    successor: UnitFact | None
    ended_on: object | None


def listed(session: Session, actor: Actor) -> list[ReformLine]:
    """Every reform, the latest first.  Raises NotAllowed for the administrator, who has no part in the county's acts."""
    if actor.role == "admin":
        raise NotAllowed("reforms_not_yours")
    rows = session.execute(
        select(Reform, User.display_name).join(User, User.id == Reform.by_id).order_by(Reform.id.desc())
    ).all()
    names = {
        "unit": {row[0]: row[1] for row in session.execute(select(Unit.id, Unit.name))},
        "village": {row[0]: row[1] for row in session.execute(select(Village.id, Village.name))},
    }
    lines = []
    for row, by in rows:
        called, content = names[row.subject], row.content
        if row.kind == "rename":
            lines.append(ReformLine(row, (content["before"],), content["after"], by))
        else:
            before = tuple(called[row_id] for row_id in content["ids"])
            lines.append(ReformLine(row, before, called[content["successor_id"]], by))
    return lines


def past_of(session: Session, setting: CountyContext, unit_id: int) -> UnitPast:
    """What a unit was called, what it succeeds, and what succeeds it."""
    names = session.scalars(
        select(FormerName.name).where(FormerName.unit_id == unit_id).order_by(FormerName.id.desc())
    ).all()
    unit = setting.unit(unit_id)
    ended_on = session.scalar(select(Unit.ended_on).where(Unit.id == unit_id))
    successor = setting.unit(unit.successor_id) if unit.successor_id is not None else None
    succeeds = tuple(setting.unit(before) for before in setting.predecessors.get(unit_id, ()))
    return UnitPast(tuple(names), succeeds, successor, ended_on)


def choices(setting: CountyContext) -> Sequence[UnitFact]:
    """The units that may be renamed; those of the types in `ENDING` may also be merged."""
    return sorted(setting.living, key=lambda unit: (unit.type not in ENDING, unit.type != "bureau"))


def villages_of(session: Session, town_id: int) -> Sequence[Village]:
    """The living villages of a town."""
    query = select(Village).where(Village.town_id == town_id, Village.ended_on.is_(None))
    return session.scalars(query.order_by(Village.code)).all()
