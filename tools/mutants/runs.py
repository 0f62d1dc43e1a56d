"""Runs of mutants: one after the other is written into a copy of the tree, and its tests say what becomes of it."""

import difflib
import re
import sys
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from tools.mutants.chosen_tests import HANGS, SPENT
from tools.mutants.positions import Mutation
from tools.mutants.reach import Reach, Test
from tools.mutants.server import TOO_LONG
from tools.mutants.tree import Tree


class Fate(StrEnum):
    """What became of a mutant; the last two say nothing about the tests and are not counted."""

    KILLED = "killed"
    SURVIVED = "survived"
    NO_TEST = "no test"
    EQUIVALENT = "equivalent"
    BROKEN = "broken"


#: How pytest names a test that failed, or a module that could not be imported.
_VERDICT = re.compile(r"(FAILED|ERROR) \S+\.py\b")
#: What only a database that lets several write at once can notice.
_LOCKS = ("with_for_update", "for_update", "skip_locked", "nowait")


@dataclass(frozen=True, slots=True)
class Outcome:
    mutation: Mutation
    fate: Fate
    before: str
    after: str
    said: str = ""

    @property
    def diff(self) -> str:
        """The change as people read it."""
        return "\n".join(
            line
            for line in difflib.unified_diff(self.before.splitlines(), self.after.splitlines(), n=0, lineterm="")
            if not line.startswith(("---", "+++", "@@"))
        )


@dataclass(slots=True)
class Limits:
    """How much a mutant may cost: the seconds of tests as they took once, and how much longer than that is a hang."""

    seconds: float = 60
    slowdown: float = 8
    patience: float = 20


@dataclass(slots=True)
class Runner:
    """Runs mutants in a copy of the tree."""

    tree: Tree
    reach: Reach
    equivalents: frozenset[tuple[str, str]]
    limits: Limits
    #: Tests that were seen to pass without a mutant.
    sound: set[str] = field(default_factory=set)

    def run(self, mutation: Mutation) -> Outcome:
        source = (self.tree.root / mutation.path).read_bytes()
        mutant = mutation.apply(source)
        before, after = source.decode(), mutant.decode()
        outcome = Outcome(mutation, Fate.EQUIVALENT, before, after)
        if (Path(mutation.path).name, outcome.diff) in self.equivalents:
            return outcome
        reaching = self.reach.reaching(mutation)
        chosen = self._affordable(reaching)
        if not chosen:
            return Outcome(mutation, Fate.NO_TEST, before, after)
        limits = self._limits(mutation, outcome.diff, chosen)
        fate, word = self._tried(mutation.path, mutant, limits)
        if fate is Fate.SURVIVED:
            word = f"{len(chosen)} of {len(reaching)} tests that reach it ran"
        return Outcome(mutation, fate, before, after, word)

    def _tried(self, path: str, mutant: bytes, limits: dict[str, float]) -> tuple[Fate, str]:
        """What the tests say of a mutant; the word of a test counts that passes without it."""
        while True:
            fate, word = judged(*self.tree.run(path, mutant, limits, self.limits.seconds))
            test = word.partition(" ")[2]
            if fate is not Fate.KILLED or "::" not in test or test in self.sound:
                return fate, word
            source = (self.tree.root / path).read_bytes()
            code, _ = self.tree.run(path, source, {test: max(limits.values())}, self.limits.seconds)
            if code in (0, SPENT):
                self.sound.add(test)
                return fate, word
            say(f"     {test} fails without a mutant, and is left out")
            self.tree.unsound.add(test)

    def _affordable(self, tests: list[Test]) -> list[Test]:
        """As many of the nearest tests as the limit of seconds allows, at least three."""
        chosen: list[Test] = []
        seconds = 0.0
        for test in tests:
            if len(chosen) >= 3 and seconds + test.seconds > self.limits.seconds:
                continue
            chosen.append(test)
            seconds += test.seconds
        return chosen

    def _limits(self, mutation: Mutation, diff: str, tests: list[Test]) -> dict[str, float]:
        limits = {test.name: test.seconds * self.limits.slowdown + self.limits.patience for test in tests}
        if any(word in diff for word in _LOCKS):
            one, other = self.tree.databases
            return {name.replace(one, other): limit for name, limit in limits.items()} | limits
        return limits


def judged(code: int, said: str) -> tuple[Fate, str]:
    """What becomes of a mutant, by the exit code of its tests and what they said."""
    if code in (0, SPENT):
        return Fate.SURVIVED, ""
    if code == HANGS:
        return Fate.KILLED, next(line for line in said.splitlines() if line.startswith("HANGS "))
    if code == TOO_LONG:
        return Fate.KILLED, "a test did not end"
    if code == 5:
        return Fate.NO_TEST, "the tests chosen are no longer there"
    if code == 1:
        # A log that pytest shows with a failure has lines that begin with ERROR, too.
        named = [line for line in said.splitlines() if _VERDICT.match(line)]
        if named and named[0].startswith("ERROR") and "::" not in named[0]:
            return Fate.BROKEN, named[0]
        return Fate.KILLED, named[0].split(" - ")[0] if named else ""
    # The module cannot even be imported: no test is needed to notice that.
    return Fate.BROKEN, said[-300:]


def read_equivalents(path: Path) -> frozenset[tuple[str, str]]:
    """Changes that people found to change nothing: the module's name and the lines of the diff, a reason above each."""
    equivalents = set()
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    for entry in text.split("\n\n"):
        lines = [line for line in entry.splitlines() if line and not line.startswith("#")]
        if lines:
            equivalents.add((Path(lines[0]).name, "\n".join(lines[1:])))
    return frozenset(equivalents)


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
