"""Evidence cleanup: removes stored bytes that no row names, left by broken uploads or crashes."""

from array import array
from bisect import bisect_left
from datetime import datetime, timedelta

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from models import Evidence, FigureProof, HeldFile, RegisterImport
from workflow.evidence.store import Place
from workflow.evidence.store_opening import store_at

#: How long bytes may stay unnamed; a request takes seconds.
PATIENCE = timedelta(days=1)


def tidy(session: Session, files: Place, now: datetime, *, dry_run: bool = False) -> int:
    """Remove what is older than a day and that no row names; returns how many pieces.  Bytes named by a row always
    stay."""
    store, before = store_at(files), now - PATIENCE
    # Bytes stored before that moment are named by now or never, so the rows are read once, first.
    named = _names_in_use(session)
    removed = 0
    for name, put in store.listing():
        if put < before and not _among(named, name):
            removed += dry_run or store.drop(name, before)
    return removed


def _names_in_use(session: Session) -> "array[int]":
    """The first 64 bits of every SHA-256 that a row names, sorted: 8 bytes each, so a million cost little.

    A collision only keeps one unnamed piece too long.
    """
    columns = (
        Evidence.sha256,
        Evidence.thumbnail,
        FigureProof.sha256,
        RegisterImport.sha256,
        HeldFile.stored,
        HeldFile.thumbnail,
    )
    query = union_all(*(select(column).where(column.is_not(None)) for column in columns))
    rows = session.execute(query.execution_options(yield_per=5000))
    return array("Q", sorted(int(sha256[:16], 16) for (sha256,) in rows if sha256))


def _among(named: "array[int]", name: str) -> bool:
    try:
        key = int(name[:16], 16) if len(name) == 64 else None
    except ValueError:
        key = None
    if key is None:
        return False
    at = bisect_left(named, key)
    return at < len(named) and named[at] == key
