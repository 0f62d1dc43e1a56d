"""Marked store: a store of evidence that is used only while it bears its county's mark.

`init` writes the mark.  A folder that is not mounted, or is another county's, bears none or another; it is refused, and no folder
is made in its place.
"""

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import IO
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Evidence, FigureProof, InstallationMark
from workflow.errors import Conflict
from workflow.evidence.sealed_store import SealedStore
from workflow.evidence.store import FolderStore, Store, StoreUnmarked

#: Seconds for which a mark that was seen in a bucket counts; a folder's is read at every use.
_SEEN = 60.0
#: How many of the newest files must be there before a store of a county with evidence is marked.
_NEWEST = 5


class MarkedStore:
    """A store that must bear a mark; `expected` gives it (None: the county was never set up by `init` and demands none)."""

    def __init__(self, inner: Store, expected: Callable[[], str | None]) -> None:
        self.inner, self._expected, self._seen_at = inner, expected, float("-inf")

    def confirm(self) -> None:
        """Raises StoreUnmarked for a store without the mark of the county."""
        if not isinstance(self.inner, FolderStore) and time.monotonic() - self._seen_at < _SEEN:
            return
        expected = self._expected()
        if expected is None:
            return
        if self.inner.read_mark() != expected:
            raise StoreUnmarked(5, "the evidence store does not bear the county's mark")
        self._seen_at = time.monotonic()

    def put(self, sha256: str, content: bytes) -> None:
        self.confirm()
        self.inner.put(sha256, content)

    def replace(self, sha256: str, content: bytes) -> None:
        self.confirm()
        self.inner.replace(sha256, content)

    def open(self, sha256: str) -> IO[bytes]:
        self.confirm()
        return self.inner.open(sha256)

    def listing(self) -> Iterator[tuple[str, datetime]]:
        self.confirm()
        yield from self.inner.listing()

    def drop(self, name: str, before: datetime) -> bool:
        self.confirm()
        return self.inner.drop(name, before)

    def read_mark(self) -> str | None:
        return self.inner.read_mark()

    def write_mark(self, mark: str) -> None:
        self.inner.write_mark(mark)


def unmarked(store: SealedStore) -> SealedStore:
    """The same store, used whatever mark it bears: by what marks it, and by a restore."""
    return store.beside(store.inner.inner) if isinstance(store.inner, MarkedStore) else store


def demanded(session: Session) -> str | None:
    """The mark that the county's store must bear, or None."""
    return session.scalar(select(InstallationMark.store))


def demand(session: Session) -> None:
    """Choose the mark of a county that has none, so that its store is refused until it bears it."""
    row = session.scalars(select(InstallationMark)).one()
    row.store = row.store or uuid4().hex


def mark_store(session: Session, store: Store) -> None:
    """Mark the store as the county's, if it holds the files of the newest rows.

    Raises Conflict for a store with another mark, and for one without these files: it is not mounted, or not the county's.
    """
    mark, found = demanded(session), store.read_mark()
    if mark is None or found == mark:
        return
    if found is not None:
        raise Conflict("store_of_other_county")
    if not holds_newest(session, store):
        raise Conflict("store_without_files")
    store.write_mark(mark)


def holds_newest(session: Session, store: Store) -> bool:
    """Whether the store holds the files of the newest rows; so does an empty one where no row names a file."""
    for column, key in ((Evidence.sha256, Evidence.id), (FigureProof.sha256, FigureProof.id)):
        for name in session.scalars(select(column).order_by(key.desc()).limit(_NEWEST)):
            try:
                store.open(name).close()
            except FileNotFoundError:
                return False
    return True
