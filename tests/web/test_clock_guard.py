"""Clock guard: whatever door a write comes through, nothing is written while the clock cannot be right."""

import ast
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, select

import worker
from models import Base, Ticket
from models.engine import ask_guard, guarded, in_transaction, reading
from pacing import calm
from tests.support.command_line import Line
from tests.support.factories import day, settle_county
from tests.support.http_clients import Api, Visitor
from tests.support.sources import parsed
from workflow.accountability import sweep_watch
from workflow.errors import ClockInDoubt
from workflow.evidence import store_at
from workflow.tickets.custody.clock_guard import (
    LONGEST_PAUSE,
    SKEW,
    ClockGuard,
    Signs,
    doubt_of_past,
    doubt_of_server,
    signs,
)
from workflow.verification.full_check import verify

HOME = {"Origin": "http://localhost"}
ROOT = Path(__file__).parents[2]
AHEAD, BACK = day(0) + timedelta(days=60), day(0) - timedelta(hours=1)


def contents(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        return [connection.execute(select(table)).all() for table in Base.metadata.sorted_tables]


@pytest.fixture
def watched(api: Api) -> Api:
    """A county in which a worker has run, under the guard."""
    with api.county.write() as session:
        sweep_watch.heartbeat(session, "w", day(0), starting=True)
    api.file()
    served = api.app.extensions["xiaohao"]
    served.engine = guarded(api.county.engine, ClockGuard(lambda: api.now, "web-1", has_server=False))
    return api


@pytest.mark.parametrize(("clock", "code"), [(AHEAD, "clock_ahead"), (BACK, "clock_behind")])
def test_no_door_writes_while_the_clock_cannot_be_right(
    watched: Api, visit: Callable[..., Visitor], database_url: str, tmp_path: Path, clock: datetime, code: str
) -> None:
    town = visit("town")
    engine: Engine = watched.app.extensions["xiaohao"].engine
    with watched.county.read() as session:
        number = session.scalars(select(Ticket)).one().number
    before, watched.now = contents(engine), clock
    answer = watched.post("town", "/tickets", {"household": "A2", "kind": "water"})
    assert (answer.status_code, answer.json["code"]) == (503, code)
    assert "web-1" in answer.json["detail"]
    # Reading goes on, by token and by cookie where it is not over; a form comes back with its words.
    assert watched.call("town", "GET", "/tickets").status_code == 200
    if code == "clock_behind":
        page = town.post(f"/tickets/{number}/comment", {"note": "the pump of the village"}, headers=HOME)
        assert page.status_code == 503
        assert "web-1" in page.text
        assert "the pump of the village" in page.text
    line = Line(database_url, tmp_path)
    line.now = clock
    line.app.extensions["xiaohao"].engine = engine
    assert "web-1" in line.refusal("sweep")
    assert "web-1" in line.refusal("tidy")
    files = store_at(tmp_path / "files")
    jobs = {
        worker.sweep_once: (),
        worker.seal: (),
        worker.dispatch_events: (),
        worker.audit: (),
        worker.draw: (),
        worker.rank: (),
        worker.settle_access: (),
    }
    for job, more in jobs.items():
        assert calm(job)(engine, lambda: clock, *more) is None
    assert calm(worker.tidy)(engine, files, lambda: clock) is None
    vault = watched.app.extensions["xiaohao"].vault
    assert calm(worker.imports)(engine, lambda: clock, tmp_path, vault) is None
    assert contents(engine) == before


def test_ordinary_skew_is_tolerated_and_named(watched: Api) -> None:
    for apart in (-SKEW, timedelta(minutes=-3), timedelta(0), timedelta(days=9)):
        watched.now = day(0) + apart
        ask_guard(watched.app.extensions["xiaohao"].engine)
    watched.now = day(0) - timedelta(minutes=3)
    health: dict[str, Any] = watched.client.get("/healthz").get_json()
    assert (health["clock_in_doubt"], health["clock_skew_seconds"]) == (None, -180.0)
    watched.now = BACK
    health = watched.client.get("/healthz").get_json()
    assert (health["well"], health["clock_in_doubt"]) == (False, "clock_behind")
    assert "xiaohao_clock_in_doubt 1.0" in watched.client.get("/metrics").text


@pytest.mark.parametrize("clock", [AHEAD, BACK])
def test_a_person_who_has_checked_the_clock_lets_the_county_go_on(
    watched: Api, database_url: str, tmp_path: Path, clock: datetime
) -> None:
    engine: Engine = watched.app.extensions["xiaohao"].engine
    line = Line(database_url, tmp_path)
    line.now = watched.now = clock
    line.app.extensions["xiaohao"].engine = engine
    assert line.said("release").strip() == "1"
    assert worker.sweep_once(engine, lambda: clock) is not None
    with reading(engine) as session:
        assert verify(session, tmp_path) == []
    assert "paused" in line.refusal("release") or "暂停" in line.refusal("release")


def test_a_sweep_at_another_moment_brings_its_own_clock(watched: Api, database_url: str, tmp_path: Path) -> None:
    line = Line(database_url, tmp_path, ENV_NAME="development")
    line.app.extensions["xiaohao"].engine = watched.app.extensions["xiaohao"].engine
    line.said("sweep", "--at", day(40).isoformat())
    with watched.county.read() as session:
        assert signs(session).newest == day(40)


def test_a_county_set_up_and_not_yet_worked_in_may_wait_as_long_as_it_likes() -> None:
    silent = Signs(day(0), has_worked=False, server=None)
    assert doubt_of_past(silent, day(400), "m", LONGEST_PAUSE) is None
    worked = Signs(day(0), has_worked=True, server=None)
    assert doubt_of_past(worked, day(400), "m", LONGEST_PAUSE) is not None
    assert doubt_of_past(worked, day(400), "m", None) is None


@pytest.mark.parametrize(
    ("newest", "code"), [(day(0), "clock_wrong"), (day(60), "server_clock_wrong"), (day(30), "clocks_apart")]
)
def test_the_refusal_names_the_clock_that_is_wrong(newest: datetime, code: str) -> None:
    refusal = doubt_of_server(Signs(newest, has_worked=True, server=day(0)), day(60), "web-1")
    assert refusal is not None
    assert refusal.code == code
    assert doubt_of_server(Signs(newest, has_worked=True, server=day(0)), day(0) + SKEW, "web-1") is None


@pytest.mark.one_database("postgresql")
def test_a_clock_is_compared_with_the_database_servers(engine: Engine) -> None:
    ahead = guarded(engine, ClockGuard(lambda: datetime.now(UTC) + timedelta(days=60), "web-1"))
    with pytest.raises(ClockInDoubt, match="clocks_apart"):
        in_transaction(ahead, lambda _: None)
    in_transaction(guarded(engine, ClockGuard(lambda: datetime.now(UTC) + SKEW / 2, "web-1")), lambda _: None)


def test_the_guard_costs_one_statement(engine: Engine) -> None:
    county = settle_county(engine)
    county.file()
    asked: list[str] = []
    guard = ClockGuard(lambda: day(0), "m", has_server=False)
    event.listen(engine, "before_cursor_execute", lambda *words: asked.append(words[2]))
    in_transaction(guarded(engine, guard), lambda session: session.get(Ticket, 1))
    assert len([one for one in asked if not one.startswith(("BEGIN", "SELECT ticket"))]) == 1


def test_transactions_are_opened_in_one_place() -> None:
    """A session made elsewhere would write past the guard."""
    rooms = (
        "models",
        "workflow",
        "notifications",
        "reports",
        "web",
        "worker.py",
        "pacing.py",
        "trail_jobs.py",
        "retention_jobs.py",
    )
    files = [
        path
        for room in rooms
        for path in sorted((ROOT / room).rglob("*.py") if (ROOT / room).is_dir() else [ROOT / room])
    ]
    makers = {
        str(path.relative_to(ROOT))
        for path in files
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("Session", "sessionmaker")
    }
    assert makers == {"models/engine.py"}
