"""Replay: computes what a changed scheme would have done to real tickets of a year.

Every act stays as it happened: holders and their stretches, and the days named for extensions and suspensions. Computed
again are the scheme's decisions: responsible units, deadlines and rungs, by today's working days, so that two schemes
are compared under one calendar.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Custody, Event
from workflow.county.context import CountyContext
from workflow.policy.deadlines import capped, first_deadline
from workflow.policy.routing import RoutingRefused, route
from workflow.policy.scheme.model import Limits, Scheme
from workflow.policy.worktime import WorkClock
from workflow.tickets.custody.succession_budgets import TAKEN_OVER, left_for_resolving, rest_deadline, whole_minutes
from workflow.tickets.custody.timers import Reached, rungs_reached


@dataclass(slots=True)
class Stood:
    """A tenure during replay: working minutes and rungs, named as in the row."""

    budget_minutes: int
    used_minutes: int = 0
    accept_budget_minutes: int = 0
    accept_used_minutes: int = 0
    rung: int = 0
    accept_rung: int = 0


@dataclass(frozen=True, slots=True)
class Left:
    """The last resolving tenure of a ticket, and the stage of its last custody."""

    tenure: Stood
    stage: str

    @property
    def minutes(self) -> int:
        """The working minutes left for resolving."""
        return left_for_resolving(self.tenure, self.stage)


@dataclass(slots=True)
class Stretch:
    """A custody as it happened; `due_at` is computed by a scheme.  `taken_over`: from a unit that has ended."""

    ticket_id: int
    seq: int
    episode: int
    tenure_id: int
    unit_id: int
    stage: str
    began_at: datetime
    due_at: datetime
    granted: str | None
    ended_at: datetime | None
    taken_over: bool = False


@dataclass(frozen=True, slots=True)
class Called:
    """Kind and cause of a ticket from the custody `seq` on."""

    seq: int
    kind: str
    cause: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """A replayed custody: its deadline, whether it ended late (or is late now), and the rungs newly reached."""

    due_at: datetime
    late: bool
    rungs: tuple[Reached, ...]


def under(setting: CountyContext, scheme: Scheme) -> CountyContext:
    """The county's context under `scheme`: its working days with the scheme's office hours."""
    return replace(setting, scheme=scheme, clock=WorkClock(setting.clock.calendar, scheme.office_hours))


def stretches(session: Session, tickets: Sequence[int]) -> dict[int, list[Stretch]]:
    """The custodies of these tickets, each ticket's in order."""
    by_ticket: dict[int, list[Stretch]] = {}
    rows: Iterable[Any] = session.execute(
        select(
            Custody.ticket_id,
            Custody.seq,
            Custody.episode,
            Custody.tenure_id,
            Custody.unit_id,
            Custody.stage,
            Custody.began_at,
            Custody.due_at,
            Custody.granted,
            Custody.ended_at,
        )
        .where(Custody.ticket_id.in_(tickets))
        .order_by(Custody.ticket_id, Custody.seq)
    )
    taken = _taken_over(session, tickets)
    for row in rows:
        by_ticket.setdefault(row[0], []).append(Stretch(*row))
        by_ticket[row[0]][-1].taken_over = (row[0], row[1]) in taken
    return by_ticket


def _taken_over(session: Session, tickets: Sequence[int]) -> set[tuple[int, int]]:
    """The custodies, by ticket and number, with which a successor began what another unit had left."""
    handed = select(Event.subject_id).where(Event.subject_type == "ticket", Event.action.in_(("hand_over", "follow")))
    rows = session.execute(
        select(Custody.ticket_id, Custody.seq, Custody.account).where(
            Custody.ticket_id.in_(tickets), Custody.ticket_id.in_(handed), Custody.stage.in_(("accept", "mend"))
        )
    )
    return {(ticket, seq) for ticket, seq, account in rows if TAKEN_OVER in account["flags"]}


def renamed(session: Session, tickets: Sequence[int]) -> dict[int, list[Called]]:
    """The tickets whose kind or cause was corrected, with kind and cause from each custody on."""

    def acts(*actions: str, of: Sequence[int]) -> Iterator[Any]:
        yield from session.execute(
            select(Event.subject_id, Event.effect)
            .where(Event.subject_type == "ticket", Event.subject_id.in_(of), Event.action.in_(actions))
            .order_by(Event.subject_id, Event.seq)
        )

    changes: dict[int, list[tuple[int, dict[str, Any]]]] = {}
    for ticket, effect in acts("resubmit", "reassign", of=tickets):
        if "kind" in effect["ticket"] or "cause" in effect["ticket"]:
            changes.setdefault(ticket, []).append((effect["opened"]["seq"], effect["ticket"]))
    by_ticket: dict[int, list[Called]] = {}
    for ticket, effect in acts("file", of=list(changes)):
        called = Called(1, effect["ticket"]["kind"], effect["ticket"]["cause"])
        by_ticket[ticket] = [called]
        for seq, became in changes[ticket]:
            called = Called(seq, became.get("kind", called.kind), became.get("cause", called.cause))
            by_ticket[ticket].append(called)
    return by_ticket


