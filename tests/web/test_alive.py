"""The web's heartbeat: a process that serves beats without a request, dies with it, and waits for no writer."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from models import WebHeartbeat
from models.engine import in_transaction_if_free, make_engine, reading, writing
from settings import DEVELOPMENT_SECRET
from tests.support.factories import START, settle_county
from web import alive
from workflow.accountability import sweep_watch

ROOT = Path(__file__).parents[2]


def beats(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return list(session.scalars(select(WebHeartbeat.process)))


@pytest.mark.one_database("sqlite")
def test_a_web_process_without_a_request_gives_its_heartbeat(engine: Engine, database_url: str, tmp_path: Path) -> None:
    """Seen: the thread began with the first request, so a night without one was an outage where the worker stood still."""
    county = settle_county(engine)
    with county.write() as session:
        # No worker is running, but one has: before the first one nothing can be down.
        sweep_watch.heartbeat(session, "w", datetime.now(UTC) - timedelta(minutes=1), starting=True)
    environment = os.environ | {"XIAOHAO_DATABASE_URL": database_url, "XIAOHAO_FILES": str(tmp_path / "files")}
    gunicorn = [sys.executable, "-m", "gunicorn", "--no-control-socket", "-k", "gthread", "-b", f"unix:{tmp_path}/web"]
    web = subprocess.Popen([*gunicorn, "--preload", "wsgi:app"], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    try:
        for _ in range(1200):
            if beats(engine) or web.poll() is not None:
                break
            time.sleep(0.1)
        # The process that serves, not the master that loaded the app and forked it.
        (process,) = beats(engine)
        assert process.split(":")[1] != str(web.pid)
    finally:
        web.send_signal(signal.SIGTERM)
        assert web.wait() == 0


def test_the_heartbeat_begins_once_in_a_process_and_only_for_the_app_that_is_served(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun: list[str] = []
    monkeypatch.setattr(alive, "_begun", set())
    monkeypatch.setattr(threading.Thread, "start", lambda thread: begun.append(thread.name))
    app = Flask("served")
    assert not alive.is_watched(app)
    alive.watch(app)
    assert (alive.is_watched(app), alive.is_watched(object())) == (True, False)
    alive.begin(app)
    alive.begin(app)
    assert begun == ["heartbeat"]


def test_a_heartbeat_waits_for_no_writer(tmp_path: Path) -> None:
    """Neither for one of the same process nor for one of another, and the connection waits again afterwards."""
    url = f"sqlite:///{tmp_path}/county.db"
    ours, theirs = make_engine(url, DEVELOPMENT_SECRET), make_engine(url, DEVELOPMENT_SECRET)
    done: list[str] = []
    with writing(ours) as session:
        session.execute(text("CREATE TABLE t (n INTEGER)"))
        assert not in_transaction_if_free(ours, lambda _: done.append("queued"))
    with theirs.connect() as other:
        other.execute(text("INSERT INTO t VALUES (1)"))
        assert not in_transaction_if_free(ours, lambda _: done.append("waited"))
        other.rollback()
    waits: list[int] = []

    def insert(session: Session) -> None:
        session.execute(text("INSERT INTO t VALUES (2)"))
        waits.append(session.execute(text("PRAGMA busy_timeout")).scalar_one())

    assert in_transaction_if_free(ours, insert)
    assert waits == [0]
    with ours.connect() as connection:
        assert connection.execute(text("SELECT n FROM t")).all() == [(2,)]
        assert connection.execute(text("PRAGMA busy_timeout")).scalar() == 10_000
    assert done == []


def test_an_idle_web_beats_on_both_databases(engine: Engine) -> None:
    county = settle_county(engine)
    with county.write() as session:
        sweep_watch.heartbeat(session, "w", START, starting=True)
    assert in_transaction_if_free(engine, lambda session: sweep_watch.web_heartbeat(session, "web", START))
    assert beats(engine) == ["web"]
