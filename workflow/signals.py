"""Signals (异常信号): patterns of the assessment year that may come from working on paper.  Each is a rule here, with the
scheme's thresholds, and a reason to look: never by itself a verdict.

A rule finds tickets and the unit it speaks of.  What is looked at are the stretches as they were frozen, so a signal is the
same whoever asks and whenever; it is computed when the page is opened and stored nowhere.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import ColumnElement, String, cast, select
from sqlalchemy.orm import Session, aliased

from models import Custody, Event, Evidence, Ticket, TimeRequest
from workflow.actors import Actor
from workflow.county import Setting
from workflow.errors import BadInput, NotAllowed
from workflow.policy.worktime import local_date
from workflow.reckoning import year_of

READERS = ("office", "inspectorate")


@dataclass(frozen=True, slots=True)
class Hit:
    """A ticket a rule found, the unit it speaks of, and when."""

    unit: int
    ticket: int
    at: datetime


def found(session: Session, actor: Actor, place: Setting) -> dict[str, dict[int, list[Hit]]]:
    """By code of the rule and by unit what was found, one line a ticket, the latest first.

    Raises NotAllowed for who is neither of the office nor of the inspectorate.
    """
    _allow(actor)
    return {code: _by_unit(rule(session, place)) for code, rule in RULES.items()}


def tickets_of(session: Session, actor: Actor, place: Setting, code: str, unit_id: int) -> list[tuple[Hit, str]]:
    """What one rule found of one unit, with the tickets' numbers, the latest first.  Raises NotAllowed, BadInput."""
    _allow(actor)
    if code not in RULES:
        raise BadInput("unknown_signal", "signal", signal=code[:40])
    hits = _by_unit(RULES[code](session, place)).get(unit_id, [])
    numbers = {
        row.id: row.number for row in session.scalars(select(Ticket).where(Ticket.id.in_([hit.ticket for hit in hits])))
    }
    return [(hit, numbers[hit.ticket]) for hit in hits]


def _allow(actor: Actor) -> None:
    if actor.role not in READERS:
        raise NotAllowed("signals_not_yours")


def _by_unit(hits: Iterator[Hit]) -> dict[int, list[Hit]]:
    once: dict[tuple[int, int], Hit] = {}
    for hit in hits:
        once[hit.unit, hit.ticket] = max(hit, once.get((hit.unit, hit.ticket), hit), key=lambda one: one.at)
    ordered = sorted(once.values(), key=lambda hit: (hit.unit, -hit.at.timestamp(), hit.ticket))
    return {unit: list(rows) for unit, rows in groupby(ordered, key=lambda hit: hit.unit)}


def _followed(session: Session, place: Setting, *conditions: ColumnElement[bool]) -> Iterator[tuple[Custody, Custody]]:
    """The stretches that ended in the year, each with the one of the same ticket that followed it."""
    first, after = year_of(place)
    query = (
        select(Custody, _NEXT)
        .join(_NEXT, (_NEXT.ticket_id == Custody.ticket_id) & (_NEXT.seq == Custody.seq + 1))
        .where(Custody.county_id == place.county_id, Custody.ended_at >= first, Custody.ended_at < after, *conditions)
        .order_by(Custody.ended_at, Custody.id)
    )
    for row in session.execute(query):
        yield row[0], row[1]


_NEXT = aliased(Custody)


def _mended(session: Session, place: Setting, *conditions: ColumnElement[bool]) -> Iterator[tuple[Custody, Custody]]:
    """What was said to be mended.  The papers of a quarter's duties are handed in together, and are not meant."""
    duties = select(Ticket.id).where(Ticket.county_id == place.county_id, Ticket.duty_unit_id.is_not(None))
    mended = (Custody.stage == "mend", _NEXT.stage == "confirm", Custody.ticket_id.not_in(duties))
    return _followed(session, place, *mended, *conditions)


def _ended(custody: Custody) -> datetime:
    assert custody.ended_at is not None
    return custody.ended_at


def _quick(session: Session, place: Setting) -> Iterator[Hit]:
    """Said to be mended within a few working minutes of being taken on."""
    few = place.scheme.signals.quick_minutes
    for mend, _ in _mended(session, place, Custody.minutes <= few):
        yield Hit(mend.unit_id, mend.ticket_id, _ended(mend))


def _last_day_time(session: Session, place: Setting) -> Iterator[Hit]:
    """Suspended or extended when the time was nearly over: by when it was asked for, or granted where nobody asked."""
    asked: dict[int, datetime] = {
        row[0]: row[1]
        for row in session.execute(
            select(TimeRequest.custody_id, TimeRequest.asked_at).where(
                TimeRequest.county_id == place.county_id, TimeRequest.status == "granted"
            )
        )
    }
    for mend, _ in _followed(session, place, Custody.stage == "mend", _NEXT.granted.is_not(None)):
        at = asked.get(mend.id, _ended(mend))
        if _nearly_over(place, at, mend.due_at):
            yield Hit(mend.unit_id, mend.ticket_id, at)


def _last_day_decline(session: Session, place: Setting) -> Iterator[Hit]:
    """Declined when the time to accept was nearly over."""
    for accept, _ in _followed(session, place, Custody.stage == "accept", _NEXT.stage == "rule"):
        if _nearly_over(place, _ended(accept), accept.due_at):
            yield Hit(accept.unit_id, accept.ticket_id, _ended(accept))


