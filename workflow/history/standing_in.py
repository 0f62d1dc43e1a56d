"""Standing in (代行): whose work an act of a deputy was, for the event that records both names."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Custody, Household, Post, User
from models.post import SINGLE_POSTS, held_at
from workflow.actors import Actor

_OF_UNITS = ("ticket", "case", "ranking", "matter", "paper")


def in_stead_of(session: Session, subject: tuple[str, int], actor: Actor, at: datetime) -> int | None:
    """The account of the person who is away and whose work the act was; None where it was the deputy's own or another's.

    A ticket is its handler's, a household its responsible cadre's; where neither is named, an act of a unit is the work
    of a duty officer or a leader who is away.
    """
    kind, number = subject
    if kind == "household":
        cadre = session.scalar(select(Household.cadre_id).where(Household.id == number))
        return cadre if cadre in actor.stands_for else None
    if kind not in _OF_UNITS:
        return None
    if kind == "ticket":
        open_one = select(Custody.handler_id).where(Custody.ticket_id == number, Custody.unit_id == actor.unit_id)
        handler = session.scalar(open_one.order_by(Custody.seq.desc()).limit(1))
        if handler is not None:
            return handler if handler in actor.stands_for else None
    # Of two the duty officer's: day-to-day acts are the duty officer's.
    posts = select(Post.user_id).where(
        Post.unit_id == actor.unit_id,
        Post.kind.in_(SINGLE_POSTS),
        Post.user_id.in_(actor.stands_for),
        held_at(at),
    )
    return session.scalar(posts.order_by(Post.kind, Post.id).limit(1))


def names(session: Session, people: Iterable[int | None]) -> dict[int | None, str]:
    """The names of people by account; without a query where there are none."""
    wanted = sorted({one for one in people if one is not None})
    if not wanted:
        return {}
    return {row[0]: row[1] for row in session.execute(select(User.id, User.display_name).where(User.id.in_(wanted)))}
