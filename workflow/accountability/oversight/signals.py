"""Signals (异常信号): patterns of the assessment year that suggest tickets were closed without real work.

One rule each, with the scheme's thresholds; a reason to look, never a verdict.

A rule yields tickets and the unit concerned.  It reads frozen custodies, so a signal is the same for every reader at
any time; it is computed when the page is opened and stored nowhere.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import Select, String, cast, extract, func, select
from sqlalchemy.orm import Session, aliased

from models import Custody, Event, Evidence, Ticket, TimeRequest, Unit
from models.base import Partial
from models.custody import GRANTED_CUSTODIES, LATER_EPISODES, RULING_CUSTODIES
from models.ticket import UNVISITED_CLOSINGS
from workflow.accountability.oversight import false_closing_counts
from workflow.accountability.oversight.unit_accounts import year_of
from workflow.actors import Actor
from workflow.county.context import CountyContext
from workflow.errors import BadInput, NotAllowed
from workflow.policy.worktime import local_date

READERS = ("office", "inspectorate")
_LOT = 500


@dataclass(frozen=True, slots=True)
class SignalHit:
    """A ticket matched by a rule, the unit concerned, and the moment."""

    unit: int
    ticket: int
    at: datetime


def all_signals(session: Session, actor: Actor, setting: CountyContext) -> dict[str, dict[int, list[SignalHit]]]:
    """The matches by rule and unit, one line a ticket, the latest first.

    Raises NotAllowed for roles other than office and inspectorate.
    """
    _allow(actor)
    return {code: _by_unit(rule(session, setting)) for code, rule in RULES.items()}


def tickets_of(
    session: Session, actor: Actor, setting: CountyContext, code: str, unit_id: int
) -> list[tuple[SignalHit, str]]:
    """The matches of one rule for one unit, with ticket numbers, the latest first.  Raises NotAllowed, BadInput."""
    _allow(actor)
    if code not in RULES:
        raise BadInput("unknown_signal", "signal", signal=code[:40])
    hits = _by_unit(RULES[code](session, setting)).get(unit_id, [])
    numbers = {
        row.id: row.number for row in session.scalars(select(Ticket).where(Ticket.id.in_([hit.ticket for hit in hits])))
    }
    return [(hit, numbers[hit.ticket]) for hit in hits]


def _allow(actor: Actor) -> None:
    if actor.role not in READERS:
        raise NotAllowed("signals_not_yours")


def _by_unit(hits: Iterator[SignalHit]) -> dict[int, list[SignalHit]]:
    once: dict[tuple[int, int], SignalHit] = {}
    for hit in hits:
        once[hit.unit, hit.ticket] = max(hit, once.get((hit.unit, hit.ticket), hit), key=lambda one: one.at)
    ordered = sorted(once.values(), key=lambda hit: (hit.unit, -hit.at.timestamp(), hit.ticket))
    return {unit: list(rows) for unit, rows in groupby(ordered, key=lambda hit: hit.unit)}


_NEXT, _BEFORE = aliased(Custody), aliased(Custody)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The columns of an ended custody that rules need."""

    id: int
    unit: int
    ticket: int
    due_at: datetime
    ended_at: datetime


def _led_to(session: Session, setting: CountyContext, stage: str, following: Partial) -> Iterator[_Stretch]:
    """The stretches of a stage that one of the `following` condition, which has an index of its own, came after in the
    year."""
    first, after = year_of(setting)
    query: Select[*tuple[Any, ...]] = (
        select(_BEFORE.id, _BEFORE.unit_id, _BEFORE.ticket_id, _BEFORE.due_at, _BEFORE.ended_at)
        .select_from(Custody)
        .join(_BEFORE, (_BEFORE.ticket_id == Custody.ticket_id) & (_BEFORE.seq == Custody.seq - 1))
        .where(Custody.began_at >= first, Custody.began_at < after,
               following.predicate, _BEFORE.stage == stage)
    )  # fmt: skip
    for row in session.execute(query):
        yield _Stretch(*row)


def _of_the_year(setting: CountyContext) -> Select[*tuple[Any, ...]]:
    """Resolving custodies ended in the year, unit by unit along the index of ended ones."""
    first, after = year_of(setting)
    of_unit = Custody.unit_id == Unit.id
    return (
        select(Custody.id, Custody.unit_id, Custody.ended_at)
        .select_from(Unit)
        .join(Custody, of_unit)
        .where(Custody.ended_at >= first, Custody.ended_at < after,
               Custody.stage == "mend")
    )  # fmt: skip


