"""Board benchmark: whole board pages, in process, among 10,000 and among 300,000 closed tickets.

One ticket that went through the product's own functions is copied by SQL, custodies and rungs included. There is no
floor: the aim is that the page costs the same. `tests/boards/test_constant_cost.py` shows that without a clock.
"""

import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from sqlalchemy import Engine, inspect, text
from werkzeug.test import Client

from bench import county as counties
from bench import filling
from bench.databases import Databases
from bench.listing import timed
from bench.report import Line, shorter, table
from models.engine import make_engine, writing
from settings import DEVELOPMENT_SECRET
from web.app import create_app
from workflow.boards import day_counts

FEW, MANY, OPEN, AIM = 10_000, 300_000, 2_000, 0.5
#: The greatest cost among many tickets, as a multiple of the cost among few, that counts as equal.
NOISE = 1.25
_TABLES = ("ticket", "tenure", "custody", "escalation", "spot_check", "spot_result")


def multiplied(engine: Engine, ticket: int, first: int, last: int, stride: int = 1000) -> None:
    """Copies a closed ticket as numbers `first` to `last`, ids `stride` apart; writes no events."""
    with engine.begin() as connection:
        for name in _TABLES:
            columns = [column["name"] for column in inspect(connection).get_columns(name)]
            moved = {"id", "tenure_id", "custody_id", "check_id"} | (set() if name == "ticket" else {"ticket_id"})
            selected = ", ".join(f"{name}.{c} + k * {stride}" if c in moved else f"{name}.{c}" for c in columns)
            of = "id" if name == "ticket" else "ticket_id"
            connection.execute(
                text(
                    f"WITH RECURSIVE n(k) AS (SELECT {first} UNION ALL SELECT k + 1 FROM n WHERE k < {last})"
                    f" INSERT INTO {name} ({', '.join(columns)}) SELECT {selected} FROM {name}, n"
                    f" WHERE {name}.{of} = {ticket}"
                )
            )
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            for name in _TABLES:
                top = f"(SELECT max(id) FROM {name})"
                connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {top})"))
        # As PostgreSQL's autovacuum would; the product runs no ANALYZE on SQLite.
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("VACUUM ANALYZE"))


def run(made: Databases, county: counties.County, base: str, folder: Path, quick: bool) -> None:
    """Runs section `board`."""
    lines: list[Line] = []
    before: dict[str, float] = {}
    for size in (FEW // 10, MANY // 10) if quick else (FEW, MANY):
        url, now = made.copy(base), datetime.now(UTC)
        engine, began = make_engine(url, DEVELOPMENT_SECRET), time.perf_counter()
        multiplied(engine, 1, 1, size, 100)
        filling.fill(engine, county, now, 0, OPEN // 10 if quick else OPEN)
        with writing(engine) as session:
            days = day_counts.count(session, now)
        print(f"{made.kind}: {size:,} closed tickets, {days} days counted in {time.perf_counter() - began:.0f} s")
        app = create_app(DATABASE_URL=url, FILES=folder / "files")
        client = app.test_client()
        for name in ("office", "water", "huacheng"):
            label = {"office": "office", "water": "bureau"}.get(name, "town")
            whose = county.units.get(name) or next(u for c, u in county.units.items() if "town" in c)
            head = {"Authorization": f"Bearer {county.tokens[county.clerks[whose]]}"}

            def page(client: Client = client, head: dict[str, str] = head) -> None:
                assert client.get("/board", headers=head).status_code == 200

            page()
            took, cpu = [], []
            for _ in range(10 if quick else 30):
                at = time.process_time()
                took.append(timed(page))
                cpu.append(time.process_time() - at)
            line = shorter(f"{label}'s board, {size:,} closed", took, None, AIM, cpu)
            if median(took) > NOISE * before.setdefault(label, median(took)):
                line = (*line[:-1], f"NOT MET: dearer than {before[label] * 1000:.3g} ms among few")
            lines.append(line)
        app.extensions["xiaohao"].engine.dispose()
        engine.dispose()
    table(f"Boards, whole pages in process, {made.kind}", lines)
