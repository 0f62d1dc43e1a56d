"""Instruction record: how an instruction and the acts on it stand in the history of their ticket."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import Instruction, InstructionAct, Ticket
from workflow.actors import Actor
from workflow.history import event_log
from workflow.history.event_log import stamp

#: Under which name the words of an act stand in the private part of its event.
WORDS = {"answer": "answer", "return": "reason", "accept": "reason", "withdraw": "reason"}


def folded(row: Instruction) -> dict[str, Any]:
    """The columns of an instruction in the form of its events; its words are in the private part of the first."""
    return {
        "id": row.id,
        "unit": row.unit_id,
        "issuer": row.issuer_id,
        "by": row.by_id,
        "at": stamp(row.at),
        "due_at": stamp(row.due_at),
        "state": row.state,
        "next_press_at": stamp(row.next_press_at) if row.next_press_at else None,
    }


def payload(act: InstructionAct) -> dict[str, Any]:
    """The columns of an act in the form of its event."""
    return {
        "id": act.id,
        "instruction": act.instruction_id,
        "act": act.act,
        "round": act.round,
        "by": act.by_id,
        "at": stamp(act.at),
        "due_at": stamp(act.due_at) if act.due_at else None,
        "evidence": act.evidence,
    }


def record(
    session: Session,
    actor: Actor,
    action: str,
    now: datetime,
    ticket: Ticket,
    row: Instruction,
    act: InstructionAct | None = None,
) -> None:
    """Write an act, or without one the instruction itself, and append its event to the chain of the locked ticket."""
    session.add(row if act is None else act)
    session.flush()
    given = {"instruction": row.id, "unit": row.unit_id, "issuer": row.issuer_id, "answer_due": stamp(row.due_at)}
    effect: dict[str, Any] = {"instruction": folded(row)}
    private = {"instruction": row.words}
    if act is not None:
        given["round"] = act.round
        effect["instruction_act"] = payload(act)
        private = {WORDS[act.act]: act.words} if act.words is not None else {}
    event_log.of(session, ticket, actor, now).append(action, given, effect, private=private or None)
