"""Observation: since when every have of a household has been met without a break, for schemes that require it.

A have is missing from the day of an unmet finding or ticket until the day it was seen met again.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import Finding, Household, Ticket
from workflow.county.context import CountyContext
from workflow.policy.worktime import local_date


@dataclass(frozen=True, slots=True)
class Observed:
    """`since`: the first day of the unbroken stretch, None while something is missing; `until`: the day it
    suffices."""

    since: date | None
    until: date | None
    days: int
    long_enough: bool


def observe(session: Session, setting: CountyContext, household: Household, now: datetime) -> Observed | None:
    """The observation of a household under the scheme's `exit.observe_days`; None where the scheme asks for none."""
    days = setting.scheme.exit.observe_days
    if days is None:
        return None
    since = _since(session, setting, household)
    until = since + timedelta(days=days) if since else None
    return Observed(since, until, days, until is not None and until <= local_date(now))


def _since(session: Session, setting: CountyContext, household: Household) -> date | None:
    have_of = {kind.code: kind.have for kind in setting.scheme.kinds if kind.have}
    seen: dict[str, list[tuple[date, bool]]] = {have.code: [] for have in setting.scheme.haves}
    findings = select(Finding.have, Finding.result, Finding.seen_on).where(Finding.household_id == household.id)
    for have, result, day in session.execute(findings):
        if have in seen:
            seen[have].append((day, result != "unmet"))
    tickets = select(Ticket.kind, Ticket.filed_at, Ticket.visited_on, Ticket.state).where(
        or_(Ticket.household_id == household.id, Ticket.village_id == household.village_id),
        Ticket.kind.in_(list(have_of)),
        Ticket.state != "withdrawn",
    )
    for kind, filed_at, visited_on, state in session.execute(tickets):
        seen[have_of[kind]].append((local_date(filed_at), False))
        if state == "closed" and visited_on is not None:
            seen[have_of[kind]].append((visited_on, True))
        else:
            return None
    begun = [_unbroken(days) for days in seen.values()]
    return max((day for day in begun if day is not None), default=None) if None not in begun else None


def _unbroken(days: list[tuple[date, bool]]) -> date | None:
    """The first day seen met after the last day seen missing; resolved within a day counts as met."""
    first = None
    for day, met in sorted(days):
        first = (first or day) if met else None
    return first
