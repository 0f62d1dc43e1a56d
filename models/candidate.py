"""Candidates (疑似漏评户): families that are not on the register and were reported as perhaps belonging there.

Each is the subject of one ticket, which says where it lives, who reported it and what became of it.  Personal data of a
refused or withdrawn candidate is erased after the scheme's days; the row stays.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Name, Partial, by_bytes, one_of
from models.household import LABOUR
from models.sealing import Sealed

#: How a family consented: in writing, in words before two people, by telephone, through its guardian.
CONSENTS = ("written", "spoken", "phone", "guardian")
VERDICTS = ("registered", "refused", "withdrawn")

#: Predicates of the partial indexes.
TO_ERASE = Partial("candidate", "erase_at IS NOT NULL AND erased_at IS NULL")
OPEN_CANDIDATES = Partial("candidate_person", "open AND id_index IS NOT NULL")


class Candidate(Base):
    """A family that is not registered, from its report to the verdict."""

    __tablename__ = "candidate"
    __table_args__ = (
        CheckConstraint(one_of("consent_how", CONSENTS, optional=True), name="consent_how"),
        CheckConstraint(
            "(consent_on IS NULL) = (consent_how IS NULL) AND (consent_on IS NOT NULL OR consent_by = '')",
            name="consent",
        ),
        CheckConstraint(one_of("verdict", VERDICTS, optional=True), name="verdict"),
        CheckConstraint(
            "(household_id IS NOT NULL) = (verdict IS NOT NULL AND verdict = 'registered')", name="registered"
        ),
        CheckConstraint("household_id IS NULL OR consent_on IS NOT NULL", name="consented"),
        CheckConstraint("(ground IS NOT NULL) = (verdict IS NOT NULL AND verdict = 'refused')", name="ground"),
        CheckConstraint(
            "(erase_at IS NOT NULL) = (verdict IS NOT NULL AND verdict IN ('refused', 'withdrawn'))", name="erase"
        ),
        # One that became a household is erased with it.
        CheckConstraint(
            "erased_at IS NULL OR household_id IS NOT NULL OR (erase_at IS NOT NULL AND erased_at >= erase_at)",
            name="erased_in_time",
        ),
        CheckConstraint(
            "(erased_at IS NULL AND head_name <> '') OR (erased_at IS NOT NULL AND head_name = '' AND initials = ''"
            " AND address = '' AND consent_by = '' AND phone_sealed IS NULL AND phone_masked IS NULL)",
            name="erased",
        ),
        CheckConstraint("(phone_sealed IS NULL) = (phone_index IS NULL)", name="phone"),
        UniqueConstraint("household_id"),
        Index("ix_candidate_head_name", "head_name"),
        Index("ix_candidate_initials", "initials"),
        TO_ERASE.index("ix_candidate_erase", "erase_at", "id"),
    )
    id: Mapped[Id]
    head_name: Mapped[str] = mapped_column(by_bytes(200), comment="empty once erased")
    initials: Mapped[str] = mapped_column(by_bytes(200), comment="as of a household")
    address: Mapped[Name] = mapped_column(default="")
    phone_sealed: Mapped[str | None] = mapped_column(String(200))
    phone_index: Mapped[str | None] = mapped_column(String(64))
    phone_masked: Mapped[str | None] = mapped_column(String(32))
    consent_by: Mapped[Name] = mapped_column(default="", comment="the person who consented")
    consent_on: Mapped[date | None]
    consent_how: Mapped[str | None] = mapped_column(String(16))
    verdict: Mapped[str | None] = mapped_column(String(16), comment="empty while its ticket is open")
    ground: Mapped[str | None] = mapped_column(String(64), comment="of a refusal: code of the scheme's list")
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"), comment="the household it became")
    erase_at: Mapped[datetime | None] = mapped_column(comment="from when on its personal data is erased")
    erased_at: Mapped[datetime | None]


class CandidatePerson(Base):
    """One person of a candidate; the rows are deleted when its personal data is erased."""

    __tablename__ = "candidate_person"
    __table_args__ = (
        UniqueConstraint("candidate_id", "position"),
        CheckConstraint(one_of("sex", ("m", "f"), optional=True), name="sex"),
        CheckConstraint("(id_sealed IS NULL) = (id_index IS NULL)", name="id_number"),
        # One ID number is of one open candidate.
        OPEN_CANDIDATES.index("uq_candidate_person_open", "id_index", unique=True),
        Index("ix_candidate_person_id_index", "id_index"),
    )
    id: Mapped[Id]
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id"))
    position: Mapped[int] = mapped_column(comment="1 is the head")
    name: Mapped[Name]
    relation: Mapped[Name] = mapped_column(default="", comment="to the head")
    id_sealed: Mapped[str | None] = mapped_column(String(200))
    id_index: Mapped[str | None] = mapped_column(String(64))
    id_masked: Mapped[str | None] = mapped_column(String(32))
    sex: Mapped[str | None] = mapped_column(String(1))
    born_on: Mapped[date | None] = mapped_column(Sealed("date", "candidate_person.born_on"))
    labour: Mapped[str] = mapped_column(Sealed("text", "candidate_person.labour", LABOUR), default="unknown")
    open: Mapped[bool] = mapped_column(default=True, comment="whether the candidate's ticket is open")
