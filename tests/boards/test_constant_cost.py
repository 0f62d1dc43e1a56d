"""Cost of a board and of the first page: constant in the number of closed tickets, counted in database steps instead of time."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from bench.boards import multiplied
from tests.support.factories import START, County, day
from tests.support.pages import Pages, open_pages
from tests.support.spot_checks import FIRST, LOOKED, look
from workflow.accountability import sweep
from workflow.accountability.oversight import monthly_draw
from workflow.boards import day_counts

pytestmark = pytest.mark.both_databases

#: The boards, and the first pages of those who begin with their work; a village's also reads the tickets of the households it
#: is to visit, and here all are of one.
READ = (
    *((who, "/board") for who in ("office", "leaders", "town", "water", "village")),
    *((who, "/") for who in ("town", "water")),
    ("leaders", "/briefing"),
)


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path / "files") as opened:
        yield opened


def lived(county: County) -> None:
    """Three tickets: the first late, closed and spot-checked; two open, one of them far up the ladder."""
    county.file("town", "A1", "water", START)
    county.file("town", "A2", "water", START)
    sweep.run(county.read, county.write, day(6))
    county.do("water", "accept", 1, day(6))
    county.resolve(1, day(6))
    county.confirm(1, day(7))
    county.file("village", "A3", "power", day(7))
    monthly_draw.run(county.read, county.write, FIRST)
    look(county, "holds", at=LOOKED)
    with county.write() as session:
        day_counts.count(session, LOOKED)


@contextmanager
def looked_at(engine: Engine) -> Iterator[list[int]]:
    """Counts the database's work into one figure: hundreds of steps of SQLite's machine, or rows read by PostgreSQL."""
    steps = [0]

    def count() -> int:
        steps[0] += 1
        return 0

    def watch(dbapi_connection, *_: object) -> None:  # type: ignore[no-untyped-def]
        dbapi_connection.set_progress_handler(count, 100)

    def rows(connection) -> int:  # type: ignore[no-untyped-def]
        read = "SELECT coalesce(sum(seq_tup_read + idx_tup_fetch), 0) FROM pg_stat_xact_user_tables"
        return int(connection.exec_driver_sql(read).scalar_one())

    def before(connection) -> None:  # type: ignore[no-untyped-def]
        # Rows read before by the same connection are still counted.
        steps[0] -= rows(connection)

    def after(connection) -> None:  # type: ignore[no-untyped-def]
        steps[0] += rows(connection)

    listening = (
        (("checkout", watch),)
        if engine.dialect.name == "sqlite"
        else (("begin", before), ("commit", after), ("rollback", after))
    )
    for name, does in listening:
        event.listen(engine, name, does)
    try:
        yield steps
    finally:
        for name, does in listening:
            event.remove(engine, name, does)


def test_no_board_and_no_first_page_looks_at_what_is_closed(pages: Pages) -> None:
    engine = pages.county.engine
    lived(pages.county)
    pages.now = LOOKED
    for who, path in READ:
        assert pages.get(who, path).status_code == 200
    own = pages.app.extensions["xiaohao"].engine
    cost: dict[tuple[str, str], list[int]] = {read: [] for read in READ}
    for first, last in ((1, 500), (501, 5000)):
        multiplied(engine, 1, first, last)
        # So every statement is planned again for the present rows.
        own.dispose()
        for who, path in READ:
            with looked_at(own) as steps:
                page = pages.get(who, path)
            assert page.status_code == 200
            cost[who, path].append(steps[0])
    assert all(few > 0 for few, _ in cost.values())
    # A small table is read whole or by its index, as it comes; ten times the tickets would be ten times as much.
    assert {read: costs for read, costs in cost.items() if costs[1] > 1.2 * costs[0] + 30} == {}
