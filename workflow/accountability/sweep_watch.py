"""Sweep watch: the worker's heartbeat, clock alarms, stored reports, and the auditor's comparison."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import Custody, Escalation, SweepReport, Tenure, Ticket, WebHeartbeat, WorkerHeartbeat
from workflow.accountability import paper_audit
from workflow.accountability.paper_audit import Fired, rungs_of_open
from workflow.actors import Actor
from workflow.batches import Swept, lies_elsewhere
from workflow.county.context import CountyContext, county_context
from workflow.errors import Conflict, NotAllowed
from workflow.history import event_log
from workflow.tickets.custody import downtime
from workflow.tickets.custody.clock_guard import LONGEST_PAUSE, SKEW, doubt_of_past, signs
from workflow.tickets.custody.timers import budget_of, deemed_at

_log = logging.getLogger("xiaohao.worker")
LEAP = timedelta(days=1)
#: A process without a heartbeat for so long is gone; its row is removed.
GONE = timedelta(days=7)
#: Roles that may release a held sweep: office, administrator, and the command line.
RELEASERS = ("office", "admin", "system")


def heartbeat(session: Session, worker: str, now: datetime, *, starting: bool = False) -> str | None:
    """Record that `worker` (one process) is alive; returns why the sweep must hold, or None.

    A leap of more than a day without a restart (`clock_leap`), or a step back of more than `SKEW`
    (`clock_backwards`), also across a restart, holds the sweep until a person releases it (`release`).  One worker's
    hold holds all, and a restart ends none.  A gap since the last sign of life (a heartbeat of a worker or of the web, an
    act of a person) is recorded as downtime, but not while the clock is in doubt.
    """
    row = session.scalars(
        select(WorkerHeartbeat).where(WorkerHeartbeat.worker == worker).with_for_update()
    ).one_or_none()
    last, web = downtime.last_heartbeat(session), downtime.last_web_heartbeat(session)
    if starting:
        gone = WorkerHeartbeat.beat_at < now - GONE
        session.execute(delete(WorkerHeartbeat).where(gone, WorkerHeartbeat.held_why.is_(None)))
    before: datetime | None = row.beat_at if row is not None else None
    if starting:
        before = last
    if row is None:
        row = WorkerHeartbeat(worker=worker, started_at=now, beat_at=now)
        session.add(row)
    if row.held_why is None:
        if before is not None and now < before - SKEW:
            row.held_at, row.held_why = now, "clock_backwards"
        elif before is not None and not starting and now - before > LEAP:
            row.held_at, row.held_why = now, "clock_leap"
        else:
            row.beat_at = max(now, row.beat_at)
    if starting:
        row.started_at = now
    session.flush()
    why = hold_reason(session)
    if why is None and last is not None:
        # Nobody has beaten since, so the first to return records it.
        for began, ended in downtime.gaps(session, max(last, web or last), now):
            downtime.record(session, began, ended)
    return why


def web_heartbeat(session: Session, process: str, now: datetime) -> None:
    """Record that a web process is alive: people can work, though no worker runs.

    What went before without a sign of life is recorded as downtime.  After a silence of more than a day the clock may be
    in doubt: then the worker's next heartbeat judges it first.
    """
    last, web = downtime.last_heartbeat(session), downtime.last_web_heartbeat(session)
    if last is None or hold_reason(session) is not None:
        return
    alive = max(last, web or last)
    if now - alive > LEAP or now < alive:
        return
    session.execute(delete(WebHeartbeat).where(WebHeartbeat.beat_at < now - GONE))
    row = session.scalars(select(WebHeartbeat).where(WebHeartbeat.process == process)).one_or_none()
    if row is None:
        row = WebHeartbeat(process=process, beat_at=now)
        session.add(row)
    row.beat_at = now
    session.flush()
    for began, ended in downtime.gaps(session, alive, now):
        downtime.record(session, began, ended)


def hold_reason(session: Session) -> str | None:
    """The code of the first alarm that holds the sweep; None while it runs."""
    holding = select(WorkerHeartbeat.held_why).where(WorkerHeartbeat.held_why.is_not(None))
    return session.scalar(holding.order_by(WorkerHeartbeat.held_at, WorkerHeartbeat.id).limit(1))


def release(session: Session, actor: Actor, now: datetime) -> int:
    """Release a held sweep, or the writes that the guard of the clock refuses, after a person has checked the clock; returns how
    many alarms ended.

    Writes an event of the county.  Heartbeats count from `now`.  Raises NotAllowed; Conflict when nothing holds.
    """
    if actor.role not in RELEASERS:
        raise NotAllowed("release_not_yours")
    rows = session.scalars(select(WorkerHeartbeat).order_by(WorkerHeartbeat.id).with_for_update()).all()
    alarms = sorted((row for row in rows if row.held_why is not None), key=lambda row: (row.held_at or now, row.id))
    released = [[row.held_why, event_log.stamp(row.held_at or now)] for row in alarms]
    doubt = doubt_of_past(signs(session), now, "", LONGEST_PAUSE)
    if alarms:
        _stood_still(session, rows, alarms[0], now)
    elif doubt is not None:
        released = [[doubt.code, event_log.stamp(now)]]
    else:
        raise Conflict("nothing_holds")
    for row in rows:
        # A heartbeat in the future came from the wrong clock and would hold the sweep again at the next start.
        if row.held_why is not None or row.beat_at > now:
            row.beat_at = now
        row.held_at, row.held_why = None, None
    session.execute(delete(WebHeartbeat).where(WebHeartbeat.beat_at > now))
    event_log.of(session, event_log.COUNTY, actor, now).append(
        "release", {"why": str(released[0][0])}, {"alarms": released}, notify=False
    )
    return len(released)


def _stood_still(session: Session, rows: Sequence[WorkerHeartbeat], alarm: WorkerHeartbeat, now: datetime) -> None:
    """A leap of the clock without a later correction means that the machine was down and no unit could work."""
    last, web = max(row.beat_at for row in rows), downtime.last_web_heartbeat(session)
    if alarm.held_why == "clock_leap" and alarm.held_at is not None and last < alarm.held_at <= now:
        for began, ended in downtime.gaps(session, max(last, web or last), alarm.held_at):
            downtime.record(session, began, ended)


def save_report(session: Session, job: str, now: datetime, result: dict[str, Any], lag_seconds: int = 0) -> None:
    """Keep the last result of a job."""
    query = select(SweepReport).where(SweepReport.job == job)
    row = session.scalars(query).one_or_none()
    if row is None:
        # Several workers that begin at once each find none.
        with suppress(IntegrityError), session.begin_nested():
            session.add(SweepReport(job=job, at=now, lag_seconds=lag_seconds, result=result))
        row = session.scalars(query).one()
    row.at, row.lag_seconds, row.result = now, lag_seconds, result


def last_result(session: Session, job: str) -> dict[str, Any]:
    """The last result of a job; empty before its first run."""
    return dict(session.scalar(select(SweepReport.result).where(SweepReport.job == job)) or {})


def report_payload(swept: Swept) -> dict[str, Any]:
    """A sweep's figures in stored form."""
    return {
        name: {str(k): v for k, v in value.items()} if isinstance(value, dict) else value
        for name, value in asdict(swept).items()
        if name != "idle"
    }


