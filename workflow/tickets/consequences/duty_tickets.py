"""Duties (任务) as tickets: opened for a unit and a period, reported with a form, followed by the next step (压茬推进).

UNIQUE(unit, duty, period) makes an opening exactly once.
"""

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import DutyForm, DutyOpening, Party, Ticket
from models.base import stated
from workflow.actors import Actor, system
from workflow.county.context import CountyContext, UnitFact, county_context
from workflow.history import event_log
from workflow.policy.deadlines import by_rule
from workflow.policy.periods import Period, day_of_year, due_rule, period_of
from workflow.policy.scheme.duties import Duty
from workflow.tickets.actions.action_input import ActionInput
from workflow.tickets.custody import custodies
from workflow.tickets.custody.event_effects import folded, opened


class OwedDuty(NamedTuple):
    """A duty owed by a unit for a period."""

    duty: Duty
    unit: UnitFact
    period: Period


def open_duty(
    session: Session,
    setting: CountyContext,
    owed: OwedDuty,
    at: datetime,
    after: Ticket | None = None,
    rule: dict[str, Any] | None = None,
) -> Ticket:
    """Open one duty of one unit for one period, in progress.  The office confirms it; the leading group confirms the
    office's own duties and those handed in to itself.

    `after` is the ticket whose closing opens it; `rule` its due rule, where the duty alone does not determine it.
    The county's working days must be held (`county_context(hold=True)`).
    Raises IntegrityError where the duty is open already.
    """
    duty, unit, period = owed
    ticket = _new_ticket(setting, owed, at)
    rule = rule or due_rule(duty, period, setting.year, at, setting.scheme.duties.grace, setting.clock)
    opening = custodies.NextCustody(unit.id, "mend", deadline=by_rule(setting.clock, rule, at))
    session.add(ticket)
    with session.no_autoflush:
        run = custodies.begin(session, setting, ticket, opening, at, None)
    session.flush()
    given = {"duty": duty.code, "period": period.code} | ({"after": after.id} if after is not None else {})
    event_log.of(session, ticket, system(), at, first=True).append(
        "file", given, {"ticket": folded(ticket), "opened": opened(run)}
    )
    if duty.guided_by is not None:
        guide = setting.by_code[duty.guided_by]
        session.add(Party(ticket_id=ticket.id, unit_id=guide.id, standing="assisting", since=at))
        event_log.of(session, ticket, system(), at).append("assist", {"unit": guide.code}, notify=False)
    return ticket


def _new_ticket(setting: CountyContext, owed: OwedDuty, at: datetime) -> Ticket:
    duty, unit, period = owed
    return Ticket(
        scheme_version_id=setting.scheme_version_id,
        type="duty",
        state="in_progress",
        version=1,
        episode=1,
        duty_unit_id=unit.id,
        duty_code=duty.code,
        period=period.code,
        kind=duty.code,
        cause="",
        urgent=False,
        description="",
        filed_at=at,
        filed_as="system",
        route="duty",
        route_labour="unknown",
        lead_unit_id=unit.id,
        confirmer_unit_id=(setting.leaders if unit.type == "office" or duty.of_ranking else setting.office).id,
        may_decline=False,
        declines=0,
        extensions=0,
        false_closings=0,
        relapses=0,
        holder_unit_id=unit.id,
        hard_stop=_duty_hard_stop(setting, duty, at),
    )


def _duty_hard_stop(setting: CountyContext, duty: Duty, at: datetime) -> date | None:
    """A fixed due date also caps resumed custodies, unless it was past before the duty opened."""
    if duty.due.by != "date" or duty.due.date is None:
        return None
    day = day_of_year(setting.year, duty.due.date)
    return day if setting.clock.closing(day) > at else None


def keep_report(
    session: Session, ticket: Ticket, actor: Actor, action_input: ActionInput, at: datetime
) -> dict[str, Any]:
    """Store the form of a reported duty; returns the event payload."""
    row = DutyForm(
        ticket_id=ticket.id,
        at=at,
        by_id=actor.account_id,
        fields=action_input.private_text.get("form", {}),
        missing=action_input.text("missing"),
        done=action_input.hashed.get("done"),
        target=action_input.hashed.get("target"),
    )
    session.add(row)
    session.flush()
    return {"id": row.id, "done": row.done, "target": row.target}


def succeed(session: Session, ticket: Ticket, at: datetime) -> list[Ticket]:
    """Open the duties that follow one just ended, in the same transaction; returns those opened.

    Where one unit owes both steps, its own closing is enough; another unit's next step waits until all units of the
    first have closed it.  A cancelled duty opens nothing by itself.
    """
    setting = county_context(session, ticket.scheme_version_id)
    ended_code = stated(ticket.duty_code)
    following = setting.scheme.duties.following(ended_code)
    if not following:
        return []
    # A change of working days locks the county before its tickets; the rare deadlock is retried.
    setting = county_context(session, ticket.scheme_version_id, hold=True)
    # Two duties ending at once would each find the other open, so the second waits here.
    session.execute(select(DutyOpening.id).with_for_update())
    states = _states(session, setting, ticket, ended_code)
    ended = all(state in ("closed", "withdrawn") for state in states.values())
    made = []
    for duty in following:
        born = _states(session, setting, ticket, duty.code)
        for code in setting.scheme.duties.units_of(duty, setting.scheme.towns):
            unit = setting.by_code[code]
            ready = states[unit.id] == "closed" if unit.id in states else ended and "closed" in states.values()
            if ready and unit.id not in born:
                period = period_of(duty, ticket.duty_period, setting.year)
                made.append(open_duty(session, setting, OwedDuty(duty, unit, period), at, ticket))
    return made


def _states(session: Session, setting: CountyContext, ticket: Ticket, duty: str) -> dict[int, str]:
    """The state of this duty in the ticket's period, by unit; what a unit that has ended did counts as its successor's."""
    rows = session.execute(
        select(Ticket.duty_unit_id, Ticket.state).where(
            Ticket.duty_unit_id.is_not(None),
            Ticket.period == ticket.period,
            Ticket.duty_code == duty,
        )
    )
    states: dict[int, str] = {}
    for unit_id, state in rows:
        own = setting.present(stated(unit_id)).id
        states[own] = state if own == unit_id else states.get(own, state)
    return states
