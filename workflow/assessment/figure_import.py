"""Figure import: reads reported figures from a spreadsheet, each row checked as a typed one and refused with a reason.

Nothing is stored between preview and recording: the cells return with the form and are checked again.  Existing equal
figures are left unchanged, so the same file may be uploaded repeatedly.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from workflow import folding
from workflow.actors import Actor
from workflow.assessment import figure_bounds, reported_figures
from workflow.assessment.figure_bounds import Assent, Line, Own
from workflow.assessment.figure_sheets import COLUMNS, SOURCE, Cells
from workflow.assessment.reported_figures import Against
from workflow.county.context import CountyContext
from workflow.errors import BadInput, NotAllowed, WorkflowError
from workflow.evidence.uploads import Kept
from workflow.inputs import written_day
from workflow.policy.scheme.measures import CountyMeasure
from workflow.register.spreadsheets.sheet import UNCOMPUTED


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the file: its number, its cells in the order of COLUMNS, and its outcome.

    `fault` is the reason of a refusal; otherwise `standing` is `new`, `same` (nothing to do) or `corrects`.
    """

    number: str
    cells: tuple[str, ...]
    fault: WorkflowError | None = None
    measure: CountyMeasure | None = None
    up_to: date | None = None
    line: Line | None = None
    standing: str = ""

    def values(self) -> tuple[CountyMeasure, date, Line]:
        """Measure, day and numbers of a row that is not refused."""
        assert self.measure is not None
        assert self.up_to is not None
        assert self.line is not None
        return self.measure, self.up_to, self.line


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
    seen: dict[tuple[str, date, str], int] = {}
    judged, held = list[Row](), dict[tuple[str, date], Against]()

    def against(measure: CountyMeasure, up_to: date) -> Against:
        key = measure.code, up_to
        if key not in held:
            held[key] = Against.of(session, setting, measure, up_to, now, own_of(measure.code), assent)
        return held[key]

    for number, cells in rows:
        try:
            row = _judged(session, actor, setting, now, number, cells, against)
            measure, up_to, line = row.values()
            key = (measure.code, up_to, line.town)
            if key in seen:
                raise _twice(judged, seen[key], row)
            seen[key] = len(judged)
        except (BadInput, NotAllowed) as error:
            row = Row(number, tuple("" if cell == UNCOMPUTED else cell for cell in cells), error)
        judged.append(row)
    return judged


def _twice(judged: list[Row], at: int, row: Row) -> BadInput:
    """The fault of a row whose figure a row before it has.  With other numbers that row is refused too: which of the two
    is right is not guessed."""
    first = judged[at]
    one, other = first.values()[2], row.values()[2]
    if (one.figure, one.none) == (other.figure, other.none):
        return BadInput("figure_twice", "town", town=other.town, row=first.number)

    def differs(line: Line, number: str) -> BadInput:
        numbers = f"{line.numerator}/{line.denominator}"
        return BadInput("figure_differs", "numerator", town=line.town, row=number, numbers=numbers)

    if first.fault is None:
        judged[at] = replace(first, fault=differs(other, row.number), standing="")
    return differs(one, first.number)


def _named(measures: Sequence[CountyMeasure], name: str) -> CountyMeasure | None:
    return next((entry for entry in measures if name in (entry.code, entry.name.zh, entry.name.en)), None)


def _judged(
    session: Session,
    actor: Actor,
    setting: CountyContext,
    now: datetime,
    number: str,
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
            measure, up_to, line = row.values()
            groups.setdefault((measure.code, up_to, row.cells[SOURCE]), []).append(line)
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
