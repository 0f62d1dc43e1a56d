"""Erased words: an event lacks its words exactly where a list of erasures names it.

The lists come in the order of the history and the events in the order of their ids; in between the ids lie in a scratch file, so
that memory does not grow with what was erased.
"""

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Event, EventSecret
from workflow.history import word_erasure
from workflow.verification.proofs.findings import Finding

_LISTS = (
    select(Event.id, Event.subject_id, Event.effect)
    .where(Event.subject_type == word_erasure.SUBJECT)
    .order_by(Event.id)
    .execution_options(yield_per=100)
)
_WITH_WORDS = select(EventSecret.event_id).order_by(EventSecret.event_id).execution_options(yield_per=2000)


def erasures(session: Session) -> Iterator[Finding]:
    """Check that words are missing where they were erased and nowhere else."""
    if not word_erasure.has_begun(session):
        return
    with _scratch() as listed:
        for event, subject, effect in session.execute(_LISTS):
            try:
                # Nothing is listed before it is there.
                listed.executemany("INSERT OR IGNORE INTO erased VALUES (?)", _earlier(effect["events"], event))
            except (KeyError, TypeError, ValueError):
                # So altered that it cannot be read; its wrong hash is a finding of its own.
                yield Finding("event_unreadable", f"{word_erasure.SUBJECT} {subject}")
        gone = _marked(session.scalars(word_erasure.WITHOUT_WORDS), listed)
        yield from (Finding("words_missing", f"event {event}") for event, erased in gone if not erased)
        there = _marked(session.scalars(_WITH_WORDS), listed)
        yield from (Finding("words_not_erased", f"event {event}") for event, erased in there if erased)


def _earlier(events: list[int], before: int) -> list[tuple[int]]:
    return [(int(event),) for event in events if 0 < int(event) < before]


def _marked(events: Iterable[int], listed: sqlite3.Connection) -> Iterator[tuple[int, bool]]:
    """The events, in the order of their ids, and whether each is listed."""
    erased = (row[0] for row in listed.execute("SELECT event FROM erased ORDER BY event"))
    at = next(erased, None)
    for event in events:
        while at is not None and at < event:
            at = next(erased, None)
        yield event, at == event


@contextmanager
def _scratch() -> Iterator[sqlite3.Connection]:
    """An empty table of events in a file, which is removed at the end."""
    with (
        tempfile.TemporaryDirectory(prefix="xiaohao-verify-") as folder,
        closing(sqlite3.connect(Path(folder) / "erased")) as listed,
    ):
        for statement in (
            "PRAGMA journal_mode=OFF",
            "PRAGMA synchronous=OFF",
            "PRAGMA cache_size=-4000",
            "CREATE TABLE erased (event INTEGER PRIMARY KEY)",
        ):
            listed.execute(statement)
        yield listed
