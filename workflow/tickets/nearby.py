"""Nearby tickets: open tickets of the same kind near a subject, shown to the filer because they may have one cause.

Near means the same village, or within a few kilometres where coordinates are known, in the filer's own sight.
"""

import math
from dataclasses import dataclass

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from models import Household, Ticket, Village
from workflow.actors import Actor
from workflow.tickets.permissions import visible

#: The number shown, and the largest distance.
MOST = 10
METRES = 3000
_DEGREE = 111_320


@dataclass(frozen=True, slots=True)
class Nearby:
    """An open ticket of the same kind; `metres` only where both coordinates are known."""

    number: str
    household: str | None
    name: str | None
    village: str
    state: str
    matter: int | None
    metres: int | None


def nearby(session: Session, actor: Actor, household: Household | None, village: Village, kind: str) -> list[Nearby]:
    """Open tickets of the kind near a household or village, the nearest first, then the village's oldest; at most
    MOST.

    The subject's own tickets are excluded.
    """
    near = Ticket.in_village_id == village.id
    setting = _location(household)
    if setting is not None:
        north = METRES / _DEGREE
        east = north / max(math.cos(math.radians(setting[0])), 0.01)
        box = and_(
            Household.latitude.between(setting[0] - north, setting[0] + north),
            Household.longitude.between(setting[1] - east, setting[1] + east),
        )
        near = or_(near, box)
    rows = session.execute(
        select(Ticket, Household, Village.name)
        .outerjoin(Household, Household.id == Ticket.household_id)
        .join(Village, Village.id == Ticket.in_village_id)
        .where(visible(actor), Ticket.ended_at.is_(None), Ticket.kind == kind, near)
        .order_by(Ticket.id)
    )
    found = []
    for row, home, name in rows:
        itself = row.household_id == household.id if household else row.village_id == village.id
        metres = _metres(setting, _location(home))
        if itself or (row.in_village_id != village.id and (metres is None or metres > METRES)):
            continue
        code, head = (home.code, home.head_name) if home else (None, None)
        found.append(Nearby(row.number, code, head, name, row.state, row.matter_id, metres))
    return sorted(found, key=lambda one: (one.metres is None, one.metres or 0))[:MOST]


def _location(household: Household | None) -> tuple[float, float] | None:
    if household is None or household.latitude is None or household.longitude is None:
        return None
    return household.latitude, household.longitude


def _metres(one: tuple[float, float] | None, other: tuple[float, float] | None) -> int | None:
    """The distance in metres, on a flat approximation for a few kilometres."""
    if one is None or other is None:
        return None
    north = (one[0] - other[0]) * _DEGREE
    east = (one[1] - other[1]) * _DEGREE * math.cos(math.radians(one[0]))
    return round(math.hypot(north, east))
