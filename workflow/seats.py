"""Seats: units whose leader nobody can reach, so that a rung meant for that seat climbs past it."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Post, Ticket, Unit, User

#: Units that hold tickets; the inspectorate only reads.
_HOLDING = ("town", "bureau", "office", "leaders")


def leaderless(session: Session, county_id: int | None = None) -> list[tuple[int, int]]:
    """Units that hold tickets and have no leader with an open account: (unit id, its open tickets), most tickets first.

    Of every county when none is named.
    """
    reached = (
        select(Post.unit_id)
        .join(User, User.id == Post.user_id)
        .where(Post.kind == "leader", Post.until_at.is_(None), User.active)
    )
    held = func.count(Ticket.id)
    query = (
        select(Unit.id, held)
        .outerjoin(Ticket, (Ticket.holder_unit_id == Unit.id) & Ticket.ended_at.is_(None))
        .where(Unit.type.in_(_HOLDING), Unit.id.not_in(reached))
        .group_by(Unit.id, Unit.position)
        .order_by(held.desc(), Unit.position, Unit.id)
    )
    if county_id is not None:
        query = query.where(Unit.county_id == county_id)
    return [(row[0], row[1]) for row in session.execute(query)]
