"""Facts as of a moment: tickets, duties and households of each town according to the events recorded by then.

Rows unchanged since are read directly; the others are folded back from the history.  So a ranking made late, or proved
years later, reads what one made on the hour reads.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, func, inspect, or_, select
from sqlalchemy.orm import Session

from models import Charge, Checkup, Custody, Event, Household, Ticket, UTCDateTime, Village
from models.ticket import number_of
from workflow.assessment.facts.places_as_of import moved_since, village_towns
from workflow.county.context import CountyContext
from workflow.tickets.custody.event_fold import Fold

_CHUNK = 500
#: The columns of a ticket that terms need.
COLUMNS = (
    "state",
    "kind",
    "cause",
    "holder_unit_id",
    "due_at",
    "ended_at",
    "household_id",
    "village_id",
    "town_id",
    "duty_unit_id",
    "duty_code",
    "filed_at",
    "visited_on",
    "relapses",
    "relapse_of_id",
    "lead_unit_id",
    "period",
    "source",
    "in_village_id",
)
#: The events by which a ticket came to another town, or a duty to another unit.
_CHANGED_UNIT = or_(
    *(Event.effect[("ticket", name)].as_integer().is_not(None) for name in ("town_id", "duty_unit_id")),
)
_TYPES = {column.key: column.columns[0].type for column in inspect(Ticket).column_attrs}


@dataclass(slots=True)
class TicketFact:
    """One ticket at the moment; `late`: the units that were late themselves, after deducting others' charges.

    `work_due_at`: of a duty, when its work is due or was due when it was last handed in.  `short`: of a duty, whether its
    last report does not reach what the item demands; `none`: whether it states that there is none of what the item is about.
    """

    id: int
    number: str
    state: str
    kind: str
    cause: str
    holder_unit_id: int | None
    due_at: datetime | None
    ended_at: datetime | None
    household_id: int | None
    village_id: int | None
    town_id: int | None
    duty_unit_id: int | None
    duty_code: str | None
    filed_at: datetime
    visited_on: date | None
    relapses: int
    relapse_of_id: int | None
    lead_unit_id: int | None
    period: str | None
    source: str = ""
    in_village_id: int | None = None
    late: set[int] = field(default_factory=set)
    work_due_at: datetime | None = None
    short: bool = False
    none: bool = False

    @property
    def unit_id(self) -> int | None:
        """The town of the subject, or the unit that owes the duty."""
        return self.town_id if self.duty_unit_id is None else self.duty_unit_id


@dataclass(slots=True)
class HouseholdFact:
    """One household at the moment."""

    id: int
    code: str
    town_id: int
    village_id: int
    status: str
    labour: str
    visited_on: date | None


def tickets(session: Session, setting: CountyContext, at: datetime, town_id: int | None = None) -> list[TicketFact]:
    """Every ticket and duty on record by `at`, of the county or of one unit, by id.

    Those of units that have ended count for their successors (`places_as_of`).
    """
    moved = set(moved_since(session, "ticket", at))
    columns = [getattr(Ticket, name) for name in COLUMNS]
    query = select(Ticket.id, *columns).where(Ticket.filed_at <= at)
    if town_id is not None:
        own = (town_id, *setting.predecessors.get(town_id, ()))
        elsewhere = moved_since(session, "ticket", at, _CHANGED_UNIT)
        # Few change their unit: where many have, all are read rather than named.
        if len(elsewhere) < _CHUNK:
            query = query.where(or_(Ticket.town_id.in_(own), Ticket.duty_unit_id.in_(own), Ticket.id.in_(elsewhere)))
    facts_of: dict[int, TicketFact] = {}
    back: list[int] = []
    for row in session.execute(query.order_by(Ticket.id)):
        if row.id in moved:
            back.append(row.id)
        fact = TicketFact(row.id, number_of(row.id, row.filed_at), *row[1:])
        facts_of[row.id] = fact
    _lateness(session, setting, facts_of, moved, at)
    known = set()
    for fold in _folds(session, back, at):
        known.add(fold.ticket)
        fact = facts_of[fold.ticket]
        for name in COLUMNS:
            if name in fold.columns:
                setattr(fact, name, _column_value(_TYPES[name], fold.columns[name]))
        fact.late, fact.work_due_at = _late_by(fold), _work_due(fold)
    # Without an event by then the ticket was not on record, whatever its filing moment says.
    facts = [fact for fact in facts_of.values() if fact.id not in moved or fact.id in known]
    for fact in facts if setting.ended else ():
        _succeed(setting, fact)
    return [fact for fact in facts if town_id in (None, fact.town_id, fact.duty_unit_id)]


def _succeed(setting: CountyContext, fact: TicketFact) -> None:
    """Name the successors of units that have ended."""
    # A kind is of bureaus, a village of towns.
    topics = (f"kind:{fact.kind}", f"village:{fact.in_village_id}")
    for column in ("town_id", "duty_unit_id", "lead_unit_id"):
        if (unit_id := getattr(fact, column)) is not None:
            setattr(fact, column, setting.present(unit_id, *topics).id)
    fact.late = {setting.present(unit_id, *topics).id for unit_id in fact.late}


def _folds(session: Session, ids: Sequence[int], at: datetime) -> Iterator[Fold]:
    for start in range(0, len(ids), _CHUNK):
        fold: Fold | None = None
        rows = session.scalars(
            select(Event)
            .where(Event.subject_type == "ticket", Event.subject_id.in_(ids[start : start + _CHUNK]), Event.at <= at)
            .order_by(Event.subject_id, Event.seq)
        )
        for event in rows:
            if fold is None or fold.ticket != event.subject_id:
                if fold is not None:
                    yield fold
                fold = Fold(event.subject_id)
            fold.apply(event, None)
        if fold is not None:
            yield fold


def _work_due(fold: Fold) -> datetime | None:
    due = [custody["due_at"] for _, custody in sorted(fold.custodies.items()) if custody["stage"] == "mend"]
    return datetime.fromisoformat(due[-1]) if due else None


def _late_by(fold: Fold) -> set[int]:
    borne: dict[int, int] = {}
    for seq, unit, minutes, *_ in fold.charges:
        # No unit (downtime) counts as another unit as well.
        if unit != fold.custodies[seq]["unit"]:
            borne[seq] = borne.get(seq, 0) + minutes
    return {
        custody["unit"]
        for seq, custody in fold.custodies.items()
        if custody.get("verdict") == "late" and custody["late_minutes"] > borne.get(seq, 0)
    }


def _lateness(
    session: Session, setting: CountyContext, facts_of: dict[int, TicketFact], moved: set[int], at: datetime
) -> None:
    borne = (
        select(Charge.custody_id, func.sum(Charge.minutes).label("minutes"))
        .join(Custody, Custody.id == Charge.custody_id)
        .where(
            or_(Charge.unit_id.is_(None), Charge.unit_id != Custody.unit_id),
        )
        .group_by(Charge.custody_id)
        .subquery()
    )
    query = (
        select(Custody.ticket_id, Custody.unit_id)
        .outerjoin(borne, borne.c.custody_id == Custody.id)
        .where(
            Custody.verdict == "late",
            Custody.late_minutes > func.coalesce(borne.c.minutes, 0),
        )
    )
    for ticket_id, unit_id in session.execute(query):
        if ticket_id in facts_of and ticket_id not in moved:
            facts_of[ticket_id].late.add(unit_id)
    work = (
        select(Custody.ticket_id, Custody.due_at)
        .join(Ticket, Ticket.id == Custody.ticket_id)
        .where(Ticket.duty_unit_id.is_not(None), Custody.stage == "mend")
        .order_by(Custody.ticket_id, Custody.seq)
    )
    for ticket_id, due_at in session.execute(work):
        if ticket_id in facts_of and ticket_id not in moved:
            facts_of[ticket_id].work_due_at = due_at


def households(
    session: Session, setting: CountyContext, at: datetime, town_id: int | None = None
) -> list[HouseholdFact]:
    """Every household on record by `at`, of the county or of one town, by id."""
    query = (
        select(
            Household.id,
            Household.code,
            Village.town_id,
            Household.village_id,
            Household.status,
            Household.labour,
            Household.visited_on,
        )
        .join(Village, Village.id == Household.village_id)
        .order_by(Household.id)
    )
    facts_of = {row.id: HouseholdFact(*row) for row in session.execute(query)}
    towns = village_towns(session, at)
    for household_id in _undo(session, setting, facts_of, at):
        del facts_of[household_id]
    for fact in facts_of.values():
        fact.town_id = towns[fact.village_id]
    return [fact for fact in facts_of.values() if town_id in (None, fact.town_id)]


def _undo(session: Session, setting: CountyContext, facts_of: dict[int, HouseholdFact], at: datetime) -> list[int]:
    """Undo what was recorded after `at`; returns the ids of households not on the register then."""
    moved, unborn = moved_since(session, "household", at), []
    for start in range(0, len(moved), _CHUNK):
        chunk = moved[start : start + _CHUNK]
        events = session.scalars(
            select(Event)
            .where(Event.subject_type == "household", Event.subject_id.in_(chunk), Event.at > at)
            .order_by(Event.subject_id, Event.seq.desc())
        )
        for event in events:
            fact = facts_of[event.subject_id]
            if event.from_state is not None:
                fact.status = event.from_state
            elif event.seq == 1 and event.to_state is not None:
                unborn.append(fact.id)
            for name, value in event.effect.get("was", {}).items():
                if hasattr(fact, name):
                    setattr(fact, name, value)
        seen = (
            select(Checkup.household_id, func.max(Checkup.seen_on))
            .where(Checkup.household_id.in_(chunk), Checkup.source == "visit", Checkup.recorded_at <= at)
            .group_by(Checkup.household_id)
        )
        visited = {row[0]: row[1] for row in session.execute(seen)}
        for household_id in chunk:
            facts_of[household_id].visited_on = visited.get(household_id)
    return unborn


def _column_value(kind: Any, recorded: Any) -> Any:
    if recorded is not None and isinstance(kind, UTCDateTime):
        return datetime.fromisoformat(recorded)
    return date.fromisoformat(recorded) if recorded is not None and isinstance(kind, Date) else recorded


def by_unit(facts: Iterable[TicketFact]) -> dict[int, list[TicketFact]]:
    """The tickets by responsible unit or town."""
    own: dict[int, list[TicketFact]] = {}
    for fact in facts:
        if fact.unit_id is not None:
            own.setdefault(fact.unit_id, []).append(fact)
    return own
