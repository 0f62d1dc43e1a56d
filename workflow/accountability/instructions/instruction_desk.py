"""Instruction desk: the leading group instructs a unit on a ticket, the unit answers in writing, and the group accepts the
answer, returns it for another, or withdraws the instruction.  None of them moves the ticket or changes its clock.

An instruction may be given on a ticket that has ended: what was struck off may be asked about.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Unpack

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Evidence, Instruction, InstructionAct, Ticket
from models.base import stated
from workflow.accountability.instructions import instruction_record, instruction_views
from workflow.actors import Actor
from workflow.county.context import CountyContext, county_context
from workflow.county.unit_names import living_unit
from workflow.errors import BadInput, NotAllowed, WrongState
from workflow.evidence.uploads import Kept
from workflow.inputs import check_deadline_day, day_of, statement_of
from workflow.policy.worktime import local_date
from workflow.tickets import attachments, desk

#: Why an act is not open, by the state of the instruction.
_STANDS = {
    "waiting": "instruction_waiting",
    "answered": "instruction_answered",
    "accepted": "instruction_accepted",
    "withdrawn": "instruction_withdrawn",
}


def open_to(actor: Actor, row: Instruction) -> tuple[str, ...]:
    """The acts the actor may do on the instruction now: `answer`, `accept`, `return`, `withdraw`."""
    if row.state == "waiting" and instruction_views.addressed_to(actor, row):
        return ("answer",)
    if instruction_views.of_issuer(actor, row):
        return {"answered": ("accept", "return", "withdraw"), "waiting": ("withdraw",)}.get(row.state, ())
    return ()


def instruct(
    session: Session,
    actor: Actor,
    now: datetime,
    ticket: Ticket | int,
    unit: str | None,
    words: str | None,
    due_on: Any,
) -> Instruction:
    """Instruct a unit that works on the ticket to answer in writing by the close of a working day.

    Raises NotFound, NotAllowed for anybody but the leading group, or BadInput.
    """
    row = desk.lock_visible(session, actor, ticket)
    if actor.role != "leaders":
        raise NotAllowed("only_leaders_instruct")
    setting = county_context(session)
    if not unit:
        raise BadInput("missing", "unit")
    addressee = living_unit(session, unit)
    if addressee.id not in {each.id for each in instruction_views.addressees(session, setting, row)}:
        raise BadInput("unit_not_on_ticket", "unit", unit=addressee.name)
    due_at = _due(setting, due_on, now)
    made = Instruction(
        ticket_id=row.id,
        unit_id=addressee.id,
        issuer_id=actor.own_unit_id,
        by_id=actor.account_id,
        at=now,
        words=_statement("words", words),
        due_at=due_at,
        state="waiting",
        next_press_at=due_at,
    )
    instruction_record.record(session, actor, "instruct", now, row, made)
    return made


def bring(session: Session, actor: Actor, now: datetime, number: int, **kept: Unpack[Kept]) -> Evidence:
    """Attach a file to the ticket of an instruction, for the answer of the addressed unit, which may have let go of the
    ticket.  Raises NotFound, NotAllowed or BadInput."""
    row, ticket = _lock(session, actor, number)
    if not instruction_views.addressed_to(actor, row):
        raise NotAllowed("instruction_of_another_unit")
    return attachments.add_to_answer(session, actor, ticket, now, **kept)


def answer(
    session: Session, actor: Actor, now: datetime, number: int, text: str | None, evidence: Sequence[int] = ()
) -> Instruction:
    """Answer the instruction in writing, with evidence of the own unit; again after the answer was returned.

    Raises NotFound, NotAllowed, WrongState or BadInput.
    """
    row, ticket = _lock(session, actor, number)
    if not instruction_views.addressed_to(actor, row):
        raise NotAllowed("instruction_of_another_unit")
    _require(row, "waiting")
    act = _act(row, actor, now, "answer", _statement("answer", text), _next_round(session, row, "answer"))
    act.evidence = list(attachments.own(session, actor, ticket.id, evidence))
    row.state, row.next_press_at = "answered", None
    instruction_record.record(session, actor, "answer_instruction", now, ticket, row, act)
    return row


def accept(session: Session, actor: Actor, now: datetime, number: int, words: str | None) -> Instruction:
    """Accept the answer, which ends the instruction.  Raises NotFound, NotAllowed, WrongState or BadInput."""
    row, ticket = _of_issuers(session, actor, number)
    _require(row, "answered")
    act = _act(row, actor, now, "accept", _statement("reason", words))
    row.state = "accepted"
    instruction_record.record(session, actor, "accept_instruction", now, ticket, row, act)
    return row


def send_back(
    session: Session, actor: Actor, now: datetime, number: int, words: str | None, due_on: Any
) -> Instruction:
    """Return the answer for another one, due by the close of a working day.

    Raises NotFound, NotAllowed, WrongState or BadInput.
    """
    row, ticket = _of_issuers(session, actor, number)
    _require(row, "answered")
    act = _act(row, actor, now, "return", _statement("reason", words), _next_round(session, row, "return"))
    act.due_at = row.due_at = row.next_press_at = _due(county_context(session), due_on, now)
    row.state = "waiting"
    instruction_record.record(session, actor, "return_instruction", now, ticket, row, act)
    return row


def withdraw(session: Session, actor: Actor, now: datetime, number: int, words: str | None) -> Instruction:
    """Withdraw the instruction, answered or not.  Raises NotFound, NotAllowed, WrongState or BadInput."""
    row, ticket = _of_issuers(session, actor, number)
    _require(row, "waiting", "answered")
    act = _act(row, actor, now, "withdraw", _statement("reason", words))
    row.state, row.next_press_at = "withdrawn", None
    instruction_record.record(session, actor, "withdraw_instruction", now, ticket, row, act)
    return row


def _lock(session: Session, actor: Actor, number: int) -> tuple[Instruction, Ticket]:
    """The instruction and its ticket, locked: every act on it holds the ticket's lock.  Raises NotFound, NotAllowed."""
    found, cut = instruction_views.find(session, actor, number)
    if cut is not None:
        raise NotAllowed("instruction_of_another_unit")
    ticket = stated(desk.lock(session, found.ticket_id))
    session.refresh(found)
    return found, ticket


