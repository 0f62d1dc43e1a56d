"""Due soon: open tickets that become overdue within a number of working days, by holding unit."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from models import Ticket
from workflow.county.context import CountyContext
from workflow.errors import BadInput
from workflow.inputs import whole
from workflow.policy.worktime import local_date

#: Working days; a warning further ahead than a quarter is useless.
MOST_DAYS = 60


def horizon(setting: CountyContext, now: datetime, text: str) -> datetime:
    """The close of the `text`-th working day from now, counted as a limit is.  Raises BadInput."""
    days = whole(text.strip())
    if not days or days > MOST_DAYS:
        raise BadInput("bad_within", "within", most=MOST_DAYS)
    return setting.clock.due(now, days)


def tonight(setting: CountyContext, now: datetime) -> datetime:
    """The end of what is due today: six hours after the office closes."""
    return setting.clock.closing(local_date(now)) + timedelta(hours=6)


def soon(now: datetime, until: datetime) -> ColumnElement[bool]:
    """The condition that an open ticket becomes overdue up to `until` unless moved; a suspended one does not."""
    ahead = and_(Ticket.due_at >= now, Ticket.due_at <= until)
    return and_(Ticket.ended_at.is_(None), ahead, Ticket.state != "suspended")


def ahead(session: Session, setting: CountyContext, now: datetime, until: datetime) -> list[tuple[int, int]]:
    """The number of tickets per unit that become overdue up to `until`: (unit id, count), most first."""
    rows = session.execute(
        select(Ticket.holder_unit_id, func.count())
        .where(Ticket.holder_unit_id.is_not(None), soon(now, until))
        .group_by(Ticket.holder_unit_id)
        .order_by(func.count().desc(), Ticket.holder_unit_id)
    )
    return [(row[0], row[1]) for row in rows if row[0] is not None]
