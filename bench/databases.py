"""Benchmark databases: throwaway ones on SQLite and PostgreSQL, and copies, so that every round begins with the same
rows.
"""

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from models.engine import make_engine
from models.schema import create_schema
from settings import DEVELOPMENT_SECRET
from tests.support.postgresql import serve

KINDS = ("sqlite", "postgresql")


class Databases:
    """Makes, copies and drops databases of one kind; a database that is copied or dropped must have no connections."""

    def __init__(self, kind: str, folder: Path, server: str | None) -> None:
        self.kind, self.folder, self.server = kind, folder, server
        self._numbers = itertools.count(1)

    def create(self) -> str:
        """Creates a database with the schema and no rows; returns its address."""
        url = self._address(name := f"bench_{next(self._numbers)}")
        if self.server:
            self._administer(f"CREATE DATABASE {name}")
        engine = make_engine(url, DEVELOPMENT_SECRET)
        create_schema(engine)
        engine.dispose()
        return url

    def copy(self, url: str) -> str:
        """Copies a database with its rows; returns the address of the copy."""
        copied = self._address(name := f"bench_{next(self._numbers)}")
        if self.server:
            self._administer(f"CREATE DATABASE {name} TEMPLATE {make_url(url).database} STRATEGY FILE_COPY")
        else:
            engine = make_engine(url, DEVELOPMENT_SECRET)
            with engine.connect() as connection:
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.exec_driver_sql("BEGIN")
            engine.dispose()
            shutil.copyfile(str(make_url(url).database), str(make_url(copied).database))
        return copied

    def drop(self, url: str) -> None:
        """Drops a database."""
        if self.server:
            self._administer(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")
        else:
            for ending in ("", "-wal", "-shm"):
                Path(f"{make_url(url).database}{ending}").unlink(missing_ok=True)

    def _address(self, name: str) -> str:
        if self.server:
            return make_url(self.server).set(database=name).render_as_string(hide_password=False)
        return f"sqlite:///{self.folder / name}.db"

    def _administer(self, statement: str) -> None:
        engine = create_engine(self._address("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


@contextmanager
def databases(kind: str, folder: Path) -> Iterator[Databases]:
    """Yields databases of this kind; PostgreSQL gets a server of its own, on its default (durable) settings."""
    if kind == "sqlite":
        yield Databases(kind, folder, None)
        return
    with serve(durable=True) as address:
        yield Databases(kind, folder, address)
