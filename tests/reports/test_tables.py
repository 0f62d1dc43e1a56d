"""A spreadsheet for reading has a title, unit and day, stays readable while scrolling, and prints on one page's width."""

import csv
import io
import re
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from reports.page_layout import Cell
from reports.tables import Heading, Workbook, csv_table, harmless
from tests.test_layers import MODULES, ROOT

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
    assert '<autoFilter ref="A1:C3"' in sheet
    # It is handed round on paper as well: unfitted, its last columns were on pages of their own.
    for wanted in ('fitToPage="1"', 'fitToHeight="0"', 'topLeftCell="A2"'):
        assert wanted in sheet
    assert "$1:$1" in ZipFile(io.BytesIO(data)).read("xl/workbook.xml").decode()


def widths_of(headings: list[str], row: list[Cell]) -> list[float]:
    book = Workbook()
    book.sheet("表", headings, [row], Heading("表"))
    with book.close() as stream:
        sheet = ZipFile(io.BytesIO(stream.read())).read("xl/worksheets/sheet1.xml").decode()
    # Neighbouring columns of one width are one element.
    found: list[float] = []
    for part in sheet.split("<col ")[1:]:
        told = dict(entry.split("=") for entry in part.split("/>")[0].split(" ") if "=" in entry)
        first, last = int(told["min"].strip('"')), int(told["max"].strip('"'))
        found += [float(told["width"].strip('"'))] * (last - first + 1)
    return found


def test_a_wide_table_stays_large_enough_to_be_read_on_paper() -> None:
    """Three long texts beside ten figures were printed at four points; the long ones are narrowed, the short ones not."""
    wide = widths_of(["分子", *["统计内容"] * 3, *["数"] * 9], [1, *["已达标的预脱贫户数" * 4] * 3, *[100] * 9])
    assert sum(wide) < 200
    assert min(wide[1:4]) > 25
    assert wide[0] < 10
    # What fits is not narrowed: a checksum stays in one line.
    assert widths_of(["项目", "内容"], ["校验值", "0" * 64])[1] > 64


def test_scores_have_two_decimals_and_counts_none() -> None:
    book = Workbook()
    book.sheet("表", ["得分", "户"], [[92.0, 3]], Heading("表"))
    with book.close() as stream:
        parts = ZipFile(io.BytesIO(stream.read()))
    styles, sheet = (parts.read(f"xl/{name}.xml").decode() for name in ("styles", "worksheets/sheet1"))
    formats = [part.split('numFmtId="')[1].split('"')[0] for part in styles.split("<cellXfs")[1].split("<xf ")[1:]]
    cells = {part[:2]: int(part.split('s="')[1].split('"')[0]) for part in sheet.split('<c r="')[1:]}
    assert (formats[cells["A4"]], formats[cells["B4"]]) == ("2", "0")


@pytest.mark.parametrize(
    "before", ["", " ", "  ", "\u00a0", "\u3000", "\ufeff", "\u200b", "\t", "\r", "\n", " \u2009\u2028"]
)
@pytest.mark.parametrize("sign", list("=+-@＝＋－＠﹦﹢﹣﹫"))
def test_no_text_is_a_formula_in_a_file_whatever_stands_before_it(before: str, sign: str) -> None:
    text = f"{before}{sign}HYPERLINK(1)"
    content, count = csv_table([text], [[text, "张三", "-350.5"]])
    heading, cells = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert (heading, cells, count) == ([f"'{text}"], [f"'{text}", "张三", "-350.5"], 1)
    for plain in (f"{before}张三{sign}", f"{before}3{sign}4"):
        assert harmless(plain) == ("'" + plain if before in ("\t", "\r", "\n") else plain)


def test_every_table_that_leaves_is_made_in_one_place() -> None:
    makes = re.compile(r"csv\.writer\(|xlsxwriter\.Workbook\(|csv\.DictWriter\(")
    made = {str(path.relative_to(ROOT)) for path in MODULES.values() if makes.search(path.read_text(encoding="utf-8"))}
    # The demo's county files are read again, not by people; the others hand text from page to page.
    inner = {
        "simulation/spreadsheet.py",
        "web/pages/figures_import.py",
        "workflow/adoption/holiday_notice.py",
        "workflow/adoption/notice_sheet.py",
    }
    assert made - inner == {"reports/tables.py"}
