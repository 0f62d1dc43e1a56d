"""How spreadsheets print: one page wide, never enlarged, large enough to be read, on as few pages as that allows.

No office program runs here: widths, heights and scale are read from the file, and the pages computed from them.
"""

import io
from math import ceil
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest

from reports.page_layout import A3, A4, Cell, page_of, rows_height
from reports.tables import Heading, Workbook

_NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LIST: list[Cell] = ["HH000001", "王大牛", "水寨镇", "大坝村", "预脱贫", "部分丧失劳动能力", "4", "2018年11月26日", "1"]
_TICKET: list[Cell] = [
    *(
        "2018-000123",
        "安全饮水有保障（县水务局牵头负责）",
        "办理中",
        "水寨镇",
        "大坝村",
        "HH000123",
        "王大牛",
        "",
        "县水务局",
    ),
    *("2018年11月26日 17:30", "2018年10月26日 17:30", "是"),
]
_FIGURES: list[Cell] = [
    *(1, "预脱贫户义务教育达标率", "户", "水寨镇", 22, "义务教育已达标（含不适用）的预脱贫户数", 24),
    *("本年度已销号的工单数与镇承办且已超期未销号的工单数之和", 91.67, 91.67, 3, 22, 24),
]
_ABOVE = Heading("表", "单位：县水务局")
_SLIP: list[Cell] = ["town-1", "王芳", "镇干部"]
_WIDE: list[Cell] = ["五华县", "4414**********1234", "普通劳动力", "2018", ""] * 9
_ROWS = {"list": _LIST, "tickets": _TICKET, "figures": _FIGURES, "narrow": _SLIP, "register": _WIDE}


class Printed:
    """One sheet as it prints: widths and heights in points, by the file alone."""

    def __init__(self, row: list[Cell], rows: int, above: Heading | None = _ABOVE) -> None:
        book = Workbook()
        book.sheet("表", ["工作栏目名称"[: 2 + at % 5] for at in range(len(row))], [row] * rows, above)
        with book.close() as stream:
            parts = ZipFile(io.BytesIO(stream.read()))
        sheet = ElementTree.fromstring(parts.read("xl/worksheets/sheet1.xml"))
        self.names = parts.read("xl/workbook.xml").decode()
        setup, margins = sheet.find(f"{_NS}pageSetup"), sheet.find(f"{_NS}pageMargins")
        assert setup is not None
        assert margins is not None
        self.fits = sheet.find(f"{_NS}sheetPr/{_NS}pageSetUpPr").attrib["fitToPage"]  # type: ignore[union-attr]
        self.wide, self.high = setup.get("fitToWidth", "1"), setup.get("fitToHeight")
        self.across, self.paper = setup.get("orientation") == "landscape", int(setup.get("paperSize", "0"))
        self.width = sum(
            # The file has the padding in the width.
            (int(each.attrib["max"]) - int(each.attrib["min"]) + 1) * round(float(each.attrib["width"]) * 7) * 0.75
            for each in sheet.iter(f"{_NS}col")
        )
        short, long = {A4: (8.27, 11.69), A3: (11.69, 16.54)}[self.paper]
        side = float(margins.attrib["left"]) + float(margins.attrib["right"])
        self.room = ((long if self.across else short) - side) * 72
        self.heights = [float(each.attrib.get("ht", 15)) for each in sheet.iter(f"{_NS}row")]
        self.head = 3 if above else 1

    @property
    def scale(self) -> float:
        """What a program fits the width with."""
        return self.room / self.width

    @property
    def pages(self) -> int:
        head = self.heights[self.head - 1]
        body = sum(self.heights[self.head :])
        return ceil(body * self.scale / (rows_height(self.paper, self.across) - head * self.scale))


@pytest.mark.parametrize("above", [Heading("表", "单位"), None], ids=["to read", "to fill in"])
@pytest.mark.parametrize("row", _ROWS.values(), ids=_ROWS)
def test_every_table_is_one_page_wide_never_enlarged_and_can_be_read(row: list[Cell], above: Heading | None) -> None:
    """Seen: LibreOffice enlarged a list of nine columns to the width, 22 pages for 813 households; they print on 10."""
    printed = Printed(row, 40, above)
    assert (printed.fits, printed.wide, printed.high) == ("1", "1", "0")
    assert printed.scale < 1.02
    # Nine points are seven on paper; of forty-five columns, on A3, more than five.
    assert printed.scale > (0.59 if printed.paper == A3 else 0.74)
    assert (printed.paper == A3) == (len(row) > 24)
    assert "Print_Titles" in printed.names


def test_what_fits_upright_stands_upright_and_what_does_not_lies_across() -> None:
    lying = {name for name, row in _ROWS.items() if Printed(row, 3).across}
    assert lying == {"tickets", "figures", "register"}


@pytest.mark.parametrize(("name", "rows", "most"), [("list", 813, 11), ("tickets", 583, 12), ("figures", 153, 6)])
def test_long_lists_print_on_few_pages(name: str, rows: int, most: int) -> None:
    assert most - 1 <= Printed(_ROWS[name], rows).pages <= most


def test_a_row_is_as_high_as_its_longest_cell_has_lines() -> None:
    row: list[Cell] = ["一", "本年度已销号且镇承办环节均未超期的工单数" * 6, "二"]
    printed = Printed(row, 2)
    assert printed.heights[3] > 2 * Printed(["一", "二", "三"], 2).heights[3]
    # Programs take no row higher than 409 points.
    assert max(Printed([row[1], "一\n" * 60], 1).heights) <= 409


def test_a_head_of_many_columns_wraps_and_its_cells_keep_their_width() -> None:
    page = page_of(["是否参加城乡居民基本养老保险"] * 30, [["是"] * 30])
    assert max(page.widths) < 14
    assert page.scale > 0.59
