"""Draws and daily counts made before a reform are repeated after it: with the towns there were, and for the town of the day."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from tests.support import random_checks, spot_checks
from tests.support.factories import County, day, settle_county
from tests.support.reforms import reform, sound
from workflow.boards import day_counts
from workflow.history import sealing

AFTER = spot_checks.FIRST + timedelta(days=3)
PAPER = {"from_day": "2018-12-03"}


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, households=4)


@pytest.mark.parametrize("new", [{"into": "town-a"}, {"name": "新城镇"}], ids=["into the other", "a new one"])
def test_a_spot_draw_keeps_the_towns_it_was_made_with(county: County, new: dict[str, str]) -> None:
    for household, kind in (("A1", "water"), ("A2", "power"), ("B1", "water")):
        spot_checks.close(county, household, day(0), kind)
    with county.write() as session:
        sealing.seal_all(session, day(1))
    spot_checks.draw(county)
    # Each town's closings are looked at by the other town, which is gone after the reform.
    assert spot_checks.checks(county)
    reform(county, AFTER, sources=["town-b"] if "into" in new else ["town-a", "town-b"], **new, **PAPER)
    assert sound(county, AFTER + timedelta(hours=1)) == []


def test_a_draw_of_households_keeps_the_towns_it_was_made_with(engine: Engine) -> None:
    county = random_checks.settle(engine)
    random_checks.draw(county)
    assert {county.units["town-a"], county.units["town-b"]} == {
        row.checker_unit_id for row in random_checks.checks(county)
    }
    reform(county, AFTER, sources=["town-b"], into="town-a", **PAPER)
    assert sound(county, AFTER + timedelta(hours=1)) == []


@pytest.mark.parametrize("back", ["reopened", "disproved"])
def test_what_comes_back_after_a_reform_counts_for_its_former_town_on_its_former_days(
    county: County, back: str
) -> None:
    ticket = spot_checks.close(county, "A1", day(0))
    with county.write() as session:
        assert day_counts.count(session, day(1)) > 0
        sealing.seal_all(session, day(1))
    spot_checks.draw(county)
    reform(county, AFTER, sources=["town-a"], into="town-b", **PAPER)
    assert county.ticket(ticket).town_id == county.units["town-a"]
    if back == "reopened":
        county.do("office", "reopen", ticket, AFTER, reason="复查发现仍无水", false_closing=False)
    else:
        spot_checks.look(county, "false", "office", AFTER)
    assert county.ticket(ticket).town_id == county.units["town-b"]
    assert sound(county, AFTER + timedelta(hours=1)) == []


def test_what_is_reopened_and_closed_after_a_reform_is_drawn_as_the_present_towns(county: County) -> None:
    ticket = spot_checks.close(county, "A1", day(0))
    reform(county, day(1), sources=["town-a"], into="town-b", from_day="2018-11-20")
    county.do("office", "reopen", ticket, day(2), reason="复查发现仍无水", false_closing=False)
    county.resolve(ticket, day(2, 11))
    county.confirm(ticket, day(2, 15), "other_town")
    spot_checks.draw(county)
    assert [row.town_id for row in spot_checks.checks(county)] == [county.units["town-b"]]
    assert sound(county, AFTER) == []
