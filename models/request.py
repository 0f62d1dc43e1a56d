"""Time requests: a unit's request for an extension or suspension, and the answer.

The clock runs while a request waits.  A partial unique index allows one open request per ticket.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Partial, UnitRef, UserRef, one_of

KINDS = ("extension", "suspension")

#: Predicates of the partial indexes.
WAITING_REQUESTS = Partial("time_request", "status = 'waiting'")


class TimeRequest(Base):
    """One request (延期、暂停申请), asked within one custody; it lapses when that custody ends unanswered."""

    __tablename__ = "time_request"
    __table_args__ = (
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("status", ("waiting", "granted", "refused", "lapsed")), name="status"),
        CheckConstraint("(status IN ('granted', 'refused')) = (answered_at IS NOT NULL)", name="answered"),
        CheckConstraint(
            "(answered_at IS NULL) = (answered_by_id IS NULL) AND (answered_at IS NULL) = (answer IS NULL)",
            name="answer",
        ),
        CheckConstraint("(status = 'granted') = (granted_until IS NOT NULL)", name="granted"),
        CheckConstraint("answered_at IS NULL OR answered_at >= asked_at", name="forward"),
        CheckConstraint("answer_due_at > asked_at", name="answer_due"),
        CheckConstraint("kind <> 'suspension' OR ground IS NOT NULL", name="ground"),
        CheckConstraint("unit_id <> asked_of_id", name="not_of_oneself"),
        WAITING_REQUESTS.index("uq_time_request_waiting", "ticket_id", unique=True),
        WAITING_REQUESTS.index("ix_time_request_waiting", "answer_due_at", "id"),
        Index("ix_time_request_ticket", "ticket_id"),
        Index("ix_time_request_custody", "custody_id"),
    )
    id: Mapped[Id]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    custody_id: Mapped[int] = mapped_column(ForeignKey("custody.id"))
    tenure_id: Mapped[int] = mapped_column(ForeignKey("tenure.id"))
    unit_id: Mapped[UnitRef] = mapped_column(comment="the unit that asks")
    kind: Mapped[str] = mapped_column(String(16))
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[UserRef]
    ground: Mapped[str | None] = mapped_column(String(64), comment="code of the scheme's list")
    wanted_until: Mapped[date]
    reason: Mapped[str]
    plan: Mapped[str] = mapped_column(comment="what will be done until then")
    evidence: Mapped[list[Any]] = mapped_column(default=list, comment="ids of the evidence shown")
    asked_of_id: Mapped[UnitRef] = mapped_column(comment="the unit that has to answer")
    answer_due_at: Mapped[datetime] = mapped_column(comment="after that the wait is the answering unit's")
    status: Mapped[str] = mapped_column(String(16), default="waiting")
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    granted_until: Mapped[date | None]
    answer: Mapped[str | None]
