"""Automatic issue: decides whether the paper of a rung from 督办 up is issued now, at the next opening, by a person, or
not at all.

A paper is issued by the system only on a standing authorisation of the issuing unit's leader, and only in office hours.
Without the authorisation the rung waits for a person, who is reminded every working day; outside office hours it waits
for the next opening.  To the leading group none is issued: its rung is recorded and notified.  The ladder's clock does not
move by any of it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from models import Authorisation, Custody, Escalation, RungAnswer, RungWaiting, Tenure, Ticket, row_changes
from models.custody import FIRST_PAPER
from workflow.accountability import rung_issue
from workflow.accountability.ladder_steps import LadderStep, paper_case
from workflow.accountability.paper_content import Case
from workflow.accountability.rung_issue import Wanted
from workflow.actors import system
from workflow.batches import DueTickets, Transactions
from workflow.county import authorisations
from workflow.county.context import CountyContext, county_context
from workflow.history import event_log
from workflow.tickets.custody.timers import budget_of

BATCH = 100
_DUE = DueTickets(RungWaiting.ticket_id, RungWaiting.issue_at, RungWaiting.escalation_id)


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a reached rung: its status, the authorisation it is issued on, and when the office opens."""

    status: str
    authorisation: Authorisation | None = None
    issue_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """A rung whose paper is due at the opening, and the authorisation to issue it on; None: a person decides."""

    ticket: Ticket
    escalation: Escalation
    case: Case
    authorisation: Authorisation | None


def fates(session: Session, now: datetime) -> Callable[[CountyContext, LadderStep], Fate]:
    """The fate of each step of a batch; the authorisations are read once."""
    known: dict[int, Authorisation | None] = {}

    def fate(setting: CountyContext, due: LadderStep) -> Fate:
        if due.top.rung >= FIRST_PAPER and not setting.accountable(due.held.unit_id):
            return Fate("recorded")
        if not due.issued:
            return Fate("proposed")
        if due.top.rung < FIRST_PAPER:
            return Fate("issued")
        issuer = paper_case(setting, due).issuer.id
        if issuer not in known:
            known[issuer] = authorisations.in_force(session, issuer, "supervise", now)
        found = known[issuer]
        if found is None:
            return Fate("proposed")
        opens = setting.clock.next_opening(now)
        return Fate("issued", found) if opens == now else Fate("deferred", None, opens)

    return fate


def write(session: Session, waiting: Iterable[tuple[LadderStep, Fate]]) -> None:
    """Write the waiting rows of the rungs of a batch that wait for a person or for the opening."""
    fate_of = {due.held.tenure_id: (due, fate) for due, fate in waiting if fate.status in ("proposed", "deferred")}
    if not fate_of:
        return
    rows = session.execute(
        select(Escalation.id, Escalation.tenure_id, Escalation.ticket_id, Escalation.stage, Escalation.rung).where(
            Escalation.tenure_id.in_(list(fate_of)), Escalation.status.in_(("proposed", "deferred"))
        )
    )
    found: list[dict[str, Any]] = []
    for escalation_id, tenure_id, ticket_id, stage, rung in rows:
        due, fate = fate_of[tenure_id]
        if (stage, rung) == (due.held.stage, due.top.rung):
            found.append({"escalation_id": escalation_id, "ticket_id": ticket_id, "issue_at": fate.issue_at})
    session.connection().execute(insert(RungWaiting.__table__), found)
    row_changes.note(session, "rung_waiting", [row["escalation_id"] for row in found])


def answered(session: Session, escalation_id: int) -> None:
    """A waiting rung has its answer."""
    session.execute(delete(RungWaiting).where(RungWaiting.escalation_id == escalation_id))
    row_changes.note(session, "rung_waiting", [escalation_id])


def next_due(session: Session, now: datetime) -> datetime | None:
    """The earliest opening at which a paper was to be issued and is not, by `now`, or None; constant cost."""
    return _DUE.next_due(session, now)


def run(reading: Transactions, writing: Transactions, now: datetime, failed: dict[int, str]) -> int:
    """Issue the papers due at the opening, while the office is open; returns how many tickets were dealt with.

    Any number of workers may run: the ticket's lock and UNIQUE(escalation) make a paper exactly once.  A failing ticket
    stops no other and is added to `failed`.
    """
    with reading() as session:
        if next_due(session, now) is None or not county_context(session).clock.is_open(now):
            return 0
    return _DUE.run(reading, writing, now, failed, BATCH, lambda session, tickets: _batch(session, now, tickets))


