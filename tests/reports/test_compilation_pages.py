"""The compilation's workbook of a whole county prints on about ten pages, with every figure.

The figures are made up and as long as a county's are; the measures, units and towns are those of the shipped notice.
"""

import io
from datetime import UTC, date, datetime
from math import ceil
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

from python_calamine import CalamineWorkbook

from models import Ranking
from reports import figures_book
from reports.page_layout import A3, rows_height
from tests.support.contexts import place_of
from tests.support.notice import SCHEME

PLACE = place_of(SCHEME, 2018)
TOWNS = [unit.code for unit in SCHEME.units if unit.type == "town"]
_NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def line(town: str, at: int) -> dict[str, Any]:
    figures = {"town": town, "of": 100 + at, "to": 200 + 2 * at, "score": 8000 + at, "place": at}
    return figures | {"own": (90 + at, 190 + at), "best": at, "worst": 16, "coverage": 87}


def snapshot() -> Ranking:
    lines = [line(town, at) for at, town in enumerate(TOWNS, start=1)]
    bureaus = [unit.code for unit in SCHEME.units if unit.type == "bureau"]
    content: dict[str, Any] = {
        "measures": [{"code": m.code, "item": m.item, "towns": lines} for m in SCHEME.measures if m.ranks != "own"],
        "county": lines,
        "units": [{"unit": code, "towns": lines} for code in bureaus],
        "of_county": [{"code": m.code, "of": 100, "to": 120} for m in SCHEME.figures_of("office")],
        "block": [12, "a" * 64],
        "formula": "b" * 64,
    }
    made = datetime(2018, 12, 10, 1, 0, tzinfo=UTC)
    return Ranking(on=date(2018, 12, 10), as_of=made, made_at=made, edition=1, hash="c" * 64, content=content)


def workbook() -> bytes:
    office = next(unit for unit in PLACE.units.values() if unit.type == "office")
    with figures_book.workbook(PLACE, snapshot(), office) as stream:
        return stream.read()


def pages(sheet: ElementTree.Element) -> tuple[int, float]:
    """The pages of a sheet as it prints, and the scale; read from the file."""
    setup = sheet.find(f"{_NS}pageSetup")
    assert setup is not None
    paper, across = int(setup.get("paperSize", "0")), setup.get("orientation") == "landscape"
    width = sum(
        (int(each.attrib["max"]) - int(each.attrib["min"]) + 1) * round(float(each.attrib["width"]) * 7) * 0.75
        for each in sheet.iter(f"{_NS}col")
    )
    side = {False: (8.27, 11.69), True: (11.69, 16.54)}[paper == A3][1 if across else 0]
    scale = min(1.0, (side - 1) * 72 / width)
    heights = [float(row.attrib.get("ht", 15)) for row in sheet.iter(f"{_NS}row")]
    room = rows_height(paper, across) / scale - heights[2]
    return ceil((sum(heights) - heights[2]) / room), scale


def test_the_compilation_of_a_county_prints_on_about_ten_pages_that_can_be_read() -> None:
    """Seen: 21 pages, since what a number counts was repeated for each of sixteen towns."""
    parts = ZipFile(io.BytesIO(workbook()))
    sheets = [name for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
    printed = {name: pages(ElementTree.fromstring(parts.read(name))) for name in sheets}
    assert sum(count for count, _ in printed.values()) <= 11, printed
    # Nine points print at eight, but for the rounding of widths to pixels.
    assert min(scale for _, scale in printed.values()) > 0.885, printed


def test_no_figure_of_the_snapshot_is_left_out() -> None:
    row, book = snapshot(), CalamineWorkbook.from_filelike(io.BytesIO(workbook()))
    _, _, head, *rows = book.get_sheet_by_name("指标明细").to_python()
    names = [PLACE.by_code[town].name for town in TOWNS]
    assert head[5:] == names
    for entry in row.content["measures"]:
        name = next(measure.called.zh for measure in SCHEME.measures if measure.code == entry["code"])
        (number,) = {line[0] for line in rows if line[2] == "名次" and line[3] == name}
        made = {line[2]: line[5:] for line in rows if line[0] == number}
        for sort, key in (("分子", "of"), ("分母", "to"), ("名次", "place")):
            assert made[sort] == [line[key] for line in entry["towns"]]
        assert made["得分"] == [line["score"] / 100 for line in entry["towns"]]
        assert made["台账分子"] == [line["own"][0] for line in entry["towns"]]
    ranked = book.get_sheet_by_name("各单位排名").to_python()[3:]
    assert len(ranked) == 2 * len(row.content["units"])
    assert ranked[0][2:] == [line["place"] for line in row.content["units"][0]["towns"]]
