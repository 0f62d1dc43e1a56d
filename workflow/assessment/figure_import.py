"""Figure import: reads reported figures from a spreadsheet, each row checked as a typed one and refused with a reason.

Nothing is stored between preview and recording: the cells return with the form and are checked again.  Existing equal
figures are left unchanged, so the same file may be uploaded repeatedly.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import BinaryIO

from sqlalchemy.orm import Session

from workflow import folding
from workflow.actors import Actor
from workflow.assessment import figure_bounds, reported_figures
from workflow.assessment.figure_bounds import Assent, Line, Own
from workflow.assessment.reported_figures import Against
from workflow.county.context import CountyContext
from workflow.errors import BadInput, NotAllowed, WorkflowError
from workflow.evidence.uploads import Kept
from workflow.inputs import LONGEST, written_day
from workflow.policy.scheme.measures import CountyMeasure
from workflow.register.cells.register_rows import is_note
from workflow.register.spreadsheets import sheet_reader
from workflow.register.spreadsheets.sheet import UNCOMPUTED, Sheet

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
#: What a file need not have.
_OPTIONAL = ("none_here",)
_LEFT_OUT = -1
_DAY, _SOURCE, _NONE = (list(COLUMNS).index(name) for name in ("up_to", "source", "none_here"))
#: So many characters are read of a cell: more than its text may have, so that a longer one is refused and not cut.
_LENGTHS = {"none_here": LONGEST + 1}
MOST = 1_000
#: Titles may stand above the headings, in so many rows.
_LOOKED_AT = 10
Cells = tuple[int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the file: its number, its cells in the order of COLUMNS, and its outcome.

    `fault` is the reason of a refusal; otherwise `measure`, `up_to` and `line` are its values, and `standing` is `new`,
    `same` (nothing to do) or `corrects`.
    """

    number: int
    cells: tuple[str, ...]
    fault: WorkflowError | None = None
    measure: CountyMeasure | None = None
    up_to: date | None = None
    line: Line | None = None
    standing: str = ""


@dataclass(slots=True)
class FigureSheet:
    """The rows of the sheet that has the headings, their cells in the order of COLUMNS.  `left_out`: numbers of the rows that are
    totals, notes or signatures; `hidden`: of rows that are hidden, and read; `unread`: the names of the other sheets."""

    rows: list[Cells]
    left_out: list[int]
    hidden: list[int]
    unread: list[str]


def cells(stream: BinaryIO) -> list[Cells]:
    """The rows alone of `read_figures`."""
    return read_figures(stream).rows


def read_figures(stream: BinaryIO) -> FigureSheet:
    """The first visible sheet with the headings, below titles or behind a cover sheet.  Raises BadInput."""
    sheets = sheet_reader.sheets(stream)
    first: list[str] = []
    for sheet in sheets:
        if sheet.hidden:
            continue
        below, places, top = _headings(sheet)
        first = first or top
        if places is not None:
            unread = [other.name for other in sheets if other is not sheet and any(True for _ in other.rows())]
            return _figure_sheet(sheet, below, places, unread)
    if first:
        raise _missing(first)
    raise BadInput("sheet_empty", "file")


def _headings(sheet: Sheet) -> tuple[int, list[int] | None, list[str]]:
    """The number of the row of headings, the column of each of COLUMNS, and the first row as headings."""
    first: list[str] = []
    for number, row in sheet.rows():
        headings = [folding.key(cell) for cell in row]
        first = first or headings
        if (places := _places(headings)) is not None:
            return number, places, first
        if number >= _LOOKED_AT:
            break
    return 0, None, first


def _figure_sheet(sheet: Sheet, below: int, places: Sequence[int], unread: list[str]) -> FigureSheet:
    found = FigureSheet([], [], [], unread)
    for number, row in sheet.rows():
        if number <= below:
            continue
        texts = [
            folding.tidy(row[column])[: _LENGTHS.get(name, 300)] if 0 <= column < len(row) else ""
            for name, column in zip(COLUMNS, places, strict=True)
        ]
        # With a day and numbers, or why there are none, it is a row of figures, whatever the measure is called, unless it is a
        # total.
        told = bool(texts[_DAY] and texts[_NONE]) or all(texts[_DAY : _DAY + 3])
        if is_note(row, "-" if told else next(cell for cell in row if cell.strip())):
            found.left_out.append(number)
            continue
        if len(found.rows) >= MOST:
            raise BadInput("figures_too_many", "file", most=MOST)
        texts[_DAY] = _counted_day(texts[_DAY], sheet.day_zero)
        found.rows.append((number, tuple(texts)))
    if not found.rows:
        raise BadInput("sheet_empty", "file")
    found.hidden = sorted({number for number in sheet.hidden_rows if number > below})
    return found


def _counted_day(text: str, day_zero: date) -> str:
    """The day, where a spreadsheet's day count stands for it; other text as it is."""
    count = text.isascii() and text.isdigit() and len(text) == 5
    return (day_zero + timedelta(days=int(text))).isoformat() if count else text


def _places(headings: Sequence[str]) -> list[int] | None:
    """The column of each of COLUMNS; None for a row that lacks one it needs, such as a title."""
    found = [next((n for n, heading in enumerate(headings) if heading in words), None) for words in COLUMNS.values()]
    if any(column is None and name not in _OPTIONAL for name, column in zip(COLUMNS, found, strict=True)):
        return None
    return [_LEFT_OUT if column is None else column for column in found]


