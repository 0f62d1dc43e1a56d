"""Idempotency keys: the same request under the same key is carried out once, and gets the same answer again.

A key belongs to a user and is bound to the method, the address and the body it was first sent with.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from flask import Response, request
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import IdempotencyKey
from web import db
from workflow.errors import BadInput, Conflict

LONGEST_KEY = 200


def once(work: Callable[[Session], tuple[int, Any]], uploaded: bytes | None = None) -> Response:
    """Do `work` in one transaction, once for a key.  Raises Conflict for a key that was used for another request.

    `uploaded` stands for the body where it was a form, whose boundary is another each time.
    """
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > LONGEST_KEY:
        raise BadInput("too_long", "Idempotency-Key", most=LONGEST_KEY)
    if not key:
        return _json(*db.transaction(work))
    user_id = int(current_user.id)
    sent = request.get_data() if uploaded is None else uploaded
    digest = hashlib.sha256(f"{request.method} {request.full_path}\n".encode() + sent).hexdigest()

    def keyed(session: Session) -> tuple[int, Any]:
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
            claim.status, claim.answer = work(session)
            return claim.status, claim.answer
        if known.request_hash != digest:
            raise Conflict("idempotency_conflict", "Idempotency-Key")
        return known.status, known.answer

    return _json(*db.transaction_once(keyed))


def _json(status: int, answer: Any) -> Response:
    return Response(json.dumps(answer, ensure_ascii=False), status, content_type="application/json")
