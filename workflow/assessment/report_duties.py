"""Report duties (书面汇报): opened with a ranking for every reporting unit, due at the scheme's hour, on the ladder
like any duty, and closed by issuing the report.  Source: the notice's closing paragraph.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Ranking, Ticket
from workflow.actors import Actor, system
from workflow.county.context import CountyContext, UnitFact, county_context
from workflow.policy.deadlines import hour_deadline
from workflow.policy.periods import of_ranking
from workflow.policy.scheme.duties import FormField
from workflow.tickets import desk
from workflow.tickets.consequences.duty_tickets import OwedDuty, open_duty


def reporters(setting: CountyContext, row: Ranking) -> list[UnitFact]:
    """The units that report on a ranking in the scheme's order; the compiling office last."""
    named = [setting.by_code[entry["unit"]] for entry in row.content["units"]]
    return [unit for unit in named if unit.type != "office"] + [setting.office]


def sections_of(setting: CountyContext, unit: UnitFact) -> list[FormField]:
    """The sections that the scheme asks of the unit's report on a ranking; none of the office, whose compilation has those
    of the units."""
    if unit.type == "office":
        return []
    duties = [duty for duty in setting.scheme.duties.list if duty.of_ranking]
    owed = [duty for duty in duties if unit.code in setting.scheme.duties.units_of(duty, setting.scheme.towns)]
    return [entry for duty in owed for entry in duty.fields]


def due_rule(setting: CountyContext, made_at: datetime) -> dict[str, Any]:
    """The due rule of reports on an edition; for a late ranking counted from when it was made."""
    rule = setting.scheme.ranking
    return hour_deadline(setting.clock, made_at, rule.report_days, rule.report_at).rule


def open_with(session: Session, row: Ranking, now: datetime) -> list[Ticket]:
    """Open the duties of a new ranking, and cancel those still open of the edition it replaces."""
    setting = county_context(session, row.scheme_version_id, hold=True)
    duties = [duty for duty in setting.scheme.duties.list if duty.of_ranking]
    if row.edition > 1:
        for ticket_id in _open_report_duties(session, row, row.edition - 1):
            desk.close_report_duty(session, ticket_id, "cancel", system(), now, {"edition": row.edition})
    period, rule = of_ranking(row.on, row.edition), due_rule(setting, row.made_at)
    made = []
    for duty in duties:
        owing = setting.scheme.duties.units_of(duty, setting.scheme.towns)
        for unit in reporters(setting, row):
            if unit.code in owing:
                made.append(open_duty(session, setting, OwedDuty(duty, unit, period), now, rule=rule))
    return made


def close_with(session: Session, actor: Actor, row: Ranking, now: datetime) -> None:
    """Close the actor's unit's duty of this edition, if the scheme has one."""
    for ticket_id in _open_report_duties(session, row, row.edition, actor.unit_id):
        desk.close_report_duty(
            session, ticket_id, "hand_in", actor, now, {"on": row.on.isoformat(), "edition": row.edition}
        )


def _open_report_duties(session: Session, row: Ranking, edition: int, unit_id: int | None = None) -> list[int]:
    """The ids of open duties of one edition, of all units or of one."""
    setting = county_context(session, row.scheme_version_id)
    codes = [duty.code for duty in setting.scheme.duties.list if duty.of_ranking]
    query = select(Ticket.id).where(
        Ticket.duty_unit_id.is_not(None),
        Ticket.duty_code.in_(codes),
        Ticket.period == of_ranking(row.on, edition).code,
        Ticket.ended_at.is_(None),
    )
    if unit_id is not None:
        query = query.where(Ticket.duty_unit_id == unit_id)
    return list(session.scalars(query.order_by(Ticket.id)))