def audit(session: Session, now: datetime) -> dict[str, Any]:
    """Compare the rungs due by `now` with those fired, over every open custody.

    Returns `{"open", "looked_at", "missing", "unfounded", "unreadable", "again"}`: the numbers of open and of
    compared custodies; ticket ids whose due rung is missing, whose rung was not due, or whose rows cannot be read (they stop no
    other), and which of these the previous comparison had found as well.  Computed from the deadlines, not from the timers of
    the sweep.  The result of `paper_audit.audit` is added.
    """
    fired = rungs_of_open(session)
    found = Compared()
    try:
        for ticket, custody, tenure in session.execute(_OPEN.execution_options(yield_per=1000)):
            found.add(ticket.id, _fault(session, ticket, custody, tenure, fired, now))
    except Exception as error:
        if lies_elsewhere(error):
            raise
        found = _one_by_one(session, fired, now)
    missing, unfounded = found.missing, found.unfounded
    open_ = session.scalar(select(func.count()).select_from(Custody).where(Custody.ended_at.is_(None)))
    kept = session.scalar(select(SweepReport.result).where(SweepReport.job == "audit")) or {}
    # A rung due since the last sweep is missing for a minute; one found twice in a row is a fault.
    before = {ticket for name in ("missing", "unfounded", "unreadable") for ticket in kept.get(name, ())}
    again = sorted({*missing, *unfounded, *found.unreadable} & before)
    return {
        "open": int(open_ or 0),
        "looked_at": found.count,
        "missing": sorted(missing),
        "unfounded": unfounded,
        "unreadable": found.unreadable,
        "again": again,
        **paper_audit.audit(session, now, kept),
    }


