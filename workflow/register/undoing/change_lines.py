"""Change lines: what an import changed, household by household, before and after, for its readers.

Numbers are shown masked, as everywhere; the sealed ones are left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Event, ImportChange, User, Village
from workflow.actors import Actor
from workflow.county.vault import Vault
from workflow.policy.counted_people import never_counted
from workflow.policy.worktime import local_date
from workflow.register.importing.import_lifecycle import find
from workflow.register.undoing.built_on import Kept, Obstacle, obstacles, read_lot

#: Columns that are shown by another one, or are only for search.
_UNSHOWN = ("initials", "phone_sealed", "phone_index", "id_sealed", "id_index", "cadre_id", "position", "born_exact")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One column before and after; `person` is the member's name, empty for the household itself."""

    name: str
    before: Any
    after: Any
    person: str = ""


@dataclass(slots=True)
class ChangeLine:
    """What an import did to one household.  `obstacle`: why it would stay if the import were undone."""

    id: int
    row: str
    at: datetime
    code: str
    head: str
    village: str
    new: bool
    fields: list[FieldChange] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    kept: bool = True
    undone_at: datetime | None = None
    undone_by: str | None = None
    obstacle: Obstacle | None = None


@dataclass(frozen=True, slots=True)
class ChangeCounts:
    """How many households an import entered and changed, and how many of these are undone."""

    new: int
    changed: int
    undone: int

    @property
    def standing(self) -> int:
        return self.new + self.changed - self.undone


def counts(session: Session, import_id: int) -> ChangeCounts:
    """The changes of an import, over all its applications."""
    query = (
        select(func.count(), func.count().filter(Event.seq == 1), func.count(ImportChange.undone_id))
        .select_from(ImportChange)
        .join(Event, Event.id == ImportChange.event_id)
        .where(ImportChange.import_id == import_id)
    )
    total, new, undone = session.execute(query).one()
    return ChangeCounts(new, total - new, undone)


def has_any(session: Session, import_id: int) -> bool:
    """Whether what the import changed is kept."""
    return session.scalar(select(ImportChange.id).where(ImportChange.import_id == import_id).limit(1)) is not None


def lines(
    session: Session, actor: Actor, vault: Vault, import_id: int, after: int = 0, limit: int = 50
) -> list[ChangeLine]:
    """The changes of an import behind the one with the id `after`.  Raises NotFound, NotAllowed."""
    find(session, actor, import_id)
    query = select(ImportChange).where(ImportChange.import_id == import_id, ImportChange.id > after)
    changes = session.scalars(query.order_by(ImportChange.id).limit(limit)).all()
    kept = read_lot(session, changes)
    standing = [each for each in kept if each.change.undone_id is None]
    why = dict(zip((each.change.id for each in standing), obstacles(session, vault, standing), strict=True))
    villages = _villages(session, {each.home.village_id for each in kept})
    undone = _undoings(session, [row.undone_id for row in changes if row.undone_id is not None])
    return [_line(each, villages, undone, why.get(each.change.id)) for each in kept]


def _villages(session: Session, ids: set[int]) -> dict[int, str]:
    return {row.id: row.name for row in session.execute(select(Village.id, Village.name).where(Village.id.in_(ids)))}


def _undoings(session: Session, ids: Sequence[int]) -> dict[int, tuple[datetime, str | None]]:
    query = select(Event.id, Event.at, User.display_name).outerjoin(User, User.id == Event.actor_id)
    return {row[0]: (row[1], row[2]) for row in session.execute(query.where(Event.id.in_(ids)))}


def _line(
    each: Kept,
    villages: dict[int, str],
    undone: dict[int, tuple[datetime, str | None]],
    obstacle: Obstacle | None,
) -> ChangeLine:
    home, body = each.home, each.body or {}
    names = {row.id: row.name for row in each.members}
    fields = [
        FieldChange(name, pair[0], pair[1]) for name, pair in body.get("household", {}).items() if name not in _UNSHOWN
    ]
    for member, pairs in body.get("people", {}).items():
        name = names.get(int(member), "")
        fields += [
            FieldChange(column, pair[0], pair[1], name) for column, pair in pairs.items() if column not in _UNSHOWN
        ]
    at, by = undone.get(each.change.undone_id or 0, (None, None))
    return ChangeLine(
        id=each.change.id,
        row=each.change.row,
        at=each.event.at,
        code=home.code,
        head=home.head_name,
        village=villages[home.village_id],
        new=each.new,
        fields=fields,
        added=_added(each),
        kept=each.new or each.body is not None,
        undone_at=at,
        undone_by=by,
        obstacle=obstacle,
    )


def _added(each: Kept) -> list[str]:
    """The names of people whom the import added to a household of the register, also if they were withdrawn with it."""
    if each.new:
        return []
    if each.change.undone_id is None:
        return [row.name for row in each.added()]
    return [row.name for row in each.members if never_counted(row) and row.begins_on == local_date(each.event.at)]
