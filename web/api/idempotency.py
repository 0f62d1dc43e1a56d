"""Idempotency keys: the same request under the same key is carried out once, and is answered again from what it made.

A key belongs to a user and is bound to the method, the address and the body it was first sent with.  With it is kept a reference
to what the request made, not the answer, which may show people.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, request
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import IdempotencyKey
from web import db
from workflow.errors import BadInput, Conflict

LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: what it does in a transaction, what is kept of the answer, and what makes the answer from that again."""

    work: Callable[[Session], Any]
    kept: Callable[[Any], dict[str, Any]]
    again: Callable[[Session, dict[str, Any]], Any]
    status: int = 200


def once(asked: Asked, uploaded: bytes | None = None) -> Response:
    """Do what was asked in one transaction, once for a key.  Raises Conflict for a key that was used for another request.

    `uploaded` stands for the body where it was a form, whose boundary is another each time.
    """
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > LONGEST_KEY:
        raise BadInput("too_long", "Idempotency-Key", most=LONGEST_KEY)
    if not key:
        return _json(asked.status, db.transaction(asked.work))
    user_id = int(current_user.id)
    sent = request.get_data() if uploaded is None else uploaded
    digest = hashlib.sha256(f"{request.method} {request.full_path}\n".encode() + sent).hexdigest()

    def keyed(session: Session) -> Any:
        known = session.scalars(
            select(IdempotencyKey).where(IdempotencyKey.user_id == user_id, IdempotencyKey.key == key)
        ).one_or_none()
        if known is None:
            # Claimed before the work is done: who comes second waits here and finds the answer.
            claim = IdempotencyKey(
                user_id=user_id, key=key, request_hash=digest, status=0, answer={}, created_at=db.now()
            )
            session.add(claim)
            session.flush()
            made = asked.work(session)
            claim.status, claim.answer = asked.status, asked.kept(made)
            return made
        if known.request_hash != digest:
            raise Conflict("idempotency_conflict", "Idempotency-Key")
        return asked.again(session, known.answer)

    return _json(asked.status, db.transaction_once(keyed))


def _json(status: int, answer: Any) -> Response:
    return Response(json.dumps(answer, ensure_ascii=False), status, content_type="application/json")
