"""Instructions (批示): what the leading group wants answered about a ticket, by which unit until when, and the acts on it.

The row's state, deadline and next press follow from the acts, which are append-only; each kind of act happens once a round.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Partial, UnitRef, UserRef, one_of

#: The states of an instruction: the unit owes the answer, the leading group has it before it, and the two ends.
STATES = ("waiting", "answered", "accepted", "withdrawn")
#: The acts on it.  `press`: the unit is pressed for a late answer, by the system.
INSTRUCTION_ACTS = ("answer", "return", "accept", "withdraw", "press")

#: Predicates of the partial indexes.
WAITING_INSTRUCTIONS = Partial("instruction", "state = 'waiting'")
ANSWERED_INSTRUCTIONS = Partial("instruction", "state = 'answered'")


class Instruction(Base):
    """One instruction on a ticket, addressed to one unit."""

    __tablename__ = "instruction"
    __table_args__ = (
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint("words <> ''", name="words"),
        CheckConstraint("issuer_id <> unit_id", name="not_to_oneself"),
        CheckConstraint("due_at > at", name="forward"),
        CheckConstraint("(state = 'waiting') = (next_press_at IS NOT NULL)", name="pressed"),
        Index("ix_instruction_ticket", "ticket_id"),
        Index("ix_instruction_unit", "unit_id", "id"),
        WAITING_INSTRUCTIONS.index("ix_instruction_waiting", "unit_id", "due_at", "id"),
        WAITING_INSTRUCTIONS.index("ix_instruction_press", "next_press_at", "id"),
        ANSWERED_INSTRUCTIONS.index("ix_instruction_answered", "id"),
    )
    id: Mapped[Id]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    unit_id: Mapped[UnitRef] = mapped_column(comment="the addressee, which answers")
    issuer_id: Mapped[UnitRef] = mapped_column(comment="the leading group")
    by_id: Mapped[UserRef] = mapped_column(comment="who wrote it")
    at: Mapped[datetime]
    words: Mapped[str]
    due_at: Mapped[datetime] = mapped_column(comment="close of the day by which it is to be answered")
    state: Mapped[str] = mapped_column(String(16), default="waiting")
    next_press_at: Mapped[datetime | None] = mapped_column(comment="when its unit is pressed next if no answer came")


class InstructionAct(Base):
    """One act on an instruction; append-only."""

    __tablename__ = "instruction_act"
    __table_args__ = (
        UniqueConstraint("instruction_id", "act", "round"),
        CheckConstraint(one_of("act", INSTRUCTION_ACTS), name="act"),
        CheckConstraint("round >= 1 AND (round = 1 OR act IN ('answer', 'return', 'press'))", name="round"),
        CheckConstraint("(by_id IS NULL) = (act = 'press')", name="by"),
        CheckConstraint("(words IS NULL) = (act = 'press')", name="words"),
        CheckConstraint("(act = 'return') = (due_at IS NOT NULL)", name="due"),
        Index("ix_instruction_act_ticket", "ticket_id"),
    )
    id: Mapped[Id]
    instruction_id: Mapped[int] = mapped_column(ForeignKey("instruction.id"))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    act: Mapped[str] = mapped_column(String(16))
    round: Mapped[int] = mapped_column(default=1, comment="of the answer: raised when it is returned; of the presses")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), comment="empty: the system")
    at: Mapped[datetime]
    words: Mapped[str | None]
    due_at: Mapped[datetime | None] = mapped_column(comment="until when a returned answer is to be given again")
    evidence: Mapped[list[Any]] = mapped_column(default=list, comment="ids of the evidence attached to an answer")