def _of_issuers(session: Session, actor: Actor, number: int) -> tuple[Instruction, Ticket]:
    row, ticket = _lock(session, actor, number)
    if not instruction_views.of_issuer(actor, row):
        raise NotAllowed("only_leaders_instruct")
    return row, ticket


def _require(row: Instruction, *states: str) -> None:
    if row.state not in states:
        raise WrongState(_STANDS[row.state])


def _due(setting: CountyContext, raw: Any, now: datetime) -> datetime:
    """The close of a working day that is not over, within the days the scheme allows a commitment.  Raises BadInput."""
    if not raw:
        raise BadInput("missing", "due_on")
    day, within = day_of("due_on", raw), setting.scheme.ladder.promise_within
    last = local_date(setting.clock.due(now, within))
    if day > last:
        raise BadInput("instruction_too_far", "due_on", days=within, last=last.isoformat())
    due_at = setting.clock.closing(day)
    if due_at <= now:
        raise BadInput("instruction_day_past", "due_on", day=day.isoformat())
    check_deadline_day("due_on", day, setting.clock)
    return due_at


def _statement(name: str, text: str | None) -> str:
    if not (text or "").strip():
        raise BadInput("missing", name)
    return statement_of(name, text)


def _next_round(session: Session, row: Instruction, act: str) -> int:
    made = select(func.count()).where(InstructionAct.instruction_id == row.id, InstructionAct.act == act)
    return (session.scalar(made) or 0) + 1


def _act(row: Instruction, actor: Actor, now: datetime, act: str, words: str, again: int = 1) -> InstructionAct:
    return InstructionAct(
        instruction_id=row.id,
        ticket_id=row.ticket_id,
        act=act,
        round=again,
        by_id=actor.account_id,
        at=now,
        words=words,
        evidence=[],
    )
