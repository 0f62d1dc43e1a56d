"""Files of forms: uploaded before the form is sent or with it, held while it is refused, and sent back as attachments."""

import hashlib
import io
from dataclasses import dataclass

from flask import Response, current_app, g, request, send_file
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from models import Evidence, FigureProof
from web import db
from web.auth import signed_in_user
from workflow import evidence
from workflow.errors import BadInput, NotFound, TooMany
from workflow.evidence import held
from workflow.evidence.media_types import PICTURES, charset_of

#: The most files of one request.
MOST = 12


def store() -> evidence.SealedStore:
    """The county's store."""
    return db.county().store


def is_astray() -> bool:
    """Whether the store does not bear the county's mark; of a bucket, which may take long to answer, nothing is said here."""
    inner = store().inner
    if not isinstance(inner, evidence.MarkedStore) or not isinstance(inner.inner, evidence.FolderStore):
        return False
    try:
        inner.confirm()
    except OSError:
        return True
    return False


def uploaded(files: list[FileStorage], *, photos: bool = False) -> list[evidence.Kept]:
    """Stores uploaded files, before any transaction; with `photos` only photos.  Raises BadInput, TooMany.

    All files are read before a row refers to the first, so a request with one bad file changes nothing.
    """
    return [row.kept for row in _stored([file for file in files if file.filename], photos, [])]


def taken(field: str, *, photos: bool = False) -> list[evidence.Kept]:
    """The files of a form's input: those that were uploaded for it before (`held`), and those sent now.  Raises BadInput.

    What was sent is remembered, so that a refused form holds it (`hold`) and a carried-out one lets it go (`release`).
    """
    found = _held(field, photos)
    _of_form()[field] = found
    _stored([file for file in request.files.getlist(field) if file.filename], photos, found)
    return [row.kept for row in found]


def brings(field: str) -> bool:
    """Whether the form brings files for this input, sent now or uploaded before."""
    return any(file.filename for file in request.files.getlist(field)) or bool(_named(field))


def hold() -> None:
    """Hold the files of a form that was refused, so that it comes back with them."""
    new = [row for rows in _of_form().values() for row in rows if row.is_new]
    if new:
        user = signed_in_user().id

        def step(session: Session) -> None:
            for row in new:
                held.hold(session, user, db.now(), row.sha256, row.size, row.kept)

        db.transaction_once(step)


def release(session: Session) -> None:
    """Let go of the held files that the form named: its act has rows that name their bytes."""
    named = [row.sha256 for rows in _of_form().values() for row in rows if not row.is_new]
    if named:
        held.release(session, signed_in_user().id, named)


def let_go() -> None:
    """Forget the files of this form: they stand where they belong, whatever becomes of the form."""
    _of_form().clear()
    g.files_taken = True


def held_files(field: str) -> list[tuple[str, str]]:
    """The files with which a refused form comes back: the value of each in the field `held`, and its name."""
    return [(f"{field} {row.sha256}", row.kept["filename"]) for row in _of_form().get(field, ())]


@dataclass(frozen=True, slots=True)
class _File:
    """A file of a form: the SHA-256 and size of its bytes as they came, what is stored, and whether it came now."""

    sha256: str
    size: int
    kept: evidence.Kept
    is_new: bool


def _of_form() -> dict[str, list[_File]]:
    if "form_files" not in g:
        g.form_files = {}
    files: dict[str, list[_File]] = g.form_files
    return files


def _named(field: str) -> list[str]:
    return [value.removeprefix(f"{field} ") for value in request.form.getlist("held") if value.startswith(f"{field} ")]


def _held(field: str, photos: bool) -> list[_File]:
    named = list(dict.fromkeys(_named(field)))
    if not named:
        return []
    with db.read_session() as session:
        found = held.whole(session, signed_in_user().id, named)
    if len(found) < len(named):
        # Never without what its writer believes it carries.
        raise BadInput("held_missing", field)
    if photos and any(kept["media_type"] not in PICTURES for _sha, kept in found):
        raise BadInput("photo_only", field)
    return [_File(sha256, kept["size"], kept, is_new=False) for sha256, kept in found]


def _stored(brought: list[FileStorage], photos: bool, found: list[_File]) -> list[_File]:
    if len(brought) + len(found) > MOST:
        raise BadInput("too_many_files", "file", most=MOST)
    most = current_app.config["MAX_FILE_MB"]
    for file in brought:
        content = file.read()
        try:
            kept = evidence.take(store(), content, file.filename or "", megabytes=most, photo=photos)
        except TooMany as error:
            g.retry_after = error.seconds
            raise
        found.append(_File(hashlib.sha256(content).hexdigest(), len(content), kept, is_new=True))
    return found


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
