"""Scheme reader: parses and validates a scheme file; every problem names line, field and remedy, and all are reported
at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from workflow.policy.scheme.model import Scheme
from workflow.policy.scheme.scheme_findings import SENTENCES, Finding
from workflow.policy.scheme.validation import cautions, check

Path_ = tuple[str | int, ...]
#: The safe loader in C is ten times faster; where it was not built, the Python one is used.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST = 50
#: The shipped scheme has some seven thousand nodes.
_LARGEST = 100_000


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of a scheme file: line (from 1), place, code and the values its sentence mentions."""

    line: int
    where: str
    code: str
    params: dict[str, str]

    def sentence(self, language: str) -> str:
        """One sentence in `zh` or `en` that names line, field and remedy."""
        zh, en = SENTENCES.get(self.code, SENTENCES["invalid"])
        words = (zh if language == "zh" else en).format(**{"value": "", "other": "", "detail": "", **self.params})
        return (
            f"第{self.line}行 {self.where}：{words}" if language == "zh" else f"line {self.line}, {self.where}: {words}"
        )


class SchemeRefused(Exception):
    """A refused scheme file; `problems` are ordered by line."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.line, problem.where)))
        super().__init__("\n".join(problem.sentence("en") for problem in self.problems))


def read_scheme(path: Path) -> Scheme:
    """Read and check a scheme file.  Raises SchemeRefused, or OSError when it cannot be read."""
    return parse_scheme(decoded(path.read_bytes()))


def decoded(content: bytes) -> str:
    """The text of a scheme file.  Raises SchemeRefused with the line that is not UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SchemeRefused([Problem(line, "YAML", "syntax", {"detail": "UTF-8"})]) from error


def parse_scheme(text: str) -> Scheme:
    """Read and check the text of a scheme.  Raises SchemeRefused with all problems."""
    scheme, problems = _parsed(text)
    if problems:
        raise SchemeRefused(problems)
    return scheme


def parse_to_compare(text: str) -> tuple[Scheme, tuple[Problem, ...]]:
    """Parse a scheme for comparison: routes that can never match are returned beside it instead of refusing it."""
    scheme, problems = _parsed(text)
    grave = [problem for problem in problems if problem.code != "shadowed"]
    if grave:
        raise SchemeRefused(problems)
    return scheme, tuple(problems)


def cautions_of(text: str) -> tuple[Problem, ...]:
    """What a valid scheme should not do, by line: nothing of it refuses the scheme.  Raises SchemeRefused."""
    scheme = parse_scheme(text)
    root = yaml.compose(text, Loader=_LOADER)
    assert root is not None
    lines = dict(_lines_of_keys(root, ()))
    found = [_from_finding(finding, lines) for finding in cautions(scheme)]
    return tuple(sorted(found, key=lambda problem: problem.line))


def refuse_bombs(text: str) -> None:
    """Refuse an uploaded text whose aliases expand to more than any scheme has, or to themselves.

    Raises SchemeRefused.
    """
    try:
        _refuse_depth(text)
        _refuse_unfolding(text)
    except (yaml.YAMLError, RecursionError):
        # Reading the file reports this error with its line.
        return


def _refuse_unfolding(text: str) -> None:
    """Add up the nodes of each alias without expanding it.  Raises SchemeRefused."""
    sizes: dict[str, int] = {}
    open_: list[tuple[str | None, int]] = [(None, 0)]
    for event in yaml.parse(text, Loader=_LOADER):
        anchor = getattr(event, "anchor", None)
        if isinstance(event, yaml.CollectionStartEvent):
            open_.append((anchor, 1))
            continue
        if isinstance(event, yaml.AliasEvent):
            # An anchor still open here would contain itself.
            size = sizes.get(anchor or "", _LARGEST + 1)
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, size = open_.pop()
        elif isinstance(event, yaml.ScalarEvent):
            size = 1
        else:
            continue
        if anchor:
            sizes[anchor] = size
        holder, held = open_.pop()
        if held + size > _LARGEST:
            mark = event.start_mark
            raise SchemeRefused([Problem(mark.line + 1 if mark else 1, "YAML", "alias", {})])
        open_.append((holder, held + size))


def _refuse_depth(text: str) -> None:
    """Refuse deeper nesting than any scheme has, before anything recurses into it.  Raises SchemeRefused."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            mark = event.start_mark
            raise SchemeRefused(
                [Problem(mark.line + 1 if mark else 1, "YAML", "syntax", {"detail": "nested too deep"})]
            )


def _parsed(text: str) -> tuple[Scheme, list[Problem]]:
    try:
        _refuse_depth(text)
        root = yaml.compose(text, Loader=_LOADER)
        data = yaml.load(text, Loader=_LOADER)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        detail = str(getattr(error, "problem", None) or error).splitlines()[0]
        raise SchemeRefused([Problem(mark.line + 1 if mark else 1, "YAML", "syntax", {"detail": detail})]) from error
    if root is None:
        raise SchemeRefused([Problem(1, "YAML", "missing", {})])
    lines = dict(_lines_of_keys(root, ()))
    problems = [Problem(line, _dotted(path), "duplicate_key", {}) for path, line in _duplicates(root, ())]
    try:
        scheme = Scheme.model_validate(data)
    except ValidationError as error:
        problems += [_from_pydantic(entry, lines) for entry in error.errors()]
        raise SchemeRefused(problems) from error
    return scheme, problems + [_from_finding(finding, lines) for finding in check(scheme)]


def _from_finding(finding: Finding, lines: dict[Path_, int]) -> Problem:
    return Problem(_line_of_key(finding.path, lines), _dotted(finding.path), finding.code, finding.params)


def _from_pydantic(entry: Any, lines: dict[Path_, int]) -> Problem:
    path = tuple(entry["loc"])
    codes = {"extra_forbidden": "unknown_key", "missing": "missing"}
    return Problem(
        _line_of_key(path, lines), _dotted(path), codes.get(entry["type"], "invalid"), {"detail": entry["msg"]}
    )


def _line_of_key(path: Path_, lines: dict[Path_, int]) -> int:
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _dotted(path: Path_) -> str:
    return ".".join(str(part) for part in path) or "YAML"


def _lines_of_keys(node: yaml.Node, path: Path_) -> Iterator[tuple[Path_, int]]:
    yield path, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _lines_of_keys(value, (*path, str(key.value)))
            yield (*path, str(key.value)), key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _lines_of_keys(value, (*path, index))


def _duplicates(node: yaml.Node, path: Path_) -> Iterator[tuple[Path_, int]]:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield (*path, str(key.value)), key.start_mark.line + 1
            seen.add(key.value)
            yield from _duplicates(value, (*path, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _duplicates(value, (*path, index))
