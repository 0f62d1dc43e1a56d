"""Paper audit: compares papers, receipts, ends and accountability cases with what should have happened.

Computed from rungs, the papers' own moments and acts, not from the timers used by the sweep.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from models import AccountabilityCase, Custody, Escalation, Paper, PaperAct, RungAnswer, Ticket
from models.custody import FIRST_PAPER
from workflow.accountability import automatic_issue
from workflow.accountability.ladder_steps import LAST_RUNG
from workflow.county.context import county_context

#: A paper due at the opening may take the sweep so long.
SLACK = timedelta(minutes=10)
#: The codes of missing items, and what each finding names: a ticket, a paper or a case.
AUDIT_CODES = {
    "paper_missing": "ticket",
    "issue_missing": "ticket",
    "receipt_missing": "paper",
    "end_missing": "paper",
    "case_missing": "ticket",
    "lapse_missing": "case",
}

#: The rungs that have fired, with their moments, by tenure and stage.
Fired = dict[tuple[int, str], dict[int, datetime]]


def rungs_of_open(session: Session) -> Fired:
    """The rungs that have fired in the tenures of open custodies."""
    fired: Fired = {}
    for tenure_id, stage, rung, detected in session.execute(
        select(Escalation.tenure_id, Escalation.stage, Escalation.rung, Escalation.detected_at)
        .join(Custody, Custody.tenure_id == Escalation.tenure_id)
        .where(Custody.ended_at.is_(None))
    ):
        fired.setdefault((tenure_id, stage), {})[rung] = detected
    return fired


def audit(session: Session, now: datetime, kept: dict[str, Any]) -> dict[str, Any]:
    """Compare papers and cases with their expected state at `now`; `kept` is the previous comparison.

    Returns `{"papers", "cases", "beside", "beside_again"}`: the number of papers and of open cases; `[one of MISSING,
    number or id]` for each finding, and those found before as well.
    """
    late = automatic_issue.overdue(session, now - SLACK)
    unissued = [["issue_missing", number] for number in late if county_context(session).clock.is_open(now)]
    findings = sorted([*_audit_rungs(session), *unissued, *_audit_papers(session, now), *_audit_cases(session, now)])
    before = [list(one) for one in kept.get("beside", ())]
    under_way = select(func.count()).select_from(AccountabilityCase).where(AccountabilityCase.ended_at.is_(None))
    return {
        "papers": int(session.scalar(select(func.count()).select_from(Paper)) or 0),
        "cases": int(session.scalar(under_way) or 0),
        "beside": findings,
        "beside_again": [one for one in findings if one in before],
    }


def _audit_rungs(session: Session) -> Iterator[list[Any]]:
    """Issued rungs of open tickets without their paper (`verify` covers ended ones), and issued 问责 without a case."""
    issued: Select[*tuple[Any, ...]] = (
        select(Ticket)
        .join(Escalation, Escalation.ticket_id == Ticket.id)
        .outerjoin(RungAnswer, RungAnswer.escalation_id == Escalation.id)
    )
    without = issued.outerjoin(Paper, Paper.escalation_id == Escalation.id).where(
        Ticket.ended_at.is_(None),
        Escalation.rung >= FIRST_PAPER,
        Paper.id.is_(None),
        or_(Escalation.status == "issued", RungAnswer.issued),
    )
    yield from (["paper_missing", row.number] for row in session.scalars(without.distinct()))
    unopened = issued.outerjoin(AccountabilityCase, AccountabilityCase.custody_id == Escalation.custody_id).where(
        Escalation.rung == LAST_RUNG, RungAnswer.issued, AccountabilityCase.id.is_(None)
    )
    yield from (["case_missing", row.number] for row in session.scalars(unopened.distinct()))


def _audit_papers(session: Session, now: datetime) -> Iterator[list[Any]]:
    """Papers deemed received or ended without a record of it."""
    acts = {act: aliased(PaperAct) for act in ("receipt", "end")}
    receipt, end = acts.values()
    query: Select[*tuple[Any, ...]] = select(Paper.number, end.id).join(Ticket, Ticket.id == Paper.ticket_id)
    for act, row in acts.items():
        query = query.outerjoin(row, and_(row.paper_id == Paper.id, row.act == act))
    # A revoked paper needs no receipt.
    lapsed = and_(receipt.id.is_(None), Paper.deemed_at < now, or_(end.id.is_(None), end.how != "revoked"))
    met = and_(Paper.met_by == "work", Ticket.ended_at.is_not(None))
    for code, amiss in (("receipt_missing", lapsed), ("end_missing", and_(end.id.is_(None), met))):
        yield from ([code, row[0]] for row in session.execute(query.where(amiss)))


def _audit_cases(session: Session, now: datetime) -> Iterator[list[Any]]:
    """Cases still waiting for a statement whose time is over."""
    waiting = select(AccountabilityCase.id).where(
        AccountabilityCase.state == "notified", AccountabilityCase.statement_due_at < now
    )
    yield from (["lapse_missing", row[0]] for row in session.execute(waiting))
