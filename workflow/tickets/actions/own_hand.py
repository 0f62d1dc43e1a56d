"""Own hand: whether a person did on a ticket what the same person is about to judge.

Units are kept apart by constraints; an account that moved to the judging unit is the same person.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Event
from workflow.actors import Actor
from workflow.errors import NotAllowed
from workflow.tickets.actions.lifecycle import JUDGING


def did(session: Session, actor: Actor, ticket_id: int, *actions: str) -> bool:
    """Whether the actor last did one of the actions on the ticket, also from another unit: an account moves with its person."""
    if actor.user_id is None:
        return False
    last = select(Event.action, func.max(Event.id).label("id")).where(
        Event.subject_type == "ticket", Event.subject_id == ticket_id, Event.action.in_(actions)
    )
    rows = last.group_by(Event.action).subquery()
    query = select(Event.id).join(rows, rows.c.id == Event.id).where(Event.actor_id == actor.user_id).limit(1)
    return session.scalar(query) is not None


def check(session: Session, actor: Actor, ticket_id: int, action: str) -> None:
    """Raises NotAllowed where the person would end a ticket that the same person resolved."""
    if action in JUDGING and did(session, actor, ticket_id, "resolve"):
        raise NotAllowed("own_work")
