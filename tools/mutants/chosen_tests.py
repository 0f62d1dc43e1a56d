"""A plugin of pytest for mutation runs: the chosen tests only, in the order given, each with a limit of time.

It is copied beside the tree it runs in and knows nothing of the project.
"""

import json
import os
import signal
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import FrameType

import pytest

#: The exit code of a run in which a test did not end in time.
HANGS = 87


@cache
def _chosen() -> dict[str, float]:
    return dict(json.loads(Path(os.environ["MUTANTS_CHOSEN"]).read_text(encoding="utf-8")))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Whatever the project's own hooks leave out or put first, what was chosen runs, the nearest first."""
    there = {item.nodeid: item for item in items}
    yield
    items[:] = [there[name] for name in _chosen() if name in there]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    signal.signal(signal.SIGALRM, _give_up)
    signal.alarm(max(1, round(_chosen()[item.nodeid])))
    try:
        return (yield)
    finally:
        signal.alarm(0)


def _give_up(number: int, frame: FrameType | None) -> None:
    os._exit(HANGS)
