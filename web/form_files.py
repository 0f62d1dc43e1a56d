"""Uploaded files: kept in the store of the settings when a form sends them, and sent as attachments of a safe type."""

import io

from flask import Response, current_app, request, send_file
from werkzeug.datastructures import FileStorage

from models import Evidence, FigureProof
from web import db
from workflow import evidence
from workflow.errors import BadInput, NotFound
from workflow.evidence.media_types import charset_of

#: The most files of one request.
MOST = 12


def store() -> evidence.Store:
    """The county's store."""
    return db.county().store


def taken(files: list[FileStorage], *, photos: bool = False) -> list[evidence.Kept]:
    """Stores the files of a form, before any transaction; with `photos` only photos.  Raises BadInput.

    All files are read before a row refers to the first, so a form with one bad file changes nothing.
    """
    brought = [file for file in files if file.filename]
    if len(brought) > MOST:
        raise BadInput("too_many_files", "file", most=MOST)
    most = current_app.config["MAX_FILE_MB"]
    return [evidence.take(store(), file.read(), file.filename or "", megabytes=most, photo=photos) for file in brought]


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
