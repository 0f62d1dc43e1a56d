"""The condition that a ticket is open, said so that either database walks the index of the open ones and no other."""

from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_

from models import Ticket

#: Every open ticket is due some time.  SQLite takes another index of the county, with all that is closed, unless told.
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


def still_open() -> ColumnElement[bool]:
    """The condition that a `Ticket` row is open."""
    return and_(Ticket.ended_at.is_(None), Ticket.due_at >= _EVER)
