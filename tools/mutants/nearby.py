"""Nearby tests, for what the map does not know yet: whole modules of tests, by what they import and name.

First the functions of a module of tests that name the changed function or the address it answers, then the rest of it.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tools.mutants.positions import Mutation

#: How many modules of tests are near.
MODULES = 4
#: Tests that take minutes and reach nearly everything: they run where the map says so, and are never guessed.
FAR = (
    "tests/accountability/test_killed",
    "tests/evidence/test_killed",
    "tests/notifications/test_everything_once",
    "tests/register/test_import_large",
    "tests/register/test_leaks",
    "tests/simulation",
    "tests/web/test_api_contract",
    "tests/web/test_browser",
    "tests/web/test_every_page",
)


def nearby(tree: Path, mutation: Mutation) -> list[str]:
    """The tests near a mutation, as `module::function` and as whole modules."""
    tests = {name: text for name, text in _sources(tree).items() if Path(name).name.startswith("test_")}
    texts = {name: text for name, text in tests.items() if not name.startswith(FAR)}
    names, routes = _called(tree / mutation.path, mutation)
    scores = {name: _score(tree, mutation.path, name, text, names, routes) for name, text in texts.items()}
    best = sorted((name for name in scores if scores[name]), key=lambda name: (-scores[name], name))[:MODULES]
    words = [re.compile(rf"\b{re.escape(name)}\b") for name in names] + [re.compile(re.escape(r)) for r in routes]
    first = [
        f"{module}::{test}"
        for module in best
        for test, body in _functions(tree / module)
        if any(word.search(body) for word in words)
    ]
    return [*first, *best]


def _score(tree: Path, path: str, test: str, text: str, names: set[str], routes: set[str]) -> int:
    mine = set(path.removesuffix(".py").split("/"))
    stem = Path(path).stem
    theirs = {word for part in test.removesuffix(".py").split("/") for word in part.split("_")}
    score = 10 * imports(text, path) + 4 * any(imports(text, other) for other in _importers(tree, path))
    score += 6 * any(re.search(rf"\b{re.escape(name)}\b", text) for name in names if len(name) > 4)
    score += 8 * any(route in text for route in routes)
    answered = {route for other in _importers(tree, path) for route in _addresses(tree / other)}
    score += 2 * min(5, sum(route in text for route in answered | _addresses(tree / path)))
    score += 6 * bool({stem, stem.removesuffix("s"), *stem.split("_")} & theirs)
    return score + bool(score) * len(mine & theirs)


def imports(text: str, path: str) -> bool:
    """Whether a source imports a module."""
    dotted = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    room, _, module = dotted.rpartition(".")
    named = rf"\b{re.escape(dotted)}\b|from {re.escape(room)} import (\([^)]*)?[^\n]*\b{module}\b"
    return re.search(named, text) is not None


@cache
def _importers(tree: Path, path: str) -> frozenset[str]:
    return frozenset(name for name, text in _sources(tree).items() if "tests/" not in name and imports(text, path))


@cache
def _sources(tree: Path) -> dict[str, str]:
    return {str(path.relative_to(tree)): path.read_text(encoding="utf-8") for path in tree.rglob("*.py")}


@cache
def _functions(module: Path) -> list[tuple[str, str]]:
    text = module.read_text(encoding="utf-8")
    return [
        (node.name, ast.get_source_segment(text, node) or "")
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test")
    ]


def _called(path: Path, mutation: Mutation) -> tuple[set[str], set[str]]:
    """What tests would name: the functions around a mutation, and the addresses they answer."""
    names, routes = set[str](), set[str]()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.lineno <= mutation.line <= (node.end_lineno or 0):
            names.add(node.name)
            for decorator in node.decorator_list:
                routes |= set(_routes(decorator))
    return {name for name in names if not name.startswith("__")}, routes


@cache
def _addresses(path: Path) -> frozenset[str]:
    """The addresses that a module answers, as far as they are the same for every ticket."""
    return frozenset(
        route
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        for route in _routes(decorator)
        if len(route) > 5
    )


def _routes(decorator: ast.expr) -> Iterator[str]:
    if isinstance(decorator, ast.Call) and decorator.args and isinstance(decorator.args[0], ast.Constant):
        text = str(decorator.args[0].value)
        if text.startswith("/") and len(text) > 1:
            yield text.partition("<")[0].rstrip("/")
            yield text.rpartition(">")[2] or text
