"""Event log: appends events to a subject's hash chain, and defines the bytes that are hashed.

A subject's own row lock already serialises its chain, so there is no global point of contention; if two writers meet
nevertheless, UNIQUE(subject, seq) makes one of them fail.  Algorithm `sha256-json-1`: SHA-256 over the UTF-8 bytes of
the JSON body with sorted keys and no spaces, moments as UTC text with microseconds, no floating point.
"""

import hashlib
import json
import secrets
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, literal, select
from sqlalchemy.orm import Session

from models import Event, EventSecret, Outbox
from workflow.actors import Actor

ALGORITHM = "sha256-json-1"
GENESIS = "0" * 64
# Statements on the tables themselves: an event is never changed as an object, and its three rows need no unit of work.
_EVENT = insert(Event.__table__).returning(Event.__table__.c.id)  # type: ignore[arg-type]
_SECRET, _OUTBOX = insert(EventSecret.__table__), insert(Outbox.__table__)  # type: ignore[arg-type]
# Executed before every event, so composed once: composing it takes longer than executing it.
_HEAD = (
    select(Event.seq, Event.hash)
    .where(Event.subject_type == bindparam("type"), Event.subject_id == bindparam("subject"))
    .order_by(Event.seq.desc())
    .limit(1)
)


def digest(text: str) -> str:
    """SHA-256 of UTF-8 text, as hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(value: Any) -> str:
    """The one JSON text of a value made of objects, lists, text, whole numbers, booleans and null."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def stamp(moment: datetime) -> str:
    """A moment in hashed form: UTC, fixed width, microseconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")


def commit_to(salt: str, body: dict[str, Any]) -> str:
    """The commitment to a secret body under its salt."""
    return digest(salt + canonical(body))


def event_hash(values: dict[str, Any]) -> str:
    """The hash of an event given as a mapping of its columns (without id, hash and block)."""
    body = {
        "alg": ALGORITHM,
        "subject": [values["subject_type"], values["subject_id"], values["seq"]],
        "at": stamp(values["at"]),
        "effective_at": stamp(values["effective_at"]),
        "actor": [values["actor_id"], values["actor_role"], values["actor_unit_id"]],
        "action": values["action"],
        "from": values["from_state"],
        "to": values["to_state"],
        "given": values["given"],
        "effect": values["effect"],
        "commitment": values["commitment"],
        "prev": values["prev_hash"],
    }
    return digest(canonical(body))


def body_of(
    *,
    subject_type: str,
    subject_id: int,
    head: tuple[int, str],
    actor: Actor,
    action: str,
    now: datetime,
    effective_at: datetime | None = None,
    from_state: str | None = None,
    to_state: str | None = None,
    given: dict[str, Any] | None = None,
    effect: dict[str, Any] | None = None,
    commitment: str | None = None,
) -> dict[str, Any]:
    """The columns of the next event after `head` (sequence number and hash of the last one), hash included."""
    values: dict[str, Any] = {
        "subject_type": subject_type,
        "subject_id": subject_id,
        "seq": head[0] + 1,
        "at": now,
        "effective_at": effective_at or now,
        "actor_id": actor.user_id,
        "actor_role": actor.role,
        "actor_unit_id": actor.unit_id,
        "action": action,
        "from_state": from_state,
        "to_state": to_state,
        "given": given or {},
        "effect": effect or {},
        "commitment": commitment,
        "prev_hash": head[1],
    }
    values["hash"] = event_hash(values)
    return values


def head_of(session: Session, subject_type: str, subject_id: int) -> tuple[int, str]:
    """Sequence number and hash of the subject's last event; (0, zeros) before the first."""
    row = session.execute(_HEAD, {"type": subject_type, "subject": subject_id}).one_or_none()
    return (row[0], row[1]) if row else (0, GENESIS)


def heads_of(session: Session, subject_type: str, subjects: list[int]) -> dict[int, tuple[int, str]]:
    """`head_of` for many subjects at once; those without an event are left out."""
    last = (
        select(Event.subject_id, func.max(Event.seq).label("seq"))
        .where(Event.subject_type == subject_type, Event.subject_id.in_(subjects))
        .group_by(Event.subject_id)
        .subquery()
    )
    rows = session.execute(
        select(Event.subject_id, Event.seq, Event.hash)
        .join(last, (Event.subject_id == last.c.subject_id) & (Event.seq == last.c.seq))
        .where(Event.subject_type == literal(subject_type))
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def append(
    session: Session,
    *,
    subject_type: str,
    subject_id: int,
    actor: Actor,
    action: str,
    now: datetime,
    effective_at: datetime | None = None,
    from_state: str | None = None,
    to_state: str | None = None,
    given: dict[str, Any] | None = None,
    effect: dict[str, Any] | None = None,
    private: dict[str, Any] | None = None,
    first: bool = False,
    notify: bool = True,
) -> int:
    """Append an event to its subject's chain; with `tell`, a row of the outbox beside it.  Returns the event's id.

    `given` and `effect` hold codes and figures only; free text and personal data go into `secret`.  `first` skips
    reading the chain's head for a new subject.
    """
    salt = secrets.token_hex(16) if private else None
    values = body_of(
        subject_type=subject_type,
        subject_id=subject_id,
        head=(0, GENESIS) if first else head_of(session, subject_type, subject_id),
        actor=actor,
        action=action,
        now=now,
        effective_at=effective_at,
        from_state=from_state,
        to_state=to_state,
        given=given,
        effect=effect,
        commitment=commit_to(salt, private) if salt and private else None,
    )
    session.flush()
    event_id: int = session.execute(_EVENT, values).scalar_one()
    if salt and private:
        session.execute(_SECRET, {"event_id": event_id, "salt": salt, "body": private})
    if notify:
        session.execute(_OUTBOX, {"event_id": event_id})
    return event_id