def _mended(session: Session, few: Select[*tuple[Any, ...]]) -> Iterator[tuple[_Stretch, int | None]]:
    """Those of these custodies that ended with a resolution, with the matter of their tickets.

    Duties are excluded, since papers of a quarter are handed in together.
    """
    chosen = few.subquery()
    query: Select[*tuple[Any, ...]] = (
        select(Custody.id, Custody.unit_id, Custody.ticket_id, Custody.due_at, Custody.ended_at, Ticket.matter_id)
        .join(chosen, chosen.c.id == Custody.id)
        .join(Ticket, Ticket.id == Custody.ticket_id)
        .join(_NEXT, (_NEXT.ticket_id == Custody.ticket_id) & (_NEXT.seq == Custody.seq + 1))
        .where(_NEXT.stage == "confirm", Ticket.duty_unit_id.is_(None))
    )
    for row in session.execute(query):
        yield _Stretch(*row[:5]), row[5]


def _quick(session: Session, setting: CountyContext) -> Iterator[SignalHit]:
    """Resolved within a few working minutes after acceptance."""
    few = setting.scheme.signals.quick_minutes
    for mend, _ in _mended(session, _of_the_year(setting).where(Custody.minutes <= few)):
        yield SignalHit(mend.unit, mend.ticket, mend.ended_at)


def _last_day_time(session: Session, setting: CountyContext) -> Iterator[SignalHit]:
    """Suspended or extended shortly before the deadline, by the moment of the request, or of the grant without one."""
    asked: dict[int, datetime] = {
        row[0]: row[1]
        for row in session.execute(
            select(TimeRequest.custody_id, TimeRequest.asked_at).where(TimeRequest.status == "granted")
        )
    }
    for mend in _led_to(session, setting, "mend", GRANTED_CUSTODIES):
        at = asked.get(mend.id, mend.ended_at)
        if _nearly_over(setting, at, mend.due_at):
            yield SignalHit(mend.unit, mend.ticket, at)


def _last_day_decline(session: Session, setting: CountyContext) -> Iterator[SignalHit]:
    """Declined shortly before the end of the acceptance time."""
    for accept in _led_to(session, setting, "accept", RULING_CUSTODIES):
        if _nearly_over(setting, accept.ended_at, accept.due_at):
            yield SignalHit(accept.unit, accept.ticket, accept.ended_at)


def _nearly_over(setting: CountyContext, at: datetime, due_at: datetime) -> bool:
    return at >= due_at or setting.clock.minutes_between(at, due_at) <= setting.scheme.signals.last_hours * 60


def _at_once(session: Session, setting: CountyContext) -> Iterator[SignalHit]:
    """Many resolved within some minutes; tickets of one matter count as one, as they are resolved together."""
    limits = setting.scheme.signals
    window = timedelta(minutes=limits.at_once_minutes)
    # The database filters out isolated ones to the second; the rest is examined exactly.
    second = extract("epoch", Custody.ended_at)
    reach = limits.at_once_minutes * 60 + 1
    beside = func.count().over(partition_by=Custody.unit_id, order_by=second, range_=(-reach, reach))
    counted = _of_the_year(setting).add_columns(beside.label("beside")).subquery()
    hits = list(_mended(session, select(counted.c.id).where(counted.c.beside >= limits.at_once)))
    hits.sort(key=lambda entry: (entry[0].unit, entry[0].ended_at, entry[0].id))
    for unit, rows in groupby(hits, key=lambda entry: entry[0].unit):
        run = list(rows)
        start, reported_to = 0, 0
        for end, (mend, _) in enumerate(run):
            while mend.ended_at - run[start][0].ended_at > window:
                start += 1
            things = {
                ("m", matter) if matter is not None else ("t", one.ticket) for one, matter in run[start : end + 1]
            }
            if len(things) >= limits.at_once:
                for one, _ in run[max(start, reported_to) : end + 1]:
                    yield SignalHit(unit, one.ticket, one.ended_at)
                reported_to = end + 1


