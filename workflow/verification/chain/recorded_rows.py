"""Recorded rows: what no event tells of a row equals its digest in the row record, and the head block counts the rows."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Block, Event, EventSecret
from models.row_changes import RECORDED
from workflow.history import row_record
from workflow.history.event_log import COUNTY
from workflow.history.sealing import counted
from workflow.verification.chain.last_records import LastRecords, Record, scratch
from workflow.verification.proofs.findings import Finding

_RECORDS = (
    select(Event.subject_id, Event.effect, EventSecret.salt, Event.block_id)
    .outerjoin(EventSecret, EventSecret.event_id == Event.id)
    .where(Event.subject_type == row_record.SUBJECT)
    .order_by(Event.id)
    .execution_options(yield_per=100)
)
_BEGUN = select(Event.block_id).where(Event.subject_type == COUNTY[0], Event.action == "rows_begun")
_HEAD = select(Block.number, Block.rows).order_by(Block.number.desc()).limit(1)


def rows(session: Session) -> Iterator[Finding]:
    """Check every row of the recorded tables against its last record, and that none is missing or without a record."""
    if not row_record.has_begun(session):
        return
    with scratch() as last:
        for subject, effect, salt, block in session.execute(_RECORDS):
            try:
                last.keep(_read(effect, salt, block is not None))
            except (AttributeError, TypeError, ValueError):
                # So altered that it cannot be read; its wrong hash is a finding of its own.
                yield Finding("event_unreadable", f"{row_record.SUBJECT} {subject}")
        for table in RECORDED:
            yield from _compare(session, table, last)
        yield from _miscounted(session, last)


def _read(effect: dict[str, Any], salt: str | None, sealed: bool) -> list[Record]:
    """The records of an event.  Raises AttributeError, TypeError or ValueError for what cannot be read."""
    return [
        Record(table, int(number), None if kept is None else str(kept), salt, sealed)
        for table in effect.keys() & RECORDED.keys()
        for number, kept in effect[table].items()
    ]


def _compare(session: Session, table: str, last: LastRecords) -> Iterator[Finding]:
    """The rows of a table and their last records, side by side in the order of their numbers."""
    recorded = last.of(table)
    record = next(recorded, None)
    for number, content in row_record.contents(session, table):
        while record is not None and record[0] < number:
            yield from _missing(table, record)
            record = next(recorded, None)
        kept, salt = (None, None)
        if record is not None and record[0] == number:
            _, kept, salt = record
            record = next(recorded, None)
        if kept is None:
            yield Finding("row_unrecorded", f"{table} {number}")
        # The salt of a row's last record is kept: to erase what it held before, it is recorded again first.
        elif salt is None or kept != row_record.fingerprint(salt, content):
            yield Finding("row_differs", f"{table} {number}")
    while record is not None:
        yield from _missing(table, record)
        record = next(recorded, None)


def _missing(table: str, record: tuple[int, str | None, str | None]) -> Iterator[Finding]:
    if record[1] is not None:
        yield Finding("row_missing", f"{table} {record[0]}")


def _miscounted(session: Session, last: LastRecords) -> Iterator[Finding]:
    """The tables of which the head block counts other rows than the sealed records give."""
    head = session.execute(_HEAD).one_or_none()
    if head is None or head[1] is None or any(block is None for block in session.scalars(_BEGUN)):
        return
    try:
        there, said = last.sealed_rows(), counted(head[1])
    except ValueError:
        # So altered that it cannot be read; the block's wrong hash is a finding of its own.
        return
    for table in sorted(said):
        if said[table] != there.get(table, 0):
            yield Finding("rows_miscounted", f"{table}, block {head[0]}")
