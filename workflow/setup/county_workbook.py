"""County workbook (县情工作簿): its sheets and columns, and their rows as text.

The template is written from the same table as the sheets are read by, so what one says the other understands.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from typing import BinaryIO

from workflow import folding
from workflow.errors import BadInput
from workflow.register.cells.heading_words import normalised
from workflow.register.cells.register_rows import is_note
from workflow.register.cells.values import clean
from workflow.register.spreadsheets import sheet_reader
from workflow.register.spreadsheets.sheet import UNCOMPUTED, Sheet

#: What stands beside the name of a sheet: brackets, a year, and words for a list.
_BESIDE = re.compile(r"[(\[【].*?[)\]】]|(?:19|20)\d\d(?:年度?)?|(?:名录|名单|一览表|清单|信息表|表)(?=$|\d|[(\[【])")
#: So many rows from the top hold the headings.
_LOOKED_AT = 10
#: Words between names in one cell.
SEPARATORS = "、，,;；"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its field, its headings, the first of them the template's in Chinese, and whether a row needs it."""

    field: str
    zh: str
    en: str
    needed: bool = False
    also: tuple[str, ...] = ()

    @property
    def headings(self) -> tuple[str, ...]:
        return (self.zh, self.en, *self.also)


@dataclass(frozen=True, slots=True)
class SheetForm:
    """A sheet: its code, its names, its columns, and the role that applies it on the page."""

    code: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    applied_by: str = "office"
    also: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (self.zh, self.en, self.code, *self.also)


_ACCOUNT = Column("name", "用户名", "user name", True, ("登录名", "账号"))
SHEETS: tuple[SheetForm, ...] = (
    SheetForm(
        "units",
        "单位",
        "units",
        (
            Column("code", "单位代码", "code", False, ("代码",)),
            Column("name", "单位名称", "name", True, ("名称", "单位")),
            Column("type", "单位类别", "type", False, ("类别",)),
            Column("full_name", "单位全称", "full name", False, ("全称",)),
            Column("mark", "机关代字", "document mark", False, ("代字", "发文代字")),
            Column("aliases", "别名", "aliases", False, ("其他名称", "曾用名")),
            Column("name_en", "英文名称", "name in English"),
        ),
    ),
    SheetForm(
        "villages",
        "行政村",
        "villages",
        (
            Column("town", "镇", "town", True, ("乡镇", "所属镇", "镇名称")),
            Column("name", "行政村", "village", True, ("村", "村名", "村名称", "行政村名称")),
            Column("code", "村代码", "village code"),
            Column("listed_poor", "省定贫困村", "listed poor village", False, ("是否省定贫困村", "贫困村")),
            Column("poor_people", "贫困人口", "poor people", False, ("贫困人口数", "建档立卡人口")),
            Column("reason", "变动原因", "reason", False, ("变更原因", "原因")),
        ),
        also=("村",),
    ),
    SheetForm(
        "accounts",
        "账号",
        "accounts",
        (
            _ACCOUNT,
            Column("display_name", "姓名", "full name", True),
            Column("role", "角色", "role"),
            Column("unit", "单位", "unit", False, ("所属单位", "镇", "工作单位")),
            Column("village", "村", "village", False, ("行政村", "所属村")),
        ),
        applied_by="admin",
    ),
    SheetForm(
        "posts",
        "岗位",
        "posts",
        (
            _ACCOUNT,
            Column("kind", "岗位", "post", True, ("职务",)),
            Column("from_day", "起始日期", "from", True, ("任职日期", "起任日期")),
            Column("until_day", "截止日期", "until", False, ("止任日期", "离任日期")),
            Column("document", "任免文号", "document", True, ("文号",)),
            Column("stands_for", "替代人员用户名", "stands in for", False, ("代谁", "替代人员")),
        ),
    ),
    SheetForm(
        "cadres",
        "包户",
        "cadres",
        (
            Column("code", "户编号", "household code", True, ("户编码", "户号")),
            Column("cadre", "包户责任人", "responsible cadre", False, ("帮扶责任人", "包户干部", "帮扶干部")),
            Column("account", "责任人用户名", "user name of the cadre", False, ("用户名",)),
        ),
    ),
)
BY_CODE: Mapping[str, SheetForm] = {form.code: form for form in SHEETS}
#: The template's sheet of explanations, which holds nothing to read.
NOTES = ("填写说明", "notes")
DAYS = frozenset({"from_day", "until_day"})


@dataclass(frozen=True, slots=True)
class BookRow:
    """A row: its number as the spreadsheet shows it, and its cells by field, empty ones left out."""

    number: int
    cells: Mapping[str, str]

    def get(self, name: str) -> str:
        return self.cells.get(name, "")


@dataclass(slots=True)
class Book:
    """The rows of each sheet that is there; `lacking`: the needed headings a sheet does not have (it is not read);
    `unread`: names of other sheets; `uncomputed`: sheet, row and field of formulas without a value; `aside`: sheet, row and
    what is told of it (`row_is_note`: left out; `row_hidden`: read)."""

    rows: dict[str, list[BookRow]] = field(default_factory=dict)
    lacking: dict[str, list[str]] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    uncomputed: list[tuple[str, int, str]] = field(default_factory=list)
    aside: list[tuple[str, int, str]] = field(default_factory=list)


