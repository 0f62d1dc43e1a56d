"""Second factors (动态口令): six-digit codes of a person's phone (TOTP, RFC 6238), and recovery codes on paper.

The secret is sealed like personal data.  A code is good for its half minute and one on either side, and once: its time step is
a row, and a second one is refused by the table.  How often codes may be tried is counted by the caller beforehand, as with
passwords.
"""

import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import FactorUse, RecoveryCode, SecondFactor, User, UserSession
from models.factors import FACTORS_IN_USE, FACTORS_PROPOSED
from workflow.actors import Actor
from workflow.county.accounts import WATCHED, end_sessions, token_hash
from workflow.county.sign_ins import resets, totp
from workflow.county.vault import Vault
from workflow.errors import BadInput, NotAllowed, NotFound
from workflow.history import event_log

#: For how long a secret may wait for its first code.
PROPOSED_FOR = timedelta(minutes=30)
#: Recovery codes of a factor, and characters of each (80 bits).
RECOVERY_CODES, _LENGTH, _GROUP = 10, 16, 4
#: Without I, L, O and U, as the codes of slips.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans("ILO", "110")
_USES_KEPT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class FactorRules:
    """Of which roles a second factor is required, and for how many minutes one that was given counts for acts of weight."""

    roles: frozenset[str] = frozenset()
    minutes: int = 15

    def is_fresh(self, given_at: datetime | None, now: datetime) -> bool:
        """Whether a factor given at this moment still counts for an act of weight."""
        return given_at is not None and now < given_at + timedelta(minutes=self.minutes)


def in_use(session: Session, user_id: int) -> SecondFactor | None:
    """The factor of a person, once a code of it was typed back."""
    query = select(SecondFactor).where(FACTORS_IN_USE.predicate, SecondFactor.user_id == user_id)
    return session.scalars(query).one_or_none()


def holders(session: Session, ids: list[int]) -> set[int]:
    """Those of these accounts that have a factor in use."""
    query = select(SecondFactor.user_id).where(FACTORS_IN_USE.predicate, SecondFactor.user_id.in_(ids))
    return set(session.scalars(query))


def codes_left(session: Session, factor: SecondFactor) -> int:
    """How many recovery codes of a factor are unused."""
    query = select(func.count()).where(*_unused(factor))
    return session.scalar(query) or 0


def propose(session: Session, actor: Actor, now: datetime, vault: Vault) -> str:
    """A new secret for the actor's own factor, in base 32; one that still waits for its first code ends."""
    user = session.get_one(User, actor.account_id, with_for_update=True)
    _end(session, user.id, now, proposed=True)
    secret = totp.new_secret()
    row = SecondFactor(user_id=user.id, secret_sealed=vault.seal(secret), made_at=now)
    session.add(row)
    session.flush()
    event_log.of(session, user, actor, now).append("factor_proposed", {}, {"factor": row.id}, notify=False)
    return secret


def proposed(session: Session, user_id: int, now: datetime, vault: Vault) -> str | None:
    """The secret that waits for its first code, for its owner to read once more; None where none does."""
    row = _proposed(session, user_id, now)
    return vault.open(row.secret_sealed) if row is not None else None


def confirm(session: Session, actor: Actor, now: datetime, code: str, vault: Vault) -> list[str]:
    """Take the proposed secret into use with a code of it, in place of the present one; returns the recovery codes, this once.

    Raises BadInput `factor_wrong`; NotFound where no secret waits.
    """
    user = session.get_one(User, actor.account_id, with_for_update=True)
    row = _proposed(session, user.id, now)
    if row is None:
        raise NotFound("no_factor_proposed")
    _use(session, row, now, code, vault)
    _end(session, user.id, now, proposed=False)
    row.confirmed_at = now
    session.flush()
    _note_given(session, actor, now)
    made = _recovery_codes(session, row, now)
    event_log.of(session, user, actor, now).append("factor_enrolled", {}, {"factor": row.id})
    return made


def give(session: Session, actor: Actor, now: datetime, code: str, vault: Vault) -> None:
    """Take a code of the actor's factor, or a recovery code, for the session in hand.  Raises BadInput `factor_wrong`."""
    user = session.get_one(User, actor.account_id, with_for_update=True)
    row = in_use(session, user.id)
    if row is None:
        raise NotFound("no_factor")
    typed = "".join(sign for sign in unicodedata.normalize("NFKC", code).upper() if sign.isascii() and sign.isalnum())
    chain = event_log.of(session, user, actor, now)
    if len(typed) == _LENGTH:
        used = _use_recovery(session, row, now, typed.translate(_MISREAD))
        chain.append("recovery_code_used", {"left": codes_left(session, row)}, {"code": used.id})
    else:
        _use(session, row, now, typed, vault)
        chain.append("factor_given", {}, {"factor": row.id}, notify=False)
    _note_given(session, actor, now)


