"""First sign-ins (首次登录): a one-time code on paper with which a person sets the password of the own account, first or again.

A code has 100 random bits, is kept as its SHA-256, and is good once, for some days; of an account one code is open at a time,
by a unique index, so one made again ends the one before.  A code for an account that has had a password is a reset: it ends
the password, the sessions and the tokens, and of an account that rules, inspects or operates it needs the agreement of the
inspectorate (`resets`).
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import FirstSignIn, FormerPassword, SignOn, User
from models.people import OPEN_FIRST_SIGN_INS
from workflow.actors import Actor, actor_of, system
from workflow.county import accounts
from workflow.county.accounts import token_hash
from workflow.county.sign_ins import resets
from workflow.errors import BadInput, NotAllowed
from workflow.history import event_log

#: Without I, L, O and U: what is read from paper is typed without doubt.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH, _GROUP = 20, 5
_MISREAD = str.maketrans("ILO", "110")


@dataclass(frozen=True, slots=True)
class Validity:
    """For how long a code is good: of an account that never had a password, and of one that is reset."""

    first: timedelta = timedelta(days=14)
    reset: timedelta = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Slip:
    """A person's code, shown this once: five characters a group."""

    user: User
    code: str
    until: datetime
    reset: bool


def had_sign_in(session: Session, ids: Sequence[int]) -> set[int]:
    """Those of these accounts that somebody can or could sign in with, by password or by a binding: a code for them is a
    reset, and a link is used only by whoever is signed in."""
    former = select(FormerPassword.user_id).where(FormerPassword.user_id.in_(ids))
    bound = select(SignOn.user_id).where(SignOn.user_id.in_(ids))
    had = User.password_hash.is_not(None) | User.password_set_at.is_not(None)
    had |= User.id.in_(former) | User.id.in_(bound)
    return set(session.scalars(select(User.id).where(User.id.in_(ids), had)))


def without_password(session: Session, actor: Actor) -> list[User]:
    """The open accounts that never had a password, by unit and name.  Raises NotAllowed."""
    _require(actor)
    query = select(User).where(User.active, User.password_hash.is_(None))
    users = session.scalars(query.order_by(User.unit_id, User.village_id, User.name)).all()
    had = had_sign_in(session, [user.id for user in users])
    return [user for user in users if user.id not in had]


def make(
    session: Session,
    actor: Actor,
    now: datetime,
    users: Sequence[User],
    validity: Validity = Validity(),
    *,
    emergency: str = "",
) -> list[Slip]:
    """A code for each account; an open one of the same account ends, and so do password, sessions and tokens, if it had any.

    `emergency`: the reason for which the command line resets without the agreement that the account needs.
    Raises NotAllowed; BadInput for a closed account; Conflict `reset_not_agreed`.
    """
    _require(actor)
    if closed := next((user for user in users if not user.active), None):
        raise BadInput("account_closed", "name", name=closed.name)
    ids = [user.id for user in users]
    session.execute(select(User.id).where(User.id.in_(ids)).order_by(User.id).with_for_update())
    still_open = select(FirstSignIn).where(OPEN_FIRST_SIGN_INS.predicate, FirstSignIn.user_id.in_(ids))
    for row in session.scalars(still_open):
        row.ended_at = now
    session.flush()
    had, made = had_sign_in(session, ids), list[Slip]()
    for user in users:
        again = user.id in had
        given = resets.carry_out(session, actor, now, user, "password", emergency) if again else {}
        if again:
            accounts.void_password(session, actor, user, now)
        until = now + (validity.reset if again else validity.first)
        code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
        kept = FirstSignIn(user_id=user.id, code_hash=token_hash(code), made_at=now, expires_at=until)
        kept.made_by_id = actor.user_id
        if again:
            kept.reset_of, kept.request_id = user.role, given.get("reset")
            kept.agreement = resets.agreement_of(user, given)
        session.add(kept)
        session.flush()
        event_log.of(session, user, actor, now).append(
            "first_sign_in_made", given, {"first_sign_in": kept.id}, notify=again
        )
        groups = [code[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP)]
        made.append(Slip(user, "-".join(groups), until, again))
    return made


def holder(session: Session, now: datetime, code: str) -> User:
    """The account that a code opens.  Raises BadInput `first_code` for one that is wrong, used, replaced or too old."""
    return session.get_one(User, _open_row(session, now, code).user_id)


def use(session: Session, now: datetime, code: str, password_hash: str) -> User:
    """Set the owner's password (hashed outside the transaction) and end the code.  Raises BadInput `first_code`."""
    row = _open_row(session, now, code, lock=True)
    user = session.get_one(User, row.user_id)
    row.used_at = now
    owner = actor_of(user)
    accounts.set_password(session, owner, user, password_hash, now)
    # Who typed the code is not known: as the system's event it is told to the owner as well.
    event_log.of(session, user, system(), now).append("first_sign_in_used", {}, {"first_sign_in": row.id})
    return user


def _open_row(session: Session, now: datetime, code: str, *, lock: bool = False) -> FirstSignIn:
    bare = "".join(sign for sign in code.upper() if sign.isalnum()).translate(_MISREAD)
    query = (
        select(FirstSignIn)
        .join(User, User.id == FirstSignIn.user_id)
        .where(FirstSignIn.code_hash == token_hash(bare), User.active)
    )
    row = session.scalars(query.with_for_update(of=FirstSignIn) if lock else query).one_or_none()
    if row is None or row.used_at is not None or row.ended_at is not None or row.expires_at <= now:
        raise BadInput("first_code", "code")
    return row


def _require(actor: Actor) -> None:
    if actor.role not in ("admin", "system"):
        raise NotAllowed("only_the_administrator")
