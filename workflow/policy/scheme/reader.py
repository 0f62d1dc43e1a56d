"""Scheme reader: parses and validates a policy with its county's part; every problem names file, line, field and remedy,
and all are reported at once."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from workflow.policy.scheme.county_part import (
    Merged,
    Path_,
    Place,
    beside,
    county_file_of,
    merged,
    resolved,
)
from workflow.policy.scheme.model import Scheme
from workflow.policy.scheme.parts import SchemeText
from workflow.policy.scheme.scheme_findings import SENTENCES, Finding
from workflow.policy.scheme.validation import cautions, check

#: The safe loader in C is ten times faster; where it was not built, the Python one is used.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST = 50
#: Marks that turn the direction of writing, as such or as YAML escapes them; it refuses controls by itself.
_TURNS = re.compile(
    r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|\\u(?:061c|200[ef]|202[a-e]|206[6-9])", re.IGNORECASE
)
#: The shipped scheme has some seven thousand nodes in 120 KB.
_LARGEST, _LARGEST_BYTES = 100_000, 1024 * 1024


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of a scheme file: line (from 1), place, code and the values its sentence mentions; `file` names the
    county's file where the problem is in that one."""

    line: int
    where: str
    code: str
    params: dict[str, str]
    file: str = ""

    def sentence(self, language: str) -> str:
        """One sentence in `zh` or `en` that names line, field and remedy."""
        zh, en = SENTENCES.get(self.code, SENTENCES["invalid"])
        words = (zh if language == "zh" else en).format(**{"value": "", "other": "", "detail": "", **self.params})
        if language == "zh":
            return f"{self.file}第{self.line}行 {self.where}：{words}"
        return f"{self.file}{', ' if self.file else ''}line {self.line}, {self.where}: {words}"


class SchemeRefused(Exception):
    """A refused scheme file; `problems` are ordered by line."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.file, problem.line, problem.where)))
        super().__init__("\n".join(problem.sentence("en") for problem in self.problems))


def read_scheme(path: Path, county: Path | None = None) -> Scheme:
    """Read and check a policy with its county's part: see `texts_of`.  Raises SchemeRefused, OSError."""
    return parse_scheme(texts_of(path, county))


def texts_of(path: Path, county: Path | None = None) -> SchemeText:
    """A policy's text and that of the county's file: `county`, else the one that the policy names, else none.

    Raises SchemeRefused `county_unreadable` for a named file that
    is not there, and OSError for the two given.
    """
    text = decoded(_content(path))
    try:
        _refuse_bombs(text)
        root = yaml.compose(text, Loader=_LOADER)
    except (yaml.YAMLError, RecursionError, ValueError):
        # The reader says where.
        return SchemeText(text)
    if county is None:
        name = county_file_of(root)
        if root is None or name is None:
            return SchemeText(text)
        county = beside(path, name)
        if not county.is_file():
            place = dict(_places_of_keys(merged(root, None, "")))[("county",)]
            raise SchemeRefused([Problem(place[0], "county", "county_unreadable", {"value": name[:100]})])
    return SchemeText(text, decoded(_content(county)), county.name)


def _content(path: Path) -> bytes:
    """The bytes of a file, and one more than a scheme may have.  Raises OSError."""
    with path.open("rb") as file:
        return file.read(_LARGEST_BYTES + 1)


def decoded(content: bytes) -> str:
    """The text of a scheme file.  Raises SchemeRefused with the line that is not UTF-8, or whose direction a mark turns."""
    if len(content) > _LARGEST_BYTES:
        raise SchemeRefused([Problem(1, "YAML", "syntax", {"detail": "larger than 1 MB"})])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SchemeRefused([Problem(line, "YAML", "syntax", {"detail": "UTF-8"})]) from error
    if (turned := _TURNS.search(text)) is not None:
        line = text.count("\n", 0, turned.start()) + 1
        raise SchemeRefused([Problem(line, "YAML", "turned_text", {})])
    return text


def parse_scheme(text: str | SchemeText) -> Scheme:
    """Read and check the text of a scheme, whole or of a policy and its county's part.  Raises SchemeRefused with all problems."""
    scheme, problems = _parsed(text)
    if problems:
        raise SchemeRefused(problems)
    return scheme


def parse_to_compare(text: str | SchemeText) -> tuple[Scheme, tuple[Problem, ...]]:
    """Parse a scheme for comparison: routes that can never match are returned beside it instead of refusing it."""
    scheme, problems = _parsed(text)
    grave = [problem for problem in problems if problem.code != "shadowed"]
    if grave:
        raise SchemeRefused(problems)
    return scheme, tuple(problems)