def _missing(headings: Sequence[str]) -> BadInput:
    needed = [words for name, words in COLUMNS.items() if name not in _OPTIONAL]
    lacking = next(words[0] for words in needed if not set(words) & set(headings))
    names = "、".join(words[0] for words in needed)
    return BadInput("figures_columns", "file", columns=names, missing=lacking)


#: The system's own count of a measure's towns, by its code.
OwnOf = Callable[[str], Own]


def judge(
    session: Session,
    actor: Actor,
    setting: CountyContext,
    now: datetime,
    rows: Iterable[Cells],
    assent: Assent,
    own_of: OwnOf,
) -> list[Row]:
    """The outcome of each row, judged as a typed figure is; a different existing figure is corrected, which needs a
    reason.  Writes nothing.

    Raises NotAllowed for units that report no figures.
    """
    mine = reported_figures.of_unit(setting, actor.unit_id or 0)
    if not mine or actor.role not in ("bureau", "office"):
        raise NotAllowed("figure_of_another_unit")
    seen: set[tuple[str, date, str]] = set()
    judged, held = [], dict[tuple[str, date], Against]()

    def against(measure: CountyMeasure, up_to: date) -> Against:
        key = measure.code, up_to
        if key not in held:
            held[key] = Against.of(session, setting, measure, up_to, now, own_of(measure.code), assent)
        return held[key]

    for number, cells in rows:
        try:
            row = _judged(session, actor, setting, now, number, cells, against)
            assert row.measure is not None
            assert row.line is not None
            assert row.up_to is not None
            key = (row.measure.code, row.up_to, row.line.town)
            if key in seen:
                raise BadInput("figure_twice", "town", town=row.line.town)
            seen.add(key)
        except (BadInput, NotAllowed) as error:
            row = Row(number, tuple("" if cell == UNCOMPUTED else cell for cell in cells), error)
        judged.append(row)
    return judged


def _named(measures: Sequence[CountyMeasure], name: str) -> CountyMeasure | None:
    return next((entry for entry in measures if name in (entry.code, entry.name.zh, entry.name.en)), None)


def _judged(
    session: Session,
    actor: Actor,
    setting: CountyContext,
    now: datetime,
    number: int,
    cells: tuple[str, ...],
    against: Callable[[CountyMeasure, date], Against],
) -> Row:
    uncomputed = next((field for field, cell in zip(COLUMNS, cells, strict=True) if cell == UNCOMPUTED), None)
    if uncomputed is not None:
        raise BadInput("cell_uncomputed", uncomputed)
    name, town, day, numerator, denominator, source, none = cells
    measure = _named(reported_figures.of_unit(setting, actor.unit_id or 0), name)
    if measure is None:
        if (other := _named(reported_figures.every(setting), name)) is not None:
            reported_figures.refuse_counted(other)
        raise BadInput("figure_measure", "measure", measure=name)
    up_to = _day_of_cell(day)
    line = _line_of(town, numerator, denominator, none)
    held = against(measure, up_to)
    reported_figures.admitted(actor, held.setting, now, measure, up_to, source)
    unit, before = reported_figures.fitting(session, held, line)
    jump = reported_figures.jump_of(held, line, unit)
    figure_bounds.ask_once_more([jump] if jump is not None else [], held.assent)
    line = replace(line, town=unit.name)
    if before is None:
        return Row(number, cells, None, measure, up_to, line, "new")
    return Row(number, cells, None, measure, up_to, line, "same" if reported_figures.same(line, before) else "corrects")


def record(
    session: Session,
    actor: Actor,
    setting: CountyContext,
    now: datetime,
    rows: Iterable[Row],
    assent: Assent,
    own_of: OwnOf,
    files: Sequence[Kept] = (),
) -> int:
    """Record the new figures and corrections in one transaction; returns how many.

    `files` are stored uploads that prove all of them.
    """
    groups: dict[tuple[str, date, str], list[Line]] = {}
    for row in rows:
        if row.standing in ("new", "corrects"):
            assert row.measure is not None
            assert row.up_to is not None
            assert row.line is not None
            groups.setdefault((row.measure.code, row.up_to, row.cells[_SOURCE]), []).append(row.line)
    return sum(
        len(
            reported_figures.report(
                session, actor, setting, now, code, up_to, lines, source, own_of(code), assent, files
            )
        )
        for (code, up_to, source), lines in groups.items()
    )


def _line_of(town: str, numerator: str, denominator: str, none: str) -> Line:
    """The numbers of a row, or the statement that there is none; with both the numbers are kept and refused beside it."""
    if none and not (numerator or denominator):
        return Line(town, 0, 0, none)
    return Line(town, _number_of_cell(numerator, "numerator"), _number_of_cell(denominator, "denominator"), none)


def _day_of_cell(text: str) -> date:
    day = written_day(text)
    if day is None:
        raise BadInput("not_a_date", "up_to")
    return day


def _number_of_cell(text: str, column: str) -> int:
    bare = folding.plain_number(text)
    if not (bare.isascii() and bare.isdigit() and len(bare) < 10):
        raise BadInput("not_a_number", column)
    return int(bare)
