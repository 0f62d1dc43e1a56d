"""Towns that crossed a measure's threshold between two rankings: which fell below it, and which rose to it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from models import Ranking
from tests.support.factories import START, County, settle_county
from tests.support.rankings import HOUR, make_ranking, ranked_scheme, report
from workflow.assessment.ranking.snapshot import turned
from workflow.county.context import county_context

pytestmark = pytest.mark.one_database("sqlite")
#: Within the second ten days; their ranking is on 10 December.
LATER, NEXT = HOUR + timedelta(days=9), date(2018, 12, 10)


def crossed(county: County, row: Ranking) -> list[tuple[str, list[str], list[str]]] | None:
    with county.read() as session:
        setting = county_context(session, row.scheme_version_id)
        found = turned(session, setting, session.get_one(Ranking, row.id))
    return None if found is None else [(entry["measure"], entry["fell"], entry["rose"]) for entry in found]


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, ranked_scheme())


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (99, 100, [("told", [], ["town-a"])]),
        (100, 99, [("told", ["town-a"], [])]),
        (100, 100, []),
        (50, 99, []),
    ],
)
def test_a_town_that_reaches_the_threshold_rose_and_one_that_no_longer_does_fell(
    county: County, before: int, after: int, found: list[tuple[str, list[str], list[str]]]
) -> None:
    report(county, START + timedelta(days=8), before)
    first = make_ranking(county)
    assert crossed(county, first) is None
    report(county, LATER, after, "重新核对")
    second = make_ranking(county, HOUR + timedelta(days=10), NEXT)
    assert crossed(county, second) == found


def test_without_figures_the_first_time_nobody_rose(county: County) -> None:
    make_ranking(county)
    report(county, LATER, 100)
    assert crossed(county, make_ranking(county, HOUR + timedelta(days=10), NEXT)) == []
