"""Open predicate: the condition that a ticket is open, phrased so that both databases use the partial index."""

from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_

from models import Ticket

#: Every open ticket has a due date; without this condition SQLite chooses an index that includes closed tickets.
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


def still_open() -> ColumnElement[bool]:
    """The condition that a `Ticket` row is open."""
    return and_(Ticket.ended_at.is_(None), Ticket.due_at >= _EVER)
