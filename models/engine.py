"""Engine: connections and transactions on SQLite and PostgreSQL.

SQLite: the driver never begins a transaction by itself; a writing session begins IMMEDIATE, so that two callers never
both read before either writes.  The older libraries of distributions have a bug in WAL mode that can corrupt a file
shared by several connections; the `pysqlite3` wheel ships a fixed version, and without it the journal stays in TRUNCATE
mode.
"""

import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, ExceptionContext, Select, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import Pool

from models import postgresql
from models.failures import OutcomeUnknown, in_doubt, passing
from models.postgresql import PATIENT, Waits
from models.sealing import Sealer

_T = TypeVar("_T")
_MENDED = (3, 51, 3)
#: How many prepared statements a connection to SQLite keeps: with the driver's 128 a county's day, which has several
#: hundred, prepares most of them again and again.
_STATEMENTS = 1000
_writers: dict[str, threading.Lock] = {}
#: Where a reading session keeps what it has asked once.
_ONCE = "asked_once"
_kept: WeakKeyDictionary[Pool, dict[str, dict[Any, Any]]] = WeakKeyDictionary()


def _sqlite_module() -> ModuleType:
    try:
        import pysqlite3.dbapi2 as mended
    except ImportError:
        return sqlite3
    module: ModuleType = mended
    return module


def make_engine(url: str, data_key: str | None = None, waits: Waits = PATIENT) -> Engine:
    """An engine for `url`, with every setting that the guarantees of this system depend on.

    `data_key`: the keys of `XIAOHAO_DATA_KEY`; without one, sealed columns can be neither read nor written.

    >>> make_engine("sqlite://").dialect.name
    'sqlite'
    """
    engine = _configured(url, waits)
    _doubt_lost_commits(engine)
    # The types of sealed columns are shared by all engines; only the dialect belongs to one.
    engine.dialect.sealer = Sealer(data_key) if data_key else None  # type: ignore[attr-defined]
    return engine


def engine_beside(engine: Engine, url: str) -> Engine:
    """An engine for another database of the same county: under the same keys."""
    sealer: Sealer | None = getattr(engine.dialect, "sealer", None)
    return make_engine(url, ",".join(sealer.keys) if sealer is not None else None)


