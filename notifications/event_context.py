"""The scene of a ticket's event: who held it when it happened, and who fills each role of the rules then."""

from dataclasses import dataclass

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from models import Custody, Event, Post, Ticket, Unit, User
from notifications.rules import LAST_RESORT


@dataclass(frozen=True, slots=True)
class EventContext:
    """An event and what the roles need to know of it: the ticket, and who held and handled it when it happened."""

    event: Event
    ticket: Ticket
    holder: int | None
    holder_type: str | None
    handler: int | None
    state: str | None


#: What state a ticket is in while somebody holds it in a stage.
_STATES = {
    "vet": "reported",
    "supplement": "returned",
    "accept": "assigned",
    "rule": "disputed",
    "mend": "in_progress",
    "hold": "suspended",
    "confirm": "resolved",
}


# Asked for every event, so composed once: who held the ticket from an event on, or when it happened (who held it then,
# not who holds it when the message is written).
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


def event_context_of(session: Session, event: Event) -> EventContext:
    """The ticket of an event as it stood when the event happened."""
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


def exists(scene: EventContext, role: str) -> bool:
    """Whether the ticket has such a role at all."""
    if role.startswith("holder_"):
        return scene.holder is not None
    if role in ("town", "filer"):
        # A duty and a deficiency of a unit are checked by no town, and a duty is filed by the system.
        return scene.ticket.type != "duty" and (role == "filer" or scene.ticket.subject_unit_id is None)
    return scene.ticket.lead_unit_id is not None if role.startswith("lead_") else True


def people_of(session: Session, scene: EventContext, role: str) -> set[int]:
    """Who fills the role; what depends on a unit or the county alone is asked once a batch."""
    ticket = scene.ticket
    whose: int | None = None
    if role in ("lead_duty", "lead_people"):
        whose = ticket.lead_unit_id
    elif role in ("holder_duty", "holder_leader", "holder_people"):
        whose = scene.holder
    elif role == "town":
        whose = ticket.town_id
    elif role in LAST_RESORT:
        whose = 0
    if whose is None:
        return _asked(session, scene, role)
    known: dict[tuple[str, int], set[int]] = session.info.setdefault("people", {})
    key = (role, whose)
    if key not in known:
        known[key] = _asked(session, scene, role)
    return known[key]


def _asked(session: Session, scene: EventContext, role: str) -> set[int]:
    ticket = scene.ticket
    unit = ticket.lead_unit_id if role.startswith("lead_") else scene.holder
    query = select(User.id).where(User.active)
    if role in ("holder_duty", "holder_leader", "lead_duty"):
        kind = "leader" if role == "holder_leader" else "duty"
        query = query.join(Post, Post.user_id == User.id).where(
            Post.unit_id == unit, Post.kind == kind, Post.until_at.is_(None)
        )
    elif role in ("holder_people", "lead_people"):
        query = query.where(User.unit_id == unit, User.role.not_in(("village", "admin")))
    elif role == "handler":
        query = query.where(User.id == scene.handler)
    elif role == "town" or (role == "filer" and ticket.filed_as == "town"):
        query = query.where(User.unit_id == ticket.town_id, User.role == "town")
    elif role == "filer" and ticket.filed_as in ("bureau", "office", "leaders", "inspectorate"):
        query = query.where(User.id == ticket.filed_by_id)
    elif role == "filer":
        query = query.where(User.village_id == ticket.in_village_id, User.role == "village")
    elif role == "asked":
        query = query.where(User.unit_id == scene.event.effect["request"]["asked_of"])
    elif role in ("pressed", "issuer"):
        of = scene.event.given["unit" if role == "pressed" else "issuer"]
        query = query.where(User.unit_id == of, User.role.not_in(("village", "admin")))
    elif role == "assisting":
        invited = select(Unit.id).where(Unit.code == scene.event.given.get("unit"))
        query = query.where(User.unit_id.in_(invited), User.role != "village")
    else:
        query = query.where(User.role == role)
    return set(session.scalars(query))
