"""Taking a scheme into force: county, units, aliases, working days and the stored version; safe to repeat."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import County, SchemeVersion, Unit, UnitAlias, WorkingDayOverride
from workflow import history
from workflow.actors import Actor, system
from workflow.county import stored_form
from workflow.policy import calendar as working_days
from workflow.policy.scheme import Scheme


def install(session: Session, scheme: Scheme, year: int, now: datetime, actor: Actor | None = None) -> County:
    """Make `scheme` the one that new tickets are filed under, for the assessment year `year`.

    Stores the version once by its content hash, adds what is new of units, aliases and working days, removes nothing:
    open tickets stay on the version they pin.
    """
    county = session.scalars(select(County).where(County.code == scheme.county.code)).first()
    if county is None:
        county = County(
            code=scheme.county.code, name=scheme.county.name.zh, name_en=scheme.county.name.en, calendar_version=1
        )
        session.add(county)
        session.flush()
    _add_units(session, county.id, scheme)
    _add_working_days(session, county.id)
    version = session.scalars(
        select(SchemeVersion).where(
            SchemeVersion.county_id == county.id, SchemeVersion.content_hash == _hash(scheme, year)
        )
    ).first()
    if version is None:
        last = session.scalar(
            select(func.coalesce(func.max(SchemeVersion.version), 0)).where(SchemeVersion.county_id == county.id)
        )
        version = SchemeVersion(
            county_id=county.id,
            code=scheme.code,
            version=int(last or 0) + 1,
            year=year,
            content_hash=_hash(scheme, year),
            content=stored_form(scheme),
            loaded_at=now,
        )
        session.add(version)
        session.flush()
    if county.scheme_version_id != version.id:
        county.scheme_version_id = version.id
        session.flush()
        history.append(
            session,
            county_id=county.id,
            subject_type="scheme",
            subject_id=version.id,
            actor=actor or system(county.id),
            action="adopt",
            now=now,
            given={"code": scheme.code, "year": year, "content_hash": version.content_hash},
            effect={"version": version.version},
        )
    return county


def _hash(scheme: Scheme, year: int) -> str:
    # The same file run for another year has other dates, so the year is part of what a version is.
    return history.digest(f"{year}\n{stored_form(scheme)}")


def _add_units(session: Session, county_id: int, scheme: Scheme) -> None:
    known = {unit.code: unit for unit in session.scalars(select(Unit).where(Unit.county_id == county_id))}
    for position, definition in enumerate(scheme.units):
        unit = known.get(definition.code)
        if unit is None:
            unit = Unit(county_id=county_id, code=definition.code, type=definition.type)
            session.add(unit)
        unit.name, unit.name_en = definition.name, definition.name_en
        unit.ruled_by_leaders, unit.position = definition.ruled_by_leaders, position
        known[definition.code] = unit
    session.flush()
    aliases = set(session.scalars(select(UnitAlias.alias).where(UnitAlias.county_id == county_id)))
    for definition in scheme.units:
        for alias in definition.aliases:
            if alias not in aliases:
                session.add(UnitAlias(county_id=county_id, unit_id=known[definition.code].id, alias=alias))
                aliases.add(alias)
    session.flush()


def _add_working_days(session: Session, county_id: int) -> None:
    known = set(
        session.scalars(
            select(WorkingDayOverride.day).where(
                WorkingDayOverride.county_id == county_id, WorkingDayOverride.source == "state_council"
            )
        )
    )
    new = [entry for entry in working_days.seed() if entry[0] not in known]
    for day, works, name in new:
        session.add(WorkingDayOverride(county_id=county_id, day=day, works=works, name=name, source="state_council"))
    if new:
        county = session.get_one(County, county_id)
        county.calendar_version += 1
    session.flush()
