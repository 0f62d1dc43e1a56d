"""Tampering with duties: each column of entries and hand-ins, altered alone, gives exactly these findings."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.duties import at, duty_county, enter, hand_in, open_by, tickets
from tests.support.tampering import NUMBERS, Expected, columns, every_column

pytestmark = pytest.mark.one_database("sqlite")
EXPECTED: Expected = {
    "duty_entry": (
        "id = 2",
        {
            "ticket_id": "duty_rows_differ ticket 23",
            "on": "duty_entry_differs ticket 23 entry 2",
            "fields": "duty_entry_differs ticket 23 entry 2",
            "evidence": "duty_entry_differs ticket 23 entry 2",
            "unit_id": "duty_entry_differs ticket 23 entry 2",
            "by_id": "duty_entry_differs ticket 23 entry 2",
            "at": "duty_entry_differs ticket 23 entry 2",
            "corrects_id": "duty_entry_differs ticket 23 entry 2",
            "void": "duty_entry_differs ticket 23 entry 2",
            "reason": "duty_entry_differs ticket 23 entry 2",
            "once": "row_differs duty_entry 2",
        },
    ),
    "duty_form": (
        "id = 1",
        {
            "ticket_id": "duty_rows_differ ticket 17",
            "at": "duty_form_differs ticket 17 form 1",
            "by_id": "duty_form_differs ticket 17 form 1",
            "fields": "duty_form_differs ticket 17 form 1",
            "missing": "duty_form_differs ticket 17 form 1",
            "done": "duty_form_differs ticket 17 form 1",
            "target": "duty_form_differs ticket 17 form 1",
        },
    ),
}
OTHERS = {"duty_entry": {"evidence": NUMBERS}}


def test_whatever_column_of_an_entry_or_a_form_is_altered_is_found_and_nothing_else(
    engine: Engine, tmp_path: Path
) -> None:
    county = duty_county(engine)
    open_by(county, at("2018-11-01"))
    made = tickets(county)
    special = made["town-a", "special", "2018"]
    first = enter(county, "town", special, "2018-11-20")
    enter(county, "town", special, "2018-11-21", corrects=first, reason="日期有误")
    hand_in(county, "water", made["water", "report", "2018-11"], at("2018-12-03"), form={"cases": 3})
    assert every_column(engine, tmp_path, EXPECTED, OTHERS) == columns(EXPECTED)
