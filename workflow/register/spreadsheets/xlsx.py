"""XLSX reader: reads the first sheet row by row, in bounded memory.

python-calamine keeps a whole sheet in memory: 470 MB for 350,000 rows of 18 columns, measured.  So the sheet's XML runs
through expat instead and only the shared strings stay.  Formulas, macros, links and drawings are ignored: only a cell's
stored value is read.  A DTD, and with it every entity, is refused; so is a zip that claims to unpack too far,
and `zipfile` gives no more bytes than the directory claims.
"""

import re
from collections.abc import Callable, Iterator
from posixpath import join, normpath
from typing import Any, BinaryIO
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError

from workflow.errors import BadInput

MOST_PARTS = 2000
MOST_BYTES = 1_500_000_000
#: Spreadsheets compress well; a bomb is a thousand times as large as its zip.
MOST_RATIO, FREE_OF_RATIO = 150, 20_000_000
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 600_000, 200, 32_767
#: Of all shared strings together, each counted with what the smallest takes: a county of 100,000 households has 60
#: million.
MOST_SIGNS, _EACH = 150_000_000, 50
#: A text arrives in pieces of some kilobytes; a longer series of them is no cell.
_MOST_PIECES, _PIECE = 100, 1 << 18
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_Row = tuple[int, list[str]]


def rows(stream: BinaryIO) -> Iterator[_Row]:
    """The rows of the first visible sheet with their numbers (from 1) and cells as text; empty rows are left out.

    Raises BadInput `sheet_damaged`, `sheet_bounds`, `sheet_entities`, `sheet_kind`.
    """
    try:
        with ZipFile(stream) as archive:
            _check(archive)
            strings = _strings(archive)
            yield from _sheet(archive, _first_sheet(archive), strings)
    except (
        BadZipFile,
        ZlibError,
        expat.ExpatError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        KeyError,
        ValueError,
    ) as error:
        # RuntimeError: a part has a password; NotImplementedError: a compression no spreadsheet program uses.
        raise BadInput("sheet_damaged", "file") from error


def _check(archive: ZipFile) -> None:
    """Check the bounds from the zip's directory before anything is unpacked."""
    parts = archive.infolist()
    total = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if len(parts) > MOST_PARTS or total > MOST_BYTES:
        raise BadInput("sheet_bounds", "file")
    if total > FREE_OF_RATIO and total > packed * MOST_RATIO:
        raise BadInput("sheet_bounds", "file")
    if "xl/workbook.xml" not in archive.namelist():
        raise BadInput("sheet_kind", "file")


def _parse(archive: ZipFile, name: str, start: Any, end: Any = None, text: Any = None) -> Iterator[None]:
    """Parse one part with expat, a piece at a time; the handlers' results may be taken after each piece."""

    def refuse(*_: object) -> None:
        raise BadInput("sheet_entities", "file")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.StartDoctypeDeclHandler = refuse
    with archive.open(name) as part:
        while piece := part.read(_PIECE):
            parser.Parse(piece)
            yield
    parser.Parse(b"", True)
    yield


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _first_sheet(archive: ZipFile) -> str:
    sheets: list[str] = []
    targets: dict[str, str] = {}

    def sheet(name: str, given: dict[str, str]) -> None:
        if _local(name) == "sheet" and given.get("state", "visible") == "visible":
            sheets.extend(value for key, value in given.items() if _local(key) == "id")

    def relation(name: str, given: dict[str, str]) -> None:
        if _local(name) == "Relationship" and given.get("TargetMode") != "External":
            targets[given["Id"]] = given["Target"]

    for _ in _parse(archive, "xl/workbook.xml", sheet):
        pass
    for _ in _parse(archive, "xl/_rels/workbook.xml.rels", relation):
        pass
    for relation_id in sheets:
        target = targets.get(relation_id, "")
        if "worksheets" in target:
            return target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
    raise BadInput("sheet_empty", "file")


def _strings(archive: ZipFile) -> list[str]:
    """The shared strings, without their formatting and phonetic guides."""
    name = next((part for part in archive.namelist() if part.lower() == "xl/sharedstrings.xml"), None)
    strings: list[str] = []
    if name is None:
        return strings
    parts: list[str] = []
    state = {"text": False, "guide": False}
    room = MOST_SIGNS

    def start(tag: str, _: dict[str, str]) -> None:
        tag = _local(tag)
        if tag == "si":
            parts.clear()
        elif tag == "t":
            state["text"] = not state["guide"]
        elif tag == "rPh":
            state["guide"] = True

    def end(tag: str) -> None:
        nonlocal room
        tag = _local(tag)
        if tag == "t":
            state["text"] = False
        elif tag == "rPh":
            state["guide"] = False
        elif tag == "si":
            strings.append(_bounded("".join(parts)))
            room -= len(strings[-1]) + _EACH
            if room < 0:
                raise BadInput("sheet_bounds", "file")

    def text(data: str) -> None:
        if state["text"]:
            _few(parts)
            parts.append(data)

    for _ in _parse(archive, name, start, end, text):
        pass
    return strings


