"""Sweep killed at any moment: no rung is lost, none is written twice."""

import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from functools import partial

import pytest
from sqlalchemy import Engine, func, select

from models import Escalation, Event, Outbox, Paper, PaperAct
from models.engine import make_engine, reading, writing
from settings import DEVELOPMENT_SECRET
from tests.support.factories import START, day, settle_county
from tests.support.thorough import tries
from workflow.accountability import sweep
from workflow.tickets import filing
from workflow.tickets.filing import Deficiency
from workflow.verification.full_check import verify

pytestmark = pytest.mark.both_databases


def _sweep_slowly(url: str, at: float = 2) -> None:
    engine = make_engine(url, DEVELOPMENT_SECRET)
    sweep.run(partial(reading, engine), partial(writing, engine), day(at), batch=3)


def test_a_sweeper_killed_again_and_again_loses_nothing_and_doubles_nothing(
    engine: Engine, database_url: str, tmp_path: object
) -> None:
    county = settle_county(engine, households=70)
    with county.write() as session:
        for letter, who in (("A", "town"), ("B", "other_town")):
            for number in range(1, 71):
                for kind in ("water", "power", "file"):
                    filing.file_ticket(
                        session,
                        county.people[who],
                        START,
                        Deficiency(household=f"{letter}{number}", kind=county.kind(kind)),
                    )
    engine.dispose()
    # Forked, so that a kill lands in the sweep and not in an interpreter that is still starting.
    context, rng = multiprocessing.get_context("fork"), random.Random(7)
    killed = 0
    for _ in range(tries(20, 50)):
        process = context.Process(target=_sweep_slowly, args=(database_url,))
        process.start()
        time.sleep(rng.uniform(0.01, 0.08))
        if process.is_alive():
            os.kill(process.pid or 0, signal.SIGKILL)
            killed += 1
        process.join()
    sweep.run(county.read, county.write, day(2))
    with county.read() as session:
        rungs = Counter(tuple(r) for r in session.execute(select(Escalation.rung, Escalation.status)))
        events = session.scalar(select(func.count()).select_from(Event).where(Event.action == "escalate"))
        count = session.scalar(
            select(func.count())
            .select_from(Outbox)
            .join(Event, Event.id == Outbox.event_id)
            .where(Event.action == "escalate")
        )
        assert verify(session, tmp_path) == []  # type: ignore[arg-type]
    assert rungs == {(1, "issued"): 420}
    assert (events, count) == (420, 420)
    assert killed > 0


def test_a_sweeper_killed_while_it_writes_papers_leaves_no_gap_and_one_paper_a_rung(
    engine: Engine, database_url: str, tmp_path: object
) -> None:
    county = settle_county(engine, households=60)
    with county.write() as session:
        for number in range(1, 61):
            filing.file_ticket(
                session, county.people["town"], START, Deficiency(household=f"A{number}", kind=county.kind("water"))
            )
    engine.dispose()
    context, rng = multiprocessing.get_context("fork"), random.Random(11)
    killed = 0
    # Not accepted: on the sixth evening each has reached the rung, at the opening after it a paper of its own, received by
    # lapse on the eighth.
    for at in (6.4, 7, 8.9):
        for _ in range(tries(5, 12)):
            process = context.Process(target=_sweep_slowly, args=(database_url, at))
            process.start()
            time.sleep(rng.uniform(0.02, 0.12))
            if process.is_alive():
                os.kill(process.pid or 0, signal.SIGKILL)
                killed += 1
            process.join()
        # Whatever the killed ones had come to, the rest is done now; no pool goes along into the next children.
        sweep.run(county.read, county.write, day(at))
        engine.dispose()
    with county.read() as session:
        numbers = sorted(int(number.rsplit(":", 1)[1]) for number in session.scalars(select(Paper.number)))
        acts = Counter(tuple(row) for row in session.execute(select(PaperAct.act, PaperAct.how)))
        count = session.scalar(select(func.count()).select_from(Event).where(Event.action == "deem_received"))
        assert verify(session, tmp_path) == []  # type: ignore[arg-type]
    assert numbers == list(range(1, 61))
    # Deemed received, and void since the ticket counts as accepted.
    assert acts == {("receipt", "deemed"): 60, ("end", "lapsed"): 60}
    assert count == 60
    assert killed > 0