def cautions_of(text: str | SchemeText, year: int | None = None) -> tuple[Problem, ...]:
    """What a valid scheme should not do (in `year`), by line: nothing of it refuses the scheme.  Raises SchemeRefused."""
    scheme = parse_scheme(text)
    places = dict(_places_of_keys(_tree(text)[0]))
    found = [_from_finding(finding, places) for finding in cautions(scheme, year)]
    return tuple(sorted(found, key=lambda problem: (problem.file, problem.line)))


def refuse_bombs(text: str) -> None:
    """Refuse an uploaded text whose aliases expand to more than any scheme has, or to themselves.

    Raises SchemeRefused.
    """
    try:
        _refuse_bombs(text)
    except (yaml.YAMLError, RecursionError):
        # Reading the file reports this error with its line.
        return


def _refuse_bombs(text: str) -> None:
    """Refuse what would recurse or expand without end, before anything does.  Raises SchemeRefused, YAMLError."""
    _refuse_depth(text)
    # Without an alias nothing expands; the shipped schemes have none.
    if "*" in text:
        _refuse_unfolding(text)


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


def _parsed(text: str | SchemeText) -> tuple[Scheme, list[Problem]]:
    tree, problems = _tree(text)
    places = dict(_places_of_keys(tree))
    loader = _LOADER("")
    try:
        data = loader.construct_document(tree.root)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise SchemeRefused([_unreadable(error, "")]) from error
    finally:
        loader.dispose()
    problems += [Problem(line, _dotted(path), code, params, file) for (line, file), path, code, params in tree.faults]
    if any(problem.code == "county_file_needed" for problem in problems):
        raise SchemeRefused(problems)
    try:
        scheme = resolved(Scheme.model_validate(data))
    except ValidationError as error:
        problems += [_from_pydantic(entry, places) for entry in error.errors()]
        raise SchemeRefused(problems) from error
    return scheme, problems + [_from_finding(finding, places) for finding in check(scheme)]


def _tree(text: str | SchemeText) -> tuple[Merged, list[Problem]]:
    """The nodes of a scheme, and keys that stand twice.  Raises SchemeRefused."""
    if isinstance(text, str):
        text = SchemeText(text)
    root = _composed(text.policy, "")
    problems = [Problem(line, _dotted(path), "duplicate_key", {}) for path, line in _duplicates(root, ())]
    county = None
    if text.county is not None:
        county, file = _composed(text.county, text.county_file), text.county_file
        problems += [Problem(line, _dotted(path), "duplicate_key", {}, file) for path, line in _duplicates(county, ())]
    return merged(root, county, text.county_file), problems


def _composed(text: str, file: str) -> yaml.Node:
    """The nodes of a file.  Raises SchemeRefused."""
    try:
        _refuse_bombs(text)
        root = yaml.compose(text, Loader=_LOADER)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise SchemeRefused([_unreadable(error, file)]) from error
    if root is None:
        raise SchemeRefused([Problem(1, "YAML", "missing", {}, file)])
    return root


def _unreadable(error: Exception, file: str) -> Problem:
    mark = getattr(error, "problem_mark", None)
    detail = str(getattr(error, "problem", None) or error).splitlines()[0]
    return Problem(mark.line + 1 if mark else 1, "YAML", "syntax", {"detail": detail}, file)


def _from_finding(finding: Finding, places: dict[Path_, Place]) -> Problem:
    line, file = _place_of_key(finding.path, places)
    return Problem(line, _dotted(finding.path), finding.code, finding.params, file)


def _from_pydantic(entry: Any, places: dict[Path_, Place]) -> Problem:
    path = tuple(entry["loc"])
    codes = {"extra_forbidden": "unknown_key", "missing": "missing"}
    line, file = _place_of_key(path, places)
    return Problem(line, _dotted(path), codes.get(entry["type"], "invalid"), {"detail": entry["msg"]}, file)


def _place_of_key(path: Path_, places: dict[Path_, Place]) -> Place:
    while path and path not in places:
        path = path[:-1]
    return places.get(path, (1, ""))


def _dotted(path: Path_) -> str:
    return ".".join(str(part) for part in path) or "YAML"


def _places_of_keys(tree: Merged) -> Iterator[tuple[Path_, Place]]:
    yield from _places(tree, tree.root, ())


def _places(tree: Merged, node: yaml.Node, path: Path_) -> Iterator[tuple[Path_, Place]]:
    yield path, tree.place(node)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _places(tree, value, (*path, str(key.value)))
            yield (*path, str(key.value)), tree.place(key)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _places(tree, value, (*path, index))


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
