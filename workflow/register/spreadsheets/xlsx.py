"""XLSX reader: reads the sheets of a workbook row by row, in bounded memory.

python-calamine keeps a whole sheet in memory: 470 MB for 350,000 rows of 18 columns, measured.  So the sheet's XML runs
through expat instead and only the shared strings stay.  Formulas, macros, links and drawings are ignored: only a cell's
stored value is read.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import islice
from typing import BinaryIO
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError

from workflow.errors import BadInput
from workflow.register.spreadsheets.merged_cells import MOST_MERGED, MergedCells, merged_in
from workflow.register.spreadsheets.sheet import DAYS_1900, DAYS_1904, UNCOMPUTED, Line, Sheet
from workflow.register.spreadsheets.xlsx_parts import Package, SheetPart, local

MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 600_000, 200, 32_767
#: Of all shared strings together, each counted with what the smallest takes: a county of 100,000 households has 60
#: million.
MOST_SIGNS, _EACH = 150_000_000, 50
#: A text arrives in pieces of some kilobytes; a longer series of them is no cell.
_MOST_PIECES = 100
#: The day count of 31 December 9999.
_MOST_DAYS = 2_958_466 - 1462
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def sheets(stream: BinaryIO) -> list[Sheet]:
    """The worksheets of a workbook, in their order.

    Raises BadInput `sheet_damaged`, `sheet_bounds`, `sheet_entities`, `sheet_kind`, as does reading their rows.
    """
    with _refusals():
        package = Package(ZipFile(stream))
        strings, styles = _strings(package), package.day_styles()
    return [_sheet(package, part, strings, styles) for part in package.sheets]


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
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


def _sheet(package: Package, part: SheetPart, strings: list[str], styles: dict[str, str]) -> Sheet:
    zero, hidden = DAYS_1904 if package.date1904 else DAYS_1900, list[int]()
    ranges: list[tuple[int, int, int]] | None = None

    def rows() -> Iterator[Line]:
        nonlocal ranges
        with _refusals():
            if ranges is None:
                ranges = list(islice(merged_in(package.pieces(part.part)), MOST_MERGED + 1))
            merged = MergedCells(ranges, MOST_COLUMNS)
            hidden.clear()
            done: list[Line] = []
            cell = _Cell(_Texts(strings, styles, zero), merged, hidden, done.append)
            for _ in package.parsed(part.part, cell.start, cell.end, cell.text):
                yield from done
                done.clear()

    return Sheet(part.name, rows, part.hidden, zero, hidden)


def _strings(package: Package) -> list[str]:
    """The shared strings, without their formatting and phonetic guides."""
    strings: list[str] = []
    name = package.shared_strings()
    if name is None:
        return strings
    parts: list[str] = []
    state = {"text": False, "guide": False}
    room = MOST_SIGNS

    def start(tag: str, _: dict[str, str]) -> None:
        tag = local(tag)
        if tag == "si":
            parts.clear()
        elif tag == "t":
            state["text"] = not state["guide"]
        elif tag == "rPh":
            state["guide"] = True

    def end(tag: str) -> None:
        nonlocal room
        tag = local(tag)
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

    for _ in package.parsed(name, start, end, text):
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


class _Texts:
    """The text of a cell's stored value, by its kind and style."""

    def __init__(self, strings: list[str], styles: dict[str, str], day_zero: date) -> None:
        self._strings, self._styles, self._day_zero = strings, styles, day_zero

    def of(self, value: str, kind: str, style: str | None) -> str:
        """The text a person reads in the cell; of a date the day, or the month where it shows no day."""
        if kind == "s":
            number = int(value) if value.isdigit() else len(self._strings)
            return self._strings[number] if number < len(self._strings) else ""
        if kind == "n":
            try:
                return self._number(float(value), style)
            except (ValueError, OverflowError):
                return value
        if kind == "b":
            return "是" if value == "1" else "否"
        if kind == "d":
            return value.partition("T")[0]
        return _bounded(value)

    def _number(self, value: float, style: str | None) -> str:
        shows = self._styles.get(style) if style is not None else None
        if shows is None or not 0 <= value < _MOST_DAYS:
            return number_text(value)
        day = (self._day_zero + timedelta(days=int(value))).isoformat()
        return day if shows == "day" else day[:7]


class _Cell:
    """The handlers of a sheet.  Seven million cells pass through here, so nothing is done twice."""

    def __init__(
        self, texts: "_Texts", merged: MergedCells, hidden_rows: list[int], keep: Callable[[Line], None]
    ) -> None:
        self.texts, self.merged, self.hidden_rows, self.keep = texts, merged, hidden_rows, keep
        self.row: list[str] = []
        self.number = self.column = 0
        self.kind = ""
        self.style: str | None = None
        self.value: list[str] = []
        self.inside = self.formula = self.computed = self.hidden = False
        self.columns: dict[str, int] = {}

    def start(self, tag: str, given: dict[str, str]) -> None:
        if tag == "v" or tag == "t":
            self.inside = self.computed = True
        elif tag == "c":
            self.kind, self.style = given.get("t", "n"), given.get("s")
            self.value, self.formula, self.computed = [], False, False
            reference = given.get("r")
            if reference is None:
                self.column += 1
                return
            letters = reference.rstrip("0123456789")
            column = self.columns.get(letters)
            if column is None:
                column = self.columns[letters] = _column(letters)
            self.column = column
        elif tag == "f":
            self.formula = True
        elif tag == "row":
            number = int(given.get("r", self.number + 1))
            if number <= self.number:
                # Row numbers must increase; a repeated number would allow endless rows.
                raise BadInput("sheet_damaged", "file")
            self.number, self.column = number, -1
            self.hidden = given.get("hidden", "0") in ("1", "true")
            if number > MOST_ROWS:
                raise BadInput("sheet_bounds", "file")
        elif ":" in tag:
            self.start(local(tag), given)

    def text(self, data: str) -> None:
        if self.inside:
            _few(self.value)
            self.value.append(data)

    def end(self, tag: str) -> None:
        if tag == "v" or tag == "t":
            self.inside = False
        elif tag == "c":
            if self.value:
                self._put(self.texts.of("".join(self.value), self.kind, self.style))
            elif self.formula and not (self.computed and self.kind == "str"):
                # Written by a program that does not compute formulas; a computed one may be an empty text.
                self._put(UNCOMPUTED)
        elif tag == "row":
            if "".join(self.row).strip():
                self.merged.fill(self.number, self.row)
                if self.hidden:
                    self.hidden_rows.append(self.number)
                self.keep((self.number, self.row))
            self.row = []
        elif ":" in tag:
            self.end(local(tag))

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
