"""Ticket visibility: who sees a ticket and up to when, as a test of one ticket and as a condition of a query."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.orm import Session

from models import Custody, Household, Party, SpotCheck, SpotResult, Ticket, Village
from models.ticket import FILED_BY_BUREAU, TICKETS_OF_UNIT
from workflow.actors import Actor
from workflow.tickets.consequences import pending_checks

#: Roles that read the whole county.
COUNTY_WIDE = ("office", "leaders", "inspectorate")
#: Roles that see personal data masked.
MASKED = ("leaders", "inspectorate", "admin")


def sees(actor: Actor, ticket: Ticket, session: Session) -> bool:
    """Whether the ticket exists for this actor, now or as a former holder."""
    if actor.role == "admin":
        return False
    if actor.role in COUNTY_WIDE or actor.role == "system":
        return True
    if actor.role == "village":
        return actor.is_of_village(ticket.in_village_id)
    own = (
        ticket.town_id,
        ticket.subject_unit_id,
        ticket.holder_unit_id,
        ticket.lead_unit_id,
        ticket.closed_by_unit_id,
    )
    if any(actor.is_of(unit_id) for unit_id in own):
        return True
    return bool(session.scalar(select(or_(visible(actor), checking(actor))).where(Ticket.id == ticket.id)))


def visible(actor: Actor) -> ColumnElement[bool]:
    """The condition that a `Ticket` row is visible to the actor."""
    return or_(formerly(actor), *sights(actor))


def sights(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """The reasons for which the actor sees a ticket to the present: conditions with an index each, any of which
    suffices."""
    if actor.role in COUNTY_WIDE or actor.role == "system":
        return (true(),)
    if actor.role == "village":
        return (actor.own_village(Ticket.in_village_id),)
    if actor.role not in ("town", "bureau"):
        return ()
    party = select(Party.ticket_id).where(actor.own(Party.unit_id))
    held = (
        actor.own(Ticket.holder_unit_id),
        actor.own(Ticket.lead_unit_id),
        Ticket.id.in_(party.where(Party.standing == "assisting")),
        and_(actor.own(Ticket.confirmer_unit_id), Ticket.id.in_(party)),
    )
    if actor.role == "town":
        return (actor.own(Ticket.town_id), *held)
    about = and_(TICKETS_OF_UNIT.predicate, actor.own(Ticket.subject_unit_id))
    return (*held, about, and_(FILED_BY_BUREAU.predicate, actor.own(Ticket.filed_unit_id)))


def present(actor: Actor) -> ColumnElement[bool]:
    """The condition that the actor reads a `Ticket` row to the present: not only as a former holder (`cut_at`)."""
    return or_(false(), *sights(actor))


def formerly(actor: Actor) -> ColumnElement[bool]:
    """The condition that the actor is only a former holder, and reads up to its own exit (`cut_at`)."""
    if actor.role not in ("town", "bureau"):
        return false()
    party = select(Party.ticket_id).where(actor.own(Party.unit_id), Party.standing == "former")
    present = (
        Ticket.town_id,
        Ticket.subject_unit_id,
        Ticket.holder_unit_id,
        Ticket.lead_unit_id,
        Ticket.confirmer_unit_id,
    )
    own = (actor.unit_id, *actor.former_units)
    return and_(Ticket.id.in_(party), *(column.is_distinct_from(unit) for column in present for unit in own))


def checking(actor: Actor) -> ColumnElement[bool]:
    """The condition that the actor's town has a spot check of the ticket: pending, or made by the town itself.

    Not part of `visible`: that one ticket is shown without its matter and its household.
    """
    if actor.role != "town":
        return false()
    given = select(SpotCheck.ticket_id).where(
        actor.own(SpotCheck.checker_unit_id),
        or_(
            pending_checks.pending(),
            *(pending_checks.checked_by(unit) for unit in (actor.unit_id, *actor.former_units)),
        ),
    )
    return Ticket.id.in_(given)


def only_checks(actor: Actor, ticket: Ticket, session: Session) -> bool:
    """Whether the actor sees the ticket for a spot check alone; then names are masked."""
    if actor.role != "town":
        return False
    if any(actor.is_of(unit_id) for unit_id in (ticket.town_id, ticket.holder_unit_id, ticket.lead_unit_id)):
        return False
    return not session.scalar(select(visible(actor)).where(Ticket.id == ticket.id))


def cut_at(actor: Actor, ticket: Ticket, session: Session) -> datetime | None:
    """The moment up to which a former holder reads; None for reading to the present.

    The holding, responsible, confirming and assisting units and the town read to the present; a former holder reads up
    to its own exit, a spot checker up to its result.
    """
    if actor.role in COUNTY_WIDE or actor.role in ("village", "system"):
        return None
    own = (
        ticket.town_id,
        ticket.subject_unit_id,
        ticket.holder_unit_id,
        ticket.lead_unit_id,
        ticket.confirmer_unit_id,
    )
    if any(actor.is_of(unit_id) for unit_id in own):
        return None
    if ticket.filed_as == "bureau" and ticket.household_id is None and actor.is_of(ticket.filed_unit_id):
        return None
    assists = (Party.ticket_id == ticket.id, actor.own(Party.unit_id), Party.standing == "assisting")
    if session.scalar(select(Party.id).where(*assists)):
        return None
    if actor.role == "town" and any(
        actor.is_of(check.checker_unit_id) for check in pending_checks.open_on(session, ticket.id)
    ):
        return None
    held = select(func.max(Custody.ended_at)).where(Custody.ticket_id == ticket.id, actor.own(Custody.unit_id))
    looked = select(func.max(SpotResult.at)).where(SpotResult.ticket_id == ticket.id, actor.own(SpotResult.unit_id))
    return max((at for at in (session.scalar(held), session.scalar(looked)) if at is not None), default=None)


def household_cut(actor: Actor, household: Household, session: Session) -> tuple[bool, datetime | None]:
    """Whether the household is visible to this actor, and up to when; None for reading to the present.

    A village and a town see their own, office, leading group and inspectorate the county; a bureau the households of
    its present and former tickets, of the latter only what came before its last exit, and of a ticket that is over, of
    which it stays the responsible or the confirming unit, what came before the end.
    """
    if actor.role in COUNTY_WIDE or actor.role == "system":
        return True, None
    if actor.role == "village":
        return actor.is_of_village(household.village_id), None
    if actor.role == "town":
        town = session.scalar(select(Village.town_id).where(Village.id == household.village_id))
        return actor.unit_id == town, None
    if actor.role != "bureau":
        return False, None
    tickets = session.scalars(select(Ticket).where(visible(actor), Ticket.household_id == household.id))
    cuts = [cut_at(actor, ticket, session) or ticket.ended_at for ticket in tickets]
    known = [cut for cut in cuts if cut is not None]
    return bool(cuts), max(known) if known and len(known) == len(cuts) else None


def masks_names(actor: Actor, former: bool = False) -> bool:
    """Whether this actor sees names of people in households masked."""
    return former or actor.role in MASKED
