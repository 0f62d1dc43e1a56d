"""Bringing in a county: 100,000 households with 350,000 people from one workbook, in time and memory.

`python -m bench.imports [--households N] [--database URL] [--again]`.  Each step runs in a process of its own, so that
the peak of memory is the step's alone.  The promise: two minutes and 500 MB on two cores.
"""

import argparse
import multiprocessing
import random
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import migrations
from models.engine import make_engine, reading, writing
from settings import default_scheme
from simulation.spreadsheet import Generator, write_xlsx
from workflow.actors import system
from workflow.adoption import install
from workflow.county import the_county
from workflow.policy.reader import read_scheme
from workflow.register.privacy import Vault
from workflow.register.running import carry_out

NOW = datetime(2018, 11, 20, 3, tzinfo=UTC)
SECONDS, MEGABYTES = 120, 500


def generate(path: Path, households: int) -> int:
    """Write the workbook; returns its rows."""
    scheme = read_scheme(default_scheme())
    towns = [unit.name for unit in scheme.units if unit.type == "town"]
    return write_xlsx(path, Generator(random.Random(1), towns, date(2018, 11, 20)).families(households))


def settle(url: str) -> None:
    """An empty county."""
    engine = make_engine(url)
    migrations.upgrade(engine)
    with writing(engine) as session:
        install(session, read_scheme(default_scheme()), 2018, NOW)


def bring(path: Path, url: str) -> dict[str, Any]:
    """Bring the file in; returns the counts and how long the one transaction took."""
    engine, began = make_engine(url), list[float]()
    with reading(engine) as session:
        actor = system(the_county(session).id)

    def progress(stage: str, done: int, of: int) -> None:
        if stage == "check" and done == of:
            began.append(time.monotonic())

    with path.open("rb") as stream:
        plan = carry_out(
            partial(reading, engine), partial(writing, engine), actor, NOW, stream, Vault("bench"), filename="register",
            progress=progress,
        )  # fmt: skip
    return {**plan.told(), "transaction": round(time.monotonic() - began[-1], 1)}


def _step(work: Callable[..., Any], given: tuple[Any, ...], told: Any) -> None:
    wall, cpu = time.monotonic(), time.process_time()
    found = work(*given)
    told.send((found, time.monotonic() - wall, time.process_time() - cpu,
               resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))  # fmt: skip


def measured(what: str, work: Callable[..., Any], *given: Any) -> tuple[float, float]:
    """Run one step in a process of its own and print what it took; returns seconds and megabytes."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_step, args=(work, given, there))
    process.start()
    found, wall, cpu, peak = here.recv()
    process.join()
    print(f"{what:<12} {wall:7.1f} s wall {cpu:7.1f} s processor {peak:6.0f} MB  {found if found is not None else ''}")
    return wall, peak


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=100_000)
    parser.add_argument("--database", help="an empty database; a SQLite file of its own if left out")
    parser.add_argument("--again", action="store_true", help="bring the same file in a second time")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path, url = Path(folder) / "register.xlsx", given.database or f"sqlite:///{folder}/bench.db"
        measured("generate", generate, path, given.households)
        print(f"{'':<12} {path.stat().st_size / 1024 / 1024:.0f} MB")
        measured("settle", settle, url)
        seconds, megabytes = measured("import", bring, path, url)
        if given.again:
            measured("again", bring, path, url)
    return 0 if seconds <= SECONDS and megabytes <= MEGABYTES else 1


if __name__ == "__main__":
    raise SystemExit(main())
