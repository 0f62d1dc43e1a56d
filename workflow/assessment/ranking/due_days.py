"""Due ranking days: those whose hour has come and that have no snapshot, each under the scheme of its own day.

What is missing is the set of days without a snapshot: a ranking made by hand hides no earlier day that was missed.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import Ranking, SchemeAdoption, SchemeVersion
from workflow.county.context import CountyContext, county_context
from workflow.policy.ranking_days import moment_of, ranking_days
from workflow.policy.worktime import local_date


def waiting(session: Session, now: datetime) -> list[date]:
    """The ranking days whose hour has come and that have no ranking yet, the earliest first.

    None before the county adopted its first scheme: there was nothing on record to rank.
    """
    began = session.scalar(select(SchemeVersion.loaded_at).order_by(SchemeVersion.version).limit(1))
    if began is None:
        return []
    made = set(session.scalars(select(Ranking.on).distinct()))
    found = []
    for first, last, setting in _spans(session, local_date(began), now):
        rule = setting.scheme.ranking
        found += [
            day
            for day in (ranking_days(rule, first, last) if setting.scheme.ranks else ())
            if day not in made and began < moment_of(rule, day) <= now
        ]
    return sorted(found)


def setting_of(session: Session, on: date, now: datetime) -> CountyContext:
    """The county under the scheme of a ranking day: the one in force on it, before the first adoption the first one; with
    the units of its hour, before reforms entered later."""
    adopted = _adoptions(session, now)
    version = next((version for day, version in reversed(adopted) if day <= on), adopted[0][1] if adopted else None)
    setting = county_context(session, version, at=now)
    moment = moment_of(setting.scheme.ranking, on)
    return county_context(session, setting.scheme_version_id, known_at=moment) if moment <= now else setting


def _adoptions(session: Session, now: datetime) -> list[tuple[date, int]]:
    """First day and version of each scheme that came into force, in order; of two for one day the later adoption."""
    rows = session.execute(
        select(SchemeAdoption.from_day, SchemeAdoption.scheme_version_id)
        .where(
            or_(SchemeAdoption.state == "in_force", SchemeAdoption.state == "waiting"),
            SchemeAdoption.from_day <= local_date(now),
        )
        .order_by(SchemeAdoption.from_day, SchemeAdoption.id)
    )
    return list({row[0]: row[1] for row in rows}.items())


def _spans(session: Session, began: date, now: datetime) -> list[tuple[date, date, CountyContext]]:
    """The days from the beginning to today, divided by the scheme in force."""
    today, adopted = local_date(now), _adoptions(session, now)
    if not adopted:
        return [(began, today, county_context(session, at=now))]
    firsts = [began, *(day for day, _ in adopted[1:])]
    lasts = [*(day - timedelta(days=1) for day, _ in adopted[1:]), today]
    return [
        (first, last, county_context(session, version))
        for first, last, (_, version) in zip(firsts, lasts, adopted, strict=True)
    ]
