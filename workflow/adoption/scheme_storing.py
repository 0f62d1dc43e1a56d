"""Installation: stores a scheme version with county, units, aliases and working days (safe to repeat), and adds
villages.
"""

from datetime import date, datetime

from sqlalchemy import and_, func, insert, or_, select
from sqlalchemy.orm import Session

from models import County, Event, FormerName, SchemeAdoption, SchemeVersion, Unit, Village, WorkingDayOverride
from models.look_alikes import folded_name
from workflow.actors import Actor, system
from workflow.county import vault
from workflow.county.context import stored_form
from workflow.county.in_force import add_units
from workflow.county.unit_names import living_unit
from workflow.county.withdrawn import restore
from workflow.errors import BadInput, Duplicate
from workflow.history import event_log, row_record, word_erasure
from workflow.inputs import name_of, text_of
from workflow.policy import calendar as working_days
from workflow.policy.scheme.model import Scheme
from workflow.policy.worktime import local_date


def install(session: Session, scheme: Scheme, year: int, now: datetime, actor: Actor | None = None) -> County:
    """Make `scheme` the one that new tickets are filed under, for the assessment year `year`.

    Stores the version once by its content hash, adds new units, aliases and working days, and removes nothing: open
    tickets stay on their version.  A file installed before does not override what people have adopted since.  Raises
    BadInput for another county's scheme and for one whose units collide with the existing ones, as an adoption does.
    """
    county = session.scalars(select(County)).one_or_none()
    if county is None:
        county = County(
            code=scheme.county.code, name=scheme.county.name.zh, name_en=scheme.county.name.en, calendar_version=1
        )
        session.add(county)
        session.flush()
        _first_working_days(session)
    vault.begin_probe(session)
    row_record.begin(session, now)
    word_erasure.begin(session, now)
    if _left_behind(session, county, stored_form(scheme)):
        return county
    check_fit(session, county, scheme)
    version = stored(session, scheme, year, now)
    add_units(session, scheme, now)
    if county.scheme_version_id != version.id:
        county.scheme_version_id = version.id
        adopted = SchemeAdoption(
            scheme_version_id=version.id,
            from_day=local_date(now),
            adopted_at=now,
            adopted_by_id=actor.user_id if actor else None,
            state="in_force",
            settled_at=now,
        )
        session.add(adopted)
        session.flush()
        event_log.of(session, version, actor or system(), now).append(
            "adopt",
            {"code": scheme.code, "year": year, "content_hash": version.content_hash},
            {"version": version.version, "adoption": adopted.id},
        )
    return county


def check_fit(session: Session, county: County, scheme: Scheme) -> None:
    """Check that the scheme is this county's and its units match the existing ones.  Raises BadInput."""
    if scheme.county.code != county.code:
        raise BadInput("scheme_of_another_county", "file", county=county.name)
    units = session.scalars(select(Unit).where(Unit.withdrawn_at.is_(None))).all()
    types, living = (
        {unit.code: unit.type for unit in units},
        {unit.code: unit for unit in units if unit.ended_on is None},
    )
    names = {unit.name_key: unit.code for unit in living.values()}
    former = {(row.unit_id, row.name) for row in session.scalars(select(FormerName))}
    for unit in scheme.units:
        standing = living.get(unit.code)
        if standing is None and unit.code in types:
            continue
        # A file that does not know of a reform brings no former name back, so it may be another's by now.
        comes_back = standing is not None and (standing.id, unit.name) in former
        named = unit.code if comes_back else names.get(folded_name(unit.name), unit.code)
        if types.get(unit.code, unit.type) != unit.type or named != unit.code:
            raise BadInput("scheme_unit_collides", "file", unit=unit.name)


def scheme_year(fixed: int | None, day: date) -> int:
    """The assessment year of a scheme adopted from `day` on: the fixed one of the installation, if there is one."""
    return fixed or day.year


