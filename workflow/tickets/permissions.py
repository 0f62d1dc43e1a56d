"""Who sees what of a ticket: the sight of domain.md's table, as a test of one ticket and as a condition of a query."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.orm import Session

from models import Custody, Household, Party, SpotCheck, SpotResult, Ticket, Village
from workflow.actors import Actor
from workflow.tickets.consequences import pending_checks

#: Roles that read the whole county.
COUNTY_WIDE = ("office", "leaders", "inspectorate")
#: Roles to whom personal data is shown masked.
MASKED = ("leaders", "inspectorate", "admin")


def sees(actor: Actor, ticket: Ticket, session: Session) -> bool:
    """Whether the ticket exists for this actor, now or as a former holder."""
    if actor.role == "admin":
        return False
    if actor.role in COUNTY_WIDE or actor.role == "system":
        return True
    if actor.role == "village":
        return actor.village_id == ticket.in_village_id
    if actor.unit_id in (ticket.town_id, ticket.holder_unit_id, ticket.lead_unit_id, ticket.closed_by_unit_id):
        return True
    return bool(session.scalar(select(or_(visible(actor), checking(actor))).where(Ticket.id == ticket.id)))


def visible(actor: Actor) -> ColumnElement[bool]:
    """The condition that a `Ticket` row is visible to the actor."""
    return or_(formerly(actor), *sights(actor))


def sights(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """Why the actor sees a ticket to the present: conditions each of which has an index; any one of them is enough."""
    if actor.role in COUNTY_WIDE or actor.role == "system":
        return (true(),)
    if actor.role == "village":
        return (Ticket.in_village_id == actor.village_id,)
    if actor.role not in ("town", "bureau"):
        return ()
    party = select(Party.ticket_id).where(Party.unit_id == actor.unit_id)
    held = (
        Ticket.holder_unit_id == actor.unit_id,
        Ticket.lead_unit_id == actor.unit_id,
        Ticket.id.in_(party.where(Party.standing == "assisting")),
        and_(Ticket.confirmer_unit_id == actor.unit_id, Ticket.id.in_(party)),
    )
    return (Ticket.town_id == actor.unit_id, *held) if actor.role == "town" else held


def present(actor: Actor) -> ColumnElement[bool]:
    """The condition that the actor reads a `Ticket` row to the present: not as a former holder (`cut_at`)."""
    return or_(false(), *sights(actor))


def formerly(actor: Actor) -> ColumnElement[bool]:
    """The condition that the actor only once held a ticket, and so reads it up to its own exit (`cut_at`)."""
    if actor.role not in ("town", "bureau"):
        return false()
    party = select(Party.ticket_id).where(Party.unit_id == actor.unit_id, Party.standing == "former")
    present = (Ticket.town_id, Ticket.holder_unit_id, Ticket.lead_unit_id, Ticket.confirmer_unit_id)
    return and_(Ticket.id.in_(party), *(column.is_distinct_from(actor.unit_id) for column in present))


def checking(actor: Actor) -> ColumnElement[bool]:
    """The condition that a ticket was given to the actor's town for a spot check: while it is to be made, and what the
    town itself found afterwards.

    Beside `visible`, not of it: that one ticket is shown and nothing around it, neither its matter nor its household.
    """
    if actor.role != "town":
        return false()
    given = select(SpotCheck.ticket_id).where(
        SpotCheck.checker_unit_id == actor.unit_id, or_(pending_checks.is_open(), pending_checks.made_by(actor.unit_id))
    )
    return Ticket.id.in_(given)


def only_checks(actor: Actor, ticket: Ticket, session: Session) -> bool:
    """Whether the actor sees the ticket for a spot check alone: then names are masked to it."""
    if actor.role != "town" or actor.unit_id in (ticket.town_id, ticket.holder_unit_id, ticket.lead_unit_id):
        return False
    return not session.scalar(select(visible(actor)).where(Ticket.id == ticket.id))


def cut_at(actor: Actor, ticket: Ticket, session: Session) -> datetime | None:
    """Until when a former holder reads; None for who may read to the present.

    A unit that holds it, is responsible for it, has confirmed it, lies around it or assists reads to the present; one
    that only once held it reads up to its own exit, one that looked at random up to what it found.
    """
    if actor.role in COUNTY_WIDE or actor.role in ("village", "system"):
        return None
    if actor.unit_id in (ticket.town_id, ticket.holder_unit_id, ticket.lead_unit_id, ticket.confirmer_unit_id):
        return None
    assists = (Party.ticket_id == ticket.id, Party.unit_id == actor.unit_id, Party.standing == "assisting")
    if session.scalar(select(Party.id).where(*assists)):
        return None
    if actor.role == "town" and any(
        check.checker_unit_id == actor.unit_id for check in pending_checks.open_on(session, ticket.id)
    ):
        return None
    held = select(func.max(Custody.ended_at)).where(Custody.ticket_id == ticket.id, Custody.unit_id == actor.unit_id)
    looked = select(func.max(SpotResult.at)).where(
        SpotResult.ticket_id == ticket.id, SpotResult.unit_id == actor.unit_id
    )
    return max((at for at in (session.scalar(held), session.scalar(looked)) if at is not None), default=None)


def household_cut(actor: Actor, household: Household, session: Session) -> tuple[bool, datetime | None]:
    """Whether the household exists for this actor, and until when it reads; None for who may read to the present.

    A village sees its own, a town its own, office, leading group and inspectorate the county; a bureau those it has, or
    once had, a ticket of, and of the latter what came before its last exit.
    """
    if actor.role in COUNTY_WIDE or actor.role == "system":
        return True, None
    if actor.role == "village":
        return actor.village_id == household.village_id, None
    if actor.role == "town":
        town = session.scalar(select(Village.town_id).where(Village.id == household.village_id))
        return actor.unit_id == town, None
    if actor.role != "bureau":
        return False, None
    tickets = session.scalars(select(Ticket).where(visible(actor), Ticket.household_id == household.id))
    cuts = [cut_at(actor, ticket, session) for ticket in tickets]
    known = [cut for cut in cuts if cut is not None]
    return bool(cuts), max(known) if known and len(known) == len(cuts) else None


def masks_names(actor: Actor, former: bool = False) -> bool:
    """Whether names of people in households are shown masked to this actor."""
    return former or actor.role in MASKED
