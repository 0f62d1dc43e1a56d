"""Import benchmark: 100,000 households with 350,000 people from one workbook, in time and memory.

`python -m bench.imports [--households N] [--database sqlite|postgresql] [--again]`. Each step runs in a process of its
own, so peak memory belongs to the step; PostgreSQL's processor time is counted as well. Aim: two minutes and 500 MB on
two cores.
"""

import argparse
import multiprocessing
import os
import random
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bench.databases import KINDS, databases
from models.engine import make_engine, reading, writing
from settings import DEVELOPMENT_SECRET, default_scheme
from simulation.spreadsheet import Generator, write_xlsx
from workflow.actors import system
from workflow.adoption.scheme_storing import install
from workflow.county.vault import Vault
from workflow.policy.scheme.reader import read_scheme
from workflow.register.importing.import_plan import ReadOptions
from workflow.register.importing.import_runner import ImportFile, run_import

NOW = datetime(2018, 11, 20, 3, tzinfo=UTC)
SECONDS, MEGABYTES = 120, 500


def generate(path: Path, households: int) -> int:
    """Writes the workbook; returns the number of its rows."""
    scheme = read_scheme(default_scheme())
    towns = [unit.name for unit in scheme.units if unit.type == "town"]
    return write_xlsx(path, Generator(random.Random(1), towns, date(2018, 11, 20)).families(households))


def settle(url: str) -> None:
    """Settles a county without households."""
    with writing(make_engine(url, DEVELOPMENT_SECRET)) as session:
        install(session, read_scheme(default_scheme()), 2018, NOW)


def bring(path: Path, url: str) -> dict[str, Any]:
    """Imports the file; returns the counts and the seconds of the one transaction."""
    engine, began = make_engine(url, DEVELOPMENT_SECRET), list[float]()
    actor = system()

    def progress(stage: str, done: int, of: int) -> None:
        if stage == "check" and done == of:
            began.append(time.monotonic())

    with path.open("rb") as stream:
        plan = run_import(
            partial(reading, engine),
            partial(writing, engine),
            actor,
            NOW,
            ImportFile(stream, "register"),
            ReadOptions(Vault("bench"), progress=progress),
        )
    return {**plan.summary(), "transaction": round(time.monotonic() - began[-1], 1)}


def server_seconds(url: str) -> float:
    """Processor seconds of closed connections of a PostgreSQL server on this machine; 0 on SQLite.

    The server's first process sums up the time of the processes that have ended.
    """
    if not url.startswith("postgresql"):
        return 0.0
    engine = make_engine(url, DEVELOPMENT_SECRET)
    with engine.connect() as connection:
        folder = Path(str(connection.execute(text("SHOW data_directory")).scalar()))
    engine.dispose()
    first = int((folder / "postmaster.pid").read_text().split()[0])
    spent = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        stat_fields = stat.read_text().rpartition(")")[2].split()
        if int(stat.parent.name) == first:
            spent += sum(map(int, stat_fields[11:15]))
        elif int(stat_fields[1]) == first:
            spent += sum(map(int, stat_fields[11:13]))
    return spent / os.sysconf("SC_CLK_TCK")


def _step(work: Callable[..., Any], given: tuple[Any, ...], pipe: Any) -> None:
    wall, cpu = time.monotonic(), time.process_time()
    result = work(*given)
    pipe.send(
        (
            result,
            time.monotonic() - wall,
            time.process_time() - cpu,
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        )
    )


def measured(what: str, url: str, work: Callable[..., Any], *given: Any) -> tuple[float, float]:
    """Runs one step in a process of its own and prints its cost; returns processor seconds and megabytes."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_step, args=(work, given, there))
    before = server_seconds(url)
    process.start()
    result, wall, cpu, peak = here.recv()
    process.join()
    server = server_seconds(url) - before
    print(
        f"{what:<12} {wall:7.1f} s wall {cpu:7.1f} s processor {server:7.1f} s server {peak:6.0f} MB  "
        f"{result if result is not None else ''}",
        flush=True,
    )
    return cpu + server, peak


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=100_000)
    parser.add_argument("--database", choices=KINDS, default=KINDS[0])
    parser.add_argument("--again", action="store_true", help="bring the same file in a second time")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, databases(given.database, Path(name)) as made:
        path, url = Path(name) / "register.xlsx", made.create()
        measured("generate", "", generate, path, given.households)
        print(f"{'':<12} {path.stat().st_size / 1024 / 1024:.0f} MB")
        measured("settle", url, settle, url)
        seconds, megabytes = measured("import", url, bring, path, url)
        if given.again:
            measured("again", url, bring, path, url)
    return 0 if seconds <= SECONDS and megabytes <= MEGABYTES else 1


if __name__ == "__main__":
    raise SystemExit(main())
