"""Derived proofs: what is computed from other rows is what they give: the next steps of the ladder, the index of
the photos' looks, that of members' names, the folded names, and the daily counts; and the probe of the data key."""

from collections import Counter
from collections.abc import Iterator, Sequence
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import Session

from models import (
    County,
    Custody,
    DayCount,
    Event,
    Evidence,
    InstallationMark,
    LookBand,
    SchemeVersion,
    Tenure,
    Unit,
    UnitAlias,
    User,
    Village,
)
from models.installation_mark import PROBE
from models.look_alikes import folded_name
from workflow.boards.day_counts import moved
from workflow.county.context import county_context
from workflow.history import row_record
from workflow.pictures.perceptual_hash import filed_under
from workflow.register.names import member_names
from workflow.tickets.custody.rederivation import running
from workflow.tickets.custody.timers import next_timer
from workflow.verification.proofs.findings import Finding, RowComparison, is_intact

_CHUNK, _LOT = 2000, 400
_AT_REST = (
    select(Tenure.id)
    .where(Tenure.next_at.is_not(None) | Tenure.next_what.is_not(None))
    .where(~exists().where(Custody.tenure_id == Tenure.id, Custody.ended_at.is_(None)))
    .order_by(Tenure.id)
)
_PHOTOS = select(Evidence.id, Evidence.look, Evidence.sha256).order_by(Evidence.id).execution_options(yield_per=_CHUNK)
_BANDS = (
    select(LookBand.evidence_id, LookBand.look, LookBand.key)
    .order_by(LookBand.evidence_id, LookBand.key)
    .execution_options(yield_per=_CHUNK)
)
_FIRST = (
    select(Evidence.look, Evidence.sha256, func.min(Evidence.id))
    .where(Evidence.sha256.in_(bindparam("hashes", expanding=True)))
    .group_by(Evidence.look, Evidence.sha256)
)
#: A photo is filed under the look of the whole and of its middle.
_LOOKS = 2

_DAY_COUNTS = RowComparison[DayCount, str](
    key=lambda row: row.day.isoformat(),
    actual=lambda row: row.hash,
    intact=is_intact,
    subject=lambda row: f"day {row.day}",
    differs="day_count_differs",
    missing="row_missing",
    missing_subject=lambda key: f"day count {key}",
)


def timers(session: Session) -> Iterator[Finding]:
    """Check that every open custody waits for its next automatic step, and that none else does: a wiped timer would let a
    unit sit on a ticket for ever."""
    if not row_record.has_begun(session):
        # Timers of an earlier version, which `init` computes again.
        return
    known = set(session.scalars(select(SchemeVersion.id)))
    settings = {version: county_context(session, version) for version in known}
    for tenure, custody, version in running(session):
        # A version that is not there is another proof's finding.
        expected = next_timer(settings[version], tenure, custody) if version in known else None
        if expected is not None and expected != (tenure.next_at, tenure.next_what):
            yield Finding("timer_differs", f"tenure {tenure.id}")
    yield from (Finding("timer_differs", f"tenure {number}") for number in session.scalars(_AT_REST))


def looks(session: Session) -> Iterator[Finding]:
    """Check that every photo is filed whole under its own look, so that it is found when it is used again."""
    photos: Iterator[tuple[int, str, Any]] = ((row[0], "photo", row) for row in session.execute(_PHOTOS))
    bands: Iterator[tuple[int, str, Any]] = ((row[0], "band", row) for row in session.execute(_BANDS))
    unfiled: list[tuple[int, str, str]] = []
    by_number = groupby(merge(photos, bands, key=itemgetter(0)), key=itemgetter(0))
    for evidence, parts in by_number:
        row, under = None, dict[str, list[Any]]()
        for _, which, one in parts:
            if which == "photo":
                row = one
            else:
                under.setdefault(one[1], []).append(one[2])
        whole = all(sorted(filed_under(one)) == keys for one, keys in under.items())
        if row is None or not whole or len(under) > _LOOKS or (under and row.look not in under):
            yield Finding("look_differs", f"evidence {evidence}")
        elif row.look and not under:
            unfiled.append((evidence, row.look, row.sha256))
            if len(unfiled) == _CHUNK:
                yield from _filed_elsewhere(session, unfiled)
                unfiled = []
    yield from _filed_elsewhere(session, unfiled)


def _filed_elsewhere(session: Session, photos: Sequence[tuple[int, str, str]]) -> Iterator[Finding]:
    """One act on a bundle of tickets has the same photo on each of them, filed once, for the first."""
    first: dict[tuple[str | None, str], int] = {}
    for start in range(0, len(photos), _LOT):
        hashes = {sha256 for _, _, sha256 in photos[start : start + _LOT]}
        first |= {(look, sha256): number for look, sha256, number in session.execute(_FIRST, {"hashes": hashes})}
    for evidence, look, sha256 in photos:
        if first.get((look, sha256), evidence) >= evidence:
            yield Finding("look_differs", f"evidence {evidence}")


def name_parts(session: Session) -> Iterator[Finding]:
    """Check that every household is found by the names of its living members, and by no other."""
    if not row_record.has_begun(session):
        # An index of an earlier version, which `init` fills.
        return
    for each in member_names.differences(session):
        for household_id in sorted({household_id for household_id, _ in each.missing | each.surplus}):
            yield Finding("name_parts_differ", f"household {household_id}")


def name_keys(session: Session) -> Iterator[Finding]:
    """Check that names are kept apart by their folded forms: a forged one would let two look alike."""
    for table, named in ((User, User.name), (Unit, Unit.name), (Village, Village.name), (UnitAlias, UnitAlias.alias)):
        rows = session.execute(select(table.id, named, table.name_key).order_by(table.id)).all()
        keys = {number: folded_name(name) for number, name, _key in rows}
        often = Counter(keys.values())
        for number, _name, key in rows:
            # From before names were kept apart.
            earlier = key == f"{keys[number]} #{number}" and often[keys[number]] > 1
            if key != keys[number] and not earlier:
                yield Finding("name_key_differs", f"{table.__tablename__} {number}")


def data_key(session: Session) -> Iterator[Finding]:
    """Check that the configured key opens the probe: without it a wrong key would pass for as long as the register is empty."""
    probes = session.scalars(select(InstallationMark.probe)).all()
    if not probes and session.scalar(select(County.id)) is not None:
        yield Finding("probe_missing", "data key")
    if any(probe != PROBE for probe in probes):
        yield Finding("data_key_wrong", "data key")


def day_counts(session: Session) -> Iterator[Finding]:
    """Check every daily count against its event, and count filed and closed again from the tickets' own events.

    Overdue at midnight cannot be recounted, since a later change of working days moves deadlines.
    """
    recorded: dict[str, str] = {}
    events = select(Event).where(Event.subject_type == "county", Event.action == "count_days").order_by(Event.id)
    for event in session.scalars(events):
        recorded |= event.effect["days"]
    rows = session.scalars(select(DayCount).order_by(DayCount.day)).all()
    yield from _DAY_COUNTS.findings(rows, recorded)
    if not rows:
        return
    filed, closed = moved(session, rows[0].day, rows[-1].day)
    for row in rows:
        units = {unit for figures in (filed, closed) for on, unit in figures if on == row.day}
        for unit in sorted(units | {int(key) for key in row.content if key.isdecimal()}):
            counted: list[Any] = row.content.get(str(unit), [0, 0, 0])
            if counted[:2] != [filed[row.day, unit], closed[row.day, unit]]:
                yield Finding("day_miscounted", f"day {row.day}")
                break
