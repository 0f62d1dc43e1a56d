"""Sheet reader: opens XLSX, XLS or CSV by content, within bounds checked first, as rows of text.

The stream is any seekable binary file.  Nothing in it is computed, followed or executed.
"""

import codecs
import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from workflow.errors import BadInput
from workflow.register.spreadsheets import xls, xlsx
from workflow.register.spreadsheets.xlsx import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS

#: Megabytes of a file; an XLS holds 65,536 rows at most, and is read whole.
LARGEST_MB, LARGEST_XLS_MB = 200, 60
_PIECE = 1 << 20
#: Characters of one row; the longest of a register have some thousand.
_LONGEST_ROW = 1 << 18
_Row = tuple[int, list[str]]


def kind_of(stream: BinaryIO) -> str:
    """`xlsx`, `xls` or `csv`, by content and within the bounds.

    Raises BadInput `file_too_large`, `sheet_kind` (nothing in it, a web page named .xls, a PDF, another office
    format).
    """
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    beginning = stream.read(4096)
    stream.seek(0)
    if not size:
        raise BadInput("sheet_kind", "file")
    kind = "xlsx" if beginning.startswith(b"PK\x03\x04") else "csv"
    if beginning.startswith(b"\xd0\xcf\x11\xe0"):
        kind = "xls"
    most = LARGEST_XLS_MB if kind == "xls" else LARGEST_MB
    if size > most * 1024 * 1024:
        raise BadInput("file_too_large", "file", megabytes=most)
    wide = beginning[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    if kind == "csv" and (beginning.startswith(b"%PDF") or (b"\0" in beginning and not wide)):
        raise BadInput("sheet_kind", "file")
    if kind == "csv" and beginning.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<":
        raise BadInput("sheet_kind", "file")
    return kind


def rows(stream: BinaryIO) -> Iterator[_Row]:
    """The rows of the first sheet with their numbers (from 1), cells as text, empty rows left out.

    Raises BadInput, also while the rows are being read: see `kind_of` and `xlsx.rows`.
    """
    return {"xlsx": xlsx.rows, "xls": _xls, "csv": _csv}[kind_of(stream)](stream)


def _xls(stream: BinaryIO) -> Iterator[_Row]:
    for number, cells in xls.rows(stream):
        yield from _kept(number, cells)


def _csv(stream: BinaryIO) -> Iterator[_Row]:
    encoding = _encoding(stream)
    text = io.TextIOWrapper(stream, encoding=encoding, newline="")
    try:
        first = text.readline(LONGEST_CELL)
        text.seek(0)
        delimiter = max(",\t;", key=first.count)
        lines = _Lines(text)
        for number, cells in enumerate(csv.reader(lines, delimiter=delimiter), start=1):
            yield from _kept(number, cells)
            lines.taken = 0
    except (csv.Error, UnicodeDecodeError) as error:
        raise BadInput("sheet_damaged", "file") from error
    finally:
        # A caller that stops early may have closed the file before this generator ends.
        if not stream.closed:
            text.detach()


class _Lines:
    """The lines of a text, with a bound on each row, since one line may be the whole file."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self.taken = 0

    def __iter__(self) -> Iterator[str]:
        while line := self._text.readline(_LONGEST_ROW + 1):
            self.taken += len(line)
            if self.taken > _LONGEST_ROW:
                raise BadInput("sheet_bounds", "file")
            yield line


def _encoding(stream: BinaryIO) -> str:
    """UTF-8 if all of it is valid, UTF-16 by its mark, else GB18030, in which Chinese spreadsheets save CSV."""
    beginning = stream.read(3)
    stream.seek(0)
    if beginning[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        while piece := stream.read(_PIECE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "gb18030"
    finally:
        stream.seek(0)
    return "utf-8-sig"


def _kept(number: int, cells: list[str]) -> Iterator[_Row]:
    if number > MOST_ROWS or any(cells[MOST_COLUMNS:]):
        raise BadInput("sheet_bounds", "file")
    cells = [cell.replace("\x00", "\ufffd") for cell in cells[:MOST_COLUMNS]]
    if any(len(cell) > LONGEST_CELL for cell in cells):
        raise BadInput("sheet_bounds", "file")
    if any(cell.strip() for cell in cells):
        yield number, cells
