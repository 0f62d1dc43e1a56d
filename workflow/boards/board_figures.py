"""Board figures of open tickets: counts by holder and town, overdue shares, and rungs reached."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal_column, select
from sqlalchemy.orm import Session

from models import Custody, Escalation, RungAnswer, Ticket
from workflow.actors import Actor
from workflow.boards.scope import Scope
from workflow.county.context import CountyContext
from workflow.tickets.views import due_soon


@dataclass(frozen=True, slots=True)
class Tally:
    """Open and overdue tickets of one group; `overdue_share` in whole per cent."""

    id: int
    open: int
    overdue: int

    @property
    def overdue_share(self) -> int:
        return round(100 * self.overdue / self.open) if self.open else 0


@dataclass(frozen=True, slots=True)
class SourceTally:
    """Open and overdue tickets that were filed from one source."""

    source: str
    open: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Mine:
    """Tickets waiting for a reader: total, overdue, and due by tonight."""

    waiting: int
    overdue: int
    today: int


@dataclass(frozen=True, slots=True)
class Step:
    """One rung of the ladder: the number of open tickets that reached it, by status.

    `stands`: counts of issued, proposed, declined, and missed while the system was down.
    """

    rung: int
    reached: int
    stands: dict[str, int] = field(default_factory=dict)


def mine(session: Session, actor: Actor, setting: CountyContext, now: datetime) -> Mine:
    """The figures of a person's own list (for a village: tickets returned for completion)."""
    here = own(actor)
    return Mine(0, 0, 0) if here is None else in_hand(session, setting, and_(here, Ticket.ended_at.is_(None)), now)


def own(actor: Actor) -> ColumnElement[bool] | None:
    """The condition that an open ticket waits for this actor's unit; None for roles that never hold one."""
    if actor.role == "village":
        returned = and_(Ticket.state == "returned", Ticket.filed_as == "village")
        return and_(Ticket.in_village_id == actor.village_id, returned)
    return Ticket.holder_unit_id == actor.unit_id if actor.unit_id is not None else None


def in_hand(session: Session, setting: CountyContext, which: ColumnElement[bool], now: datetime) -> Mine:
    """The figures of these open tickets."""
    today = due_soon.soon(now, due_soon.tonight(setting, now))
    row = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(case((Ticket.due_at < now, 1), else_=0)), 0),
            func.coalesce(func.sum(case((today, 1), else_=0)), 0),
        ).where(which)
    ).one()
    return Mine(int(row[0]), int(row[1]), int(row[2]))


def by_holder(session: Session, scope: Scope, now: datetime) -> list[Tally]:
    """Open tickets by holding unit, most overdue first."""
    return _tallies(session, scope.open(), Ticket.holder_unit_id, now)


def by_town(session: Session, scope: Scope, now: datetime) -> list[Tally]:
    """Open tickets by town, most overdue first; duties have no town."""
    return _tallies(session, scope.open(), Ticket.town_id, now)


def by_source(session: Session, scope: Scope, now: datetime) -> list[SourceTally]:
    """Open tickets it holds by the source they were filed from, most first; duties and old tickets have none."""
    late = func.sum(case((Ticket.due_at < now, 1), else_=0))
    rows = session.execute(
        select(Ticket.source, func.count(), late)
        .where(scope.held(), Ticket.source != "")
        .group_by(Ticket.source)
        .order_by(func.count().desc(), Ticket.source)
    )
    return [SourceTally(*row) for row in rows]


def _tallies(session: Session, which: ColumnElement[bool], column: Any, now: datetime) -> list[Tally]:
    late = func.sum(case((Ticket.due_at < now, 1), else_=0))
    rows = session.execute(
        select(column, func.count(), late)
        .where(which, column.is_not(None))
        .group_by(column)
        .order_by(late.desc(), func.count().desc(), column)
    )
    return [Tally(*row) for row in rows]


def ladder(session: Session, scope: Scope) -> list[Step]:
    """The rungs reached by open tickets in their present custody, from the lowest; every rung of the scheme.

    A tenure has a row for every rung up to the highest (those skipped while the system was down as missed), so a ticket
    counts once per rung and counts never increase upwards.
    """
    # Literals: PostgreSQL treats the same text bound twice as two expressions.
    stands = case(
        (RungAnswer.issued, literal_column("'issued'")),
        (RungAnswer.id.is_not(None), literal_column("'declined'")),
        else_=Escalation.status,
    )
    # From open tickets to their open custody and its rungs, so no rung of an ended ticket is read.
    rows = session.execute(
        select(Escalation.rung, stands, func.count())
        .select_from(Ticket)
        .join(Custody, and_(Custody.ticket_id == Ticket.id, Custody.ended_at.is_(None)))
        .join(Escalation, and_(Escalation.tenure_id == Custody.tenure_id, Escalation.stage == Custody.stage))
        .outerjoin(RungAnswer, RungAnswer.escalation_id == Escalation.id)
        .where(scope.held())
        .group_by(Escalation.rung, stands)
    )
    by_rung: dict[int, Counter[str]] = {}
    for rung, status, number in rows:
        by_rung.setdefault(rung, Counter())[status] += number
    rungs = len(scope.setting.scheme.ladder.rungs)
    return [
        Step(rung, by_rung.get(rung, Counter()).total(), dict(by_rung.get(rung, {}))) for rung in range(1, rungs + 1)
    ]
