"""Ranking desk (排名日工作台): which ranking day is at hand, who has reported figures for it, and what a ranking would be now.

Source: the notice's closing paragraph (每月10日、20日、30日); nothing here is written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Ranking, Report, ReportedFigure, ReportReceipt
from workflow.assessment import figure_bounds, reported_figures
from workflow.assessment.figure_bounds import OwnFigure
from workflow.assessment.ranking import due_days, rankings
from workflow.assessment.ranking.snapshot import figures_of
from workflow.assessment.report_duties import reporters
from workflow.county.context import CountyContext, UnitFact
from workflow.errors import NotFound
from workflow.policy.ranking_days import moment_of, ranking_days
from workflow.policy.scheme.measures import CountyMeasure
from workflow.policy.worktime import local_date

#: Ranking days are at most this far apart: the 30th of January and the last day of February.
_APART = timedelta(days=32)


@dataclass(frozen=True, slots=True)
class RankingDay:
    """A ranking day at the desk: its hour (UTC), the county under its scheme, and its last edition once it is made."""

    on: date
    hour: datetime
    before: date | None
    setting: CountyContext
    ranking: Ranking | None


@dataclass(frozen=True, slots=True)
class MeasureState:
    """How many figures of one measure are there for the day: newly reported, standing from before (`since`: the oldest of
    their days), and missing, by towns."""

    measure: CountyMeasure
    new: int
    older: int
    since: date | None
    missing: int


@dataclass(frozen=True, slots=True)
class UnitState:
    """One reporting unit and the state of each of its measures."""

    unit: UnitFact
    measures: tuple[MeasureState, ...]

    @property
    def complete(self) -> bool:
        """Whether every figure was reported for this day."""
        return not any(state.older or state.missing for state in self.measures)

    @property
    def missing(self) -> int:
        """How many figures are not there at all."""
        return sum(state.missing for state in self.measures)

    @property
    def older(self) -> int:
        """How many figures stand from before."""
        return sum(state.older for state in self.measures)


@dataclass(frozen=True, slots=True)
class Conspicuous:
    """A figure that is conspicuous: against that of the last ranking (`before`), or against the system's own rows (`own`)."""

    measure: CountyMeasure
    town: UnitFact
    figure: tuple[int, int]
    before: tuple[int, int] | None
    own: tuple[int | None, int | None] | None


def days_at_hand(session: Session, setting: CountyContext, now: datetime) -> tuple[date | None, date | None]:
    """The last ranking day whose hour has come, and the next one."""
    today, rule = local_date(now), setting.scheme.ranking
    days = list(ranking_days(rule, today - _APART, today + _APART)) if setting.scheme.ranks else []
    made = session.scalar(select(func.max(Ranking.on)))
    past = [day for day in days if moment_of(rule, day) <= now]
    last = max([*past, *([made] if made is not None else [])], default=None)
    return last, next((day for day in days if moment_of(rule, day) > now), None)


def on_eve(setting: CountyContext, now: datetime) -> datetime | None:
    """The hour of the next ranking from the day before on; None on other days."""
    today, rule = local_date(now), setting.scheme.ranking
    days = ranking_days(rule, today, today + timedelta(days=1)) if setting.scheme.ranks else iter(())
    return next((moment for moment in (moment_of(rule, day) for day in days) if moment > now), None)


def at_desk(session: Session, setting: CountyContext, now: datetime, on: date | None = None) -> RankingDay | None:
    """The ranking day to work on: the last one until all of its reports are received, the next one from the day before; or
    `on`, one of the two or a day that was ranked.  None where the scheme ranks on no day.  Raises NotFound."""
    last, following = days_at_hand(session, setting, now)
    if on is None:
        near = following is not None and local_date(now) >= following - timedelta(days=1)
        moves_on = following is not None and (near or last is None or _settled(session, last))
        on = following if moves_on else last
    elif on not in (last, following) and rankings.latest(session, on) is None:
        raise NotFound("no_such_ranking", day=on.isoformat())
    if on is None:
        return None
    row = rankings.latest(session, on)
    known = rankings.setting_of(session, row) if row is not None else due_days.setting_of(session, on, now)
    before = max(ranking_days(known.scheme.ranking, on - _APART, on - timedelta(days=1)), default=None)
    return RankingDay(on, moment_of(known.scheme.ranking, on), before, known, row)


