"""Held files: uploaded in slices while a form is filled in, kept until the form is carried out or 30 days have passed.

A slice that arrives twice counts once, and the bytes that have arrived are told after each, so an upload goes on where
the line broke.  Only their uploader names them.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models import HeldFile, HeldSlice
from workflow.errors import BadInput
from workflow.evidence.uploads import Kept

#: How long an uploaded file waits for its form.
PATIENCE = timedelta(days=30)
#: The most bytes and files that a person may have waiting.
MOST_BYTES, MOST_FILES = 100 * 1024 * 1024, 200
#: The largest slice, in bytes.
SLICE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a file: its file's SHA-256, name and size, the first byte and the bytes."""

    sha256: str
    filename: str
    size: int
    at: int
    content: bytes


def add_slice(session: Session, user_id: int, now: datetime, given: Slice, *, megabytes: int) -> HeldFile:
    """Add the slice if it is the next one; the row tells how much has arrived.  Any other slice changes nothing.

    Raises BadInput for a file that is empty or too large, or too many of them.
    """
    row = find(session, user_id, given.sha256)
    if row is None:
        row = _begun(session, user_id, now, given, megabytes)
    if row.stored is not None or given.at != row.got or not given.content:
        return row
    if given.size != row.size or row.got + len(given.content) > row.size:
        raise BadInput("slice_beyond", "file")
    session.add(HeldSlice(file_id=row.id, at=row.got, content=given.content))
    row.got += len(given.content)
    session.flush()
    return row


def _begun(session: Session, user_id: int, now: datetime, given: Slice, megabytes: int) -> HeldFile:
    if given.size <= 0:
        raise BadInput("file_empty", "file")
    if given.size > megabytes * 1024 * 1024:
        raise BadInput("file_too_large", "file", megabytes=megabytes)
    waiting = select(func.count(), func.coalesce(func.sum(HeldFile.size), 0)).where(HeldFile.user_id == user_id)
    files, size = session.execute(waiting).one()
    if files >= MOST_FILES or size + given.size > MOST_BYTES:
        raise BadInput("too_much_held", "file", megabytes=MOST_BYTES // 1024 // 1024)
    row = HeldFile(
        user_id=user_id, sha256=given.sha256, filename=given.filename[:200], size=given.size, got=0, made_at=now
    )
    session.add(row)
    session.flush()
    return row


def find(session: Session, user_id: int, sha256: str) -> HeldFile | None:
    """The person's file with these bytes, locked, or None."""
    query = select(HeldFile).where(HeldFile.user_id == user_id, HeldFile.sha256 == sha256).with_for_update()
    return session.scalars(query).one_or_none()


def bytes_of(session: Session, row: HeldFile) -> bytes | None:
    """The whole file; None if its bytes are not those that its SHA-256 names, and then it must be sent anew."""
    parts = session.scalars(select(HeldSlice.content).where(HeldSlice.file_id == row.id).order_by(HeldSlice.at))
    content = b"".join(parts)
    if hashlib.sha256(content).hexdigest() == row.sha256:
        return content
    drop(session, [row])
    return None


def hold(session: Session, user_id: int, now: datetime, sha256: str, size: int, kept: Kept) -> HeldFile:
    """Note that the file is whole and in the store, as `kept`; its slices are not needed any more."""
    row = find(session, user_id, sha256)
    if row is None:
        row = HeldFile(user_id=user_id, sha256=sha256, filename=kept["filename"][:200], size=size, made_at=now)
        session.add(row)
    row.got, row.stored, row.thumbnail, row.kept = size, kept["sha256"], kept.get("thumbnail"), _plain(kept)
    session.flush()
    session.execute(delete(HeldSlice).where(HeldSlice.file_id == row.id))
    return row


def whole(session: Session, user_id: int, hashes: Sequence[str]) -> list[tuple[str, Kept]]:
    """The person's whole files among these, in this order, each once."""
    query = select(HeldFile).where(
        HeldFile.user_id == user_id, HeldFile.sha256.in_(hashes), HeldFile.stored.is_not(None)
    )
    found = {row.sha256: row for row in session.scalars(query)} if hashes else {}
    return [(sha, kept_of(found[sha])) for sha in dict.fromkeys(hashes) if sha in found]


def kept_of(row: HeldFile) -> Kept:
    """What `evidence.take` made of a whole file."""
    kept: dict[str, Any] = dict(row.kept or {})
    if kept.get("taken_at"):
        kept["taken_at"] = datetime.fromisoformat(kept["taken_at"])
    if "looks" in kept:
        kept["looks"] = tuple(kept["looks"])
    return cast(Kept, kept)


def release(session: Session, user_id: int, hashes: Iterable[str]) -> None:
    """Let go of files that a carried-out form has named: a row of the form's act names their bytes now."""
    query = select(HeldFile).where(HeldFile.user_id == user_id, HeldFile.sha256.in_(list(hashes)))
    drop(session, session.scalars(query))


def age_out(session: Session, now: datetime) -> int:
    """Delete what has waited too long; returns how many files."""
    old = session.scalars(select(HeldFile).where(HeldFile.made_at < now - PATIENCE)).all()
    drop(session, old)
    return len(old)


def drop(session: Session, rows: Iterable[HeldFile]) -> None:
    """Delete these files with their slices."""
    for row in rows:
        session.execute(delete(HeldSlice).where(HeldSlice.file_id == row.id))
        session.delete(row)
    session.flush()


def _plain(kept: Kept) -> dict[str, Any]:
    taken_at = kept.get("taken_at")
    return {**kept, **({"taken_at": taken_at.isoformat() if taken_at else None} if "taken_at" in kept else {})}
