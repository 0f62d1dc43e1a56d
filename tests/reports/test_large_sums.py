"""Large sums are written in 万元, and no cell of a table holds more in one piece than it is wide."""

import re
from datetime import date

import pytest
from sqlalchemy import Engine

from reports import passages, sheets
from reports.document import Table
from tests.support.factories import settle_county, words
from tests.support.rankings import HOUR, make_ranking, ranked_scheme
from workflow.assessment import reported_figures
from workflow.assessment.figure_bounds import Line
from workflow.county.context import county_context
from workflow.policy.scheme.model import Scheme

#: Of the text's width on A4 and of a figure at 12 pt, with the room beside it in a cell, in points.
_WIDE, _HALF, _ROOM = 442, 6, 8


def pieces(text: str) -> list[str]:
    """What no program breaks a line in: runs of figures and marks with the character after them."""
    return re.findall(r"[!-~]+[^\n!-~]?", text)


def too_wide(table: Table) -> list[str]:
    whole = sum(table.widths)
    return [
        piece
        for row in table.rows
        for column, cell in enumerate(row)
        for piece in pieces(cell)
        if sum(_HALF if c.isascii() else 2 * _HALF for c in piece) > _WIDE * table.widths[column] / whole - _ROOM
    ]


@pytest.mark.parametrize(
    ("unit", "of", "to", "printed"),
    [
        ("元", 4_190_914, 4_988_000, "419.09/498.80万元"),
        ("万元", 41_909, 49_880, "41909/49880万元"),
        ("户", 8, 11, "8/11户"),
    ],
)
def test_a_large_sum_is_written_in_its_unit_and_fits_its_cell(
    engine: Engine, unit: str, of: int, to: int, printed: str
) -> None:
    """Seen: 4190914/4988000元 ran over both neighbours of its cell."""
    content = ranked_scheme().model_dump(mode="json")
    content["measures"][2]["unit"] = words(unit)
    county = settle_county(engine, Scheme.model_validate(content))
    with county.write() as session:
        setting, day = county_context(session), date(2018, 11, 28)
        who, lines = county.people["power"], [Line("甲镇", of, to)]
        reported_figures.report(session, who, setting, HOUR, "told", day, lines, "财政系统", {})
    row = make_ranking(county)
    tables = [passages.shares(setting, row)]
    town = sheets.unit_sheet(setting, row, setting.unit(county.units["town-a"]), [])
    tables += [table for section in town.sections for table in section.tables]
    for table in tables:
        assert printed in [cell.replace("\n", "") for line in table.rows for cell in line]
        assert too_wide(table) == []