def _nearly_over(place: Setting, at: datetime, due_at: datetime) -> bool:
    return at >= due_at or place.clock.minutes_between(at, due_at) <= place.scheme.signals.last_hours * 60


def _at_once(session: Session, place: Setting) -> Iterator[Hit]:
    """Many said to be mended within some minutes; tickets of one matter are one, as they are acted on together."""
    limits = place.scheme.signals
    window = timedelta(minutes=limits.at_once_minutes)
    matters = {
        row[0]: row[1]
        for row in session.execute(
            select(Ticket.id, Ticket.matter_id).where(
                Ticket.county_id == place.county_id, Ticket.matter_id.is_not(None)
            )
        )
    }
    mended = [mend for mend, _ in _mended(session, place)]
    mended.sort(key=lambda mend: (mend.unit_id, _ended(mend), mend.id))
    for unit, rows in groupby(mended, key=lambda mend: mend.unit_id):
        run = list(rows)
        start = 0
        for end, mend in enumerate(run):
            while _ended(mend) - _ended(run[start]) > window:
                start += 1
            among = run[start : end + 1]
            if len({("m", matters[one.ticket_id]) if one.ticket_id in matters else ("t", one.ticket_id)
                    for one in among}) >= limits.at_once:  # fmt: skip
                yield from (Hit(unit, one.ticket_id, _ended(one)) for one in among)


def _photos(session: Session, place: Setting) -> Iterator[Hit]:
    """A photo that looks nearly like an earlier one of another ticket or checkup."""
    first, after = year_of(place)
    query = select(Evidence.unit_id, Evidence.ticket_id, Evidence.uploaded_at).where(
        Evidence.county_id == place.county_id, Evidence.ticket_id.is_not(None), Evidence.uploaded_at >= first,
        Evidence.uploaded_at < after, cast(Evidence.resembles, String) != "[]",
    )  # fmt: skip
    for unit, ticket, at in session.execute(query):
        assert ticket is not None
        yield Hit(unit, ticket, at)


def _longer_kind(session: Session, place: Setting) -> Iterator[Hit]:
    """Proposed as a kind with a longer limit for mending than the one it had."""
    asked = {mend.ticket_id: mend.unit_id for mend, _ in
             _followed(session, place, Custody.stage == "mend", _NEXT.stage == "rule")}  # fmt: skip
    query = (
        select(Event, Ticket.urgent)
        .join(Ticket, Ticket.id == Event.subject_id)
        .where(Event.subject_type == "ticket", Event.subject_id.in_(asked))
        .order_by(Event.subject_id, Event.seq)
    )
    kinds: dict[int, str] = {}
    for event, urgent in session.execute(query):
        if event.action == "reclassify" and event.actor_unit_id is not None and event.subject_id in kinds:
            was, wanted = (
                place.scheme.limits_for(kind, urgent).mend for kind in (kinds[event.subject_id], event.given["kind"])
            )
            if wanted > was:
                yield Hit(event.actor_unit_id, event.subject_id, event.effective_at)
        kinds[event.subject_id] = event.effect.get("ticket", {}).get("kind", kinds.get(event.subject_id, ""))


def _unvisited(session: Session, place: Setting) -> Iterator[Hit]:
    """Struck off without a day on which somebody was there (a duty is confirmed on paper and not meant)."""
    first, after = year_of(place)
    query = select(Ticket.closed_by_unit_id, Ticket.id, Ticket.ended_at).where(
        Ticket.county_id == place.county_id, Ticket.state == "closed", Ticket.type == "deficiency",
        Ticket.visited_on.is_(None), Ticket.ended_at >= first, Ticket.ended_at < after,
    )  # fmt: skip
    for unit, ticket, at in session.execute(query):
        assert unit is not None
        assert at is not None
        yield Hit(unit, ticket, at)


def _reopened(session: Session, place: Setting) -> Iterator[Hit]:
    """Reopened within some calendar days of being struck off; it speaks of the unit that had said it was mended."""
    soon = timedelta(days=place.scheme.signals.reopened_days)
    mended = aliased(Custody)
    first, after = year_of(place)
    query = (
        select(mended.unit_id, Custody.ticket_id, Custody.ended_at, _NEXT.began_at)
        .join(_NEXT, (_NEXT.ticket_id == Custody.ticket_id) & (_NEXT.seq == Custody.seq + 1))
        .join(mended, (mended.ticket_id == Custody.ticket_id) & (mended.seq == Custody.seq - 1))
        .where(Custody.county_id == place.county_id, Custody.stage == "confirm", _NEXT.episode == Custody.episode + 1,
               _NEXT.began_at >= first, _NEXT.began_at < after)
    )  # fmt: skip
    for unit, ticket, closed_at, at in session.execute(query):
        assert closed_at is not None
        if local_date(at) - local_date(closed_at) <= soon:
            yield Hit(unit, ticket, at)


RULES: dict[str, Callable[[Session, Setting], Iterator[Hit]]] = {
    "quick": _quick,
    "last_day_time": _last_day_time,
    "last_day_decline": _last_day_decline,
    "at_once": _at_once,
    "photos": _photos,
    "longer_kind": _longer_kind,
    "unvisited": _unvisited,
    "reopened": _reopened,
}
