"""Uploaded files: kept in the store of the settings when a form sends them, and sent as attachments of a safe type."""

import io
from datetime import datetime
from typing import Any, cast

from flask import Response, current_app, g, request, send_file
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.datastructures import FileStorage

from models import Evidence, FigureProof
from web import db
from web.auth import signed_in_actor
from web.signing import signing_keys
from workflow import evidence
from workflow.errors import BadInput, NotFound, TooMany
from workflow.evidence.media_types import charset_of

#: The most files of one request.
MOST = 12
#: The seconds for which a refused form keeps its files.
STAGED = 12 * 3600


def store() -> evidence.Store:
    """The county's store."""
    return db.county().store


def taken(files: list[FileStorage], *, photos: bool = False) -> list[evidence.Kept]:
    """Stores the files of a form, before any transaction; with `photos` only photos.  Raises BadInput, TooMany.

    All files are read before a row refers to the first, so a form with one bad file changes nothing.
    """
    brought = [file for file in files if file.filename]
    if len(brought) > MOST:
        raise BadInput("too_many_files", "file", most=MOST)
    most = current_app.config["MAX_FILE_MB"]
    try:
        return [
            evidence.take(store(), file.read(), file.filename or "", megabytes=most, photo=photos) for file in brought
        ]
    except TooMany as error:
        g.retry_after = error.seconds
        raise


def gathered(field: str) -> list[evidence.Kept]:
    """The files of a form: those sent now, and those that an earlier refusal kept (`staged`).  Raises BadInput."""
    g.staged_files = _staged()
    g.staged_files = [*g.staged_files, *taken(request.files.getlist(field))]
    if len(g.staged_files) > MOST:
        raise BadInput("too_many_files", "file", most=MOST)
    return list(g.staged_files)


def staged() -> list[tuple[str, str]]:
    """What a form shown again carries of its files: the name of each, and a token that only its uploader can send back.

    No row names the bytes; `evidence.tidy` removes them after a day, and the token ends before.
    """
    kept: list[evidence.Kept] = g.get("staged_files", [])
    return [(row["filename"], str(_seal().dumps(_plain(row)))) for row in kept]


def _staged() -> list[evidence.Kept]:
    """The files whose tokens the form sends back; a token that is old, altered or somebody else's is none."""
    found: list[evidence.Kept] = []
    for token in request.form.getlist("staged"):
        try:
            row = _seal().loads(token, max_age=STAGED)
        except BadSignature:
            continue
        taken_at = datetime.fromisoformat(row["taken_at"]) if row.get("taken_at") else None
        found.append(cast(evidence.Kept, row | ({"taken_at": taken_at} if "taken_at" in row else {})))
    return found


def _plain(row: evidence.Kept) -> dict[str, Any]:
    taken_at = row.get("taken_at")
    return {**row, **({"taken_at": taken_at.isoformat() if taken_at else None} if "taken_at" in row else {})}


def _seal() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(signing_keys(), salt=f"staged files of {signed_in_actor().user_id}")


def names(field: str) -> list[str]:
    """Names of the files of a form, to be chosen again: no page can put a file back into a form."""
    return [file.filename[:100] for file in request.files.getlist(field) if file.filename]


def sent(row: Evidence | FigureProof, name: str) -> Response:
    """The kept bytes as an attachment, under a type and a name of ours (`name`: as the reader may know it).

    Raises NotFound.
    """
    return _guarded(row.sha256, row.media_type, name)


def shown(row: Evidence) -> Response:
    """The thumbnail, for an <img> of our own pages.  Raises NotFound."""
    if row.thumbnail is None:
        raise NotFound("no_such_evidence")
    return _guarded(row.thumbnail, "image/jpeg", None)


def _guarded(sha256: str, media_type: str, name: str | None) -> Response:
    try:
        stream = store().open(sha256)
    except FileNotFoundError as error:
        raise NotFound("no_such_evidence") from error
    charset = None
    if media_type == "text/plain":
        # Kept as it came; only the name of its encoding is found out when it leaves.
        with stream:
            content = stream.read()
        stream, charset = io.BytesIO(content), charset_of(content)
    # Rows of before the names were made safe go through the same gate.
    name = evidence.safe_name(name, media_type) if name is not None else None
    response = send_file(
        stream, media_type, as_attachment=name is not None, download_name=name, etag=False, max_age=3600
    )
    if charset:
        response.headers["Content-Type"] = f"text/plain; charset={charset}"
    # Whatever the bytes are: not sniffed, not run, not framed, and no proxy keeps them for another.
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, max-age=3600" if name is None else "private, no-cache"
    return response
