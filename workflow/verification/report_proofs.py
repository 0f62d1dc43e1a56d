"""Report proofs: written reports, their receipts and the roll of late units equal their hashes and events."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Event, Ranking, Report, ReportReceipt, ReportRoll
from workflow.history.event_log import canonical, digest, stamp
from workflow.verification.checks import Finding


def reports(session: Session) -> Iterator[Finding]:
    """Check every report row against its own hash and its event, and that there is none without an event."""
    recorded: dict[tuple[str, int], tuple[object, ...]] = {}
    events = select(Event).where(Event.subject_type == "ranking", Event.action.in_(list(_TELLS)))
    for event in session.scalars(events):
        what, name = _TELLS[event.action]
        said = (
            event.subject_id,
            event.actor_id,
            stamp(event.at),
            event.given.get("number"),
            event.effect.get("hash"),
            event.effect.get("late"),
        )
        recorded[what, event.effect.get(name, 0)] = said
    seen = set()
    for row in session.scalars(select(Report)):
        actual: tuple[object, ...] = (row.ranking_id, row.by_id, stamp(row.issued_at), row.number, row.hash, None)
        ranked = session.scalar(select(Ranking.hash).where(Ranking.id == row.ranking_id))
        frozen = digest(canonical(row.content)) == row.hash and row.content.get("ranking") == ranked
        seen.add(("report", row.id))
        if recorded.get(("report", row.id)) != actual or not frozen:
            yield Finding("report_differs", f"report {row.id}")
    received = select(ReportReceipt, Report).join(Report, Report.id == ReportReceipt.report_id)
    for receipt, row in session.execute(received):
        seen.add(("receipt", receipt.id))
        actual = (row.ranking_id, receipt.by_id, stamp(receipt.at), row.number, None, None)
        if recorded.get(("receipt", receipt.id)) != actual:
            yield Finding("report_receipt_differs", f"report {receipt.report_id}")
    for roll in session.scalars(select(ReportRoll)):
        seen.add(("roll", roll.id))
        if recorded.get(("roll", roll.id)) != (roll.ranking_id, None, stamp(roll.at), None, None, roll.late):
            yield Finding("report_roll_differs", f"ranking {roll.ranking_id}")
    for what, number in sorted(recorded.keys() - seen):
        yield Finding("report_missing", f"{what} {number}")


_TELLS = {
    "issue_report": ("report", "report"),
    "receive_report": ("receipt", "receipt"),
    "roll_reports": ("roll", "roll"),
}