def read_book(stream: BinaryIO) -> Book:
    """The sheets of a workbook that are the county's, by their names.

    Raises BadInput: see `sheet_reader.sheets`; `no_county_sheets` where none is recognised, `county_book_is_text` for a
    text file, whose only table has no name.
    """
    book, notes = Book(), {_key(name) for name in NOTES}
    sheets = sheet_reader.sheets(stream)
    if not any(sheet.name for sheet in sheets):
        raise BadInput("county_book_is_text", "file", sheets="、".join(form.zh for form in SHEETS))
    forms = _forms([sheet.name for sheet in sheets if not sheet.hidden])
    for sheet in sheets:
        form = forms.get(sheet.name)
        if form is None or sheet.hidden or form.code in book.rows:
            if _key(sheet.name) not in notes:
                book.unread.append(sheet.name)
            continue
        columns, below, headings = _columns(form, sheet)
        lacking = [column.zh for column in form.columns if column.needed and column.field not in columns.values()]
        if lacking:
            book.lacking[form.code] = lacking
            continue
        book.rows[form.code] = list(_rows(book, form, sheet, columns, below, headings))
        hidden = dict.fromkeys(number for number in sheet.hidden_rows if number > below)
        book.aside += [(form.code, number, "row_hidden") for number in hidden]
    if not book.rows and not book.lacking:
        raise BadInput("no_county_sheets", "file", sheets="、".join(form.zh for form in SHEETS))
    return book


def _forms(names: Sequence[str]) -> dict[str, SheetForm]:
    """Which of the county's sheets each name means: its own name, or else that with brackets, a year or 名录 beside it.

    >>> {name: form.code for name, form in _forms(["行政村（全县）", "单位名录2018", "账号", "账号（旧）", "别的表"]).items()}
    {'账号': 'accounts', '行政村（全县）': 'villages', '单位名录2018': 'units'}
    """
    known = {_key(name): form for form in SHEETS for name in form.names}
    exact = {name: form for name in names if (form := known.get(_key(name))) is not None}
    taken = {form.code for form in exact.values()}
    loose = {name: form for name in names if (form := known.get(_BESIDE.sub("", _key(name)))) is not None}
    return exact | {name: form for name, form in loose.items() if name in exact or form.code not in taken}


def _columns(form: SheetForm, sheet: Sheet) -> tuple[dict[int, str], int, list[str]]:
    """Column number → field, the number of the row of headings, and that row."""
    meanings = {normalised(heading): column.field for column in form.columns for heading in column.headings}
    best: tuple[dict[int, str], int, list[str]] = ({}, 0, [])
    for number, cells in islice(sheet.rows(), _LOOKED_AT):
        known: dict[int, str] = {}
        for at, cell in enumerate(cells):
            meant = meanings.get(normalised(cell)) if cell.strip() else None
            if meant is not None and meant not in known.values():
                known[at] = meant
        if len(known) > len(best[0]):
            best = known, number, cells
    return best


def _rows(
    book: Book, form: SheetForm, sheet: Sheet, columns: Mapping[int, str], below: int, headings: list[str]
) -> Iterator[BookRow]:
    for number, cells in sheet.rows():
        if number <= below or cells == headings:
            continue
        row = {name: clean(cells[at]) for at, name in columns.items() if at < len(cells) and cells[at].strip()}
        for name in [name for name, cell in row.items() if cell == UNCOMPUTED]:
            book.uncomputed.append((form.code, number, name))
            del row[name]
        # An apostrophe before what looks like a formula is the template's own.
        row = {name: cell.removeprefix("'") for name, cell in row.items()}
        for name in row.keys() & DAYS:
            row[name] = _day(row[name], sheet.day_zero)
        if row and _is_aside(form, row, cells):
            book.aside.append((form.code, number, "row_is_note"))
        elif row:
            yield BookRow(number, row)


def _is_aside(form: SheetForm, row: Mapping[str, str], cells: Sequence[str]) -> bool:
    """Whether the row is a total, or a note or signature where a cell is empty that a row needs."""
    lacks = any(column.needed and column.field not in row for column in form.columns)
    return is_note(cells, next(cell for cell in cells if cell.strip()) if lacks else "-")


def _day(text: str, day_zero: date) -> str:
    """The day, where a spreadsheet's day count stands for it; other text as it is.

    >>> _day("46327", date(1899, 12, 30)), _day("2026-11-01", date(1899, 12, 30))
    ('2026-11-01', '2026-11-01')
    """
    count = text.isascii() and text.isdigit() and len(text) == 5
    return (day_zero + timedelta(days=int(text))).isoformat() if count else text


def listed_in(cell: str) -> list[str]:
    """The names in one cell, in order, each once."""
    for separator in SEPARATORS:
        cell = cell.replace(separator, "\n")
    return list(dict.fromkeys(name for part in cell.split("\n") if (name := part.strip())))


def _key(name: str) -> str:
    return "".join(folding.key(name).split())