@dataclass(slots=True)
class Compared:
    """What a comparison found, by ticket id, and over how many custodies."""

    count: int = 0
    missing: list[int] = field(default_factory=list)
    unfounded: list[int] = field(default_factory=list)
    unreadable: list[int] = field(default_factory=list)

    def add(self, ticket_id: int, fault: str | None) -> None:
        self.count += 1
        if fault is not None:
            getattr(self, fault).append(ticket_id)


_OPEN = (
    select(Ticket, Custody, Tenure)
    .join(Custody, Custody.ticket_id == Ticket.id)
    .join(Tenure, Tenure.id == Custody.tenure_id)
    .where(Custody.ended_at.is_(None))
)


def _one_by_one(session: Session, fired: Fired, now: datetime) -> Compared:
    """The comparison custody by custody, after a row could not be read."""
    found = Compared()
    ids = session.execute(select(Custody.id, Custody.ticket_id).where(Custody.ended_at.is_(None)).order_by(Custody.id))
    for custody_id, ticket_id in ids.all():
        try:
            ticket, custody, tenure = session.execute(_OPEN.where(Custody.id == custody_id)).one()
            fault = _fault(session, ticket, custody, tenure, fired, now)
        except Exception as error:
            if lies_elsewhere(error):
                raise
            _log.exception("ticket %s cannot be compared", ticket_id)
            fault = "unreadable"
        found.add(ticket_id, fault)
    return found


def _fault(
    session: Session, ticket: Ticket, custody: Custody, tenure: Tenure, fired: Fired, now: datetime
) -> str | None:
    """`missing` for a rung or a lapse that should be there, `unfounded` for a rung that was not due, or None."""
    setting = county_context(session, ticket.scheme_version_id)
    if custody.stage == "hold":
        # It should be running again.
        return "missing" if custody.due_at < now else None
    if custody.stage == "accept" and deemed_at(setting, tenure, custody) < now:
        # It should have counted as accepted.
        return "missing"
    late = _minutes_late(setting, tenure, custody, now)
    rungs_on = setting.scheme.ladder.rungs[: setting.scheme.rungs_on]
    offsets = [rung.offset * setting.clock.minutes_per_day for rung in rungs_on]
    must = max((n for n, offset in enumerate(offsets, start=1) if late > offset), default=0)
    may = max((n for n, offset in enumerate(offsets, start=1) if late >= offset), default=0)
    rungs = fired.get((tenure.id, custody.stage), {})
    there = max(rungs, default=0)
    if there < must:
        return "missing"
    # Rungs of an earlier custody of the same tenure stay, and those of an earlier date of this one; only what is
    # beyond the due set is unfounded.
    if there > may and not _dated_before(custody, rungs[there]) and not _earlier(session, custody, there):
        return "unfounded"
    return None


def _minutes_late(setting: CountyContext, tenure: Tenure, custody: Custody, now: datetime) -> int:
    """Working minutes past the deadline; negative before it.  Time overdrawn before this custody counts."""
    budget, used, _ = budget_of(tenure, custody.stage)
    clock = setting.clock
    return (
        clock.minutes_between(custody.due_at, now) - clock.minutes_between(now, custody.due_at) + max(used - budget, 0)
    )


def _dated_before(custody: Custody, fired_at: datetime) -> bool:
    """Whether the calendar moved the deadline after a rung had fired."""
    moved = custody.account.get("moved", [])
    return any(datetime.fromisoformat(entry["at"]) >= fired_at for entry in moved)


def _earlier(session: Session, custody: Custody, rung: int) -> bool:
    """Whether the rung was reached in an earlier custody of the tenure."""
    return (
        session.scalar(
            select(Escalation.id).where(
                Escalation.tenure_id == custody.tenure_id,
                Escalation.stage == custody.stage,
                Escalation.rung == rung,
                Escalation.custody_id != custody.id,
            )
        )
        is not None
    )
