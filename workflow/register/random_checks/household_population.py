"""Household population: the households that may be drawn for random checks, as the history knew them at the end of a
period.

Those named for exit at that moment, and those that left the register in the period and had not come back.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from models import Block, Event, Household, Village
from workflow.county.context import CountyContext
from workflow.policy.household_sampling import Candidate

_CHUNK = 400
#: Status → the standing under which its households are drawn.
STANDING_OF = {"pre_exit": "leaving", "exited": "exited"}


def candidates(session: Session, setting: CountyContext, began: datetime, ended: datetime) -> list[Candidate]:
    """The households that may be drawn for this period (UTC, `ended` excluded), by code."""
    rule = setting.scheme.random_checks
    if rule is None:
        return []
    homes = _as_of(session, ended)
    units: dict[int, int | None] = {}
    if "pre_exit" in rule.of:
        units |= _named_by(session, [id for id, home in homes.items() if home["status"] == "pre_exit"], ended)
    if "exited" in rule.of:
        passed = _passed_by(session, began, ended)
        units |= {id: unit for id, unit in passed.items() if homes.get(id, {}).get("status") == "exited"}
    towns = {row[0]: row[1] for row in session.execute(select(Village.id, Village.town_id))}
    listed = [
        Candidate(
            homes[id]["code"],
            STANDING_OF[homes[id]["status"]],
            setting.unit(towns[homes[id]["village_id"]]).code,
            setting.unit(unit).code if unit is not None else None,
        )
        for id, unit in units.items()
    ]
    return sorted(listed, key=lambda one: one.code)


def _as_of(session: Session, at: datetime) -> dict[int, dict[str, Any]]:
    """Code, village and status of every household that may have had one of the statuses at that moment."""
    later = list(
        session.scalars(
            select(Event)
            .where(*_recorded_since(at), Event.at >= at, Event.subject_type == "household")
            .order_by(Event.subject_id, Event.seq.desc())
        )
    )
    query = select(Household.id, Household.code, Household.village_id, Household.status)
    homes = {
        row.id: dict(row._mapping)
        for row in session.execute(query.where(Household.status.in_(tuple(STANDING_OF)))).all()
    }
    for lot in _lots(sorted({event.subject_id for event in later} - homes.keys())):
        homes |= {row.id: dict(row._mapping) for row in session.execute(query.where(Household.id.in_(lot))).all()}
    for event in later:
        if event.from_state is not None:
            homes[event.subject_id]["status"] = event.from_state
        elif event.seq == 1 and event.to_state is not None:
            # Not on the register yet.
            homes[event.subject_id]["status"] = None
        was = event.effect.get("was", {})
        homes[event.subject_id] |= {name: was[name] for name in ("code", "village_id") if name in was}
    return homes


def _named_by(session: Session, ids: Sequence[int], ended: datetime) -> dict[int, int | None]:
    """By household, the unit that named it for exit last; None where no event of the history did."""
    units: dict[int, int | None] = dict.fromkeys(ids)
    for lot in _lots(ids):
        named = (
            select(Event.subject_id, Event.actor_unit_id)
            .where(
                Event.subject_type == "household",
                Event.subject_id.in_(lot),
                Event.at < ended,
                Event.to_state == "pre_exit",
                or_(Event.from_state.is_(None), Event.from_state != "pre_exit"),
            )
            .order_by(Event.subject_id, Event.seq)
        )
        units |= {row[0]: row[1] for row in session.execute(named)}
    return units


def _passed_by(session: Session, began: datetime, ended: datetime) -> dict[int, int | None]:
    """By household that passed the exit gate in the period, the unit that passed it."""
    passed = (
        select(Event.subject_id, Event.actor_unit_id)
        .where(
            *_recorded_since(began),
            Event.at >= began,
            Event.at < ended,
            Event.subject_type == "household",
            Event.action == "exit",
        )
        .order_by(Event.id)
    )
    return {row[0]: row[1] for row in session.execute(passed)}


def _recorded_since(at: datetime) -> Iterable[ColumnElement[bool]]:
    """Limits events to the blocks sealed since, so that only those are read."""
    since = select(Block.id).where(Block.sealed_at >= at)
    return (or_(Event.block_id.is_(None), Event.block_id.in_(since)),)


def _lots(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))
