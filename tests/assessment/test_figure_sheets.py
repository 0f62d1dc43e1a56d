"""Sheets of reported figures: the day that a spreadsheet program shows, titles above, any width, any delimiter."""

from datetime import date
from typing import Any

import pytest

from tests.support.spreadsheets import Formula, Sheet, text, workbook
from workflow.assessment import figure_import
from workflow.errors import BadInput
from workflow.register.spreadsheets.sheet import UNCOMPUTED

HEADS = [words[0] for words in figure_import.COLUMNS.values()]


def row(day: Any, numerator: Any = 95) -> list[Any]:
    return ["义务教育入学率", "水寨镇", day, numerator, 100, "学籍系统"]


@pytest.mark.parametrize(
    ("day", "form"),
    [
        (date(2026, 11, 20), "yyyy-mm-dd"),
        (date(2026, 11, 20), "yyyy/m/d"),
        (date(2026, 11, 20), 'yyyy"年"m"月"d"日"'),
        ("2026.11.20", "General"),
        ("２０２６年１１月２０日", "General"),
        (20261120, "General"),
    ],
)
def test_a_day_is_read_as_the_sheet_shows_it(day: Any, form: str) -> None:
    for date1904 in (False, True):
        ((_, cells),) = figure_import.cells(workbook(Sheet([HEADS, row(day)], date_format=form), date1904=date1904))
        assert figure_import._day_of_cell(cells[2]) == date(2026, 11, 20)


def test_titles_stand_above_the_headings_and_rows_keep_their_numbers() -> None:
    book = workbook(Sheet([["五华县填报数据"], ["填报单位：教育局"], HEADS, row("2026-11-20", "９５")]))
    ((number, cells),) = figure_import.cells(book)
    assert (number, figure_import._number_of_cell(cells[3], "numerator")) == (4, 95)
    with pytest.raises(BadInput, match="figures_columns"):
        figure_import.cells(text(HEADS[:-2], row("2026-11-20")))


def test_a_cover_sheet_is_passed_over_and_totals_notes_and_hidden_rows_are_told() -> None:
    rows = [
        HEADS,
        row("2026-11-20"),
        row(46346),
        ["小计", "", "", 3, 5, ""],
        ["填表人：张三", "", "", "", "2026年11月20日"],
    ]
    found = figure_import.read_figures(
        workbook(Sheet([["封面"], ["填报单位：教育局"]], name="封面"), Sheet(rows, name="填报", hidden_rows=[2]))
    )
    assert [(number, cells[2]) for number, cells in found.rows] == [(2, "2026-11-20"), (3, "2026-11-20")]
    assert (found.left_out, found.hidden, found.unread) == ([4, 5], [2], ["封面"])


def test_a_formula_that_was_never_computed_is_kept_as_such_until_it_is_judged() -> None:
    ((_, cells),) = figure_import.cells(workbook(Sheet([HEADS, row("2026-11-20", Formula("=1+1"))])))
    assert cells[3] == UNCOMPUTED
