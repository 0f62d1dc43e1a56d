"""Tampering with rankings: each column of figures, signatures, objections and reports, altered alone, gives exactly
these findings.
"""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models import Ranking
from tests.support.factories import County, day, settle_county
from tests.support.rankings import HOUR, live_a_month, make_ranking, ranked_scheme
from tests.support.signing import colleague, lead
from tests.support.tampering import NUMBERS, Expected, columns, every_column
from workflow import evidence
from workflow.assessment import reported_figures
from workflow.assessment.desk import ranking_desk, unit_reminders
from workflow.assessment.figure_bounds import Assent, Line
from workflow.assessment.ranking import objections, responses, written_reports
from workflow.county.context import county_context

pytestmark = pytest.mark.one_database("sqlite")
EXPECTED: Expected = {
    "ranking": (
        "id = 1",
        {
            "on": "ranking_differs ranking 1",
            "edition": "ranking_differs ranking 1",
            "scheme_version_id": "row_differs ranking 1",
            "as_of": "ranking_differs ranking 1",
            "known_at": "row_differs ranking 1",
            "made_at": "ranking_differs ranking 1",
            "by_id": "ranking_differs ranking 1",
            "reason": "ranking_differs ranking 1",
            "content": "ranking_differs ranking 1",
            "hash": "ranking_differs ranking 1; report_differs report 1",
        },
    ),
    "reported_figure": (
        "id = 3",
        {
            "measure": "figure_differs figure 3",
            "town_id": "figure_differs figure 3",
            "up_to": "figure_differs figure 3",
            "numerator": "figure_differs figure 3",
            "denominator": "figure_differs figure 3",
            "source": "figure_differs figure 3",
            "unit_id": "figure_differs figure 3",
            "by_id": "figure_differs figure 3",
            "at": "figure_differs figure 3",
            "replaces_id": "figure_differs figure 3",
            "reason": "figure_differs figure 3",
            "none_here": "figure_differs figure 3",
        },
    ),
    "figure_proof": (
        "id = 1",
        {
            "figure_id": "figure_file_differs figure file 1",
            "figures": "figure_file_differs figure file 1",
            "sha256": "bytes_missing figure file 1; figure_file_differs figure file 1",
            "size": "figure_file_differs figure file 1",
            "media_type": "figure_file_differs figure file 1",
            "filename": "figure_file_differs figure file 1",
        },
    ),
    "ranking_sign": (
        "id = 1",
        {
            "ranking_id": "signature_differs ranking 1001",
            "unit_id": "signature_differs ranking 1",
            "by_id": "report_review_differs report review 1; signature_differs ranking 1",
            "at": "signature_differs ranking 1",
            "remark": "signature_differs ranking 1",
        },
    ),
    "ranking_objection": (
        "id = 1",
        {
            "ranking_id": "objection_answer_differs objection 1; objection_differs objection 1",
            "town_id": "objection_differs objection 1",
            "measure": "objection_answer_differs objection 1; objection_differs objection 1",
            "reason": "objection_differs objection 1",
            "by_id": "objection_differs objection 1",
            "at": "objection_differs objection 1",
        },
    ),
    "objection_answer": (
        "id = 1",
        {
            "objection_id": "objection_answer_differs objection 1001",
            "upheld": "objection_answer_differs objection 1",
            "reason": "objection_answer_differs objection 1",
            "by_id": "objection_answer_differs objection 1",
            "at": "objection_answer_differs objection 1",
        },
    ),
    "report": (
        "id = 1",
        {
            "ranking_id": "report_differs report 1; report_receipt_differs report 1",
            "unit_id": "report_differs report 1; report_receipt_differs report 1",
            "number": (
                "document_number_differs 2018:华水务:1; document_number_differs forged; paper_gap series; "
                "paper_gap series 2018:华水务; report_differs report 1; report_receipt_differs report 1"
            ),
            "issued_at": "report_differs report 1",
            "by_id": "report_differs report 1",
            "content": "report_differs report 1",
            "hash": "report_differs report 1",
            "post_id": "report_differs report 1",
            "authorisation_id": "report_differs report 1",
        },
    ),
    "report_review": (
        "id = 1",
        {"sign_id": "report_missing review 1"}
        | dict.fromkeys(("drafted_by_id", "by_id", "at", "remark"), "report_review_differs report review 1"),
    ),
    "report_receipt": (
        "id = 1",
        {
            "report_id": "report_missing receipt 1",
            "by_id": "report_receipt_differs report 1",
            "at": "report_receipt_differs report 1",
        },
    ),
    "ranking_reminder": (
        "id = 1",
        {
            "on": "reminder_differs ranking reminder 1; row_missing ranking reminder 2018-11-30 unit 4",
            "unit_id": "reminder_differs ranking reminder 1; row_missing ranking reminder 2018-11-30 unit 4",
            "what": "reminder_differs ranking reminder 1; row_missing ranking reminder 2018-11-30 unit 4",
            "day": "reminder_differs ranking reminder 1; row_missing ranking reminder 2018-11-30 unit 4",
            "by_id": "reminder_differs ranking reminder 1",
            "at": "reminder_differs ranking reminder 1",
        },
    ),
    "report_roll": (
        "id = 1",
        {
            "ranking_id": "report_roll_differs ranking 1001",
            "due_at": "row_differs report_roll 1",
            "at": "report_roll_differs ranking 1",
            "late": "report_roll_differs ranking 1",
        },
    ),
}
OTHERS = {"figure_proof": {"figures": NUMBERS}, "report_roll": {"late": NUMBERS}}


def assessed(county: County, files: Path) -> None:
    """Figures reported with a file and corrected, a ranking, signed, objected to and answered, a report received."""
    people = county.people
    live_a_month(county)
    roll = evidence.take(files, "甲镇,90\n".encode(), "参保名册.csv")
    for numerator, reason in ((90, ""), (91, "漏计")):
        with county.write() as session:
            lines = [Line("甲镇", numerator, 100), Line("乙镇", 95, 100)]
            reported_figures.report(
                session,
                people["power"],
                county_context(session),
                day(9, 9 + numerator - 90),
                "told",
                date(2018, 11, 28),
                lines,
                "参保系统",
                {},
                Assent(reason),
                [roll],
            )
    number = make_ranking(county).id
    with county.write() as session:
        row = session.get_one(Ranking, number)
        responses.sign(session, people["water"], HOUR, row, "本期重点是饮水工程")
        responses.review(session, people["water2"], HOUR, row, "本期重点是农村饮水工程")
        objection = objections.object_to(session, people["town"], HOUR, row, "haves", "该两户已入户核查")
        objections.answer(session, people["office"], HOUR + timedelta(days=1), objection.id, True, "已入户核对属实")
        report = written_reports.issue(session, people["water"], HOUR, row)
        written_reports.call_roll(session, HOUR + timedelta(days=5), row.id)
        written_reports.receive(session, people["leaders"], HOUR + timedelta(days=5), report.id)
        at_desk = ranking_desk.at_desk(session, county_context(session), HOUR + timedelta(days=5), row.on)
        assert at_desk is not None
        unit_reminders.remind(session, people["office"], HOUR + timedelta(days=5), at_desk, "report")


def test_whatever_column_of_a_ranking_or_a_report_is_altered_is_found_and_nothing_else(
    engine: Engine, tmp_path: Path
) -> None:
    county = settle_county(engine, ranked_scheme())
    lead(county, "water")
    colleague(county, "water2", "water")
    assessed(county, tmp_path)
    assert every_column(engine, tmp_path, EXPECTED, OTHERS) == columns(EXPECTED)
