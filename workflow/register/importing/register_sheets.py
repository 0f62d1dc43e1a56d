"""Register sheets: the sheets of a file that list households, read as one table; every other sheet is named.

A workbook may have a sheet for each village, whose name then stands for a column of villages, a cover sheet and hidden
drafts.  Sheets of the same kind (a row a person, or a row a household) are read under the headings of the first, each by its
own column order.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import BinaryIO

from workflow import folding
from workflow.errors import BadInput
from workflow.register.cells.columns import GROUPED, IGNORED, Layout, find_layout, meaning, missing
from workflow.register.cells.heading_words import PASSED_OVER, normalised
from workflow.register.cells.monitoring import NOT_KEPT
from workflow.register.importing.diff import Notice
from workflow.register.importing.rows import RowNumber
from workflow.register.spreadsheets import sheet_reader
from workflow.register.spreadsheets.sheet import Sheet

_LOOKED_AT, _SAMPLE = 14, 3
#: The name of a sheet that is a village's own; 行政村, 贫困村 and 各村 are no village.
_VILLAGE = re.compile(
    "(?!(?:行政|自然|贫困|非贫困|省定贫困|全|各|分|本|所有)村$)"
    "[\u3400-\u9fff]{1,20}(?:村|社区|村委会|居委会|村民委员会|居民委员会)"
)
_MAY_BE_VILLAGE = re.compile("[\u3400-\u9fff]{2,20}")
_BRACKETED = re.compile(r"[(\[【].*?[)\]】]")
#: So many row numbers or headings a notice lists, and of each heading so many characters.
_LISTED, _LONGEST_HEADING = 20, 20


@dataclass(slots=True)
class _Part:
    """A sheet that is read: its own layout, and for each of its columns the one of the common layout."""

    sheet: Sheet
    layout: Layout
    columns: list[int] = field(default_factory=list)
    #: The village that the sheet's name is, where no column has it.
    village: str = ""

    def cells(self, cells: list[str]) -> list[str]:
        """The cells of a row, with the village behind them where the sheet's name says it."""
        if not self.village:
            return cells
        width = len(self.layout.headings) - 1
        return [*cells[:width], *[""] * (width - len(cells)), self.village]


@dataclass(slots=True)
class RegisterSheets:
    """The table of a file: the common `layout`, the first rows as `sample`, and the sheets that are not read."""

    layout: Layout
    sample: list[list[str]]
    parts: list[_Part]
    unread: list[Notice]

    @property
    def unmarked(self) -> list[str]:
        """The villages taken from names of sheets that do not say that they are a village's."""
        return [part.village for part in self.parts if part.village and not _VILLAGE.fullmatch(part.village)]

    def rows(self) -> Iterator[tuple[RowNumber, list[str]]]:
        """The rows below the headings, in the order of the common layout; the sheet's name stands before the number where
        several are read."""
        named = len(self.parts) > 1
        width = len(self.layout.headings)
        for part in self.parts:
            same = part.columns == list(range(len(part.columns)))
            for number, cells in part.sheet.rows():
                if number <= part.layout.row or _repeats_headings(cells, part.layout):
                    continue
                cells = part.cells(cells)
                ordered = cells if same else _ordered(cells, part.columns, width)
                yield (f"{part.sheet.name}!{number}" if named else number), ordered

    def hidden(self) -> list[Notice]:
        """Notices on hidden rows, once the rows are read."""
        notices = []
        for part in self.parts:
            rows = [number for number in part.sheet.hidden_rows if number > part.layout.row]
            if rows:
                notices.append(file_notice("rows_hidden", n=len(rows), rows=listed(rows), sheet=part.sheet.name))
        return notices


def file_notice(code: str, **params: str | int) -> Notice:
    """A notice about the whole file."""
    return Notice(code, 0, "", "", params)


def not_kept(layout: Layout) -> list[Notice]:
    """Notices about columns that are left out on purpose, unless a person gave them a meaning."""
    notices = []
    for code, spellings in NOT_KEPT.items():
        found = [
            name
            for column, heading in enumerate(layout.headings)
            if (name := heading.rpartition(GROUPED)[2]) in spellings and layout.field_at(column) is None
        ]
        if found:
            notices.append(file_notice(code, columns="、".join(dict.fromkeys(found))))
    return notices


def unread_columns(layout: Layout, said: Mapping[str, str]) -> list[Notice]:
    """The notice that names the columns nothing is read from, but for those a person left out and those that number or
    locate the rows.  `said` maps normalised headings to the fields that people chose."""
    named = {spelling for spellings in NOT_KEPT.values() for spelling in spellings}
    unread = [
        name
        for column, heading in enumerate(layout.headings)
        if heading and layout.field_at(column) is None and meaning(heading, said) != IGNORED
        if (name := heading.rpartition(GROUPED)[2]) not in named and normalised(name) not in PASSED_OVER
    ]
    if not unread:
        return []
    names = ["".join(name.split())[:_LONGEST_HEADING] for name in dict.fromkeys(unread)]
    return [file_notice("columns_unread", columns="、".join(names[:_LISTED]) + ("…" if len(names) > _LISTED else ""))]