def year_to_install(session: Session, fixed: int | None, day: date) -> int:
    """The assessment year under which the file of an installation is stored: the fixed one, that of the version in force, since the
    year turns by an act of the office alone (`adoption.year_turn`), or at first that of the day."""
    if fixed is not None:
        return fixed
    query = select(SchemeVersion.year).join(County, County.scheme_version_id == SchemeVersion.id)
    return session.scalar(query) or day.year


def stored(session: Session, scheme: Scheme, year: int, now: datetime) -> SchemeVersion:
    """The version of this scheme for this year, stored once by its content hash."""
    version = session.scalars(select(SchemeVersion).where(SchemeVersion.content_hash == _hash(scheme, year))).first()
    if version is None:
        last = session.scalar(select(func.coalesce(func.max(SchemeVersion.version), 0)))
        version = SchemeVersion(
            code=scheme.code,
            version=int(last or 0) + 1,
            year=year,
            content_hash=_hash(scheme, year),
            content=stored_form(scheme),
            loaded_at=now,
        )
        session.add(version)
        session.flush()
    return version


def _left_behind(session: Session, county: County, content: str) -> bool:
    """Whether people have adopted another scheme since this file was installed; then it is not installed again.

    `init` runs with every update; only a file with new content is meant to be adopted by it.
    """
    if county.scheme_version_id is None:
        return False
    in_force = session.get_one(SchemeVersion, county.scheme_version_id)
    last = session.scalars(
        select(SchemeVersion)
        .join(Event, Event.subject_id == SchemeVersion.id)
        .where(Event.subject_type == "scheme", Event.action == "adopt", Event.actor_role == "system")
        .order_by(Event.id.desc())
        .limit(1)
    ).first()
    return last is not None and last.content == content and in_force.content != content


def _hash(scheme: Scheme, year: int) -> str:
    # The same file for another year has other dates, so the year is part of a version.
    return event_log.digest(f"{year}\n{stored_form(scheme)}")


def _first_working_days(session: Session) -> None:
    """The notices known at installation; every later change goes through `workflow.adoption.calendar_change`, because
    open deadlines move."""
    days = [
        {"day": day, "works": works, "name": name, "source": "state_council", "document": ""}
        for day, works, name in working_days.seed()
    ]
    session.execute(insert(WorkingDayOverride), days)


def add_village(
    session: Session, actor: Actor, now: datetime, *, name: str, town: str, code: str | None = None
) -> Village:
    """A new village of a town; without a code it gets the town's code with the next number.  One that was entered by
    mistake once lives again under its code, without a code by its name.  Raises BadInput, Duplicate."""
    seat = living_unit(session, town, "town")
    if seat.type != "town":
        raise BadInput("unit_unknown", "town", unit=town[:64])
    name = name_of("name", name, 200)
    code = text_of("code", code or _kept_code(session, seat.id, name) or _free_code(session, seat.code))
    if len(code) > 64:
        raise BadInput("too_long", "code", most=64)
    same = or_(Village.code == code, and_(Village.town_id == seat.id, Village.name_key == folded_name(name)))
    if session.scalar(select(Village.id).where(same, Village.withdrawn_at.is_(None))):
        raise Duplicate("village_exists", "name", town=seat.name)
    village = session.scalars(select(Village).where(Village.code == code)).one_or_none()
    if village is not None:
        village.town_id, village.name = seat.id, name
        restore(session, actor, now, village)
        return village
    village = Village(town_id=seat.id, code=code, name=name)
    session.add(village)
    session.flush()
    event_log.of(session, village, actor, now).append(
        "village_added", {"town": seat.code, "code": code, "name": name}, notify=False
    )
    return village


def _kept_code(session: Session, town_id: int, name: str) -> str | None:
    """The code of a village of this name that was entered by mistake."""
    withdrawn = (Village.town_id == town_id, Village.name == name, Village.withdrawn_at.is_not(None))
    return session.scalar(select(Village.code).where(*withdrawn).order_by(Village.id).limit(1))


def _free_code(session: Session, town: str) -> str:
    taken = set(session.scalars(select(Village.code).where(Village.code.startswith(f"{town}-v", autoescape=True))))
    number = len(taken) + 1
    while (code := f"{town}-v{number:02d}") in taken:
        number += 1
    return code
