"""Paper outcomes: record each act on a paper once, and end papers by a move of their ticket.

A paper's own row never changes.  `PaperPending` lists the papers with something still to come.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from models import Paper, PaperAct, PaperPending
from models.custody import FIRST_PAPER
from workflow.history.event_log import stamp
from workflow.tickets.actions.lifecycle import ACTIONS, VERDICTS

if TYPE_CHECKING:
    from workflow.tickets.actions.row_effects import Move


def paper_payload(number: str, act: PaperAct) -> dict[str, Any]:
    """The event payload of an act on a paper; its words are in the private part."""
    found = {
        "paper": number,
        "act": act.act,
        "how": act.how,
        "effective_at": stamp(act.effective_at),
        "by": act.by_id,
        "asked_by": act.asked_by_id,
    }
    # Not of an act without them, as events of 0.2 have none.
    return (
        found | ({"round": act.round} if act.round > 1 else {}) | ({"evidence": act.evidence} if act.evidence else {})
    )


@dataclass(frozen=True, slots=True)
class Reply:
    """What an answer or a record carries besides its words."""

    round: int = 1
    evidence: tuple[int, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)


_PLAIN = Reply()


def record_act(
    session: Session,
    paper: Paper,
    act: str,
    now: datetime,
    *,
    how: str | None = None,
    effective_at: datetime | None = None,
    by_id: int | None = None,
    asked_by_id: int | None = None,
    words: str | None = None,
    reply: Reply = _PLAIN,
) -> tuple[PaperAct, dict[str, Any]]:
    """Record an act on a paper; its ticket must be locked.  Returns the row and the event payload."""
    row = PaperAct(
        ticket_id=paper.ticket_id,
        paper_id=paper.id,
        act=act,
        how=how,
        at=now,
        effective_at=effective_at or now,
        by_id=by_id,
        asked_by_id=asked_by_id,
        words=words,
        round=reply.round,
        evidence=list(reply.evidence),
        details=dict(reply.details),
    )
    session.add(row)
    if act in ("receipt", "end"):
        pending = session.get_one(PaperPending, paper.id)
        if act == "receipt" or how == "revoked":
            # A revoked paper needs no receipt.
            pending.deemed_at = None
        if act == "end":
            pending.open = False
        if not pending.open and pending.deemed_at is None:
            session.delete(pending)
    return row, paper_payload(paper.number, row)


def may_end_papers(action: str) -> bool:
    """Whether the action may end papers of a unit that does not hold the ticket at that moment."""
    return action in ACTIONS and ACTIONS[action].ends_papers


def end_by_move(move: "Move", action: str, now: datetime) -> list[dict[str, Any]]:
    """End the open papers whose demand the move meets or voids; returns the event payload.

    A paper whose demand is work ends with the confirmed ticket (`concluded`), as of the resolution: a rejection leaves it
    open.  In every other stage it ends as the unit moves the ticket on (`moved_on`).  Neither says that anybody checked.
    """
    tenure = move.ended.tenure
    if max(tenure.rung, tenure.accept_rung) < FIRST_PAPER and not may_end_papers(action):
        return []
    rows = move.session.scalars(
        select(Paper)
        .join(PaperPending, PaperPending.paper_id == Paper.id)
        .where(
            PaperPending.ticket_id == move.ticket.id,
            PaperPending.open,
            # A reform ends the demand for an answer as well.
            true() if action == "hand_over" else Paper.met_by == "work",
        )
        .order_by(Paper.id)
    ).all()
    said = []
    for paper in rows:
        how, at = _outcome(move, action, paper)
        if how is not None:
            said.append(record_act(move.session, paper, "end", now, how=how, effective_at=at)[1])
    return said


def _outcome(move: "Move", action: str, paper: Paper) -> tuple[str | None, datetime]:
    ticket = move.ticket
    if action == "hand_over":
        # Under the name of the unit that ended; the successor gets none of its papers.
        return ("lapsed" if move.setting.unit(paper.unit_id).successor_id is not None else None), move.at
    if action == "follow":
        # A town that its household left: whoever is responsible now gets none of its papers.
        gone = paper.unit_id not in (ticket.lead_unit_id, ticket.holder_unit_id)
        return ("lapsed" if gone else None), move.at
    if paper.stage == "mend":
        if action in ("confirm", *VERDICTS):
            return "concluded", ticket.resolved_at or move.at
        gone = ticket.ended_at is not None or ticket.lead_unit_id != paper.unit_id
        return ("lapsed" if gone else None), move.at
    if paper.custody_id != move.ended.custody.id:
        return None, move.at
    # A village belongs to its town's unit, but its acts are not the town's.
    itself = move.actor.unit_id == paper.unit_id and move.actor.role not in ("village", "system")
    return ("moved_on" if itself else "lapsed"), move.at
