"""Taken along (随身资料): the households and tickets whose pages a phone holds for a trip without a signal.

A village takes its own, a town the villages of the trip it chose, a bureau its open tickets.  Only what the actor sees, and
no more than fits; each time is an event of the account.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from models import Household, Ticket, User, Village
from models.household import GONE
from workflow.actors import Actor
from workflow.errors import BadInput, NotAllowed
from workflow.history import event_log
from workflow.tickets.views import listing

#: The roles that work where there is no signal.
ROLES = ("village", "town", "bureau")
#: The most households of one trip.
MOST_HOUSEHOLDS = 300


@dataclass(frozen=True, slots=True)
class TakenAlong:
    """Codes of households, least recently visited first, numbers of tickets by their deadline, and how many households
    were left out because there are too many."""

    households: tuple[str, ...]
    tickets: tuple[str, ...]
    left: int


def choose(session: Session, actor: Actor, now: datetime, villages: Sequence[str]) -> TakenAlong:
    """What the actor takes along; `villages` by code, for a town.

    Raises NotAllowed for a role that works at a desk, BadInput for a town that names no village of its own.
    """
    if actor.role not in ROLES:
        raise NotAllowed("takes_nothing_along")
    places = _villages(session, actor, villages)
    if actor.role == "town" and not places:
        raise BadInput("no_village_chosen", "villages")
    found = listing.lines(session, actor, now, Ticket.ended_at.is_(None), _tickets(actor, places))
    found.sort(key=lambda line: (line.due_at is None, line.due_at))
    codes = _households(session, places) if actor.role != "bureau" else []
    tickets = tuple(line.number for line in found)
    return TakenAlong(tuple(codes[:MOST_HOUSEHOLDS]), tickets, max(0, len(codes) - MOST_HOUSEHOLDS))


def record(session: Session, actor: Actor, now: datetime, taken: TakenAlong, days: int) -> datetime:
    """Record that the pages leave for the actor's phone; returns until when it may keep them."""
    user = session.get_one(User, actor.account_id, with_for_update=True)
    until = now + timedelta(days=days)
    event_log.of(session, user, actor, now).append(
        "taken_along",
        {"households": len(taken.households), "tickets": len(taken.tickets), "until": event_log.stamp(until)},
        notify=False,
    )
    return until


def _villages(session: Session, actor: Actor, wanted: Sequence[str]) -> list[int]:
    """The actor's own village, or those of the town's own that it chose."""
    if actor.role == "village":
        return [actor.village_id] if actor.village_id is not None else []
    if actor.role != "town":
        return []
    query = select(Village.id).where(Village.town_id == actor.unit_id, Village.code.in_(wanted))
    return list(session.scalars(query))


def _tickets(actor: Actor, villages: Sequence[int]) -> ColumnElement[bool]:
    """Of the villages, and what the actor's unit holds that is of none: its duties."""
    if actor.role == "bureau":
        return or_(actor.own(Ticket.holder_unit_id), actor.own(Ticket.lead_unit_id))
    held = and_(Ticket.in_village_id.is_(None), actor.own(Ticket.holder_unit_id))
    return or_(Ticket.in_village_id.in_(villages), held)


def _households(session: Session, villages: Sequence[int]) -> list[str]:
    query = (
        select(Household.code)
        .where(Household.village_id.in_(villages), Household.status.not_in(GONE))
        .order_by(Household.visited_on.is_not(None), Household.visited_on, Household.code)
    )
    return list(session.scalars(query))
