"""Report proofs: written reports, their receipts and the roll of late units equal their hashes and events."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Event, Ranking, Report, ReportReceipt, ReportRoll
from workflow.history.event_log import stamp
from workflow.verification.findings import Finding, RowComparison, is_intact

#: The action of the history, and the field of its effect with the number of the row.
_ACTIONS = {"issue_report": "report", "receive_report": "receipt", "roll_reports": "roll"}
_REPORTS = RowComparison[tuple[Report, str], int](
    key=lambda row: row[0].id,
    actual=lambda row: (
        *(row[0].ranking_id, row[0].by_id, stamp(row[0].issued_at), row[0].number, row[0].hash),
        None,
    ),
    intact=lambda row: is_intact(row[0]) and row[0].content.get("ranking") == row[1],
    subject=lambda row: f"report {row[0].id}",
    differs="report_differs",
    missing="report_missing",
    missing_subject=lambda key: f"report {key}",
)
_RECEIPTS = RowComparison[tuple[ReportReceipt, Report], int](
    key=lambda row: row[0].id,
    actual=lambda row: (row[1].ranking_id, row[0].by_id, stamp(row[0].at), row[1].number, None, None),
    subject=lambda row: f"report {row[0].report_id}",
    differs="report_receipt_differs",
    missing="report_missing",
    missing_subject=lambda key: f"receipt {key}",
)
_ROLLS = RowComparison[ReportRoll, int](
    key=lambda row: row.id,
    actual=lambda row: (row.ranking_id, None, stamp(row.at), None, None, row.late),
    subject=lambda row: f"ranking {row.ranking_id}",
    differs="report_roll_differs",
    missing="report_missing",
    missing_subject=lambda key: f"roll {key}",
)


def reports(session: Session) -> Iterator[Finding]:
    """Check every report row against its own hash and its event, and that there is none without an event."""
    recorded: dict[str, dict[int, tuple[Any, ...]]] = {name: {} for name in _ACTIONS.values()}
    events = select(Event).where(Event.subject_type == "ranking", Event.action.in_(list(_ACTIONS)))
    for event in session.scalars(events):
        name = _ACTIONS[event.action]
        recorded[name][event.effect.get(name, 0)] = (
            event.subject_id,
            event.actor_id,
            stamp(event.at),
            event.given.get("number"),
            event.effect.get("hash"),
            event.effect.get("late"),
        )
    issued = select(Report, Ranking.hash).outerjoin(Ranking, Ranking.id == Report.ranking_id)
    received = select(ReportReceipt, Report).join(Report, Report.id == ReportReceipt.report_id)
    yield from _REPORTS.findings(session.execute(issued), recorded["report"])
    yield from _RECEIPTS.findings(session.execute(received), recorded["receipt"])
    yield from _ROLLS.findings(session.scalars(select(ReportRoll)), recorded["roll"])
