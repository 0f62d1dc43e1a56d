"""Code figures: size and shape of the code at a Git revision, side by side for several.

`python -m tools.code_figures [REVISION …]` prints a Markdown table, by default of HEAD; the table in docs/decisions/house.md is
made with it. Bench and tools count as tools; functions are those of product and tools, without migrations.
"""

import argparse
import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

PARTS = ("product", "tools", "tests")
#: Top folders that are no part of the product.
_PART_OF = {"bench": "tools", "tools": "tools", "tests": "tests"}
LONG, MANY = 60, 7

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(slots=True)
class Figures:
    """The counts of one revision."""

    rooms: Counter[str] = field(default_factory=Counter)
    lines: Counter[str] = field(default_factory=Counter)
    longest: tuple[int, str] = (0, "")
    long: list[str] = field(default_factory=list)
    many: list[str] = field(default_factory=list)
    skips: Counter[str] = field(default_factory=Counter)
    ignores: Counter[str] = field(default_factory=Counter)


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], capture_output=True, text=True, check=True).stdout


def sources(revision: str) -> Iterator[tuple[str, str]]:
    """Every Python file of a revision: its path and its text."""
    for path in _git("ls-tree", "-r", "--name-only", revision).splitlines():
        if path.endswith(".py"):
            yield path, _git("show", f"{revision}:{path}")


def functions(tree: ast.Module) -> Iterator[tuple[str, int, int]]:
    """(name, lines, parameters without `self` and `cls`) of every function, inner ones included."""
    for node in ast.walk(tree):
        if isinstance(node, _Function):
            given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            count = sum(each.arg not in ("self", "cls") for each in given)
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1, count


def measure(revision: str) -> Figures:
    """The figures of a revision.  Raises CalledProcessError for a revision that Git does not know."""
    figures = Figures()
    modules = dict(sources(revision))
    for path, text in modules.items():
        top = path.partition("/")[0]
        part = _PART_OF.get(top, "product")
        figures.lines[part] += text.count("\n")
        figures.ignores[part] += len(re.findall(r"# type: ignore\b", text))
        figures.skips[part] += len(re.findall(r"# fmt: skip$", text, re.MULTILINE))
        if part == "tests":
            continue
        figures.rooms[path.rpartition("/")[0] or "."] += 1
        if top == "migrations":
            continue
        for name, length, parameters in functions(ast.parse(text)):
            where = f"{path}:{name}"
            figures.longest = max(figures.longest, (length, where))
            figures.long += [where] if length > LONG else []
            figures.many += [where] if parameters > MANY else []
    return figures


def rows(every: list[Figures]) -> Iterator[tuple[str, ...]]:
    """The lines of the table, a column per revision."""
    largest = [figures.rooms.most_common(1)[0] for figures in every]
    yield "files of the largest room", *(f"{count} (`{room}/`)" for room, count in largest)
    yield "rooms with code", *(str(len(figures.rooms)) for figures in every)
    yield "longest function", *(f"{figures.longest[0]} lines" for figures in every)
    yield f"functions over {LONG} lines", *(str(len(figures.long)) for figures in every)
    yield f"functions over {MANY} parameters", *(str(len(figures.many)) for figures in every)
    for name, counts in (
        ("`# fmt: skip`", [figures.skips for figures in every]),
        ("`# type: ignore`", [figures.ignores for figures in every]),
        ("lines of Python", [figures.lines for figures in every]),
    ):
        yield f"{name}: {', '.join(PARTS)}", *(" / ".join(f"{count[part]:,}" for part in PARTS) for count in counts)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("revisions", nargs="*", default=["HEAD"])
    parser.add_argument("--names", action="store_true", help="also list the functions that are too long or too wide")
    options = parser.parse_args()
    every = [measure(revision) for revision in options.revisions]
    written = ["| | " + " | ".join(options.revisions) + " |", "|---|" + "---|" * len(every)]
    written += [f"| {' | '.join(row)} |" for row in rows(every)]
    for revision, figures in zip(options.revisions, every, strict=True):
        if options.names:
            written += ["", f"{revision}: longest {figures.longest[1]}", *sorted({*figures.long, *figures.many})]
    sys.stdout.write("\n".join(written) + "\n")


if __name__ == "__main__":
    main()
