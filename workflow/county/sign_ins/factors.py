"""Second factors (动态口令): six-digit codes of a person's phone (TOTP, RFC 6238), beside passkeys and recovery codes.

The secret is sealed like personal data.  A code is good for its half minute and one on either side, and once: its time step is
a row, and a second one is refused by the table.  How often codes may be tried is counted by the caller beforehand, as with
passwords.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import FactorUse, SecondFactor, User, UserSession
from models.factors import FACTORS_IN_USE, FACTORS_PROPOSED
from models.people import WATCHED
from workflow.actors import Actor
from workflow.county.access.open_sign_ins import end_sessions
from workflow.county.sign_ins import passkeys, recovery_codes, resets, totp
from workflow.county.vault import Vault
from workflow.errors import BadInput, NotAllowed, NotFound
from workflow.history import event_log

#: For how long a secret may wait for its first code.
PROPOSED_FOR = timedelta(minutes=30)
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
    """The phone of a person, once a code of it was typed back."""
    query = select(SecondFactor).where(FACTORS_IN_USE.predicate, SecondFactor.user_id == user_id)
    return session.scalars(query).one_or_none()


def holders(session: Session, ids: list[int]) -> set[int]:
    """Those of these accounts that have a phone or a passkey in use."""
    query = select(SecondFactor.user_id).where(FACTORS_IN_USE.predicate, SecondFactor.user_id.in_(ids))
    return {*session.scalars(query), *passkeys.holders(session, ids)}


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
    note_given(session, actor, now)
    made = recovery_codes.renew(session, user.id, now)
    event_log.of(session, user, actor, now).append("factor_enrolled", {}, {"factor": row.id})
    return made


def give(session: Session, actor: Actor, now: datetime, code: str, vault: Vault) -> None:
    """Take a code of the actor's phone, or a recovery code, for the session in hand.  Raises BadInput `factor_wrong`."""
    user = session.get_one(User, actor.account_id, with_for_update=True)
    row = in_use(session, user.id)
    if row is None and not passkeys.in_use(session, user.id):
        raise NotFound("no_factor")
    typed = "".join(sign for sign in unicodedata.normalize("NFKC", code).upper() if sign.isascii() and sign.isalnum())
    chain = event_log.of(session, user, actor, now)
    if len(typed) in recovery_codes.LENGTHS:
        used = recovery_codes.use(session, user.id, now, typed)
        chain.append("recovery_code_used", {"left": recovery_codes.left(session, user.id)}, {"code": used.id})
    elif row is None:
        raise BadInput("factor_wrong", "code")
    else:
        _use(session, row, now, typed, vault)
        chain.append("factor_given", {}, {"factor": row.id}, notify=False)
    note_given(session, actor, now)


def renew_codes(session: Session, actor: Actor, now: datetime) -> list[str]:
    """New recovery codes in place of those of before, shown this once."""
    user = session.get_one(User, actor.account_id, with_for_update=True)
    if not holders(session, [user.id]):
        raise NotFound("no_factor")
    made = recovery_codes.renew(session, user.id, now)
    event_log.of(session, user, actor, now).append("recovery_codes_made", {}, {"account": user.id})
    return made


def add_passkey(session: Session, actor: Actor, now: datetime, new: passkeys.NewPasskey) -> list[str]:
    """Add a passkey to the actor's own; returns the recovery codes that come with a first factor, this once."""
    user = session.get_one(User, actor.account_id, with_for_update=True)
    first = not holders(session, [user.id])
    passkeys.add(session, actor, now, user, new)
    note_given(session, actor, now)
    return recovery_codes.renew(session, user.id, now) if first else []


def give_passkey(session: Session, actor: Actor, now: datetime, number: int, sign_count: int) -> None:
    """Take a passkey, whose answer was checked, for the session in hand.  Raises BadInput."""
    user = session.get_one(User, actor.account_id, with_for_update=True)
    passkeys.note_use(session, actor, now, user, (number, sign_count))
    note_given(session, actor, now)


def remove_passkey(session: Session, actor: Actor, now: datetime, number: int, rules: FactorRules) -> None:
    """Remove one of the actor's passkeys.  Raises NotFound; NotAllowed for the last factor of a role that needs one."""
    user = session.get_one(User, actor.account_id, with_for_update=True)
    passkeys.remove(session, actor, now, user, number)
    _left_without(session, user, now, rules)


def remove(session: Session, actor: Actor, now: datetime, user: User, rules: FactorRules, emergency: str = "") -> None:
    """Remove the own phone, where a passkey stays or no factor is required; or everything, by the administrator, of who has
    lost it, as a reset needs agreement.

    A removal by another person ends the sessions of the account.  Raises NotAllowed, NotFound, Conflict `reset_not_agreed`.
    """
    session.get_one(User, user.id, with_for_update=True)
    own = actor.user_id == user.id
    if not own and actor.role not in ("admin", "system"):
        raise NotAllowed("only_the_administrator")
    if in_use(session, user.id) is None and (own or not holders(session, [user.id])):
        raise NotFound("no_factor")
    given: Mapping[str, int] = {} if own else resets.carry_out(session, actor, now, user, "factor", emergency)
    _end(session, user.id, now, proposed=False)
    _end(session, user.id, now, proposed=True)
    if not own:
        passkeys.end_all(session, user.id, now)
        recovery_codes.end(session, user.id, now)
        end_sessions(session, user, now)
    event_log.of(session, user, actor, now).append(
        "factor_removed", dict(given), notify=not own or user.role in WATCHED
    )
    if own:
        _left_without(session, user, now, rules)


def _left_without(session: Session, user: User, now: datetime, rules: FactorRules) -> None:
    """After the owner removed a factor: codes on paper end with the last one, which a role that needs one keeps."""
    if holders(session, [user.id]):
        return
    if user.role in rules.roles:
        raise NotAllowed("factor_required")
    recovery_codes.end(session, user.id, now)


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
    session.flush()


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


def note_given(session: Session, actor: Actor, now: datetime) -> None:
    """Note in the session in hand that a factor was given; the command line and tokens have none."""
    if actor.origin is not None and actor.origin.session_id is not None:
        session.get_one(UserSession, actor.origin.session_id).factor_at = now
