"""Ranking days: the 10th, 20th and 30th (in February the last day), whether or not they are working days."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time

from workflow.policy.scheme.measures import RankingRule
from workflow.policy.worktime import SHANGHAI


def ranking_days(rule: RankingRule, first: date, last: date) -> Iterator[date]:
    """The ranking days from `first` to `last`, none before the rule's own first.

    >>> [day.isoformat() for day in ranking_days(RankingRule(), date(2019, 2, 1), date(2019, 3, 10))]
    ['2019-02-10', '2019-02-20', '2019-02-28', '2019-03-10']
    """
    first = max(first, rule.first or first)
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        length = monthrange(year, month)[1]
        for number in sorted({min(number, length) for number in rule.days}):
            day = date(year, month, number)
            if first <= day <= last:
                yield day
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def is_ranking_day(rule: RankingRule, day: date) -> bool:
    """Whether that day is a ranking day."""
    return next(ranking_days(rule, day, day), None) is not None


def moment_of(rule: RankingRule, day: date) -> datetime:
    """The moment of the ranking on a ranking day, in UTC."""
    return datetime.combine(day, time.fromisoformat(rule.at), SHANGHAI).astimezone(UTC)
