"""The watch over the sweep: the worker's heartbeat, its clock, the kept reports, and the auditor's comparison."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Custody, Escalation, SweepReport, Tenure, Ticket, WorkerHeartbeat
from workflow.county import setting
from workflow.escalation.sweep import Swept
from workflow.timers import deemed_at, ladder_times

LEAP = timedelta(days=1)


def beat(session: Session, worker: str, now: datetime, *, starting: bool = False) -> str | None:
    """Record that `worker` is alive; returns why the sweep must hold (`clock_backwards`, `clock_leap`) or None.

    A leap of more than a day without a restart, or any step back, escalates nobody until a person has looked.
    """
    row = session.scalars(select(WorkerHeartbeat).where(WorkerHeartbeat.worker == worker)).one_or_none()
    if row is None:
        session.add(WorkerHeartbeat(worker=worker, started_at=now, beat_at=now))
        return None
    if starting:
        row.started_at, row.beat_at, row.held_at, row.held_why = now, now, None, None
        return None
    if row.held_why is None:
        if now < row.beat_at:
            row.held_at, row.held_why = now, "clock_backwards"
        elif now - row.beat_at > LEAP:
            row.held_at, row.held_why = now, "clock_leap"
        else:
            row.beat_at = now
    return row.held_why


def keep(session: Session, job: str, now: datetime, result: dict[str, Any], lag_seconds: int = 0) -> None:
    """Keep the last result of a job."""
    row = session.scalars(select(SweepReport).where(SweepReport.job == job)).one_or_none()
    if row is None:
        row = SweepReport(job=job)
        session.add(row)
    row.at, row.lag_seconds, row.result = now, lag_seconds, result


def told(swept: Swept) -> dict[str, Any]:
    """A sweep's figures as they are kept."""
    return {name: {str(k): v for k, v in value.items()} if isinstance(value, dict) else value
            for name, value in asdict(swept).items()}  # fmt: skip


def audit(session: Session, now: datetime) -> dict[str, Any]:
    """Compare what should have fired by `now` with what did, over every open custody.

    Returns `{"looked_at", "missing", "unfounded"}`: numbers of custodies, and ticket ids whose due rung is not there or
    whose rung was not due.  Computed from the tenures alone, without the timers the sweep goes by.
    """
    rows = session.execute(
        select(Ticket, Custody, Tenure)
        .join(Custody, Custody.ticket_id == Ticket.id)
        .join(Tenure, Tenure.id == Custody.tenure_id)
        .where(Custody.ended_at.is_(None))
        .execution_options(yield_per=1000)
    )
    fired: dict[tuple[int, str], set[int]] = {}
    for tenure_id, stage, rung in session.execute(
        select(Escalation.tenure_id, Escalation.stage, Escalation.rung)
        .join(Custody, Custody.tenure_id == Escalation.tenure_id)
        .where(Custody.ended_at.is_(None))
    ):
        fired.setdefault((tenure_id, stage), set()).add(rung)
    looked, missing, unfounded = 0, [], []
    for ticket, custody, tenure in rows:
        looked += 1
        place = setting(session, ticket.county_id, ticket.scheme_version_id)
        lapses = deemed_at(place, tenure, custody) if custody.stage == "accept" else now
        if lapses < now or (custody.stage == "hold" and custody.due_at < now):
            # It should have counted as accepted, or be running again.
            missing.append(ticket.id)
            continue
        until = min(now, lapses)
        due = [entry.rung for entry in ladder_times(place, tenure, custody, above=0) if entry.at < until]
        there = fired.get((tenure.id, custody.stage), set())
        if due and max(due) not in there:
            missing.append(ticket.id)
        # Rungs of an earlier custody of the same tenure stay; only what is beyond the due set is unfounded.
        if there and (not due or max(there) > max(due)) and not _earlier(session, custody, there):
            unfounded.append(ticket.id)
    return {"looked_at": looked, "missing": missing, "unfounded": unfounded}


def _earlier(session: Session, custody: Custody, there: set[int]) -> bool:
    """Whether the highest rung was reached in an earlier custody of the tenure."""
    return (
        session.scalar(
            select(Escalation.id).where(
                Escalation.tenure_id == custody.tenure_id,
                Escalation.stage == custody.stage,
                Escalation.rung == max(there),
                Escalation.custody_id != custody.id,
            )
        )
        is not None
    )
