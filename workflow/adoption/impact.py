"""Impact of a scheme: compares the last year's custodies under the old and the new scheme before adoption.

Tickets are read in batches by id to bound memory; of each group all tickets are counted and the first ones named.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import SchemeVersion, Ticket
from workflow.actors import Actor
from workflow.adoption.replay import About, Called, Outcome, Stretch, destination, relive, renamed, stretches, under
from workflow.county.context import CountyContext, county_context
from workflow.errors import NotAllowed
from workflow.policy.scheme.model import Scheme

#: Calendar days that are replayed.
DAYS = 365
#: The number of tickets named per group.
NAMED = 50
_LOT = 500
#: Roles that may see the impact: office, leading group, inspectorate, and the command line.
READERS = ("office", "leaders", "inspectorate", "system")


@dataclass(slots=True)
class Group:
    """Tickets with the same change: their count, and the first of them by number."""

    count: int = 0
    numbers: list[str] = field(default_factory=list)

    def add(self, number: str) -> None:
        """Add a ticket."""
        self.count += 1
        if len(self.numbers) < NAMED:
            self.numbers.append(number)


@dataclass(slots=True)
class Shift:
    """The changes for one unit's custodies of one kind; counts are of custodies, rungs by number."""

    earlier: int = 0
    later: int = 0
    newly_late: int = 0
    no_longer_late: int = 0
    more: dict[int, int] = field(default_factory=dict)
    fewer: dict[int, int] = field(default_factory=dict)
    tickets: Group = field(default_factory=Group)

    def add(self, was: Outcome, becomes: Outcome) -> None:
        """Add one custody under both schemes."""
        self.earlier += becomes.due_at < was.due_at
        self.later += becomes.due_at > was.due_at
        self.newly_late += becomes.late and not was.late
        self.no_longer_late += was.late and not becomes.late
        before, after = ({entry.rung for entry in outcome.rungs} for outcome in (was, becomes))
        for rung in after - before:
            self.more[rung] = self.more.get(rung, 0) + 1
        for rung in before - after:
            self.fewer[rung] = self.fewer.get(rung, 0) + 1


def _differs(was: Outcome, becomes: Outcome) -> bool:
    rungs = [{entry.rung for entry in outcome.rungs} for outcome in (was, becomes)]
    return was.due_at != becomes.due_at or was.late != becomes.late or rungs[0] != rungs[1]


@dataclass(slots=True)
class Effects:
    """The impact on a year: tickets routed elsewhere, and deadlines and rungs that would differ.

    `routed` and `confirmed` are keyed by (kind, unit before, unit after), `unknown` by (kind, cause) that the new
    scheme does not have, `shifts` by (unit id, kind).  Units are codes in the first three.
    """

    since: datetime
    tickets: int = 0
    custodies: int = 0
    routed: dict[tuple[str, str, str], Group] = field(default_factory=dict)
    confirmed: dict[tuple[str, str, str], Group] = field(default_factory=dict)
    unknown: dict[tuple[str, str], Group] = field(default_factory=dict)
    shifts: dict[tuple[int, str], Shift] = field(default_factory=dict)

    @property
    def none(self) -> bool:
        """Whether nothing would differ."""
        return not (self.routed or self.confirmed or self.unknown or self.shifts)


def may_look(actor: Actor) -> None:
    """Raises NotAllowed for a role without a part in adopting a scheme."""
    if actor.role not in READERS:
        raise NotAllowed("scheme_not_yours")


