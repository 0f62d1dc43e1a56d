"""Release dumps: a small county after two simulated months, on each kind of database, in `tests/dumps`.

`python -m tools.dump_release` once per release; `tests/test_dumps.py` upgrades every dump to the newest schema. The
county is seeded, on a fixed clock, without the files of its evidence.
"""

import gzip
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, func, make_url, select

import migrations
from models import AccountabilityCase, Block, ExitDossier, Paper, Ranking, SpotCheck, Ticket
from models.engine import make_engine, reading, writing
from settings import VERSION, default_scheme
from simulation import demo
from simulation.demo import Scale
from workflow.adoption.scheme_storing import install
from workflow.county.vault import Vault
from workflow.policy.scheme.reader import read_scheme
from workflow.register.names.pinyin import fill_in

FOLDER = Path(__file__).parents[1] / "tests" / "dumps"
#: The key for the ID numbers; numbers and key are made up.
KEY = "the key of a dump for tests, of made-up people"
NOW = datetime(2026, 11, 27, 4, 0, tzinfo=UTC)
#: Tables that must have rows in a dump; otherwise its upgrade proves nothing.
WANTED = (Ticket, Paper, AccountabilityCase, Ranking, Block, SpotCheck, ExitDossier)
_SLOW = {"town": 2, "bureau": 2}


def live(engine: Engine, files: Path) -> dict[str, int]:
    """Simulates a small county in an empty database; returns the row counts of the required tables."""
    migrations.upgrade(engine)
    with writing(engine) as session:
        install(session, read_scheme(default_scheme()), NOW.year, NOW)
        fill_in(session)
    demo.run(
        engine,
        files,
        NOW,
        Scale(days=50, seed=2, households=40, slow=_SLOW),
        hash_password=lambda word: "!" + word,
        progress=lambda day, of: None,
        vault=Vault(KEY),
    )
    with reading(engine) as session:
        counts = {row.__tablename__: session.scalar(select(func.count()).select_from(row)) or 0 for row in WANTED}
    if not all(counts.values()):
        raise SystemExit(f"a dump without some of these proves nothing: {counts}")
    return counts


def sqlite_dump(path: Path) -> Iterator[str]:
    """The statements that restore this SQLite file."""
    with closing(sqlite3.connect(path)) as connection:
        yield from (f"{statement}\n" for statement in connection.iterdump())


def postgresql_dump(url: str, program: str) -> Iterator[str]:
    """The statements that restore this PostgreSQL database, without the client's own commands."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    words = [program, "--no-owner", "--no-privileges", "--inserts", "--rows-per-insert=200", f"--dbname={plain}"]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    yield from (f"{line}\n" for line in said.splitlines() if not line.startswith(("\\", "--", "SET ")) and line)


def _keep(kind: str, statements: Iterator[str]) -> None:
    path = FOLDER / f"{VERSION}.{kind}.sql.gz"
    with gzip.GzipFile(path, "wb", mtime=0) as file:
        for statement in statements:
            file.write(statement.encode())
    sys.stdout.write(f"{path.name}: {path.stat().st_size // 1024} KB\n")


def main() -> None:
    from tests.conftest import PG_TOOLS
    from tests.support.postgresql import serve

    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "county.db"
        engine = make_engine(f"sqlite:///{file}", KEY)
        sys.stdout.write(f"{live(engine, Path(folder) / 'files')}\n")
        engine.dispose()
        _keep("sqlite", sqlite_dump(file))
        with serve() as url:
            engine = make_engine(url, KEY)
            live(engine, Path(folder) / "other-files")
            engine.dispose()
            _keep("postgresql", postgresql_dump(url, str(Path(PG_TOOLS) / "pg_dump")))


if __name__ == "__main__":
    main()