def _photos(session: Session, setting: CountyContext) -> Iterator[SignalHit]:
    """A photo similar to an earlier one of another ticket or checkup."""
    first, after = year_of(setting)
    query = select(Evidence.unit_id, Evidence.ticket_id, Evidence.uploaded_at).where(
        Evidence.ticket_id.is_not(None), Evidence.uploaded_at >= first,
        Evidence.uploaded_at < after, cast(Evidence.resembles, String) != "[]",
    )  # fmt: skip
    for unit, ticket, at in session.execute(query):
        assert ticket is not None
        yield SignalHit(unit, ticket, at)


def _longer_kind(session: Session, setting: CountyContext) -> Iterator[SignalHit]:
    """Reclassified to a kind with a longer limit for resolving."""
    asked = {mend.ticket for mend in _led_to(session, setting, "mend", RULING_CUSTODIES)}
    lots = [sorted(asked)[start : start + _LOT] for start in range(0, len(asked), _LOT)]
    for lot in lots:
        yield from _longer(session, setting, lot)


def _longer(session: Session, setting: CountyContext, tickets: list[int]) -> Iterator[SignalHit]:
    query = (
        select(Event.subject_id, Event.action, Event.actor_unit_id, Event.given, Event.effect, Event.effective_at,
               Ticket.urgent)
        .join(Ticket, Ticket.id == Event.subject_id)
        .where(Event.subject_type == "ticket", Event.subject_id.in_(tickets))
        .order_by(Event.subject_id, Event.seq)
    )  # fmt: skip
    kinds: dict[int, str] = {}
    for ticket, action, unit, given, effect, at, urgent in session.execute(query):
        if action == "reclassify" and unit is not None and ticket in kinds:
            was, wanted = (setting.scheme.limits_for(kind, urgent).mend for kind in (kinds[ticket], given["kind"]))
            if wanted > was:
                yield SignalHit(unit, ticket, at)
        kinds[ticket] = effect.get("ticket", {}).get("kind", kinds.get(ticket, ""))


def _unvisited(session: Session, setting: CountyContext) -> Iterator[SignalHit]:
    """Closed without a visit date (duties, confirmed on paper, and candidates, judged on paper, are excluded)."""
    first, after = year_of(setting)
    query = select(Ticket.closed_by_unit_id, Ticket.id, Ticket.ended_at).where(
        Ticket.ended_at >= first, Ticket.ended_at < after,
        UNVISITED_CLOSINGS.predicate, Ticket.candidate_id.is_(None),
    )  # fmt: skip
    for unit, ticket, at in session.execute(query):
        assert unit is not None
        assert at is not None
        yield SignalHit(unit, ticket, at)


def _reopened(session: Session, setting: CountyContext) -> Iterator[SignalHit]:
    """Reopened within some calendar days after closing; concerns the resolving unit."""
    soon = timedelta(days=setting.scheme.signals.reopened_days)
    mended = aliased(Custody)
    first, after = year_of(setting)
    query = (
        select(mended.unit_id, Custody.ticket_id, _BEFORE.ended_at, Custody.began_at)
        .join(_BEFORE, (_BEFORE.ticket_id == Custody.ticket_id) & (_BEFORE.seq == Custody.seq - 1))
        .join(mended, (mended.ticket_id == Custody.ticket_id) & (mended.seq == Custody.seq - 2))
        .where(Custody.began_at >= first, Custody.began_at < after,
               LATER_EPISODES.predicate, _BEFORE.stage == "confirm",
               _BEFORE.episode == Custody.episode - 1)
    )  # fmt: skip
    for unit, ticket, closed_at, at in session.execute(query):
        assert closed_at is not None
        if local_date(at) - local_date(closed_at) <= soon:
            yield SignalHit(unit, ticket, at)


def _false(session: Session, setting: CountyContext) -> Iterator[SignalHit]:
    """Closed although a spot check found it unresolved; concerns the resolving and the confirming unit."""
    for one in false_closing_counts.listed(session, year_of(setting)):
        yield SignalHit(one.mended_by, one.ticket, one.at)
        yield SignalHit(one.confirmed_by, one.ticket, one.at)


RULES: dict[str, Callable[[Session, CountyContext], Iterator[SignalHit]]] = {
    "quick": _quick,
    "last_day_time": _last_day_time,
    "last_day_decline": _last_day_decline,
    "at_once": _at_once,
    "photos": _photos,
    "longer_kind": _longer_kind,
    "unvisited": _unvisited,
    "reopened": _reopened,
    "false": _false,
}
