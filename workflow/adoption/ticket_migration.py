"""Ticket migration: moves open tickets to the scheme in force, as one act of the office with an event per ticket.

A ticket keeps its unit and everything granted; only deadlines change.  Ended custodies keep their verdicts, fired rungs
stay.  No limit becomes overdue by it: a date before the close of the next working day becomes that close, or stays if
it is earlier.  Locks as for a change of working days: the county, then the tickets by ascending id.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from models import County, Custody, Event, SchemeVersion, Tenure, Ticket
from workflow.actors import Actor
from workflow.adoption.calendar_change import MovedDeadline
from workflow.adoption.migrated_deadlines import Reckoned, restated, why_not_migratable
from workflow.county import in_force
from workflow.county.context import CountyContext, county_context
from workflow.county.unit_names import find_unit
from workflow.errors import BadInput, NotAllowed, Stale
from workflow.history import event_log
from workflow.tickets import desk
from workflow.tickets.custody import event_effects
from workflow.tickets.custody.rederivation import settle_in

_LOT = 400


@dataclass(frozen=True, slots=True)
class Selection:
    """A selection of open tickets: version number, kind, holding unit (code); None means any."""

    version: int | None = None
    kind: str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The effect of a migration: target version, tickets, and those that cannot be migrated, by reason.

    `seen` is a digest of all of it, which the form returns, so that only what was shown is applied.
    """

    version: int
    moving: tuple[MovedDeadline, ...]
    refused: tuple[tuple[str, str], ...]
    seen: str


def preview(session: Session, actor: Actor, now: datetime, chosen: Selection) -> Outcome:
    """The effect of migrating these tickets; nothing is stored.  Raises NotAllowed, BadInput."""
    _require_office(actor)
    target = county_context(session, at=now)
    return _migration_outcome(session, target, *_reckon(session, target, _chosen(session, target, chosen), now))


def apply(session: Session, actor: Actor, now: datetime, chosen: Selection, *, seen: str | None = None) -> Outcome:
    """Migrate these tickets to the scheme in force.

    Raises NotAllowed; Stale when the effect is no longer the one shown; BadInput when there is nothing to migrate.
    """
    _require_office(actor)
    in_force.settle(session, now)
    session.execute(select(County.id).with_for_update(key_share=True))
    target = county_context(session)
    tickets = _chosen(session, target, chosen, lock=True)
    if seen is not None:
        looked = _migration_outcome(session, target, *_reckon(session, target, tickets, now))
        if looked.seen != seen:
            raise Stale("migration_stale")
    # What has lapsed under the old scheme is settled first, as of when it lapsed.
    for ticket in session.scalars(select(Ticket).where(Ticket.id.in_(tickets)).order_by(Ticket.id)).all():
        desk.settle(session, county_context(session, ticket.scheme_version_id), ticket, now)
    reckoned, refused = _reckon(session, target, tickets, now)
    outcome = _migration_outcome(session, target, reckoned, refused)
    if not reckoned:
        raise BadInput("nothing_to_migrate")
    for start in range(0, len(reckoned), _LOT):
        _write_migration(session, actor, now, target, reckoned[start : start + _LOT])
    event_log.of(session, event_log.COUNTY, actor, now).append(
        "migration",
        {"version": outcome.version, "from": chosen.version, "kind": chosen.kind, "unit": chosen.unit},
        {"tickets": len(reckoned), "moved": sum(m.due_at != m.becomes for m in outcome.moving)},
    )
    return outcome


def behind(session: Session, target: CountyContext) -> list[tuple[int, str, int, int]]:
    """The open tickets that are not under `target`: (version number, kind, holding unit's id, how many)."""
    rows = session.execute(
        select(SchemeVersion.version, Ticket.kind, Ticket.holder_unit_id, func.count())
        .select_from(Ticket)
        .join(SchemeVersion, SchemeVersion.id == Ticket.scheme_version_id)
        .where(
            Ticket.ended_at.is_(None),
            Ticket.type == "deficiency",
            Ticket.scheme_version_id != target.scheme_version_id,
        )
        .group_by(SchemeVersion.version, Ticket.kind, Ticket.holder_unit_id)
        .order_by(SchemeVersion.version, Ticket.kind, Ticket.holder_unit_id)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows if row[2] is not None]


def _require_office(actor: Actor) -> None:
    if actor.role not in ("office", "system"):
        raise NotAllowed("adoption_not_yours")


