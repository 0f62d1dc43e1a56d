"""A spreadsheet for reading has a title, unit and day, stays readable while scrolling, and prints on one page's width."""

import io
from zipfile import ZipFile

from python_calamine import CalamineWorkbook

from reports.tables import Cell, Heading, Workbook

ROWS: list[list[Cell]] = [["2018-000001", "安全饮水有保障（县水务局牵头负责）", 3], ["2018-000002", "", 12]]


def parts_of(above: Heading | None) -> tuple[bytes, str]:
    book = Workbook()
    assert book.sheet("台账", ["编号", "事项", "数"], ROWS, above) == 2
    with book.close() as stream:
        data = stream.read()
    return data, ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()


def test_a_table_for_reading_is_titled_filtered_frozen_and_fits_the_width() -> None:
    data, sheet = parts_of(Heading("五华县未销号事项台账", "截至2018年11月20日"))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name("台账").to_python()
    assert [row[0] for row in rows[:3]] == ["五华县未销号事项台账", "截至2018年11月20日", "编号"]
    assert rows[3][1] == "安全饮水有保障（县水务局牵头负责）"
    assert 'orientation="landscape"' in sheet
    assert 'fitToPage="1"' in sheet
    assert 'fitToHeight="0"' in sheet
    assert '<autoFilter ref="A3:C5"' in sheet
    assert 'topLeftCell="A4"' in sheet
    names = ZipFile(io.BytesIO(data)).read("xl/workbook.xml").decode()
    assert "$3:$3" in names, "the head is printed on every page"


def test_columns_are_as_wide_as_what_they_hold() -> None:
    _, sheet = parts_of(Heading("表"))
    widths = [float(part.split('"')[0]) for part in sheet.split(' width="')[1:]]
    assert widths[1] > widths[0] > widths[2]


def test_a_table_to_be_filled_in_begins_with_its_head() -> None:
    data, sheet = parts_of(None)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name("台账").to_python()
    assert rows[0] == ["编号", "事项", "数"]
    assert "autoFilter" not in sheet
