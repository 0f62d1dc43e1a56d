"""County context: the units, the scheme version a ticket is pinned to, and the working time clock.

`county_context` is cached with the engine, because everything in it changes only together with a version that is part of the
key.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from models import County, Reform, SchemeAdoption, SchemeVersion, Unit, WorkingDayOverride
from models.engine import asked_once, kept
from workflow.county import successions
from workflow.county.successions import CHANGING, ReformFact, Succession, recorded_reforms, renames
from workflow.county.unit_references import Standing, Successors, succeeded
from workflow.errors import BadInput
from workflow.policy.calendar import Deviation, calendar_of
from workflow.policy.scheme.model import Kind, Scheme, Text
from workflow.policy.scheme.parts import Plate
from workflow.policy.worktime import WorkClock, local_date


@dataclass(frozen=True, slots=True)
class UnitFact:
    """The facts of a unit that rules need."""

    id: int
    code: str
    name: str
    name_en: str
    type: str
    ruled_by_leaders: bool
    successor_id: int | None = None
    withdrawn: bool = False
    #: The first day without it, where another unit bears its name.
    until: date | None = None


@dataclass(frozen=True, slots=True)
class CountyContext:
    """One county under one version of its scheme, whose rules name the successors of units that have ended."""

    scheme_version_id: int
    scheme: Scheme
    year: int
    clock: WorkClock
    units: Mapping[int, UnitFact]
    by_code: Mapping[str, UnitFact]
    #: Kinds of other versions only: tickets filed under those appear in the same lists.
    former: Mapping[str, Kind] = field(default_factory=dict)
    #: Names of kinds and duties, including those of other versions.
    names: Mapping[str, Text] = field(default_factory=dict)
    #: Units that have ended, by each unit that has a part of their tickets and rules today.
    predecessors: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    #: Units that have ended, with their successors.
    ended: Succession = field(default_factory=dict)

    def called(self, code: str) -> Text:
        """The name of a kind of ticket or a duty, also of one that this version no longer has; else its code."""
        return self.names.get(code) or Text(zh=code, en=code)

    def unit(self, unit_id: int) -> UnitFact:
        return self.units[unit_id]

    def present(self, unit_id: int, *topics: str) -> UnitFact:
        """The unit itself, or its successor where it has ended: of several the one for a topic (`successions`), by
        topics from the narrowest, else the first."""
        return self.units[successions.present(self.ended, unit_id, *topics)]

    def successors(self, unit_id: int) -> tuple[UnitFact, ...]:
        """All units that have a part of what this one had, the first of them first; itself where it has not ended."""
        return tuple(self.units[heir] for heir in successions.successors(self.ended, unit_id))

    @property
    def living(self) -> list[UnitFact]:
        """The units that have not ended, in the scheme's order."""
        return [unit for unit in self.units.values() if unit.successor_id is None and not unit.withdrawn]

    def full_name(self, unit: UnitFact) -> str:
        """A unit's name on documents (全称), also of a unit that this version no longer has."""
        known = any(entry.code == unit.code for entry in self.scheme.units)
        return self.scheme.full_name(unit.code) if known else self.scheme.county.before(unit.name)

    def plates(self, unit: UnitFact) -> tuple[Plate, ...]:
        """The other bureaus that a unit is as well (加挂牌子), each with its name on documents."""
        plates = next((entry.plates for entry in self.scheme.units if entry.code == unit.code), ())
        return tuple(
            each if each.full_name else each.model_copy(update={"full_name": self.scheme.county.before(each.name)})
            for each in plates
        )

    @property
    def office(self) -> UnitFact:
        return self._only("office")

    @property
    def leaders(self) -> UnitFact:
        return self._only("leaders")

    def _only(self, kind: str) -> UnitFact:
        return next(unit for unit in self.living if unit.type == kind)

    def ruler(self, lead_id: int) -> UnitFact:
        """The unit that rules on what this one declines: the office, or of its own house the leading group."""
        return self.leaders if self.units[lead_id].ruled_by_leaders else self.office

    def grantor(self, lead_id: int) -> UnitFact:
        """The unit that grants this one time: the office, of the office's own tickets the leading group."""
        return self.leaders if self.units[lead_id].type == "office" else self.office

    def overseer(self, unit_id: int) -> UnitFact:
        """Who issues papers to this unit or its successor and opens cases: the office, or above it the leading group."""
        unit, above = self.present(unit_id), self.scheme.accountability.above_office
        return self.leaders if unit.type == "office" or unit.code in above else self.office

    def accountable(self, unit_id: int) -> bool:
        """Whether papers are issued to this unit and cases opened against it: any but the leading group, the highest."""
        return self.units[unit_id].type != "leaders"

    def named(self, code: str, town: UnitFact | None, subject: UnitFact | None = None) -> UnitFact:
        """The unit named by a route: a code, `town` for the town of the subject, `subject` for the unit itself.

        For a household or village `subject` is its town; for a bureau `town` is the bureau.
        """
        if code in ("town", "subject"):
            unit = (subject or town) if code == "subject" else (town or subject)
            assert unit is not None
            return unit
        return self.office if code == "office" else self.by_code[code]

    def confirmer_about(self, lead: UnitFact, wanted: UnitFact, filer: int | None) -> UnitFact:
        """The unit that confirms what `lead` did about a deficiency of a unit: neither `lead` nor the filing unit.

        The wanted unit, else the office, else the leading group, of whose own finding another member confirms.
        """
        choices = (wanted, self.office, self.leaders)
        return next((unit for unit in choices if unit.id not in (lead.id, filer)), self.leaders)

    def confirmer_for(self, lead: UnitFact, wanted: UnitFact, town: UnitFact) -> UnitFact:
        """The unit that confirms the work of `lead`: the wanted one, or another where that would be `lead` itself."""
        if lead.type == "office":
            return self.leaders
        if wanted.id != lead.id:
            return wanted
        return self.office if lead.id == town.id else town


