"""Tampering with cases: each column of accountability cases and dossiers, altered alone, gives exactly these findings."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.cases import act, case_county, overdue, raised
from tests.support.tampering import Expected, columns, every_column

pytestmark = pytest.mark.one_database("sqlite")
EXPECTED: Expected = {
    "accountability_case": (
        "id = 1",
        {
            "scheme_version_id": "row_differs case 1 scheme_version_id",
            "ticket_id": "row_differs case 1 ticket_id",
            "custody_id": "row_differs case 1 custody_id",
            "escalation_id": "row_differs case 1 escalation_id",
            "unit_id": "row_differs case 1 unit_id",
            "leader_id": "row_differs case 1 leader_id",
            "decider_unit_id": "row_differs case 1 decider_unit_id",
            "state": "row_differs case 1 state",
            "version": "row_differs case 1 version",
            "proposed_by_id": "row_differs case 1 proposed_by_id",
            "proposed_at": "row_differs case 1 proposed_at",
            "indicator": "row_differs case 1 indicator",
            "figure": "row_differs case 1 figure",
            "opened_at": "row_differs case 1 opened_at",
            "opened_by_id": "row_differs case 1 opened_by_id",
            "opened_by_unit_id": "row_differs case 1 opened_by_unit_id",
            "notified_at": "row_differs case 1 notified_at",
            "statement_due_at": "row_differs case 1 statement_due_at",
            "stated_at": "row_differs case 1 stated_at",
            "silent": "row_differs case 1 silent",
            "heard_on": "row_differs case 1 heard_on",
            "decided_at": "row_differs case 1 decided_at",
            "decided_by_id": "row_differs case 1 decided_by_id",
            "decided_by_unit_id": "row_differs case 1 decided_by_unit_id",
            "outcome": "row_differs case 1 outcome",
            "served_at": "row_differs case 1 served_at",
            "appeal_until": "row_differs case 1 appeal_until",
            "appeals": "row_differs case 1 appeals",
            "withdrawal_by_id": "row_differs case 1 withdrawal_by_id",
            "withdrawn_by_id": "row_differs case 1 withdrawn_by_id",
            "ended_at": "row_differs case 1 ended_at",
            "next_at": "row_differs case 1 next_at",
        },
    ),
    "case_dossier": (
        "case_id = 1 AND seq = 3",
        {
            "case_id": "dossier_altered case 1001 #3; dossier_missing case 1 #3",
            "seq": "dossier_altered case 1 #1003; dossier_missing case 1 #3",
            "action": "row_differs case_dossier 3",
            "made_at": "row_differs case_dossier 3",
            "content": "dossier_altered case 1 #3",
            "hash": "dossier_altered case 1 #3",
        },
    ),
}


def test_whatever_column_of_a_case_is_altered_is_found_and_nothing_else(engine: Engine, tmp_path: Path) -> None:
    county = case_county(engine)
    case = raised(county, overdue(county))
    for who, action in (("office", "notify"), ("water", "respond"), ("office", "hear"), ("leaders", "decide")):
        act(county, who, case, action)
    assert every_column(engine, tmp_path, EXPECTED) == columns(EXPECTED)
