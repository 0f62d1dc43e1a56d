"""Recovery codes (恢复码): ten codes on paper, each of which stands in once for the phone and the passkeys of its owner.

A code has 120 random bits, so that its SHA-256 needs neither salt nor cost (ASVS 5.0, 6.5.2); those of before had 80.  Whoever gets
new ones can no longer use those of before.
"""

import secrets
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from models import RecoveryCode, SecondFactor
from workflow.county.accounts import token_hash
from workflow.errors import BadInput

#: Recovery codes of an account, and characters of each (120 bits), and of those of before.
RECOVERY_CODES, LENGTH, _GROUP = 10, 24, 4
LENGTHS = (LENGTH, 16)
#: Without I, L, O and U, as the codes of slips.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans("ILO", "110")


def left(session: Session, user_id: int) -> int:
    """How many recovery codes of an account are unused."""
    return session.scalar(select(func.count()).where(*_unused(user_id))) or 0


def renew(session: Session, user_id: int, now: datetime) -> list[str]:
    """New codes in place of those of before, in groups of four characters; the caller records why."""
    end(session, user_id, now)
    made = ["".join(secrets.choice(_ALPHABET) for _ in range(LENGTH)) for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(user_id=user_id, code_hash=token_hash(code), made_at=now) for code in made)
    return ["-".join(code[at : at + _GROUP] for at in range(0, LENGTH, _GROUP)) for code in made]


def end(session: Session, user_id: int, now: datetime) -> None:
    """End the unused codes of an account; the caller records why."""
    for code in session.scalars(select(RecoveryCode).where(*_unused(user_id))):
        code.ended_at = now
    session.flush()


def use(session: Session, user_id: int, now: datetime, typed: str) -> RecoveryCode:
    """Use up a code; `typed` in capitals without separators.  Raises BadInput `factor_wrong`."""
    hashed = token_hash(typed.translate(_MISREAD))
    query = select(RecoveryCode).where(*_unused(user_id), RecoveryCode.code_hash == hashed)
    row = session.scalars(query.with_for_update()).one_or_none()
    if row is None:
        raise BadInput("factor_wrong", "code")
    row.used_at = now
    session.flush()
    return row


def _unused(user_id: int) -> tuple[ColumnElement[bool], ...]:
    # Codes from before there were passkeys are of a phone.
    phones = select(SecondFactor.id).where(SecondFactor.user_id == user_id)
    own = (RecoveryCode.user_id == user_id) | RecoveryCode.factor_id.in_(phones)
    return own, RecoveryCode.used_at.is_(None), RecoveryCode.ended_at.is_(None)
