"""Second factors: a secret that makes six-digit codes on a person's phone, the codes used, and recovery codes."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Digest, Id, Partial, UserRef

#: Predicates of the unique indexes: a person has one factor in use, and one that is being set up.
FACTORS_IN_USE = Partial("second_factor", "confirmed_at IS NOT NULL AND ended_at IS NULL")
FACTORS_PROPOSED = Partial("second_factor", "confirmed_at IS NULL AND ended_at IS NULL")


class SecondFactor(Base):
    """A secret for time-based one-time codes (TOTP, RFC 6238), in use once a code of it was typed back."""

    __tablename__ = "second_factor"
    __table_args__ = (
        CheckConstraint("confirmed_at IS NULL OR confirmed_at >= made_at", name="confirmed"),
        FACTORS_IN_USE.index("uq_second_factor_in_use", "user_id", unique=True),
        FACTORS_PROPOSED.index("uq_second_factor_proposed", "user_id", unique=True),
    )
    id: Mapped[Id]
    user_id: Mapped[UserRef]
    secret_sealed: Mapped[str] = mapped_column(String(400), comment="encrypted under the county's data key")
    made_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class FactorUse(Base):
    """A code that was accepted, by its time step: no code is good twice."""

    __tablename__ = "factor_use"
    __table_args__ = (UniqueConstraint("factor_id", "step"),)
    id: Mapped[Id]
    factor_id: Mapped[int] = mapped_column(ForeignKey("second_factor.id"))
    step: Mapped[int] = mapped_column(comment="half minutes since 1970")
    used_at: Mapped[datetime] = mapped_column(index=True)


class RecoveryCode(Base):
    """A code on paper that stands in for the phone, once: random, stored as its SHA-256."""

    __tablename__ = "recovery_code"
    id: Mapped[Id]
    factor_id: Mapped[int] = mapped_column(ForeignKey("second_factor.id"), index=True)
    code_hash: Mapped[Digest] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None] = mapped_column(comment="when others took its place")