def _settled(session: Session, on: date) -> bool:
    """Whether every report on the ranking of a day is received."""
    row = rankings.latest(session, on)
    if row is None:
        return False
    received = select(func.count()).select_from(ReportReceipt).join(Report, Report.id == ReportReceipt.report_id)
    owed = len(reporters(rankings.setting_of(session, row), row))
    return (session.scalar(received.where(Report.ranking_id == row.id)) or 0) >= owed


def figures_in(session: Session, day: RankingDay, now: datetime) -> list[UnitState]:
    """Who has reported which figures for the day, as known at the hour or now, units in the scheme's order.

    A figure is new if it goes up to a day after the ranking day before.
    """
    setting = day.setting
    up_to_of = _last_days(session, day.on, min(now, day.hour) if day.ranking is None else now)
    by_unit: dict[str, list[MeasureState]] = {}
    for measure in reported_figures.every(setting):
        if measure.reported_by is not None:
            by_unit.setdefault(measure.reported_by, []).append(_state(setting, measure, up_to_of, day.before))
    ordered = (unit for unit in setting.by_code if unit in by_unit)
    return [UnitState(setting.by_code[code], tuple(by_unit[code])) for code in ordered]


def _last_days(session: Session, on: date, known_at: datetime) -> Mapping[tuple[str, int], date]:
    """By measure and subject the last day that a figure speaks of."""
    query = (
        select(ReportedFigure.measure, ReportedFigure.town_id, func.max(ReportedFigure.up_to))
        .where(ReportedFigure.up_to <= on, ReportedFigure.at <= known_at)
        .group_by(ReportedFigure.measure, ReportedFigure.town_id)
    )
    return {(measure, town): up_to for measure, town, up_to in session.execute(query)}


def _state(
    setting: CountyContext, measure: CountyMeasure, up_to_of: Mapping[tuple[str, int], date], before: date | None
) -> MeasureState:
    subjects = reported_figures.subjects(setting, measure)
    days = [up_to_of[measure.code, unit.id] for unit in subjects if (measure.code, unit.id) in up_to_of]
    older = [day for day in days if before is not None and day <= before]
    return MeasureState(
        measure, len(days) - len(older), len(older), min(older, default=None), len(subjects) - len(days)
    )


def trial(session: Session, day: RankingDay, now: datetime) -> dict[str, Any]:
    """The figures, scores, places and ranges of a ranking of the day with what is on record now; nothing is kept.

    After the hour it counts what was on record then, as the ranking does.  Takes seconds in a large county.
    """
    moment = min(now, day.hour)
    return figures_of(session, day.setting, day.on, moment, moment)


def conspicuous(session: Session, day: RankingDay, content: Mapping[str, Any]) -> list[Conspicuous]:
    """The reported figures of a snapshot or trial that jump against the ranking before, or differ from the own rows by what
    needs a reason (`figure_bounds`)."""
    rule, former = day.setting.scheme.figures, _figures_before(session, day.on)
    found = []
    for measure in day.setting.scheme.measures:
        entry = next((one for one in content["measures"] if one["code"] == measure.code), None)
        if entry is None or measure.reported_by is None:
            continue
        for line in entry["towns"]:
            town, figure = day.setting.by_code[line["town"]], (line["of"], line["to"])
            last = former.get((measure.code, town.code))
            if not figure[1]:
                continue
            jump = figure_bounds.jump_of(town, figure, last, rule)
            own = line.get("own")
            odd = figure_bounds.doubt(figure, OwnFigure(*own), last, rule) if own else None
            if jump is not None or odd is not None:
                rows = (own[0], own[1]) if own and odd is not None else None
                found.append(Conspicuous(measure, town, figure, last if jump is not None else None, rows))
    return found


def _figures_before(session: Session, on: date) -> dict[tuple[str, str], tuple[int, int]]:
    """By measure and town the figures of the ranking before."""
    query = select(Ranking.content).where(Ranking.on < on).order_by(Ranking.on.desc(), Ranking.edition.desc()).limit(1)
    content = session.scalar(query)
    if content is None:
        return {}
    return {
        (entry["code"], line["town"]): (line["of"], line["to"])
        for entry in content["measures"]
        for line in entry["towns"]
    }
