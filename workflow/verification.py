"""Verifying the history: every hash again, the blocks, the fold of events against the rows, custodies without a gap,
exit dossiers against the events that tell of them, and the bytes of every piece of evidence.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from models import Block, Custody, Event, EventSecret, Evidence, ExitDossier, Household, Ticket
from workflow.desk import FOLDED, plain
from workflow.evidence import path_of
from workflow.history import GENESIS, canonical, commit_to, digest, event_hash, stamp
from workflow.sealing import block_hash

_CHUNK = 2000
#: Columns younger than the first histories, as they were before events told of them.
_BEFORE = {"relapses": 0}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold: a code, and what it concerns."""

    code: str
    subject: str


def verify(session: Session, files: Path) -> list[Finding]:
    """Everything in the database and the files that contradicts the history; empty when all of it holds."""
    return [
        *_chains(session),
        *_blocks(session),
        *_custodies(session),
        *_evidence(session, files),
        *_dossiers(session),
    ]


def _events(session: Session) -> Iterator[Any]:
    query = (
        select(Event, EventSecret)
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
    statuses = {row.id: row.status for row in session.execute(select(Household.id, Household.status))}
    seen: set[int] = set()
    for (kind, subject), events in groupby(
        _events(session), key=lambda pair: (pair[0].subject_type, pair[0].subject_id)
    ):
        label, seq, prev = f"{kind} {subject}", 0, GENESIS
        fold: dict[str, Any] = dict(_BEFORE)
        house: dict[str, Any] = {}
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
            house |= event.effect.get("household", {})
            opened, ended = event.effect.get("opened"), event.effect.get("ended")
            if ended:
                strip.setdefault(ended["seq"], {}).update(ended, ended_at=stamp(event.effective_at))
            if opened:
                strip[opened["seq"]] = dict(opened)
        # A register brought in before its households had a history tells no status: then there is nothing to compare.
        if kind == "household" and "status" in house and house["status"] != statuses.get(subject):
            yield Finding("row_differs", f"{label} status")
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


def _evidence(session: Session, files: Path) -> Iterator[Finding]:
    checked: dict[str, bool] = {}
    for evidence_id, sha256 in session.execute(select(Evidence.id, Evidence.sha256)):
        if sha256 not in checked:
            path = path_of(files, sha256)
            checked[sha256] = path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256
        if not checked[sha256]:
            yield Finding("bytes_missing", f"evidence {evidence_id}")


def _dossiers(session: Session) -> Iterator[Finding]:
    """Every exit dossier against its own hash and against the event that told of it."""
    told = {
        given["dossier"]: given["hash"]
        for given in session.scalars(
            select(Event.given).where(Event.subject_type == "household", Event.action == "exit")
        )
    }
    for dossier_id, content, hashed in session.execute(select(ExitDossier.id, ExitDossier.content, ExitDossier.hash)):
        known = told.pop(dossier_id, None)
        if digest(canonical(content)) != hashed or known != hashed:
            yield Finding("dossier_altered", f"dossier {dossier_id}")
    for dossier_id in told:
        yield Finding("dossier_missing", f"dossier {dossier_id}")
