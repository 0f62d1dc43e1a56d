"""Ranking and the upper rungs rest on an assessment plan on file: off without its number, on with it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select

from models import AccountabilityCase, Escalation, Paper
from tests.support.factories import County, day, settle_county, small_scheme
from tests.support.rankings import HOUR, ON, make_ranking, ranked_scheme
from tests.support.schemes import adopt
from workflow.accountability import sweep, sweep_watch
from workflow.assessment.ranking import due_days
from workflow.errors import WrongState
from workflow.policy.scheme.model import Scheme
from workflow.policy.scheme.reader import SchemeRefused, parse_scheme

NEEDS = ["ranking", "summon", "account"]


def under(scheme: Scheme, number: str | None) -> Scheme:
    told = scheme.model_dump(mode="json") | {"assessment_plan": {"needs": NEEDS, "number": number}}
    return Scheme.model_validate(told)


def overdue(engine: Engine, number: str | None) -> County:
    """A ticket in a bureau's hands for two months, swept every day."""
    county = settle_county(engine, under(small_scheme(), number))
    county.do("water", "accept", county.file())
    for n in range(60):
        sweep.run(county.read, county.write, day(n))
    return county


@pytest.mark.parametrize(("number", "rungs"), [(None, [1, 2, 3]), ("五委农发〔2026〕1号", [1, 2, 3, 4, 5])])
def test_the_ladder_ends_below_the_summons_without_a_plan(engine: Engine, number: str | None, rungs: list[int]) -> None:
    county = overdue(engine, number)
    with county.read() as session:
        assert session.scalars(select(Escalation.rung).order_by(Escalation.id)).all() == rungs
        assert len(session.scalars(select(Paper)).all()) == 1
        assert session.scalars(select(AccountabilityCase)).all() == []
        # The auditor expects no rung that is off.
        found = sweep_watch.audit(session, day(60))
    assert (found["missing"], found["unfounded"]) == ([], [])


def test_towns_are_ranked_only_under_a_plan_and_from_the_day_it_is_adopted(engine: Engine) -> None:
    off = under(ranked_scheme(), None)
    county = settle_county(engine, off)
    with county.read() as session:
        assert due_days.waiting(session, HOUR) == []
    with pytest.raises(WrongState) as refusal:
        make_ranking(county)
    assert refusal.value.code == "ranking_needs_plan"
    adopt(county, under(ranked_scheme(), "五委农发〔2026〕1号"), date(2018, 12, 1), HOUR + timedelta(hours=1))
    with county.read() as session:
        # Of the days before nothing is owed.
        assert due_days.waiting(session, HOUR + timedelta(days=11)) == [date(2018, 12, 10)]
    with pytest.raises(WrongState):
        make_ranking(county, HOUR + timedelta(days=11), ON)
    assert make_ranking(county, HOUR + timedelta(days=11), date(2018, 12, 10)).edition == 1


def test_a_rung_that_needs_a_plan_leaves_none_above_it_that_does_not() -> None:
    told = small_scheme().model_dump(mode="json") | {"assessment_plan": {"needs": ["summon"]}}
    with pytest.raises(SchemeRefused) as refused:
        parse_scheme(Scheme.model_validate(told).model_dump_json())
    assert "rung_above_needs" in [problem.code for problem in refused.value.problems]
