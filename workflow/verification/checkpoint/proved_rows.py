"""Proved rows: what the rows of a ticket, of a household and of a recorded table hold, as one text each that is digested.

Of a ticket it is every column of every table that `verify` compares with the fold of its events, so that rows of which nothing
differs need not be folded again.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, select
from sqlalchemy.orm import Session

from models.row_changes import TABLES
from models.verification_run import HOUSEHOLD, TICKET
from workflow.history import row_record
from workflow.history.event_log import canonical, stamp

#: The tables whose rows are compared with the fold of a ticket's events; those without the ticket's id are reached by another.
TICKET_TABLES = (
    *("ticket", "custody", "tenure", "charge", "escalation", "rung_answer", "rung_waiting", "party", "time_request"),
    *("duty_entry", "duty_form", "paper", "paper_act", "paper_commitment", "paper_pending", "spot_result"),
)
_REACHED_BY = {"charge": ("custody", "custody_id"), "paper_commitment": ("paper", "paper_id")}
_HOUSEHOLD = ("id", "code", "status", "village_id", "successor_id", "origin_id", "cadre_name", "cadre_id")
_LOT: BindParameter[Any] = bindparam("lot", expanding=True)


def lots(session: Session, kind: str, size: int) -> Iterator[Sequence[int]]:
    """The ids of the rows of a kind, ascending, so many at a time."""
    (key,) = TABLES["household" if kind == HOUSEHOLD else kind].primary_key
    yield from session.scalars(select(key).order_by(key).execution_options(yield_per=size)).partitions()


def contents(session: Session, kind: str, lot: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Id and text of the rows of a kind with these ids, ascending, as far as they are there."""
    if kind == TICKET:
        yield from _tickets(session, lot)
    elif kind == HOUSEHOLD:
        for row in session.execute(_households(), {"lot": lot}):
            yield row[0], canonical(list(row))
    else:
        yield from row_record.contents(session, kind, lot)


@cache
def _households() -> Select[Any]:
    table = TABLES["household"]
    return select(*(table.c[name] for name in _HOUSEHOLD)).where(table.c.id.in_(_LOT)).order_by(table.c.id)


@cache
def _of_tickets(name: str) -> Select[Any]:
    """The rows of a table that belong to tickets, each behind its ticket's id, in the order of their keys."""
    table = TABLES[name]
    owner: ColumnElement[Any]
    if name in _REACHED_BY:
        between, key = _REACHED_BY[name]
        owner = TABLES[between].c.ticket_id
        joined = table.join(TABLES[between], TABLES[between].c.id == table.c[key])
        query = select(owner, *table.columns).select_from(joined)
    else:
        owner = table.c.id if name == "ticket" else table.c.ticket_id
        query = select(owner, *table.columns)
    return query.where(owner.in_(_LOT)).order_by(*table.primary_key)


def _tickets(session: Session, lot: Sequence[int]) -> Iterator[tuple[int, str]]:
    rows: dict[int, list[Any]] = {}
    for name in TICKET_TABLES:
        for owner, *values in session.execute(_of_tickets(name), {"lot": lot}):
            if name == "ticket":
                rows[owner] = []
            if owner in rows:
                rows[owner].append([name, *map(_plain, values)])
    for owner in sorted(rows):
        yield owner, canonical(rows[owner])


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    return repr(value) if isinstance(value, float) else value
