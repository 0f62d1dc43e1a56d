"""Drawn figures (数据抽查核实) that wait for the check of the office or the leading group, for the morning digest."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import FigureCheck, Ranking, Unit
from notifications.county_clock import CountyClock, scheme_of
from notifications.successors import successors
from workflow.policy import sampling

#: How far back a draw is looked for; whoever has left one lying so long was reminded every morning.
_FURTHEST = timedelta(days=100)


@dataclass(frozen=True, slots=True)
class WaitingFigures:
    """How many drawn figures of a ranking a unit has to check, until when, and the page."""

    count: int
    due_at: datetime
    path: str


def waiting_figures(session: Session, county: CountyClock, unit_id: int, until: datetime) -> list[WaitingFigures]:
    """The drawn figures that the unit has to check up to `until`, by ranking; none for a unit that checks nothing."""
    units = {row.id: row for row in session.scalars(select(Unit))}
    if units[unit_id].type not in ("office", "leaders"):
        return []
    present, found = successors(session).__getitem__, []
    recent = select(Ranking).where(Ranking.edition == 1, Ranking.made_at > until - _FURTHEST)
    for row in session.scalars(recent.order_by(Ranking.id)):
        scheme = scheme_of(session, row.scheme_version_id)
        figures = sampling.drawn_figures(scheme, row.on, row.edition, row.hash, row.content)
        rule = scheme.figures.checks
        if rule is None or not figures:
            continue
        checks = select(FigureCheck.measure, FigureCheck.town_id).where(FigureCheck.ranking_id == row.id)
        made = {(measure, units[town].code) for measure, town in session.execute(checks)}
        waiting = 0
        for figure in figures:
            reporter = next((unit for unit in units.values() if unit.code == figure.reporter), None)
            if reporter is None or (figure.measure.code, figure.town) in made:
                continue
            today = units[present(reporter.id)]
            led = today.ruled_by_leaders or reporter.ruled_by_leaders
            itself = sampling.checks_itself(today.type, led)
            waiting += units[unit_id].type == ("leaders" if itself else "office")
        due = county.working_day_after(row.made_at, rule.days)
        if waiting and due <= until:
            found.append(WaitingFigures(waiting, due, f"/rankings/{row.on.isoformat()}/checks"))
    return found
