"""The phone's store of forms: what its script asks the server for, and the page that shows what waits.

The script keeps a form on the phone until the server's yes, uploads its files in slices while it is filled in, and sends
it when there is a signal.  Without script a form is sent as any form.

Decisions: docs/decisions/web.md
"""

import re
from typing import Any
from urllib.parse import unquote

from flask import current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from web import db, form_files, taken_along
from web.auth import signed_in_actor, signed_in_user
from web.errors import status_of
from web.form_tokens import masked_token
from web.pages import blueprint
from web.words.errors import sentence
from workflow import evidence
from workflow.errors import BadInput, NotFound, WorkflowError
from workflow.evidence import held
from workflow.evidence.held import SLICE, Slice
from workflow.register import household_listing

_RANGE = re.compile(r"bytes (?:(\d{1,9})-\d{1,9}|\*)/(\d{1,9})")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@blueprint.get("/phone")
def phone() -> ResponseReturnValue:
    """The forms that wait on this phone; the script fills the list in, since only the phone has them."""
    villages = []
    if signed_in_actor().role == "town":
        with db.read_session() as session:
            villages = household_listing.list_villages(session, signed_in_actor())
    return render_template("account/phone.html", villages=villages, days=current_app.config["PACK_DAYS"])


@blueprint.get("/phone/hello")
def phone_hello() -> ResponseReturnValue:
    """Whether there is a line, whose session it is, and a token for the next forms."""
    return jsonify(
        user=str(signed_in_user().id),
        token=masked_token(),
        now=db.now().isoformat(),
        place=taken_along.place_of(signed_in_actor()),
    )


@blueprint.put("/phone/files/<sha256>")
def bring_slice(sha256: str) -> ResponseReturnValue:
    """Take a slice of a file (`Content-Range: bytes a-b/n`, or `bytes */n` to ask); answers how much has arrived.

    The last slice makes it whole: it is stored, and a form may name it in `held`.
    """
    try:
        return jsonify(_brought(sha256))
    except WorkflowError as error:
        return jsonify(error=error.code, said=sentence(error)), status_of(error)


def _brought(sha256: str) -> dict[str, Any]:
    given = _slice(sha256)
    user, most = signed_in_user().id, current_app.config["MAX_FILE_MB"]

    def add(session: Session) -> tuple[int, bool, bytes | None]:
        row = held.add_slice(session, user, db.now(), given, megabytes=most)
        content = held.bytes_of(session, row) if row.stored is None and row.got == row.size else None
        return row.got, row.stored is not None, content

    at, done, content = db.transaction_once(add)
    if done or at < given.size:
        return {"at": at, "done": done}
    if content is None:
        # Its bytes are not those that its name promises: from the beginning.
        return {"at": 0, "done": False}
    try:
        kept = evidence.take(form_files.store(), content, given.filename, megabytes=most)
    except BadInput:
        db.transaction(lambda session: held.release(session, user, [sha256]))
        raise
    db.transaction_once(lambda session: held.hold(session, user, db.now(), sha256, given.size, kept))
    return {"at": at, "done": True}


def _slice(sha256: str) -> Slice:
    """The slice that the request brings.  Raises BadInput, NotFound for what is no SHA-256."""
    if not _SHA256.fullmatch(sha256):
        raise NotFound("no_such_evidence")
    told = _RANGE.fullmatch(request.headers.get("Content-Range", ""))
    if told is None or (request.content_length or 0) > SLICE:
        raise BadInput("slice_beyond", "file")
    name = unquote(request.headers.get("X-Filename", ""))[:200] or "file"
    at = int(told[1]) if told[1] is not None else -1
    return Slice(sha256, name, int(told[2]), at, request.get_data(cache=False) if at >= 0 else b"")
