"""Post views: the posts of a unit or of the county as people read them, and what an entry changes before it is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from models import Custody, Paper, Post, Unit, User
from workflow.actors import Actor
from workflow.county.posts import post_entries
from workflow.county.posts.post_entries import Displaced, WantedPost
from workflow.county.posts.post_record import last_day
from workflow.errors import NotAllowed
from workflow.policy.worktime import local_date

_READERS = ("office", "leaders", "inspectorate", "admin", "system")


@dataclass(frozen=True, slots=True)
class PostLine:
    """A post for display: who has it, whether that account is closed, and for whom a deputy stands in.

    `standing` is `held`, `ahead`, `over` or `cancelled`.
    """

    row: Post
    name: str
    closed: bool
    stands_for: str | None
    first: date
    last: date | None
    standing: str


@dataclass(frozen=True, slots=True)
class PostPreview:
    """What an entry changes: whom it relieves, of how many stretches another leads, and how many papers keep a name."""

    wanted: WantedPost
    displaced: list[Displaced]
    custodies: int
    papers: int


def listed(session: Session, actor: Actor, now: datetime, unit_id: int | None = None) -> list[PostLine]:
    """The posts of a unit, or of every unit; a town or a bureau reads its own.  In the units' order, the latest first.

    Raises NotAllowed.
    """
    away = aliased(User)
    query = (
        select(Post, User.display_name, User.active, away.display_name)
        .join(User, User.id == Post.user_id)
        .join(Unit, Unit.id == Post.unit_id)
        .outerjoin(away, away.id == Post.stands_for_id)
        .order_by(Unit.position, Unit.id, Post.kind.desc(), Post.from_at.desc(), Post.id.desc())
    )
    if actor.role in ("town", "bureau"):
        query = query.where(Post.unit_id == actor.unit_id)
    elif actor.role not in _READERS:
        raise NotAllowed("posts_not_yours")
    if unit_id is not None:
        query = query.where(Post.unit_id == unit_id)
    return [
        PostLine(
            row=row,
            name=name,
            closed=not active,
            stands_for=stands_for,
            first=local_date(row.from_at),
            last=last_day(row),
            standing=_standing(row, now),
        )
        for row, name, active, stands_for in session.execute(query)
    ]


def _standing(row: Post, now: datetime) -> str:
    if row.cancelled_at is not None:
        return "cancelled"
    if row.from_at > now:
        return "ahead"
    return "held" if row.until_at is None or row.until_at > now else "over"


def preview(session: Session, actor: Actor, now: datetime, given: Mapping[str, Any]) -> PostPreview:
    """What an entry would change; nothing is stored.  Raises NotAllowed, BadInput."""
    entry = post_entries.wanted(session, actor, now, given)
    relieved = post_entries.displaced(session, entry)
    if entry.kind != "leader":
        return PostPreview(entry, relieved, 0, 0)
    begun = [Custody.unit_id == entry.unit_id, Custody.began_at >= entry.from_at]
    issued = [Paper.unit_id == entry.unit_id, Paper.issued_at >= entry.from_at]
    if entry.until_at is not None:
        begun.append(Custody.began_at < entry.until_at)
        issued.append(Paper.issued_at < entry.until_at)
    changed = select(func.count(Custody.id)).where(*begun, Custody.leader_id.is_distinct_from(entry.user.id))
    kept = select(func.count(Paper.id)).where(*issued, Paper.leader_id.is_distinct_from(entry.user.id))
    return PostPreview(entry, relieved, session.scalar(changed) or 0, session.scalar(kept) or 0)


def colleagues(session: Session, unit_id: int) -> list[User]:
    """The people of a unit with an open account, village cadres last."""
    query = select(User).where(User.unit_id == unit_id, User.active)
    return list(session.scalars(query.order_by(User.village_id.is_not(None), User.display_name, User.id)))
