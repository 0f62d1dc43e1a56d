"""Databases for tests: each process keeps a few of each kind and reuses them, emptied, with their engine.

Creating a database on PostgreSQL and filling it through new connections took longer than most tests; one engine per
database compiles each statement once.
"""

import itertools
import os
import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from models import Base
from models import engine as engines
from models.engine import make_engine
from models.schema import create_schema
from settings import DEVELOPMENT_SECRET

#: Where files are memory, and how much of it must be free.
_MEMORY, _ENOUGH = Path("/dev/shm"), 3 << 30


def memory() -> Path | None:
    """A folder in memory, where the system has one: creating a database there takes 24 ms, on a disk 110 to 380."""
    there = _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ENOUGH
    return _MEMORY if there else None


#: The engines of what is lent or kept, by address.
_engines: dict[str, Engine] = {}


def engine_at(url: str) -> Engine:
    """The engine this process keeps for a database in use."""
    return _engines[url]


def kept_engine(url: str) -> Engine | None:
    """The same, or None for a database that is not in use."""
    return _engines.get(url)


class Databases(ABC):
    """The databases of one kind."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._free: list[str] = []

    @contextmanager
    def lend(self) -> Iterator[str]:
        """The address of a database with the schema and no rows; it is returned when the test ends."""
        url = self._emptied() or self._made()
        # What was read from the rows of before (a county's settings) is kept as long as the pool of connections.
        engines._kept.pop(_engines[url].pool, None)
        try:
            yield url
        finally:
            self._free.append(url)

    def _emptied(self) -> str | None:
        while self._free:
            url = self._free.pop()
            if self.emptied(url):
                return url
            _engines.pop(url).dispose()
            self.drop(url)
        return None

    def _made(self) -> str:
        url = self.made(next(self._numbers))
        _engines[url] = make_engine(url, DEVELOPMENT_SECRET)
        return url

    @contextmanager
    @abstractmethod
    def bare(self) -> Iterator[str]:
        """The address of a database without tables, which is not reused."""

    @abstractmethod
    def made(self, number: int) -> str:
        """Creates a database with the schema."""

    @abstractmethod
    def emptied(self, url: str) -> bool:
        """Deletes the rows of a database; False if it should not be reused."""

    @abstractmethod
    def drop(self, url: str) -> None:
        """Drops a database."""

    def close(self) -> None:
        """Drops all databases."""
        while self._free:
            url = self._free.pop()
            _engines.pop(url).dispose()
            self.drop(url)


class SqliteFiles(Databases):
    """SQLite files in a folder, each a copy of one with the schema."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = Path(tempfile.mkdtemp(prefix="xiaohao-sqlite-", dir=memory()))
        self.template = self._folder / "template.db"
        engine = make_engine(f"sqlite:///{self.template}", DEVELOPMENT_SECRET)
        create_schema(engine)
        # The last connection that closes leaves one file.
        engine.dispose()

    @contextmanager
    def bare(self) -> Iterator[str]:
        yield f"sqlite:///{self._folder / f'bare-{next(self._numbers)}.db'}"

    def made(self, number: int) -> str:
        path = self._folder / f"xiaohao-{number}.db"
        shutil.copyfile(self.template, path)
        return f"sqlite:///{path}"

    def emptied(self, url: str) -> bool:
        _engines[url].dispose()
        self.drop(url)
        # Another file of the same name: a connection to the old one does no harm.
        shutil.copyfile(self.template, str(make_url(url).database))
        return True

    def close(self) -> None:
        super().close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def drop(self, url: str) -> None:
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(f"{make_url(url).database}{suffix}").unlink(missing_ok=True)


#: What changes when a test alters the schema (a trigger or a constraint dropped, a column added) or gathers statistics, by
#: which plans would be others; and how large the tables have grown: deleted rows stay in the files.
_SHAPE = text("""
SELECT (SELECT sum(hashtext(concat(tgname, tgrelid, tgenabled))) FROM pg_trigger),
       (SELECT count(*) FROM pg_attribute),
       (SELECT count(*) FROM pg_class),
       (SELECT count(*) FROM pg_constraint),
       (SELECT count(*) FROM pg_statistic WHERE starelid >= 16384)""")
_SIZE = text("SELECT sum(pg_relation_size(oid)) FROM pg_class WHERE relnamespace = 'public'::regnamespace")
_MOST = 24 << 20


class PostgresqlDatabases(Databases):
    """Databases of a server, each a copy of one with the schema."""

    def __init__(self, server: str) -> None:
        super().__init__()
        self._server = server
        # Copying files is the faster way in memory and by far the slower one on a disk.
        self._strategy = "FILE_COPY" if memory() else "WAL_LOG"
        self._template = f"template_{os.getpid()}"
        self._administer(f"DROP DATABASE IF EXISTS {self._template}", f"CREATE DATABASE {self._template}")
        engine = make_engine(self._at(self._template), DEVELOPMENT_SECRET)
        create_schema(engine)
        with engine.connect() as connection:
            self._shape = connection.execute(_SHAPE).one()
            self._clear = _clearing(connection)
        engine.dispose()

    @contextmanager
    def bare(self) -> Iterator[str]:
        url = self._created("template0", next(self._numbers))
        try:
            yield url
        finally:
            self.drop(url)

    def made(self, number: int) -> str:
        return self._created(self._template, number)

    def emptied(self, url: str) -> bool:
        try:
            with _engines[url].begin() as connection:
                if connection.execute(_SHAPE).one() != self._shape or connection.execute(_SIZE).scalar_one() > _MOST:
                    return False
                # Several statements at once: psycopg must not prepare them.
                cursor: Any = connection.connection.cursor()
                cursor.execute(self._clear, prepare=False)
        except (DBAPIError, psycopg.Error):
            # A connection is still checked out.
            return False
        if _engines[url].pool.checkedin() > 1:  # type: ignore[attr-defined]
            # Taken in turns, several connections would each prepare every statement; the next test begins with one.
            _engines[url].dispose()
        return True

    def drop(self, url: str) -> None:
        self._administer(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")

    def close(self) -> None:
        super().close()
        self._administer(f"DROP DATABASE IF EXISTS {self._template} WITH (FORCE)")

    def _created(self, template: str, number: int) -> str:
        name = f"test_{os.getpid()}_{number}"
        self._administer(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY {self._strategy}")
        return self._at(name)

    def _at(self, database: str) -> str:
        return make_url(self._server).set(database=database).render_as_string(hide_password=False)

    def _administer(self, *statements: str) -> None:
        engine = create_engine(self._at("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
        engine.dispose()


def _clearing(connection: Connection) -> str:
    """The statements that delete every row, triggers disabled, and restart every sequence."""
    sequences = connection.scalars(text("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'")).all()
    return "; ".join(
        [
            "SET LOCAL session_replication_role = replica",
            "SET LOCAL lock_timeout = '10s'",
            *(f"DELETE FROM {table.name}" for table in Base.metadata.sorted_tables),
            "SELECT " + ", ".join(f"setval('{name}', 1, false)" for name in sequences),
        ]
    )
