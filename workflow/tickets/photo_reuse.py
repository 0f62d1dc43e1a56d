"""Photos seen before: one that looks nearly like an earlier one of another ticket or checkup of the county.

Looked for once, when the photo is brought, and told to the unit that confirms the ticket and to the office.  It is a
reason to look, never a verdict: two neighbours may share one pump.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models import Checkup, Evidence, Household, LookBand, Ticket
from workflow.actors import Actor
from workflow.evidence.perceptual_hash import NEAR, distance, sought_under
from workflow.tickets.permissions import household_cut, sees

#: As many earlier photos are remembered; more would say no more.
_MOST = 20


@dataclass(frozen=True, slots=True)
class Reused:
    """Where a photo was seen before, as far as the reader may know; `elsewhere`: also where they may not."""

    tickets: list[str]
    checkups: list[date]
    elsewhere: bool


def seen_before(session: Session, looks: tuple[str, ...], of: Mapping[str, int], matter_id: int | None) -> list[int]:
    """Ids of evidence that looks like this, nearest first, of other tickets and checkups than the one it is `of`.

    Tickets of one matter share their evidence by right.
    """
    sought = looks[:2]
    keys = sorted({key for look in sought for key in sought_under(look)})
    # Written into the statement: over a hundred bound numbers cost PostgreSQL ten times what the search itself does.
    among = LookBand.key.in_(bindparam("keys", keys, expanding=True, literal_execute=True))
    near: dict[int, int] = {}
    for evidence_id, look in session.execute(select(LookBand.evidence_id, LookBand.look).where(among)):
        apart = min(distance(look, other) for other in sought)
        if apart <= NEAR:
            near[evidence_id] = min(apart, near.get(evidence_id, apart))
    if not near:
        return []
    # The nearest only, so that a photo brought a thousand times costs no more than one brought twice.
    nearest = sorted(near, key=lambda found: (near[found], found))[: 10 * _MOST]
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
    return [found for found in nearest if found in strange][:_MOST]


def may_know(actor: Actor, ticket: Ticket) -> bool:
    """Whether the actor is told of photos seen before: the unit that confirms the ticket, and the office."""
    return actor.role == "office" or (
        actor.role in ("town", "bureau", "leaders") and actor.unit_id == ticket.confirmer_unit_id
    )


def reused(session: Session, actor: Actor, evidence: list[Evidence]) -> dict[int, Reused]:
    """For each piece that was seen before, where; by its id.  A ticket or household the actor may not see stays
    unnamed."""
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
            where[piece.id] = checkup.seen_on if household_cut(actor, household, session)[0] else None
    found = {}
    for piece in evidence:
        places = [where[number] for number in piece.resembles]
        if places:
            found[piece.id] = Reused(
                tickets=sorted({place for place in places if isinstance(place, str)}),
                checkups=sorted({place for place in places if isinstance(place, date)}),
                elsewhere=None in places,
            )
    return found
