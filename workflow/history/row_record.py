"""Row record: what rows hold that no other event tells, as digests in an event of the transaction that changed them.

When a transaction commits, an event `rows` names every recorded row it made, changed or deleted with the digest of what it
then held (`models.row_changes` has the tables and columns).  What a row holds is read back from the database, so that writing
and proving see the same values; a value that is its column's default is left out, so that a column added later alters no
digest.  The digests are salted, and the salt is the event's secret: deleted with a person's words, it leaves nothing by which
to guess what a row held.  A row that was changed without an act is not recorded, and `verify` finds it.
"""

import secrets
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import Column, Select, bindparam, event, insert, select
from sqlalchemy.orm import Session

from models import Event, EventSecret
from models.row_changes import RECORDED, TABLES, Row, key_of, taken
from workflow.actors import system
from workflow.history import event_log
from workflow.history.event_log import COUNTY, GENESIS, canonical, digest, stamp

#: The subject of the events; each has an id of its own, so no two transactions wait for each other.
SUBJECT = "rows"
#: How many rows an event names, and how many characters of a SHA-256 it keeps of each.
_LOT, _KEPT = 500, 32
_ADD = insert(Event.__table__).returning(Event.__table__.c.id)
_SECRET = insert(EventSecret.__table__)
#: The secret of these events is their salt alone.
_BODY: dict[str, Any] = {}


@cache
def _reading(table: str) -> tuple[Select[Any], Select[Any], tuple[tuple[str, Any], ...]]:
    """The statements for all rows of a table and for those with some keys, and the name and usual value of each recorded
    column: composed once, since every commit reads."""
    key, columns = key_of(table), [TABLES[table].c[name] for name in RECORDED[table]]
    query = select(key, *columns).order_by(key)
    some = query.where(key.in_(bindparam("keys", expanding=True)))
    return query.execution_options(yield_per=2000), some, tuple((column.name, _usual(column)) for column in columns)


def contents(session: Session, table: str, ids: Sequence[int] | None = None) -> Iterator[tuple[int, str]]:
    """Id and canonical text of what the recorded columns of rows hold, of all rows or of those with these ids."""
    every, some, usual = _reading(table)
    for number, *values in session.execute(every) if ids is None else session.execute(some, {"keys": ids}):
        kept = {
            name: _plain(value)
            for (name, default), value in zip(usual, values, strict=True)
            if value is not None and value != default
        }
        yield number, canonical({"table": table, "id": number, "row": kept})


def fingerprint(salt: str, content: str) -> str:
    """The digest of a row's content under the salt of its event, without which nobody can guess what it held."""
    return digest(salt + content)[:_KEPT]


def _usual(column: Column[Any]) -> Any:
    """The value of a column that nobody set; None where it must be set."""
    default: Any = column.default
    if default is None:
        return None
    return {} if default.is_callable else default.arg


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    return repr(value) if isinstance(value, float) else value


def begin(session: Session, now: datetime) -> None:
    """Record every row there is, once, where a database has no record yet: from here on `verify` proves them."""
    if has_begun(session):
        return
    session.flush()
    for table in RECORDED:
        ids = session.scalars(select(key_of(table)).order_by(key_of(table)).execution_options(yield_per=_LOT))
        for lot in ids.partitions(_LOT):
            _append(session, now, [(table, number) for number in lot])
    event_log.of(session, COUNTY, system(), now).append("rows_begun", notify=False)


def has_begun(session: Session) -> bool:
    """Whether the rows of this database are recorded."""
    query = select(Event.id).where(Event.subject_type == COUNTY[0], Event.action == "rows_begun")
    return session.scalar(query.limit(1)) is not None


def record(session: Session) -> None:
    """Before a commit, by itself: append the events that record the noted rows, at the hour of the transaction's act."""
    if session.in_nested_transaction():
        return
    session.flush()
    act = taken(session)
    if act is None:
        return
    at, rows = act
    for start in range(0, len(rows), _LOT):
        _append(session, at, rows[start : start + _LOT])
    taken(session)


def _append(session: Session, at: datetime, rows: Sequence[Row]) -> None:
    """Append the event of what these rows, in their order, now hold; a row that is gone has no digest."""
    salt = secrets.token_hex(16)
    told: dict[str, dict[str, str | None]] = {}
    for table, of_table in groupby(rows, key=lambda row: row[0]):
        numbers = [number for _, number in of_table]
        known = {number: fingerprint(salt, text) for number, text in contents(session, table, numbers)}
        told[table] = {str(number): known.get(number) for number in numbers}
    chain = event_log.of(session, (SUBJECT, secrets.randbits(62)), system(), at, first=True)
    values = chain.body((0, GENESIS), "rows", effect=told, commitment=event_log.commit_to(salt, _BODY))
    event_id = session.execute(_ADD, values).scalar_one()
    session.execute(_SECRET, {"event_id": event_id, "salt": salt, "body": _BODY})


event.listen(Session, "before_commit", record)
