"""Accountability cases (问责案): the unit held to account for a custody, the harm, and the state of the case.

CHECKs guarantee that the proposer does not open, that the opener does not decide, that a withdrawal takes two persons
and that there is one appeal.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Code, Digest, Id, Partial, UnitRef, one_of

CASE_STATES = (
    "proposed",
    "opened",
    "notified",
    "stated",
    "heard",
    "referred",
    "decided",
    "served",
    "closed",
    "withdrawn",
)

#: Predicates of the partial indexes.
STANDING_CASES = Partial("accountability_case", "state <> 'withdrawn'")
CASES_WITH_TIMER = Partial("accountability_case", "next_at IS NOT NULL")


class AccountabilityCase(Base):
    """One case against one unit for one custody.  All its texts are in the private part of its events."""

    __tablename__ = "accountability_case"
    __table_args__ = (
        UniqueConstraint("escalation_id"),
        CheckConstraint(one_of("state", CASE_STATES), name="state"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("appeals BETWEEN 0 AND 1", name="appeals"),
        CheckConstraint("decider_unit_id <> opened_by_unit_id", name="not_by_the_opener"),
        CheckConstraint("decider_unit_id <> unit_id", name="not_about_oneself"),
        CheckConstraint("opened_by_unit_id <> unit_id", name="not_against_oneself"),
        CheckConstraint(
            "decided_by_unit_id IS NULL OR (decider_unit_id IS NOT NULL AND decided_by_unit_id = decider_unit_id)",
            name="decider",
        ),
        CheckConstraint(
            "withdrawn_by_id IS NULL OR (withdrawal_by_id IS NOT NULL AND withdrawn_by_id <> withdrawal_by_id)",
            name="two_persons",
        ),
        CheckConstraint("opened_by_id IS NULL OR opened_by_id <> proposed_by_id", name="opened_by_another"),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_by_id IS NOT NULL)", name="withdrawn"),
        CheckConstraint("(state IN ('closed', 'withdrawn')) = (ended_at IS NOT NULL)", name="ended"),
        CheckConstraint("state IN ('proposed', 'withdrawn') OR opened_at IS NOT NULL", name="opened"),
        CheckConstraint(
            "(opened_at IS NULL) = (opened_by_id IS NULL) AND (opened_at IS NULL) = (opened_by_unit_id IS NULL)"
            " AND (opened_at IS NULL) = (indicator IS NULL) AND (opened_at IS NULL) = (figure IS NULL)",
            name="harm",
        ),
        CheckConstraint("(state = 'notified') = (next_at IS NOT NULL)", name="next"),
        CheckConstraint("(notified_at IS NULL) = (statement_due_at IS NULL)", name="notified"),
        CheckConstraint("(state IN ('decided', 'served', 'closed')) = (outcome IS NOT NULL)", name="decided"),
        CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="outcome"),
        CheckConstraint("(state IN ('served', 'closed')) = (served_at IS NOT NULL)", name="served"),
        CheckConstraint("(served_at IS NULL) = (appeal_until IS NULL)", name="appeal_until"),
        Index("ix_accountability_case_unit", "unit_id", "id"),
        Index("ix_accountability_case_decider", "decider_unit_id", "id"),
        Index("ix_accountability_case_ticket", "ticket_id"),
        STANDING_CASES.index("uq_accountability_case_custody", "custody_id", unique=True),
        CASES_WITH_TIMER.index("ix_accountability_case_next", "next_at", "id"),
    )
    id: Mapped[Id]
    scheme_version_id: Mapped[int] = mapped_column(ForeignKey("scheme_version.id"))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    custody_id: Mapped[int] = mapped_column(ForeignKey("custody.id"), comment="the stretch complained of")
    escalation_id: Mapped[int | None] = mapped_column(
        ForeignKey("escalation.id"), comment="the rung whose issue proposed it; empty: the office by itself"
    )
    unit_id: Mapped[UnitRef]
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), comment="leader in post at the time")
    decider_unit_id: Mapped[int | None] = mapped_column(
        ForeignKey("unit.id"), comment="who decides, by the scheme; empty: the level above"
    )
    state: Mapped[str] = mapped_column(String(16))
    version: Mapped[int] = mapped_column(default=1)
    proposed_at: Mapped[datetime]
    proposed_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), comment="who proposed it; empty: before this was recorded"
    )
    indicator: Mapped[int | None] = mapped_column(comment="number of the indicator whose result was harmed")
    figure: Mapped[str | None] = mapped_column(String(64), comment="a figure of it, `task`, or `ranking`")
    opened_at: Mapped[datetime | None]
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    opened_by_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    notified_at: Mapped[datetime | None]
    statement_due_at: Mapped[datetime | None]
    stated_at: Mapped[datetime | None] = mapped_column(comment="when the statement came, or the time for it ran out")
    silent: Mapped[bool] = mapped_column(default=False, comment="no statement came in time")
    heard_on: Mapped[date | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_by_unit_id: Mapped[int | None] = mapped_column(
        ForeignKey("unit.id"), comment="empty for a decision of the level above, which is recorded"
    )
    outcome: Mapped[str | None] = mapped_column(String(64))
    served_at: Mapped[datetime | None]
    appeal_until: Mapped[datetime | None]
    appeals: Mapped[int] = mapped_column(default=0)
    withdrawal_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), comment="who asked that it be withdrawn"
    )
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), comment="who agreed")
    ended_at: Mapped[datetime | None]
    next_at: Mapped[datetime | None] = mapped_column(comment="when something happens to it by itself")

    @property
    def number(self) -> str:
        """The number shown to people, which may have gaps."""
        return str(self.id)


class CaseDossier(Base):
    """The dossier after one event: frozen, with names masked, so that it always prints the same."""

    __tablename__ = "case_dossier"
    __table_args__ = (UniqueConstraint("case_id", "seq"),)
    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey("accountability_case.id"))
    seq: Mapped[int] = mapped_column(comment="of the event it was frozen with")
    action: Mapped[Code]
    made_at: Mapped[datetime]
    content: Mapped[dict[str, Any]]
    hash: Mapped[Digest] = mapped_column(comment="SHA-256 of the canonical content; the event names it")
