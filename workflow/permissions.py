"""Who sees what of a ticket: the sight of domain.md's table, as a test of one ticket and as a condition of a query."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from models import Assistance, Custody, Ticket
from workflow.actors import Actor

#: Roles that read the whole county.
COUNTY_WIDE = ("office", "leaders", "inspectorate")
#: Roles to whom personal data is shown masked.
MASKED = ("leaders", "inspectorate", "admin")


def sees(actor: Actor, ticket: Ticket, session: Session) -> bool:
    """Whether the ticket exists for this actor, now or as a former holder."""
    if actor.county_id != ticket.county_id or actor.role == "admin":
        return False
    if actor.role in COUNTY_WIDE or actor.role == "system":
        return True
    if actor.role == "village":
        return actor.village_id == ticket.in_village_id
    if actor.unit_id in (ticket.town_id, ticket.holder_unit_id, ticket.lead_unit_id, ticket.closed_by_unit_id):
        return True
    return bool(session.scalar(select(visible(actor)).where(Ticket.id == ticket.id)))


def visible(actor: Actor) -> ColumnElement[bool]:
    """The condition that a `Ticket` row is visible to the actor."""
    own = Ticket.county_id == actor.county_id
    if actor.role in COUNTY_WIDE or actor.role == "system":
        return own
    if actor.role == "village":
        return and_(own, Ticket.in_village_id == actor.village_id)
    if actor.role == "town":
        return and_(own, or_(Ticket.town_id == actor.unit_id, _party(actor)))
    if actor.role == "bureau":
        return and_(own, _party(actor))
    return false()


def _party(actor: Actor) -> ColumnElement[bool]:
    # Aliased, because a list joins the open custody under its own name.
    past, helping = aliased(Custody), aliased(Assistance)
    held = exists().where(past.ticket_id == Ticket.id, past.unit_id == actor.unit_id).correlate(Ticket)
    assists = exists().where(helping.ticket_id == Ticket.id, helping.unit_id == actor.unit_id).correlate(Ticket)
    return or_(Ticket.holder_unit_id == actor.unit_id, held, assists)


def cut_at(actor: Actor, ticket: Ticket, session: Session) -> datetime | None:
    """Until when a former holder reads; None for who may read to the present.

    A unit that holds it, is responsible for it, has confirmed it, lies around it or assists reads to the present; one
    that only once held it reads up to its own exit.
    """
    if actor.role in COUNTY_WIDE or actor.role in ("village", "system"):
        return None
    if actor.unit_id in (ticket.town_id, ticket.holder_unit_id, ticket.lead_unit_id, ticket.confirmer_unit_id):
        return None
    if session.scalar(
        select(Assistance.id).where(Assistance.ticket_id == ticket.id, Assistance.unit_id == actor.unit_id)
    ):
        return None
    return session.scalar(
        select(func.max(Custody.ended_at)).where(Custody.ticket_id == ticket.id, Custody.unit_id == actor.unit_id)
    )


def masks_names(actor: Actor, former: bool = False) -> bool:
    """Whether names of people in households are shown masked to this actor."""
    return former or actor.role in MASKED


def masked(name: str) -> str:
    """A name with all but the first character hidden: 张三丰 becomes 张**."""
    return name[:1] + "*" * max(len(name) - 1, 1)
