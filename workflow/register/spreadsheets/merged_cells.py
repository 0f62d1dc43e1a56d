"""Merged cells: fills the value of a cell merged over several rows into each of them."""

import re
from array import array
from collections.abc import Iterable, Iterator

from workflow.errors import BadInput

MOST_MERGED = 600_000
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell [^>]*?ref\s*=\s*["']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["']""")
#: Longer than a merged cell's element, which may be cut between two pieces.
_OVERLAP = 200
#: One merged cell as a number that sorts by its first row: first row, last row, column.
_ROW, _LAST = 1 << 32, 1 << 8
#: First row and last row from 1, first column from 0.
Merged = tuple[int, int, int]


def merged_in(pieces: Iterable[bytes]) -> Iterator[Merged]:
    """The merged cells of a sheet's XML.  Their list follows the rows, so it is read before them, as bytes."""
    rest = b""
    for piece in pieces:
        text = rest + piece
        # Most pieces are rows alone, and looking for a word is much faster than looking for a pattern.
        if b"mergeCell " in text:
            for found in _MERGED.finditer(text):
                yield int(found[2]), int(found[4]), _column(found[1])
        rest = text[-_OVERLAP:]


class MergedCells:
    """The cells merged over several rows; `fill` is called for each row in ascending order."""

    def __init__(self, merged: Iterable[Merged], most_columns: int) -> None:
        """Raises BadInput `sheet_bounds` for more than MOST_MERGED of them."""
        ranges = array("Q")
        for first, last, column in merged:
            if last > first and column < most_columns:
                ranges.append(first * _ROW + last * _LAST + column)
            if len(ranges) > MOST_MERGED:
                raise BadInput("sheet_bounds", "file")
        # One may be named twice.
        self._ranges = sorted(set(ranges), reverse=True)
        self._open: dict[int, tuple[int, str]] = {}

    def fill(self, number: int, row: list[str]) -> None:
        """Put the values of cells merged down from earlier rows into this one's empty cells."""
        if not self._ranges and not self._open:
            return
        for column, (last, text) in list(self._open.items()):
            if number > last:
                del self._open[column]
                continue
            row.extend([""] * (column + 1 - len(row)))
            row[column] = row[column] or text
        while self._ranges and self._ranges[-1] // _ROW <= number:
            packed = self._ranges.pop()
            first, last, column = packed // _ROW, packed % _ROW // _LAST, packed % _LAST
            if first == number and column < len(row) and row[column]:
                self._open[column] = last, row[column]


def _column(letters: bytes) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + letter - 64
    return column - 1
