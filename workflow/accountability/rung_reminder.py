"""Rung reminder: the office is reminded, once a working day, of the papers that wait for a person."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import Escalation, RungWaiting, Ticket, WaitingReminder
from workflow.actors import system
from workflow.batches import Transactions
from workflow.county.context import county_context
from workflow.history import event_log
from workflow.policy.worktime import local_date


def remind(reading: Transactions, writing: Transactions, now: datetime) -> None:
    """Remind the office, once a working day while it is open, of the papers that wait for a person."""
    with reading() as session:
        day = local_date(now)
        if not _waiting(session) or session.get(WaitingReminder, day) is not None:
            return
        if not county_context(session).clock.is_open(now):
            return
    with writing() as session:
        waiting = _waiting(session)
        dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
        row = dialect.insert(WaitingReminder).values(day=day, at=now, waiting=len(waiting))
        if not waiting or session.scalar(row.on_conflict_do_nothing().returning(WaitingReminder.day)) is None:
            return
        setting = county_context(session)
        office = sum(setting.overseer(unit).type == "office" for unit in waiting)
        given = {"day": day.isoformat(), "waiting": len(waiting), "office": office, "leaders": len(waiting) - office}
        event_log.of(session, event_log.COUNTY, system(), now).append("papers_waiting", given)


def _waiting(session: Session) -> list[int]:
    """The addressed unit of every rung of an open ticket that waits for a person."""
    query = (
        select(Escalation.unit_id)
        .join(RungWaiting, RungWaiting.escalation_id == Escalation.id)
        .join(Ticket, Ticket.id == RungWaiting.ticket_id)
        .where(RungWaiting.issue_at.is_(None), Ticket.ended_at.is_(None))
    )
    return list(session.scalars(query))
