"""From the outbox to people: each event becomes its messages exactly once.

A row of the outbox is claimed, its messages are written (UNIQUE event, recipient, channel) and the row is deleted, in
one transaction; so a crash leaves either the row or the messages, never both or neither.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from models import Custody, Delivery, Event, Message, Outbox, Post, Ticket, Unit, User
from notifications import planning
from notifications.place import scheme_of
from notifications.rules import BY_LADDER, LAST_RESORT, RULES, roles_of, upward

BATCH = 200
log = logging.getLogger("xiaohao.notifications")


@dataclass(frozen=True, slots=True)
class _Scene:
    """An event and what the roles need to know of it: the ticket, and who held and handled it when it happened."""

    event: Event
    ticket: Ticket
    holder: int | None
    holder_type: str | None
    handler: int | None
    state: str | None


#: What state a ticket is in while somebody holds it in a stage.
_STATES = {"vet": "reported", "supplement": "returned", "accept": "assigned", "rule": "disputed", "mend": "in_progress",
           "hold": "suspended", "confirm": "resolved"}  # fmt: skip


def dispatch(session: Session, now: datetime, batch: int = BATCH, failed: set[int] | None = None) -> int:
    """Turn up to `batch` events of the outbox into inbox messages; returns how many events were taken.

    An event that cannot be told stops no other: it stays in the outbox, where `/healthz` counts it, and its id is put
    into `failed`; those already in `failed` are not tried again.
    """
    failed = set() if failed is None else failed
    waiting = select(Outbox.event_id).where(Outbox.event_id.not_in(failed)) if failed else select(Outbox.event_id)
    taken = session.scalars(waiting.order_by(Outbox.event_id).limit(batch).with_for_update(skip_locked=True)).all()
    if not taken:
        return 0
    try:
        with session.begin_nested():
            _tell_all(session, taken, now)
    except OperationalError:
        # A matter of timing, or of the database: the whole transaction is tried again by who began it.
        raise
    except Exception:
        for event_id in taken:
            try:
                with session.begin_nested():
                    _tell_all(session, [event_id], now)
            except OperationalError:
                raise
            except Exception:
                log.exception("event %s cannot be told", event_id)
                failed.add(event_id)
    return len(taken)


def _tell_all(session: Session, events: Sequence[int], now: datetime) -> None:
    """Write the messages of these events and take them from the outbox."""
    rows: list[dict[str, Any]] = []
    told: list[planning.Told] = []
    session.info.pop("people", None)
    found = session.scalars(select(Event).where(Event.id.in_(events)).order_by(Event.id)).all()
    # Held on to, so that each ticket, village and unit of the batch is read once.
    kept = planning.read_ahead(session, found)
    for event in found:
        kind, params = _message(session, event)
        recipients = _recipients(session, event)
        told.append(planning.Told(event, kind, params, recipients))
        for recipient, instead_of in sorted(recipients.items()):
            rows.append(
                {
                    "county_id": event.county_id,
                    "event_id": event.id,
                    "recipient_id": recipient,
                    "channel": "inbox",
                    "kind": kind,
                    "params": {**params, "instead_of": instead_of} if instead_of else params,
                    "created_at": now,
                    "status": "sent",
                }
            )
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    if rows:
        session.execute(dialect.insert(Message).on_conflict_do_nothing(), rows)
    if leaving := [plan.row(now) for plan in planning.plan(session, told, now) if plan.leaves]:
        session.execute(dialect.insert(Delivery).on_conflict_do_nothing(), leaving)
    session.execute(delete(Outbox).where(Outbox.event_id.in_(events)))
    del kept


def _message(session: Session, event: Event) -> tuple[str, dict[str, Any]]:
    if event.action == BY_LADDER:
        return BY_LADDER, {"rung": event.given["rung"], "stage": event.given["stage"], "status": event.given["status"]}
    if event.action == "calendar":
        return event.action, {"moved": event.effect["moved"]}
    if event.subject_type == "user":
        return event.action, {"account": session.get_one(User, event.subject_id).display_name}
    return event.action, {"to": event.to_state}


def _recipients(session: Session, event: Event) -> dict[int, str]:
    """The people an event tells, never its own actor, each with the role they stand in for ("" in their own right).

    An empty role climbs to the next one up, to the last resort.  A role of a unit that the ticket does not have (the
    responsible unit before it was sent to one) is nobody's to fill, unless nobody else is told either.
    """
    if event.subject_type == "user":
        return _of_an_account(session, event)
    if event.action == "calendar":
        return _on_duty(session, event)
    if event.subject_type != "ticket":
        return {}
    scene = _scene(session, event)
    roles: Iterable[str] = roles_of(event.action, event.from_state or scene.state)
    if event.action == BY_LADDER:
        rung = scheme_of(session, scene.ticket.scheme_version_id).ladder.rungs[event.given["rung"] - 1]
        roles = rung.tells or ("holder_duty",)
        if scene.holder_type == "office":
            # Nobody watches over their own lateness: that of the office is the leading group's to know, at every rung.
            roles = (*roles, "leaders")
    found: dict[int, str] = {}
    for role in roles:
        if _exists(scene, role):
            _tell(session, scene, role, upward(role), found)
    if roles and not found:
        _tell(session, scene, next(iter(roles)), LAST_RESORT, found)
    if roles and not found:
        log.error("nobody in the county can be told of event %s", event.id)
    found.pop(event.actor_id or 0, None)
    return found


def _on_duty(session: Session, event: Event) -> dict[int, str]:
    """Who must know that deadlines moved, once for all of them: every unit's duty officer, or its people."""
    on_duty = session.execute(
        select(User.id, User.unit_id)
        .join(Post, Post.user_id == User.id)
        .where(User.county_id == event.county_id, User.active, Post.kind == "duty", Post.until_at.is_(None))
    ).all()
    covered = {unit for _, unit in on_duty}
    people = session.execute(
        select(User.id, User.unit_id).where(
            User.county_id == event.county_id, User.active, User.unit_id.is_not(None),
            User.role.not_in(("village", "admin")),
        )
    )  # fmt: skip
    found = {person: "" for person, _ in on_duty}
    found |= {person: "holder_duty" for person, unit in people if unit not in covered}
    found.pop(event.actor_id or 0, None)
    return found


