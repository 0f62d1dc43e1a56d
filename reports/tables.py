"""XLSX tables: cells are text, except values passed in as numbers.

Nothing in it is a formula or a link, and a cell that a program would read as a formula after saving as CSV begins with
an apostrophe.  A table for reading has its title, unit and day above its head; one to be filled in begins with its head.  Of
both the head stays in view, columns are as wide as what they hold, and they print across, one page wide.
"""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Any, BinaryIO, cast

#: Characters that begin a formula, in half and full width, and those skipped before one.
_BEGINNINGS = "=+-@＝＋－＠\t\r\n"
Cell = str | int | float
_LONGEST = 32_000
#: Rows that decide the widths, and the narrowest and widest column, in characters.
_SAMPLE, _NARROWEST, _WIDEST = 500, 6.0, 70.0
#: Characters across a landscape A4 at three quarters of the size, below which 9 points cannot be read on paper.
_ACROSS = 180.0
_A4 = 9


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above a table: its title, and under it for whom it is and when it was made."""

    title: str
    under: str = ""


def harmless(text: str) -> str:
    """The text, no longer a formula for any program that reads it.

    >>> harmless("=HYPERLINK(1)"), harmless("-350.5"), harmless("张三")
    ("'=HYPERLINK(1)", '-350.5', '张三')
    """
    text = text[:_LONGEST]
    if not text or text[0] not in _BEGINNINGS:
        return text
    try:
        float(text)
    except ValueError:
        return "'" + text
    return text


class Workbook:
    """A spreadsheet written into an unnamed temporary file; `done` returns it.

    With `made_at` the same tables are the same bytes whenever they are written.
    """

    def __init__(self, made_at: datetime | None = None) -> None:
        self._stream = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 - whoever takes it closes it
        # Imported here, so that a web worker that writes no table does not load it.
        import xlsxwriter

        self._book = xlsxwriter.Workbook(
            self._stream,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        if made_at is not None:
            self._book.set_properties({"created": made_at.astimezone(UTC).replace(tzinfo=None)})
        ruled = {"border": 1, "valign": "vcenter", "font_size": 9}
        self._bold = self._book.add_format({"bold": True})
        self._title = self._book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
        self._under = self._book.add_format({"font_size": 10, "align": "right"})
        self._head = self._book.add_format(
            {**ruled, "bold": True, "text_wrap": True, "align": "center", "bg_color": "#E7E6E6"}
        )
        self._text = self._book.add_format({**ruled, "text_wrap": True})
        self._decimal = self._book.add_format({**ruled, "num_format": 2})

    def sheet(
        self, name: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]], above: Heading | None = None
    ) -> int:
        """Write one table under its headings; returns its number of rows.  `above`: it is for reading and printing."""
        sheet = self._book.add_worksheet(name[:31])
        waiting = iter(rows)
        sample = list(islice(waiting, _SAMPLE))
        top = self._above(sheet, above, headings) if above else 0
        _lay_out(sheet, _widths(headings, sample), top)
        for column, heading in enumerate(headings):
            sheet.write_string(top, column, harmless(heading), self._head if above else self._bold)
        shape = self._text if above else None
        count = 0
        for count, row in enumerate(chain(sample, waiting), start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    if cell:
                        sheet.write_string(top + count, column, harmless(cell), shape)
                    elif shape is not None:
                        sheet.write_blank(top + count, column, None, shape)
                else:
                    decimal = self._decimal if shape is not None and isinstance(cell, float) else shape
                    sheet.write_number(top + count, column, cell, decimal)
        if headings:
            sheet.autofilter(top, 0, top + count, len(headings) - 1)
        return count

    def _above(self, sheet: Any, above: Heading, headings: Sequence[str]) -> int:
        """Title, unit and day; returns the row of the headings."""
        last = max(len(headings) - 1, 0)
        for row, text, shape in ((0, above.title, self._title), (1, above.under, self._under)):
            # A title of one column cannot be merged.
            if last:
                sheet.merge_range(row, 0, row, last, harmless(text), shape)
            else:
                sheet.write_string(row, 0, harmless(text), shape)
        return 2

    def close(self) -> BinaryIO:
        """The finished file, at its beginning."""
        self._book.close()
        self._stream.seek(0)
        return self._stream


def _lay_out(sheet: Any, widths: Sequence[float], top: int) -> None:
    """Columns, the head (row `top`) that stays in view and on every page, and how it prints: also a table to be filled in is
    handed round on paper, where columns on pages of their own belong to nothing.
    """
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.set_footer("&C&P / &N")
    sheet.repeat_rows(top)
    sheet.freeze_panes(top + 1, 0)


def _widths(headings: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[float]:
    """The width of each column by its longest content, a Chinese character as two; where all together would be printed too
    small to be read, the widest columns are narrowed, and their texts wrap.
    """
    widths = [_length(heading) + 3 for heading in headings]
    for row in rows:
        for column, cell in enumerate(row[: len(widths)]):
            widths[column] = max(widths[column], _length(str(cell)) + 2)
    widths = [min(max(width, _NARROWEST), _WIDEST) for width in widths]
    most, room = _WIDEST, _ACROSS
    for left, width in zip(range(len(widths), 0, -1), sorted(widths), strict=True):
        if width * left > room:
            most = max(room / left, 2 * _NARROWEST)
            break
        room -= width
    return [min(width, most) for width in widths]


def _length(text: str) -> float:
    return max((sum(1.0 if c.isascii() else 2.0 for c in line) for line in text.split("\n")), default=0.0)
