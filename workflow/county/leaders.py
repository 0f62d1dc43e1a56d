"""Leaders: who was in post (时任) of a unit at a moment and who stood in meanwhile, by the posts on record; and units
without a reachable leader, whose rungs go one level up.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from models import Custody, Post, Ticket, Unit, User
from models.post import held_at

#: Types of units that hold tickets; the inspectorate only reads.
_HOLDING = ("town", "bureau", "office", "leaders")
#: How long after its moment a long sweep may still record something, and how long an entry of a post may take.
_WRITING, _ENTERING = timedelta(hours=1), timedelta(minutes=1)


def leaderless(session: Session, now: datetime) -> list[tuple[int, int]]:
    """Units that hold tickets and have no leader with an open account: (unit id, its open tickets), most tickets
    first."""
    reached = (
        select(Post.unit_id).join(User, User.id == Post.user_id).where(Post.kind == "leader", held_at(now), User.active)
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


def derive_again(session: Session, unit_id: int, since: datetime) -> int:
    """Derive again who led the unit when each of its custodies since a moment began; returns how many changed.

    What was issued meanwhile, papers and cases, keeps the name it was issued with.
    """
    led = (
        select(Post.user_id)
        .where(
            Post.unit_id == unit_id,
            Post.kind == "leader",
            Post.cancelled_at.is_(None),
            Post.from_at <= Custody.began_at,
            or_(Post.until_at.is_(None), Post.until_at > Custody.began_at),
        )
        .correlate(Custody)
        .scalar_subquery()
    )
    changed = (
        update(Custody)
        .where(Custody.unit_id == unit_id, Custody.began_at >= since, Custody.leader_id.is_distinct_from(led))
        .values(leader_id=led)
        .returning(Custody.id)
        .execution_options(synchronize_session=False)
    )
    return len(session.scalars(changed).all())


def _beside(entered: datetime | None, recorded: datetime) -> bool:
    return entered is not None and -_ENTERING <= entered - recorded <= _WRITING


def leaders_at(session: Session) -> Callable[[int, datetime, datetime], set[int | None]]:
    """The possible leaders of a unit for a custody begun at a moment and recorded at another.

    It is the one by the posts; of a custody recorded beside an entry, also the one whom that entry relieved, because
    the two may not have seen each other.
    """
    by_unit: dict[int, list[Post]] = {}
    for post in session.scalars(select(Post).where(Post.kind == "leader").order_by(Post.from_at, Post.id)):
        by_unit.setdefault(post.unit_id, []).append(post)

    def then(unit_id: int, began: datetime, recorded: datetime) -> set[int | None]:
        posts = by_unit.get(unit_id, ())
        begun = [post for post in posts if post.from_at <= began]
        held = [p for p in begun if p.cancelled_at is None and (p.until_at is None or p.until_at > began)]
        possible: set[int | None] = {held[-1].user_id if held else None}
        beside = [at for p in posts for at in (p.recorded_at, p.ended_at, p.cancelled_at) if _beside(at, recorded)]
        for at in beside:
            relieved = {post.user_id for post in begun if at in (post.ended_at, post.cancelled_at)}
            possible |= relieved or {None}
        return possible

    return then


class InOffice:
    """The posts of some units with the names of their holders, read once."""

    def __init__(self, session: Session, units: Iterable[int]) -> None:
        query = (
            select(Post, User.display_name)
            .join(User, User.id == Post.user_id)
            .where(Post.unit_id.in_(sorted(set(units))), Post.cancelled_at.is_(None))
            .order_by(Post.from_at, Post.id)
        )
        self._posts = [(row, name) for row, name in session.execute(query)]

    def leader(self, unit_id: int, at: datetime) -> tuple[int, str] | None:
        """The account and name of who led the unit at a moment."""
        held = [
            (post.user_id, name)
            for post, name in self._posts
            if post.unit_id == unit_id and post.kind == "leader" and _meets(post, at, at)
        ]
        return held[-1] if held else None

    def deputies(self, user_id: int | None, began: datetime, ended: datetime) -> tuple[str, ...]:
        """The names of those who stood in for a person between two moments, in their order, each once."""
        names = (name for post, name in self._posts if post.stands_for_id == user_id and _meets(post, began, ended))
        return tuple(dict.fromkeys(names)) if user_id is not None else ()


def _meets(post: Post, began: datetime, ended: datetime) -> bool:
    return post.from_at <= ended and (post.until_at is None or post.until_at > began)


def deputy_post(session: Session, actor_id: int, away_id: int, at: datetime) -> Post | None:
    """The post by which one person stands in for another at a moment, or None."""
    query = select(Post).where(Post.user_id == actor_id, Post.stands_for_id == away_id, held_at(at))
    return session.scalars(query.order_by(Post.id.desc()).limit(1)).one_or_none()


def deputies_of(session: Session, away_id: int, at: datetime) -> list[int]:
    """The accounts that stand in for a person at a moment."""
    return list(session.scalars(select(Post.user_id).where(Post.stands_for_id == away_id, held_at(at))))
