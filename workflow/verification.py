"""Verifying the history: every hash again, the blocks, the fold of events against the rows, custodies without a gap,
and the bytes of every piece of evidence.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, inspect, select
from sqlalchemy.orm import Session

from models import Block, Custody, Event, EventSecret, Evidence, Ticket
from workflow.desk import FOLDED, plain
from workflow.evidence import Place, Store, store_at
from workflow.evidence.rows import figures, words
from workflow.history import GENESIS, commit_to, event_hash, stamp
from workflow.sealing import block_hash

_CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold: a code, and what it concerns."""

    code: str
    subject: str


def verify(session: Session, files: Place) -> list[Finding]:
    """Everything in the database and the files that contradicts the history; empty when all of it holds."""
    return [*_chains(session), *_blocks(session), *_custodies(session), *_evidence(session, files)]


def _events(session: Session, *only: ColumnElement[bool]) -> Iterator[Any]:
    query = (
        select(Event, EventSecret)
        .where(*only)
        .outerjoin(EventSecret, EventSecret.event_id == Event.id)
        .order_by(Event.subject_type, Event.subject_id, Event.seq)
        .execution_options(yield_per=_CHUNK)
    )
    yield from session.execute(query)


def _columns(event: Event) -> dict[str, Any]:
    return {column.key: getattr(event, column.key) for column in inspect(Event).column_attrs}


def _chains(session: Session) -> Iterator[Finding]:
    rows = {ticket.id: ticket for ticket in session.scalars(select(Ticket))}
    custodies: dict[int, list[Custody]] = {}
    for custody in session.scalars(select(Custody).order_by(Custody.ticket_id, Custody.seq)):
        custodies.setdefault(custody.ticket_id, []).append(custody)
    seen: set[int] = set()
    for (kind, subject), events in groupby(
        _events(session), key=lambda pair: (pair[0].subject_type, pair[0].subject_id)
    ):
        label, seq, prev = f"{kind} {subject}", 0, GENESIS
        fold: dict[str, Any] = {}
        strip: dict[int, dict[str, Any]] = {}
        for event, secret in events:
            if event.seq != seq + 1 or event.prev_hash != prev:
                yield Finding("chain_broken", f"{label} #{event.seq}")
            if event_hash(_columns(event)) != event.hash:
                yield Finding("event_altered", f"{label} #{event.seq}")
            if secret is not None and commit_to(secret.salt, secret.body) != event.commitment:
                yield Finding("words_altered", f"{label} #{event.seq}")
            seq, prev = event.seq, event.hash
            fold |= event.effect.get("ticket", {})
            opened, ended = event.effect.get("opened"), event.effect.get("ended")
            if ended:
                strip.setdefault(ended["seq"], {}).update(ended, ended_at=stamp(event.effective_at))
            if opened:
                strip[opened["seq"]] = dict(opened)
        if kind == "ticket":
            seen.add(subject)
            if subject not in rows:
                yield Finding("row_missing", label)
                continue
            yield from _compare(label, rows[subject], custodies.get(subject, []), fold, strip)
    for ticket_id in rows.keys() - seen:
        yield Finding("history_missing", f"ticket {ticket_id}")


def _compare(
    label: str, row: Ticket, custodies: list[Custody], fold: dict[str, Any], strip: dict[int, dict[str, Any]]
) -> Iterator[Finding]:
    for name in FOLDED:
        if fold.get(name) != plain(getattr(row, name)):
            yield Finding("row_differs", f"{label} {name}")
    if sorted(strip) != [custody.seq for custody in custodies]:
        yield Finding("custodies_differ", label)
        return
    for custody in custodies:
        told = strip[custody.seq]
        same = (
            told["unit"] == custody.unit_id
            and told["stage"] == custody.stage
            and told["began_at"] == stamp(custody.began_at)
            and told["due_at"] == stamp(custody.due_at)
            and told.get("ended_at") == plain(custody.ended_at)
            and told.get("minutes") == custody.minutes
            and told.get("verdict") == custody.verdict
            and told.get("late_minutes") == custody.late_minutes
        )
        if not same:
            yield Finding("custody_differs", f"{label} custody {custody.seq}")


def _blocks(session: Session) -> Iterator[Finding]:
    last: dict[int, tuple[int, str]] = {}
    for block in session.scalars(select(Block).order_by(Block.county_id, Block.number)):
        number, prev = last.get(block.county_id, (0, GENESIS))
        hashes = list(session.scalars(select(Event.hash).where(Event.block_id == block.id).order_by(Event.id)))
        if block.number != number + 1 or block.prev_hash != prev:
            yield Finding("block_chain_broken", f"block {block.number}")
        if len(hashes) != block.events or (
            block_hash(block.county_id, block.number, block.sealed_at, hashes, block.prev_hash) != block.hash
        ):
            yield Finding("block_altered", f"block {block.number}")
        last[block.county_id] = (block.number, block.hash)


def _custodies(session: Session) -> Iterator[Finding]:
    rows = session.scalars(select(Custody).order_by(Custody.ticket_id, Custody.seq))
    open_tickets = {
        ticket_id: ended is None for ticket_id, ended in session.execute(select(Ticket.id, Ticket.ended_at))
    }
    for ticket_id, group in groupby(rows, key=lambda custody: custody.ticket_id):
        before: Custody | None = None
        for custody in group:
            if before is not None and before.episode == custody.episode and before.ended_at != custody.began_at:
                yield Finding("custody_gap", f"ticket {ticket_id} custody {custody.seq}")
            before = custody
        assert before is not None
        if (before.ended_at is None) != open_tickets[ticket_id]:
            yield Finding("holder_missing", f"ticket {ticket_id}")


def _evidence(session: Session, files: Place) -> Iterator[Finding]:
    """Every row as its event told it, and its bytes and its thumbnail whole."""
    store, checked = store_at(files), dict[str, bool]()
    told = {
        event.given["id"]: (event.given, secret.body if secret else None)
        for event, secret in _events(session, Event.action == "evidence")
    }
    for row in session.scalars(select(Evidence).order_by(Evidence.id).execution_options(yield_per=_CHUNK)):
        given, said = told.get(row.id, (None, None))
        if given != figures(row) or said not in (None, words(row)):
            yield Finding("row_differs", f"evidence {row.id}")
        for sha256 in filter(None, (row.sha256, row.thumbnail)):
            if sha256 not in checked:
                checked[sha256] = _whole(store, sha256)
            if not checked[sha256]:
                yield Finding("bytes_missing", f"evidence {row.id}")


def _whole(store: Store, sha256: str) -> bool:
    found = hashlib.sha256()
    try:
        with store.open(sha256) as stream:
            while piece := stream.read(1 << 20):
                found.update(piece)
    except FileNotFoundError:
        return False
    return found.hexdigest() == sha256