def _configured(url: str, waits: Waits) -> Engine:
    if not url.startswith("sqlite"):
        engine = create_engine(
            url,
            pool_pre_ping=True,
            isolation_level="READ COMMITTED",
            pool_size=5,
            max_overflow=10,
            pool_timeout=10,
            connect_args={} if "connect_timeout" in make_url(url).query else {"connect_timeout": waits.connect},
        )
        postgresql.set_up(engine, waits)
        return engine
    module = _sqlite_module()
    wal = tuple(module.sqlite_version_info) >= _MENDED
    connect_args = {"isolation_level": None, "timeout": 10, "cached_statements": _STATEMENTS}
    engine = create_engine(url, module=module, connect_args=connect_args)

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in (
            "foreign_keys=ON",
            "recursive_triggers=ON",
            "busy_timeout=10000",
            f"journal_mode={'WAL' if wal else 'TRUNCATE'}",
            "synchronous=FULL",
            # What is erased leaves no bytes in the file.
            "secure_delete=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _doubt_lost_commits(engine: Engine) -> None:
    """Raise OutcomeUnknown where the line breaks after COMMIT was sent: it may have been carried out."""

    @event.listens_for(engine, "begin")
    def _began(connection: Connection) -> None:
        connection.info["committing"] = False

    @event.listens_for(engine, "commit")
    def _committing(connection: Connection) -> None:
        # Whoever only reads ends by committing too, and nothing hangs on it.
        connection.info["committing"] = not connection.get_execution_options().get("reading", False)

    @event.listens_for(engine, "handle_error")
    def _lost(context: ExceptionContext) -> None:
        connection = context.connection
        if connection is None or connection.invalidated or not connection.info.get("committing"):
            return
        if in_doubt(context.original_exception, context.is_disconnect):
            raise OutcomeUnknown(str(context.original_exception)) from context.original_exception


def kept(session: Session, what: str) -> dict[Any, Any]:
    """The process cache named `what` for the database of `session`, kept as long as its engine.

    Keyed by engine and not by URL: two counties may share a URL with schemas of their own, and tests reuse addresses.
    """
    # Engines derived by execution options share their pool; a disposed engine gets a new one.
    return _kept.setdefault(session.get_bind().engine.pool, {}).setdefault(what, {})


def asked_once(session: Session, query: Select[Any]) -> Any:
    """The one row of a query without values; a session of `reading` asks it once, since its answer stays the same there."""
    once: dict[int, Any] | None = session.info.get(_ONCE)
    if once is None:
        return session.execute(query).one_or_none()
    if id(query) not in once:
        once[id(query)] = session.execute(query).one_or_none()
    return once[id(query)]


def guarded(engine: Engine, guard: Callable[[Session], None] | None) -> Engine:
    """The same engine, whose writing transactions call `guard` first; an error it raises refuses the write.

    None: unguarded, for a simulation that brings a clock of its own.
    """
    return engine.execution_options(write_guard=guard)


def ask_guard(engine: Engine) -> None:
    """Ask the guard of `engine` outside a transaction: before work that writes or deletes elsewhere than in the database."""
    with reading(engine) as session:
        _guard(engine, session)


def _guard(engine: Engine, session: Session) -> None:
    guard: Callable[[Session], None] | None = engine.get_execution_options().get("write_guard")
    if guard is not None:
        guard(session)


def reading_engine(engine: Engine) -> Engine:
    """The same engine for sessions that only read: on SQLite they begin without taking the writer's place."""
    return engine.execution_options(reading=True)


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that reads one consistent state and writes nothing.

    Its connection ends by committing, while the session never flushes: a rollback would make psycopg forget every
    statement it has prepared, and planning the joins of a page again costs PostgreSQL more than running them.
    """
    with Session(reading_engine(engine), autoflush=False, info={_ONCE: {}}) as session:
        yield session
        if session.in_transaction():
            session.connection().commit()


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """One transaction: committed at the end, rolled back when an error passes through.

    On SQLite the writers of one process queue here, since waiting by polling is slow and unfair.
    """
    if engine.dialect.name == "sqlite":
        with _writers.setdefault(str(engine.url), threading.Lock()), _transaction(engine) as session:
            yield session
    else:
        with _transaction(engine) as session:
            yield session


@contextmanager
def _transaction(engine: Engine) -> Iterator[Session]:
    with Session(engine, expire_on_commit=False) as session:
        try:
            _guard(engine, session)
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


def in_transaction(engine: Engine, work: Callable[[Session], _T], *, tries: int = 5) -> _T:
    """Do `work` in one transaction; after a deadlock or a busy database repeat it, with jitter."""
    for attempt in range(1, tries + 1):
        try:
            with writing(engine) as session:
                return work(session)
        except DBAPIError as error:
            if attempt == tries or not passing(error):
                raise
            time.sleep(random.uniform(0.01, 0.05) * attempt)
    raise AssertionError("unreachable")


def in_transaction_if_free(engine: Engine, work: Callable[[Session], object]) -> bool:
    """Do `work` in one transaction unless another writer has the database; returns whether it was done.

    For what may wait: on SQLite it takes no place in the queue of writers and waits for none; PostgreSQL has no such queue.
    """
    if engine.dialect.name != "sqlite":
        with writing(engine) as session:
            work(session)
        return True
    place = _writers.setdefault(str(engine.url), threading.Lock())
    if not place.acquire(blocking=False):
        return False
    try:
        with engine.connect() as connection, _without_waiting(connection), Session(connection) as session:
            # Begins here, where it may be refused, not at the first statement of the work.
            session.connection()
            _guard(engine, session)
            work(session)
            session.commit()
    except OperationalError as error:
        if not passing(error):
            raise
        return False
    finally:
        place.release()
    return True


@contextmanager
def _without_waiting(connection: Connection) -> Iterator[None]:
    """A connection to SQLite that refuses at once where it would wait for another process."""
    driver: Any = connection.connection.driver_connection
    before = driver.execute("PRAGMA busy_timeout").fetchone()[0]
    driver.execute("PRAGMA busy_timeout=0")
    try:
        yield
    finally:
        connection.rollback()
        driver.execute(f"PRAGMA busy_timeout={before}")
