"""Sweep benchmark: in process over all open tickets, with none, a thousand and ten thousand due.

The floor replays with raw SQL, on another copy of the database and in as many transactions, exactly the rows the sweep
wrote: rungs, events, outbox, and each tenure's next moment. With nothing due it is the probe alone.
"""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, func, insert, select, text, update

from bench import county as counties
from bench import filling
from bench.databases import Databases
from bench.listing import timed
from bench.report import Line, shorter, table
from models import Escalation, Event, Outbox, Tenure
from models.engine import make_engine, reading, writing
from settings import DEVELOPMENT_SECRET
from workflow.accountability import sweep
from workflow.county.context import county_context

PROBE = text("SELECT next_at FROM tenure WHERE next_at IS NOT NULL AND next_at < :now ORDER BY next_at LIMIT 1")
_COMPOSED: dict[object, object] = {}
STANDS = (
    update(Tenure.__table__)
    .where(Tenure.__table__.c.id == bindparam("key"))
    .values(
        rung=bindparam("at_rung"),
        accept_rung=bindparam("at_accept"),
        next_at=bindparam("at"),
        next_what=bindparam("what"),
    )
)


def run(made: Databases, county: counties.County, filled: tuple[str, datetime], quick: bool) -> None:
    """Runs section `sweep`."""
    url, now = filled
    engine = make_engine(url, DEVELOPMENT_SECRET)
    moments = [moment + timedelta(minutes=1) for moment in filling.days(engine, county, now)[:2]]
    before = moments[0] - timedelta(days=1)
    with reading(engine) as session:
        size = filling.open_of(session)
    lines = [_idle(engine, before, size, 50 if quick else 500)]
    engine.dispose()
    mine: dict[int, list[float]] = {}
    theirs: dict[int, list[float]] = {}
    cpu: dict[int, list[float]] = {}
    for number in range(3 if quick else 4):
        copies = made.copy(url), made.copy(url)
        engines = [_warm(make_engine(copy, DEVELOPMENT_SECRET), county) for copy in copies]
        for at in moments:
            due, seconds, computed, replayed = _both(engines[0], engines[1], at)
            if number == 0:
                continue  # The first round composes the statements.
            mine.setdefault(due, []).append(seconds)
            cpu.setdefault(due, []).append(computed)
            theirs.setdefault(due, []).append(replayed)
        for engine, copy in zip(engines, copies, strict=True):
            engine.dispose()
            made.drop(copy)
    for due, taken in mine.items():
        aim = 0.2 if due == filling.EARLY else None
        lines.append(shorter(f"{due:,} due of {size:,} open", taken, theirs[due], aim, cpu[due]))
    table(f"The sweep in process, {made.kind} (floor: raw SQL for the same rows)", lines)


def _warm(engine: Engine, county: counties.County) -> Engine:
    """Sweeps once, as a running worker has: statements compiled, the county's context read, a connection open."""
    with reading(engine) as session:
        county_context(session)
    return engine.execution_options(compiled_cache=_COMPOSED)


def _idle(engine: Engine, at: datetime, size: int, rounds: int) -> Line:
    product = partial(sweep.run, partial(reading, engine), partial(writing, engine), at)

    def floor() -> None:
        with reading(engine) as session:
            session.connection().execute(
                PROBE, {"now": Tenure.next_at.type.process_bind_param(at, engine.dialect)}
            ).all()

    if product().done:
        raise SystemExit("something was due after all")
    floor()
    mine, theirs = [], []
    for _ in range(rounds):
        mine.append(timed(product))
        theirs.append(timed(floor))
    return shorter(f"nothing due of {size:,} open", mine, theirs, 0.001)


def _both(product: Engine, floor: Engine, at: datetime) -> tuple[int, float, float, float]:
    """Sweeps one database and replays its writes on the other; returns the number of rungs, seconds of both, and the
    sweep's processor seconds.
    """
    with reading(product) as session:
        last = session.scalar(select(func.max(Event.id))) or 0
    began = time.process_time()
    seconds = timed(partial(sweep.run, partial(reading, product), partial(writing, product), at))
    computed = time.process_time() - began
    batches = list(_written(product, at, last))
    replayed = timed(partial(_replay, floor, batches))
    return sum(len(batch["event"]) for batch in batches), seconds, computed, replayed


def _written(engine: Engine, at: datetime, last: int) -> Iterator[dict[str, list[dict[str, Any]]]]:
    """The rows the sweep wrote, in its own batches."""
    with reading(engine) as session:

        def rows(query: Any) -> list[dict[str, Any]]:
            return [dict(row) for row in session.execute(query).mappings()]

        rungs = rows(select(Escalation.__table__).where(Escalation.detected_at == at).order_by(Escalation.id))
        events = rows(select(Event.__table__).where(Event.id > last).order_by(Event.id))
        tenures = rows(
            select(
                Tenure.id.label("key"),
                Tenure.rung.label("at_rung"),
                Tenure.accept_rung.label("at_accept"),
                Tenure.next_at.label("at"),
                Tenure.next_what.label("what"),
            )
            .join(Escalation, Escalation.tenure_id == Tenure.id)
            .where(Escalation.detected_at == at)
            .order_by(Escalation.id)
        )
    for first in range(0, len(events), sweep.BATCH):
        part = slice(first, first + sweep.BATCH)
        yield {"rungs": rungs[part], "event": events[part], "tenure": tenures[part]}


def _replay(engine: Engine, batches: list[dict[str, list[dict[str, Any]]]]) -> None:
    for batch in batches:
        with writing(engine) as session:
            _write_batch(session.connection(), batch)


def _write_batch(connection: Connection, batch: dict[str, list[dict[str, Any]]]) -> None:
    connection.execute(insert(Escalation.__table__), batch["rungs"])
    connection.execute(insert(Event.__table__), batch["event"])
    connection.execute(insert(Outbox.__table__), [{"event_id": e["id"]} for e in batch["event"]])
    connection.execute(STANDS, batch["tenure"])
