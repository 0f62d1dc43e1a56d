"""Reported figures: which came in after the hour of the ranking they were for."""

from datetime import date, datetime, timedelta

import pytest

from models import ReportedFigure
from tests.support.contexts import place_of
from tests.support.rankings import HOUR, ranked_scheme
from workflow.assessment import reported_figures
from workflow.policy.worktime import SHANGHAI

SECOND = timedelta(seconds=1)
SETTING = place_of(ranked_scheme(), 2018)
NEXT = datetime(2018, 12, 10, 17, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("up_to", "at", "late"),
    [
        # Of the day of the ranking itself, and of a day before it: late after its hour, not at the stroke of it.
        (date(2018, 11, 30), HOUR, False),
        (date(2018, 11, 30), HOUR + SECOND, True),
        (date(2018, 11, 25), HOUR, False),
        (date(2018, 11, 25), HOUR + SECOND, True),
        # Of a day after it: for the next one.
        (date(2018, 12, 1), HOUR + SECOND, False),
        (date(2018, 12, 1), NEXT, False),
        (date(2018, 12, 1), NEXT + SECOND, True),
    ],
)
def test_a_figure_is_late_after_the_hour_of_the_first_ranking_it_was_for(up_to: date, at: datetime, late: bool) -> None:
    assert reported_figures.late(SETTING, ReportedFigure(up_to=up_to, at=at)) is late
