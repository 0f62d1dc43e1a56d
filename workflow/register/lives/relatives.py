"""Relatives of a household: the one it split from or was merged into, and those that split from it or were merged into it.

What was seen in them before belongs to the history of this one, and is read with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from models import Household, Member
from workflow.actors import Actor
from workflow.register.access import visible_area


@dataclass(frozen=True, slots=True)
class Relative:
    """One related household: `how` it is related (origin, successor, joined, offshoot), and whether the actor may open it.

    `until`: its checkups up to this day are part of the history; None for all of them, as of one that joined.
    """

    id: int
    code: str
    how: str
    opens: bool
    until: date | None = None

    @property
    def earlier(self) -> bool:
        """Whether its history goes before that of this household."""
        return self.how in ("origin", "joined")


def relatives(session: Session, actor: Actor, home: Household) -> Sequence[Relative]:
    """The relatives of a household, by code."""
    ids = [number for number in (home.origin_id, home.successor_id) if number is not None]
    query = (
        select(Household.id, Household.code, Household.origin_id, Household.successor_id, visible_area(actor))
        .where(or_(Household.id.in_(ids), Household.origin_id == home.id, Household.successor_id == home.id))
        .order_by(Household.code)
    )
    split_on = None
    if home.origin_id is not None:
        began = select(func.min(Member.begins_on)).where(Member.household_id == home.id)
        split_on = session.scalar(began)
    found = []
    for number, code, _origin, successor, opens in session.execute(query):
        if number == home.origin_id:
            found.append(Relative(number, code, "origin", bool(opens), split_on))
        elif number == home.successor_id:
            found.append(Relative(number, code, "successor", bool(opens)))
        else:
            found.append(Relative(number, code, "joined" if successor == home.id else "offshoot", bool(opens)))
    return found
