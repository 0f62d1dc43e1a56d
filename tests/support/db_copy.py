"""A database that is put back to what it was, again and again: on SQLite alone, by its own copying of pages."""

from typing import Any, Self

from sqlalchemy import Engine


class Restored:
    """Remembers what a database holds when it is entered; `put_back` restores that."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        #: Whether it can be put back; if not, it is sampled, since every change stays.
        self.possible = engine.dialect.name == "sqlite"
        self.sampled = not self.possible
        self._kept: Any = None

    def __enter__(self) -> Self:
        if self.possible:
            with self._engine.connect() as connection:
                live: Any = connection.connection.driver_connection
                self._kept = type(live)(":memory:")
                live.backup(self._kept)
        return self

    def put_back(self) -> None:
        """Undo whatever was committed since."""
        with self._engine.connect() as connection:
            live: Any = connection.connection.driver_connection
            connection.rollback()
            self._kept.backup(live)

    def __exit__(self, *_: object) -> None:
        if self._kept is not None:
            self._kept.close()
