"""Positions in a source file: where nodes of its syntax tree begin and end, counted in bytes."""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

_NEXT = re.compile(rb"\s*\)")
_CALLED = re.compile(rb"[\w\])]")


@dataclass(frozen=True, slots=True)
class Mutation:
    """A change of the code: the bytes from `start` to `end` become `text`.

    `span` are the lines of the statement it is in, `function` the lines of the function around it (None outside of
    functions): what tests have to reach.
    """

    path: str
    line: int
    span: tuple[int, int]
    function: tuple[int, int] | None
    start: int
    end: int
    text: str
    kind: str

    def apply(self, source: bytes) -> bytes:
        return source[: self.start] + self.text.encode() + source[self.end :]


class Positions:
    """The byte offsets of a source's nodes."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self._starts = [0]
        for line in source.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def start(self, node: ast.AST) -> int:
        return self._starts[getattr(node, "lineno", 1) - 1] + int(getattr(node, "col_offset", 0))

    def end(self, node: ast.AST) -> int:
        return self._starts[getattr(node, "end_lineno", 1) - 1] + int(getattr(node, "end_col_offset", 0))

    def text(self, node: ast.AST) -> str:
        return self.source[self.start(node) : self.end(node)].decode()

    def token(self, after: ast.AST, before: ast.AST, pattern: str) -> tuple[int, int] | None:
        """Where the token that matches `pattern` stands between two nodes."""
        begin = self.end(after)
        match = re.search(pattern.encode(), self.source[begin : self.start(before)])
        return (begin + match.start(), begin + match.end()) if match else None

    def item(self, items: Sequence[ast.AST], index: int) -> tuple[int, int]:
        """What to cut to drop one of several items that commas or words part."""
        if index + 1 < len(items):
            return self.grown(items[index])[0], self.grown(items[index + 1])[0]
        return self.grown(items[index - 1])[1], self.grown(items[index])[1]

    def grown(self, node: ast.AST) -> tuple[int, int]:
        """A node together with the brackets written around it, which the tree does not know of."""
        start, end = self.start(node), self.end(node)
        if isinstance(node, ast.keyword | ast.GeneratorExp):
            return start, end
        while True:
            before = self._last_before(start)
            after = _NEXT.match(self.source, end)
            opened = before >= 0 and self.source[before : before + 1] == b"("
            if not opened or not after or _CALLED.match(self.source[max(0, before - 1) : before]):
                return start, end
            start, end = before, after.end()

    def _last_before(self, at: int) -> int:
        while at and self.source[at - 1 : at].isspace():
            at -= 1
        return at - 1
