"""Periodic report basis (item 6): the last ranking of the period, and the unit's tickets and duties of the period at
that ranking's hour.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Ranking, Ticket
from workflow.assessment.facts.facts_as_of import TicketFact, tickets
from workflow.county.context import CountyContext, UnitFact, county_context
from workflow.errors import NotFound
from workflow.policy.periods import Period, period_of
from workflow.policy.ranking_days import ranking_days
from workflow.policy.scheme.duties import Duty
from workflow.policy.worktime import local_date


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of a unit's tickets or duties in a period: total, closed, closed in time, open, overdue."""

    all: int
    closed: int
    on_time: int
    open: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Basis:
    """The figures of a draft."""

    setting: CountyContext
    duty: Duty
    period: Period
    unit: UnitFact
    ranking: Ranking
    tickets: Tally
    duties: Tally


def basis(session: Session, ticket: Ticket) -> Basis:
    """The basis of the draft of a duty's report.  Raises NotFound: no such form, or no ranking yet."""
    setting = county_context(session, ticket.scheme_version_id)
    if ticket.duty_unit_id is None or ticket.duty_code is None or ticket.period is None:
        raise NotFound("no_draft")
    duty = setting.scheme.duty(ticket.duty_code)
    if not any(field.draft for field in duty.fields):
        raise NotFound("no_draft")
    period, unit = period_of(duty, ticket.period, setting.year), setting.unit(ticket.duty_unit_id)
    row = ranking_of(session, period)
    if row is None:
        raise NotFound("no_ranking_in_period")
    ranked = county_context(session, row.scheme_version_id, known_at=row.as_of)
    facts = tickets(session, ranked, row.as_of)
    own = [fact for fact in facts if fact.duty_unit_id is None and _concerns(fact, unit)]
    owed = [fact for fact in facts if fact.duty_unit_id == unit.id]
    return Basis(
        ranked, duty, period, unit, row, _tally(own, unit, period, row.as_of), _tally(owed, unit, period, row.as_of)
    )


def ranking_of(session: Session, period: Period) -> Ranking | None:
    """The last ranking of a period, whose figures a draft begins with; None before the first."""
    return session.scalars(
        select(Ranking)
        .where(Ranking.on >= period.start, Ranking.on <= period.end)
        .order_by(Ranking.on.desc(), Ranking.edition.desc())
        .limit(1)
    ).one_or_none()


def draft_state(session: Session, setting: CountyContext, duty: Duty, period: Period, now: datetime) -> str:
    """Whether a draft of a duty's report is `ready`, `awaited` because a ranking of the period is still to come, or neither
    (empty): no form begins with figures, the period is over, or towns are not ranked."""
    if not any(field.draft for field in duty.fields):
        return ""
    if ranking_of(session, period) is not None:
        return "ready"
    to_come = ranking_days(setting.scheme.ranking, max(period.start, local_date(now)), period.end)
    return "awaited" if setting.scheme.ranks and next(to_come, None) is not None else ""


def _concerns(fact: TicketFact, unit: UnitFact) -> bool:
    """Tickets of the town; for a bureau those it leads; for the office all."""
    if unit.type == "office":
        return True
    return fact.town_id == unit.id if unit.type == "town" else fact.lead_unit_id == unit.id


def _tally(facts: list[TicketFact], unit: UnitFact, period: Period, at: datetime) -> Tally:
    def within(day: date) -> bool:
        return period.start <= day <= period.end

    filed = [f for f in facts if within(local_date(f.filed_at)) and f.state != "withdrawn"]
    closed = [f for f in filed if f.state == "closed"]
    still = [f for f in filed if f.ended_at is None]
    late = [f for f in still if f.due_at is not None and f.due_at < at]
    on_time = [f for f in closed if (unit.id not in f.late if unit.type != "office" or f.duty_unit_id else not f.late)]
    return Tally(len(filed), len(closed), len(on_time), len(still), len(late))
