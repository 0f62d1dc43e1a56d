"""Sheets of reported figures: the day that a spreadsheet program shows, titles above, any width, any delimiter."""

from datetime import date
from typing import Any

import pytest

from tests.support.spreadsheets import Formula, Sheet, text, workbook
from workflow.assessment import figure_import, figure_sheets
from workflow.errors import BadInput
from workflow.register.spreadsheets.sheet import UNCOMPUTED

HEADS = [words[0] for words in figure_sheets.COLUMNS.values()]


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
        ((_, cells),) = figure_sheets.read_figures(
            workbook(Sheet([HEADS, row(day)], date_format=form), date1904=date1904)
        ).rows
        assert figure_import._day_of_cell(cells[2]) == date(2026, 11, 20)


def test_titles_stand_above_the_headings_and_rows_keep_their_numbers() -> None:
    book = workbook(Sheet([["五华县填报数据"], ["填报单位：教育局"], HEADS, row("2026-11-20", "９５")]))
    ((number, cells),) = figure_sheets.read_figures(book).rows
    assert (number, figure_import._number_of_cell(cells[3], "numerator")) == ("4", 95)
    with pytest.raises(BadInput, match="figures_columns"):
        figure_sheets.read_figures(text(HEADS[:-2], row("2026-11-20")))


def test_a_cover_sheet_is_passed_over_and_totals_notes_and_hidden_rows_are_told() -> None:
    rows = [
        HEADS,
        row("2026-11-20"),
        row(46346),
        ["小计", "", "", 3, 5, ""],
        ["填表人：张三", "", "", "", "2026年11月20日"],
    ]
    found = figure_sheets.read_figures(
        workbook(Sheet([["封面"], ["填报单位：教育局"]], name="封面"), Sheet(rows, name="填报", hidden_rows=[2]))
    )
    assert [(number, cells[2]) for number, cells in found.rows] == [("2", "2026-11-20"), ("3", "2026-11-20")]
    assert (found.left_out, found.hidden, found.unread) == (["4", "5"], ["2"], ["封面"])


def test_every_sheet_of_figures_is_read_whether_its_name_or_a_column_says_the_measure_or_the_town() -> None:
    """Seen: of a book with a sheet a town, only the first was recorded, and the others named as not read."""
    of_town: list[list[Any]] = [[HEADS[0], *HEADS[2:]], ["义务教育入学率", "2026-11-20", 95, 100, "学籍系统"]]
    of_measure: list[list[Any]] = [HEADS[1:], row("2026-11-20")[1:], ["合计", "", 1, 2, ""]]
    found = figure_sheets.read_figures(
        workbook(
            Sheet([["封面"]], name="封面"),
            Sheet([HEADS, row("2026-11-20")], name="汇总"),
            Sheet(of_town, name="安流镇"),
            Sheet([["华城镇报表"], *of_town], name="华城镇", hidden_rows=[3]),
            Sheet(of_measure, name="义务教育入学率"),
            Sheet([["备用"], ["草稿"]], name="草稿", hidden=True),
        )
    )
    assert [(number, *cells[:2]) for number, cells in found.rows] == [
        ("汇总!2", "义务教育入学率", "水寨镇"),
        ("安流镇!2", "义务教育入学率", "安流镇"),
        ("华城镇!3", "义务教育入学率", "华城镇"),
        ("义务教育入学率!2", "义务教育入学率", "水寨镇"),
    ]
    assert {cells[2:6] for _, cells in found.rows} == {("2026-11-20", "95", "100", "学籍系统")}
    assert (found.left_out, found.hidden, found.unread) == (["义务教育入学率!3"], ["华城镇!3"], ["封面", "草稿"])
    # Without both columns a sheet's name cannot stand for the two.
    with pytest.raises(BadInput, match="figures_columns"):
        figure_sheets.read_figures(workbook(Sheet([HEADS[2:-1], row("2026-11-20")[2:]], name="安流镇")))


def test_a_formula_that_was_never_computed_is_kept_as_such_until_it_is_judged() -> None:
    ((_, cells),) = figure_sheets.read_figures(workbook(Sheet([HEADS, row("2026-11-20", Formula("=1+1"))]))).rows
    assert cells[3] == UNCOMPUTED
