"""Sheet reader: opens a spreadsheet by content, within bounds checked first, as sheets with rows of text.

XLSX, XLS, ODS, XLSB and CSV are read; anything else is refused by its name.  The stream is any seekable binary file.
Nothing in it is computed, followed or executed.
"""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

from workflow.errors import BadInput
from workflow.inputs import seen, storable
from workflow.register.spreadsheets import csv_text, xls, xlsx
from workflow.register.spreadsheets.sheet import Line, Sheet
from workflow.register.spreadsheets.xlsx import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS

#: Megabytes of a file; an XLS holds 65,536 rows at most a sheet, and is read whole.
LARGEST_MB, LARGEST_XLS_MB = 200, 60
_WEB_PAGE = re.compile(rb"^<(!doctype html|html|head|meta|table|style|body|div|script)\b", re.IGNORECASE)
#: A web page with its parts in one file, as office programs save one (MHTML).
_ARCHIVE = re.compile(rb"^(mime-version|x-document-type|from: <saved by)", re.IGNORECASE)
#: Controls other than tabs and line ends: what is left of a damaged cell.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_XML_SHEET = b"urn:schemas-microsoft-com:office:spreadsheet"


def kind_of(stream: BinaryIO) -> str:
    """`xlsx`, `xls` (ODS and XLSB too) or `csv`, by content and within the bounds.

    Raises BadInput `file_too_large`; `sheet_html` (a web page), `sheet_xml` (a table of Excel 2003), `sheet_pdf`,
    `sheet_word`, each usually under the name of a spreadsheet; `sheet_kind` for anything else.
    """
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    beginning = stream.read(4096)
    stream.seek(0)
    if not size:
        raise BadInput("sheet_kind", "file")
    kind = _zip_kind(stream) if beginning.startswith(b"PK\x03\x04") else "csv"
    if beginning.startswith(b"\xd0\xcf\x11\xe0"):
        kind = "xls"
    most = LARGEST_XLS_MB if kind == "xls" else LARGEST_MB
    if size > most * 1024 * 1024:
        raise BadInput("file_too_large", "file", megabytes=most)
    if kind == "csv":
        _refuse_other_kinds(beginning)
    return kind


def _zip_kind(stream: BinaryIO) -> str:
    try:
        with ZipFile(stream) as archive:
            names = {name.replace("\\", "/").lower() for name in archive.namelist()}
            kind = archive.read("mimetype")[:80] if "mimetype" in names else b""
    except (BadZipFile, KeyError, RuntimeError, ValueError, NotImplementedError):
        # What it is only decides who reads it: an archive that cannot be listed is refused there, as damaged.
        return "xlsx"
    finally:
        stream.seek(0)
    if "word/document.xml" in names:
        raise BadInput("sheet_word", "file")
    return "xls" if kind.endswith(b"opendocument.spreadsheet") or "xl/workbook.bin" in names else "xlsx"


def _refuse_other_kinds(beginning: bytes) -> None:
    if encoding := csv_text.wide(beginning):
        beginning = beginning[: len(beginning) // 2 * 2].decode(encoding, "replace").encode()
    if beginning.startswith(b"%PDF"):
        raise BadInput("sheet_pdf", "file")
    bare = beginning.lstrip(b"\xef\xbb\xbf \r\n\t")
    if _XML_SHEET in beginning:
        raise BadInput("sheet_xml", "file")
    if _WEB_PAGE.match(bare) or (bare[:1] == b"<" and b"<html" in beginning.lower()) or _ARCHIVE.match(bare):
        raise BadInput("sheet_html", "file")
    # One byte of zero may be damage; a file full of them is no text.
    if bare[:1] == b"<" or beginning.count(b"\0") > len(beginning) // 100:
        raise BadInput("sheet_kind", "file")


def sheets(stream: BinaryIO) -> list[Sheet]:
    """The worksheets of a file in their order, hidden ones too, each with at most MOST_ROWS rows and MOST_COLUMNS columns.

    Raises BadInput, also while rows are being read: see `kind_of` and `xlsx.sheets`; `sheet_empty` for none.
    """
    found = {"xlsx": xlsx.sheets, "xls": xls.sheets, "csv": csv_text.sheets}[kind_of(stream)](stream)
    if not found:
        raise BadInput("sheet_empty", "file")
    return [replace(sheet, rows=partial(_bounded, sheet.rows), hidden_rows=sheet.hidden_rows) for sheet in found]


def rows(stream: BinaryIO) -> Iterator[Line]:
    """The rows of the first visible sheet with their numbers (from 1), cells as text, empty rows left out.

    Raises BadInput: see `sheets`.
    """
    visible = [sheet for sheet in sheets(stream) if not sheet.hidden]
    if not visible:
        raise BadInput("sheet_empty", "file")
    yield from visible[0].rows()


def _bounded(rows: Callable[[], Iterator[Line]]) -> Iterator[Line]:
    for number, cells in rows():
        if number > MOST_ROWS or any(cells[MOST_COLUMNS:]):
            raise BadInput("sheet_bounds", "file")
        cells = cells[:MOST_COLUMNS]
        # Every row of every file passes here, so it is looked at as one text first.
        row = "".join(cells)
        if not row.isprintable():
            cells = [_shown(cell) for cell in cells]
        if len(row) > LONGEST_CELL and any(len(cell) > LONGEST_CELL for cell in cells):
            raise BadInput("sheet_bounds", "file")
        if row and not row.isspace():
            yield number, cells


def _shown(cell: str) -> str:
    """A cell whose controls are seen as such, and without the marks of direction that telephones and web pages copy along."""
    if storable(cell):
        return cell
    return seen(_CONTROLS.sub("\ufffd", cell))
