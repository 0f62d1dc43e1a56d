"""From the outbox to people: each event becomes its messages exactly once.

A row of the outbox is claimed, its messages are written (UNIQUE event, recipient, channel) and the row is deleted, in
one transaction; so a crash leaves either the row or the messages, never both or neither.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import Custody, Event, Message, Outbox, Party, Post, SchemeVersion, Ticket, User
from notifications.rules import NEXT_UP, RULES
from workflow.policy.scheme import Scheme

BATCH = 200
_schemes: dict[int, Scheme] = {}


def dispatch(session: Session, now: datetime, batch: int = BATCH) -> int:
    """Turn up to `batch` events of the outbox into inbox messages; returns how many events were taken."""
    taken = session.scalars(
        select(Outbox.event_id).order_by(Outbox.event_id).limit(batch).with_for_update(skip_locked=True)
    ).all()
    if not taken:
        return 0
    rows: list[dict[str, Any]] = []
    for event in session.scalars(select(Event).where(Event.id.in_(taken)).order_by(Event.id)):
        kind, params = _message(event)
        for recipient in sorted(_recipients(session, event)):
            rows.append(
                {
                    "county_id": event.county_id,
                    "event_id": event.id,
                    "recipient_id": recipient,
                    "channel": "inbox",
                    "kind": kind,
                    "params": params,
                    "created_at": now,
                    "status": "sent",
                }
            )
    if rows:
        dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
        session.execute(dialect.insert(Message).on_conflict_do_nothing(), rows)
    session.execute(delete(Outbox).where(Outbox.event_id.in_(taken)))
    return len(taken)


def _message(event: Event) -> tuple[str, dict[str, Any]]:
    if event.action == "escalate":
        return "escalate", {"rung": event.given["rung"], "stage": event.given["stage"], "status": event.given["status"]}
    return event.action, {"to": event.to_state}


def _recipients(session: Session, event: Event) -> set[int]:
    """The people an event tells, never its own actor.  An empty role climbs to the next one up."""
    if event.subject_type != "ticket":
        return set()
    ticket = session.get_one(Ticket, event.subject_id)
    roles: Iterable[str] = RULES.get(event.action, ("office",))
    if event.action == "escalate":
        rung = _scheme(session, ticket.scheme_version_id).ladder.rungs[event.given["rung"] - 1]
        roles = rung.tells
    found: set[int] = set()
    for role in roles:
        people = _people(session, ticket, event, role)
        climbed = {role}
        while not people and role in NEXT_UP and NEXT_UP[role] not in climbed:
            role = NEXT_UP[role]
            climbed.add(role)
            people = _people(session, ticket, event, role)
        found |= people
    return found - {event.actor_id or 0}


def _people(session: Session, ticket: Ticket, event: Event, role: str) -> set[int]:
    # Who held it when it happened, not who holds it when the message is written.
    held = event.effect.get("opened", {}).get("unit") or event.given.get("unit")
    holder = held if isinstance(held, int) else ticket.holder_unit_id
    if role == "handler":
        query = select(Custody.handler_id).where(
            Custody.ticket_id == ticket.id, Custody.ended_at.is_(None), Custody.handler_id.is_not(None)
        )
        return {person for person in session.scalars(query) if person}
    if role in ("holder_duty", "holder_leader", "lead_duty"):
        unit = ticket.lead_unit_id if role == "lead_duty" else holder
        kind = "leader" if role == "holder_leader" else "duty"
        return set(
            session.scalars(
                select(Post.user_id)
                .join(User, User.id == Post.user_id)
                .where(Post.unit_id == unit, Post.kind == kind, Post.until_at.is_(None), User.active)
            )
        )
    query_people = select(User.id).where(User.county_id == ticket.county_id, User.active)
    if role in ("holder_people", "lead_people"):
        unit = holder if role == "holder_people" else ticket.lead_unit_id
        query_people = query_people.where(User.unit_id == unit, User.role != "village")
    elif role == "town" or (role == "filer" and ticket.filed_as == "town"):
        query_people = query_people.where(User.unit_id == ticket.town_id, User.role == "town")
    elif role == "filer" and ticket.filed_as in ("bureau", "office"):
        query_people = query_people.where(User.id == ticket.filed_by_id)
    elif role == "filer":
        query_people = query_people.where(User.village_id == ticket.in_village_id, User.role == "village")
    elif role == "assisting":
        helping = select(Party.unit_id).where(Party.ticket_id == ticket.id, Party.standing == "assisting")
        query_people = query_people.where(User.unit_id.in_(helping), User.role != "village")
    else:
        query_people = query_people.where(User.role == role)
    return set(session.scalars(query_people))


def _scheme(session: Session, version_id: int) -> Scheme:
    if version_id not in _schemes:
        content = session.execute(select(SchemeVersion.content).where(SchemeVersion.id == version_id)).scalar_one()
        _schemes[version_id] = Scheme.model_validate_json(content)
    return _schemes[version_id]
