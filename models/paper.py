"""Papers of the ladder: demand, addressee and grounds, frozen when issued, later acts, and commitments.

A paper never changes, so that it can be printed again; its acts are rows of their own.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Digest, Id, Partial, UnitRef, one_of
from models.custody import STAGES

#: The acts on a paper: received, answered, returned for another answer, the talk recorded, revocation requested, revocation
#: refused, ended.  An answer and its return may come again, in rounds; each other act once.
PAPER_ACTS = ("receipt", "answer", "return", "record", "ask_revocation", "keep", "end")
#: How a paper is received: signed for, or deemed to be after the scheme's working days.
RECEIPTS = ("signed", "deemed")
#: How a paper ends.  `verified`: the issuer has checked that it is carried out; the rest ends by itself or by revocation:
#: `concluded` with its ticket, `moved_on` with the ticket's next step, `lapsed` since its demand no longer concerns the unit.
#: `satisfied` is of 0.2, where an answer was enough.
ENDS = ("satisfied", "verified", "concluded", "moved_on", "superseded", "lapsed", "revoked")
#: What ends or is received without a person.
BY_ITSELF = ("deemed", "satisfied", "concluded", "moved_on", "superseded", "lapsed")
#: How a paper's demand is met: the work of the stage done, or a written answer.
MET_BY = ("work", "answer")

#: Predicates of the partial indexes.
UNRECEIVED_PAPERS = Partial("paper_pending", "deemed_at IS NOT NULL")


class Paper(Base):
    """One numbered paper (〔2018〕第N号) of one rung, as it was issued."""

    __tablename__ = "paper"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("escalation_id"),
        CheckConstraint(one_of("stage", STAGES), name="stage"),
        CheckConstraint("rung BETWEEN 3 AND 5", name="rung"),
        CheckConstraint(one_of("met_by", MET_BY), name="met_by"),
        CheckConstraint("(issued_by_id IS NULL) = (reason IS NULL)", name="reason"),
        CheckConstraint("demand_due_at > issued_at AND deemed_at > issued_at", name="forward"),
        CheckConstraint("issuer_id <> unit_id", name="not_to_oneself"),
        Index("ix_paper_ticket", "ticket_id"),
        Index("ix_paper_tenure", "tenure_id"),
        Index("ix_paper_unit", "unit_id", "id"),
    )
    id: Mapped[Id]
    number: Mapped[str] = mapped_column(
        String(32),
        comment="year, mark of the issuer, running number, without gaps; before 0.3 the rung instead of a mark",
    )
    escalation_id: Mapped[int] = mapped_column(ForeignKey("escalation.id"))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    tenure_id: Mapped[int] = mapped_column(ForeignKey("tenure.id"))
    custody_id: Mapped[int] = mapped_column(ForeignKey("custody.id"))
    stage: Mapped[str] = mapped_column(String(16))
    rung: Mapped[int]
    unit_id: Mapped[UnitRef] = mapped_column(comment="the addressee")
    leader_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), comment="its leader in post when it was issued; empty: there was none"
    )
    issuer_id: Mapped[UnitRef]
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), comment="empty: the system")
    reason: Mapped[str | None] = mapped_column(comment="as printed: names of people in households hidden")
    met_by: Mapped[str] = mapped_column(String(8))
    demand_due_at: Mapped[datetime]
    deemed_at: Mapped[datetime] = mapped_column(comment="when it counts as received if nobody signs for it")
    content: Mapped[dict[str, Any]] = mapped_column(comment="everything else that is printed")
    hash: Mapped[Digest] = mapped_column(comment="SHA-256 of the content's canonical JSON")


class DocumentNumber(Base):
    """One number of an issuer's series (发文字号), given once, to a paper of the ladder or to a written report.

    A unit has one series a year for whatever it issues; the counter's row makes it gapless, the constraints unique.
    Papers and reports issued before this table existed keep their own numbers and have no row here.
    """

    __tablename__ = "document_number"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("unit_id", "year", "running"),
        CheckConstraint("running > 0", name="running"),
    )
    id: Mapped[Id]
    unit_id: Mapped[UnitRef] = mapped_column(comment="the issuer")
    year: Mapped[int] = mapped_column(comment="the year in China in which it was given")
    running: Mapped[int]
    number: Mapped[str] = mapped_column(String(32), comment="year, mark of the issuer, running number")


class PaperAct(Base):
    """One act on a paper; append-only, each kind once a round."""

    __tablename__ = "paper_act"
    __table_args__ = (
        UniqueConstraint("paper_id", "act", "round"),
        CheckConstraint("round >= 1 AND (round = 1 OR act IN ('answer', 'return'))", name="round"),
        CheckConstraint(one_of("act", PAPER_ACTS), name="act"),
        CheckConstraint(
            f"(act = 'receipt' AND {one_of('how', RECEIPTS)}) OR (act = 'end' AND {one_of('how', ENDS)})"
            " OR (act NOT IN ('receipt', 'end') AND how IS NULL)",
            name="how",
        ),
        CheckConstraint(
            "(by_id IS NULL) = (" + one_of("COALESCE(how, '')", BY_ITSELF) + ")",
            name="by",
        ),
        CheckConstraint(
            "(words IS NULL) = (act = 'receipt' OR (act = 'end' AND COALESCE(how, '') NOT IN ('revoked', 'verified')))",
            name="words",
        ),
        # Revoking takes two persons: the requester cannot revoke.
        CheckConstraint(
            "(COALESCE(how, '') = 'revoked') = (asked_by_id IS NOT NULL)"
            " AND (asked_by_id IS NULL OR asked_by_id <> by_id)",
            name="two_persons",
        ),
        CheckConstraint("effective_at <= at", name="forward"),
        Index("ix_paper_act_ticket", "ticket_id"),
    )
    id: Mapped[Id]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"))
    act: Mapped[str] = mapped_column(String(16))
    how: Mapped[str | None] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(comment="when it was recorded")
    effective_at: Mapped[datetime] = mapped_column(comment="when it took effect; earlier for what lapsed unseen")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), comment="empty: the system")
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), comment="who asked to revoke it")
    words: Mapped[str | None]
    round: Mapped[int] = mapped_column(
        default=1, server_default="1", comment="of the answer: raised when it is returned"
    )
    evidence: Mapped[list[Any]] = mapped_column(
        default=list, server_default="[]", comment="ids of the evidence attached"
    )
    details: Mapped[dict[str, Any]] = mapped_column(
        default=dict, server_default="{}", comment="of the record of a talk: when it was held and who came"
    )


class PaperCommitment(Base):
    """What a unit commits itself to in its answer or in a talk, with the day by which it is done; append-only."""

    __tablename__ = "paper_commitment"
    __table_args__ = (
        UniqueConstraint("act_id", "position"),
        CheckConstraint("words <> ''", name="words"),
        Index("ix_paper_commitment_paper", "paper_id", "due_at"),
        Index("ix_paper_commitment_unit", "unit_id", "due_at"),
    )
    id: Mapped[Id]
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"))
    act_id: Mapped[int] = mapped_column(ForeignKey("paper_act.id"), comment="the answer or the record of the talk")
    unit_id: Mapped[UnitRef]
    position: Mapped[int]
    words: Mapped[str]
    due_at: Mapped[datetime] = mapped_column(comment="close of the day it is promised for")


class PaperPending(Base):
    """Papers with something still to come, so that searching costs only what is pending."""

    __tablename__ = "paper_pending"
    __table_args__ = (
        CheckConstraint("open OR deemed_at IS NOT NULL", name="something"),
        UNRECEIVED_PAPERS.index("ix_paper_pending_deemed", "deemed_at", "paper_id"),
        Index("ix_paper_pending_ticket", "ticket_id"),
        Index("ix_paper_pending_tenure", "tenure_id"),
    )
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    tenure_id: Mapped[int] = mapped_column(ForeignKey("tenure.id"))
    unit_id: Mapped[UnitRef]
    deemed_at: Mapped[datetime | None] = mapped_column(comment="empty: received")
    open: Mapped[bool] = mapped_column(comment="not ended")
    paper: Mapped[Paper] = relationship(lazy="raise")