def relive(
    setting: CountyContext,
    year: int,
    urgent: bool,
    filed_at: datetime,
    called: Sequence[Called],
    lived: Sequence[Stretch],
    now: datetime,
) -> list[Outcome] | None:
    """The replay of each custody of a ticket under `setting`'s scheme; None when the scheme lacks the ticket's kind.

    `year` is the assessment year of the ticket's hard stop, `called` its kinds and causes from each custody on.
    """
    tenures: dict[int, Stood] = {}
    outcomes: list[Outcome] = []
    left = Left(Stood(0), "accept")
    for held in lived:
        name = [entry for entry in called if entry.seq <= held.seq][-1]
        try:
            limits = setting.scheme.limits_for(name.kind, urgent)
        except KeyError:
            return None
        stop = _replayed_hard_stop(setting, name, year, filed_at, held)
        until = held.ended_at or now
        if held.stage == "hold":
            outcomes.append(Outcome(held.due_at, until > held.due_at, ()))
        else:
            stood = tenures.get(held.tenure_id)
            if held.taken_over:
                due_at, stood = _took_over(setting.clock, limits, stop, held, left)
            else:
                due_at, stood = _begun(setting.clock, limits, stop, held, stood)
            tenures[held.tenure_id] = stood
            left = Left(stood, held.stage) if held.stage in ("accept", "mend") else left
            reached = rungs_reached(setting, stood, replace(held, due_at=due_at), until)
            outcomes.append(Outcome(due_at, until > due_at, tuple(reached)))
            if reached and held.stage == "accept":
                stood.accept_rung = reached[-1].rung
            elif reached:
                stood.rung = reached[-1].rung
            used = setting.clock.minutes_between(held.began_at, until)
            stood.used_minutes += used
            if held.stage == "accept":
                stood.accept_used_minutes += used
    return outcomes


def _took_over(
    clock: WorkClock, limits: Limits, stop: date | None, held: Stretch, left: Left
) -> tuple[datetime, Stood]:
    """The first deadline of a successor, and its tenure, by the rules of `succession_budgets`."""
    at = held.began_at
    accepting = first_deadline(clock, at, limits.accept, stop)
    if held.stage == "accept":
        return accepting.due_at, Stood(
            whole_minutes(clock, accepting, left.minutes, at, stop), accept_budget_minutes=accepting.budget_minutes
        )
    rest = rest_deadline(clock, accepting, left.minutes, at, stop)
    return rest.due_at, Stood(rest.budget_minutes)


def _replayed_hard_stop(
    setting: CountyContext, name: Called, year: int, filed_at: datetime, held: Stretch
) -> date | None:
    """The hard stop that binds this custody, if any (`assignment.bind_hard_stop`; never one already past)."""
    if held.stage not in ("accept", "mend"):
        return None
    stop = setting.scheme.hard_stop_date(name.kind, name.cause or None, year)
    if stop is None or setting.clock.closing(stop) <= max(filed_at, held.began_at):
        return None
    return stop


def _begun(
    clock: WorkClock, limits: Limits, stop: date | None, held: Stretch, stood: Stood | None
) -> tuple[datetime, Stood]:
    """The first deadline of a custody, and its tenure, by the rules of `custodies.begin`."""
    at = held.began_at
    if stood is None:
        due, _ = capped(clock, at, clock.due(at, getattr(limits, held.stage)), stop)
        budget = clock.minutes_between(at, due)
        if held.stage != "accept":
            return due, Stood(budget)
        whole, _ = capped(clock, at, clock.due(at, limits.accept + limits.mend), stop)
        return due, Stood(clock.minutes_between(at, whole), accept_budget_minutes=budget)
    if held.granted == "extension":
        stood.budget_minutes = stood.used_minutes + clock.minutes_between(at, held.due_at)
        return held.due_at, stood
    mending = stood.budget_minutes - stood.used_minutes
    accepting = stood.accept_budget_minutes - stood.accept_used_minutes
    left = max(min(accepting, mending) if held.stage == "accept" else mending, 0)
    due, flags = capped(clock, at, clock.add_minutes(at, left), stop)
    if "hard_stop_applied" in flags:
        cut = clock.minutes_between(at, due)
        stood.budget_minutes = min(stood.budget_minutes, stood.used_minutes + cut)
        if held.stage == "accept":
            stood.accept_budget_minutes = min(stood.accept_budget_minutes, stood.accept_used_minutes + cut)
    return due, stood


@dataclass(frozen=True, slots=True)
class About:
    """What routes depend on, by codes: the town of the subject, the unit it is, and the unit that filed."""

    town: str | None
    unit: str | None
    filer: str | None


def destination(scheme: Scheme, kind: str, cause: str, labour: str, about: About) -> tuple[str, str] | None:
    """(responsible unit, confirming unit) by their codes; None for a kind or cause that the scheme lacks."""
    try:
        decided = route(scheme, kind, cause or None, labour)
    except RoutingRefused:
        return None
    only = {unit.type: unit.code for unit in scheme.units}
    own = about.town or about.unit or ""
    meant = {"town": own, "subject": about.unit or own, "office": only["office"]}
    lead, wanted = (meant.get(code, code) for code in (decided.lead, decided.confirmer))
    if about.unit is not None:
        choices = (wanted, only["office"], only["leaders"])
        return lead, next((code for code in choices if code not in (lead, about.filer)), only["leaders"])
    if lead == only["office"]:
        return lead, only["leaders"]
    return lead, wanted if wanted != lead else only["office"] if lead == own else own
