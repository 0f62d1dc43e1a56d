"""Unusable databases: refused in one sentence by commands, by a server's start and by the worker."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from migrations import upgrade
from migrations.state import judged, revisions, strange
from models.engine import make_engine
from models.schema import create_schema
from pacing import NotYet
from settings import DEVELOPMENT_SECRET, ROOT
from web.app import create_app
from worker import begin

STAMP = "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL); INSERT INTO alembic_version VALUES ('{}')"
#: The database's contents, the error's code, and a part of its sentence in each language.
STRANGE = {
    "database_of_0_1": (
        "CREATE TABLE county (id INTEGER); CREATE TABLE event (id INTEGER);" + STAMP.format("0018"),
        ("0.1.0", "0.1版"),
    ),
    "database_newer": ("CREATE TABLE county (id INTEGER);" + STAMP.format("9.9.0"), ("9.9.0", "更新的版本")),
    "database_foreign": ("CREATE TABLE wp_posts (id INTEGER); CREATE TABLE county (id INTEGER)", ("空的专用数据库",)),
}


@pytest.fixture
def engine(empty_database_url: str) -> Iterator[Engine]:
    made = make_engine(empty_database_url, DEVELOPMENT_SECRET)
    yield made
    made.dispose()


def fill(engine: Engine, statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements.split(";"):
            connection.execute(text(statement))


def tables(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        listed = (
            "SELECT name FROM sqlite_master" if engine.dialect.name == "sqlite" else "SELECT tablename FROM pg_tables"
        )
        return sorted(row[0] for row in connection.execute(text(listed)))


@pytest.mark.parametrize("code", STRANGE)
def test_commands_refuse_it_in_one_sentence_and_leave_it_as_it_was(
    engine: Engine, empty_database_url: str, code: str
) -> None:
    content, says = STRANGE[code]
    fill(engine, content)
    before = tables(engine)
    app = create_app(DATABASE_URL=empty_database_url, TESTING=True)
    for words in (["init"], ["verify"], ["user", "add", "x", "--role", "office"], ["demo", "--days", "0"]):
        done = app.test_cli_runner().invoke(args=words)
        # What could not be verified is no finding.
        assert (done.exit_code, done.stdout) == (2 if words == ["verify"] else 1, ""), words
        assert len(done.stderr.strip().splitlines()) == 1, words
        assert all(word in done.stderr for word in says), words
    app.extensions["xiaohao"].engine.dispose()
    assert tables(engine) == before


@pytest.mark.parametrize("code", STRANGE)
@pytest.mark.parametrize("program", [["worker.py"], ["-c", "import wsgi"]], ids=["worker", "web"])
@pytest.mark.one_database("sqlite")
def test_neither_the_worker_nor_a_server_starts_on_it(
    engine: Engine, empty_database_url: str, code: str, program: list[str]
) -> None:
    fill(engine, STRANGE[code][0])
    around = {name: value for name, value in os.environ.items() if not name.startswith(("XIAOHAO_", "FLASK_"))}
    done = subprocess.run(
        [sys.executable, *program],
        cwd=ROOT,
        env={**around, "XIAOHAO_DATABASE_URL": empty_database_url, "XIAOHAO_LANGUAGE": "en"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, lines
    assert "database" in lines[0]


def test_an_empty_database_and_one_at_the_newest_revision_are_not_strange(engine: Engine) -> None:
    assert strange(engine) is None
    assert strange(engine, upgrading=True) is None
    upgrade(engine)
    assert strange(engine) is None
    assert strange(engine, upgrading=True) is None


def test_a_schema_without_a_revision_is_worked_with_and_never_upgraded(engine: Engine) -> None:
    create_schema(engine)
    assert strange(engine) is None
    refusal = strange(engine, upgrading=True)
    assert refusal is not None
    assert refusal.code == "database_foreign"


def test_a_revision_before_the_newest_wants_an_init_and_gets_one() -> None:
    known = {"0.2.0": "None", "0.3.0": "0.2.0"}
    behind = judged("0.2.0", known)
    assert behind is not None
    assert (behind.code, "init" in behind.sentence) == ("database_behind", True)
    assert judged("0.3.0", known) is None


@pytest.mark.one_database("sqlite")
def test_a_worker_waits_for_an_init_that_is_at_work_and_ends_at_a_newer_schema(engine: Engine) -> None:
    create_schema(engine)
    for revision, ends in (("0.2.0", NotYet), ("9.9.9", SystemExit)):
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE IF NOT EXISTS alembic_version (version_num TEXT)"))
            connection.execute(text("DELETE FROM alembic_version"))
            connection.execute(text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": revision})
        with pytest.raises(ends):
            begin(engine, lambda: datetime.now(UTC))


def test_revisions_of_this_version_are_never_named_like_those_of_0_1() -> None:
    assert "0.2.0" in revisions()
    assert not [name for name in revisions() if len(name) == 4 and name.isdigit()]


def test_an_sqlite_file_that_is_not_there_is_not_made_by_looking(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'none.db'}", DEVELOPMENT_SECRET)
    assert strange(engine) is None
    engine.dispose()
    assert not list(tmp_path.iterdir())