def _of_an_account(session: Session, event: Event) -> dict[int, str]:
    """Who hears of a change to an account of those who rule or run the system: the inspectorate, and whose it is."""
    found: dict[int, str] = {}
    for role in RULES[event.action]:
        for step in upward(role):
            mine = User.id == event.subject_id if step == "account" else User.role == step
            people = session.scalars(select(User.id).where(User.county_id == event.county_id, User.active, mine)).all()
            for person in people:
                found[person] = "" if step == role else found.get(person, role)
            if people or role == "account":
                # A closed account has nobody behind it who could be told.
                break
    found.pop(event.actor_id or 0, None)
    return found


def _tell(session: Session, scene: _Scene, meant: str, way: Iterable[str], found: dict[int, str]) -> None:
    """Add the first people found along the way; who is told in their own right is not told in another's place."""
    for role in way:
        people = _people(session, scene, role)
        for person in people:
            if role == meant:
                found[person] = ""
            else:
                found.setdefault(person, meant)
        if people:
            return


def _scene(session: Session, event: Event) -> _Scene:
    ticket = session.get_one(Ticket, event.subject_id)
    opened = event.effect.get("opened")
    query = (
        select(Custody.unit_id, Custody.handler_id, Unit.type, Custody.stage)
        .join(Unit, Unit.id == Custody.unit_id)
        .where(Custody.ticket_id == ticket.id)
    )
    if opened:
        query = query.where(Custody.seq == opened["seq"])
    else:
        # Who held it when it happened, not who holds it when the message is written.
        still = or_(Custody.ended_at.is_(None), Custody.ended_at > event.at)
        query = query.where(Custody.began_at <= event.at, still).order_by(Custody.seq.desc()).limit(1)
    held = session.execute(query).one_or_none()
    handler = held[1] if held else None
    if event.action == "handler":
        handler = event.given["user"]
    if held is None:
        return _Scene(event, ticket, None, None, handler, None)
    return _Scene(event, ticket, held[0], held[2], handler, _STATES[held[3]])


def _exists(scene: _Scene, role: str) -> bool:
    if role.startswith("holder_"):
        return scene.holder is not None
    return scene.ticket.lead_unit_id is not None if role.startswith("lead_") else True


def _people(session: Session, scene: _Scene, role: str) -> set[int]:
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
        whose = ticket.county_id
    if whose is None:
        return _asked(session, scene, role)
    known: dict[tuple[str, int, int], set[int]] = session.info.setdefault("people", {})
    key = (role, ticket.county_id, whose)
    if key not in known:
        known[key] = _asked(session, scene, role)
    return known[key]


def _asked(session: Session, scene: _Scene, role: str) -> set[int]:
    ticket = scene.ticket
    unit = ticket.lead_unit_id if role.startswith("lead_") else scene.holder
    query = select(User.id).where(User.county_id == ticket.county_id, User.active)
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
    elif role == "filer" and ticket.filed_as in ("bureau", "office"):
        query = query.where(User.id == ticket.filed_by_id)
    elif role == "filer":
        query = query.where(User.village_id == ticket.in_village_id, User.role == "village")
    elif role == "asked":
        query = query.where(User.unit_id == scene.event.effect["request"]["asked_of"])
    elif role == "pressed":
        query = query.where(User.unit_id == scene.event.given["unit"], User.role.not_in(("village", "admin")))
    elif role == "assisting":
        invited = select(Unit.id).where(Unit.county_id == ticket.county_id, Unit.code == scene.event.given.get("unit"))
        query = query.where(User.unit_id.in_(invited), User.role != "village")
    else:
        query = query.where(User.role == role)
    return set(session.scalars(query))


def composed(session: Session, event: Event) -> tuple[str, dict[str, Any]]:
    """What the event is told as: its kind, and the codes and figures of its sentence."""
    return _message(session, event)


def recipients_of(session: Session, event: Event) -> dict[int, str]:
    """Whom the event tells, each with the role they stand in for; for the preview."""
    return _recipients(session, event)
