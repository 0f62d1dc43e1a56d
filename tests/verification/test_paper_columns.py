"""Tampering with rungs and papers: each column, altered alone, gives exactly these findings.

Altering two columns at once would hide that one of two proofs is missing. A column without a proof has an empty line.
"""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.lived_county import lived_county
from tests.support.tampering import Expected, columns, every_column

pytestmark = pytest.mark.one_database("sqlite")
EXPECTED: Expected = {
    "document_number": (
        "number='2018:华扶办:3'",
        {
            "unit_id": "row_differs document_number 3",
            "year": "document_number_differs 2018:华扶办:3",
            "running": "document_number_differs 2018:华扶办:3; paper_gap series 2018:华扶办",
            "number": "document_number_differs 2018:华扶办:3; document_number_differs forged; paper_gap series 2018:华扶办",
        },
    ),
    "escalation": (
        "id=(SELECT min(id) FROM escalation WHERE paper IS NOT NULL)",
        {
            "ticket_id": "escalation_missing ticket 1; paper_altered ticket 1",
            "tenure_id": "escalation_differs ticket 1 escalation 4; escalation_missing ticket 1; paper_altered ticket 1",
            "custody_id": "escalation_differs ticket 1 escalation 4; escalation_missing ticket 1; paper_altered ticket 1",
            "unit_id": "escalation_forged ticket 1; escalation_missing ticket 1; paper_altered ticket 1",
            "stage": "escalation_forged ticket 1; escalation_missing ticket 1; paper_altered ticket 1",
            "rung": "escalation_forged ticket 1; escalation_missing ticket 1; paper_altered ticket 1",
            "due_at": "escalation_forged ticket 1; escalation_missing ticket 1",
            "detected_at": "escalation_forged ticket 1; escalation_missing ticket 1",
            "status": "escalation_forged ticket 1; escalation_missing ticket 1",
            "paper": (
                "escalation_forged ticket 1; escalation_missing ticket 1; paper_altered ticket 1; "
                "paper_gap series; paper_gap series 2018:华扶办"
            ),
        },
    ),
    "rung_answer": (
        "issued",
        {
            "ticket_id": "rung_answers_differ ticket 3; rung_waiting_differs ticket 3",
            "escalation_id": (
                "paper_altered ticket 3; rung_answer_differs ticket 3 answer 1; rung_answers_differ ticket 3; "
                "rung_waiting_differs ticket 3"
            ),
            "issued": "rung_answer_differs ticket 3 answer 1",
            "paper": (
                "paper_altered ticket 3; paper_gap series; paper_gap series 2018:华扶办; "
                "rung_answer_differs ticket 3 answer 1"
            ),
            "reason": "rung_answer_differs ticket 3 answer 1",
            "at": "rung_answer_differs ticket 3 answer 1",
            "by_id": "rung_answer_differs ticket 3 answer 1",
        },
    ),
    "paper": (
        "number='2018:华扶办:3'",
        {
            "number": (
                "document_number_differs 2018:华扶办:3; document_number_differs forged; "
                "paper_acts_differ ticket 3; paper_altered ticket 3; papers_differ ticket 3"
            ),
            "escalation_id": "paper_altered ticket 3",
            "ticket_id": "paper_acts_differ ticket 3; paper_pending_differs ticket 3; papers_differ ticket 3",
            "tenure_id": "paper_altered ticket 3; paper_pending_differs ticket 3",
            "custody_id": "paper_altered ticket 3",
            "stage": "paper_altered ticket 3",
            "rung": "paper_altered ticket 3",
            "unit_id": "paper_altered ticket 3; paper_pending_differs ticket 3",
            "leader_id": "paper_altered ticket 3",
            "issuer_id": "paper_altered ticket 3",
            "issued_at": "paper_altered ticket 3",
            "issued_by_id": "paper_altered ticket 3",
            "reason": "paper_altered ticket 3",
            "met_by": "paper_altered ticket 3",
            "demand_due_at": "paper_altered ticket 3",
            "deemed_at": "paper_altered ticket 3",
            "content": "paper_altered ticket 3",
            "hash": "paper_altered ticket 3",
        },
    ),
    "paper_act": (
        "act='end' AND how='revoked'",
        {
            "ticket_id": "paper_acts_differ ticket 1; paper_pending_differs ticket 1",
            "paper_id": "paper_acts_differ ticket 1; paper_pending_differs ticket 1",
            "act": "paper_acts_differ ticket 1; paper_pending_differs ticket 1",
            "how": "paper_act_altered ticket 1; paper_pending_differs ticket 1",
            "at": "paper_act_altered ticket 1",
            "effective_at": "paper_act_altered ticket 1",
            "by_id": "paper_act_altered ticket 1",
            "asked_by_id": "paper_act_altered ticket 1",
            "words": "paper_act_altered ticket 1",
            "round": "paper_acts_differ ticket 1",
            "evidence": "paper_act_altered ticket 1",
            "details": "paper_act_altered ticket 1",
        },
    ),
    "paper_pending": (
        "paper_id = (SELECT min(paper_id) FROM paper_pending)",
        {
            "ticket_id": "paper_pending_differs ticket 2",
            "tenure_id": "paper_pending_differs ticket 2",
            "unit_id": "paper_pending_differs ticket 2",
            "deemed_at": "paper_pending_differs ticket 2",
            "open": "paper_pending_differs ticket 2",
        },
    ),
}


def test_whatever_column_of_a_rung_or_a_paper_is_altered_is_found_and_nothing_else(
    engine: Engine, tmp_path: Path
) -> None:
    county = lived_county(engine, tmp_path)
    assert every_column(county.engine, tmp_path, EXPECTED) == columns(EXPECTED)
