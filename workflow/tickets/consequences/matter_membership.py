"""Matter membership (事项): adds a ticket to a matter, removes it, and closes the matter with its last open ticket.

A matter bundles open tickets of one village, kind and responsible unit.  A ticket that changes unit or kind leaves it
automatically.  Nothing here moves a ticket or changes a clock.  The matter's row is locked after its tickets: household
→ tickets by id → matter.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Matter, Ticket
from models.base import stated
from workflow.actors import Actor
from workflow.history import event_log


def lock(session: Session, matter_id: int) -> Matter:
    """The matter's row, locked and read again."""
    return session.execute(
        select(Matter).where(Matter.id == matter_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one()


def join(session: Session, actor: Actor, ticket: Ticket, matter_id: int, now: datetime) -> None:
    """Add a locked ticket to a matter; its version and clocks do not change."""
    ticket.matter_id = matter_id
    event_log.of(session, ticket, actor, now).append(
        "join_matter", {"matter": matter_id}, {"ticket": {"matter_id": matter_id}}, notify=False
    )


def leave(session: Session, actor: Actor, ticket: Ticket, now: datetime) -> None:
    """Remove a locked ticket from its matter; its custody does not change."""
    matter_id, ticket.matter_id = stated(ticket.matter_id), None
    event_log.of(session, ticket, actor, now).append(
        "split_matter", {"matter": matter_id}, {"ticket": {"matter_id": None}}, notify=False
    )


def after_move(
    session: Session, actor: Actor, ticket: Ticket, before: dict[str, Any], now: datetime, at: datetime
) -> None:
    """Update the matter after a move of one of its tickets: the ticket leaves if its kind, unit or village changed; the
    matter closes with its last open ticket and reopens with a reopened one."""
    matter_id = stated(ticket.matter_id)
    bundled = ("kind", "lead_unit_id", "in_village_id")
    leaves = any(getattr(ticket, name) != before[name] for name in bundled)
    if not leaves and (ticket.ended_at is None) == (before["ended_at"] is None):
        return
    matter = lock(session, matter_id)
    if leaves:
        # The move's own event records this among its changed columns.
        ticket.matter_id = None
        record(session, actor, matter, "split_matter", now, {"tickets": [ticket.id]})
    settle(session, actor, matter, now, at)


def settle(session: Session, actor: Actor, matter: Matter, now: datetime, at: datetime) -> None:
    """Close a locked matter when none of its tickets is open, reopen it when one is."""
    session.flush()
    is_open = session.scalar(select(Ticket.id).where(Ticket.matter_id == matter.id, Ticket.ended_at.is_(None)).limit(1))
    if (matter.ended_at is None) == (is_open is not None):
        return
    matter.ended_at = None if is_open is not None else at
    chain = event_log.of(session, matter, actor, now, effective_at=at)
    chain.append("end_matter" if is_open is None else "resume_matter", effect=_end(matter), notify=False)


def record(
    session: Session,
    actor: Actor,
    matter: Matter,
    action: str,
    now: datetime,
    given: dict[str, Any],
    words: dict[str, str] | None = None,
) -> None:
    """Append an event to the (locked) matter's own chain."""
    event_log.of(session, matter, actor, now).append(action, given, _end(matter), private=words, notify=False)


def _end(matter: Matter) -> dict[str, Any]:
    return {"ended_at": event_log.stamp(matter.ended_at) if matter.ended_at else None}
