"""Unit reminders (催报): the office reminds the units that owe figures before a ranking, or their reports after it.

One reminder a unit, matter and day, by a unique constraint; an event of the county names the units reminded.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import County, RankingReminder
from workflow.actors import Actor
from workflow.assessment.desk import ranking_desk
from workflow.assessment.desk.ranking_desk import RankingDay
from workflow.assessment.ranking import written_reports
from workflow.constraints import refused_as
from workflow.errors import Conflict, NotAllowed, WrongState
from workflow.history import event_log
from workflow.policy.worktime import local_date

What = Literal["figures", "report"]


def owing(session: Session, day: RankingDay, now: datetime, what: What) -> list[int]:
    """The units (ids) that owe figures for the day, new ones or any, or a report on its ranking."""
    if what == "figures":
        return [state.unit.id for state in ranking_desk.figures_in(session, day, now) if not state.complete]
    if day.ranking is None:
        return []
    lines = written_reports.standing(session, day.setting, day.ranking, now)
    return [line.unit.id for line in lines if line.report is None]


def reminded(session: Session, on: date) -> dict[tuple[str, int], datetime]:
    """By matter and unit when it was last reminded for a ranking day."""
    rows = session.scalars(select(RankingReminder).where(RankingReminder.on == on).order_by(RankingReminder.at))
    return {(row.what, row.unit_id): row.at for row in rows}


def remind(session: Session, actor: Actor, now: datetime, day: RankingDay, what: What) -> Sequence[int]:
    """Remind every unit that owes figures or reports and was not reminded today; returns them (ids).

    The office's own duty is not among them: it sees its desk.  Raises NotAllowed, WrongState when nobody is left to remind,
    Conflict when another user has just done so.
    """
    if actor.role != "office":
        raise NotAllowed("reminder_not_yours")
    # One at a time: the county's row serialises its chain.
    session.execute(select(County.id).with_for_update())
    today, before = local_date(now), reminded(session, day.on)
    units = [
        unit
        for unit in owing(session, day, now, what)
        if unit != actor.unit_id and ((what, unit) not in before or local_date(before[what, unit]) < today)
    ]
    if not units:
        raise WrongState("nobody_to_remind", day=day.on.isoformat())
    rows = [
        RankingReminder(on=day.on, unit_id=unit, what=what, day=today, by_id=actor.account_id, at=now) for unit in units
    ]
    with refused_as(Conflict("reminded_meanwhile"), "uq_ranking_reminder_on_unit_id_what_day"):
        session.add_all(rows)
        session.flush()
    given, effect = {"on": day.on.isoformat(), "day": today.isoformat()}, {"units": units}
    chain = event_log.of(session, event_log.COUNTY, actor, now)
    if what == "figures":
        chain.append("remind_figures", given, effect)
    else:
        chain.append("remind_reports", given, effect)
    return units
