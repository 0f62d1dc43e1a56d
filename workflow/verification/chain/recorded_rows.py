"""Recorded rows: what no event tells of a row equals its digest in the row record, and the head block counts the rows."""

from collections.abc import Iterable, Iterator, Mapping
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Row, bindparam, or_, select
from sqlalchemy.orm import Session

from models import Block, Event, EventSecret
from models.row_changes import RECORDED
from workflow.history import row_record
from workflow.history.event_log import COUNTY
from workflow.history.sealing import counted
from workflow.verification.chain.last_records import LastRecords, Record, scratch
from workflow.verification.checkpoint.lots import Checkpoint, believed
from workflow.verification.proofs.findings import Finding

_RECORDS = (
    select(Event.subject_id, Event.effect, EventSecret.salt, Event.block_id)
    .outerjoin(EventSecret, EventSecret.event_id == Event.id)
    .where(Event.subject_type == row_record.SUBJECT)
    .order_by(Event.id)
    .execution_options(yield_per=100)
)
_SINCE = _RECORDS.where(or_(Event.block_id.is_(None), Event.block_id > bindparam("block")))
_BEGUN = select(Event.block_id).where(Event.subject_type == COUNTY[0], Event.action == "rows_begun")
_HEAD = select(Block.number, Block.rows).order_by(Block.number.desc()).limit(1)


def rows(session: Session) -> Iterator[Finding]:
    """Check every row of the recorded tables against its last record, and that none is missing or without a record."""
    if not row_record.has_begun(session):
        return
    with scratch() as last:
        yield from _collected(last, session.execute(_RECORDS))
        for table in RECORDED:
            yield from _compare(session, table, last)
        yield from _miscounted(session, last)


def rows_since(session: Session, checkpoint: Checkpoint) -> Iterator[Finding]:
    """The same from a checkpoint: a row that no event recorded since holds what it held then; whatever does not is proved by
    all the records.  How many rows the head block counts is left to the whole run."""
    if not row_record.has_begun(session):
        return
    with scratch() as last:
        found = list(_collected(last, session.execute(_SINCE, {"block": checkpoint.block})))
        # Each table to its end, so that no cursor is left open.
        differing = sum(_differing(session, table, last, checkpoint) for table in RECORDED)
    if found or differing:
        yield from rows(session)


def _differing(session: Session, table: str, last: LastRecords, checkpoint: Checkpoint) -> int:
    """How many rows of a table are neither as last recorded since the checkpoint nor as the checkpoint has them."""
    rows = ((number, "row", content) for number, content in row_record.contents(session, table))
    records = ((number, "record", (kept, salt)) for number, kept, salt in last.of(table))
    lots = believed(session, checkpoint, table)
    leaves = ((number, "lot", lot) for lot in lots for number in sorted(lot.leaves))
    by_number: Iterator[tuple[int, str, Any]] = merge(rows, records, leaves, key=itemgetter(0))
    return sum(
        not _holds(number, {which: value for _, which, value in parts})
        for number, parts in groupby(by_number, key=itemgetter(0))
    )


def _holds(number: int, known: Mapping[str, Any]) -> bool:
    if "record" in known:
        kept, salt = known["record"]
        if "row" not in known:
            return kept is None
        return salt is not None and kept == row_record.fingerprint(salt, known["row"])
    return "row" in known and "lot" in known and bool(known["lot"].holds(number, known["row"]))


def _collected(
    last: LastRecords, records: Iterable[Row[int, dict[str, Any], str | None, int | None]]
) -> Iterator[Finding]:
    """Keep the records of these events; those that cannot be read are findings."""
    for subject, effect, salt, block in records:
        try:
            last.keep(_read(effect, salt, block is not None))
        except (AttributeError, TypeError, ValueError):
            # So altered that it cannot be read; its wrong hash is a finding of its own.
            yield Finding("event_unreadable", f"{row_record.SUBJECT} {subject}")


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
