"""Ticket as of a moment: folded from its events, for former holders, who do not see the present."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, inspect, select
from sqlalchemy.orm import Session

from models import Event, EventSecret, Ticket, UTCDateTime
from workflow.tickets.custody.event_effects import FOLDED
from workflow.tickets.custody.event_fold import Fold


@dataclass(frozen=True, slots=True)
class TicketAsOf:
    """The row at that moment, detached and never stored, and the codes of the assisting units then."""

    ticket: Ticket
    assisting: frozenset[str]


def tickets_as_of(session: Session, cuts: Mapping[int, datetime]) -> dict[int, TicketAsOf]:
    """Each of these tickets (by id) as of its moment."""
    folds: dict[int, Fold] = {}
    rows = session.execute(
        select(Event, EventSecret.body)
        .outerjoin(EventSecret, EventSecret.event_id == Event.id)
        .where(Event.subject_type == "ticket", Event.subject_id.in_(list(cuts)))
        .order_by(Event.subject_id, Event.seq)
    )
    for event, words in rows:
        if event.effective_at <= cuts[event.subject_id]:
            fold = folds.setdefault(event.subject_id, Fold(event.subject_id))
            fold.apply(event, words)
    tickets = session.scalars(select(Ticket).where(Ticket.id.in_(list(folds))))
    return {row.id: TicketAsOf(_as_it_was(row, folds[row.id]), frozenset(folds[row.id].assisting)) for row in tickets}


def _as_it_was(row: Ticket, fold: Fold) -> Ticket:
    columns = {column.key: column.columns[0].type for column in inspect(Ticket).column_attrs}
    values = {name: getattr(row, name) for name in columns}
    values |= {name: _column_value(columns[name], fold.columns[name]) for name in FOLDED if name in fold.columns}
    if row.description not in fold.descriptions:
        values["description"] = max(fold.descriptions, key=len, default="")
    return Ticket(**values)


def _column_value(kind: Any, recorded: Any) -> Any:
    """A column's value from its form in events."""
    if recorded is not None and isinstance(kind, UTCDateTime):
        return datetime.fromisoformat(recorded)
    return date.fromisoformat(recorded) if recorded is not None and isinstance(kind, Date) else recorded
