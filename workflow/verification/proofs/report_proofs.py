"""Report proofs: written reports, reviews of their drafts, receipts, the roll of late units and the reminders of units equal
their hashes and events.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    Event,
    EventSecret,
    Ranking,
    RankingReminder,
    RankingSign,
    Report,
    ReportReceipt,
    ReportReview,
    ReportRoll,
)
from workflow.history.event_log import stamp
from workflow.verification.proofs.findings import ANYTHING, Finding, RowComparison, is_intact

#: The action of the history, and the field of its effect with the number of the row.
_ACTIONS = {"issue_report": "report", "receive_report": "receipt", "roll_reports": "roll"}
_REPORTS = RowComparison[tuple[Report, str], int](
    key=lambda row: row[0].id,
    actual=lambda row: (
        *(row[0].ranking_id, row[0].by_id, stamp(row[0].issued_at), row[0].number, row[0].hash),
        *(None, row[0].post_id, row[0].authorisation_id, row[0].unit_id),
    ),
    intact=lambda row: is_intact(row[0]) and row[0].content.get("ranking") == row[1],
    subject=lambda row: f"report {row[0].id}",
    differs="report_differs",
    missing="report_missing",
    missing_subject=lambda key: f"report {key}",
)
_RECEIPTS = RowComparison[tuple[ReportReceipt, Report], int](
    key=lambda row: row[0].id,
    actual=lambda row: (row[1].ranking_id, row[0].by_id, stamp(row[0].at), row[1].number, *[None] * 4, row[1].unit_id),
    subject=lambda row: f"report {row[0].report_id}",
    differs="report_receipt_differs",
    missing="report_missing",
    missing_subject=lambda key: f"receipt {key}",
)
_ROLLS = RowComparison[ReportRoll, int](
    key=lambda row: row.id,
    actual=lambda row: (row.ranking_id, None, stamp(row.at), None, None, row.late, None, None, None),
    subject=lambda row: f"ranking {row.ranking_id}",
    differs="report_roll_differs",
    missing="report_missing",
    missing_subject=lambda key: f"roll {key}",
)
_REVIEWS = RowComparison[tuple[ReportReview, RankingSign], int](
    key=lambda row: row[0].id,
    actual=lambda row: (row[0].sign_id, row[1].by_id, row[0].by_id, stamp(row[0].at), row[0].remark),
    intact=lambda row: row[0].drafted_by_id == row[1].by_id,
    subject=lambda row: f"report review {row[0].id}",
    differs="report_review_differs",
    missing="report_missing",
    missing_subject=lambda key: f"review {key}",
)

_REMINDERS = RowComparison[RankingReminder, tuple[Any, ...]](
    key=lambda row: (row.on.isoformat(), row.what, row.day.isoformat(), row.unit_id),
    actual=lambda row: (row.by_id, stamp(row.at)),
    subject=lambda row: f"ranking reminder {row.id}",
    differs="reminder_differs",
    missing="row_missing",
    missing_subject=lambda key: f"ranking reminder {key[0]} unit {key[3]}",
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
            event.given.get("post"),
            event.given.get("authorisation"),
            event.given.get("unit"),
        )
    issued = select(Report, Ranking.hash).outerjoin(Ranking, Ranking.id == Report.ranking_id)
    received = select(ReportReceipt, Report).join(Report, Report.id == ReportReceipt.report_id)
    yield from _REPORTS.findings(session.execute(issued), recorded["report"])
    yield from _RECEIPTS.findings(session.execute(received), recorded["receipt"])
    yield from _ROLLS.findings(session.scalars(select(ReportRoll)), recorded["roll"])


def reviews(session: Session) -> Iterator[Finding]:
    """Check every review of a draft against its event, and that there is none without an event."""
    events = (
        select(Event, EventSecret.body)
        .outerjoin(EventSecret, EventSecret.event_id == Event.id)
        .where(Event.subject_type == "ranking", Event.action == "review_report")
    )
    drafters = {row[0]: row[1] for row in session.execute(select(RankingSign.id, RankingSign.by_id))}
    recorded: dict[int, tuple[Any, ...]] = {}
    for event, body in session.execute(events):
        erased = event.commitment is not None and body is None
        remark = ANYTHING if erased else (body or {}).get("remark", "")
        sign = event.effect.get("sign")
        recorded[event.effect.get("review", 0)] = (sign, drafters.get(sign), event.actor_id, stamp(event.at), remark)
    rows = select(ReportReview, RankingSign).join(RankingSign, RankingSign.id == ReportReview.sign_id)
    yield from _REVIEWS.findings(session.execute(rows), recorded)


def reminders(session: Session) -> Iterator[Finding]:
    """Check every reminder of a unit against the event of its reminding, and that there is none without an event."""
    kinds = {"remind_figures": "figures", "remind_reports": "report"}
    events = select(Event).where(Event.subject_type == "county", Event.action.in_(list(kinds)))
    recorded = {
        (event.given["on"], kinds[event.action], event.given["day"], unit): (event.actor_id, stamp(event.at))
        for event in session.scalars(events)
        for unit in event.effect["units"]
    }
    yield from _REMINDERS.findings(session.scalars(select(RankingReminder).order_by(RankingReminder.id)), recorded)
