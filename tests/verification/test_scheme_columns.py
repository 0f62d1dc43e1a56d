"""Tampering with county, working days and adoptions: each column, altered alone, gives exactly these findings."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.calendars import change
from tests.support.factories import START, settle_county, small_scheme
from tests.support.schemes import adopt, scheme
from tests.support.tampering import Expected, columns, every_column

pytestmark = pytest.mark.one_database("sqlite")
EXPECTED: Expected = {
    "county": (
        "id = 1",
        {
            "code": "row_differs county 1",
            "name": "row_differs county 1",
            "name_en": "row_differs county 1",
            "scheme_version_id": "scheme_not_adopted county wuhua",
            "calendar_version": "calendar_differs version",
        },
    ),
    "scheme_version": (
        "version = 2",
        {
            "code": "row_differs scheme_version 2",
            "version": "row_differs scheme_version 2",
            "year": "scheme_altered version 2",
            "content_hash": "scheme_altered version 2",
            "content": "scheme_altered version 2",
            "loaded_at": "row_differs scheme_version 2",
        },
    ),
    "scheme_adoption": (
        "state = 'waiting'",
        {
            "scheme_version_id": "adoption_differs adoption 2",
            "from_day": "adoption_differs adoption 2",
            "adopted_at": "adoption_differs adoption 2",
            "adopted_by_id": "adoption_differs adoption 2",
            "state": "adoption_differs adoption 2",
            "settled_at": "row_differs scheme_adoption 2",
        },
    ),
    "working_day_override": (
        "source = 'county'",
        {
            "day": "calendar_differs day 2018-11-22",
            "works": "calendar_differs day 2018-11-22",
            "name": "calendar_differs day 2018-11-22",
            "source": "calendar_differs day 2018-11-22; row_differs working_day_override 245",
            "document": "row_differs working_day_override 245",
        },
    ),
}


def test_whatever_column_of_a_scheme_or_a_working_day_is_altered_is_found_and_nothing_else(
    engine: Engine, tmp_path: Path
) -> None:
    county = settle_county(engine, small_scheme())
    change(county, START, "2018-11-22,no,抗洪")
    adopt(county, scheme(mend=5), date(2018, 12, 1))
    assert every_column(engine, tmp_path, EXPECTED) == columns(EXPECTED)
