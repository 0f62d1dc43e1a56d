"""Post relief: posts that end because their unit ends or their holder leaves."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import Post, Unit
from workflow.actors import Actor
from workflow.county import leaders
from workflow.county.posts.post_record import midnight, record
from workflow.history import event_log
from workflow.policy.worktime import local_date


def end_with_unit(session: Session, actor: Actor, now: datetime, units: Sequence[int]) -> int:
    """End the posts of units that end, with this day; returns how many.  A consequence of a reform."""
    tonight = midnight(local_date(now) + timedelta(days=1))
    open_still = or_(Post.until_at.is_(None), Post.until_at > tonight)
    query = select(Post).where(Post.unit_id.in_(units), Post.cancelled_at.is_(None), open_still)
    rows = session.scalars(query.order_by(Post.id)).all()
    for row in rows:
        if row.from_at < tonight:
            row.until_at, row.ended_at = tonight, now
        else:
            withdraw(row, now)
        session.flush()
        record(event_log.of(session, row, actor, now), row, "post_ended")
    return len(rows)


def relieve(session: Session, actor: Actor, now: datetime, row: Post, first: date, document: str) -> None:
    """End a post on the day before `first`, or cancel one that begins only then.  A consequence of leaving."""
    session.execute(select(Unit.id).where(Unit.id == row.unit_id).with_for_update())
    until = midnight(first)
    if row.until_at is not None and row.until_at <= until:
        return
    if row.from_at < until:
        row.until_at, row.ended_at = until, now
    else:
        withdraw(row, now)
    session.flush()
    changed = derive_again(session, row, max(row.from_at, until) if row.cancelled_at is None else row.from_at)
    action = "post_ended" if row.cancelled_at is None else "post_cancelled"
    record(event_log.of(session, row, actor, now), row, action, custodies=changed, on=document)


def reinstate(
    session: Session, actor: Actor, now: datetime, row: Post, until: datetime | None, relieved_by: Post
) -> None:
    """Give a post back the end it had before another relieved it, since that one was entered by mistake and cancelled."""
    row.until_at, row.cancelled_at = until, None
    if until is None:
        row.ended_at = None
    session.flush()
    changed = derive_again(session, row, min(row.from_at, relieved_by.from_at))
    record(event_log.of(session, row, actor, now), row, "post_reinstated", custodies=changed)


def withdraw(row: Post, now: datetime) -> None:
    """Cancel a post."""
    row.cancelled_at = now
    # No open end is left that would keep its unit from ending.
    row.until_at = row.until_at or row.from_at + timedelta(days=1)


def derive_again(session: Session, row: Post, since: datetime) -> int:
    """Derive again who led the unit since a moment; returns how many custodies changed."""
    return leaders.derive_again(session, row.unit_id, since) if row.kind == "leader" else 0
