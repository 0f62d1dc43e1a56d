"""Tampering with the register: each column of dossiers, matters and households that `verify` reads, altered alone,
gives exactly these findings.
"""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.factories import day
from tests.support.households import bundle, leave, settle_register, visit
from tests.support.tampering import Expected, columns, every_column

pytestmark = pytest.mark.one_database("sqlite")
EXPECTED: Expected = {
    "exit_dossier": (
        "id = 1",
        {
            "household_id": "row_differs exit_dossier 1",
            "passed_at": "row_differs exit_dossier 1",
            "passed_by_id": "row_differs exit_dossier 1",
            "unit_id": "row_differs exit_dossier 1",
            "content": "dossier_altered dossier 1",
            "hash": "dossier_altered dossier 1",
        },
    ),
    "matter": (
        "id = 1",
        {
            "village_id": "matter_differs matter 1",
            "kind": "matter_differs matter 1",
            "title": "row_differs matter 1",
            "began_at": "row_differs matter 1",
            "began_by_id": "row_differs matter 1",
            "ended_at": "matter_not_ended matter 1",
        },
    ),
}


def test_whatever_column_of_a_dossier_or_a_matter_is_altered_is_found_and_nothing_else(
    engine: Engine, tmp_path: Path
) -> None:
    county = settle_register(engine)
    visit(county)
    leave(county, day(1))
    bundle(county, *(county.file(household=code, kind="water") for code in ("A2", "A3")))
    assert every_column(engine, tmp_path, EXPECTED) == columns(EXPECTED)
