"""Withdrawn places: units and villages that a workbook entered by mistake and that were taken back.

The row stays, since the history names it; it is nobody's choice any more and has no successor, because nothing was ever
built on it.  Entered again, the same row lives again.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, delete
from sqlalchemy.orm import Session

from models import Unit, UnitAlias, Village, row_changes
from workflow.actors import Actor
from workflow.history import event_log
from workflow.policy.worktime import local_date


def withdraw(session: Session, actor: Actor, now: datetime, place: Unit | Village) -> None:
    """Take back a unit that no scheme in force names, or a village; a trigger refuses one that still has something."""
    place.ended_on, place.withdrawn_at = local_date(now), now
    if isinstance(place, Unit):
        _forget(session, UnitAlias.unit_id == place.id)
    session.flush()
    event_log.of(session, place, actor, now).append(
        "place_withdrawn", {"code": place.code}, {"ended_on": local_date(now).isoformat()}, notify=False
    )


def forget_names(session: Session, unit: Unit, names: Iterable[str], kept: Iterable[str]) -> None:
    """Take back other names of a unit, all but those `kept`."""
    gone = set(names) - set(kept)
    _forget(session, (UnitAlias.unit_id == unit.id) & UnitAlias.alias.in_(gone))


def _forget(session: Session, where: ColumnElement[bool]) -> None:
    row_changes.note_where(session, "unit_alias", where)
    session.execute(delete(UnitAlias).where(where))


def restore(session: Session, actor: Actor, now: datetime, place: Unit | Village) -> None:
    """Enter a withdrawn unit or village again."""
    place.ended_on, place.withdrawn_at = None, None
    session.flush()
    event_log.of(session, place, actor, now).append(
        "place_restored", {"code": place.code, "name": place.name}, notify=False
    )
