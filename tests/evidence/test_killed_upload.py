"""Upload killed at any moment: at worst bytes without a row, never a row without its bytes."""

import multiprocessing
import random
import time
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from models import Evidence
from models.engine import make_engine, writing
from settings import DEVELOPMENT_SECRET
from simulation.camera import snap
from tests.support.factories import START, settle_county
from workflow import evidence
from workflow.actors import Actor
from workflow.tickets import attachments
from workflow.verification.full_check import verify

pytestmark = pytest.mark.both_databases


def bring(url: str, files: Path, seed: str, who: Actor, tickets: list[int], pipe: Connection) -> None:
    """Uploads photo after photo as a web worker does, until it is killed."""
    engine, number = make_engine(url, DEVELOPMENT_SECRET), 0
    while True:
        number += 1
        kept = evidence.take(files, snap(f"{seed} {number}", START), "p.jpg")
        with writing(engine) as session:
            attachments.add(session, who, tickets[number % len(tickets)], START, **kept)
        pipe.send_bytes(b".")


def test_a_kill_leaves_no_row_without_its_bytes(engine: Engine, database_url: str, tmp_path: Path) -> None:
    county = settle_county(engine)
    tickets = [county.file(household=code, kind=kind) for code in ("A1", "A2", "A3") for kind in ("water", "power")]
    town, files, rng = county.people["town"], tmp_path / "files", random.Random(7)
    context = multiprocessing.get_context("fork")
    for life in range(5):
        here, there = context.Pipe()
        engine.dispose()
        process = context.Process(target=bring, args=(database_url, files, f"life {life}", town, tickets, there))
        process.start()
        there.close()
        assert here.recv_bytes() + here.recv_bytes() == b".."
        time.sleep(rng.uniform(0, 0.05))
        process.kill()
        process.join()
        here.close()
        with county.read() as session:
            assert verify(session, files) == []
    with county.read() as session:
        rows = session.scalar(select(func.count()).select_from(Evidence)) or 0
        assert rows >= 10
        evidence.tidy(session, files, datetime.now(UTC) + timedelta(days=2))
        assert len(list(evidence.store_at(files).listing())) == 2 * rows
        assert verify(session, files) == []
