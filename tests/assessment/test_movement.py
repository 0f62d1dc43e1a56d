"""Why a town moved between two rankings: the differences of its measures add up to that of its score."""

from datetime import date, timedelta

from sqlalchemy import Engine

from models import Ranking
from tests.support.factories import County, settle_county
from tests.support.rankings import HOUR, make_ranking, ranked_scheme
from workflow.assessment import reported_figures
from workflow.assessment.figure_bounds import Assent, Line
from workflow.assessment.ranking import rankings
from workflow.assessment.ranking.worked_example import Movement, movement, work_out
from workflow.county.context import county_context

LATER = date(2018, 12, 10)


def figures(county: County, up_to: date, first: int, second: int) -> None:
    with county.write() as session:
        setting, lines = county_context(session), [Line("甲镇", first, 100), Line("乙镇", second, 100)]
        at = HOUR.replace(day=up_to.day, month=up_to.month, hour=10)
        assent = Assent("经核实各村重新核对", sure=True)
        reported_figures.report(
            session, county.people["power"], setting, at, "told", up_to, lines, "参保系统", {}, assent
        )


def moved(county: County, before: Ranking, after: Ranking) -> Movement:
    with county.read() as session:
        scheme = rankings.setting_of(session, after).scheme
        was, now = (work_out(scheme, row.content, "town-a") for row in (before, after))
        assert was is not None
        assert now is not None
        return movement(was, now)


def test_a_figure_that_rose_is_named_with_its_points_and_the_points_are_those_of_the_score(engine: Engine) -> None:
    county = settle_county(engine, ranked_scheme())
    figures(county, date(2018, 11, 28), 60, 90)
    before = make_ranking(county)
    figures(county, date(2018, 12, 5), 95, 90)
    after = make_ranking(county, HOUR + timedelta(days=10), LATER)
    found = moved(county, before, after)
    assert [effect.measure.code for effect in found.effects] == ["told"]
    (effect,) = found.effects
    assert (effect.before or 0) < (effect.after or 0)
    assert effect.points == found.after["score"] - found.before["score"] > 0


def test_a_figure_that_comes_in_moves_the_weight_of_the_others(engine: Engine) -> None:
    county = settle_county(engine, ranked_scheme())
    before = make_ranking(county)
    figures(county, date(2018, 12, 5), 95, 90)
    after = make_ranking(county, HOUR + timedelta(days=10), LATER)
    found = moved(county, before, after)
    (told,) = [effect for effect in found.effects if effect.measure.code == "told"]
    assert (told.before, told.points > 0) == (None, True)
    total = sum(effect.points for effect in found.effects)
    assert abs(total - (found.after["score"] - found.before["score"])) <= len(found.effects)


def test_nothing_is_named_where_nothing_moved(engine: Engine) -> None:
    county = settle_county(engine, ranked_scheme())
    figures(county, date(2018, 11, 28), 60, 90)
    before = make_ranking(county)
    after = make_ranking(county, HOUR + timedelta(days=10), LATER)
    assert moved(county, before, after).effects == []
