"""Village history (村情况变更记录): what was entered of villages, by whom and why, from their events."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Event, EventSecret, User, Village

#: So many changes are shown, the latest first.
MOST = 100


@dataclass(frozen=True, slots=True)
class VillageChange:
    """One entry of a village: whether it was listed and its poor people, before and after, and the reason."""

    at: datetime
    by: str | None
    village: Village
    listed_before: bool
    listed: bool
    people_before: int | None
    people: int | None
    reason: str


def changes(session: Session, villages: Sequence[int]) -> list[VillageChange]:
    """What was changed of these villages (ids), the latest first, at most MOST; what was only added is left out."""
    query = (
        select(Event, EventSecret.body, User.display_name, Village)
        .join(Village, Village.id == Event.subject_id)
        .outerjoin(EventSecret, EventSecret.event_id == Event.id)
        .outerjoin(User, User.id == Event.actor_id)
        .where(Event.subject_type == "village", Event.action == "describe_village", Village.id.in_(villages))
        .order_by(Event.id.desc())
    )
    found: list[VillageChange] = []
    for event, body, by, village in session.execute(query).yield_per(MOST):
        was, became = event.effect["was"], event.effect["village"]
        added = not was["listed_poor"] and was["poor_people"] is None
        if not added:
            reason = str((body or {}).get("reason", ""))
            listed, people = (was["listed_poor"], became["listed_poor"]), (was["poor_people"], became["poor_people"])
            found.append(VillageChange(event.at, by, village, *listed, *people, reason))
        if len(found) == MOST:
            break
    return found
