"""Sheet: one table of a spreadsheet as rows of text, however the file is written."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

#: A row: its number as the spreadsheet program shows it, and its cells.
Line = tuple[int, list[str]]
#: The days from which spreadsheets count: Windows's, and that of old Macintosh programs.
DAYS_1900, DAYS_1904 = date(1899, 12, 30), date(1904, 1, 1)
#: The text of a cell with a formula that no program has computed.
UNCOMPUTED = "#UNCOMPUTED!"


@dataclass(slots=True)
class Sheet:
    """One sheet.  `rows` reads it from its beginning, and may be called again; empty rows are left out.

    `hidden_rows` are the numbers of hidden rows read so far; they are read like the others.  Dates are ISO text; a
    number that is a date without its format counts from `day_zero`.  `name` is empty where a file has no sheets.
    """

    name: str
    rows: Callable[[], Iterator[Line]]
    hidden: bool = False
    day_zero: date = DAYS_1900
    hidden_rows: list[int] = field(default_factory=list)
