"""Scheme adoption: an act of the office with a day from which new tickets are filed under a version.

Until that day the adoption waits and may be revoked, or superseded by a later one for the same day.  On that day it
comes into force by itself, recorded as of the beginning of the day by the first transaction that reads it: a filing or
the worker.  Filing holds the county's row shared while it reads which version is in force, and an adoption locks it, so
that a ticket is filed either before or after.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import SchemeAdoption, SchemeVersion, Unit, User
from workflow.actors import Actor
from workflow.adoption.impact import may_look
from workflow.adoption.scheme_storing import check_fit, stored
from workflow.county.in_force import lock_county, settle
from workflow.county.withdrawn import restore
from workflow.errors import BadInput, Conflict, NotAllowed, NotFound
from workflow.history import event_log
from workflow.policy.scheme.model import Scheme
from workflow.policy.worktime import local_date

#: How far ahead a scheme may be adopted, in days: into the next assessment year.
AHEAD = 400


@dataclass(frozen=True, slots=True)
class Held:
    """A stored version with its adoptions and adopters (None: the command line), the latest first."""

    version: SchemeVersion
    adoptions: tuple[tuple[SchemeAdoption, str | None], ...]


def adopt(session: Session, actor: Actor, now: datetime, scheme: Scheme, year: int, from_day: date) -> SchemeAdoption:
    """Adopt `scheme` for the assessment year `year` from a day on, today or later; one act with one event.

    New units exist at once, so people can be appointed; names change on the day.  Raises NotAllowed; BadInput
    for a day that is past or too far, another county's scheme, or units that collide; Conflict when it would be
    in force on that day anyway.
    """
    _require_office(actor)
    today = local_date(now)
    if not today <= from_day <= today + timedelta(days=AHEAD):
        raise BadInput("adoption_day", "from_day", most=AHEAD)
    county = lock_county(session)
    settle(session, now)
    check_fit(session, county, scheme)
    version = stored(session, scheme, year, now)
    waiting = session.scalars(
        select(SchemeAdoption).where(SchemeAdoption.state == "waiting").order_by(SchemeAdoption.from_day)
    ).all()
    by_then = [row.scheme_version_id for row in waiting if row.from_day <= from_day]
    if (by_then[-1] if by_then else county.scheme_version_id) == version.id:
        raise Conflict("scheme_unchanged")
    superseded = [row for row in waiting if row.from_day == from_day]
    for row in superseded:
        row.state, row.settled_at = "superseded", now
    session.flush()
    row = SchemeAdoption(
        scheme_version_id=version.id,
        from_day=from_day,
        adopted_at=now,
        adopted_by_id=actor.user_id,
        state="waiting",
    )
    session.add(row)
    _new_units(session, actor, now, scheme)
    event_log.of(session, version, actor, now).append(
        "adopt",
        {"code": scheme.code, "year": year, "content_hash": version.content_hash, "from": from_day.isoformat()},
        {"version": version.version, "adoption": row.id, "superseded": [old.id for old in superseded]},
    )
    settle(session, now)
    return row


def revoke(session: Session, actor: Actor, now: datetime, adoption_id: int) -> SchemeAdoption:
    """Revoke an adoption before its day.  Raises NotAllowed, NotFound; Conflict once it is no longer waiting."""
    _require_office(actor)
    lock_county(session)
    settle(session, now)
    row = session.scalars(select(SchemeAdoption).where(SchemeAdoption.id == adoption_id)).one_or_none()
    if row is None:
        raise NotFound("no_such_adoption")
    if row.state != "waiting":
        raise Conflict("adoption_settled")
    row.state, row.settled_at = "revoked", now
    event_log.of(session, ("scheme", row.scheme_version_id), actor, now).append(
        "revoke_adoption", {"from": row.from_day.isoformat()}, {"adoption": row.id}
    )
    return row


def versions(session: Session, actor: Actor) -> list[Held]:
    """Every stored version, the latest first, with its adoptions.  Raises NotAllowed."""
    may_look(actor)
    adoptions: dict[int, list[tuple[SchemeAdoption, str | None]]] = {}
    for row, name in session.execute(
        select(SchemeAdoption, User.display_name)
        .outerjoin(User, User.id == SchemeAdoption.adopted_by_id)
        .order_by(SchemeAdoption.id.desc())
    ):
        adoptions.setdefault(row.scheme_version_id, []).append((row, name))
    rows = session.scalars(select(SchemeVersion).order_by(SchemeVersion.version.desc()))
    return [Held(row, tuple(adoptions.get(row.id, ()))) for row in rows]


def version_of(session: Session, actor: Actor, number: int) -> SchemeVersion:
    """The version with this number.  Raises NotAllowed, NotFound."""
    may_look(actor)
    scheme_version = session.scalars(select(SchemeVersion).where(SchemeVersion.version == number)).one_or_none()
    if scheme_version is None:
        raise NotFound("no_such_version", "version", version=number)
    return scheme_version


def _require_office(actor: Actor) -> None:
    if actor.role not in ("office", "system"):
        raise NotAllowed("adoption_not_yours")


def _new_units(session: Session, actor: Actor, now: datetime, scheme: Scheme) -> None:
    units = {unit.code: unit for unit in session.scalars(select(Unit))}
    for definition in scheme.units:
        unit = units.get(definition.code)
        if unit is not None and unit.withdrawn_at is not None:
            unit.type, unit.name, unit.name_en = definition.type, definition.name, definition.name_en
            restore(session, actor, now, unit)
    session.add_all(
        Unit(
            code=unit.code,
            type=unit.type,
            name=unit.name,
            name_en=unit.name_en,
            ruled_by_leaders=unit.ruled_by_leaders,
            position=position,
        )
        for position, unit in enumerate(scheme.units)
        if unit.code not in units
    )
