"""Instruction views: one instruction with its course, those of a ticket, lists, and how many wait by unit.

Readers of a ticket see its instructions, a former holder those written before its exit; the addressed unit always sees its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from models import LARGEST_ID, Instruction, InstructionAct, Party, Ticket, User
from models.instruction import ANSWERED_INSTRUCTIONS, STATES, WAITING_INSTRUCTIONS
from workflow.actors import Actor
from workflow.county.context import CountyContext, UnitFact
from workflow.county.unit_names import find_unit
from workflow.errors import BadInput, NotAllowed, NotFound
from workflow.paging import Page, cursor_of, read_cursor
from workflow.tickets.name_veil import Veil, unveiled, veil
from workflow.tickets.visibility import COUNTY_WIDE, cut_at, masks_names, only_checks, sees

#: The filters of a list: a state, or `late`: waiting past its day.
SORTS = (*STATES[:1], "late", *STATES[1:])
#: Lines of a page, and of the list on a unit's first page.
_LINES, MOST = 50, 8
#: Types of units that may be instructed.
_ANSWERING = ("town", "bureau", "office")


@dataclass(frozen=True, slots=True)
class InstructionLine:
    """An instruction in a list: its ticket's number, its state as the reader may know it, and whether its answer is late."""

    row: Instruction
    number: str
    state: str
    late: bool


@dataclass(frozen=True, slots=True)
class InstructionView:
    """One instruction with its ticket, its state and the acts in order as the reader may know them, the names of who acted, and
    the masking of texts; `cut_at`: up to when a former holder of the ticket reads it."""

    row: Instruction
    ticket: Ticket
    acts: Sequence[InstructionAct]
    people: dict[int, str]
    veil: Veil
    state: str
    late: bool
    cut_at: datetime | None


def addressed_to(actor: Actor, row: Instruction) -> bool:
    """Whether the actor answers for the addressed unit; a village is not its town."""
    return actor.is_of(row.unit_id) and actor.role in _ANSWERING


def of_issuer(actor: Actor, row: Instruction) -> bool:
    """Whether the actor belongs to the leading group, which wrote it."""
    return actor.role == "leaders" and actor.is_of(row.issuer_id)


def addressees(session: Session, setting: CountyContext, ticket: Ticket) -> list[UnitFact]:
    """The living units that read the ticket to the present and may be instructed on it, the holder first; the office last."""
    assisting = session.scalars(
        select(Party.unit_id).where(Party.ticket_id == ticket.id, Party.standing == "assisting").order_by(Party.id)
    )
    on_it = (
        *(ticket.holder_unit_id, ticket.lead_unit_id, ticket.subject_unit_id, ticket.duty_unit_id),
        *(ticket.confirmer_unit_id, ticket.town_id, *assisting, setting.office.id),
    )
    found = [setting.present(unit_id) for unit_id in dict.fromkeys(on_it) if unit_id is not None]
    return [unit for unit in dict.fromkeys(found) if unit.type in _ANSWERING]


def find(session: Session, actor: Actor, number: int) -> tuple[Instruction, datetime | None]:
    """The instruction with this id, and up to when a former holder reads its ticket.  Raises NotFound."""
    row = session.get(Instruction, number) if 0 < number <= LARGEST_ID else None
    if row is None or actor.role == "admin":
        raise NotFound("no_such_instruction")
    if addressed_to(actor, row):
        return row, None
    ticket = session.get_one(Ticket, row.ticket_id)
    # Who sees the ticket for a spot check alone has no part in what was asked about it.
    reads = sees(actor, ticket, session) and not only_checks(actor, ticket, session)
    cut = cut_at(actor, ticket, session) if reads else row.at
    if cut is not None and row.at >= cut:
        raise NotFound("no_such_instruction")
    return row, cut


def view(session: Session, actor: Actor, number: int, now: datetime) -> InstructionView:
    """The instruction as the actor may see it.  Raises NotFound."""
    row, cut = find(session, actor, number)
    ticket = session.get_one(Ticket, row.ticket_id)
    query = select(InstructionAct).where(InstructionAct.instruction_id == row.id).order_by(InstructionAct.id)
    acts = [act for act in session.scalars(query) if cut is None or act.at <= cut]
    people = {row.by_id, *(act.by_id for act in acts if act.by_id is not None)}
    names = session.execute(select(User.id, User.display_name).where(User.id.in_(people)))
    hide = masks_names(actor, cut is not None)
    return InstructionView(
        row,
        ticket,
        acts,
        {found[0]: found[1] for found in names},
        veil(session, [ticket]) if hide else unveiled,
        row.state if cut is None else _state_after(acts),
        cut is None and is_late(row, now),
        cut,
    )


def _state_after(acts: Sequence[InstructionAct]) -> str:
    """The state of an instruction after these acts."""
    led = {"answer": "answered", "return": "waiting", "accept": "accepted", "withdraw": "withdrawn"}
    return next((led[act.act] for act in reversed(acts) if act.act in led), "waiting")


