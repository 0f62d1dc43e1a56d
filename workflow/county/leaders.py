"""Leaders: finds units without a reachable leader, whose rungs go one level up, and the leaders of a unit at a moment."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Post, Ticket, Unit, User

#: Types of units that hold tickets; the inspectorate only reads.
_HOLDING = ("town", "bureau", "office", "leaders")
#: How long after its moment a long sweep may still record something.
_WRITING = timedelta(hours=1)


def leaderless(session: Session) -> list[tuple[int, int]]:
    """Units that hold tickets and have no leader with an open account: (unit id, its open tickets), most tickets
    first."""
    reached = (
        select(Post.unit_id)
        .join(User, User.id == Post.user_id)
        .where(Post.kind == "leader", Post.until_at.is_(None), User.active)
    )
    held = func.count(Ticket.id)
    query = (
        select(Unit.id, held)
        .outerjoin(Ticket, (Ticket.holder_unit_id == Unit.id) & Ticket.ended_at.is_(None))
        .where(Unit.type.in_(_HOLDING), Unit.ended_on.is_(None), Unit.id.not_in(reached))
        .group_by(Unit.id, Unit.position)
        .order_by(held.desc(), Unit.position, Unit.id)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def leaders_at(session: Session) -> Callable[[int, datetime], set[int | None]]:
    """The possible leaders of a unit for a custody begun at a moment, from the appointments: the leader then, and one
    appointed before the custody could have been recorded."""
    posts: dict[int, list[tuple[datetime, int]]] = {}
    query = (
        select(Post.unit_id, Post.from_at, Post.user_id).where(Post.kind == "leader").order_by(Post.from_at, Post.id)
    )
    for unit_id, from_at, user_id in session.execute(query):
        posts.setdefault(unit_id, []).append((from_at, user_id))

    def then(unit_id: int, at: datetime) -> set[int | None]:
        before = [None, *(user for from_at, user in posts.get(unit_id, ()) if from_at < at)]
        return {before[-1], *(user for from_at, user in posts.get(unit_id, ()) if at <= from_at <= at + _WRITING)}

    return then
