"""Passkeys (通行密钥, WebAuthn): key pairs on a person's phone, computer or security key, used as a second factor.

The public half is kept here; the private half signs a challenge and never leaves the device.  A challenge is random, of one
session and one purpose, good for ten minutes and deleted by the first answer, right or wrong.  What the device signed is
checked in `webauthn_answers`.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import Passkey, PasskeyChallenge, User
from models.factors import PASSKEYS_IN_USE
from workflow.actors import Actor
from workflow.constraints import refused_as
from workflow.errors import BadInput, Duplicate, NotAllowed, NotFound
from workflow.history import event_log
from workflow.inputs import storable

#: For how long a challenge may be answered.
ANSWERED_WITHIN = timedelta(minutes=10)
#: Passkeys of one account: a phone, a computer, a spare.
MOST = 10
_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Site:
    """The site that passkeys are for: its host name, its origin as browsers state it, and the name that a device shows."""

    host: str
    origin: str
    name: str


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """A passkey whose answer was checked: the owner's name for it, id and public key in base64url, and its counter."""

    name: str
    credential_id: str
    public_key: str
    sign_count: int


def in_use(session: Session, user_id: int) -> list[Passkey]:
    """The passkeys of a person, the oldest first."""
    query = select(Passkey).where(PASSKEYS_IN_USE.predicate, Passkey.user_id == user_id)
    return list(session.scalars(query.order_by(Passkey.id)))


def holders(session: Session, ids: list[int]) -> set[int]:
    """Those of these accounts that have a passkey in use."""
    query = select(Passkey.user_id).where(PASSKEYS_IN_USE.predicate, Passkey.user_id.in_(ids))
    return set(session.scalars(query))


def challenge(session: Session, actor: Actor, now: datetime, purpose: str) -> bytes:
    """A challenge for the session in hand, in place of an earlier one for the same purpose.  Raises NotAllowed with a token."""
    made = secrets.token_bytes(32)
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    values = {"session_id": _session_of(actor), "purpose": purpose, "challenge": made.hex(), "made_at": now}
    row = dialect.insert(PasskeyChallenge).values(values)
    key = [PasskeyChallenge.session_id, PasskeyChallenge.purpose]
    replaced = {"challenge": row.excluded.challenge, "made_at": row.excluded.made_at}
    session.execute(row.on_conflict_do_update(index_elements=key, set_=replaced))
    return made


def waiting_challenge(session: Session, actor: Actor, now: datetime, purpose: str) -> bytes | None:
    """The challenge that waits for an answer of the session in hand, or None."""
    of_session = PasskeyChallenge.session_id == _session_of(actor), PasskeyChallenge.purpose == purpose
    recent = PasskeyChallenge.made_at > now - ANSWERED_WITHIN
    found = session.scalar(select(PasskeyChallenge.challenge).where(*of_session, recent))
    return bytes.fromhex(found) if found is not None else None


def take_challenge(session: Session, actor: Actor, now: datetime, purpose: str) -> bytes:
    """The challenge of the session in hand, used up by this; commit it before the answer is checked.

    Raises BadInput `passkey_late` where none waits.
    """
    of_session = PasskeyChallenge.session_id == _session_of(actor), PasskeyChallenge.purpose == purpose
    used = delete(PasskeyChallenge).where(*of_session)
    row = session.execute(used.returning(PasskeyChallenge.challenge, PasskeyChallenge.made_at)).one_or_none()
    if row is None or row.made_at <= now - ANSWERED_WITHIN:
        raise BadInput("passkey_late", "passkey")
    return bytes.fromhex(row.challenge)


def of_credential(session: Session, user_id: int, credential_id: str) -> Passkey:
    """The person's passkey with this id.  Raises BadInput `passkey_unknown`, also for another person's."""
    query = select(Passkey).where(PASSKEYS_IN_USE.predicate, Passkey.user_id == user_id)
    row = session.scalars(query.where(Passkey.credential_id == credential_id)).one_or_none()
    if row is None:
        raise BadInput("passkey_unknown", "passkey")
    return row


def add(session: Session, actor: Actor, now: datetime, user: User, new: NewPasskey) -> Passkey:
    """Add a passkey; the caller holds the account's lock.  Raises BadInput for its name, Duplicate `passkey_known`."""
    name = " ".join(new.name.split())
    if not name or len(name) > _LONGEST_NAME or not storable(name):
        raise BadInput("passkey_name", "passkey_name", most=_LONGEST_NAME)
    if len(in_use(session, user.id)) >= MOST:
        raise BadInput("passkeys_enough", "passkey_name", most=MOST)
    row = Passkey(
        user_id=user.id,
        name=name,
        credential_id=new.credential_id,
        public_key=new.public_key,
        sign_count=new.sign_count,
        made_at=now,
    )
    session.add(row)
    with refused_as(Duplicate("passkey_known", "passkey"), "uq_passkey_credential_id"):
        session.flush()
    event_log.of(session, user, actor, now).append("passkey_added", {}, {"passkey": row.id})
    return row


def note_use(session: Session, actor: Actor, now: datetime, user: User, used: tuple[int, int]) -> None:
    """Keep the counter of a passkey that has signed; `used`: its id and counter.  The caller holds the account's lock.

    Raises BadInput `passkey_copied` for a counter that another answer has reached meanwhile, `passkey_unknown`.
    """
    number, sign_count = used
    row = session.get(Passkey, number, populate_existing=True)
    if row is None or row.user_id != user.id or row.ended_at is not None:
        raise BadInput("passkey_unknown", "passkey")
    if sign_count <= row.sign_count and (sign_count, row.sign_count) != (0, 0):
        raise BadInput("passkey_copied", "passkey")
    row.sign_count, row.used_at = sign_count, now
    event_log.of(session, user, actor, now).append("passkey_given", {}, {"passkey": row.id}, notify=False)


def remove(session: Session, actor: Actor, now: datetime, user: User, number: int) -> None:
    """Remove a passkey of this account; the caller holds its lock.  Raises NotFound."""
    row = session.get(Passkey, number)
    if row is None or row.user_id != user.id or row.ended_at is not None:
        raise NotFound("no_such_passkey")
    row.ended_at = now
    session.flush()
    event_log.of(session, user, actor, now).append("passkey_removed", {}, {"passkey": row.id})


def end_all(session: Session, user_id: int, now: datetime) -> None:
    """End every passkey of an account; the caller records why."""
    for row in in_use(session, user_id):
        row.ended_at = now
    session.flush()


def forget_challenges(session: Session, now: datetime) -> None:
    """Delete challenges that nobody may answer any more."""
    session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.made_at <= now - ANSWERED_WITHIN))


def _session_of(actor: Actor) -> int:
    if actor.origin is None or actor.origin.session_id is None:
        raise NotAllowed("passkeys_in_browsers")
    return actor.origin.session_id
