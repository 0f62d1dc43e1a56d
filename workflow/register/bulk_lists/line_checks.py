"""Line checks: a checkup of a household settles the open lines that name it, and each line keeps which checkup it was.

A visit of the household's own side settles every line; what a household says, or a random check, those whose have it looked
at.  A merged household's lines are its successor's.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import BulkLine, BulkList, Checkup, Household
from models.bulk_list import OPEN_CHECKS
from workflow.actors import Actor
from workflow.policy.worktime import local_date
from workflow.register.bulk_lists.line_records import record_lines


def settle_lines(
    session: Session, actor: Actor, now: datetime, home: Household, checkup: Checkup, haves: Collection[str]
) -> list[int]:
    """Settle the open lines of a locked household by a checkup that looked at these haves; returns their ids."""
    if checkup.source == "matching":
        return []
    query = (
        select(BulkLine, BulkList)
        .join(BulkList, BulkList.id == BulkLine.list_id)
        .join(Household, Household.id == BulkLine.household_id)
        .where(OPEN_CHECKS.predicate, or_(Household.id == home.id, Household.successor_id == home.id))
        .order_by(BulkList.id, BulkLine.id)
        .with_for_update(of=(BulkList, BulkLine))
    )
    settled: dict[int, tuple[BulkList, list[BulkLine]]] = {}
    for line, row in session.execute(query):
        taken = row.taken_at is not None and local_date(row.taken_at) <= checkup.seen_on
        if not taken or (checkup.source != "visit" and row.have not in haves):
            continue
        line.checkup_id, line.settled_at = checkup.id, now
        settled.setdefault(row.id, (row, []))[1].append(line)
    for row, lines in settled.values():
        record_lines(session, actor, now, row, "check_lines", {"checkup": checkup.id}, lines)
    return [line.id for _, lines in settled.values() for line in lines]
