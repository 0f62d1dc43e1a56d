"""CSV reader: text with any usual delimiter, in the encodings Chinese programs write, a row at a time.

A byte that is no character becomes U+FFFD in its cell; the rest of the file is read.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from itertools import islice, pairwise
from typing import BinaryIO

from workflow.errors import BadInput
from workflow.register.spreadsheets.sheet import Line, Sheet
from workflow.register.spreadsheets.xlsx import LONGEST_CELL

_PIECE = 1 << 20
#: Characters of one row; the longest of a register have some thousand.
LONGEST_ROW = 1 << 18
_DELIMITERS = ",\t;|，^~"
#: The first line by which spreadsheet programs name the delimiter.
_NAMED = re.compile(r'^"?sep=(.)"?\s*$', re.IGNORECASE)
#: A text written as a formula, so that a spreadsheet program keeps its digits: ="0012".
_QUOTED = re.compile(r'^=\s*"(.*)"$', re.DOTALL)
_WIDE = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def sheets(stream: BinaryIO) -> list[Sheet]:
    """The one table of the file, without a name."""
    encoding = encoding_of(stream)
    return [Sheet("", lambda: _rows(stream, encoding))]


def _rows(stream: BinaryIO, encoding: str) -> Iterator[Line]:
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")
    try:
        delimiter, named = _delimiter(text)
        text.seek(0)
        lines = _Lines(text)
        for number, cells in enumerate(csv.reader(lines, delimiter=delimiter), start=1):
            if number > 1 or not named:
                yield number, [_unquoted(cell) for cell in cells]
            lines.taken = 0
    except csv.Error as error:
        raise BadInput("sheet_damaged", "file") from error
    finally:
        # A caller that stops early may have closed the file before this generator ends.
        if not stream.closed:
            text.detach()


def _unquoted(cell: str) -> str:
    match = _QUOTED.match(cell) if cell[:1] == "=" else None
    return match[1] if match else cell


def _delimiter(text: io.TextIOWrapper) -> tuple[str, bool]:
    """The delimiter, and whether the first line only names it.

    A delimiter stands as often in one line as in the next; a comma within an address does not.
    """
    first = list(islice(iter(lambda: text.readline(LONGEST_CELL), ""), 12))
    if first and (named := _NAMED.match(first[0])):
        return named[1], True

    def repeated(sign: str) -> tuple[int, int]:
        both = sum(min(one.count(sign), other.count(sign)) for one, other in pairwise(first))
        return both, first[0].count(sign) if first else 0

    return max(_DELIMITERS, key=repeated), False


class _Lines:
    """The lines of a text, with a bound on each row, since one line may be the whole file."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self.taken = 0

    def __iter__(self) -> Iterator[str]:
        while line := self._text.readline(LONGEST_ROW + 1):
            self.taken += len(line)
            if self.taken > LONGEST_ROW:
                raise BadInput("sheet_bounds", "file")
            yield line


def encoding_of(stream: BinaryIO) -> str:
    """UTF-16 by its mark or its zeros, else of UTF-8 and GB18030 the one in which fewer bytes are no character.

    Chinese spreadsheet programs save CSV in GB18030.
    """
    stream.seek(0)
    if encoding := wide(stream.read(4096)):
        return encoding
    wrong = {"utf-8-sig": _wrong(stream, "utf-8-sig", 0)}
    if wrong["utf-8-sig"]:
        wrong["gb18030"] = _wrong(stream, "gb18030", wrong["utf-8-sig"])
    return min(wrong, key=lambda name: (wrong[name], name))


def wide(beginning: bytes) -> str:
    """Which UTF-16 the text begins in, by its mark, or without one by the zeros of its digits and delimiters, which stand in
    every second byte (一 alone has one in the other); empty for another encoding.

    >>> wide("a,1".encode("utf-16-le")), wide("一,0012,441424".encode("utf-16-be")), wide(b"a,1")
    ('utf-16-le', 'utf-16-be', '')
    """
    if beginning[:2] in _WIDE:
        return _WIDE[beginning[:2]]
    even, odd = beginning[::2].count(0), beginning[1::2].count(0)
    most = max(even, odd)
    if most < 2 or most * 10 < len(beginning) or min(even, odd) > most // 8:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _wrong(stream: BinaryIO, encoding: str, most: int) -> int:
    """How many bytes are no character in an encoding; with `most` it is not counted further than that."""
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    wrong = 0
    while piece := stream.read(_PIECE):
        wrong += decoder.decode(piece).count("\ufffd")
        if most and wrong > most:
            break
    return wrong + decoder.decode(b"", final=True).count("\ufffd")
