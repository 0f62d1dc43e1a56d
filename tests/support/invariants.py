"""Invariants: what holds of any county, however it came about."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from pathlib import Path

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from models import Custody, Escalation, Event, Message, Outbox, Tenure, Ticket
from models.engine import reading
from tests.support import hand_clock
from workflow.accountability import deemed_receipts, sweep, sweep_watch
from workflow.accountability.cases import case_sweep
from workflow.actors import system
from workflow.adoption.impact import effects
from workflow.adoption.replay import Called, relive, renamed, stretches
from workflow.county.context import county_context
from workflow.verification.full_check import verify


def violations(engine: Engine, now: datetime, files: Path | None) -> list[str]:
    """The violated invariants at `now`, after everything due was swept; `files` is None where evidence has no bytes."""
    with reading(engine) as session:
        return [
            *_verified(session, files),
            *_swept(session, now),
            *_none_lost(session),
            *_gapless(session),
            *_booked(session),
            *_counted_by_hand(session, now),
            *_once(session),
            *_notified_once(session),
            *_lived_again(session, now),
        ]


def _verified(session: Session, files: Path | None) -> Iterator[str]:
    """Chains and blocks are complete, and folding the events gives the rows."""
    for finding in verify(session, files or Path("nowhere")):
        if files is not None or finding.code != "bytes_missing":
            yield f"verify: {finding.code} {finding.subject}"


def _swept(session: Session, now: datetime) -> Iterator[str]:
    """Exactly the due rungs have fired, and nothing is left to do."""
    report = sweep_watch.audit(session, now)
    if report["missing"] or report["unfounded"]:
        yield f"audit: {report}"
    if sweep.plan(session, now) or deemed_receipts.next_due(session, now) is not None:
        yield "a sweep would still find something to do"
    if case_sweep.due(session, now):
        yield "a statement that never came has not lapsed"


def _none_lost(session: Session) -> Iterator[str]:
    """Every ticket began at filing, and an open one has a holder, a deadline and one open custody."""
    filed = Counter(
        session.scalars(
            select(Event.subject_id).where(Event.subject_type == "ticket", Event.action == "file", Event.seq == 1)
        )
    )
    held = Counter(session.scalars(select(Custody.ticket_id).where(Custody.ended_at.is_(None))))
    for ticket in session.scalars(select(Ticket)):
        if filed[ticket.id] != 1:
            yield f"ticket {ticket.id} was not filed at the desk"
        is_open = ticket.ended_at is None
        if (
            held[ticket.id] != is_open
            or (ticket.holder_unit_id is not None, ticket.due_at is not None) != (is_open,) * 2
        ):
            yield f"ticket {ticket.id} has no holder, or one too many"
    if set(filed) != set(session.scalars(select(Ticket.id))):
        yield "a ticket that was filed is gone"


def _gapless(session: Session) -> Iterator[str]:
    """The custodies of an episode have no gap, do not overlap, and their minutes sum to the whole."""
    rows = session.scalars(select(Custody).order_by(Custody.ticket_id, Custody.seq))
    days = hand_clock.days_of(session)
    places = {row.id: county_context(session) for row in session.scalars(select(Ticket))}
    for (ticket, episode), group in groupby(rows, key=lambda custody: (custody.ticket_id, custody.episode)):
        strip = list(group)
        for one, following in pairwise(strip):
            if one.ended_at != following.began_at or following.seq != one.seq + 1:
                yield f"ticket {ticket} episode {episode}: a gap after custody {one.seq}"
        if strip[-1].ended_at is not None:
            hours = places[ticket].scheme.office_hours
            whole = hand_clock.minutes(strip[0].began_at, strip[-1].ended_at, days, hours)
            if sum(custody.minutes or 0 for custody in strip) != whole:
                yield f"ticket {ticket} episode {episode}: the custodies do not sum to it"


def _booked(session: Session) -> Iterator[str]:
    """A tenure's used minutes are those of its custodies."""
    by_tenure = select(Custody.tenure_id, func.sum(Custody.minutes)).group_by(Custody.tenure_id)
    took: dict[int, int] = dict(session.execute(by_tenure).all())  # type: ignore[arg-type]
    for tenure in session.scalars(select(Tenure)):
        if tenure.used_minutes != (took.get(tenure.id) or 0):
            yield f"tenure {tenure.id}: used {tenure.used_minutes}, took {took.get(tenure.id)}"


