"""XLSX tables: cells are text, except values passed in as numbers.

Nothing in it is a formula or a link, and a cell that a program would read as a formula after saving as CSV begins with
an apostrophe.
"""

import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import BinaryIO, cast

#: Characters that begin a formula, in half and full width, and those skipped before one.
_BEGINNINGS = "=+-@＝＋－＠\t\r\n"
Cell = str | int | float
_WIDTH, _LONGEST = 18, 32_000


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
        self._bold = self._book.add_format({"bold": True})

    def sheet(self, name: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
        """Write one table under its headings; returns its number of rows."""
        sheet = self._book.add_worksheet(name[:31])
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(len(headings) - 1, 0), _WIDTH)
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, harmless(heading), self._bold)
        count = 0
        for count, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    if cell:
                        sheet.write_string(count, column, harmless(cell))
                else:
                    sheet.write_number(count, column, cell)
        return count

    def close(self) -> BinaryIO:
        """The finished file, at its beginning."""
        self._book.close()
        self._stream.seek(0)
        return self._stream
