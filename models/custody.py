"""Custody: tenures, custodies, charges and the rungs of the ladder.

CHECKs and unique indexes guarantee deadlines, verdicts and rungs.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id, Partial, UnitRef, one_of
from models.county import Unit
from models.ticket import Ticket

STAGES = ("vet", "supplement", "accept", "mend", "rule", "hold", "confirm")
PURPOSES = ("vet", "supplement", "mend", "rule", "hold", "confirm")
RUNGS = ("remind", "urge", "supervise", "summon", "account")
#: The number of the lowest rung whose issue is a paper (督办).
FIRST_PAPER = RUNGS.index("supervise") + 1
#: Of a rung: issued at once, waiting for a person, waiting for the office to open, passed over while the system was down,
#: reached by the leading group and recorded without a paper.
RUNG_STATUSES = ("issued", "proposed", "deferred", "missed", "recorded")

#: Predicates of the partial indexes.
TENURES_WITH_TIMER = Partial("tenure", "next_at IS NOT NULL")
OPEN_CUSTODIES = Partial("custody", "ended_at IS NULL")
ENDED_CUSTODIES = Partial("custody", "ended_at IS NOT NULL")
GRANTED_CUSTODIES = Partial("custody", "granted IS NOT NULL")
RULING_CUSTODIES = Partial("custody", "stage = 'rule'")
LATER_EPISODES = Partial("custody", "episode > 1")
MENDING_CUSTODIES = Partial("custody", "stage = 'mend'")
RUNGS_DUE_AT_OPENING = Partial("rung_waiting", "issue_at IS NOT NULL")
SYSTEM_CHARGES = Partial("charge", "unit_id IS NULL")


class Tenure(Base):
    """One unit's whole responsibility for one purpose in one episode: time budget, time used, rung reached.

    `accept_*` concern the acceptance stage of a resolving tenure, whose budget runs during acceptance as well.
    """

    __tablename__ = "tenure"
    __table_args__ = (
        UniqueConstraint("ticket_id", "episode", "unit_id", "purpose", "round"),
        CheckConstraint(one_of("purpose", PURPOSES), name="purpose"),
        CheckConstraint("(next_at IS NULL) = (next_what IS NULL)", name="next"),
        CheckConstraint(one_of("next_what", ("rung", "deem", "resume"), optional=True), name="next_what"),
        CheckConstraint("used_minutes >= 0 AND accept_used_minutes >= 0", name="used"),
        TENURES_WITH_TIMER.index("ix_tenure_next", "next_at", "id"),
    )
    id: Mapped[Id]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    episode: Mapped[int]
    unit_id: Mapped[UnitRef]
    purpose: Mapped[str] = mapped_column(String(16))
    round: Mapped[int] = mapped_column(default=1, comment="a new ruling or a new check is a new question")
    budget_minutes: Mapped[int]
    used_minutes: Mapped[int] = mapped_column(default=0)
    accept_budget_minutes: Mapped[int] = mapped_column(default=0)
    accept_used_minutes: Mapped[int] = mapped_column(default=0)
    rung: Mapped[int] = mapped_column(default=0, comment="highest rung of the purpose's own stage")
    accept_rung: Mapped[int] = mapped_column(default=0, comment="highest rung of the acceptance stage")
    next_at: Mapped[datetime | None]
    next_what: Mapped[str | None] = mapped_column(String(8))
    ticket: Mapped[Ticket] = relationship(lazy="raise")


class Custody(Base):
    """One unbroken stretch (承办时段) in which one unit holds a ticket in one stage, with its own deadline."""

    __tablename__ = "custody"
    __table_args__ = (
        UniqueConstraint("ticket_id", "seq"),
        CheckConstraint(one_of("stage", STAGES), name="stage"),
        CheckConstraint(one_of("verdict", ("on_time", "late"), optional=True), name="verdict"),
        CheckConstraint(
            "(ended_at IS NULL) = (verdict IS NULL) AND (ended_at IS NULL) = (minutes IS NULL)"
            " AND (ended_at IS NULL) = (late_minutes IS NULL)",
            name="frozen",
        ),
        CheckConstraint("ended_at IS NULL OR ended_at >= began_at", name="forward"),
        CheckConstraint("due_at >= began_at", name="due"),
        CheckConstraint(one_of("granted", ("extension", "suspension"), optional=True), name="granted"),
        OPEN_CUSTODIES.index("uq_custody_open", "ticket_id", unique=True),
        Index("ix_custody_unit", "unit_id", "ticket_id"),
        Index("ix_custody_tenure", "tenure_id"),
        GRANTED_CUSTODIES.index("ix_custody_granted", "began_at"),
        # Covering index for unit accounts, by unit and time.
        ENDED_CUSTODIES.index("ix_custody_ended", "unit_id", "ended_at", "stage", "verdict", "minutes", "late_minutes"),
        RULING_CUSTODIES.index("ix_custody_ruled", "began_at"),
        LATER_EPISODES.index("ix_custody_again", "began_at"),
        # Covering index, so that a unit's working time of a year is summed from the index alone.
        MENDING_CUSTODIES.index("ix_custody_mended", "began_at", "unit_id", "minutes"),
    )
    id: Mapped[Id]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    seq: Mapped[int] = mapped_column(comment="counts over the whole ticket")
    episode: Mapped[int]
    tenure_id: Mapped[int] = mapped_column(ForeignKey("tenure.id"))
    unit_id: Mapped[UnitRef]
    stage: Mapped[str] = mapped_column(String(16))
    began_at: Mapped[datetime]
    due_at: Mapped[datetime]
    granted: Mapped[str | None] = mapped_column(String(16), comment="whether it is time that was granted, and which")
    account: Mapped[dict[str, Any]] = mapped_column(comment="how the due date came about, day by day")
    ended_at: Mapped[datetime | None]
    verdict: Mapped[str | None] = mapped_column(String(8), comment="frozen when the custody ends")
    minutes: Mapped[int | None] = mapped_column(comment="working minutes held")
    late_minutes: Mapped[int | None] = mapped_column(comment="working minutes past the deadline")
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), comment="leader in post when it began")
    ticket: Mapped[Ticket] = relationship(lazy="raise")
    unit: Mapped[Unit] = relationship(lazy="raise")
    tenure: Mapped[Tenure] = relationship(lazy="raise")


class Charge(Base):
    """Minutes of a custody borne by another unit than its holder, with ground; append-only, so a ruling never edits a
    verdict.

    The system's own downtime, and the way of an act from a place without a signal, are borne by no unit.
    """

    __tablename__ = "charge"
    __table_args__ = (
        UniqueConstraint("custody_id", "unit_id", "ground"),
        CheckConstraint(one_of("ground", ("ruling", "downtime", "late_answer", "no_signal")), name="ground"),
        CheckConstraint("(unit_id IS NULL) = (ground IN ('downtime', 'no_signal'))", name="system"),
        SYSTEM_CHARGES.index("uq_charge_system", "custody_id", "ground", unique=True),
    )
    id: Mapped[Id]
    custody_id: Mapped[int] = mapped_column(ForeignKey("custody.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), comment="none for the system itself")
    minutes: Mapped[int] = mapped_column(comment="working minutes")
    ground: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]


class Escalation(Base):
    """One rung of the ladder under one tenure and stage; the unique constraint makes it exactly once.

    `recorded`: reached by the leading group, to which no paper is issued.
    """

    __tablename__ = "escalation"
    __table_args__ = (
        UniqueConstraint("tenure_id", "stage", "rung"),
        CheckConstraint(one_of("stage", STAGES), name="stage"),
        CheckConstraint(one_of("status", RUNG_STATUSES), name="status"),
        CheckConstraint("rung BETWEEN 1 AND 5", name="rung"),
        CheckConstraint(
            "status NOT IN ('missed', 'deferred', 'recorded') OR paper IS NULL", name="missed_has_no_paper"
        ),
        CheckConstraint("status <> 'recorded' OR rung >= 3", name="recorded"),
        CheckConstraint("detected_at >= due_at", name="detected"),
        UniqueConstraint("paper"),
        Index("ix_escalation_ticket", "ticket_id"),
        Index("ix_escalation_detected", "detected_at"),
    )
    id: Mapped[Id]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    tenure_id: Mapped[int] = mapped_column(ForeignKey("tenure.id"))
    custody_id: Mapped[int] = mapped_column(ForeignKey("custody.id"))
    unit_id: Mapped[UnitRef]
    stage: Mapped[str] = mapped_column(String(16))
    rung: Mapped[int] = mapped_column(comment="1 remind … 5 hold to account")
    due_at: Mapped[datetime] = mapped_column(comment="when the ladder reached it")
    detected_at: Mapped[datetime] = mapped_column(comment="when the sweep saw it")
    status: Mapped[str] = mapped_column(String(16))
    paper: Mapped[str | None] = mapped_column(String(32), comment="number of the paper, from supervise up")


class RungAnswer(Base):
    """The answer to a waiting rung: issued as a numbered paper, or declined by a person; append-only, one per rung.

    Without a person the system issued it when the office opened, on a standing authorisation.
    """

    __tablename__ = "rung_answer"
    __table_args__ = (
        UniqueConstraint("escalation_id"),
        UniqueConstraint("paper"),
        CheckConstraint("issued = (paper IS NOT NULL)", name="paper"),
        CheckConstraint("issued OR by_id IS NOT NULL", name="declined_by_a_person"),
        CheckConstraint("(by_id IS NULL) = (reason = '')", name="reason"),
        Index("ix_rung_answer_ticket", "ticket_id"),
    )
    id: Mapped[Id]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    escalation_id: Mapped[int] = mapped_column(ForeignKey("escalation.id"))
    issued: Mapped[bool]
    paper: Mapped[str | None] = mapped_column(String(32), comment="number of the paper, when it was issued")
    reason: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), comment="empty: the system at opening")


class RungWaiting(Base):
    """A rung without an answer yet, so that searching costs only what waits."""

    __tablename__ = "rung_waiting"
    __table_args__ = (
        RUNGS_DUE_AT_OPENING.index("ix_rung_waiting_issue", "issue_at", "escalation_id"),
        Index("ix_rung_waiting_ticket", "ticket_id"),
    )
    escalation_id: Mapped[int] = mapped_column(ForeignKey("escalation.id"), primary_key=True, autoincrement=False)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    issue_at: Mapped[datetime | None] = mapped_column(comment="when the office opens; empty: it waits for a person")


class WaitingReminder(Base):
    """The reminder of a working day (China) that papers wait for a person; one a day."""

    __tablename__ = "waiting_reminder"
    day: Mapped[date] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    waiting: Mapped[int] = mapped_column(comment="how many papers waited")