def _line(row: Instruction, ticket: Ticket, now: datetime) -> InstructionLine:
    return InstructionLine(row, ticket.number, row.state, is_late(row, now))


def is_late(row: Instruction, now: datetime) -> bool:
    """Whether the answer is overdue."""
    return row.state == "waiting" and row.due_at < now


def of_ticket(session: Session, ticket: Ticket, cut: datetime | None, now: datetime) -> list[InstructionLine]:
    """The instructions on a ticket that is visible up to `cut`, the latest first."""
    query = select(Instruction).where(Instruction.ticket_id == ticket.id).order_by(Instruction.id.desc())
    if cut is None:
        return [_line(row, ticket, now) for row in session.scalars(query)]
    rows = session.scalars(query.where(Instruction.at < cut)).all()
    known = select(InstructionAct).where(InstructionAct.ticket_id == ticket.id, InstructionAct.at <= cut)
    acts: dict[int, list[InstructionAct]] = {row.id: [] for row in rows}
    for act in session.scalars(known.order_by(InstructionAct.id)):
        acts.setdefault(act.instruction_id, []).append(act)
    return [InstructionLine(row, ticket.number, _state_after(acts[row.id]), False) for row in rows]


def list_instructions(
    session: Session,
    actor: Actor,
    now: datetime,
    which: str | None = None,
    unit: str | None = None,
    cursor: str | None = None,
    limit: int = _LINES,
) -> Page[InstructionLine]:
    """Instructions, the latest first: the county's for its readers, for a unit those it is to answer.

    Raises NotAllowed or BadInput.
    """
    refuse_others(actor)
    query = select(Instruction, Ticket).join(Ticket, Ticket.id == Instruction.ticket_id)
    if actor.role not in COUNTY_WIDE:
        query = query.where(actor.own(Instruction.unit_id))
    elif unit:
        query = query.where(Instruction.unit_id == find_unit(session, unit).id)
    query = _narrowed(query, which, now)
    if cursor is not None:
        (before,) = read_cursor(cursor, int)
        query = query.where(Instruction.id < before)
    rows = session.execute(query.order_by(Instruction.id.desc()).limit(limit + 1)).all()
    lines = [_line(row, ticket, now) for row, ticket in rows[:limit]]
    return Page(lines, cursor_of([lines[-1].row.id]) if len(rows) > limit else None)


def refuse_others(actor: Actor) -> None:
    """Raises NotAllowed for who neither reads the county nor belongs to a unit that answers."""
    if actor.role not in (*COUNTY_WIDE, "town", "bureau"):
        raise NotAllowed("instructions_not_yours")


def _narrowed(query: Select[Instruction, Ticket], which: str | None, now: datetime) -> Select[Instruction, Ticket]:
    if not which:
        return query
    if which not in SORTS:
        raise BadInput("unknown_instruction_state", "which")
    if which in ("waiting", "late"):
        query = query.where(WAITING_INSTRUCTIONS.predicate)
        return query.where(Instruction.due_at < now) if which == "late" else query
    return query.where(Instruction.state == which)


def owed(session: Session, now: datetime) -> list[tuple[int, int, int]]:
    """Who owes an answer: unit, instructions that wait for it, and how many of them are late; the most late first."""
    late = func.sum(case((Instruction.due_at < now, 1), else_=0))
    query = (
        select(Instruction.unit_id, func.count(), late)
        .where(WAITING_INSTRUCTIONS.predicate)
        .group_by(Instruction.unit_id)
        .order_by(late.desc(), func.count().desc(), Instruction.unit_id)
    )
    return [(row[0], row[1], int(row[2])) for row in session.execute(query)]


def to_answer(session: Session, actor: Actor, now: datetime) -> list[InstructionLine]:
    """The first instructions that wait for the answer of the actor's unit, the earliest due first; none for a village."""
    if actor.role not in _ANSWERING:
        return []
    query = (
        select(Instruction, Ticket)
        .join(Ticket, Ticket.id == Instruction.ticket_id)
        .where(WAITING_INSTRUCTIONS.predicate, actor.own(Instruction.unit_id))
        .order_by(Instruction.due_at, Instruction.id)
        .limit(MOST)
    )
    return [_line(row, ticket, now) for row, ticket in session.execute(query)]


def answered(session: Session, now: datetime, most: int) -> list[InstructionLine]:
    """The first instructions whose answer waits for the leading group, the earliest first."""
    query = (
        select(Instruction, Ticket)
        .join(Ticket, Ticket.id == Instruction.ticket_id)
        .where(ANSWERED_INSTRUCTIONS.predicate)
        .order_by(Instruction.id)
        .limit(most)
    )
    return [_line(row, ticket, now) for row, ticket in session.execute(query)]
