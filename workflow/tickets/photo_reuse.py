"""Photo reuse: finds earlier photos of other tickets or checkups that look nearly the same.

Searched once, at upload, and shown to the confirming unit and the office.  It is a reason to look, never a verdict: two
neighbours may share one pump.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models import Checkup, Evidence, Household, LookBand, Ticket
from workflow.actors import Actor
from workflow.pictures.perceptual_hash import NEAR, distance, sought_under
from workflow.tickets.visibility import household_cut, sees

#: The number of earlier photos remembered.
_MOST = 20


@dataclass(frozen=True, slots=True)
class Reused:
    """The earlier uses of a photo visible to the reader; `elsewhere`: there are others."""

    tickets: list[str]
    checkups: list[date]
    elsewhere: bool


def seen_before(session: Session, looks: tuple[str, ...], of: Mapping[str, int], matter_id: int | None) -> list[int]:
    """Ids of similar-looking evidence, nearest first, of tickets and checkups other than the one it is `of`.

    Tickets of one matter share their evidence.
    """
    sought = looks[:2]
    keys = sorted({key for look in sought for key in sought_under(look)})
    # Literals: over a hundred bound numbers cost PostgreSQL ten times the search itself.
    among = LookBand.key.in_(bindparam("keys", keys, expanding=True, literal_execute=True))
    near: dict[int, int] = {}
    for evidence_id, look in session.execute(select(LookBand.evidence_id, LookBand.look).where(among)):
        apart = min(distance(look, other) for other in sought)
        if apart <= NEAR:
            near[evidence_id] = min(apart, near.get(evidence_id, apart))
    if not near:
        return []
    # Only the nearest, so that a photo uploaded a thousand times costs no more than one uploaded twice.
    nearest = sorted(near, key=lambda evidence_id: (near[evidence_id], evidence_id))[: 10 * _MOST]
    others = session.execute(
        select(Evidence.id, Evidence.ticket_id, Evidence.checkup_id, Ticket.matter_id)
        .outerjoin(Ticket, Ticket.id == Evidence.ticket_id)
        .where(Evidence.id.in_(nearest))
    ).all()
    strange = {
        row.id
        for row in others
        if (row.ticket_id, row.checkup_id) != (of.get("ticket_id"), of.get("checkup_id"))
        and (matter_id is None or row.matter_id != matter_id)
    }
    return [evidence_id for evidence_id in nearest if evidence_id in strange][:_MOST]


def may_know(actor: Actor, ticket: Ticket) -> bool:
    """Whether the actor may see photo reuse: the confirming unit and the office."""
    return actor.role == "office" or (
        actor.role in ("town", "bureau", "leaders") and actor.is_of(ticket.confirmer_unit_id)
    )


def reused(session: Session, actor: Actor, evidence: list[Evidence]) -> dict[int, Reused]:
    """The earlier uses of each reused piece, by its id.  A ticket or household the actor may not see stays unnamed."""
    earlier = {number for piece in evidence for number in piece.resembles}
    if not earlier:
        return {}
    rows = session.execute(
        select(Evidence, Ticket, Checkup, Household)
        .outerjoin(Ticket, Ticket.id == Evidence.ticket_id)
        .outerjoin(Checkup, Checkup.id == Evidence.checkup_id)
        .outerjoin(Household, Household.id == Checkup.household_id)
        .where(Evidence.id.in_(earlier))
    )
    where: dict[int, str | date | None] = {}
    for piece, ticket, checkup, household in rows:
        if ticket is not None:
            where[piece.id] = ticket.number if sees(actor, ticket, session) else None
        else:
            seen, cut = household_cut(actor, household, session)
            where[piece.id] = checkup.seen_on if seen and (cut is None or piece.uploaded_at <= cut) else None
    reuses = {}
    for piece in evidence:
        # Evidence that was erased with its candidate leaves its number behind.
        places = [where[number] for number in piece.resembles if number in where]
        if places:
            reuses[piece.id] = Reused(
                tickets=sorted({use for use in places if isinstance(use, str)}),
                checkups=sorted({use for use in places if isinstance(use, date)}),
                elsewhere=None in places,
            )
    return reuses
