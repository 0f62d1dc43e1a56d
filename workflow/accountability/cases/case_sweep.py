"""The sweep of the cases: the time for a statement runs out by itself, in time proportional to what is due.

One transaction a case; its row lock and its state make the lapse happen once, whatever number of workers runs.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AccountabilityCase
from workflow.accountability.cases import case_desk
from workflow.batches import Swept, Transactions
from workflow.county.context import setting


def due(session: Session, now: datetime) -> list[int]:
    """The cases whose moment has come and was not yet acted on."""
    query = select(AccountabilityCase.id).where(
        AccountabilityCase.next_at.is_not(None), AccountabilityCase.next_at < now
    )
    return list(session.scalars(query.order_by(AccountabilityCase.next_at, AccountabilityCase.id)))


def run(reading: Transactions, writing: Transactions, now: datetime, swept: Swept | None = None) -> Swept:
    """Let lapse what is due before `now`; counted in `swept`.  A case that fails stops no other."""
    swept = Swept() if swept is None else swept
    with reading() as session:
        found = due(session, now)
    for case_id in found:
        try:
            with writing() as session:
                row = case_desk.lock(session, case_id)
                assert row is not None
                if case_desk.settle(session, setting(session, row.scheme_version_id), row, now):
                    swept.lapsed["lapse_statement"] = swept.lapsed.get("lapse_statement", 0) + 1
        except Exception as error:
            # Ids of cases beside those of tickets: negative, so that neither hides the other.
            swept.failed[-case_id] = f"{type(error).__name__}: {error}"[:200]
    return swept
