"""Instruction sweep: presses the unit whose answer is late, at once and then every few working days until it answers.

The cost depends only on what is due.  The press is a row that is unique per instruction and number, written under the lock of
the ticket, so that each happens once with any number of workers; after downtime there is one press, not all that were missed.
"""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Instruction, InstructionAct
from models.base import stated
from models.instruction import WAITING_INSTRUCTIONS
from workflow import batches
from workflow.accountability.instructions import instruction_record
from workflow.actors import system
from workflow.batches import Swept, Transactions
from workflow.county.context import county_context
from workflow.tickets import desk

#: Working days between one press and the next.
PRESS_EVERY = 2


def due(session: Session, now: datetime) -> list[tuple[int, int]]:
    """The instructions whose unit is to be pressed, each with its ticket, the earliest first.

    Strictly after the moment: at the deadline itself nothing is late.
    """
    query = select(Instruction.id, Instruction.ticket_id).where(
        WAITING_INSTRUCTIONS.predicate, Instruction.next_press_at < now
    )
    return [(row[0], row[1]) for row in session.execute(query.order_by(Instruction.next_press_at, Instruction.id))]


def press(session: Session, now: datetime, number: int) -> int:
    """Press the unit of one instruction if it is still due; returns how many presses were recorded."""
    found = session.get_one(Instruction, number)
    ticket = stated(desk.lock(session, found.ticket_id))
    session.refresh(found)
    if found.next_press_at is None or found.next_press_at >= now:
        return 0
    pressed = select(func.count()).where(InstructionAct.instruction_id == number, InstructionAct.act == "press")
    act = InstructionAct(
        instruction_id=number,
        ticket_id=found.ticket_id,
        act="press",
        round=(session.scalar(pressed) or 0) + 1,
        at=now,
        evidence=[],
    )
    found.next_press_at = county_context(session).clock.due(now, PRESS_EVERY)
    instruction_record.record(session, system(), "press_instruction", now, ticket, found, act)
    return 1


def run(reading: Transactions, writing: Transactions, now: datetime, swept: Swept | None = None) -> Swept:
    """Press every unit whose answer is late, counted in `swept`.  A failing instruction stops no other."""
    swept = Swept() if swept is None else swept
    with reading() as session:
        late = due(session, now)
    pressed = batches.one_by_one(
        writing, late, lambda session, one: press(session, now, one[0]), swept.failed, key=lambda one: one[1]
    )
    if pressed:
        swept.lapsed["press_instruction"] = swept.lapsed.get("press_instruction", 0) + pressed
    return swept
