"""Event log: appends events to a subject's hash chain, and defines the bytes that are hashed.

A subject's own row lock already serialises its chain, so there is no global point of contention; if two writers meet
nevertheless, UNIQUE(subject, seq) makes one of them fail.  Algorithm `sha256-json-1`: SHA-256 over the UTF-8 bytes of
the JSON body with sorted keys and no spaces, moments as UTC text with microseconds, no floating point.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from sqlalchemy import bindparam, func, insert, literal, select
from sqlalchemy.orm import Session

from models import AccountabilityCase, Event, EventSecret, Outbox, Ticket
from models.base import ONLY_ROW
from models.row_changes import happened
from workflow.actors import Actor
from workflow.history.standing_in import in_stead_of

ALGORITHM = "sha256-json-1"
GENESIS = "0" * 64
#: The states before and after a move.
Moved = tuple[str | None, str | None]
# Statements on the tables themselves: an event is never changed as an object, and its three rows need no unit of work.
_EVENT = insert(Event.__table__).returning(Event.__table__.c.id)
_SECRET, _OUTBOX = insert(EventSecret.__table__), insert(Outbox.__table__)
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
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


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
    # Events from before addresses were recorded have none, and keep their hashes.
    if values.get("address") is not None or values.get("session_id") is not None:
        body["origin"] = [values.get("session_id"), values.get("address")]
    return digest(canonical(body))


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


class Row(Protocol):
    """A row whose table has a chain of events."""

    __tablename__: str
    id: int


#: A subject by type and row id, where its row is not at hand.
Subject = tuple[str, int]
COUNTY: Subject = ("county", ONLY_ROW)
#: The subject types that are not named like their table.
_TYPES = {
    "accountability_case": "case",
    "register_import": "import",
    "scheme_version": "scheme",
    "user_account": "user",
}


@dataclass(frozen=True, slots=True)
class Chain:
    """The hash chain of one subject, as `actor` adds to it at `now`.

    `state` is the present state of a ticket or case: an event that is no move has it before and after.  `first`:
    the subject is new, so reading the chain's head is skipped.
    """

    session: Session
    subject: Subject
    actor: Actor
    now: datetime
    effective_at: datetime
    state: str | None
    first: bool

    def append(
        self,
        action: str,
        given: dict[str, Any] | None = None,
        effect: dict[str, Any] | None = None,
        *,
        private: dict[str, Any] | None = None,
        moved: Moved | None = None,
        notify: bool = True,
    ) -> int:
        """Append an event; with `notify`, a row of the outbox beside it.  Returns the event's id.

        `given` and `effect` hold codes and figures only; free text and personal data go into `private`.  `moved` are
        the states before and after a move.
        """
        if self.actor.stands_for:
            away = in_stead_of(self.session, self.subject, self.actor, self.now)
            given = {**(given or {}), **({"in_stead_of": away} if away is not None else {})}
        salt = secrets.token_hex(16) if private else None
        head = (0, GENESIS) if self.first else head_of(self.session, *self.subject)
        commitment = commit_to(salt, private) if salt and private else None
        values = self.body(head, action, given, effect, moved=moved, commitment=commitment)
        self.session.flush()
        event_id: int = self.session.execute(_EVENT, values).scalar_one()
        if salt and private:
            self.session.execute(_SECRET, {"event_id": event_id, "salt": salt, "body": private})
        if notify:
            self.session.execute(_OUTBOX, {"event_id": event_id})
        return event_id

    def body(
        self,
        head: tuple[int, str],
        action: str,
        given: dict[str, Any] | None = None,
        effect: dict[str, Any] | None = None,
        *,
        moved: Moved | None = None,
        commitment: str | None = None,
    ) -> dict[str, Any]:
        """The columns of the next event after `head` (sequence number and hash of the last one), hash included."""
        happened(self.session, self.now)
        before, after = moved or (None if self.first else self.state, self.state)
        origin = self.actor.origin
        values: dict[str, Any] = {
            "subject_type": self.subject[0],
            "subject_id": self.subject[1],
            "seq": head[0] + 1,
            "at": self.now,
            "effective_at": self.effective_at,
            "actor_id": self.actor.user_id,
            "actor_role": self.actor.role,
            "actor_unit_id": self.actor.unit_id,
            "session_id": origin.session_id if origin else None,
            "address": origin.address if origin else None,
            "action": action,
            "from_state": before,
            "to_state": after,
            "given": given or {},
            "effect": effect or {},
            "commitment": commitment,
            "prev_hash": head[1],
        }
        values["hash"] = event_hash(values)
        return values


def of(
    session: Session,
    subject: Row | Subject,
    actor: Actor,
    now: datetime,
    *,
    effective_at: datetime | None = None,
    first: bool = False,
) -> Chain:
    """The chain of a row, or of a subject named by type and id."""
    state = subject.state if isinstance(subject, Ticket | AccountabilityCase) else None
    named = (
        subject
        if isinstance(subject, tuple)
        else (_TYPES.get(subject.__tablename__, subject.__tablename__), subject.id)
    )
    return Chain(session, named, actor, now, effective_at or now, state, first)
