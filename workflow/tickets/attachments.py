"""Attachments: rows of evidence on a ticket or a checkup, recorded in the history and visible with their subject."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Unpack

from sqlalchemy import Select, func, inspect, select
from sqlalchemy.orm import Session

from models import Checkup, Evidence, Finding, Household, LookBand, Ticket, User
from workflow.actors import Actor
from workflow.errors import BadInput, NotAllowed, NotFound, WrongState
from workflow.evidence.media_types import PICTURES, safe_name
from workflow.evidence.uploads import Kept
from workflow.history import event_log
from workflow.pictures import perceptual_hash
from workflow.redaction import without_numbers
from workflow.tickets import photo_reuse
from workflow.tickets.consequences import pending_checks
from workflow.tickets.desk import lock_visible
from workflow.tickets.visibility import cut_at, household_cut, sees

#: Pieces a unit may attach to one ticket or checkup, so that no unit crowds out another.
MOST = 60
#: Roles that attach evidence; the leading group only where it holds the ticket.
_BRINGING = ("village", "town", "bureau", "office")


def add(
    session: Session, actor: Actor, subject: Ticket | Checkup | int, now: datetime, **kept: Unpack[Kept]
) -> Evidence:
    """Attach a stored upload to a ticket (a number is a ticket's id) or a checkup; the same bytes are one piece.

    Raises NotFound, NotAllowed for a reader, WrongState for an ended ticket, or BadInput when the unit has already
    attached `MOST` pieces, and for anything but a photo on a checkup.
    """
    row: Ticket | Household
    if isinstance(subject, Checkup):
        row = _household(session, actor, subject)
    else:
        row = lock_visible(session, actor, subject)
        may_bring(session, actor, row)
    if isinstance(subject, Checkup) and kept["media_type"] not in PICTURES:
        raise BadInput("photo_only", "photo")
    return _add(session, actor, subject if isinstance(subject, Checkup) else row, row, now, **kept)


def add_to_answer(session: Session, actor: Actor, ticket: Ticket, now: datetime, **kept: Unpack[Kept]) -> Evidence:
    """Put what `take` has kept on a locked ticket for the answer to its paper, which the addressed unit owes even after
    it let go of the ticket.  Raises BadInput."""
    return _add(session, actor, ticket, ticket, now, **kept)


def _add(
    session: Session,
    actor: Actor,
    subject: Ticket | Checkup | Household,
    row: Ticket | Household,
    now: datetime,
    **kept: Unpack[Kept],
) -> Evidence:
    of = {"checkup_id": subject.id} if isinstance(subject, Checkup) else {"ticket_id": row.id}
    known = session.scalars(
        select(Evidence).filter_by(**of, unit_id=actor.own_unit_id, sha256=kept["sha256"])
    ).one_or_none()
    if known is not None:
        return known
    if (
        session.scalar(select(func.count()).select_from(Evidence).filter_by(**of, unit_id=actor.own_unit_id)) or 0
    ) >= MOST:
        raise BadInput("too_much_evidence", "file", most=MOST)
    seen: tuple[str, ...] = kept.get("looks", ())
    matter = row.matter_id if isinstance(row, Ticket) else None
    evidence = Evidence(
        **of,
        unit_id=actor.own_unit_id,
        uploaded_by_id=actor.account_id,
        uploaded_at=now,
        sha256=kept["sha256"],
        size=kept["size"],
        media_type=kept["media_type"],
        filename=safe_name(without_numbers(kept["filename"]), kept["media_type"]),
        taken_at=kept.get("taken_at"),
        latitude=kept.get("latitude"),
        longitude=kept.get("longitude"),
        look=seen[0] if seen else None,
        thumbnail=kept.get("thumbnail"),
        resembles=photo_reuse.seen_before(session, seen, of, matter) if seen else [],
    )
    session.add(evidence)
    session.flush()
    keys = {(key, look) for look in (seen[0], seen[-1]) for key in perceptual_hash.filed_under(look)} if seen else set()
    session.add_all(LookBand(key=key, look=look, evidence_id=evidence.id) for key, look in keys)
    event_log.of(session, row, actor, now).append("evidence", figures(evidence), private=words(evidence), notify=False)
    return evidence


def own(session: Session, actor: Actor, ticket_id: int, ids: Sequence[int]) -> tuple[int, ...]:
    """The pieces with these ids, all of the actor's unit on the ticket, each once.  Raises BadInput."""
    wanted = tuple(dict.fromkeys(ids))
    query = select(Evidence.id).where(
        Evidence.id.in_(wanted), Evidence.ticket_id == ticket_id, Evidence.unit_id == actor.unit_id
    )
    known = set(session.scalars(query)) if wanted else set()
    for number in wanted:
        if number not in known:
            raise BadInput("evidence_unknown", "evidence", id=number)
    return wanted


def copied(session: Session, actor: Actor, ticket: Ticket, piece: Evidence, now: datetime) -> Evidence:
    """A row on the locked ticket for a piece the unit attached to another ticket of its matter, with the same bytes.

    Its perceptual hash is found through the first row.
    """
    known = session.scalars(
        select(Evidence).filter_by(ticket_id=ticket.id, unit_id=piece.unit_id, sha256=piece.sha256)
    ).one_or_none()
    if known is not None:
        return known
    values = {column.key: getattr(piece, column.key) for column in inspect(Evidence).column_attrs if column.key != "id"}
    evidence = Evidence(**values | {"ticket_id": ticket.id, "uploaded_by_id": actor.user_id, "uploaded_at": now})
    session.add(evidence)
    session.flush()
    event_log.of(session, ticket, actor, now).append(
        "evidence", figures(evidence), private=words(evidence), notify=False
    )
    return evidence


def figures(row: Evidence) -> dict[str, Any]:
    """The public part of a piece of evidence in the history."""
    recorded: dict[str, Any] = {"id": row.id, "sha256": row.sha256, "size": row.size, "media_type": row.media_type}
    more = {"checkup": row.checkup_id, "thumbnail": row.thumbnail}
    return recorded | {name: value for name, value in more.items() if value is not None}


def words(row: Evidence) -> dict[str, Any]:
    """The private part in the history: the file name, and under `camera` the place."""
    recorded: dict[str, Any] = {"filename": row.filename}
    camera = {
        "taken_at": event_log.stamp(row.taken_at) if row.taken_at else None,
        "latitude": f"{row.latitude:.6f}" if row.latitude is not None else None,
        "longitude": f"{row.longitude:.6f}" if row.longitude is not None else None,
    }
    camera = {name: value for name, value in camera.items() if value is not None}
    return recorded | ({"camera": camera} if camera else {})


def may_bring(session: Session, actor: Actor, ticket: Ticket) -> None:
    """Raises NotAllowed for who sees the ticket but only reads it, WrongState once it has ended: it would be reopened,
    but for who makes a spot check of it."""
    filed_it = actor.user_id is not None and actor.user_id == ticket.filed_by_id
    looks = ticket.ended_at is not None and _looks(session, actor, ticket)
    if actor.role not in _BRINGING and actor.unit_id != ticket.holder_unit_id and not filed_it and not looks:
        raise NotAllowed("may_not_bring_evidence")
    if actor.unit_id is None or actor.user_id is None or cut_at(actor, ticket, session) is not None:
        raise NotAllowed("may_not_bring_evidence")
    if ticket.ended_at is not None and not looks:
        raise WrongState("ticket_ended", state=ticket.state)


def _looks(session: Session, actor: Actor, ticket: Ticket) -> bool:
    """Whether the actor has a pending spot check of it, the one case in which a closed ticket is still shown."""
    return any(pending_checks.may_look(session, actor, check) for check in pending_checks.open_on(session, ticket.id))


def others(actor: Actor, rows: Sequence[Evidence]) -> Select[int]:
    """The accounts behind these pieces that are not on the actor's side; villages belong to their town's side."""
    return select(User.id).where(User.id.in_({row.uploaded_by_id for row in rows}), User.role != actor.role)


def _household(session: Session, actor: Actor, checkup: Checkup) -> Household:
    """The household of a checkup, locked, if the actor may attach evidence, as the unit that made the checkup may."""
    row = session.execute(
        select(Household).where(Household.id == checkup.household_id).with_for_update()
    ).scalar_one_or_none()
    # A random check is made by a unit that may not see the household otherwise.
    drawn = checkup.source == "random" and actor.unit_id == checkup.unit_id
    if row is None or not (drawn or household_cut(actor, row, session)[0]):
        raise NotFound("no_such_checkup")
    if (actor.role not in _BRINGING and not drawn) or actor.user_id is None or actor.unit_id != checkup.unit_id:
        raise NotAllowed("may_not_bring_evidence")
    return row


def of_checkup(session: Session, checkup_id: int) -> list[Evidence]:
    """The evidence of a checkup."""
    return list(session.scalars(select(Evidence).where(Evidence.checkup_id == checkup_id).order_by(Evidence.id)))


def of_origin(session: Session, actor: Actor, ticket: Ticket) -> list[Evidence]:
    """The photos of the checkup that filed the ticket, for who may see its household now."""
    if ticket.finding_id is None or ticket.household_id is None:
        return []
    query = (
        select(Evidence)
        .join(Finding, Finding.checkup_id == Evidence.checkup_id)
        .where(Finding.id == ticket.finding_id)
        .order_by(Evidence.id)
    )
    pieces = list(session.scalars(query))
    seen = pieces and household_cut(actor, session.get_one(Household, ticket.household_id), session) == (True, None)
    return pieces if seen else []


def find(session: Session, actor: Actor, evidence_id: int) -> Evidence:
    """The piece of evidence, if the actor may see its ticket, or its checkup's household, as of its upload.

    Raises NotFound.
    """
    row = session.get(Evidence, evidence_id)
    if row is None:
        raise NotFound("no_such_evidence")
    if row.ticket_id is not None:
        ticket = session.get_one(Ticket, row.ticket_id)
        seen, cut = sees(actor, ticket, session), cut_at(actor, ticket, session)
    else:
        checkup = session.get_one(Checkup, row.checkup_id)
        seen, cut = household_cut(actor, session.get_one(Household, checkup.household_id), session)
        seen = seen or (checkup.source == "random" and checkup.unit_id == actor.unit_id)
    if not seen or (cut is not None and row.uploaded_at > cut):
        raise NotFound("no_such_evidence")
    return row