def county_context(
    session: Session,
    scheme_version_id: int | None = None,
    *,
    hold: bool = False,
    at: datetime | None = None,
    known_at: datetime | None = None,
) -> CountyContext:
    """The county under `scheme_version_id`, or under the version that new tickets are filed under.

    With `hold` its working days and scheme cannot change until the end of the transaction: opening a first custody needs
    that, since a change of the calendar finds only custodies already open.  With `at` an adoption whose day has come counts
    unrecorded.  With `known_at` the units are those before the reforms entered after that moment.
    """
    if hold:
        # A statement of its own: what it waited for is seen by the next one only.
        session.execute(_HELD)
    row = asked_once(session, _IN_FORCE)
    if row is None or row[0] is None:
        raise BadInput("county_not_installed")
    wanted = scheme_version_id or (at and session.scalar(_DUE, {"day": local_date(at)})) or row[0]
    # An act that changes the units reads them as it has written them, and nobody else does.
    own = session.info.get(CHANGING)
    last: int | None = None
    if known_at is not None and row[3] is not None:
        last = session.scalar(_REFORM_BY, {"moment": known_at}) or 0
    settings, key = kept(session, "settings") if own is None else own, (wanted, *row, last)
    setting: CountyContext | None = settings.get(key)
    if setting is None:
        if len(settings) > 200:
            settings.clear()
        setting = settings[key] = _read(session, wanted, last)
    return setting


# Each of these gives other units, names or kinds, so all are part of the key.
_LAST = select(func.max(SchemeVersion.version)).scalar_subquery()
_REFORM = select(func.max(Reform.id)).scalar_subquery()
_REFORM_BY = select(func.max(Reform.id)).where(Reform.at <= bindparam("moment", type_=Reform.at.type))
_WITHDRAWN = select(func.max(Unit.withdrawn_at)).scalar_subquery()
_IN_FORCE = select(County.scheme_version_id, County.calendar_version, _LAST, _REFORM, _WITHDRAWN)
_HELD = select(County.id).with_for_update(read=True)
_DUE = (
    select(SchemeAdoption.scheme_version_id)
    .where(SchemeAdoption.state == "waiting", SchemeAdoption.from_day <= bindparam("day"))
    .order_by(SchemeAdoption.from_day.desc())
    .limit(1)
)


@lru_cache(maxsize=64)
def _scheme(content: str) -> Scheme:
    return Scheme.model_validate_json(content)


