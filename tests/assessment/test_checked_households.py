"""Item 1, random checks (抽查核实): households that held of those checked, counted again by a query of its own, and proved."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text

from models import Household
from tests.support.factories import County, settle_county
from tests.support.households import register_scheme, settle_register
from tests.support.random_checks import FIRST, RULE, SEEN, checks, draw, look, tend
from tests.support.rankings import figures, make_ranking
from tests.support.scheme_cast import SCHEMES
from workflow.assessment.ranking import rankings, snapshot
from workflow.county.context import county_context
from workflow.policy.scheme.model import Scheme
from workflow.policy.worktime import SHANGHAI

ON = date(2018, 12, 10)
HOUR = datetime(2018, 12, 10, 17, 0, tzinfo=SHANGHAI)
_BY_HAND = text("""
    SELECT count(*), sum(held) FROM (
        SELECT c.household_id, min(CASE WHEN r.result = 'holds' THEN 1 ELSE 0 END) AS held
        FROM random_check c JOIN random_result r ON r.check_id = c.id
        WHERE c.town_id = :town AND c.repeats_id IS NULL AND r.result <> 'lapsed'
        GROUP BY c.household_id
    ) AS of_household
""")


def checked_scheme() -> Scheme:
    measure = {
        "code": "held",
        "name": {"zh": "属实率", "en": "held"},
        "item": 1,
        "of": ["households.held"],
        "to": ["households.checked"],
        "minimum": 2,
    }
    return register_scheme(random_checks=RULE, measures=[measure], ranking={"first": "2018-11-20"})


@pytest.fixture
def county(engine: Engine) -> County:
    county = settle_register(engine, checked_scheme())
    draw(county)
    return county


def by_hand(county: County) -> tuple[int, int]:
    with county.read() as session:
        row = session.execute(_BY_HAND, {"town": county.units["town-a"]}).one()
    return int(row[1] or 0), int(row[0])


def held(county: County, at: datetime = HOUR) -> tuple[int, int]:
    with county.read() as session:
        content = snapshot.figures_of(session, county_context(session), ON, at, at)
    (measure,) = content["measures"]
    line = next(line for line in measure["towns"] if line["town"] == "town-a")
    return line["of"], line["to"]


def test_households_that_held_are_counted_of_those_checked_and_a_recheck_undoes_no_failure(county: County) -> None:
    look(county, "A2")
    ticket = look(county, "A1", water="dry").recorded.filed[0].id
    assert held(county) == (1, 2) == by_hand(county)
    county.do("water", "accept", ticket, SEEN)
    county.resolve(ticket, SEEN + timedelta(hours=1))
    county.confirm(ticket, SEEN + timedelta(hours=2))
    tend(county, SEEN + timedelta(hours=3))
    look(county, "A1", at=SEEN + timedelta(days=1))
    assert held(county) == (1, 2) == by_hand(county)


def test_a_town_without_a_check_has_no_figure_and_leaves_the_measure(county: County) -> None:
    look(county, "B1")
    assert held(county) == (0, 0)


def test_what_is_checked_after_the_hour_is_not_counted_and_the_published_share_is_proved(county: County) -> None:
    look(county, "A2")
    look(county, "B1")
    row = make_ranking(county, HOUR, ON)
    assert figures(row, "held")["town-a"] == (1, 1)
    look(county, "A1", at=HOUR + timedelta(hours=1), water="dry")
    assert held(county, HOUR + timedelta(hours=2)) == (1, 2) == by_hand(county)
    assert held(county) == (1, 1)
    with county.read() as session:
        assert rankings.recompute(session, session.get_one(type(row), row.id)).holds


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda path: path.stem)
def test_both_schemes_draw_and_count_what_they_draw(engine: Engine, scheme: Path) -> None:
    county = settle_county(engine, stage=scheme)
    with county.write() as session:
        for household in session.scalars(select(Household)):
            household.status = "pre_exit"
    with county.read() as session:
        rule = county_context(session).scheme.random_checks
        measures = county_context(session).scheme.measures
    assert rule is not None
    assert any("households.held" in measure.of and "households.checked" in measure.to for measure in measures)
    over = FIRST if rule.every == "month" else datetime(2019, 1, 1, 0, 10, tzinfo=SHANGHAI)
    assert draw(county, over) == ["2018-11" if rule.every == "month" else "2018-Q4"]
    assert {check.checker_unit_id for check in checks(county)} == {county.units["town-a"], county.units["town-b"]}
    assert {check.standing for check in checks(county)} == {"leaving"}