def _few(parts: list[str]) -> None:
    if len(parts) > _MOST_PIECES:
        raise BadInput("sheet_bounds", "file")


def _bounded(text: str) -> str:
    if len(text) > LONGEST_CELL:
        raise BadInput("sheet_bounds", "file")
    if "_x" in text:
        return _ESCAPED.sub(_sign, text)
    return text


def _sign(escaped: re.Match[str]) -> str:
    """The character of an escape; a lone surrogate or a NUL is none, since no database stores it."""
    number = int(escaped[1], 16)
    return "\ufffd" if number == 0 or 0xD800 <= number <= 0xDFFF else chr(number)


def number_text(value: float) -> str:
    """A number as a person would type it; one of 16 digits or more has lost digits and is written with E+.

    >>> number_text(4.0), number_text(4133.33), number_text(441424199001011234.0)
    ('4', '4133.33', '4.41424199001011E+17')
    """
    if abs(value) >= 1e15:
        return f"{value:.14E}"
    return str(int(value)) if value == int(value) else repr(value)


def _column(reference: str) -> int:
    """The column of a cell reference, from 0: B7 is 1."""
    column = 0
    for sign in reference:
        if sign.isdigit():
            break
        column = column * 26 + ord(sign) - 64
    return column - 1


def _sheet(archive: ZipFile, name: str, strings: list[str]) -> Iterator[_Row]:
    done: list[_Row] = []
    cell = _Cell(strings, done.append)
    for _ in _parse(archive, name, cell.start, cell.end, cell.text):
        yield from done
        done.clear()


class _Cell:
    """The handlers of a sheet.  Seven million cells pass through here, so nothing is done twice."""

    def __init__(self, strings: list[str], keep: Callable[[_Row], None]) -> None:
        self.strings, self.keep = strings, keep
        self.row: list[str] = []
        self.number = self.column = 0
        self.kind = ""
        self.value: list[str] = []
        self.inside = False
        self.columns: dict[str, int] = {}

    def start(self, tag: str, given: dict[str, str]) -> None:
        if tag == "v" or tag == "t":
            self.inside = True
        elif tag == "c":
            self.kind = given.get("t", "n")
            self.value = []
            reference = given.get("r")
            if reference is None:
                self.column += 1
                return
            letters = reference.rstrip("0123456789")
            column = self.columns.get(letters)
            if column is None:
                column = self.columns[letters] = _column(letters)
            self.column = column
        elif tag == "row":
            number = int(given.get("r", self.number + 1))
            if number <= self.number:
                # Row numbers must increase; a repeated number would allow endless rows.
                raise BadInput("sheet_damaged", "file")
            self.number, self.column = number, -1
            if number > MOST_ROWS:
                raise BadInput("sheet_bounds", "file")
        elif ":" in tag:
            self.start(_local(tag), given)

    def text(self, data: str) -> None:
        if self.inside:
            _few(self.value)
            self.value.append(data)

    def end(self, tag: str) -> None:
        if tag == "v" or tag == "t":
            self.inside = False
        elif tag == "c":
            if self.value:
                self._put(self._text())
        elif tag == "row":
            if self.row:
                self.keep((self.number, self.row))
                self.row = []
        elif ":" in tag:
            self.end(_local(tag))

    def _text(self) -> str:
        value, kind = "".join(self.value), self.kind
        if kind == "s":
            return self.strings[int(value)] if value.isdigit() and int(value) < len(self.strings) else ""
        if kind == "n":
            try:
                return number_text(float(value))
            except (ValueError, OverflowError):
                return value
        if kind == "b":
            return "是" if value == "1" else "否"
        return _bounded(value)

    def _put(self, text: str) -> None:
        column, row = self.column, self.row
        if column >= MOST_COLUMNS:
            if text:
                raise BadInput("sheet_bounds", "file")
            return
        while len(row) < column:
            row.append("")
        if len(row) == column:
            row.append(text)
