"""Paper actions: a unit signs for a paper and answers it; the issuer checks the answer, records the talk, and revokes the
paper by two persons.  None of them moves the ticket or changes a clock.

That a paper is carried out (核实落实) is said by the issuer alone, never by the system and on no text by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Unpack

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Evidence, Paper, PaperAct, Ticket
from models.base import stated
from workflow.accountability import paper_views
from workflow.accountability.deemed_receipts import receipt_payload
from workflow.accountability.replies import commitments, talks
from workflow.accountability.replies.talks import answer_stands, is_talk
from workflow.actors import Actor, system
from workflow.county.context import county_context
from workflow.errors import BadInput, NotAllowed, WrongState
from workflow.evidence.uploads import Kept
from workflow.history import event_log
from workflow.inputs import statement_of
from workflow.tickets import attachments, desk
from workflow.tickets.consequences import paper_outcomes
from workflow.tickets.consequences.paper_outcomes import Reply


def addressed_to(actor: Actor, paper: Paper) -> bool:
    """Whether the actor belongs to the addressed unit; a village is not its town."""
    return actor.is_of(paper.unit_id) and actor.role in ("town", "bureau", "office", "leaders")


def of_issuer(actor: Actor, paper: Paper) -> bool:
    """Whether the actor belongs to the issuing unit, or to the one that succeeds it."""
    return actor.is_of(paper.issuer_id) and actor.role in ("office", "leaders")


def work_is_open(paper: Paper, ticket: Ticket) -> bool:
    """Whether the work a paper is about is plainly not done: its unit still holds that stage of the ticket."""
    if ticket.ended_at is not None:
        return False
    return ticket.state != "resolved" if paper.stage == "mend" else ticket.holder_unit_id == paper.unit_id


def open_to(actor: Actor, paper: Paper, ticket: Ticket, acts: Mapping[str, PaperAct], now: datetime) -> tuple[str, ...]:
    """The actions the actor may take on the paper now: `sign`, `answer`, `record`, `verify`, `return`, `revoke`,
    `confirm`, `keep`."""
    end = acts["end"].how if "end" in acts else None
    actions = []
    if addressed_to(actor, paper):
        if "receipt" not in acts and end != "revoked" and now < paper.deemed_at:
            actions.append("sign")
        if not answer_stands(acts) and end is None:
            actions.append("answer")
    if of_issuer(actor, paper) and end is None:
        if is_talk(paper) and "record" not in acts:
            actions.append("record")
        if answer_stands(acts):
            waits = (is_talk(paper) and "record" not in acts) or work_is_open(paper, ticket)
            actions += ["return"] if waits else ["verify", "return"]
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
    _, said = paper_outcomes.record_act(session, hand.paper, "receipt", now, how="signed", by_id=actor.user_id)
    _record_paper_act(session, hand, actor, "sign_paper", now, [said])
    return hand.paper


def bring(session: Session, actor: Actor, now: datetime, number: str, **kept: Unpack[Kept]) -> Evidence:
    """Attach a file to the ticket of a paper, for the answer of the addressed unit, which may have let go of the ticket.

    Raises NotFound, NotAllowed or BadInput.
    """
    hand = _lock_paper(session, actor, now, number)
    if not addressed_to(actor, hand.paper):
        raise NotAllowed("paper_of_another_unit")
    return attachments.add_to_answer(session, actor, hand.ticket, now, **kept)


def answer(
    session: Session,
    actor: Actor,
    now: datetime,
    number: str,
    text: str | None,
    evidence: Sequence[int] = (),
    promises: Any = None,
) -> Paper:
    """Answer the paper in writing, with evidence of the own unit and commitments (`{words, due_on}`) whose days become due
    dates; again after it was returned.  An answer is also a receipt.  It ends no paper: the issuer checks it.

    Raises NotFound, NotAllowed, WrongState or BadInput.
    """
    hand = _lock_paper(session, actor, now, number)
    if not addressed_to(actor, hand.paper):
        raise NotAllowed("paper_of_another_unit")
    if answer_stands(hand.acts):
        raise WrongState("paper_answered")
    if _ended(hand) is not None:
        raise WrongState("paper_ended")
    words = _required_text("answer", text)
    attached = attachments.own(session, actor, hand.paper.ticket_id, evidence)
    promised = commitments.of_reply(session, hand.ticket, promises, now)
    said = []
    if "receipt" not in hand.acts:
        _, receipt = paper_outcomes.record_act(session, hand.paper, "receipt", now, how="signed", by_id=actor.user_id)
        said.append(receipt)
    again = hand.acts["return"].round + 1 if "return" in hand.acts else 1
    row, payload = paper_outcomes.record_act(
        session, hand.paper, "answer", now, by_id=actor.user_id, words=words, reply=Reply(again, attached)
    )
    said.append(payload | _promise(session, hand, row, promised))
    private = {"answer": words} | ({"commitments": [promise.words for promise in promised]} if promised else {})
    _record_paper_act(session, hand, actor, "answer_paper", now, said, private)
    return hand.paper


def _promise(
    session: Session, hand: "_Hand", row: PaperAct, promised: list[commitments.Promise]
) -> dict[str, list[str]]:
    """Write the commitments of an act; returns their part of its event payload."""
    if not promised:
        return {}
    session.flush()
    setting = county_context(session, hand.ticket.scheme_version_id)
    rows = commitments.write(session, setting, hand.paper, row, promised)
    return {"commitments": [event_log.stamp(made.due_at) for made in rows]}


def record_talk(session: Session, actor: Actor, now: datetime, number: str, given: Mapping[str, Any]) -> Paper:
    """Record the talk (约谈记录) a paper appointed: when it was held, who came, the minutes, and what was promised.

    Once, by the issuer.  Raises NotFound, NotAllowed, WrongState or BadInput.
    """
    hand = _of_issuers(session, actor, now, number, "paper_of_another_issuer")
    if not is_talk(hand.paper):
        raise WrongState("paper_without_talk")
    if "record" in hand.acts:
        raise WrongState("talk_recorded")
    minutes, details = talks.recorded(given, hand.paper.issued_at, now)
    promised = commitments.of_reply(session, hand.ticket, given.get("commitments"), now)
    row, payload = paper_outcomes.record_act(
        session, hand.paper, "record", now, by_id=actor.user_id, words=minutes, reply=Reply(details=details)
    )
    payload |= _promise(session, hand, row, promised)
    private = {"minutes": minutes, "talk": details}
    private |= {"commitments": [promise.words for promise in promised]} if promised else {}
    _record_paper_act(session, hand, actor, "record_talk", now, [payload], private)
    return hand.paper


def check(session: Session, actor: Actor, now: datetime, number: str, carried_out: bool, reason: str | None) -> Paper:
    """Find a paper carried out (核实落实), which ends it, or return its answer for another (退回重报); both with words.

    By the issuer, on an answer that stands; before it is found carried out, a talk must have its record, and a unit
    must have moved on the work demanded of it.  Raises NotFound, NotAllowed, WrongState or BadInput.
    """
    hand = _of_issuers(session, actor, now, number, "paper_of_another_issuer")
    if not answer_stands(hand.acts):
        raise WrongState("paper_not_answered")
    if carried_out and is_talk(hand.paper) and "record" not in hand.acts:
        raise WrongState("talk_not_recorded")
    if carried_out and work_is_open(hand.paper, hand.ticket):
        raise WrongState("paper_work_open")
    words = _required_text("reason", reason)
    if carried_out:
        _, said = paper_outcomes.record_act(
            session, hand.paper, "end", now, how="verified", by_id=actor.user_id, words=words
        )
    else:
        again = Reply(hand.acts["answer"].round)
        _, said = paper_outcomes.record_act(
            session, hand.paper, "return", now, by_id=actor.user_id, words=words, reply=again
        )
    _record_paper_act(
        session, hand, actor, "verify_paper" if carried_out else "return_paper", now, [said], {"reason": words}
    )
    return hand.paper


def ask_revocation(session: Session, actor: Actor, now: datetime, number: str, reason: str | None) -> Paper:
    """Request the revocation of a paper, with a reason, once per paper; a second person decides.

    Raises NotFound, NotAllowed, WrongState or BadInput.
    """
    hand = _of_issuers(session, actor, now, number)
    if "ask_revocation" in hand.acts:
        raise WrongState("revocation_asked")
    words = _required_text("reason", reason)
    _, said = paper_outcomes.record_act(session, hand.paper, "ask_revocation", now, by_id=actor.user_id, words=words)
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
        _, said = paper_outcomes.record_act(
            session, hand.paper, "end", now, how="revoked", by_id=actor.user_id, asked_by_id=asked.by_id, words=words
        )
    else:
        _, said = paper_outcomes.record_act(session, hand.paper, "keep", now, by_id=actor.user_id, words=words)
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
        _, said = paper_outcomes.record_act(session, paper, "receipt", now, how="deemed", effective_at=paper.deemed_at)
        chain = event_log.of(session, ticket, system(), now, effective_at=paper.deemed_at)
        chain.append("deem_received", receipt_payload(paper), {"papers": [said]})
        hand.acts["receipt"] = session.scalars(
            select(PaperAct).where(PaperAct.paper_id == paper.id, PaperAct.act == "receipt")
        ).one()
    return hand


def _of_issuers(
    session: Session, actor: Actor, now: datetime, number: str, refusal: str = "revocation_of_another"
) -> _Hand:
    hand = _lock_paper(session, actor, now, number)
    if not of_issuer(actor, hand.paper):
        raise NotAllowed(refusal)
    if _ended(hand) is not None:
        raise WrongState("paper_ended")
    return hand


def _ended(hand: _Hand) -> str | None:
    return hand.acts["end"].how if "end" in hand.acts else None


def _required_text(name: str, text: str | None) -> str:
    if not text:
        raise BadInput("missing", name)
    return statement_of(name, text)


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
