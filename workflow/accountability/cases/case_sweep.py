"""Case sweep: records lapsed times for statements, at a cost that depends only on what is due.

One transaction per case; its row lock and state make the lapse happen once, with any number of workers.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AccountabilityCase
from models.base import stated
from workflow import batches
from workflow.accountability.cases import case_desk
from workflow.batches import Swept, Transactions
from workflow.county.context import county_context


def due(session: Session, now: datetime) -> list[int]:
    """The cases with a due lapse."""
    query = select(AccountabilityCase.id).where(
        AccountabilityCase.next_at.is_not(None), AccountabilityCase.next_at < now
    )
    return list(session.scalars(query.order_by(AccountabilityCase.next_at, AccountabilityCase.id)))


def run(reading: Transactions, writing: Transactions, now: datetime, swept: Swept | None = None) -> Swept:
    """Apply the lapses due before `now`, counted in `swept`.  A failing case stops no other."""
    swept = Swept() if swept is None else swept

    def single(session: Session, case_id: int) -> int:
        row = stated(case_desk.lock(session, case_id))
        return int(case_desk.settle(session, county_context(session, row.scheme_version_id), row, now))

    with reading() as session:
        due_ids = due(session, now)
    # Case ids are negative here, so that they do not collide with ticket ids.
    if lapsed := batches.one_by_one(writing, due_ids, single, swept.failed, key=lambda case_id: -case_id):
        swept.lapsed["lapse_statement"] = swept.lapsed.get("lapse_statement", 0) + lapsed
    return swept
