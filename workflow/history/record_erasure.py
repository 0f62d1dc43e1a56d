"""Record erasure: deletes the salts under which rows were recorded, so that nothing is left by which to guess what they held.

An event of the row record has one salt for all its rows.  Those of them whose last record it is are recorded again, in the
same transaction, so that `verify` goes on proving them.
"""

from collections.abc import Collection
from datetime import datetime
from itertools import groupby

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import Event, EventSecret
from models.row_changes import RECORDED, Row, note
from workflow.history import row_record, word_erasure


def forget(session: Session, now: datetime, rows: Collection[Row], since: int) -> None:
    """Delete the salts of the records of these rows, which this transaction has changed or notes, made after the event `since`.

    A salt stays where a row beside them is not what was recorded: it is what proves that.
    """
    session.flush()
    wanted = set(rows)
    word_erasure.forget_lots(session, wanted)
    naming = [
        (event, told, salt)
        for event, told, salt in _records(session, {table for table, _ in wanted}, since)
        if not wanted.isdisjoint(told)
    ]
    if not naming:
        return
    beside = {row for _, told, _ in naming for row in told if row[0] in RECORDED} - wanted
    last: dict[Row, tuple[int, str | None, str]] = {}
    for event, told, salt in _records(session, {table for table, _ in beside}, since):
        last.update({row: (event, kept, salt) for row, kept in told.items() if row in beside})
    events = {event for event, _, _ in naming}
    again = sorted(row for row in beside if last[row][0] in events)
    holds: dict[Row, str] = {}
    for table, of_table in groupby(again, key=lambda row: row[0]):
        numbers = [number for _, number in of_table]
        holds |= {(table, number): text for number, text in row_record.contents(session, table, numbers)}
    for row in again:
        event, kept, salt = last[row]
        if kept != (row_record.fingerprint(salt, holds[row]) if row in holds else None):
            events.discard(event)
    for table, number in again:
        if last[table, number][0] in events:
            note(session, table, [number])
    word_erasure.erase(session, now, events)


def _records(session: Session, tables: set[str], since: int) -> list[tuple[int, dict[Row, str | None], str]]:
    """The records with a salt that name rows of these tables, in their order: event, digests by row, salt."""
    if not tables:
        return []
    query = (
        select(Event.id, Event.effect, EventSecret.salt)
        .join(EventSecret, EventSecret.event_id == Event.id)
        .where(Event.subject_type == row_record.SUBJECT, Event.id > since)
        .where(or_(*(Event.effect[table].as_string().is_not(None) for table in sorted(tables))))
        .order_by(Event.id)
    )
    return [
        (event, {(t, int(number)): kept for t, told in effect.items() for number, kept in told.items()}, salt)
        for event, effect, salt in session.execute(query)
    ]
