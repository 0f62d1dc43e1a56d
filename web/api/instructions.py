"""Instructions of the leading group over the API: the list, one with its course, giving one on a ticket, and the acts on it."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic.json_schema import SkipJsonSchema

from models import Instruction as Row
from models import InstructionAct
from web.api.fields import (
    Body,
    Evidence,
    Listed,
    Moment,
    NeededDay,
    NeededText,
    Paged,
    Reason,
    UnitName,
    answer,
    needed,
    of,
    one_of,
)
from web.api.operations import Call, get, post
from workflow.accountability.instructions import instruction_desk, instruction_views
from workflow.county.context import county_context
from workflow.tickets import lookup


@answer
class InstructionLine:
    """An instruction in a list; `late` where its answer is overdue."""

    id: int
    ticket: str
    unit: str
    given_at: Moment
    due_at: Moment | None
    state: str
    late: bool


@answer
class InstructionStep:
    """An act on an instruction; `due_at`: until when a returned answer is to be given again."""

    act: str
    at: Moment
    by: str | None
    words: str | None
    round: int
    due_at: Moment | None
    evidence: list[int]


@answer
class Instruction(InstructionLine):
    """An instruction whole; a former holder of the ticket reads it as it stood then, without a deadline.  `actions` are the
    names that the caller may use now."""

    issuer: str
    by: str | None
    words: str
    acts: list[InstructionStep]
    actions: list[str]


class InstructionQuery(Paged):
    """Filters of a list of instructions."""

    state: Annotated[str, one_of(instruction_views.SORTS)] | None = None
    unit: UnitName | None = None


@get(
    "/instructions",
    "Instructions of the leading group: the county's, or those the caller's unit is to answer; `late`: past their day",
    links={"/instructions/{instruction}": "/items/0/id"},
)
def list_instructions(call: Call, query: InstructionQuery) -> Listed[InstructionLine]:
    page = instruction_views.list_instructions(
        call.session, call.actor, call.now, query.state, query.unit, query.cursor, query.limit
    )
    lines = [
        InstructionLine(**_line(call, line.row, line.number), state=line.state, late=line.late) for line in page.items
    ]
    return Listed(items=lines, next=page.next)


@get("/instructions/{instruction}", "One instruction with what was done about it")
def show_instruction(call: Call, instruction: int) -> Instruction:
    view = instruction_views.view(call.session, call.actor, instruction, call.now)
    row = view.row
    return Instruction(
        **_line(call, row, view.ticket.number) | ({"due_at": None} if view.cut_at else {}),
        state=view.state,
        late=view.late,
        issuer=county_context(call.session).unit(row.issuer_id).name,
        by=view.people.get(row.by_id),
        words=view.veil(row.words),
        acts=[_step(view, act) for act in view.acts],
        actions=list(instruction_desk.open_to(call.actor, row)),
    )


class Instructing(Body):
    """The unit that is to answer, the instruction, and the working day at whose close the answer is due."""

    unit: Annotated[UnitName | SkipJsonSchema[None], needed()] = None
    words: NeededText = None
    due_on: NeededDay = None


@post(
    "/tickets/{number}/instructions",
    "Instruct a unit of the ticket to answer in writing",
    status=201,
    links={"/instructions/{instruction}": "/id"},
)
def instruct(call: Call, number: str, body: Instructing) -> Instruction:
    ticket = lookup.find_ticket(call.session, call.actor, number)
    made = instruction_desk.instruct(call.session, call.actor, call.now, ticket, body.unit, body.words, body.due_on)
    return show_instruction(call, made.id)


class AnsweringInstruction(Body):
    """The unit's answer, with evidence of its own on the ticket."""

    answer: NeededText = None
    evidence: Evidence | None = None


@post("/instructions/{instruction}/answer", "Answer it in writing")
def answer_instruction(call: Call, instruction: int, body: AnsweringInstruction) -> Instruction:
    return _done(call, instruction, instruction_desk.answer, body.answer, body.evidence or ())


@post("/instructions/{instruction}/accept", "Accept the answer, which ends it")
def accept_instruction(call: Call, instruction: int, body: Reason) -> Instruction:
    return _done(call, instruction, instruction_desk.accept, body.reason)


class Returning(Reason):
    """What is missing, and the working day at whose close the next answer is due."""

    due_on: NeededDay = None


@post("/instructions/{instruction}/return", "Return the answer for another one")
def return_instruction(call: Call, instruction: int, body: Returning) -> Instruction:
    return _done(call, instruction, instruction_desk.send_back, body.reason, body.due_on)


@post("/instructions/{instruction}/withdraw", "Withdraw it, answered or not")
def withdraw_instruction(call: Call, instruction: int, body: Reason) -> Instruction:
    return _done(call, instruction, instruction_desk.withdraw, body.reason)


def _done(call: Call, instruction: int, act: Callable[..., Any], *given: Any) -> Instruction:
    act(call.session, call.actor, call.now, instruction, *given)
    return show_instruction(call, instruction)


def _line(call: Call, row: Row, number: str) -> dict[str, Any]:
    unit = county_context(call.session).unit(row.unit_id)
    return {"id": row.id, "ticket": number, "unit": unit.name, "given_at": row.at, "due_at": row.due_at}


def _step(view: instruction_views.InstructionView, act: InstructionAct) -> InstructionStep:
    return of(
        InstructionStep,
        act,
        by=view.people.get(act.by_id or 0),
        words=view.veil(act.words) if act.words else None,
        evidence=list(act.evidence),
    )