def renew_codes(session: Session, actor: Actor, now: datetime) -> list[str]:
    """New recovery codes in place of those of before, shown this once."""
    user = session.get_one(User, actor.account_id, with_for_update=True)
    row = in_use(session, user.id)
    if row is None:
        raise NotFound("no_factor")
    made = _recovery_codes(session, row, now)
    event_log.of(session, user, actor, now).append("recovery_codes_made", {}, {"factor": row.id})
    return made


def remove(session: Session, actor: Actor, now: datetime, user: User, rules: FactorRules, emergency: str = "") -> None:
    """Remove a factor: one's own where none is required; a lost one by the administrator, as a reset needs agreement.

    A removal by another person ends the sessions of the account.  Raises NotAllowed, NotFound, Conflict `reset_not_agreed`.
    """
    session.get_one(User, user.id, with_for_update=True)
    own = actor.user_id == user.id
    if not own and actor.role not in ("admin", "system"):
        raise NotAllowed("only_the_administrator")
    if own and user.role in rules.roles:
        raise NotAllowed("factor_required")
    if in_use(session, user.id) is None:
        raise NotFound("no_factor")
    given: Mapping[str, int] = {} if own else resets.carry_out(session, actor, now, user, "factor", emergency)
    _end(session, user.id, now, proposed=False)
    _end(session, user.id, now, proposed=True)
    if not own:
        end_sessions(session, user, now)
    event_log.of(session, user, actor, now).append(
        "factor_removed", dict(given), notify=not own or user.role in WATCHED
    )


def forget_uses(session: Session, now: datetime) -> None:
    """Delete used codes that nobody could type again: their half minutes are over."""
    session.execute(delete(FactorUse).where(FactorUse.used_at <= now - _USES_KEPT))


def _proposed(session: Session, user_id: int, now: datetime) -> SecondFactor | None:
    query = select(SecondFactor).where(FACTORS_PROPOSED.predicate, SecondFactor.user_id == user_id)
    return session.scalars(query.where(SecondFactor.made_at > now - PROPOSED_FOR)).one_or_none()


def _end(session: Session, user_id: int, now: datetime, *, proposed: bool) -> None:
    state = FACTORS_PROPOSED if proposed else FACTORS_IN_USE
    for row in session.scalars(select(SecondFactor).where(state.predicate, SecondFactor.user_id == user_id)):
        row.ended_at = now
        _end_codes(session, row, now)
    session.flush()


def _unused(factor: SecondFactor) -> tuple[ColumnElement[bool], ...]:
    return RecoveryCode.factor_id == factor.id, RecoveryCode.used_at.is_(None), RecoveryCode.ended_at.is_(None)


def _end_codes(session: Session, factor: SecondFactor, now: datetime) -> None:
    for code in session.scalars(select(RecoveryCode).where(*_unused(factor))):
        code.ended_at = now


def _recovery_codes(session: Session, factor: SecondFactor, now: datetime) -> list[str]:
    _end_codes(session, factor, now)
    made = ["".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH)) for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(factor_id=factor.id, code_hash=token_hash(code), made_at=now) for code in made)
    return ["-".join(code[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP)) for code in made]


def _use(session: Session, factor: SecondFactor, now: datetime, code: str, vault: Vault) -> None:
    """Use up the time step of a code; the table takes each step once.  Raises BadInput `factor_wrong`."""
    secret, here = vault.open(factor.secret_sealed), totp.step_of(now)
    typed = "".join(sign for sign in unicodedata.normalize("NFKC", code) if sign.isascii() and sign.isdigit())
    right = [step for step in (here - 1, here, here + 1) if compare_digest(totp.code_of(secret, step), typed)]
    if not right:
        raise BadInput("factor_wrong", "code")
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    row = dialect.insert(FactorUse).values(factor_id=factor.id, step=right[0], used_at=now)
    if session.scalar(row.on_conflict_do_nothing().returning(FactorUse.id)) is None:
        raise BadInput("factor_used", "code")


def _use_recovery(session: Session, factor: SecondFactor, now: datetime, code: str) -> RecoveryCode:
    query = select(RecoveryCode).where(*_unused(factor), RecoveryCode.code_hash == token_hash(code))
    row = session.scalars(query.with_for_update()).one_or_none()
    if row is None:
        raise BadInput("factor_wrong", "code")
    row.used_at = now
    session.flush()
    return row


def _note_given(session: Session, actor: Actor, now: datetime) -> None:
    """Note in the session in hand that a factor was given; the command line and tokens have none."""
    if actor.origin is not None and actor.origin.session_id is not None:
        session.get_one(UserSession, actor.origin.session_id).factor_at = now
