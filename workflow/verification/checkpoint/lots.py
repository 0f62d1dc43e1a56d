"""Lots of a checkpoint: salted digests of the rows that a whole clean run proved, some hundred rows in each.

A lot is believed as far as its own digest is named by the event `verified` of its run, and that event is sealed: whoever alters a
lot makes it useless, and whoever would forge one must forge the chain of blocks.  A lot that is missing, altered or out of
date proves nothing; its rows are proved by their events then.  The salts lie in the lots and go with them, so that what
is erased leaves nothing to guess from.
"""

import secrets
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from models import Block, Event, VerificationLot
from workflow.history import row_record
from workflow.history.event_log import COUNTY, canonical, digest, event_hash
from workflow.history.sealing import is_whole
from workflow.verification.checkpoint import proved_rows

#: How many rows a lot has, and how old a checkpoint may be: then the whole history is read again.
SIZE, LASTS = 400, timedelta(days=31)
_ADD = insert(VerificationLot)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What is believed of a run: its number, the id of the last block it covers, and the digests of its lots."""

    run: int
    block: int
    number: int
    lots: frozenset[str]


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot that is believed: the rows from `first` to `last`, with the digest of each that was there."""

    first: int
    last: int
    salt: str
    leaves: dict[int, str]

    def holds(self, number: int, text: str) -> bool:
        """Whether a row holds what it held."""
        return self.leaves.get(number) == row_record.fingerprint(self.salt, text)


def made_of(session: Session, kind: str) -> Iterator[dict[str, Any]]:
    """The lots of a kind, as what the session's transaction reads."""
    for numbers in proved_rows.lots(session, kind, SIZE):
        salt = secrets.token_hex(16)
        leaves = {
            str(number): row_record.fingerprint(salt, text)
            for number, text in proved_rows.contents(session, kind, numbers)
        }
        yield {"kind": kind, "first": numbers[0], "last": numbers[-1], "salt": salt, "leaves": leaves}


def keep(session: Session, run: int, lots: Sequence[dict[str, Any]]) -> None:
    """Keep lots for a run."""
    session.execute(_ADD, [{"run_id": run, **lot} for lot in lots])


def drop(session: Session, run: int, kinds: Collection[str]) -> None:
    """Delete lots of these kinds of a run: what a worker that died has left of it."""
    session.execute(delete(VerificationLot).where(VerificationLot.run_id == run, VerificationLot.kind.in_(kinds)))


def drop_all(session: Session, but: int | None = None) -> None:
    """Delete the lots of all runs but one."""
    session.execute(delete(VerificationLot).where(VerificationLot.run_id.is_distinct_from(but)))


def digests(session: Session, run: int) -> list[str]:
    """The digests of the lots of a run, sorted."""
    query = select(VerificationLot).where(VerificationLot.run_id == run).execution_options(yield_per=20)
    return sorted(_digest(row) for row in session.scalars(query))


def _digest(row: VerificationLot) -> str:
    return digest(canonical([row.kind, row.first, row.last, row.salt, row.leaves]))[:32]


def latest(session: Session, now: datetime) -> Checkpoint | None:
    """The checkpoint of the last whole clean run, as far as it is sealed and not too old; None where there is none."""
    query = (
        select(Event, Block)
        .join(Block, Block.id == Event.block_id)
        .where(Event.subject_type == COUNTY[0], Event.action == "verified", Event.at > now - LASTS)
        .where(Event.effect["lots"].as_string().is_not(None))
        .order_by(Event.id.desc())
        .limit(1)
    )
    found = session.execute(query).one_or_none()
    if found is None:
        return None
    event, sealed = found
    columns = {column.key: getattr(event, column.key) for column in Event.__table__.columns}
    number = event.given.get("block")
    block = session.scalars(select(Block).where(Block.number == number)).one_or_none()
    if block is None or event_hash(columns) != event.hash or not is_whole(session, sealed):
        return None
    if event.given.get("findings") != 0 or event.effect.get("hash") != block.hash:
        return None
    return Checkpoint(event.given["run"], block.id, block.number, frozenset(event.effect["lots"]))


def believed(session: Session, checkpoint: Checkpoint, kind: str) -> Iterator[Lot]:
    """The lots of a kind that are as the checkpoint names them, in the order of their rows."""
    query = (
        select(VerificationLot)
        .where(VerificationLot.run_id == checkpoint.run, VerificationLot.kind == kind)
        .order_by(VerificationLot.first)
        .execution_options(yield_per=20)
    )
    for row in session.scalars(query):
        if _digest(row) in checkpoint.lots:
            yield Lot(row.first, row.last, row.salt, {int(number): kept for number, kept in row.leaves.items()})
