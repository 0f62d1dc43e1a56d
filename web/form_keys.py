"""Form keys: a form that arrives twice is carried out once, with or without JavaScript.

A browser sends a POST again by itself when the line breaks, a person presses twice, and an answer can be lost after the
commit.  Each form of a page carries a random key; the transaction that carries the form out claims it, so a refused form
leaves none.  The key belongs to a user and is bound to the address, the fields and the files, not to the bytes sent.

Decisions: docs/decisions/web.md
"""

import hashlib
import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from flask import Flask, Response, g, request
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from models import IdempotencyKey
from web import db
from web.words.dates import moment

#: The hidden input of every form.
FIELD = "once"
_KEY = re.compile(r"[0-9A-Za-z_-]{1,64}")
#: Of the page and not of what was typed: another in each copy of the same form.
_OF_THE_PAGE = (FIELD, "csrf_token")


def init(app: Flask) -> None:
    """Let templates make keys: `form_key()`."""
    app.jinja_env.globals["form_key"] = fresh

    @app.after_request
    def _known_again(response: Response) -> Response:
        # The script that sent a form takes no answer but ours, and forgets files that stand where they belong.
        with suppress(RequestEntityTooLarge):
            if request.method == "POST" and by_script() and _KEY.fullmatch(key := request.form.get(FIELD, "")):
                response.headers["X-Once"] = key
                if g.get("files_taken"):
                    response.headers["X-Files"] = "taken"
        return response


def by_script() -> bool:
    """Whether a script of our pages sent the request: it takes JSON, and follows no redirect.  A foreign page cannot set
    the header."""
    return request.headers.get("X-Requested-With") == "xiaohao"


def fresh() -> str:
    """A key for a form that is about to be shown: 128 random bits."""
    return secrets.token_urlsafe(16)


class SentAlready(Exception):
    """The key was used for a form with other words, which was carried out; `to` is where that led."""

    def __init__(self, to: str, why: str) -> None:
        super().__init__(why)
        self.to, self.why = to, why


@dataclass(frozen=True, slots=True)
class Done:
    """The outcome of a form: the next address, and the sentence shown there (None for none)."""

    to: str
    said: str | None = None
    category: str = "success"


def earlier() -> Done | None:
    """The outcome of this form if it was carried out before; None if it was not, or carries no key.

    Raises SentAlready for a form with other words.
    """
    sent = _sent()
    if sent is None:
        return None
    with db.read_session() as session:
        known = _known(session, sent)
    return _again(known, sent) if known is not None else None


def claimed(work: Callable[[Session], Done]) -> Callable[[Session], Done]:
    """`work` as one that claims the form's key in its transaction; a form that came first is answered for both.

    The work raises SentAlready as `earlier` does.
    """
    sent = _sent()
    if sent is None:
        return work

    def keyed(session: Session) -> Done:
        known = _known(session, sent)
        if known is not None:
            return _again(known, sent)
        # Claimed before the work is done: the same form at the same moment waits here, and finds the outcome.
        claim = _claim(sent, sent.key)
        session.add(claim)
        session.flush()
        made = work(session)
        claim.status, claim.answer = 302, {"to": made.to}
        return made

    return keyed


def part_once(part: str, work: Callable[[Session], dict[str, Any]]) -> dict[str, Any]:
    """The answer of one part of a form, each part in a transaction of its own: done once, however often the form arrives.

    A form that a crash has cut goes on where it stopped.  What `work` refuses leaves no key and is tried again.
    """
    sent = _sent()
    if sent is None:
        return db.transaction(work)
    # Under other words the same part is another one.
    key = f"part:{hashlib.sha256(f'{sent.key} {sent.digest} {part}'.encode()).hexdigest()}"

    def keyed(session: Session) -> dict[str, Any]:
        known = _known(session, replace(sent, key=key))
        if known is not None:
            return known.answer
        claim = _claim(sent, key)
        session.add(claim)
        session.flush()
        claim.status, claim.answer = 200, work(session)
        return claim.answer

    return db.transaction_once(keyed)


def keep_outcomes(session: Session, outcomes: dict[str, Any]) -> int:
    """Keeps what a form of many parts came to, for its sender to read; returns its id.  It ages out with the key."""
    user_id = int(current_user.id)
    kept = IdempotencyKey(
        user_id=user_id,
        key=f"outcomes:{secrets.token_hex(32)}",
        request_hash=hashlib.sha256(request.full_path.encode()).hexdigest(),
        status=200,
        answer=outcomes,
        created_at=db.now(),
    )
    session.add(kept)
    session.flush()
    return kept.id


def outcomes_of(session: Session, number: int) -> dict[str, Any] | None:
    """What `keep_outcomes` has kept under this id, for its sender alone; None where there is nothing (any more)."""
    query = select(IdempotencyKey).where(
        IdempotencyKey.id == number,
        IdempotencyKey.user_id == int(current_user.id),
        IdempotencyKey.key.startswith("outcomes:"),
    )
    kept = session.scalars(query).one_or_none()
    return kept.answer if kept is not None else None


def _claim(sent: "_Sent", key: str) -> IdempotencyKey:
    return IdempotencyKey(
        user_id=sent.user_id, key=key, request_hash=sent.digest, status=0, answer={}, created_at=db.now()
    )


@dataclass(frozen=True, slots=True)
class _Sent:
    """A form as it came: its sender, the SHA-256 of its key, and that of its address, fields and files."""

    user_id: int
    key: str
    digest: str


def _sent() -> _Sent | None:
    """The form of this request, looked at before its view reads the files."""
    if "form_sent" not in g:
        g.form_sent = _read()
    sent: _Sent | None = g.form_sent
    return sent


def _read() -> _Sent | None:
    key = request.form.get(FIELD, "")
    if not key or not current_user.is_authenticated:
        return None
    fields = sorted((name, value) for name, value in request.form.items(multi=True) if name not in _OF_THE_PAGE)
    files = sorted((name, _hashed(file)) for name, file in request.files.items(multi=True) if file.filename)
    digest = hashlib.sha256(repr((request.full_path, fields, files)).encode()).hexdigest()
    return _Sent(int(current_user.id), f"form:{hashlib.sha256(key.encode()).hexdigest()}", digest)


def _hashed(file: FileStorage) -> str:
    digest = hashlib.file_digest(file.stream, "sha256").hexdigest()  # type: ignore[arg-type]
    file.stream.seek(0)
    return digest


def _known(session: Session, sent: _Sent) -> IdempotencyKey | None:
    query = select(IdempotencyKey).where(IdempotencyKey.user_id == sent.user_id, IdempotencyKey.key == sent.key)
    return session.scalars(query).one_or_none()


def _again(known: IdempotencyKey, sent: _Sent) -> Done:
    answer: dict[str, Any] = known.answer
    at = moment(known.created_at)
    if known.request_hash != sent.digest:
        raise SentAlready(
            answer["to"],
            _(
                "This form was received at %(at)s with other words. What you sent now was not entered. Check it, and send it "
                "if it is to be entered as well.",
                at=at,
            ),
        )
    return Done(answer["to"], _("Already received at %(at)s; nothing was entered twice.", at=at), "info")
