"""Pacing: a clock set back puts no job to sleep, and a worker waits for what it needs."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Engine, select, text

from models import SweepReport, WorkerHeartbeat
from models.engine import in_transaction, make_engine, reading
from models.schema import create_schema
from pacing import NotYet, Pace, calm, when_ready
from settings import DEVELOPMENT_SECRET
from tests.support.factories import day, settle_county
from worker import begin
from workflow.accountability import sweep_watch
from workflow.errors import ClockInDoubt

PATIENCE = 30


def test_a_clock_set_back_by_an_hour_delays_no_job() -> None:
    ran, at = threading.Event(), {"wall": 1000.0, "steady": 0.0}
    scheduler = BackgroundScheduler(timezone=UTC)
    job = scheduler.add_job(ran.set, "interval", seconds=60)
    pace = Pace(scheduler, lambda: at["wall"], lambda: at["steady"])
    scheduler.start()
    try:
        # By the clock that was set back, the job's next run is an hour and a minute away.
        job.modify(next_run_time=datetime.now(UTC) + timedelta(minutes=61))
        at |= {"wall": 1060.0, "steady": 60.0}
        assert not pace.look()
        assert not ran.is_set()
        at |= {"wall": 1061.0 - 3600, "steady": 61.0}
        assert pace.look()
        assert ran.wait(PATIENCE)
        assert not pace.look()
    finally:
        scheduler.shutdown()


def test_a_worker_that_comes_before_its_database_waits_for_it(tmp_path: Path) -> None:
    folder = tmp_path / "mounted later"
    engine = make_engine(f"sqlite:///{folder / 'county.db'}", DEVELOPMENT_SECRET)
    steps = [folder.mkdir, lambda: create_schema(engine), lambda: settle_county(engine)]

    def again() -> None:
        steps.pop(0)()

    when_ready(lambda: begin(engine, lambda: day(0)), again)
    assert steps == []
    with reading(engine) as session:
        assert session.scalars(select(WorkerHeartbeat.beat_at)).all() == [day(0)]
    engine.dispose()


def test_what_passes_by_itself_is_waited_for_and_what_does_not_is_raised() -> None:
    clocks = [ClockInDoubt("clock_behind"), NotYet("init is at work"), None]

    def start() -> None:
        if (refusal := clocks.pop(0)) is not None:
            raise refusal

    when_ready(start, lambda: None)
    assert clocks == []
    with pytest.raises(SystemExit):
        when_ready(lambda: (_ for _ in ()).throw(SystemExit("strange")), lambda: None)


@pytest.mark.one_database("postgresql")
def test_several_workers_begin_at_once_on_a_county_without_a_report(engine: Engine) -> None:
    settle_county(engine)
    gate, failed = threading.Barrier(4), []

    def report(number: int) -> None:
        def work(session: object) -> None:
            gate.wait()
            sweep_watch.save_report(session, "sweep", day(0, number), {})  # type: ignore[arg-type]

        try:
            in_transaction(engine, work)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=report, args=(10 + number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with reading(engine) as session:
        assert len(session.scalars(select(SweepReport)).all()) == 1


@pytest.mark.one_database("postgresql")
def test_a_job_whose_database_is_away_is_skipped_and_a_fault_is_not(engine: Engine) -> None:
    def cut() -> None:
        with engine.connect() as connection, engine.connect() as other:
            number = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            other.execute(text("SELECT pg_terminate_backend(:n)"), {"n": number})
            connection.execute(text("SELECT 1"))

    assert calm(cut)() is None
    with engine.connect() as connection, pytest.raises(Exception, match="nowhere"):
        calm(lambda: connection.execute(text("SELECT * FROM nowhere")))()
