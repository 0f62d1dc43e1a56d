"""Event context: the holder of a ticket when an event happened, and the people who fill each role of the rules."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from models import Custody, Event, Post, Tenure, Ticket, Unit, User
from models.post import held_at
from notifications.rules import LAST_RESORT
from notifications.successors import present
from workflow.policy.worktime import local_date

#: Roles of single persons, whose deputies hear what they hear.
_PERSONAL = ("holder_duty", "holder_leader", "lead_duty", "former_duty", "handler")


@dataclass(frozen=True, slots=True)
class EventContext:
    """An event with what the roles depend on: the ticket, and its holder and handler when the event happened."""

    event: Event
    ticket: Ticket
    holder: int | None
    holder_type: str | None
    handler: int | None
    state: str | None


#: The state of a ticket during each stage.
_STATES = {
    "vet": "reported",
    "supplement": "returned",
    "accept": "assigned",
    "rule": "disputed",
    "mend": "in_progress",
    "hold": "suspended",
    "confirm": "resolved",
}


# Executed for every event, so composed once: the holder from an event on, or at its moment (not the holder when the
# message is written).
_HELD = (
    select(Custody.unit_id, Custody.handler_id, Unit.type, Custody.stage)
    .join(Unit, Unit.id == Custody.unit_id)
    .where(Custody.ticket_id == bindparam("ticket"))
)
_OPENED = _HELD.where(Custody.seq == bindparam("seq"))
_THEN = (
    _HELD.where(
        Custody.began_at <= bindparam("at"), or_(Custody.ended_at.is_(None), Custody.ended_at > bindparam("at"))
    )
    .order_by(Custody.seq.desc())
    .limit(1)
)


_BEFORE = (
    select(Custody.unit_id)
    .join(Tenure, Tenure.id == Custody.tenure_id)
    .where(Custody.ticket_id == bindparam("ticket"), Custody.seq < bindparam("seq"), Tenure.purpose == "mend")
    .order_by(Custody.seq.desc())
    .limit(1)
)


def event_context_of(session: Session, event: Event) -> EventContext:
    """The context of a ticket's event, as of the moment it happened."""
    ticket = session.get_one(Ticket, event.subject_id)
    opened = event.effect.get("opened")
    if opened:
        held = session.execute(_OPENED, {"ticket": ticket.id, "seq": opened["seq"]}).one_or_none()
    else:
        held = session.execute(_THEN, {"ticket": ticket.id, "at": event.at}).one_or_none()
    handler = held[1] if held else None
    if event.action == "handler":
        handler = event.given["user"]
    if held is None:
        return EventContext(event, ticket, None, None, handler, None)
    return EventContext(event, ticket, held[0], held[2], handler, _STATES[held[3]])


def exists(context: EventContext, role: str) -> bool:
    """Whether the ticket has such a role at all."""
    if role.startswith("holder_"):
        return context.holder is not None
    if role in ("town", "filer"):
        # A duty and a deficiency of a unit are checked by no town, and a duty is filed by the system.
        return context.ticket.type != "duty" and (role == "filer" or context.ticket.subject_unit_id is None)
    return context.ticket.lead_unit_id is not None if role.startswith("lead_") else True


def people_of(session: Session, context: EventContext, role: str) -> set[int]:
    """The people who fill the role; what depends on a unit or the county alone is read once per batch."""
    ticket = context.ticket
    whose: int | None = None
    if role in ("lead_duty", "lead_people"):
        whose = ticket.lead_unit_id
    elif role in ("holder_duty", "holder_leader", "holder_people"):
        whose = context.holder
    elif role == "town":
        whose = ticket.town_id
    elif role in LAST_RESORT:
        whose = 0
    if whose is None:
        return _asked(session, context, role)
    known: dict[tuple[str, int, date], set[int]] = session.info.setdefault("people", {})
    key = (role, whose, local_date(context.event.at))
    if key not in known:
        known[key] = _asked(session, context, role)
    return known[key]


def _asked(session: Session, context: EventContext, role: str) -> set[int]:
    ticket = context.ticket
    unit = ticket.lead_unit_id if role.startswith("lead_") else context.holder
    query = select(User.id).where(User.active)
    if role in ("holder_duty", "holder_leader", "lead_duty"):
        kind = "leader" if role == "holder_leader" else "duty"
        query = query.join(Post, Post.user_id == User.id).where(
            Post.unit_id == unit, Post.kind == kind, held_at(context.event.at)
        )
    elif role in ("holder_people", "lead_people"):
        query = query.where(User.unit_id == unit, User.role.not_in(("village", "admin")))
    elif role == "former_duty":
        query = query.join(Post, Post.user_id == User.id).where(
            Post.unit_id == _former_unit(session, context), Post.kind == "duty", held_at(context.event.at)
        )
    elif role == "handler":
        query = query.where(User.id == context.handler)
    elif role == "town" or (role == "filer" and ticket.filed_as == "town"):
        query = query.where(User.unit_id == ticket.town_id, User.role == "town")
    elif role == "filer" and ticket.filed_as in ("bureau", "office", "leaders", "inspectorate"):
        query = query.where(User.id == ticket.filed_by_id)
    elif role == "filer":
        query = query.where(User.village_id == ticket.in_village_id, User.role == "village")
    elif role == "asked":
        query = query.where(User.unit_id.in_(present(session, [context.event.effect["request"]["asked_of"]])))
    elif role in ("pressed", "issuer"):
        of = context.event.given["unit" if role == "pressed" else "issuer"]
        query = query.where(User.unit_id.in_(present(session, [of])), User.role.not_in(("village", "admin")))
    elif role == "assisting":
        invited = select(Unit.id).where(Unit.code == context.event.given.get("unit"))
        query = query.where(User.unit_id.in_(invited), User.role != "village")
    else:
        query = query.where(User.role == role)
    people = set(session.scalars(query))
    return people | (_deputies(session, people, context.event.at) if role in _PERSONAL else set())


def _deputies(session: Session, people: set[int], at: datetime) -> set[int]:
    """Who stands in for these people, who are away, at a moment."""
    query = select(Post.user_id).join(User, User.id == Post.user_id)
    return set(session.scalars(query.where(Post.stands_for_id.in_(people), held_at(at), User.active)))


def _former_unit(session: Session, context: EventContext) -> int | None:
    """The unit that was responsible before the custody the event opened."""
    opened = context.event.effect["opened"]
    return session.scalar(_BEFORE, {"ticket": context.ticket.id, "seq": opened["seq"]})
