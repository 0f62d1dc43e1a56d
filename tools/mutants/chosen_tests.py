"""A plugin of pytest for mutation runs: the chosen tests only, in the order given, each with a limit of time.

It is copied beside the tree it runs in and knows nothing of the project.
"""

import json
import os
import signal
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import FrameType

import pytest

#: The exit codes of a run in which a test did not end in time, and of one that had run as many tests as it may.
HANGS, SPENT = 87, 90
_began = time.process_time()
_running: list[str] = []


@cache
def _chosen() -> dict[str, float]:
    return dict(json.loads(Path(os.environ["MUTANTS_CHOSEN"]).read_text(encoding="utf-8")))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Whatever the project's own hooks leave out or put first, what was chosen runs, the nearest first."""
    by_id = {item.nodeid: item for item in items}
    yield
    unsound = json.loads(os.environ["MUTANTS_UNSOUND"])
    chosen = dict.fromkeys(item for name in _chosen() for item in _named(name, by_id))
    items[:] = [item for item in chosen if item.nodeid not in unsound]


def _named(name: str, by_id: dict[str, pytest.Item]) -> list[pytest.Item]:
    """A test; of a function or a whole module those of its tests that are for the first of the databases."""
    if name in by_id:
        return [by_id[name]]
    one, other = os.environ["MUTANTS_DATABASES"].split(",")
    return [
        item
        for nodeid, item in by_id.items()
        if nodeid.startswith((f"{name}::", f"{name}["))
        and (other not in nodeid or nodeid.replace(other, one) not in by_id)
    ]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """The limit is one of the processor's time, so that a busy machine ends no test; who waits has ten times as much."""
    _running[:] = [item.nodeid]
    limits = _chosen()
    limit = limits.get(item.nodeid) or max(limits.values())
    for which, number, seconds in (
        (signal.ITIMER_PROF, signal.SIGPROF, limit),
        (signal.ITIMER_REAL, signal.SIGALRM, 10 * limit),
    ):
        signal.signal(number, _give_up)
        signal.setitimer(which, seconds)
    try:
        return (yield)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        if not item.session.testsfailed and time.process_time() - _began > float(os.environ["MUTANTS_SECONDS"]):
            os._exit(SPENT)


def _give_up(number: int, frame: FrameType | None) -> None:
    with open(os.environ["MUTANTS_OUTPUT"], "a", encoding="utf-8") as output:
        output.write(f"\nHANGS {_running[-1]}\n")
    os._exit(HANGS)
