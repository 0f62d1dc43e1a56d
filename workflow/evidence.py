"""Evidence (佐证材料): bytes first, under their SHA-256, then the row; so a crash leaves no row without its bytes."""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models import Evidence, Ticket, User
from workflow import history
from workflow.actors import Actor
from workflow.desk import lock
from workflow.discretion import without_numbers
from workflow.errors import BadInput, NotAllowed, NotFound, WrongState
from workflow.permissions import cut_at, sees

#: What may be brought: media type and how its bytes begin.  The type is read from the bytes, never from the name.
_BEGINNINGS: tuple[tuple[str, bytes], ...] = (
    ("image/jpeg", b"\xff\xd8\xff"),
    ("image/png", b"\x89PNG\r\n\x1a\n"),
    ("image/gif", b"GIF8"),
    ("application/pdf", b"%PDF-"),
    ("application/zip", b"PK\x03\x04"),
    ("application/x-ole-storage", b"\xd0\xcf\x11\xe0"),
)
LARGEST = 20 * 1024 * 1024


def media_type_of(content: bytes) -> str:
    """The type the bytes themselves show.  Raises BadInput for what is neither picture nor paper."""
    for media_type, beginning in _BEGINNINGS:
        if content.startswith(beginning):
            return media_type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1"):
        return "image/heic"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput("file_type_refused", "file") from error
    if b"\x00" in content:
        raise BadInput("file_type_refused", "file")
    return "text/plain"


def path_of(files: Path, sha256: str) -> Path:
    """Where the bytes with this SHA-256 lie."""
    return files / sha256[:2] / sha256


def keep(files: Path, content: bytes) -> str:
    """Put the bytes on disk, whole or not at all, and return their SHA-256.  Outside any transaction."""
    if not content:
        raise BadInput("file_empty", "file")
    if len(content) > LARGEST:
        raise BadInput("file_too_large", "file", megabytes=LARGEST // 1024 // 1024)
    sha256 = hashlib.sha256(content).hexdigest()
    target = path_of(files, sha256)
    if target.exists():
        return sha256
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return sha256


def may_bring(session: Session, actor: Actor, ticket: Ticket) -> None:
    """Raises NotAllowed for who sees the ticket but only reads it, WrongState once it has ended: it would be reopened."""
    if actor.role in ("inspectorate", "admin", "leaders") and actor.unit_id != ticket.holder_unit_id:
        raise NotAllowed("may_not_bring_evidence")
    if actor.unit_id is None or cut_at(actor, ticket, session) is not None:
        raise NotAllowed("may_not_bring_evidence")
    if ticket.ended_at is not None:
        raise WrongState("ticket_ended", state=ticket.state)


def others(actor: Actor, rows: Sequence[Evidence]) -> Select[int]:
    """The accounts behind these pieces that are not of the actor's side: of a town's unit are its villages, too."""
    return select(User.id).where(User.id.in_({row.uploaded_by_id for row in rows}), User.role != actor.role)


def add(
    session: Session,
    actor: Actor,
    ticket: Ticket | int,
    now: datetime,
    *,
    filename: str,
    sha256: str,
    size: int,
    media_type: str,
) -> Evidence:
    """Put evidence whose bytes are already kept on the ticket; the same bytes twice are one piece.

    Raises NotFound, NotAllowed for who only reads, WrongState for an ended ticket, BadInput.
    """
    row = lock(session, ticket if isinstance(ticket, int) else ticket.id)
    if row is None or not sees(actor, row, session):
        raise NotFound("no_such_ticket")
    may_bring(session, actor, row)
    known = session.scalars(
        select(Evidence).where(
            Evidence.ticket_id == row.id, Evidence.unit_id == actor.unit_id, Evidence.sha256 == sha256
        )
    ).one_or_none()
    if known is not None:
        return known
    assert actor.user_id is not None
    assert actor.unit_id is not None
    evidence = Evidence(
        county_id=row.county_id,
        ticket_id=row.id,
        unit_id=actor.unit_id,
        uploaded_by_id=actor.user_id,
        uploaded_at=now,
        sha256=sha256,
        size=size,
        media_type=media_type,
        filename=without_numbers(filename.replace("\\", "/").rsplit("/", 1)[-1].replace("\x00", ""))[:200] or "file",
    )
    session.add(evidence)
    session.flush()
    history.append(
        session,
        county_id=row.county_id,
        subject_type="ticket",
        subject_id=row.id,
        actor=actor,
        action="evidence",
        now=now,
        from_state=row.state,
        to_state=row.state,
        given={"id": evidence.id, "sha256": sha256, "size": size, "media_type": media_type},
        secret={"filename": evidence.filename},
        tell=False,
    )
    session.flush()
    return evidence


def find(session: Session, actor: Actor, evidence_id: int) -> Evidence:
    """The evidence row, if the actor may see its ticket at the time it was brought.  Raises NotFound."""
    row = session.execute(
        select(Evidence, Ticket).join(Ticket, Ticket.id == Evidence.ticket_id).where(Evidence.id == evidence_id)
    ).one_or_none()
    if row is None or not sees(actor, row[1], session):
        raise NotFound("no_such_evidence")
    cut = cut_at(actor, row[1], session)
    if cut is not None and row[0].uploaded_at > cut:
        raise NotFound("no_such_evidence")
    evidence: Evidence = row[0]
    return evidence