def _batch(session: Session, now: datetime, tickets: list[int]) -> int:
    if not tickets:
        return 0
    # Read again under the lock: a person may have answered meanwhile.
    rows = _openings(session, now, tickets)
    for due in rows:
        if due.authorisation is None:
            # Nobody authorises it any more, or the unit has acted since: a person decides.
            waits = update(RungWaiting).where(RungWaiting.escalation_id == due.escalation.id)
            session.execute(waits.values(issue_at=None))
            row_changes.note(session, "rung_waiting", [due.escalation.id])
            row_changes.happened(session, now)
            continue
        _issue(session, now, due.ticket, due.escalation, due.case, due.authorisation)
    return len(rows)


def opening(session: Session, now: datetime) -> list[tuple[int, str, int, bool]]:
    """What a sweep at `now` would do with the papers due at the opening: ticket, stage and rung of each, and whether the
    paper is issued or left to a person.  Writes nothing."""
    if next_due(session, now) is None or not county_context(session).clock.is_open(now):
        return []
    tickets = _DUE.tickets(session, now)
    return [
        (due.ticket.id, due.escalation.stage, due.escalation.rung, due.authorisation is not None)
        for due in _openings(session, now, tickets)
    ]


def _openings(session: Session, now: datetime, tickets: list[int]) -> list[Opening]:
    """The rungs of these tickets whose paper is due at the opening."""
    rows = session.execute(
        select(Escalation, Ticket, Custody, Tenure)
        .join(RungWaiting, RungWaiting.escalation_id == Escalation.id)
        .join(Ticket, Ticket.id == Escalation.ticket_id)
        .join(Custody, Custody.id == Escalation.custody_id)
        .join(Tenure, Tenure.id == Escalation.tenure_id)
        .where(RungWaiting.ticket_id.in_(tickets), RungWaiting.issue_at.is_not(None), RungWaiting.issue_at <= now)
        .order_by(Escalation.id)
        .execution_options(populate_existing=True)
    ).all()
    found = []
    for escalation, ticket, custody, tenure in rows:
        case = open_case(county_context(session, ticket.scheme_version_id), escalation, custody, tenure)
        closed = custody.ended_at is not None or not case.setting.accountable(case.unit_id)
        authorised = None if closed else authorisations.in_force(session, case.issuer.id, "supervise", now)
        found.append(Opening(ticket, escalation, case, authorised))
    return found


def open_case(setting: CountyContext, escalation: Escalation, custody: Custody, tenure: Tenure) -> Case:
    """The subject of the paper of a rung whose custody is still open."""
    budget, used, _ = budget_of(tenure, escalation.stage)
    return Case(
        setting,
        escalation.ticket_id,
        tenure.id,
        custody.id,
        escalation.unit_id,
        escalation.stage,
        escalation.rung,
        custody.began_at,
        custody.due_at,
        custody.ended_at,
        budget,
        used,
    )


def _issue(
    session: Session, now: datetime, ticket: Ticket, escalation: Escalation, case: Case, on: Authorisation
) -> None:
    paper = rung_issue.next_number(session, now, case.setting, escalation.unit_id)
    session.add(
        RungAnswer(
            ticket_id=ticket.id, escalation_id=escalation.id, issued=True, paper=paper, reason="", at=now, by_id=None
        )
    )
    answered(session, escalation.id)
    session.flush()
    wanted = Wanted(paper, case, escalation_id=escalation.id, authorisation=on)
    frozen = rung_issue.issue(session, now, [wanted])[case.tenure_id]
    seq = session.scalar(select(Custody.seq).where(Custody.id == escalation.custody_id))
    given = {"rung": escalation.rung, "stage": escalation.stage, "unit": escalation.unit_id, "paper": paper}
    answer = {"custody": seq, "stage": escalation.stage, "rung": escalation.rung, "issued": True, "paper": paper}
    effect = {"rung": {**answer, "at": event_log.stamp(now), "by": None}, **frozen}
    event_log.of(session, ticket, system(), now).append("issue_rung", given, effect)


def overdue(session: Session, before: datetime) -> list[str]:
    """The numbers of tickets whose paper was due at an opening before this moment and is not issued."""
    query = (
        select(Ticket)
        .join(RungWaiting, RungWaiting.ticket_id == Ticket.id)
        .where(RungWaiting.issue_at.is_not(None), RungWaiting.issue_at < before)
    )
    return sorted({ticket.number for ticket in session.scalars(query)})
