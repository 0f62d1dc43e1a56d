"""Reach of the tests: which of them run a line, nearest first, by what was written down when they last ran.

The code moves on while the map stays: lines are followed through the text they had then, and a module that was moved
is found again by its text.  Where no line of a statement is known, the function around it decides, then the module.
"""

import difflib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tools.mutants.nearby import imports, nearby
from tools.mutants.positions import Mutation

#: A moved module is the one that shares at least this part of its lines.
SAME = 0.5
#: Fewer tests than this that reach a line are helped out by those that reach its module: a value may be kept from one
#: test to the next, and what runs when a module is imported belongs to no test.
ENOUGH = 5


@dataclass(slots=True)
class Test:
    """A test as it was last seen: where it is, how long it took, what it reaches."""

    name: str
    module: str
    seconds: float
    lines: dict[tuple[str, str], frozenset[int]] = field(repr=False)

    @property
    def function(self) -> str:
        return self.name.partition("[")[0]


class Reach:
    """The map of a tree: read from the files that `reached_lines` wrote."""

    def __init__(self, folder: Path, tree: Path) -> None:
        self._folder, self._tree = folder, tree
        self.tests = [test for path in sorted(folder.glob("*+*.json")) for test in _tests(path)]
        self._modules = {test.module for test in self.tests}
        self._known: dict[str, set[str]] = {}
        for test in self.tests:
            for name, digest in test.lines:
                self._known.setdefault(name, set()).add(digest)
        self._moved: dict[str, str] | None = None

    def reaching(self, mutation: Mutation) -> list[Test]:
        """The tests to run for a mutation, the nearest first."""
        tests = self._by_lines(mutation, range(mutation.span[0], mutation.span[1] + 1))
        if len(tests) < ENOUGH and mutation.function:
            around = self._by_lines(mutation, range(mutation.function[0], mutation.function[1] + 1))
            tests += [test for test in around if test not in tests] if not tests else []
        if len(tests) < ENOUGH:
            # As many again as would be enough, no more: these are guesses.
            module = self._by_lines(mutation, range(1, 1_000_000))
            tests += [test for test in module if test not in tests][: 5 * ENOUGH]
        if not mutation.function:
            # A table that is read as it stands: its test may run no line of the module at all.
            reading = self._importing(mutation.path)
            tests = reading + [test for test in tests if test not in reading]
        near = [(name, name.partition("::")[0]) for name in nearby(self._tree, mutation)]
        # What the map was never written for is tried by what it imports and names.
        return [Test(name, module, 0, {}) for name, module in near if module not in self._modules] + tests

    def _importing(self, path: str) -> list[Test]:
        """The tests of modules that import this one, those that run least first."""
        found = [test for test in self.tests if imports(_text(self._tree / test.module), path)]
        return sorted(found, key=lambda test: (sum(map(len, test.lines.values())), test.name))[: 5 * ENOUGH]

    def _by_lines(self, mutation: Mutation, wanted: range) -> list[Test]:
        old_path = self._path_then(mutation.path)
        reached = []
        then = {digest: self._lines_then(mutation.path, digest, wanted) for digest in self._known.get(old_path, ())}
        for test in self.tests:
            if any(lines & test.lines.get((old_path, digest), frozenset()) for digest, lines in then.items()):
                reached.append(test)
        return _nearest_first(
            mutation.path,
            {test.module for test in self.tests if imports(_text(self._tree / test.module), mutation.path)},
            reached,
        )

    def _lines_then(self, path: str, digest: str, wanted: range) -> set[int]:
        pairs = _followed(self._folder / "sources" / digest, self._tree / path)
        return {old for new, old in pairs.items() if new in wanted}

    def _path_then(self, path: str) -> str:
        if path in self._known:
            return path
        if self._moved is None:
            self._moved = {}
            gone = [name for name in self._known if not (self._tree / name).exists()]
            for name in gone:
                self._moved |= {str(new): name for new in self._new_homes(name)}
        return self._moved.get(path, path)

    def _new_homes(self, name: str) -> Iterator[Path]:
        old = (self._folder / "sources" / next(iter(self._known[name]))).read_text(encoding="utf-8")
        for path in self._tree.rglob("*.py"):
            new = path.relative_to(self._tree)
            if str(new) not in self._known and _alike(old, path.read_text(encoding="utf-8")) >= SAME:
                yield new


def _nearest_first(path: str, imports: set[str], tests: list[Test]) -> list[Test]:
    """By neighbourhood, then one case of each function before the second of any, then by how little else they run."""
    parts = set(path.removesuffix(".py").split("/"))
    nth: dict[str, int] = {}
    ranked = []
    for test in sorted(tests, key=lambda test: (sum(map(len, test.lines.values())), test.name)):
        nth[test.function] = nth.get(test.function, -1) + 1
        distance = 2 - len(parts & _words(test.module)) - 2 * (test.module in imports)
        ranked.append((nth[test.function] // 3, distance, sum(map(len, test.lines.values())), test.name, test))
    return [entry[-1] for entry in sorted(ranked, key=lambda entry: entry[:-1])]


def _words(module: str) -> set[str]:
    return set(module.removesuffix(".py").replace("test_", "").split("/"))


def _tests(path: Path) -> Iterator[Test]:
    report = json.loads(path.read_text(encoding="utf-8"))
    for name, facts in report["tests"].items():
        if facts["passed"] and "seconds" in facts:
            lines = {(source, report["sources"][source]): frozenset(at) for source, at in facts["lines"].items()}
            yield Test(name, report["module"], facts["seconds"], lines)


@cache
def _followed(then: Path, now: Path) -> dict[int, int]:
    """The lines of a source as it is now, with their numbers in what it was."""
    old, new = (path.read_text(encoding="utf-8").splitlines() for path in (then, now))
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    return {
        block.b + offset + 1: block.a + offset + 1
        for block in matcher.get_matching_blocks()
        for offset in range(block.size)
    }


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _alike(one: str, other: str) -> float:
    mine, theirs = (
        {line.strip() for line in text.splitlines() if len(line.strip()) > 12 and "import" not in line}
        for text in (one, other)
    )
    return len(mine & theirs) / max(1, len(mine))
