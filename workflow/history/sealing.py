"""Sealing: chains the new events into a block after the last one.

The hash of the head block is the anchor that reports print: a holder of the paper can prove a later rewrite.  A block also
counts the events so far and the rows of the recorded tables, so that its head, once it has left the house, says how much there
was.
"""

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, String, bindparam, cast, func, literal, select, update
from sqlalchemy.orm import Session

from models import Block, Event
from models.row_changes import RECORDED, TABLES
from workflow.history import row_record
from workflow.history.event_log import ALGORITHM, GENESIS, canonical, digest, stamp

MOST = 5000
SEALERS = 7365
#: The lock of the sealers of one county (PostgreSQL): of this schema, until the transaction ends.  SQLite has one writer.
_TURN = select(func.pg_advisory_xact_lock(func.hashtext(func.current_schema()), SEALERS))
_HASHES = select(Event.hash).where(Event.block_id == bindparam("block")).order_by(Event.id)


def block_hash(
    number: int,
    sealed_at: datetime,
    hashes: list[str],
    prev_hash: str,
    total: int | None = None,
    rows: str | None = None,
) -> str:
    """The hash of a block over the hashes of its events, in the order of their ids, and its counters, if it has any."""
    body: dict[str, Any] = {
        "alg": ALGORITHM,
        "number": number,
        "sealed_at": stamp(sealed_at),
        "events": hashes,
        "prev": prev_hash,
    }
    return digest(canonical(body if total is None else body | {"total": total, "rows": rows}))


def is_whole(session: Session, block: Block) -> bool:
    """Whether a block has the events that it counts, and the hash that they give."""
    hashes = list(session.scalars(_HASHES, {"block": block.id}))
    expected = block_hash(block.number, block.sealed_at, hashes, block.prev_hash, block.total, block.rows)
    return len(hashes) == block.events and expected == block.hash


def counted(rows: str | None) -> dict[str, int]:
    """The rows of each table as a block counts them; empty where it counts none."""
    return {table: int(number) for table, number in (part.split("=") for part in (rows or "").split())}


@cache
def _unsealed() -> Select[int, str, str]:
    """The unsealed events, and beside each of them the counts: of one statement, so that no commit lies between them."""
    said: ColumnElement[str] = literal("", String)
    for number, table in enumerate(sorted(RECORDED)):
        count = select(func.count()).select_from(TABLES[table]).scalar_subquery()
        said = said + literal(f"{' ' if number else ''}{table}=", String) + cast(count, String)
    query = select(Event.id, Event.hash, said).where(Event.block_id.is_(None))
    return query.order_by(Event.id).limit(MOST)


def seal(session: Session, now: datetime) -> Block | None:
    """Seal up to MOST unsealed events; None when there is nothing to seal.  Call again while it returns a full block.

    Sealers take turns by a lock of their own, for which nothing else waits; events committed later go into a later block.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_TURN)
    # What this transaction has changed itself is recorded and sealed with the rest, so that the counts agree.
    row_record.record(session)
    rows = session.execute(_unsealed()).all()
    if not rows:
        return None
    last = session.scalars(select(Block).order_by(Block.number.desc()).limit(1)).one_or_none()
    number, prev = (last.number + 1, last.hash) if last else (1, GENESIS)
    total, said = _total(session, last) + len(rows), rows[0][2] if len(rows) < MOST else None
    block = Block(
        number=number,
        sealed_at=now,
        events=len(rows),
        prev_hash=prev,
        hash=block_hash(number, now, [row[1] for row in rows], prev, total, said),
        total=total,
        rows=said,
    )
    session.add(block)
    session.flush()
    session.execute(
        update(Event)
        .where(Event.id.in_([row[0] for row in rows]), Event.block_id.is_(None))
        .values(block_id=block.id)
        .execution_options(synchronize_session=False)
    )
    return block


def _total(session: Session, last: Block | None) -> int:
    """The events up to the last block; summed once where it is of an earlier version."""
    if last is None:
        return 0
    return last.total if last.total is not None else session.scalar(select(func.sum(Block.events))) or 0


def seal_all(session: Session, now: datetime) -> int:
    """Seal everything there is; returns the number of blocks made."""
    made = 0
    while (block := seal(session, now)) is not None:
        made += 1
        if block.events < MOST:
            break
    return made
