"""List sheet: a bureau's spreadsheet as lines that each name a person, read by the reader and vocabulary of the register.

A line that cannot be used is kept with the code of its fault, so that every row of the file is accounted for.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import BinaryIO

from workflow.citizen_id import Faulty
from workflow.errors import BadInput
from workflow.policy.scheme.thresholds import BulkListKind
from workflow.register.cells import values
from workflow.register.cells.columns import Layout, find_layout
from workflow.register.cells.heading_words import normalised
from workflow.register.cells.register_rows import is_note
from workflow.register.spreadsheets import sheet_reader
from workflow.register.spreadsheets.sheet import Sheet

#: More lines are brought as several files: each is looked at, matched and handed out in one act.
MOST_LINES = 5000
_LOOKED_AT = 14
_LONGEST = 120
#: What bureaus call the person and the family, beyond the register's own headings.
_HEADINGS = {
    "name": (
        "患者姓名",
        "学生姓名",
        "参保人姓名",
        "参保人",
        "被保险人姓名",
        "劳动者姓名",
        "失业人员姓名",
        "适龄儿童姓名",
    ),
    "id_number": ("患者身份证号", "学生身份证号", "参保人身份证号", "患者证件号码", "学生证件号码", "参保人证件号码"),
    "head": ("监护人姓名", "监护人", "家长姓名", "家长"),
    "town": ("户籍镇", "户籍所在镇", "参保地镇", "居住镇"),
    "village": ("户籍村", "户籍所在村", "参保地村", "居住村", "户籍所在行政村"),
}


@dataclass(frozen=True, slots=True)
class ListLine:
    """A row: the person, the head of the family where the list names one (else empty), the place as written, and the list's
    own columns by their codes; `fault`: why it cannot be used."""

    row: str
    name: str = ""
    head: str = ""
    id_number: str = ""
    town: str = ""
    village: str = ""
    phone: str = ""
    said: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""


@dataclass(slots=True)
class ListFile:
    """The lines of a file in their order, and the names of sheets that were not read."""

    lines: list[ListLine] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Part:
    sheet: Sheet
    layout: Layout
    own: Mapping[str, int]


def read_list(stream: BinaryIO, kind: BulkListKind, remembered: Mapping[str, str], today: date) -> ListFile:
    """The lines of a list of this kind.  `remembered`: further headings and their fields (`remembered_headings`).

    Raises BadInput: see `sheet_reader.sheets`; `list_columns_missing`, `list_too_long`, `list_empty`.
    """
    meanings = {normalised(text): name for name, texts in _HEADINGS.items() for text in texts} | dict(remembered)
    book, parts, lacking = ListFile(), list[_Part](), list[str]()
    for sheet in sheet_reader.sheets(stream):
        part = None if sheet.hidden else _part(sheet, kind, meanings)
        missing = _missing(part, kind) if part is not None else []
        if part is not None and not missing:
            parts.append(part)
            continue
        lacking = lacking or missing
        book.unread.append(sheet.name)
    if not parts:
        raise BadInput("list_columns_missing", "file", columns="、".join(lacking or ["姓名"]))
    for part in parts:
        for line in _lines(part, today, len(parts) > 1):
            book.lines.append(line)
            if len(book.lines) > MOST_LINES:
                raise BadInput("list_too_long", "file", most=MOST_LINES)
    if not book.lines:
        raise BadInput("list_empty", "file")
    return book


def _part(sheet: Sheet, kind: BulkListKind, meanings: Mapping[str, str]) -> _Part | None:
    first = list(islice(sheet.rows(), _LOOKED_AT))
    try:
        layout = find_layout(first, meanings, None, sheet.day_zero)
    except BadInput:
        return None
    wanted = {normalised(text): column.code for column in kind.columns for text in (*column.headings, column.name.zh)}
    own: dict[str, int] = {}
    for at, heading in enumerate(layout.headings):
        code = wanted.get(normalised(heading)) if heading else None
        if code is not None:
            own.setdefault(code, at)
    return _Part(sheet, layout, own)


def _missing(part: _Part | None, kind: BulkListKind) -> list[str]:
    """The names of the columns that a sheet lacks: a person, a number or a village, and what the list must say."""
    if part is None:
        return []
    have = part.layout.columns
    lacking = [] if "name" in have or "head" in have else ["姓名"]
    if "id_number" not in have and "village" not in have:
        lacking.append("身份证号码")
    return lacking + [column.name.zh for column in kind.columns if column.needed and column.code not in part.own]


def _lines(part: _Part, today: date, named: bool) -> Iterator[ListLine]:
    for number, cells in part.sheet.rows():
        if number <= part.layout.row or is_note(cells, ""):
            continue
        row = f"{part.sheet.name}!{number}" if named else str(number)
        yield _line(row, part, cells, today)


def _line(row: str, part: _Part, cells: Sequence[str], today: date) -> ListLine:
    columns = part.layout.columns
    try:
        person = columns["name"] if "name" in columns else columns["head"]
        name = values.name(_cell(cells, person))
        head = _cell(cells, columns.get("head")) if "name" in columns else ""
        number = _number(_cell(cells, columns.get("id_number")), today)
        town, village = (_cell(cells, columns.get(place)) for place in ("town", "village"))
        said = {code: _cell(cells, at)[:_LONGEST] for code, at in part.own.items() if _cell(cells, at)}
        return ListLine(
            row=row,
            name=name,
            head=values.name(head) if head else "",
            id_number=number,
            town=town,
            village=village,
            phone=_phone(_cell(cells, columns.get("phone"))),
            said={code: values.shown(text) if _is_number(text, today) else text for code, text in said.items()},
        )
    except Faulty as error:
        return ListLine(row, fault="list_name" if error.code in ("name_signs", "name_of_gone") else error.code)


def _cell(cells: Sequence[str], at: int | None) -> str:
    return values.clean(cells[at]) if at is not None and at < len(cells) else ""


def _number(text: str, today: date) -> str:
    """The ID number; empty for none.  A number that cannot be right finds nobody, so that the line is not used."""
    found = values.document(text, today) if text else None
    if isinstance(found, values.Noted):
        found = found.value
    return found.number if found is not None else ""


def _phone(text: str) -> str:
    """The first telephone number, or none: a telephone decides nothing here."""
    try:
        found = values.phone(text) if text else ""
    except Faulty:
        return ""
    return str(found.value) if isinstance(found, values.Noted) else found


def _is_number(text: str, today: date) -> bool:
    """Whether a column of the list's own holds somebody's ID number, which is not kept there."""
    try:
        return len(text) >= 15 and bool(_number(text, today))
    except Faulty:
        return False
