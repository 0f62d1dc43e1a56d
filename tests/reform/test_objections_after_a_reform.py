"""Objections after a reform: the successor of a ranked town that has ended objects for it, and both are in the history."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from models import Event, RankingObjection
from notifications import ranking_people
from tests.support.factories import County, settle_county
from tests.support.rankings import HOUR, ON, live_a_month, make_ranking, ranked_scheme
from tests.support.reforms import actor, reform
from workflow.assessment.ranking import figure_sources, objections, rankings
from workflow.county.context import county_context
from workflow.errors import BadInput
from workflow.verification.proofs import ranking_proofs

AFTER = HOUR + timedelta(hours=20)
PAPER = {"from_day": "2018-11-25"}
WHY = "该两户已入户核查"


@pytest.fixture
def county(engine: Engine) -> County:
    made = settle_county(engine, ranked_scheme(), households=6)
    live_a_month(made)
    make_ranking(made)
    return made


def objects(county: County, who: str, town: str = "") -> RankingObjection:
    with county.write() as session:
        row = rankings.latest(session, ON)
        assert row is not None
        return objections.object_to(
            session, county.people[who], AFTER, row, "haves", WHY, county.code(town) if town else ""
        )


def test_the_town_into_which_a_ranked_one_went_objects_for_both(county: County) -> None:
    reform(county, AFTER, sources=["town-a"], into="town-b", **PAPER)
    for who in ("town", "other_town"):
        actor(county, who)
    assert objects(county, "other_town").town_id == county.units["town-b"], "its own, where it says nothing"
    made = objects(county, "other_town", "town-a")
    assert made.town_id == county.units["town-a"]
    with county.read() as session:
        event = session.scalars(select(Event).where(Event.action == "object_ranking").order_by(Event.id.desc())).first()
        assert event is not None
        assert (event.given["town"], event.given["successor"]) == (county.units["town-a"], county.units["town-b"])
        assert list(ranking_proofs.rankings(session)) == []
        setting = county_context(session)
        assert figure_sources.opens(county.people["other_town"], setting, "haves", county.code("town-a"))
    with county.write() as session:
        objections.answer(session, county.people["office"], AFTER, made.id, False, "截止当日尚未核查")
    with county.read() as session:
        event = session.scalars(select(Event).where(Event.action == "answer_objection")).one()
        of_town = {county.people[who].user_id for who in ("town", "other_town")}
        assert of_town <= set(ranking_people.people(session, event)), "the answer reaches those who objected"


def test_a_new_town_says_for_which_of_several_ranked_ones_it_objects(county: County) -> None:
    reform(county, AFTER, sources=["town-a", "town-b"], name="新城镇", **PAPER)
    actor(county, "town")
    with pytest.raises(BadInput) as missing:
        objects(county, "town")
    assert (missing.value.code, missing.value.field) == ("missing", "town")
    assert objects(county, "town", "town-b").town_id == county.units["town-b"]


def test_nobody_objects_for_a_town_that_it_does_not_succeed(county: County) -> None:
    with pytest.raises(BadInput) as refused:
        objects(county, "town", "town-b")
    assert (refused.value.code, refused.value.field) == ("objection_for_another_town", "town")
    with county.read() as session:
        assert not figure_sources.opens(county.people["town"], county_context(session), "haves", county.code("town-b"))
