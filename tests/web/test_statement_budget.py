"""Statements of a page and of an act: as many for a long list as for a short one, and no more than a budget says."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from tests.support.pages import open_pages

pytestmark = pytest.mark.one_database("sqlite")


@contextmanager
def asked(engine: Engine) -> Iterator[list[str]]:
    """The statements that the engine executes meanwhile."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_a_list_asks_as_much_for_many_tickets_as_for_one(engine: Engine, database_url: str, tmp_path: Path) -> None:
    with open_pages(engine, database_url, tmp_path / "files") as pages:
        counts = []
        for number, (household, kind) in enumerate(product(("A1", "A2", "A3"), ("water", "power")), start=1):
            pages.county.file("village", household, kind)
            # What happens once is not counted: signing in, what the process keeps of the county.
            pages.get("town", "/tickets")
            with asked(engine) as statements:
                shown = pages.get("town", "/tickets").text
            assert shown.count('name="t"') == number
            counts.append(len(statements))
    assert counts == [counts[0]] * 6
    # One of them reads the saved views.
    assert counts[0] <= 19