def listed(rows: Sequence[RowNumber]) -> str:
    """The first row numbers, for a notice."""
    return "、".join(map(str, rows[:_LISTED])) + ("…" if len(rows) > _LISTED else "")


def read_register(
    stream: BinaryIO,
    remembered: Mapping[str, str],
    chosen: Mapping[str, str] | None = None,
    is_village: Callable[[str], bool] = lambda name: False,
) -> RegisterSheets:
    """The sheets of a file that list households; where none has all columns needed, the one with most of them.
    `is_village`: whether the county has a village of a name.

    Raises BadInput: see `sheet_reader.sheets` and `columns.find_layout`.
    """
    found, unread, refusal = list[tuple[_Part, list[list[str]]]](), list[Notice](), BadInput("sheet_empty", "file")
    sheets = sheet_reader.sheets(stream)
    for sheet in sheets:
        if sheet.hidden:
            unread.append(file_notice("sheet_hidden", sheet=sheet.name))
            continue
        first = list(islice(sheet.rows(), _LOOKED_AT))
        try:
            layout = find_layout(first, remembered, chosen, sheet.day_zero)
        except BadInput as error:
            if first:
                refusal = error if refusal.code == "sheet_empty" else refusal
                unread.append(file_notice("sheet_unread", sheet=sheet.name))
            continue
        part = _named_part(sheet, layout, is_village)
        sample = [part.cells(cells) for number, cells in first if number > layout.row][:_SAMPLE]
        found.append((part, sample))
    if not found:
        raise refusal
    main, sample = min(found, key=lambda each: (len(missing(each[0].layout)), -len(each[0].layout.columns)))
    if not missing(main.layout):
        main, sample = next(each for each in found if not missing(each[0].layout))
    parts = []
    for part, _ in found:
        if part is main or (not missing(part.layout) and _alike(part.layout, main.layout)):
            parts.append(part)
        else:
            code = "sheet_no_village" if missing(part.layout) == ["village"] else "sheet_unread"
            unread.append(file_notice(code, sheet=part.sheet.name))
    return RegisterSheets(_common(main, parts), sample, parts, unread)


def _named_part(sheet: Sheet, layout: Layout, is_village: Callable[[str], bool]) -> _Part:
    """The sheet as it is read: one without a column of villages, named as a village, lists the households of that one.

    A name that does not say that it is a village's (河口) may be anything: where the county has a village so called, it is
    asked about (`unmarked`), else the sheet is not read, and its notice says why.
    """
    name = folding.tidy(_BRACKETED.sub("", folding.narrow(sheet.name)))
    named = _VILLAGE.fullmatch(name) or (_MAY_BE_VILLAGE.fullmatch(name) and is_village(name))
    if missing(layout) != ["village"] or not named:
        return _Part(sheet, layout)
    at = len(layout.headings)
    widened = replace(layout, headings=(*layout.headings, "村"), columns={**layout.columns, "village": at})
    return _Part(sheet, widened, village=name)


def _alike(one: Layout, other: Layout) -> bool:
    years = {one.income_year, other.income_year} - {None}
    return one.by_person == other.by_person and len(years) < 2


def _common(main: _Part, parts: list[_Part]) -> Layout:
    """The layout of all parts: the main one's headings, and behind them those only others have."""
    headings, columns, year = list(main.layout.headings), dict(main.layout.columns), main.layout.income_year
    for part in parts:
        own, taken = part.layout, set[int]()
        for column, heading in enumerate(own.headings):
            name = own.field_at(column)
            if part is main:
                at = column
            elif name is not None and name in columns:
                at = columns[name]
            else:
                at = next((n for n, known in enumerate(headings) if known == heading and n not in taken), len(headings))
                if at == len(headings):
                    headings.append(heading)
                if name is not None:
                    columns[name] = at
            taken.add(at)
            part.columns.append(at)
        year = year or own.income_year
    return replace(main.layout, headings=tuple(headings), columns=columns, income_year=year)


def _ordered(cells: list[str], columns: list[int], width: int) -> list[str]:
    row = [""] * width
    for at, cell in zip(columns, cells, strict=False):
        row[at] = cell
    return row


def _repeats_headings(cells: list[str], layout: Layout) -> bool:
    """Whether a row is the headings once more, as at the top of each printed page."""
    column = layout.columns.get("code")
    if column is None or column >= len(cells) or not cells[column] or cells[column][0].isascii():
        return False
    return folding.tidy(cells[column]) == folding.tidy(layout.headings[column]) and normalised(cells[column]) != ""
