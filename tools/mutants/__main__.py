"""`make mutants`: samples mutants over rooms, runs them, and prints the share that the tests kill.

make mutants ROOM="workflow/register web" N=50 SEED=7     a sample of 50
make mutants AT=workflow/register/exit_gate.py:88               every mutant of a line (or of a module)
make mutants MAP=all                                       write the map of reached lines anew
"""

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from tools.mutants.positions import Mutation
from tools.mutants.reach import Reach
from tools.mutants.runs import Fate, Limits, Outcome, Runner, read_equivalents, say
from tools.mutants.sites import compiles, droppable, mutations
from tools.mutants.tree import Tree, copied

ROOT = Path(__file__).parents[2]
ROOMS = "workflow notifications web"
_COUNTED = (Fate.KILLED, Fate.SURVIVED, Fate.NO_TEST)


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    given = _arguments(arguments)
    folder = root / "var" / "mutants"
    map_folder = folder / "map"
    map_folder.mkdir(parents=True, exist_ok=True)
    with copied(root, DATABASES, map_folder / "libraries.json") as tree:
        refresh(tree, map_folder, given.map, given.processes)
        reach = Reach(map_folder, tree.root)
        equivalents = read_equivalents(root / "tools" / "mutants" / "equivalent.txt")
        limits = Limits(given.seconds, patience=given.patience)
        runner = Runner(tree, reach, equivalents, limits)
        outcomes: list[Outcome] = []
        wanted = given.number if not given.at else sys.maxsize
        for mutation in chosen(tree.root, given.room.split(), given.seed, given.at):
            if given.at and not outcomes:
                tree.imported = sorted({test.module for test in reach.reaching(mutation)})
            outcome = runner.run(mutation)
            outcomes.append(outcome)
            say(f"{_counted(outcomes):4} {outcome.fate:10} {_where(mutation)}  {mutation.kind}  {outcome.said}")
            if outcome.fate in (Fate.SURVIVED, Fate.NO_TEST):
                say(outcome.diff)
            if _counted(outcomes) >= wanted:
                break
    report = "\n".join(reported(outcomes))
    say(report)
    (folder / "report.txt").write_text(report + "\n", encoding="utf-8")
    return 0


#: The databases in the names of tests: the one mutants are run on, and the one for what it cannot notice.
DATABASES = ("sqlite", "postgresql")


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutants")
    parser.add_argument("--room", default=ROOMS, help="folders to sample, by their lines")
    parser.add_argument("--number", type=int, default=100, help="how many mutants are counted")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at", default="", help="a module or a module:line, instead of a sample")
    parser.add_argument("--seconds", type=float, default=60, help="how many seconds of tests a mutant may cost")
    parser.add_argument("--patience", type=float, default=20, help="how many seconds more than usual are a hang")
    parser.add_argument("--map", default="", help="'all', or the modules of tests whose reach is written down anew")
    parser.add_argument("--processes", type=int, default=1, help="processes that write the map")
    return parser.parse_args(arguments)


def refresh(tree: Tree, folder: Path, asked: str, processes: int) -> None:
    """Write down the reach of the modules of tests that are new or no longer what they were."""
    modules = sorted(str(path.relative_to(tree.root)) for path in (tree.root / "tests").rglob("test_*.py"))
    if asked == "known":
        return
    if asked and asked != "all":
        stale = [name for name in modules if any(name.startswith(part) for part in asked.split())]
    else:
        stale = [name for name in modules if asked or not _is_current(tree.root / name, _map_file(folder, name))]
    if stale:
        say(f"Writing down what {len(stale)} modules of tests reach.")
        tree.write_map(folder, stale, processes)
    for path in folder.glob("*+*.json"):
        if path.name not in {_map_file(folder, name).name for name in modules}:
            path.unlink()


def _map_file(folder: Path, module: str) -> Path:
    return folder / f"{module.replace('/', '+')}.json"


def _is_current(module: Path, written: Path) -> bool:
    """Whether the map knows this text of a module of tests (its hash stands near the beginning)."""
    if not written.exists():
        return False
    with written.open(encoding="utf-8") as stream:
        return sha256(module.read_bytes()).hexdigest() in stream.read(500)


def chosen(root: Path, rooms: Sequence[str], seed: int, at: str) -> Iterator[Mutation]:
    """Mutants in an order that the seed decides, each line as likely as any other; or all of a line or module."""
    path, _, line = at.partition(":")
    paths = [path] if at else sorted({str(p.relative_to(root)) for room in rooms for p in (root / room).rglob("*.py")})
    sources = {
        str(p.relative_to(root)): p.read_bytes() for room in _tops(rooms, path) for p in (root / room).rglob("*.py")
    }
    defaults = droppable(sources)
    lines: dict[tuple[str, int], list[Mutation]] = {}
    for name in paths:
        for mutation in mutations(name, (root / name).read_bytes(), defaults):
            lines.setdefault((name, mutation.line), []).append(mutation)
    if at:
        order = [made for key in sorted(lines) if not line or key[1] == int(line) for made in lines[key]]
    else:
        dice = random.Random(seed)
        keys = sorted(lines)
        dice.shuffle(keys)
        order = [dice.choice(lines[key]) for key in keys]
    return (made for made in order if compiles(made.apply((root / made.path).read_bytes())))


def _tops(rooms: Sequence[str], path: str) -> set[str]:
    return {name.split("/")[0] for name in (*rooms, path) if name}


def _counted(outcomes: Sequence[Outcome]) -> int:
    return sum(outcome.fate in _COUNTED for outcome in outcomes)


def _where(mutation: Mutation) -> str:
    return f"{mutation.path}:{mutation.line}"


def reported(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """The survivors with their changes, then the share killed of each room and of all."""
    for outcome in outcomes:
        if outcome.fate in (Fate.SURVIVED, Fate.NO_TEST):
            yield f"\n{_where(outcome.mutation)}  {outcome.mutation.kind}: {outcome.fate} {outcome.said}\n{outcome.diff}"
    rooms: dict[str, Counter[Fate]] = {}
    for outcome in outcomes:
        room = str(Path(outcome.mutation.path).parent)
        for name in (room, "all"):
            rooms.setdefault(name, Counter())[outcome.fate] += 1
    yield ""
    for name, fates in sorted(rooms.items(), key=lambda entry: (entry[0] == "all", entry[0])):
        counted = sum(fates[fate] for fate in _COUNTED)
        share = f"{fates[Fate.KILLED] / counted:4.0%}" if counted else "   –"
        listed = ", ".join(f"{fates[fate]} {fate}" for fate in Fate if fates[fate])
        yield f"{share} {name}: {listed}"


if __name__ == "__main__":
    sys.exit(main())
