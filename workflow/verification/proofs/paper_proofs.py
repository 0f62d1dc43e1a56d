"""Paper proofs: each paper equals its issue event and rung, its acts and commitments equal their events, and the pending
rows match; answers to waiting rungs equal their events, and no rung from 督办 up is silently without a paper.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from models import (
    Custody,
    Escalation,
    Paper,
    PaperAct,
    PaperCommitment,
    PaperPending,
    RungAnswer,
    RungWaiting,
)
from models.custody import FIRST_PAPER
from workflow.history.event_log import canonical, digest, stamp
from workflow.tickets.custody.event_fold import Fold
from workflow.verification.proofs.findings import Finding


@dataclass(slots=True)
class Rows:
    """The papers of one ticket with their rungs, issuing answers, acts and pending rows."""

    papers: list[tuple[Paper, Escalation | None, RungAnswer | None]] = field(default_factory=list)
    acts: list[PaperAct] = field(default_factory=list)
    pending: list[PaperPending] = field(default_factory=list)
    commitments: dict[int, list[PaperCommitment]] = field(default_factory=dict)


_LOT: BindParameter[Any] = bindparam("tickets", expanding=True)
_PAPERS = (
    select(Paper, Escalation, RungAnswer)
    .outerjoin(Escalation, Escalation.id == Paper.escalation_id)
    .outerjoin(RungAnswer, RungAnswer.escalation_id == Paper.escalation_id)
    .where(Paper.ticket_id.in_(_LOT))
    .order_by(Paper.id)
)
_ACTS = select(PaperAct).where(PaperAct.ticket_id.in_(_LOT))
_PROMISED = (
    select(Paper.ticket_id, PaperCommitment)
    .join(Paper, Paper.id == PaperCommitment.paper_id)
    .where(Paper.ticket_id.in_(_LOT))
    .order_by(PaperCommitment.act_id, PaperCommitment.position)
)
_PENDING = select(PaperPending).where(PaperPending.ticket_id.in_(_LOT))


def read(session: Session, tickets: list[int]) -> dict[int, Rows]:
    """The rows of these tickets."""
    by_ticket = {ticket: Rows() for ticket in tickets}
    lot = {"tickets": tickets}
    for paper, rung, answer in session.execute(_PAPERS, lot):
        by_ticket[paper.ticket_id].papers.append((paper, rung, answer))
    for act in session.scalars(_ACTS, lot):
        by_ticket[act.ticket_id].acts.append(act)
    for ticket, row in session.execute(_PROMISED, lot):
        by_ticket[ticket].commitments.setdefault(row.act_id, []).append(row)
    for pending in session.scalars(_PENDING, lot):
        by_ticket[pending.ticket_id].pending.append(pending)
    return by_ticket


def differences(rows: Rows, fold: Fold) -> Iterator[str]:
    """The codes of differences between rows and events."""
    numbers = {paper.id: paper.number for paper, _, _ in rows.papers}
    if sorted(numbers.values()) != sorted(fold.papers):
        yield "papers_differ"
    for paper, rung, answer in rows.papers:
        if not _same_paper(paper, fold.papers.get(paper.number, {})) or not _matches_rung(paper, rung, answer):
            yield "paper_altered"
    acts = {(numbers.get(act.paper_id, ""), act.act, act.round): act for act in rows.acts}
    if acts.keys() != fold.paper_acts.keys():
        yield "paper_acts_differ"
    elif any(not _happened(act, fold.paper_acts[key], acts) for key, act in acts.items()):
        yield "paper_act_altered"
    if not _promised(rows, fold, acts):
        yield "commitments_differ"
    pending = {row.paper_id: (row.deemed_at, row.open, row.tenure_id, row.unit_id) for row in rows.pending}
    if pending != _pending(rows):
        yield "paper_pending_differs"


def _same_paper(paper: Paper, recorded: dict[str, Any]) -> bool:
    actual = {
        "leader_id": paper.leader_id,
        "issuer_id": paper.issuer_id,
        "issued_by_id": paper.issued_by_id,
        "met_by": paper.met_by,
        "issued_at": stamp(paper.issued_at),
        "demand_due_at": stamp(paper.demand_due_at),
        "deemed_at": stamp(paper.deemed_at),
        "hash": digest(canonical(paper.content)),
    }
    same = paper.hash == actual["hash"] and all(recorded.get(name) == value for name, value in actual.items())
    # Erased words prove nothing, but a paper issued by a person has some.
    return same and (recorded["printed"] is None or recorded["printed"] == paper.reason)


def _matches_rung(paper: Paper, rung: Escalation | None, answer: RungAnswer | None) -> bool:
    """Whether the paper matches its rung, which was folded from the events."""
    if rung is None:
        return False
    number = rung.paper if answer is None else answer.paper
    return (
        paper.number,
        paper.ticket_id,
        paper.tenure_id,
        paper.custody_id,
        paper.unit_id,
        paper.stage,
        paper.rung,
    ) == (
        number,
        rung.ticket_id,
        rung.tenure_id,
        rung.custody_id,
        rung.unit_id,
        rung.stage,
        rung.rung,
    )


def _promised(rows: Rows, fold: Fold, acts: dict[tuple[str, str, int], PaperAct]) -> bool:
    """Whether the commitments are those that the events of their acts recorded."""
    units = {paper.id: paper.unit_id for paper, _, _ in rows.papers}
    left = dict(rows.commitments)
    for key, recorded in fold.paper_acts.items():
        act = acts.get(key)
        mine = left.pop(act.id, []) if act is not None else []
        due, words = recorded.get("commitments", []), recorded["promised"]
        actual = [(row.position, stamp(row.due_at), row.paper_id, row.unit_id) for row in mine]
        paper = act.paper_id if act is not None else 0
        if actual != [(n, at, paper, units.get(paper)) for n, at in enumerate(due, start=1)]:
            return False
        if words is not None and [row.words for row in mine] != words:
            return False
    return not left


def _happened(act: PaperAct, recorded: dict[str, Any], acts: dict[tuple[str, str, int], PaperAct]) -> bool:
    actual = {
        "how": act.how,
        "at": stamp(act.at),
        "effective_at": stamp(act.effective_at),
        "by": act.by_id,
        "asked_by": act.asked_by_id,
    }
    if any(recorded.get(name) != value for name, value in actual.items()):
        return False
    if act.how == "revoked":
        asked = acts.get((recorded["paper"], "ask_revocation", 1))
        if asked is None or asked.by_id != act.asked_by_id:
            return False
    if recorded.get("evidence", []) != act.evidence:
        return False
    details = recorded["details"]
    return (details is None or details == act.details) and recorded["words"] in (None, act.words)


def _pending(rows: Rows) -> dict[int, tuple[Any, bool, int, int]]:
    """The pending row expected after the recorded acts."""
    done = {(act.paper_id, act.act): act for act in rows.acts}
    by_paper = {}
    for paper, _, _ in rows.papers:
        end = done.get((paper.id, "end"))
        settled = (paper.id, "receipt") in done or (end is not None and end.how == "revoked")
        if end is None or not settled:
            by_paper[paper.id] = (None if settled else paper.deemed_at, end is None, paper.tenure_id, paper.unit_id)
    return by_paper


def answers(
    escalations: Sequence[Escalation],
    answered: Sequence[RungAnswer],
    waiting: Sequence[RungWaiting],
    fold: Fold,
    held: Mapping[int, Custody],
) -> Iterator[Finding]:
    """Compare each answer to a waiting rung with its event, and the waiting rows with the rungs without an answer."""
    rungs = {row.id: row for row in escalations}
    seen = set()
    for row in answered:
        rung = rungs.get(row.escalation_id)
        custody = held.get(rung.custody_id) if rung is not None else None
        key = (custody.seq, rung.stage, rung.rung) if custody is not None and rung is not None else (0, "", 0)
        seen.add(key)
        recorded = fold.answers.get(key, {})
        actual = {"issued": row.issued, "paper": row.paper, "at": stamp(row.at), "by": row.by_id}
        same = all(recorded.get(name) == value for name, value in actual.items())
        if not same or recorded.get("reason", row.reason) != row.reason:
            yield Finding("rung_answer_differs", f"ticket {fold.ticket} answer {row.id}")
    if seen != set(fold.answers):
        yield Finding("rung_answers_differ", f"ticket {fold.ticket}")
    said = {row.escalation_id for row in answered}
    open_rungs = {row.id for row in escalations if row.status in ("proposed", "deferred")}
    if {row.escalation_id for row in waiting} != open_rungs - said:
        yield Finding("rung_waiting_differs", f"ticket {fold.ticket}")


def unissued(escalations: Sequence[Escalation], fold: Fold, leaders: Collection[int]) -> Iterator[Finding]:
    """Finds issued rungs from 督办 up without a number, and rungs only recorded that another unit than the leading group
    reached."""
    for row in escalations:
        without = row.rung >= FIRST_PAPER and row.status == "issued" and row.paper is None
        if without or (row.status == "recorded" and row.unit_id not in leaders):
            yield Finding("rung_without_paper", f"ticket {fold.ticket} escalation {row.id}")
