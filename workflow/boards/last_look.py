"""Last looks: up to when a person has seen what is new on the own first page."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import LastLook

#: A page opened again within this time is the same visit.
VISIT = timedelta(hours=1)
#: How far back news go for somebody who looks for the first time.
FIRST = timedelta(days=7)


def new_since(last: LastLook | None, now: datetime) -> datetime:
    """The moment after which what happens is new to a person who looks at `now`."""
    if last is None:
        return now - FIRST
    return last.since if now - last.looked_at < VISIT else last.looked_at


def last_look(session: Session, user_id: int) -> LastLook | None:
    """The person's last look, if any."""
    return session.scalar(select(LastLook).where(LastLook.user_id == user_id))


def is_to_be_kept(last: LastLook | None, now: datetime) -> bool:
    """Whether this look is to be kept: not more often than every five minutes, and never an earlier one."""
    return last is None or now - last.looked_at >= timedelta(minutes=5)


def keep_look(session: Session, user_id: int, now: datetime) -> None:
    """Keep the look of `now`; of two first looks at once one is kept."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    first = dialect.insert(LastLook).values(user_id=user_id, since=new_since(None, now), looked_at=now)
    session.execute(first.on_conflict_do_nothing())
    last = session.scalars(select(LastLook).where(LastLook.user_id == user_id).with_for_update()).one()
    if is_to_be_kept(last, now):
        last.since, last.looked_at = new_since(last, now), now
