"""Photos of a checkup: their bytes are kept first (workflow.evidence), then the row; the unit that visited brings them."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Checkup, Evidence
from workflow import history
from workflow.actors import Actor
from workflow.errors import NotAllowed, NotFound
from workflow.register.checkups import find_checkup


def add_photo(
    session: Session,
    actor: Actor,
    checkup: Checkup,
    now: datetime,
    *,
    filename: str,
    sha256: str,
    size: int,
    media_type: str,
) -> Evidence:
    """Put a picture or paper whose bytes are already kept on a checkup; the same bytes twice are one piece.

    Raises NotAllowed for a unit that did not make the checkup.
    """
    if actor.unit_id is None or actor.unit_id != checkup.unit_id or actor.user_id is None:
        raise NotAllowed("may_not_bring_evidence")
    known = session.scalars(
        select(Evidence).where(Evidence.checkup_id == checkup.id, Evidence.sha256 == sha256)
    ).one_or_none()
    if known is not None:
        return known
    row = Evidence(
        county_id=checkup.county_id, checkup_id=checkup.id, unit_id=actor.unit_id, uploaded_by_id=actor.user_id,
        uploaded_at=now, sha256=sha256, size=size, media_type=media_type,
        filename=filename.replace("\\", "/").rsplit("/", 1)[-1].replace("\x00", "")[:200] or "photo",
    )  # fmt: skip
    session.add(row)
    session.flush()
    history.append(
        session,
        county_id=checkup.county_id,
        subject_type="household",
        subject_id=checkup.household_id,
        actor=actor,
        action="evidence",
        now=now,
        given={"checkup": checkup.id, "id": row.id, "sha256": sha256, "size": size, "media_type": media_type},
        secret={"filename": row.filename},
        tell=False,
    )
    return row


def photos_of(session: Session, checkup_id: int) -> list[Evidence]:
    """What was brought with a checkup."""
    return list(session.scalars(select(Evidence).where(Evidence.checkup_id == checkup_id).order_by(Evidence.id)))


def find_photo(session: Session, actor: Actor, evidence_id: int) -> Evidence:
    """A photo of a checkup the actor may see.  Raises NotFound."""
    row = session.scalars(
        select(Evidence).where(Evidence.id == evidence_id, Evidence.checkup_id.is_not(None))
    ).one_or_none()
    if row is None or row.checkup_id is None:
        raise NotFound("no_such_evidence")
    find_checkup(session, actor, row.checkup_id)
    return row
