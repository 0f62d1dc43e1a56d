"""The scheme in force: brings an adopted version into force when its day has come, with the units it names."""

from datetime import datetime, time

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models import County, FormerName, SchemeAdoption, SchemeVersion, Unit, UnitAlias
from models.look_alikes import folded_name
from workflow.actors import system
from workflow.county.context import scheme_of
from workflow.county.withdrawn import restore
from workflow.history import event_log
from workflow.policy.scheme.model import Scheme
from workflow.policy.worktime import SHANGHAI, local_date

# Asked before every act, so composed once.
_DUE = (
    select(SchemeAdoption)
    .where(
        SchemeAdoption.state == "waiting",
        SchemeAdoption.from_day <= bindparam("day"),
    )
    .order_by(SchemeAdoption.from_day)
    .execution_options(populate_existing=True)
)
_FIRST_DUE = _DUE.limit(1)
#: Characters of a name that are kept where a unit's code is put behind it.
_NAMED = 130


def add_units(session: Session, scheme: Scheme, now: datetime) -> None:
    """Update units and their names to the scheme; none is removed, and one that was withdrawn lives again.

    A reform is stronger than a file that does not know of it: a unit that has ended stays as it was, a name that a reform
    replaced does not come back, and a name that a reform has given to another unit since the adoption is not taken from it.
    """
    former = {(row.unit_id, row.name) for row in session.scalars(select(FormerName))}
    known = {unit.code: unit for unit in session.scalars(select(Unit))}
    bearers = {unit.name_key: unit.code for unit in known.values() if unit.ended_on is None}
    for position, definition in enumerate(scheme.units):
        unit = known.get(definition.code)
        free = bearers.setdefault(folded_name(definition.name), definition.code) == definition.code
        if unit is None or unit.withdrawn_at is not None:
            name = definition.name if free else f"{definition.name[:_NAMED]}（{definition.code}）"
            if unit is None:
                unit = Unit(code=definition.code, type=definition.type, name=name, name_en=definition.name_en)
                session.add(unit)
            else:
                unit.type, unit.name, unit.name_en = definition.type, name, definition.name_en
                restore(session, system(), now, unit)
        elif unit.ended_on is not None:
            continue
        elif free and (unit.id, definition.name) not in former:
            unit.name, unit.name_en = definition.name, definition.name_en
        unit.ruled_by_leaders, unit.position = definition.ruled_by_leaders, position
        known[definition.code] = unit
    session.flush()
    aliases = set(session.scalars(select(UnitAlias.name_key)))
    for definition in scheme.units:
        for alias in definition.names:
            if (key := folded_name(alias)) not in aliases and alias != known[definition.code].name:
                session.add(UnitAlias(unit_id=known[definition.code].id, alias=alias))
                aliases.add(key)


def settle(session: Session, now: datetime) -> int:
    """Bring adopted versions whose day has come into force, ordered by day; returns how many."""
    due = {"day": local_date(now)}
    if session.scalars(_FIRST_DUE, due).first() is None:
        return 0
    county = lock_county(session)
    rows = session.scalars(_DUE, due).all()
    for row in rows:
        version = session.get_one(SchemeVersion, row.scheme_version_id)
        add_units(session, scheme_of(version), now)
        row.state, row.settled_at, county.scheme_version_id = "in_force", now, version.id
        begins = datetime.combine(row.from_day, time(), SHANGHAI)
        event_log.of(session, version, system(), now, effective_at=max(begins, row.adopted_at)).append(
            "in_force",
            {"code": version.code, "from": row.from_day.isoformat()},
            {"version": version.version, "adoption": row.id},
        )
    return len(rows)


def lock_county(session: Session) -> County:
    return session.execute(
        select(County).with_for_update(key_share=True).execution_options(populate_existing=True)
    ).scalar_one()
