"""A plugin of pytest for mutation runs: writes down which statements each test reaches, and how long it takes.

It is copied beside the tree it runs in and knows nothing of the project.  The project's modules are compiled with a
mark before each statement of a function: that costs a few hundredths of the time, where a tracer would double it,
because libraries run as they are.  One file of JSON for each module of tests.
"""

import ast
import builtins
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from hashlib import sha256
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import pytest

_folder = Path(os.environ["MUTANTS_MAP"])
_tree = Path(os.environ["MUTANTS_TREE"])
#: What each mark stands for: a module and a line of it.
_marks: list[tuple[str, int]] = []
_reached: set[int] = set()
_tests: dict[str, dict[str, Any]] = {}
_MARK = "__reached__"


class _Marking(ast.NodeTransformer):
    """Puts a mark before each statement in a function, and into each lambda."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._deep = 0

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._function(node)

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        self.generic_visit(node)
        pair = ast.Tuple([self._call(node.body), node.body], ast.Load())
        node.body = ast.copy_location(ast.Subscript(pair, ast.Constant(1), ast.Load()), node.body)
        return node

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        self._deep += 1
        self.generic_visit(node)
        self._deep -= 1
        return node

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        if self._deep:
            for part in ("body", "orelse", "finalbody"):
                statements = getattr(node, part, None)
                if isinstance(statements, list):
                    setattr(node, part, [marked for statement in statements for marked in self._marked(statement)])
        return node

    def _marked(self, statement: ast.stmt) -> list[ast.stmt]:
        if isinstance(statement, ast.Nonlocal | ast.Global):
            return [statement]
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            # A docstring stays the first statement.
            return [statement]
        return [ast.copy_location(ast.Expr(self._call(statement)), statement), statement]

    def _call(self, node: ast.AST) -> ast.expr:
        _marks.append((self._name, getattr(node, "lineno", 0)))
        return ast.Call(ast.Name(_MARK, ast.Load()), [ast.Constant(len(_marks) - 1)], [])


class _Loader(SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType | None:
        # Not by way of the cache: the marks are no part of the compiled module.
        tree = ast.parse(self.get_data(self.path))
        marked = _Marking(str(Path(self.path).relative_to(_tree))).visit(tree)
        return compile(ast.fix_missing_locations(marked), self.path, "exec", dont_inherit=True)


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path, target)
        origin = Path(spec.origin) if spec and spec.origin else None
        if spec is None or origin is None or origin.suffix != ".py" or _tree not in origin.parents:
            return None
        if _tree / "tests" in origin.parents or {".venv", "node_modules"} & set(origin.parts):
            return None
        spec.loader = _Loader(fullname, str(origin))
        return spec


setattr(builtins, _MARK, _reached.add)
sys.meta_path.insert(0, _Finder())


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
    _reached.clear()
    began = time.process_time()
    try:
        return (yield)
    finally:
        lines: dict[str, list[int]] = {}
        for name, line in sorted({_marks[mark] for mark in _reached.copy()}):
            lines.setdefault(name, []).append(line)
        facts = _tests.setdefault(item.nodeid, {"passed": True})
        facts |= {"seconds": round(time.process_time() - began, 2), "lines": lines}
        if nextitem is None or nextitem.path != item.path:
            _write(item.path)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.outcome != "passed":
        _tests.setdefault(report.nodeid, {})["passed"] = False


def _write(module: Path) -> None:
    name = str(module.relative_to(_tree))
    sources = {source for facts in _tests.values() for source in facts.get("lines", ())}
    written = {
        "module": name,
        "hash": _hash(module),
        "sources": {source: _hash(_tree / source) for source in sorted(sources)},
        "tests": _tests,
    }
    (_folder / f"{name.replace('/', '+')}.json").write_text(json.dumps(written), encoding="utf-8")
    (_folder / "libraries.json").write_text(json.dumps(_libraries()), encoding="utf-8")
    _tests.clear()


def _libraries() -> list[str]:
    """What is loaded and not part of the project: a run can have it before it begins."""
    return [
        name
        for name, module in sorted(sys.modules.items())
        if "site-packages" in str(getattr(module, "__file__", "")) and not name.startswith("xdist")
    ]


def _hash(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
