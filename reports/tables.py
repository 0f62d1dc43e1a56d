"""Tables as XLSX and CSV, all of them made here: cells are text, except values passed in as numbers.

Nothing in it is a formula or a link, and a cell that a program would read as a formula after saving as CSV begins with
an apostrophe.  A table for reading has its title, unit and day above its head; one to be filled in begins with its head.  Of
both the head stays in view, columns are as wide as what they hold, and they print one page wide (`page_layout`).
"""

import csv
import io
import tempfile
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Any, BinaryIO, cast

from reports.page_layout import ABOVE, BELOW, SIDE, Cell, PageLayout, page_of, row_height

#: Characters that begin a formula, in whatever width (NFKC), and those that are one before any text.
_BEGINNINGS, _BEFORE = "=+-@", "\t\r\n"
#: Of Unicode's categories those that are seen as nothing, which programs skip before a formula.
_UNSEEN = ("Cc", "Cf", "Zs", "Zl", "Zp")
_LONGEST = 32_000
#: The heights of title and of what is under it, in points.
_ABOVE = (24.0, 15.0)
#: Rows that decide the widths.
_SAMPLE = 500


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above a table: its title, and under it for whom it is and when it was made."""

    title: str
    under: str = ""


def harmless(text: str) -> str:
    """The text, no longer a formula for any program that reads it.

    >>> harmless("=HYPERLINK(1)"), harmless("\\u00a0＝1+1"), harmless("-350.5"), harmless("张三")
    ("'=HYPERLINK(1)", "'\\xa0＝1+1", '-350.5', '张三')
    """
    text = text[:_LONGEST]
    first = next((each for each in text if unicodedata.category(each) not in _UNSEEN), "")
    if not text or (text[0] not in _BEFORE and unicodedata.normalize("NFKC", first)[:1] not in tuple(_BEGINNINGS)):
        return text
    try:
        float(text)
    except ValueError:
        return "'" + text
    return text


def csv_table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> tuple[bytes, int]:
    """A CSV file and the number of its rows: UTF-8 with a mark, as spreadsheet programs know it; no cell is a formula."""
    out, count = io.StringIO(newline=""), 0
    writer = csv.writer(out)
    writer.writerow([harmless(heading) for heading in headings])
    for cells in rows:
        writer.writerow([harmless(cell) for cell in cells])
        count += 1
    return out.getvalue().encode("utf-8-sig"), count


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
        plain = {"valign": "vcenter", "font_size": 9}
        self._bold = self._book.add_format({**plain, "bold": True, "text_wrap": True})
        self._plain = self._book.add_format({**plain, "text_wrap": True})
        self._title = self._book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
        self._under = self._book.add_format({"font_size": 10, "align": "right"})
        self._head = self._book.add_format(
            {**ruled, "bold": True, "text_wrap": True, "align": "center", "bg_color": "#E7E6E6"}
        )
        self._text = self._book.add_format({**ruled, "text_wrap": True})
        self._decimal = self._book.add_format({**ruled, "num_format": 2})

    def sheet(
        self,
        name: str,
        headings: Sequence[str],
        rows: Iterable[Sequence[Cell]],
        above: Heading | None = None,
        filtered: int | None = None,
        readable: int | None = None,
    ) -> int:
        """Write one table under its headings; returns its number of rows.  `above`: it is for reading and printing;
        `filtered`: only so many columns, the first, have a filter and stay in view; `readable`: printed at eight points or
        more, on this paper."""
        filtered = len(headings) if filtered is None else filtered
        sheet = self._book.add_worksheet(name[:31])
        waiting = iter(rows)
        sample = list(islice(waiting, _SAMPLE))
        top = self._above(sheet, above, headings) if above else 0
        page = page_of(headings, sample, filtered, readable)
        _lay_out(sheet, page, top, filtered if filtered < len(headings) else 0)
        sheet.set_row(top, row_height(page.widths, _with_buttons(headings, filtered)))
        for column, heading in enumerate(headings):
            sheet.write_string(top, column, harmless(heading), self._head if above else self._bold)
        shape = self._text if above else self._plain
        count = 0
        for count, row in enumerate(chain(sample, waiting), start=1):
            sheet.set_row(top + count, row_height(page.widths, row))
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    if cell:
                        sheet.write_string(top + count, column, harmless(cell), shape)
                    elif above:
                        sheet.write_blank(top + count, column, None, shape)
                else:
                    decimal = self._decimal if above and isinstance(cell, float) else shape
                    sheet.write_number(top + count, column, cell, decimal)
        if headings:
            sheet.autofilter(top, 0, top + count, filtered - 1)
        return count

    def _above(self, sheet: Any, above: Heading, headings: Sequence[str]) -> int:
        """Title, unit and day; returns the row of the headings."""
        last = max(len(headings) - 1, 0)
        for row, text, shape in ((0, above.title, self._title), (1, above.under, self._under)):
            sheet.set_row(row, _ABOVE[row])
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


def _with_buttons(headings: Sequence[str], filtered: int) -> list[str]:
    """The headings with room for the buttons of a filter."""
    return [heading + " " * 3 if column < filtered else heading for column, heading in enumerate(headings)]


def _lay_out(sheet: Any, page: PageLayout, top: int, left: int = 0) -> None:
    """Columns, the head (row `top`) that stays in view and on every page, the `left` columns that stay in view, and how it prints:
    also a table to be filled in is handed round on paper, where columns on pages of their own belong to nothing.
    """
    for column, width in enumerate(page.widths):
        sheet.set_column(column, column, width)
    if page.across:
        sheet.set_landscape()
    else:
        sheet.set_portrait()
    sheet.set_paper(page.paper)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=SIDE, right=SIDE, top=ABOVE, bottom=BELOW)
    sheet.set_footer("&C&P / &N")
    sheet.repeat_rows(top)
    sheet.freeze_panes(top + 1, left)
