"""The office's board: open and overdue by unit and town, rungs, disputes; and the three figures over anybody's list.

Only open tickets are counted, and rungs only of open tickets, so that no figure costs more as history grows.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal_column, select
from sqlalchemy.orm import Session

from models import Custody, Escalation, RungAnswer, SpotCheck, SweepReport, Ticket, TimeRequest, WorkerHeartbeat
from workflow import spots
from workflow.actors import Actor
from workflow.county import Setting
from workflow.downtime import Outage, outages
from workflow.errors import NotAllowed
from workflow.permissions import COUNTY_WIDE
from workflow.policy.worktime import local_date
from workflow.reckoning import year_of
from workflow.seats import leaderless
from workflow.times import Granted, granted, waiting_requests

_MOST = 20


@dataclass(frozen=True, slots=True)
class Tally:
    """Open tickets somewhere, and how many of them are past due; `overdue_share` in whole per cent."""

    id: int
    open: int
    overdue: int

    @property
    def overdue_share(self) -> int:
        return round(100 * self.overdue / self.open) if self.open else 0


@dataclass(frozen=True, slots=True)
class Mine:
    """What waits for one person's unit (for a village: for its completion)."""

    waiting: int
    overdue: int
    today: int


@dataclass(frozen=True, slots=True)
class Board:
    """Everything the board shows."""

    units: list[Tally]
    towns: list[Tally]
    rungs: list[tuple[int, str, int]]
    disputes: list[Ticket]
    over_cap: list[Ticket]
    requests: list[tuple[TimeRequest, Ticket]]
    granted: list[Granted]
    #: Spot checks nobody made in time, with the ticket's number and the month.
    spots: list[tuple[SpotCheck, str, str]]
    open: int
    overdue: int
    beat: WorkerHeartbeat | None
    held: WorkerHeartbeat | None
    leaderless: list[tuple[int, int]]
    reports: dict[str, SweepReport]
    #: Tickets the auditor found amiss, and whether the comparison before had found them too; not more than a board shows.
    amiss: list[tuple[str, bool]]
    #: When the system was down in the assessment year, the latest first.
    outages: list[Outage]


def mine(session: Session, actor: Actor, place: Setting, now: datetime) -> Mine:
    """The figures over a person's own list."""
    here = own(actor)
    if here is None:
        return Mine(0, 0, 0)
    tonight = place.clock.closing(local_date(now)) + timedelta(hours=6)
    row = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(case((Ticket.due_at < now, 1), else_=0)), 0),
            func.coalesce(func.sum(case((and_(Ticket.due_at >= now, Ticket.due_at < tonight), 1), else_=0)), 0),
        ).where(here, Ticket.ended_at.is_(None))
    ).one()
    return Mine(int(row[0]), int(row[1]), int(row[2]))


def own(actor: Actor) -> ColumnElement[bool] | None:
    """The condition that an open ticket waits for this actor's unit; None for who never holds one."""
    if actor.role == "village":
        returned = and_(Ticket.state == "returned", Ticket.filed_as == "village")
        return and_(Ticket.in_village_id == actor.village_id, returned)
    return Ticket.holder_unit_id == actor.unit_id if actor.unit_id is not None else None


def board(session: Session, actor: Actor, place: Setting, now: datetime) -> Board:
    """The board of the county.  Raises NotAllowed for whom the county is not theirs to oversee."""
    if actor.role not in COUNTY_WIDE:
        raise NotAllowed("board_not_yours")
    units = _tallies(session, actor, Ticket.holder_unit_id, now)
    # Written out: PostgreSQL takes the same words bound twice for two expressions.
    stands = case(
        (RungAnswer.issued, literal_column("'issued'")),
        (RungAnswer.id.is_not(None), literal_column("'declined'")),
        else_=Escalation.status,
    )
    rungs = session.execute(
        select(Escalation.rung, stands, func.count())
        .outerjoin(RungAnswer, RungAnswer.escalation_id == Escalation.id)
        .join(Custody, Custody.id == Escalation.custody_id)
        .where(Custody.county_id == actor.county_id, Custody.ended_at.is_(None))
        .group_by(Escalation.rung, stands)
        .order_by(Escalation.rung, stands)
    )
    disputes = session.scalars(
        select(Ticket)
        .where(
            Ticket.holder_unit_id.in_((place.office.id, place.leaders.id)),
            Ticket.ended_at.is_(None),
            Ticket.state == "disputed",
        )
        .order_by(Ticket.due_at, Ticket.id)
        .limit(20)
    )
    over_cap = session.scalars(
        select(Ticket)
        .where(Ticket.county_id == actor.county_id, Ticket.ended_at.is_(None), Ticket.due_at > Ticket.cap_at)
        .order_by(Ticket.due_at, Ticket.id)
        .limit(20)
    )
    reports = {row.job: row for row in session.scalars(select(SweepReport))}
    return Board(
        units=units,
        towns=_tallies(session, actor, Ticket.town_id, now),
        rungs=[(row[0], row[1], row[2]) for row in rungs],
        disputes=list(disputes),
        over_cap=list(over_cap),
        requests=waiting_requests(session, actor),
        granted=granted(session, place),
        spots=spots.overdue(session, actor.county_id, now),
        open=sum(tally.open for tally in units),
        overdue=sum(tally.overdue for tally in units),
        beat=session.scalars(select(WorkerHeartbeat).order_by(WorkerHeartbeat.beat_at.desc()).limit(1)).first(),
        held=holding(session),
        leaderless=leaderless(session, actor.county_id),
        reports=reports,
        amiss=_amiss(session, actor, reports.get("audit")),
        outages=outages(session, place.county_id, place.clock, *year_of(place)),
    )


def _amiss(session: Session, actor: Actor, audit: SweepReport | None) -> list[tuple[str, bool]]:
    if audit is None:
        return []
    found, again = audit.result, set(audit.result.get("again", ()))
    ids = sorted({*found["missing"], *found["unfounded"]}, key=lambda ticket: (ticket not in again, ticket))[:_MOST]
    here = select(Ticket).where(Ticket.id.in_(ids), Ticket.county_id == actor.county_id)
    numbers = {row.id: row.number for row in session.scalars(here)}
    return [(numbers[ticket], ticket in again) for ticket in ids if ticket in numbers]


def holding(session: Session) -> WorkerHeartbeat | None:
    """The first alarm for which the sweep holds, if it does."""
    alarms = select(WorkerHeartbeat).where(WorkerHeartbeat.held_why.is_not(None))
    return session.scalars(alarms.order_by(WorkerHeartbeat.held_at, WorkerHeartbeat.id).limit(1)).first()


def _tallies(session: Session, actor: Actor, column: Any, now: datetime) -> list[Tally]:
    late = func.sum(case((Ticket.due_at < now, 1), else_=0))
    rows = session.execute(
        select(column, func.count(), late)
        .where(Ticket.county_id == actor.county_id, Ticket.ended_at.is_(None), column.is_not(None))
        .group_by(column)
        .order_by(late.desc(), func.count().desc(), column)
    )
    return [Tally(*row) for row in rows]
