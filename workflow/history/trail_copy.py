"""Trail copy: the events of the audit trail, block by block, for a second system.

Blocks follow each other without a gap, events do not: of two transactions the later id may be committed first.
"""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from models import Block, Event, User
from models.history import TRAIL


def head(session: Session) -> int:
    """The number of the last block, 0 before the first."""
    return session.scalar(select(func.max(Block.number))) or 0


def events_of(session: Session, number: int) -> list[dict[str, Any]]:
    """The events of the trail in a block, by their codes, numbers and sign-in names: no free text, no name of a household."""
    doer, whom = aliased(User), aliased(User)
    query = (
        select(Event, doer.name, whom.name)
        .join(Block, Block.id == Event.block_id)
        .outerjoin(doer, doer.id == Event.actor_id)
        .outerjoin(whom, (whom.id == Event.subject_id) & (Event.subject_type == "user"))
        .where(Block.number == number, TRAIL.predicate)
        .order_by(Event.id)
    )
    return [
        {
            "id": event.id,
            "at": event.at,
            "action": event.action,
            "actor": by or "",
            "role": event.actor_role,
            "subject": f"{event.subject_type} {event.subject_id}",
            "account": about or "",
            "address": event.address or "",
            "session": event.session_id,
            "block": number,
            "hash": event.hash,
        }
        for event, by, about in session.execute(query)
    ]
