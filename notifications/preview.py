"""Notification preview: recipients and deliveries of an event with reasons, by the same code, without writing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Event, Robot, Unit, User
from notifications import delivery_planning
from notifications.dispatch import composed, recipients_of
from notifications.letters import title
from notifications.message_texts import HEADLINES
from notifications.rules import BY_LADDER, roles_of


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """One delivery of the preview: recipient, substituted role, channel, time (None: not sent), and reason."""

    name: str
    unit: str
    instead_of: str
    channel: str
    at: datetime | None
    why: str


def rule(event: Event) -> str:
    """The rule that determines the recipients."""
    if event.action == BY_LADDER:
        return "the ladder of the ticket's scheme"
    return ", ".join(roles_of(event.action, event.from_state)) or "nobody"


def words(session: Session, event: Event) -> tuple[str, ...]:
    """The subject line in Chinese and English; empty for a kind without recipients."""
    kind, params = composed(session, event)
    if kind not in HEADLINES:
        return ()
    facts, _ = delivery_planning.facts(session, delivery_planning.Announcement(event, kind, params, {}))
    return title(kind, facts, "zh_Hans"), title(kind, facts, "en")


def preview(session: Session, event: Event, now: datetime) -> Iterator[PreviewLine]:
    """The recipients of the event now.  Nothing is written."""
    kind, params = composed(session, event)
    recipients = recipients_of(session, event)
    people = {
        user.id: (user.name, unit or "")
        for user, unit in session.execute(
            select(User, Unit.name).outerjoin(Unit, Unit.id == User.unit_id).where(User.id.in_(list(recipients)))
        )
    }
    for person, instead in sorted(recipients.items()):
        yield PreviewLine(*people[person], instead, "inbox", now, "the rule")
    announcement = delivery_planning.Announcement(event, kind, params, recipients)
    for plan in delivery_planning.plan(session, [announcement], now, every=True):
        if plan.user_id is not None:
            name, unit = people[plan.user_id]
        else:
            robot = session.get_one(Robot, plan.robot_id)
            name, unit = f"robot {robot.id}", session.get_one(Unit, robot.unit_id).name
        yield PreviewLine(name, unit, recipients.get(plan.user_id or 0, ""), plan.channel, plan.at, plan.why)