def _counted_by_hand(session: Session, now: datetime) -> Iterator[str]:
    """Each custody's minutes and lateness, and each rung's due moment, equal a count without the product's clock.

    Holds as long as the working days are unchanged and the ticket was not moved to another scheme.
    """
    changed = select(Event.id).where(Event.action.in_(("calendar", "migrate"))).limit(1)
    if session.scalar(changed) is not None:
        return
    days = hand_clock.days_of(session)
    custodies = {row.id: row for row in session.scalars(select(Custody))}
    places = {row.id: county_context(session, row.scheme_version_id) for row in session.scalars(select(Ticket))}

    def counted(custody: Custody, begins: datetime, ends: datetime) -> int:
        return hand_clock.minutes(begins, ends, days, places[custody.ticket_id].scheme.office_hours)

    for custody in custodies.values():
        if custody.ended_at is None:
            continue
        late = counted(custody, custody.due_at, custody.ended_at) if custody.ended_at > custody.due_at else 0
        took = counted(custody, custody.began_at, custody.ended_at)
        verdict = "late" if custody.ended_at > custody.due_at else "on_time"
        if (custody.minutes, custody.late_minutes, custody.verdict) != (took, late, verdict):
            yield f"custody {custody.id}: {verdict}, {took} minutes and {late} late by hand"
    for rung in session.scalars(select(Escalation)):
        custody = custodies[rung.custody_id]
        if custody.due_at <= custody.began_at:
            # Overdrawn before it began: how far says the tenure, not the deadline.
            continue
        scheme = places[custody.ticket_id].scheme
        a_day = hand_clock.minutes(_TUESDAY, _TUESDAY + timedelta(days=1), hours=scheme.office_hours)
        offset = scheme.ladder.rungs[rung.rung - 1].offset * a_day
        if offset > 0:
            right = counted(custody, custody.due_at, rung.due_at) == offset
        elif offset == 0:
            right = rung.due_at == custody.due_at
        else:
            ahead = counted(custody, rung.due_at, custody.due_at)
            right = ahead == -offset or (rung.due_at == custody.began_at and ahead <= -offset)
        if not right or rung.due_at >= now:
            yield f"escalation {rung.id}: rung {rung.rung} was not due then, by hand"


#: An ordinary working day.
_TUESDAY = datetime(2018, 11, 20, tzinfo=hand_clock.CHINA)


def _once(session: Session) -> Iterator[str]:
    """No rung exists twice, none below the highest is missing, and each fired one is one event."""
    rungs: dict[tuple[int, str], list[int]] = {}
    fired: Counter[int] = Counter()
    for row in session.scalars(select(Escalation).order_by(Escalation.rung)):
        rungs.setdefault((row.tenure_id, row.stage), []).append(row.rung)
        fired[row.ticket_id] += row.status != "missed"
    for key, entries in rungs.items():
        if len(entries) != len(set(entries)):
            yield f"tenure {key}: a rung twice in {entries}"
    events = Counter(
        session.scalars(select(Event.subject_id).where(Event.action == "escalate", Event.subject_type == "ticket"))
    )
    if +fired != events:
        yield "rungs and their events differ"


def _notified_once(session: Session) -> Iterator[str]:
    """No person was notified twice of an event, or of their own act."""
    messages = session.execute(
        select(Message.event_id, Message.recipient_id, Event.actor_id).join(Event, Event.id == Message.event_id)
    ).all()
    if len({(event, who) for event, who, _ in messages}) != len(messages):
        yield "somebody was told twice"
    if any(who == actor for _, who, actor in messages):
        yield "somebody was told of their own act"
    waiting = set(session.scalars(select(Outbox.event_id)))
    if waiting & {event for event, _, _ in messages}:
        yield "an event was told and still waits"


def _lived_again(session: Session, now: datetime) -> Iterator[str]:
    """Replayed under its own scheme, every custody gets the same deadline, verdict and rungs.

    Holds as long as the working days are unchanged and the ticket was not moved to another scheme.
    """
    days = select(Event.id).where(Event.action == "calendar").limit(1)
    moved = set(session.scalars(select(Event.subject_id).where(Event.action == "migrate")))
    # A duty has a period and no kind with limits: it is not lived again.
    problems = select(Ticket).where(Ticket.type == "deficiency").order_by(Ticket.id)
    tickets = [t for t in session.scalars(problems) if t.id not in moved]
    if session.scalar(days) is not None or not tickets:
        return
    ids = [ticket.id for ticket in tickets]
    rows, called = stretches(session, ids), renamed(session, ids)
    verdicts = {(row.ticket_id, row.seq): row.verdict for row in session.scalars(select(Custody))}
    fired: dict[tuple[int, int], set[int]] = {}
    for ticket_id, seq, rung in session.execute(
        select(Escalation.ticket_id, Custody.seq, Escalation.rung).join(Custody, Custody.id == Escalation.custody_id)
    ):
        fired.setdefault((ticket_id, seq), set()).add(rung)
    for ticket in tickets:
        setting = county_context(session, ticket.scheme_version_id)
        names = called.get(ticket.id, [Called(1, ticket.kind, ticket.cause)])
        again = relive(setting, setting.year, ticket.urgent, ticket.filed_at, names, rows[ticket.id], now)
        for held, actual in zip(rows[ticket.id], again or (), strict=True):
            key = (ticket.id, held.seq)
            late = None if held.ended_at is None else "late" if actual.late else "on_time"
            if (actual.due_at, {entry.rung for entry in actual.rungs}, late) != (
                held.due_at,
                fired.get(key, set()),
                verdicts[key],
            ):
                yield f"ticket {ticket.id} custody {held.seq}: lived again it is another"
    scheme = county_context(session).scheme
    if not effects(session, system(), now, scheme, scheme).none:
        yield "a scheme differs from itself"