def _read(session: Session, version_id: int, last: int | None = None) -> CountyContext:
    version = session.execute(select(SchemeVersion).where(SchemeVersion.id == version_id)).scalar_one()
    scheme = _scheme(version.content)
    reforms, later = recorded_reforms(session, last)
    ended = successions.succession(reforms, "unit")
    before_later = successions.former_names(later, "unit")
    units, rows = {}, session.scalars(select(Unit).order_by(Unit.position)).all()
    borne = Counter(unit.name for unit in rows if unit.withdrawn_at is None)
    above = successions.ruled_above(reforms, ended, (unit.id for unit in rows if unit.ruled_by_leaders))
    for unit in rows:
        name, name_en = before_later.get(unit.id, (unit.name, unit.name_en))
        heir = successions.present(ended, unit.id)
        units[unit.id] = UnitFact(
            *(unit.id, unit.code, name, name_en, unit.type, unit.id in above),
            successor_id=heir if heir != unit.id else None,
            withdrawn=unit.withdrawn_at is not None,
            until=unit.ended_on if heir != unit.id and borne[unit.name] > 1 else None,
        )
    scheme = _as_reformed(scheme, units, ended, _names_before(reforms))
    clock = _clock(frozenset(_deviations(session).items()), tuple(scheme.office_hours))
    by_code = {unit.code: unit for unit in units.values()}
    query = select(SchemeVersion.content).where(SchemeVersion.id != version_id).order_by(SchemeVersion.version)
    others = [_scheme(content) for content in session.scalars(query)]
    known = {kind.code for kind in scheme.kinds}
    former = {kind.code: kind for other in others for kind in other.kinds if kind.code not in known}
    names = {code: name for each in (*others, scheme) for code, name in each.names()}
    before = successions.predecessors(ended)
    return CountyContext(version_id, scheme, version.year, clock, units, by_code, former, names, before, ended)


def reformed(session: Session, setting: CountyContext, scheme: Scheme) -> Scheme:
    """A scheme that the county does not hold yet, as it would be read: with successors in the places of ended units."""
    return _as_reformed(scheme, setting.units, setting.ended, _names_before(recorded_reforms(session, None)[0]))


def _names_before(reforms: Iterable[ReformFact]) -> dict[int, tuple[str, ...]]:
    """The names that renamed units had, by id."""
    found: dict[int, tuple[str, ...]] = {}
    for reform in renames(reforms):
        found[reform.content["id"]] = (*found.get(reform.content["id"], ()), reform.content["before"])
    return found


def _as_reformed(
    scheme: Scheme, units: Mapping[int, UnitFact], ended: Succession, renamed: Mapping[int, tuple[str, ...]]
) -> Scheme:
    """The scheme with its rules about units that have ended naming their successors, and with renamed units' names."""
    if not renamed and not ended:
        return scheme
    standing = {
        unit.code: Standing(unit.name, unit.name_en, unit.type, unit.ruled_by_leaders, renamed.get(unit.id, ()))
        for unit in units.values()
    }
    ids = {units[unit_id].code: unit_id for unit_id in ended}

    def one(code: str, *topics: str) -> str:
        return units[successions.present(ended, ids[code], *topics)].code if code in ids else code

    def every(code: str) -> list[str]:
        return [units[heir].code for heir in successions.successors(ended, ids[code])] if code in ids else [code]

    return succeeded(scheme, Successors(one, every), standing)


def _deviations(session: Session) -> dict[tuple[date, str], Deviation]:
    days = WorkingDayOverride
    rows = session.execute(select(days.day, days.source, days.works, days.name))
    return {(day, source): Deviation(works, name, source) for day, source, works, name in rows}


@lru_cache(maxsize=64)
def _clock(days: frozenset[tuple[tuple[date, str], Deviation]], hours: tuple[tuple[str, str], ...]) -> WorkClock:
    # Counting the days of decades is slow.
    return WorkClock(calendar_of(dict(days)), hours)


def the_county(session: Session) -> County:
    """The county of this installation.  Raises BadInput before `init`."""
    county = session.scalars(select(County)).one_or_none()
    if county is None:
        raise BadInput("county_not_installed")
    return county


def scheme_of(version: SchemeVersion) -> Scheme:
    """The scheme of a stored version."""
    return _scheme(version.content)


def stored_form(scheme: Scheme) -> str:
    """The canonical JSON form in which a scheme is stored and hashed."""
    return json.dumps(scheme.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
