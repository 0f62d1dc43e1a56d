"""List reminders: whoever is late with a check or a question of a list is reminded once, by an event of the list."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import BulkLine, BulkList, Household
from models.bulk_list import DUE_LINES
from models.household import GONE
from workflow.register.bulk_lists.line_records import tell

_LOT = 500


def remind_due(session: Session, now: datetime) -> int:
    """Remind of the lines that are late and of which nobody was reminded yet, at most 500 at once; returns how many.

    A check of a household that is gone is not made any more.
    """
    query = (
        select(BulkLine, BulkList)
        .join(BulkList, BulkList.id == BulkLine.list_id)
        .outerjoin(Household, Household.id == BulkLine.household_id)
        .where(
            DUE_LINES.predicate,
            BulkLine.due_at <= now,
            BulkLine.reminded_at.is_(None),
            or_(Household.id.is_(None), Household.status.not_in([status for status in GONE if status != "merged"])),
        )
        .order_by(BulkList.id, BulkLine.id)
        .limit(_LOT)
        .with_for_update(of=(BulkList, BulkLine))
    )
    late: dict[tuple[int, str], tuple[BulkList, list[BulkLine]]] = {}
    for line, row in session.execute(query):
        line.reminded_at = now
        late.setdefault((row.id, line.outcome), (row, []))[1].append(line)
    for (_, outcome), (row, lines) in late.items():
        if outcome == "check":
            tell(session, now, row, "late_checks", len(lines), lines)
        else:
            tell(session, now, row, "late_lines", len(lines), lines)
    return sum(len(lines) for _, lines in late.values())
