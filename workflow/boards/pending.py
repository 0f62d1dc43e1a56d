"""Pending items: disputes, requests, spot and random checks and the state of the sweep, for readers of the county."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import SpotCheck, SweepReport, Ticket, TimeRequest, WorkerHeartbeat
from workflow.accountability.instructions import instruction_views
from workflow.accountability.oversight.unit_accounts import year_of
from workflow.actors import Actor
from workflow.boards.scope import Scope
from workflow.county.context import CountyContext
from workflow.county.leaders import leaderless
from workflow.register.random_checks import random_lists
from workflow.tickets.consequences import pending_checks
from workflow.tickets.custody.downtime import Outage, outages
from workflow.tickets.open_predicate import still_open
from workflow.tickets.views.request_views import waiting_requests

MOST = 20


@dataclass(frozen=True, slots=True)
class Waiting:
    """All pending matters and the state of the background jobs; each list has at most MOST entries."""

    disputes: Sequence[Ticket]
    #: All disputes, of which `disputes` are the first.
    disputed: int
    over_cap: Sequence[Ticket]
    requests: list[tuple[TimeRequest, Ticket]]
    #: Who owes the leading group an answer: unit, instructions waiting, and those of them that are late.
    owed: list[tuple[int, int, int]]
    #: Instructions whose answer waits for the leading group.
    answered: list[instruction_views.InstructionLine]
    #: Overdue spot checks, with the ticket's number and the month.
    spots: list[tuple[SpotCheck, str, str, int]]
    #: Overdue random checks of households.
    random: list[random_lists.HouseholdCheckLine]
    beat: WorkerHeartbeat | None
    held: WorkerHeartbeat | None
    leaderless: list[tuple[int, int]]
    reports: dict[str, SweepReport]
    #: Tickets with audit findings, and whether the previous audit had found them too.
    amiss: list[tuple[str, bool]]
    #: Downtimes of the assessment year, the latest first.
    outages: list[Outage]


def waiting(session: Session, actor: Actor, setting: CountyContext, now: datetime) -> Waiting:
    """The pending matters of the county."""
    open_here = Scope(setting).open()
    disputes = select(Ticket).where(still_open(), Ticket.state == "disputed")
    over_cap = select(Ticket).where(open_here, Ticket.due_at > Ticket.cap_at)
    reports = {row.job: row for row in session.scalars(select(SweepReport))}
    return Waiting(
        disputes=session.scalars(disputes.order_by(Ticket.due_at, Ticket.id).limit(MOST)).all(),
        disputed=disputed(session),
        over_cap=session.scalars(over_cap.order_by(Ticket.due_at, Ticket.id).limit(MOST)).all(),
        requests=waiting_requests(session, actor),
        owed=instruction_views.owed(session, now),
        answered=instruction_views.answered(session, now, MOST),
        spots=pending_checks.overdue(session, now),
        random=random_lists.overdue(session, actor, now),
        beat=session.scalars(select(WorkerHeartbeat).order_by(WorkerHeartbeat.beat_at.desc()).limit(1)).first(),
        held=holding(session),
        leaderless=leaderless(session, now),
        reports=reports,
        amiss=_pending_findings(session, actor, reports.get("audit")),
        outages=outages(session, setting.clock, *year_of(setting)),
    )


def disputed(session: Session) -> int:
    """The number of open tickets whose responsible unit is disputed."""
    return int(session.scalar(select(func.count()).where(still_open(), Ticket.state == "disputed")) or 0)


def holding(session: Session) -> WorkerHeartbeat | None:
    """The first alarm that holds the sweep, if any."""
    alarms = select(WorkerHeartbeat).where(WorkerHeartbeat.held_why.is_not(None))
    return session.scalars(alarms.order_by(WorkerHeartbeat.held_at, WorkerHeartbeat.id).limit(1)).first()


def _pending_findings(session: Session, actor: Actor, audit: SweepReport | None) -> list[tuple[str, bool]]:
    if audit is None:
        return []
    result, again = audit.result, set(audit.result.get("again", ()))
    ids = sorted({*result["missing"], *result["unfounded"]}, key=lambda ticket: (ticket not in again, ticket))[:MOST]
    here = select(Ticket).where(Ticket.id.in_(ids))
    numbers = {row.id: row.number for row in session.scalars(here)}
    return [(numbers[ticket], ticket in again) for ticket in ids if ticket in numbers]
