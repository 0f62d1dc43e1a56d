"""Paper actions: a unit signs for a paper and answers it; the issuer revokes it by two persons.  None of them moves the
ticket or changes a clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Paper, PaperAct, Ticket
from models.base import stated
from workflow.accountability import paper_views
from workflow.accountability.deemed_receipts import receipt_payload
from workflow.actors import Actor, system
from workflow.errors import BadInput, NotAllowed, WrongState
from workflow.history import event_log
from workflow.inputs import text_of
from workflow.tickets import desk
from workflow.tickets.consequences import paper_outcomes


def addressed_to(actor: Actor, paper: Paper) -> bool:
    """Whether the actor belongs to the addressed unit; a village is not its town."""
    return actor.unit_id == paper.unit_id and actor.role in ("town", "bureau", "office", "leaders")


def of_issuer(actor: Actor, paper: Paper) -> bool:
    """Whether the actor belongs to the issuing unit."""
    return actor.unit_id == paper.issuer_id and actor.role in ("office", "leaders")


def open_to(actor: Actor, paper: Paper, acts: Mapping[str, PaperAct], now: datetime) -> tuple[str, ...]:
    """The actions the actor may take on the paper now: `sign`, `answer`, `revoke`, `confirm`, `keep`."""
    end = acts["end"].how if "end" in acts else None
    actions = []
    if addressed_to(actor, paper):
        if "receipt" not in acts and end != "revoked" and now < paper.deemed_at:
            actions.append("sign")
        if "answer" not in acts and end not in ("superseded", "revoked"):
            actions.append("answer")
    if of_issuer(actor, paper) and end is None:
        asked = acts.get("ask_revocation")
        if asked is None:
            actions.append("revoke")
        elif "keep" not in acts:
            actions += ["confirm", "keep"] if asked.by_id != actor.user_id else ["keep"]
    return tuple(actions)


@dataclass(frozen=True, slots=True)
class _Hand:
    """A paper with its ticket locked, and the acts on it so far."""

    paper: Paper
    ticket: Ticket
    acts: dict[str, PaperAct]


def sign(session: Session, actor: Actor, now: datetime, number: str) -> Paper:
    """Sign for the paper.  Raises NotFound, NotAllowed, or WrongState if it is already received or deemed received."""
    hand = _lock_paper(session, actor, now, number)
    if not addressed_to(actor, hand.paper):
        raise NotAllowed("paper_of_another_unit")
    if "receipt" in hand.acts or _ended(hand) == "revoked":
        raise WrongState("paper_received" if "receipt" in hand.acts else "paper_ended")
    said = paper_outcomes.record_act(session, hand.paper, "receipt", now, how="signed", by_id=actor.user_id)
    _record_paper_act(session, hand, actor, "sign_paper", now, [said])
    return hand.paper


def answer(session: Session, actor: Actor, now: datetime, number: str, text: str | None) -> Paper:
    """Answer the paper in writing, once; an answer is also a receipt.

    Where the demand is an answer, the paper is satisfied.  Raises NotFound, NotAllowed, WrongState or BadInput.
    """
    hand = _lock_paper(session, actor, now, number)
    if not addressed_to(actor, hand.paper):
        raise NotAllowed("paper_of_another_unit")
    if "answer" in hand.acts:
        raise WrongState("paper_answered")
    if _ended(hand) in ("superseded", "revoked"):
        raise WrongState("paper_ended")
    words = _required_text("answer", text)
    said = []
    if "receipt" not in hand.acts:
        said.append(paper_outcomes.record_act(session, hand.paper, "receipt", now, how="signed", by_id=actor.user_id))
    said.append(paper_outcomes.record_act(session, hand.paper, "answer", now, by_id=actor.user_id, words=words))
    if hand.paper.met_by == "answer" and _ended(hand) is None:
        said.append(paper_outcomes.record_act(session, hand.paper, "end", now, how="satisfied"))
    _record_paper_act(session, hand, actor, "answer_paper", now, said, {"answer": words})
    return hand.paper


def ask_revocation(session: Session, actor: Actor, now: datetime, number: str, reason: str | None) -> Paper:
    """Request the revocation of a paper, with a reason, once per paper; a second person decides.

    Raises NotFound, NotAllowed, WrongState or BadInput.
    """
    hand = _of_issuers(session, actor, now, number)
    if "ask_revocation" in hand.acts:
        raise WrongState("revocation_asked")
    words = _required_text("reason", reason)
    said = paper_outcomes.record_act(session, hand.paper, "ask_revocation", now, by_id=actor.user_id, words=words)
    _record_paper_act(session, hand, actor, "ask_revocation", now, [said], {"reason": words})
    return hand.paper


def rule_on_revocation(
    session: Session, actor: Actor, now: datetime, number: str, revoke: bool, reason: str | None
) -> Paper:
    """Revoke the paper as another person requested, or keep it; both with a reason.

    The requester may decide to keep it, but not to revoke.  Raises NotFound, NotAllowed, WrongState or BadInput.
    """
    hand = _of_issuers(session, actor, now, number)
    asked = hand.acts.get("ask_revocation")
    if asked is None or "keep" in hand.acts:
        raise WrongState("revocation_not_asked")
    if revoke and asked.by_id == actor.user_id:
        raise NotAllowed("second_person_needed")
    words = _required_text("reason", reason)
    if revoke:
        said = paper_outcomes.record_act(
            session, hand.paper, "end", now, how="revoked", by_id=actor.user_id, asked_by_id=asked.by_id, words=words
        )
    else:
        said = paper_outcomes.record_act(session, hand.paper, "keep", now, by_id=actor.user_id, words=words)
    _record_paper_act(session, hand, actor, "revoke_paper" if revoke else "keep_paper", now, [said], {"reason": words})
    return hand.paper


def _lock_paper(session: Session, actor: Actor, now: datetime, number: str) -> _Hand:
    paper, cut = paper_views.find(session, actor, number)
    if cut is not None:
        raise NotAllowed("paper_of_another_unit")
    ticket = stated(desk.lock(session, paper.ticket_id))
    # An earlier decision held the ticket's lock, so it is visible here.
    acts = session.scalars(select(PaperAct).where(PaperAct.paper_id == paper.id).order_by(PaperAct.id))
    hand = _Hand(paper, ticket, {row.act: row for row in acts})
    if "receipt" not in hand.acts and _ended(hand) != "revoked" and paper.deemed_at <= now:
        said = paper_outcomes.record_act(session, paper, "receipt", now, how="deemed", effective_at=paper.deemed_at)
        chain = event_log.of(session, ticket, system(), now, effective_at=paper.deemed_at)
        chain.append("deem_received", receipt_payload(paper), {"papers": [said]})
        session.flush()
        hand.acts["receipt"] = session.scalars(
            select(PaperAct).where(PaperAct.paper_id == paper.id, PaperAct.act == "receipt")
        ).one()
    return hand


def _of_issuers(session: Session, actor: Actor, now: datetime, number: str) -> _Hand:
    hand = _lock_paper(session, actor, now, number)
    if not of_issuer(actor, hand.paper):
        raise NotAllowed("revocation_of_another")
    if _ended(hand) is not None:
        raise WrongState("paper_ended")
    return hand


def _ended(hand: _Hand) -> str | None:
    return hand.acts["end"].how if "end" in hand.acts else None


def _required_text(name: str, text: str | None) -> str:
    if not text:
        raise BadInput("missing", name)
    return text_of(name, text)


def _record_paper_act(
    session: Session,
    hand: _Hand,
    actor: Actor,
    action: str,
    now: datetime,
    said: list[dict[str, Any]],
    words: dict[str, Any] | None = None,
) -> None:
    event_log.of(session, hand.ticket, actor, now).append(
        action, receipt_payload(hand.paper), {"papers": said}, private=words
    )
