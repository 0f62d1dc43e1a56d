"""The migrations lead to the schema that the models describe, on both databases: tables, checks, indexes, triggers."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from migrations import upgrade
from models.engine import make_engine
from models.schema import APPEND_ONLY
from settings import DEVELOPMENT_SECRET
from tests.conftest import fresh_database
from tests.support.databases import engine_at
from tools.check_migrations import differences, live


@pytest.fixture
def migrated(empty_database_url: str) -> Iterator[Engine]:
    made = make_engine(empty_database_url, DEVELOPMENT_SECRET)
    upgrade(made)
    yield made
    made.dispose()


@pytest.fixture
def described(request: pytest.FixtureRequest, migrated: Engine) -> Iterator[Engine]:
    """A database of the same kind, made from the models."""
    with fresh_database(request, migrated.dialect.name) as url:
        yield engine_at(url)


def test_the_migrated_schema_is_the_one_the_models_describe(migrated: Engine, described: Engine) -> None:
    assert differences(migrated, described) == []
    there = " ".join(live(migrated))
    for table in APPEND_ONLY:
        assert f"trigger {table}_refuse_update" in there
        assert f"trigger {table}_refuse_delete" in there


def test_migrating_again_changes_nothing(migrated: Engine) -> None:
    before = live(migrated)
    upgrade(migrated)
    assert live(migrated) == before


CHANGES = (
    "DROP TRIGGER event_refuse_delete{on_event}",
    "DROP INDEX uq_custody_open",
    "CREATE INDEX ix_new ON ticket (kind)",
    "ALTER TABLE ticket ADD COLUMN colour VARCHAR(3)",
    "DROP INDEX ix_tenure_next; CREATE INDEX ix_tenure_next ON tenure (next_at, id)",
)


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_departs_from_the_models_is_seen(migrated: Engine, described: Engine, change: str) -> None:
    on_event = "" if migrated.dialect.name == "sqlite" else " ON event"
    with migrated.begin() as connection:
        for statement in change.format(on_event=on_event).split("; "):
            connection.execute(text(statement))
    assert len(differences(migrated, described)) == 1


def test_a_check_or_a_type_that_departs_is_seen_though_the_words_are_the_same() -> None:
    from tools.check_migrations import _folded

    one = "CREATE TABLE t (a INTEGER NOT NULL, b VARCHAR(3), CONSTRAINT c CHECK (a > b))"
    assert _folded(one) == _folded(
        'CREATE TABLE "t" (\n b VARCHAR(3),\n a INTEGER NOT NULL,\n CONSTRAINT c CHECK (a > b)\n)'
    )
    assert _folded(one) != _folded("CREATE TABLE t (a INTEGER, b VARCHAR(3) NOT NULL, CONSTRAINT c CHECK (a > b))")
    assert _folded(one) != _folded("CREATE TABLE t (a INTEGER NOT NULL, b VARCHAR(3), CONSTRAINT c CHECK (b > a))")
