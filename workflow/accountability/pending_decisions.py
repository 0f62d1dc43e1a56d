"""Pending decisions: papers and accountability cases that wait for a person, counted for the board with their lists.

Counted from pending rows, so the cost does not grow with history.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session, aliased

from models import (
    AccountabilityCase,
    Escalation,
    Event,
    Paper,
    PaperAct,
    PaperPending,
    RungWaiting,
    SweepReport,
    Ticket,
)
from workflow.accountability.cases.case_lifecycle import STATES
from workflow.accountability.cases.case_views import late
from workflow.accountability.ladder_steps import LAST_RUNG
from workflow.accountability.paper_audit import AUDIT_CODES
from workflow.accountability.replies.talks import answer_stands, is_talk
from workflow.actors import Actor
from workflow.errors import NotAllowed
from workflow.tickets.visibility import COUNTY_WIDE

_MOST = 20


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """One audit finding: a code of `paper_audit.AUDIT_CODES`, what it names, and whether it was found before."""

    code: str
    ref: str
    again: bool

    @property
    def names(self) -> str:
        """`ticket`, `paper` or `case`."""
        return AUDIT_CODES[self.code]


@dataclass(frozen=True, slots=True)
class Undecided:
    """A decision to make: a waiting `rung`, an `answer` to check, a `talk` to record, a requested `revocation` of a paper,
    a requested `withdrawal` of a case; `ref` is the number of the ticket or paper, or the case's id."""

    what: str
    unit_id: int
    rung: int
    ref: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """Decisions to make, the longest waiting first; open papers by rung as (rung, open, past the demand), open cases by
    state, and those past their time."""

    undecided: list[Undecided]
    papers: list[tuple[int, int, int]]
    cases: list[tuple[str, int]]
    late_cases: int
    amiss: list[AuditFinding]


def waiting(session: Session, actor: Actor, now: datetime) -> Waiting:
    """The pending decisions of the county.  Raises NotAllowed for roles that do not oversee it."""
    if actor.role not in COUNTY_WIDE:
        raise NotAllowed("board_not_yours")
    papers = session.execute(
        select(Paper.rung, func.count(), func.sum(case((Paper.demand_due_at < now, 1), else_=0)))
        .join(PaperPending, PaperPending.paper_id == Paper.id)
        .where(PaperPending.open)
        .group_by(Paper.rung)
        .order_by(Paper.rung)
    )
    under_way = AccountabilityCase.ended_at.is_(None)
    by_state = select(AccountabilityCase.state, func.count()).where(under_way).group_by(AccountabilityCase.state)
    states: dict[str, int] = {row[0]: row[1] for row in session.execute(by_state)}
    past = session.scalar(select(func.count()).select_from(AccountabilityCase).where(under_way, late(now)))
    return Waiting(
        undecided=undecided(session, now),
        papers=[(row[0], row[1], int(row[2])) for row in papers],
        cases=[(state, states[state]) for state in STATES if state in states],
        late_cases=int(past or 0),
        amiss=_audit_findings(session),
    )


def undecided(session: Session, now: datetime, most: int = _MOST) -> list[Undecided]:
    """On open tickets, open papers and open cases, the longest waiting first; at most `most` of each sort."""
    proposed = session.execute(
        select(Ticket, Escalation.unit_id, Escalation.rung, Escalation.detected_at)
        # Expressions, so that SQLite begins with the few that wait and not with every rung or ticket.
        .join(RungWaiting, Ticket.id == RungWaiting.ticket_id + 0)
        .join(Escalation, Escalation.id == RungWaiting.escalation_id + 0)
        .where(Ticket.ended_at.is_(None), RungWaiting.issue_at.is_(None))
        .order_by(Escalation.detected_at, Escalation.id)
        .limit(most)
    )
    waiting = [Undecided("rung", unit, rung, ticket.number, since) for ticket, unit, rung, since in proposed]
    kept = aliased(PaperAct)
    asked = session.execute(
        select(Paper.unit_id, Paper.rung, Paper.number, PaperAct.at)
        .join(PaperPending, PaperPending.paper_id == Paper.id)
        .join(PaperAct, and_(PaperAct.paper_id == Paper.id, PaperAct.act == "ask_revocation"))
        .outerjoin(kept, and_(kept.paper_id == Paper.id, kept.act == "keep"))
        .where(PaperPending.open, kept.id.is_(None))
        .order_by(PaperAct.at, Paper.id)
        .limit(most)
    )
    waiting += [Undecided("revocation", *row) for row in asked]
    waiting += _to_check(session, now, most)
    sought = session.execute(
        select(AccountabilityCase.unit_id, AccountabilityCase.id, func.max(Event.at))
        .join(Event, and_(Event.subject_type == "case", Event.subject_id == AccountabilityCase.id))
        .where(AccountabilityCase.ended_at.is_(None))
        .where(AccountabilityCase.withdrawal_by_id.is_not(None))
        .group_by(AccountabilityCase.unit_id, AccountabilityCase.id)
        .limit(most)
    )
    waiting += [Undecided("withdrawal", unit, LAST_RUNG, str(case_id), since) for unit, case_id, since in sought]
    return sorted(waiting, key=lambda one: one.since)


def _to_check(session: Session, now: datetime, most: int) -> list[Undecided]:
    """Open papers whose answer waits to be checked, and talks whose time has come and whose record is not in."""
    papers = session.scalars(
        select(Paper)
        .join(PaperPending, Paper.id == PaperPending.paper_id + 0)
        .where(PaperPending.open)
        .order_by(PaperPending.paper_id)
    ).all()
    acts: dict[int, dict[str, PaperAct]] = {}
    for act in session.scalars(
        select(PaperAct).where(PaperAct.paper_id.in_([paper.id for paper in papers])).order_by(PaperAct.id)
    ):
        acts.setdefault(act.paper_id, {})[act.act] = act
    found = []
    for paper in papers:
        done = acts.get(paper.id, {})
        talk = datetime.fromisoformat(paper.content["talk"]["at"]) if is_talk(paper) else None
        if talk is not None and "record" not in done and talk <= now:
            found.append(Undecided("talk", paper.unit_id, paper.rung, paper.number, talk))
        elif answer_stands(done):
            found.append(Undecided("answer", paper.unit_id, paper.rung, paper.number, done["answer"].at))
    return sorted(found, key=lambda one: one.since)[:most]


def _audit_findings(session: Session) -> list[AuditFinding]:
    """The audit findings, repeated ones first; at most what a board shows."""
    kept = session.scalar(select(SweepReport.result).where(SweepReport.job == "audit")) or {}
    again = [list(one) for one in kept.get("beside_again", ())]
    findings = [AuditFinding(one[0], str(one[1]), list(one) in again) for one in kept.get("beside", ())]
    return sorted(findings, key=lambda one: not one.again)[:_MOST]
