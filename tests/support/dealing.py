"""Which tests a run leaves to the other kind of database; `--thorough` leaves out none.

A test about pages or commands runs on the kind that its module names, a test of what a database itself does on both.  Any
other is dealt out: every third example, and every third test without examples, to PostgreSQL, which takes twice as long
(docs/decisions/tests.md).
"""

import zlib
from typing import Any

import pytest

KINDS = ("sqlite", "postgresql")
#: Rooms whose tests ask what a database does: constraints, triggers, plans, rows altered beside their door.
OF_DATABASES = ("models", "history", "verification")
_NAMES = ("database_url", "empty_database_url")


def is_left_out(item: pytest.Item) -> bool:
    """Whether this test is for the other kind of database."""
    called = getattr(item, "callspec", None)
    kind = next((value for name in _NAMES if (value := called.params.get(name)) in KINDS), None) if called else None
    if kind is None or names_its_database(item):
        return False
    mark = item.get_closest_marker("one_database")
    if mark is not None:
        return bool(kind != (mark.args[0] if mark.args else "sqlite"))
    return not _asks_what_a_database_does(item) and kind != _dealt_to(item, called)


def names_its_database(item: Any) -> bool:
    """Whether the test or its module itself says which databases it runs on."""
    return any(mark.args[0] in _NAMES for mark in item.iter_markers("parametrize"))


def _asks_what_a_database_does(item: pytest.Item) -> bool:
    room = item.nodeid.removeprefix("tests/").partition("/")[0]
    # Beside the rooms lie migrations, dumps, locks and strange databases.
    return room in OF_DATABASES or "::" in room or item.get_closest_marker("both_databases") is not None


def _dealt_to(item: pytest.Item, called: Any) -> str:
    """The kind of this example: the same in every run, whatever else is selected."""
    example = sum(index for name, index in called.indices.items() if name not in _NAMES)
    place = (zlib.crc32(item.nodeid.partition("[")[0].encode()) + example) % 3
    return "postgresql" if place == 0 else "sqlite"
