"""Second factors: a secret that makes six-digit codes on a person's phone, passkeys (WebAuthn), and recovery codes."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Digest, Id, Partial, UserRef, one_of

#: Predicates of the unique indexes: a person has one factor in use, and one that is being set up.
FACTORS_IN_USE = Partial("second_factor", "confirmed_at IS NOT NULL AND ended_at IS NULL")
FACTORS_PROPOSED = Partial("second_factor", "confirmed_at IS NULL AND ended_at IS NULL")
#: Predicate of the index: passkeys that have not been removed.
PASSKEYS_IN_USE = Partial("passkey", "ended_at IS NULL")
#: What a challenge is for: adding a passkey, or giving one as the second factor.
CHALLENGES = ("add", "give")


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


class Passkey(Base):
    """A passkey (WebAuthn credential): the public half of a key pair whose private half never leaves the person's device."""

    __tablename__ = "passkey"
    __table_args__ = (
        CheckConstraint("sign_count BETWEEN 0 AND 4294967295", name="sign_count"),
        CheckConstraint("used_at IS NULL OR used_at >= made_at", name="used"),
        CheckConstraint("ended_at IS NULL OR ended_at >= made_at", name="ended"),
        UniqueConstraint("credential_id"),
        PASSKEYS_IN_USE.index("ix_passkey_in_use", "user_id"),
    )
    id: Mapped[Id]
    user_id: Mapped[UserRef]
    name: Mapped[str] = mapped_column(String(40), comment="as its owner calls it")
    credential_id: Mapped[str] = mapped_column(String(1400), comment="base64url, as the device made it")
    public_key: Mapped[str] = mapped_column(String(4000), comment="COSE key, base64url")
    sign_count: Mapped[int] = mapped_column(BigInteger, comment="how often the device has signed; never goes back")
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class PasskeyChallenge(Base):
    """What the device signs: random, of one session, deleted by the first answer."""

    __tablename__ = "passkey_challenge"
    __table_args__ = (
        UniqueConstraint("session_id", "purpose"),
        CheckConstraint(one_of("purpose", CHALLENGES), name="purpose"),
    )
    id: Mapped[Id]
    session_id: Mapped[int] = mapped_column(ForeignKey("user_session.id"))
    purpose: Mapped[str] = mapped_column(String(8))
    challenge: Mapped[Digest] = mapped_column(comment="32 random bytes, in hex")
    made_at: Mapped[datetime] = mapped_column(index=True)


class RecoveryCode(Base):
    """A code on paper that stands in for phone and passkeys, once: random, stored as its SHA-256."""

    __tablename__ = "recovery_code"
    __table_args__ = (CheckConstraint("(factor_id IS NULL) <> (user_id IS NULL)", name="whose"),)
    id: Mapped[Id]
    factor_id: Mapped[int | None] = mapped_column(
        ForeignKey("second_factor.id"), index=True, comment="of codes from before there were passkeys"
    )
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    code_hash: Mapped[Digest] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None] = mapped_column(comment="when others took its place")