def effects(session: Session, actor: Actor, now: datetime, old: Scheme, new: Scheme) -> Effects:
    """The last year's tickets under `old` and `new` compared; nothing is stored.  Raises NotAllowed."""
    may_look(actor)
    here = county_context(session)
    effects = Effects(now - timedelta(days=DAYS))
    places = under(here, old), under(here, new)
    years = {row[0]: row[1] for row in session.execute(select(SchemeVersion.id, SchemeVersion.year))}
    for lot in _lots(session, effects.since):
        ids = [row.id for row in lot]
        lived, called = stretches(session, ids), renamed(session, ids)
        for row in lot:
            recent = [held.began_at >= effects.since for held in lived.get(row.id, ())]
            if any(recent):
                names = called.get(row.id, [Called(1, row.kind, row.cause)])
                named = (row.town_id, row.subject_unit_id, row.filed_unit_id)
                about = About(*(here.unit(known).code if known else None for known in named))
                past = _Past(row, about, years[row.scheme_version_id], names, lived[row.id], recent)
                _ticket_shift(effects, places, now, past)
    return effects


@dataclass(frozen=True, slots=True)
class _Past:
    """A ticket of the last year with its corrected names and its custodies; `recent`: which of them count."""

    row: Any
    about: About
    year: int
    names: list[Called]
    lived: list[Stretch]
    recent: list[bool]


def _ticket_shift(effects: Effects, places: tuple[CountyContext, CountyContext], now: datetime, past: _Past) -> None:
    row, names, lived, recent = past.row, past.names, past.lived, past.recent
    effects.tickets += 1
    number, last = Ticket(id=row.id, filed_at=row.filed_at).number, names[-1]
    went, goes = (destination(p.scheme, last.kind, last.cause, row.route_labour, past.about) for p in places)
    if went is None:
        # The old scheme is not the one it was filed under and lacks its kind: nothing to compare.
        return
    if goes is None:
        effects.unknown.setdefault((last.kind, last.cause), Group()).add(number)
        return
    if row.lead_unit_id is not None and row.filed_at >= effects.since:
        for groups, was_unit, unit in ((effects.routed, went[0], goes[0]), (effects.confirmed, went[1], goes[1])):
            if was_unit != unit:
                groups.setdefault((last.kind, was_unit, unit), Group()).add(number)
    if all(_treated_alike(places[0].scheme, places[1].scheme, name.kind, row.urgent) for name in names):
        effects.custodies += sum(recent)
        return
    before, after = (relive(p, past.year, row.urgent, row.filed_at, names, lived, now) for p in places)
    if before is None or after is None:
        # It had an earlier kind that one of them lacks.
        return
    differing = set()
    for held, was, becomes, counts in zip(lived, before, after, recent, strict=True):
        effects.custodies += counts
        if counts and _differs(was, becomes):
            key = held.unit_id, [name.kind for name in names if name.seq <= held.seq][-1]
            effects.shifts.setdefault(key, Shift()).add(was, becomes)
            differing.add(key)
    for key in differing:
        effects.shifts[key].tickets.add(number)


def _treated_alike(old: Scheme, new: Scheme, kind: str, urgent: bool) -> bool:
    """Whether both schemes treat every custody of this kind alike, so none needs a replay."""
    try:
        first, second = ((s.limits_for(kind, urgent), s.kind(kind).hard_stop) for s in (old, new))
    except KeyError:
        return False
    offsets = [[rung.offset for rung in scheme.ladder.rungs[: scheme.rungs_on]] for scheme in (old, new)]
    return (first, offsets[0], old.office_hours, old.deemed_acceptance) == (
        second,
        offsets[1],
        new.office_hours,
        new.deemed_acceptance,
    )


def _lots(session: Session, since: datetime) -> Iterator[list[Any]]:
    last = 0
    while True:
        lot = session.execute(
            select(
                Ticket.id,
                Ticket.scheme_version_id,
                Ticket.kind,
                Ticket.cause,
                Ticket.urgent,
                Ticket.filed_at,
                Ticket.route_labour,
                Ticket.lead_unit_id,
                Ticket.town_id,
                Ticket.subject_unit_id,
                Ticket.filed_unit_id,
            )
            .where(
                Ticket.id > last,
                Ticket.type == "deficiency",
                or_(Ticket.ended_at.is_(None), Ticket.ended_at >= since),
            )
            .order_by(Ticket.id)
            .limit(_LOT)
        ).all()
        if not lot:
            return
        yield list(lot)
        last = lot[-1].id
