"""Figure sheets: the rows of reported figures in a spreadsheet, of every sheet that has the headings."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import BinaryIO

from workflow import folding
from workflow.errors import BadInput
from workflow.inputs import LONGEST
from workflow.register.cells.register_rows import is_note
from workflow.register.spreadsheets import sheet_reader
from workflow.register.spreadsheets.sheet import Sheet

#: The columns by heading; the first heading of each is the one of our own sheet.
COLUMNS: dict[str, tuple[str, ...]] = {
    "measure": ("指标", "指标名称", "measure"),
    "town": ("镇", "镇名", "单位", "town"),
    "up_to": ("截至日期", "截至", "截止日期", "up to"),
    "numerator": ("分子", "完成数", "已完成", "numerator"),
    "denominator": ("分母", "应完成数", "总数", "denominator"),
    "source": ("依据", "佐证材料", "来源", "source"),
    "none_here": ("本期无此项说明", "本期无此项", "none here this period"),
}
#: What a file need not have, and what the name of a sheet may stand for.
_OPTIONAL, _NAMED = ("none_here",), ("measure", "town")
_DAY, SOURCE, _NONE = (list(COLUMNS).index(name) for name in ("up_to", "source", "none_here"))
#: So many characters are read of a cell: more than its text may have, so that a longer one is refused and not cut.
_LENGTHS = {"none_here": LONGEST + 1}
MOST = 1_000
#: Titles may stand above the headings, in so many rows.
_LOOKED_AT = 10
#: A row: its number, behind the sheet's name where several are read (乙镇!5), and its cells.
Cells = tuple[str, tuple[str, ...]]


@dataclass(slots=True)
class FigureFile:
    """The rows of the sheets that have the headings, their cells in the order of COLUMNS.  `left_out`: numbers of the rows that
    are totals, notes or signatures; `hidden`: of rows that are hidden, and read; `unread`: the names of the other sheets."""

    rows: list[Cells] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Part:
    """A sheet of figures: its headings' row, and the column of each of COLUMNS; None: the sheet's name says it."""

    sheet: Sheet
    below: int
    places: Sequence[int | None]


def read_figures(stream: BinaryIO) -> FigureFile:
    """The rows of every visible sheet with the headings, below titles or behind a cover sheet, one after the other.

    A sheet that lacks the column of the measure or of the town has it for its name, as books with a sheet a measure or a
    town do.  Raises BadInput.
    """
    parts: list[_Part] = []
    first: list[str] = []
    found = FigureFile()
    for sheet in sheet_reader.sheets(stream):
        below, places, top = (0, None, []) if sheet.hidden else _headings(sheet)
        first = first or top
        if places is not None:
            parts.append(_Part(sheet, below, places))
        elif any(True for _ in sheet.rows()):
            found.unread.append(sheet.name)
    for part in parts:
        _add_rows(found, part, len(parts) > 1)
    if not parts and first:
        raise _missing(first)
    if not found.rows:
        raise BadInput("sheet_empty", "file")
    return found


def _headings(sheet: Sheet) -> tuple[int, list[int | None] | None, list[str]]:
    """The number of the row of headings, the column of each of COLUMNS, and the first row as headings."""
    first: list[str] = []
    for number, row in sheet.rows():
        headings = [folding.key(cell) for cell in row]
        first = first or headings
        if (places := _places(headings, named=bool(sheet.name))) is not None:
            return number, places, first
        if number >= _LOOKED_AT:
            break
    return 0, None, first


def _add_rows(found: FigureFile, part: _Part, several: bool) -> None:
    sheet, named = part.sheet, f"{part.sheet.name}!" if several else ""
    for number, row in sheet.rows():
        if number <= part.below:
            continue
        texts = [_cell(row, column, sheet.name, name) for name, column in zip(COLUMNS, part.places, strict=True)]
        # With a day and numbers, or why there are none, it is a row of figures, whatever the measure is called, unless it is a
        # total.
        told = bool(texts[_DAY] and texts[_NONE]) or all(texts[_DAY : _DAY + 3])
        if is_note(row, "-" if told else next(cell for cell in row if cell.strip())):
            found.left_out.append(f"{named}{number}")
            continue
        if len(found.rows) >= MOST:
            raise BadInput("figures_too_many", "file", most=MOST)
        texts[_DAY] = _counted_day(texts[_DAY], sheet.day_zero)
        found.rows.append((f"{named}{number}", tuple(texts)))
    found.hidden += [f"{named}{number}" for number in sorted(set(sheet.hidden_rows)) if number > part.below]


def _cell(row: Sequence[str], column: int | None, sheet: str, name: str) -> str:
    if column is None:
        return folding.tidy(sheet)[:300] if name in _NAMED else ""
    return folding.tidy(row[column])[: _LENGTHS.get(name, 300)] if column < len(row) else ""


def _counted_day(text: str, day_zero: date) -> str:
    """The day, where a spreadsheet's day count stands for it; other text as it is."""
    count = text.isascii() and text.isdigit() and len(text) == 5
    return (day_zero + timedelta(days=int(text))).isoformat() if count else text


def _places(headings: Sequence[str], *, named: bool) -> list[int | None] | None:
    """The column of each of COLUMNS, None for one that a file need not have and where the sheet's name stands for the measure
    or the town; None at all for a row that lacks another, such as a title."""
    found = {
        column: next((n for n, heading in enumerate(headings) if heading in words), None)
        for column, words in COLUMNS.items()
    }
    lacking = [column for column, place in found.items() if place is None and column not in _OPTIONAL]
    by_name = named and len(lacking) == 1 and lacking[0] in _NAMED
    return list(found.values()) if not lacking or by_name else None


def _missing(headings: Sequence[str]) -> BadInput:
    needed = [words for name, words in COLUMNS.items() if name not in _OPTIONAL]
    lacking = next(words[0] for words in needed if not set(words) & set(headings))
    names = "、".join(words[0] for words in needed)
    return BadInput("figures_columns", "file", columns=names, missing=lacking)
