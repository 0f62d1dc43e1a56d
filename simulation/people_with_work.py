"""Demo accounts: the people whose first page has work on it, so that whoever tries the demo has something to do."""

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from models import Ticket, Unit, User
from models.base import stated
from simulation.settlement import Settled

_OPEN = (Ticket.type == "deficiency", Ticket.ended_at.is_(None))


def people_with_work(session: Session, settled: Settled) -> dict[str, str]:
    """By role, the sign-in name of a person with open tickets; without open tickets, empty.

    A village is chosen first: the one with most to complete, then most open tickets.  The town is its own, so that what
    one does is seen by the other; the bureau is the one that holds most.
    """
    to_complete = func.sum(case((and_(Ticket.state == "returned", Ticket.filed_as == "village"), 1), else_=0))
    village = session.execute(
        select(Ticket.in_village_id, Ticket.town_id)
        .where(*_OPEN, Ticket.in_village_id.is_not(None))
        .group_by(Ticket.in_village_id, Ticket.town_id)
        .order_by(to_complete.desc(), func.count().desc(), Ticket.in_village_id)
        .limit(1)
    ).first()
    bureau = session.scalar(
        select(Ticket.holder_unit_id)
        .join(Unit, Unit.id == Ticket.holder_unit_id)
        .where(*_OPEN, Unit.type == "bureau")
        .group_by(Ticket.holder_unit_id)
        .order_by(func.count().desc(), Ticket.holder_unit_id)
        .limit(1)
    )
    named: dict[str, str] = {}
    if village is not None:
        cadre = settled.people[("village", stated(village[0]))]
        named["village"] = session.scalars(select(User.name).where(User.id == cadre.account_id)).one()
        named["town"] = settled.clerks[stated(village[1])]
    if bureau is not None:
        named["bureau"] = settled.clerks[bureau]
    return named