def _chosen(session: Session, target: CountyContext, chosen: Selection, *, lock: bool = False) -> list[int]:
    query = select(Ticket.id).where(
        Ticket.ended_at.is_(None),
        Ticket.type == "deficiency",
        Ticket.scheme_version_id != target.scheme_version_id,
    )
    if chosen.version is not None:
        known = select(SchemeVersion.id).where(SchemeVersion.version == chosen.version)
        query = query.where(Ticket.scheme_version_id.in_(known))
    if chosen.kind is not None:
        query = query.where(Ticket.kind == chosen.kind)
    if chosen.unit is not None:
        query = query.where(Ticket.holder_unit_id == find_unit(session, chosen.unit).id)
    query = query.order_by(Ticket.id)
    return list(session.scalars(query.with_for_update() if lock else query))


def _reckon(
    session: Session, target: CountyContext, tickets: list[int], now: datetime
) -> tuple[list[Reckoned], list[tuple[str, str]]]:
    """The open custodies under `target`, and the numbers of tickets that cannot be migrated, each with the reason."""
    reckoned: list[Reckoned] = []
    refused: list[tuple[str, str]] = []
    for start in range(0, len(tickets), _LOT):
        for entry in _lot(session, target, tickets[start : start + _LOT], now):
            refused.append(entry) if isinstance(entry, tuple) else reckoned.append(entry)
    return reckoned, refused


def _lot(
    session: Session, target: CountyContext, lot: list[int], now: datetime
) -> Iterator[Reckoned | tuple[str, str]]:
    held: dict[int, list[Custody]] = {}
    for row in session.scalars(
        select(Custody)
        .where(Custody.ticket_id.in_(lot))
        .order_by(Custody.ticket_id, Custody.seq)
        .execution_options(populate_existing=True)
    ):
        held.setdefault(row.ticket_id, []).append(row)
    tenures: dict[int, dict[int, Tenure]] = {}
    for tenure in session.scalars(
        select(Tenure).where(Tenure.ticket_id.in_(lot)).execution_options(populate_existing=True)
    ):
        tenures.setdefault(tenure.ticket_id, {})[tenure.id] = tenure
    for ticket in session.scalars(
        select(Ticket).where(Ticket.id.in_(lot)).order_by(Ticket.id).execution_options(populate_existing=True)
    ).all():
        old = county_context(session, ticket.scheme_version_id)
        why = why_not_migratable(old, target, ticket)
        if why is not None:
            yield ticket.number, why
        else:
            yield restated(old, target, ticket, held[ticket.id], tenures[ticket.id], now)


def _write_migration(
    session: Session, actor: Actor, now: datetime, target: CountyContext, reckoned: list[Reckoned]
) -> None:
    heads = event_log.heads_of(session, "ticket", [entry.ticket.id for entry in reckoned])
    numbers = {row[0]: row[1] for row in session.execute(select(SchemeVersion.id, SchemeVersion.version))}
    events = []
    for entry in reckoned:
        ticket, run = entry.ticket, entry.run
        earlier, was, left = run.custody.due_at, event_effects.folded(ticket), ticket.scheme_version_id
        ticket.scheme_version_id, ticket.hard_stop = target.scheme_version_id, entry.hard_stop
        rederived = settle_in(target, ticket, run, entry.derived, now, scheme=True)
        waiting = []
        for tenure, budget, accept_budget in entry.waiting:
            tenure.budget_minutes, tenure.accept_budget_minutes = budget, accept_budget
            waiting.append(
                {
                    "key": [tenure.episode, tenure.unit_id, tenure.purpose, tenure.round],
                    "budget": budget,
                    "accept_budget": accept_budget,
                }
            )
        events.append(
            event_log.of(session, ticket, actor, now).body(
                heads[ticket.id],
                "migrate",
                {
                    "left": numbers[left],
                    "version": numbers[target.scheme_version_id],
                    "from": event_log.stamp(earlier),
                    "due_at": event_log.stamp(run.custody.due_at),
                },
                {
                    "rederived": rederived,
                    "budgets": waiting,
                    "ticket": event_effects.changed(ticket, was),
                },
            )
        )
    session.flush()
    session.connection().execute(insert(Event.__table__), events)


def _migration_outcome(
    session: Session, target: CountyContext, reckoned: list[Reckoned], refused: list[tuple[str, str]]
) -> Outcome:
    moving = tuple(
        MovedDeadline(
            e.ticket.id,
            e.ticket.number,
            e.ticket.kind,
            e.run.custody.unit_id,
            e.run.custody.stage,
            e.run.custody.due_at,
            e.derived.due_at,
        )
        for e in reckoned
    )
    number = session.scalars(select(SchemeVersion.version).where(SchemeVersion.id == target.scheme_version_id)).one()
    deadlines = [[m.ticket_id, event_log.stamp(m.due_at), event_log.stamp(m.becomes)] for m in moving]
    seen = event_log.digest(event_log.canonical([number, deadlines, [list(entry) for entry in refused]]))
    return Outcome(number, moving, tuple(refused), seen)
