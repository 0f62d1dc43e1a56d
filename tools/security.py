"""Security requirements: the tables of `docs/security/` are made from `requirements.toml`, and each named file and test exists.

`python -m tools.security` prints how many requirements are held, chapter by chapter, and fails if a file or a test that is
named does not exist or a page is not the one made from the data; `--write` writes the pages.
"""

import ast
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "security"
DATA = FOLDER / "requirements.toml"
#: held: by code, with a test · unproven: by code, no test holds it · operator: by who runs the system, as docs/running.md says ·
#: decided: held otherwise or not, on purpose · not_applicable · lacking: not held and ought to be; all but held with the reason
_NAMES = {
    "held": "held",
    "unproven": "held, no test",
    "operator": "by the operator",
    "decided": "decided otherwise",
    "not_applicable": "not applicable",
    "lacking": "**not held**",
}
STATES = tuple(_NAMES)
_TITLES = {
    "asvs": "OWASP ASVS 5.0.0, levels 1 and 2",
    "mlps": "GB/T 22239-2019 (MLPS 2.0): level 2, and the computing environment of level 3",
}
_HEADS = {
    "asvs": "Numbers are those of OWASP's repository `ASVS`, version 5.0.0; the words are a short form of ours.",
    "mlps": "The text of the standard was not at hand: **numbers and words are from memory of its published structure** and are "
    "to be compared with the printed standard before an assessment. Clauses (a, b …) are given for the computing environment "
    "(7.1.4, 8.1.4); the rest of level 2 by control point.",
}


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement: where it is held and by which tests, or why it is not."""

    standard: str
    id: str
    level: int
    about: str
    state: str
    where: tuple[str, ...]
    tests: tuple[str, ...]
    why: str

    @property
    def chapter(self) -> str:
        """The chapter that the sums are made for."""
        parts = self.id.split(".")
        return parts[0] if self.standard == "asvs" else ".".join(parts[:3])


def read(path: Path = DATA) -> list[Requirement]:
    """The requirements of the file, in its order."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return [
        Requirement(
            standard,
            row["id"],
            row["level"],
            row["about"],
            row["state"],
            tuple(row.get("where", ())),
            tuple(row.get("tests", ())),
            row.get("why", ""),
        )
        for standard, rows in data.items()
        for row in rows
    ]


@cache
def _functions(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def problems(rows: list[Requirement]) -> Iterator[str]:
    """What is wrong with the data: a file or test that does not exist, a state without what it needs, a number twice."""
    for (standard, number), times in Counter((row.standard, row.id) for row in rows).items():
        if times > 1:
            yield f"{standard} {number} is there {times} times"
    for row in rows:
        named = f"{row.standard} {row.id}"
        if row.state not in STATES:
            yield f"{named}: there is no state {row.state!r}"
        if row.state == "held" and not (row.where and row.tests):
            yield f"{named} is held by no file or no test"
        if row.state != "held" and not row.why:
            yield f"{named}: no reason"
        for path in row.where:
            if not (ROOT / path).exists():
                yield f"{named}: {path} does not exist"
        for test in row.tests:
            path, _, function = test.partition("::")
            if not (ROOT / path).is_file():
                yield f"{named}: {path} does not exist"
            elif function and function not in _functions(ROOT / path):
                yield f"{named}: {path} has no test {function}"


def page(standard: str, rows: list[Requirement]) -> str:
    """The page of one standard."""
    lines = [f"# {_TITLES[standard]}", "", "Made by `python -m tools.security --write` from `requirements.toml`.", ""]
    lines += [_HEADS[standard], ""]
    mine = [row for row in rows if row.standard == standard]
    lines += [*_sums(mine), ""]
    chapter = ""
    for row in mine:
        if row.chapter != chapter:
            chapter = row.chapter
            lines += [
                "",
                f"## {chapter}",
                "",
                "| requirement | level | about | state | where, test or reason |",
                "|---|---|---|---|---|",
            ]
        said = [
            *(f"`{path}`" for path in row.where),
            *(f"`{test}`" for test in row.tests),
            *([row.why] if row.why else []),
        ]
        lines.append(f"| {row.id} | {row.level} | {row.about} | {_NAMES[row.state]} | {'; '.join(said)} |")
    return "\n".join(lines).replace("\n\n\n", "\n\n") + "\n"


def _sums(rows: list[Requirement]) -> list[str]:
    lines = [
        f"| chapter | {' | '.join(name.strip('*') for name in _NAMES.values())} | of |",
        "|---" * (len(_NAMES) + 2) + "|",
    ]
    for chapter in dict.fromkeys(row.chapter for row in rows):
        lines.append(_sum(chapter, [row for row in rows if row.chapter == chapter]))
    return [*lines, _sum("all", rows)]


def _sum(name: str, rows: list[Requirement]) -> str:
    by_state = Counter(row.state for row in rows)
    return f"| {name} | {' | '.join(str(by_state[state]) for state in STATES)} | {len(rows)} |"


def main() -> None:
    rows = read()
    wrong = list(problems(rows))
    for standard in _TITLES:
        path, text = FOLDER / f"{standard}.md", page(standard, rows)
        if "--write" in sys.argv:
            path.write_text(text, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            wrong.append(f"{path.relative_to(ROOT)} is not made from the data: run python -m tools.security --write")
        mine = [row for row in rows if row.standard == standard]
        sys.stdout.write(f"{_TITLES[standard]}\n" + "\n".join(_sums(mine)) + "\n\n")
    if wrong:
        raise SystemExit("\n".join(wrong))


if __name__ == "__main__":
    main()
