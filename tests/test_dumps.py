"""Release dumps, of both kinds of database, upgrade to the newest schema with nothing lost or altered."""

import gzip
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Boolean, Engine, func, make_url, select, text
from sqlalchemy.orm import Session

from migrations import upgrade
from migrations.state import strange
from models import County, Ranking, Ticket, User, UserSession
from models.base import Base
from models.engine import make_engine, reading, writing
from settings import ROOT, VERSION
from tests.support.dealing import KINDS
from tools.dump_release import FOLDER, KEY, NOW, WANTED
from web.app import create_app
from workflow.assessment.ranking import rankings
from workflow.county import vault
from workflow.county.accounts import issue_token
from workflow.history import row_record
from workflow.register.names import member_names
from workflow.tickets.custody.rederivation import refresh_timers
from workflow.verification.full_check import verify

DUMPS = sorted(FOLDER.glob("*.sql.gz"))


def load(url: str, path: Path) -> None:
    """Restores the database of a dump."""
    script = gzip.decompress(path.read_bytes()).decode()
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.executescript(script)
        return
    import psycopg

    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection:
        connection.execute(script.encode())


@pytest.fixture(scope="module", params=DUMPS, ids=lambda path: path.name)
def upgraded(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """The database of a dump, at the newest revision: all tests share it, and what they leave in it verifies."""
    from tests.conftest import fresh_database

    kind = request.param.name.split(".")[-3]
    with fresh_database(request, kind, schema=False) as url:
        load(url, request.param)
        engine = make_engine(url, KEY)
        upgrade(engine)
        # As `init` does after upgrading.
        with writing(engine) as session:
            vault.begin_probe(session)
        yield engine
        engine.dispose()


def test_a_session_from_before_an_upgrade_is_of_no_remembered_device(tmp_path: Path) -> None:
    """Seen on SQLite: it held the word false, which Python reads as yes; its device counted as remembered, and `verify` found
    every session of an upgraded county rewritten."""
    url = f"sqlite:///{tmp_path / 'old.db'}"
    load(url, next(path for path in DUMPS if "sqlite" in path.name))
    with closing(sqlite3.connect(tmp_path / "old.db")) as connection, connection:
        connection.execute(
            "INSERT INTO user_session (user_id, token_hash, created_at, expires_at) "
            "SELECT min(id), 'x', '2026-10-01T00:00:00+00:00', '2026-10-02T00:00:00+00:00' FROM user_account"
        )
    engine = make_engine(url, KEY)
    upgrade(engine)
    with reading(engine) as session:
        assert session.scalars(select(UserSession.remembered)).all() == [False]
        words = [
            f"{table.name}.{column.name}"
            for table in Base.metadata.sorted_tables
            for column in table.columns
            if isinstance(column.type, Boolean)
            and session.scalar(text(f"SELECT 1 FROM {table.name} WHERE typeof({column.name}) = 'text' LIMIT 1"))
        ]
    assert words == []
    engine.dispose()


def test_of_every_release_there_is_a_dump_of_each_kind_of_database() -> None:
    releases = {path.name.rsplit(".", 3)[0] for path in DUMPS}
    assert "0.2.0" in releases
    assert {path.name for path in DUMPS} == {f"{release}.{kind}.sql.gz" for release in releases for kind in KINDS}
    assert VERSION in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_an_upgraded_dump_verifies_and_holds_what_it_held(upgraded: Engine) -> None:
    assert strange(upgraded) is None
    with reading(upgraded) as session:
        # The files of its evidence are not kept with a dump.
        assert [finding for finding in verify(session, Path("nowhere")) if finding.code != "bytes_missing"] == []
        for row in WANTED:
            assert session.scalar(select(func.count()).select_from(row)), row.__tablename__
        assert session.scalars(select(County)).one().id == 1
        assert len(set(session.scalars(select(Ticket.state)))) > 4


def test_the_rankings_of_an_upgraded_dump_are_proved_under_their_own_formula(upgraded: Engine) -> None:
    with reading(upgraded) as session:
        rows = session.scalars(select(Ranking)).all()
        assert rows
        assert {row.id: rankings.recompute(session, row).differs for row in rows} == {row.id: () for row in rows}


def test_a_tampered_row_of_an_upgraded_dump_is_found(upgraded: Engine) -> None:
    with Session(upgraded) as session:
        session.execute(text("UPDATE ticket SET kind = 'power' WHERE id = (SELECT min(id) FROM ticket)"))
        codes = {finding.code for finding in verify(session, Path("nowhere"))}
        session.rollback()
    assert "row_differs" in codes


def test_an_upgraded_dump_is_read_and_written_over_the_api(upgraded: Engine, tmp_path: Path) -> None:
    with writing(upgraded) as session:
        office = session.scalars(select(User).where(User.role == "office").order_by(User.id)).first()
        assert office is not None
        token = issue_token(session, office, NOW)
        ticket = session.scalars(select(Ticket).where(Ticket.ended_at.is_(None), Ticket.type == "deficiency")).first()
        assert ticket is not None
        day = session.scalars(select(Ranking.on).order_by(Ranking.on.desc())).first()
    url = upgraded.url.render_as_string(hide_password=False)
    app = create_app(DATABASE_URL=url, FILES=tmp_path / "files", DATA_KEY=KEY, CLOCK=lambda: NOW, TESTING=True)
    ask = app.test_client()
    headers = {"Authorization": f"Bearer {token}"}
    places = ("scheme", "tickets", "tickets?overdue=true", "households", "papers", "cases", "schemes", "inbox")
    for path in (*places, f"tickets/{ticket.number}", f"tickets/{ticket.number}/history", f"rankings/{day}"):
        answer = ask.get(f"/api/v1/{path}", headers=headers)
        assert answer.status_code == 200, (path, answer.get_data(as_text=True)[:300])
    home = ask.get("/api/v1/households", headers=headers).get_json()["items"][0]["code"]
    assert ask.get(f"/api/v1/households/{home}", headers=headers).get_json()["code"] == home
    body = {"version": ticket.version, "reason": "重复登记"}
    done = ask.post(f"/api/v1/tickets/{ticket.number}/cancel", headers=headers, json=body)
    app.extensions["xiaohao"].engine.dispose()
    assert (done.status_code, done.get_json()["state"]) == (200, "withdrawn")
    with reading(upgraded) as session:
        assert [finding for finding in verify(session, Path("nowhere")) if finding.code != "bytes_missing"] == []


def test_rows_of_an_upgraded_dump_are_proved_from_init_on(upgraded: Engine) -> None:
    """Last, since the other tests ask for a county that `init` has not met yet."""
    with writing(upgraded) as session:
        row_record.begin(session, NOW)
        member_names.fill_in(session)
        refresh_timers(session)
    with Session(upgraded) as session:
        assert [finding for finding in verify(session, Path("nowhere")) if finding.code != "bytes_missing"] == []
        session.execute(text("UPDATE household SET address = 'forged' WHERE id = (SELECT min(id) FROM household)"))
        session.execute(text("UPDATE tenure SET next_at = NULL, next_what = NULL WHERE next_at IS NOT NULL"))
        codes = {finding.code for finding in verify(session, Path("nowhere"))}
        session.rollback()
    assert {"row_differs", "timer_differs"} <= codes
