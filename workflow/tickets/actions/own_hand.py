"""Own hand: whether a person did on a ticket what the same person is about to judge.

Units are kept apart by constraints; an account that moved to the judging unit is the same person.
"""

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from models import Event
from workflow.actors import Actor
from workflow.errors import NotAllowed
from workflow.tickets.actions.lifecycle import JUDGING

_LAST = (
    select(Event.action, func.max(Event.id).label("id"))
    .where(
        Event.subject_type == "ticket",
        Event.subject_id == bindparam("ticket"),
        Event.action.in_(bindparam("actions", expanding=True)),
    )
    .group_by(Event.action)
    .subquery()
)
# Asked with every act and every page of a ticket that is judged, so composed once.
_OWN = select(Event.id).join(_LAST, _LAST.c.id == Event.id).where(Event.actor_id == bindparam("actor")).limit(1)


def did(session: Session, actor: Actor, ticket_id: int, *actions: str) -> bool:
    """Whether the actor last did one of the actions on the ticket, also from another unit: an account moves with its person."""
    if actor.user_id is None:
        return False
    values = {"ticket": ticket_id, "actions": list(actions), "actor": actor.user_id}
    return session.scalar(_OWN, values) is not None


def check(session: Session, actor: Actor, ticket_id: int, action: str) -> None:
    """Raises NotAllowed where the person would end a ticket that the same person resolved."""
    if action in JUDGING and did(session, actor, ticket_id, "resolve"):
        raise NotAllowed("own_work")
