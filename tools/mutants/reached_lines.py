"""A plugin of pytest for mutation runs: writes down which lines each test reaches, and how long it takes.

It is copied beside the tree it runs in and knows nothing of the project.  One file of JSON for each module of tests.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import coverage
import pytest

_folder = Path(os.environ["MUTANTS_MAP"])
_tree = Path(os.environ["MUTANTS_TREE"])
_cover = coverage.Coverage(data_file=None, config_file=False, include=[f"{_tree}/*"], omit=[f"{_tree}/tests/*"])
_tests: dict[str, dict[str, Any]] = {}
_cover.start()
# What importing a module runs belongs to no test.
_cover.switch_context("")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Every test runs, whatever the project's own hooks leave out; of a test for two databases the first one only."""
    before = list(items)
    yield
    one, other = os.environ["MUTANTS_DATABASES"].split(",")
    names = {item.nodeid for item in before}
    items[:] = [item for item in before if other not in item.nodeid or item.nodeid.replace(other, one) not in names]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    _cover.switch_context(item.nodeid)
    began = time.monotonic()
    try:
        return (yield)
    finally:
        _tests.setdefault(item.nodeid, {"passed": True})["seconds"] = round(time.monotonic() - began, 2)
        _cover.switch_context("")
        if nextitem is None or nextitem.path != item.path:
            _write(item.path)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.outcome != "passed":
        _tests.setdefault(report.nodeid, {})["passed"] = False


def _write(module: Path) -> None:
    _cover.stop()
    data = _cover.get_data()
    sources: dict[str, str] = {}
    lines: dict[str, dict[str, list[int]]] = {}
    for path in data.measured_files():
        name = str(Path(path).relative_to(_tree))
        sources[name] = _hash(Path(path))
        for line, contexts in data.contexts_by_lineno(path).items():
            for context in contexts:
                if context:
                    lines.setdefault(context, {}).setdefault(name, []).append(line)
    name = str(module.relative_to(_tree))
    written = {
        "module": name,
        "hash": _hash(module),
        "sources": sources,
        "tests": {test: {**facts, "lines": lines.get(test, {})} for test, facts in _tests.items()},
    }
    target = _folder / f"{name.replace('/', '+')}.json"
    target.write_text(json.dumps(written), encoding="utf-8")
    (_folder / "libraries.json").write_text(json.dumps(_libraries()), encoding="utf-8")
    _tests.clear()
    _cover.erase()
    _cover.start()
    _cover.switch_context("")


def _libraries() -> list[str]:
    """What is loaded and not part of the project: a run can have it before it begins."""
    return [
        name
        for name, module in sorted(sys.modules.items())
        if "site-packages" in str(getattr(module, "__file__", "")) and not name.startswith("xdist")
    ]


def _hash(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
