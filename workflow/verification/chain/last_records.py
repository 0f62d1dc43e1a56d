"""Last records: what the history last recorded of each row, kept in a scratch file, so that memory does not grow with the county.

The records come in the order of the history, the rows are compared table by table; in between they lie in an SQLite file that is
gone when the check ends.
"""

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

#: Kilobytes of the file that are kept in memory.
_CACHE = 16_000


@dataclass(frozen=True, slots=True)
class Record:
    """The record of one row: its digest, None where the row was deleted, and the salt, None where it was erased."""

    table: str
    number: int
    kept: str | None
    salt: str | None
    sealed: bool


class LastRecords:
    """The last record of each row, and whether the row was there by the last sealed one."""

    def __init__(self, file: Path) -> None:
        self._scratch = sqlite3.connect(file)
        for statement in (
            "PRAGMA journal_mode=OFF",
            "PRAGMA synchronous=OFF",
            f"PRAGMA cache_size=-{_CACHE}",
            "CREATE TABLE record (tab TEXT, number INTEGER, kept TEXT, salt TEXT, there INTEGER, PRIMARY KEY (tab, number))"
            " WITHOUT ROWID",
        ):
            self._scratch.execute(statement)

    def keep(self, records: Iterable[Record]) -> None:
        """Keep records that follow those kept before."""
        self._scratch.executemany(
            "INSERT INTO record VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET kept = excluded.kept,"
            " salt = excluded.salt, there = coalesce(excluded.there, there)",
            (
                (one.table, one.number, one.kept, one.salt, one.kept is not None if one.sealed else None)
                for one in records
            ),
        )

    def of(self, table: str) -> Iterator[tuple[int, str | None, str | None]]:
        """Number, digest and salt of the rows of a table, by number."""
        query = "SELECT number, kept, salt FROM record WHERE tab = ? ORDER BY number"
        yield from self._scratch.execute(query, (table,))

    def sealed_rows(self) -> dict[str, int]:
        """How many rows of each table there were by the sealed records."""
        return dict(self._scratch.execute("SELECT tab, coalesce(sum(there), 0) FROM record GROUP BY tab").fetchall())

    def close(self) -> None:
        self._scratch.close()


@contextmanager
def scratch() -> Iterator[LastRecords]:
    """An empty scratch file, which is removed at the end."""
    with tempfile.TemporaryDirectory(prefix="xiaohao-verify-") as folder:
        made = LastRecords(Path(folder) / "records")
        try:
            yield made
        finally:
            made.close()
