"""Draws and daily counts made before a reform are repeated after it: with the towns there were, and for the town of the day."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from models import RandomCheck, RandomResult, SpotResult
from notifications import county_clock, due_items
from tests.support import random_checks, spot_checks
from tests.support.factories import County, day, settle_county
from tests.support.reforms import actor, reform, sound
from workflow.accountability.oversight import check_lists, check_results
from workflow.accountability.oversight.check_results import ResultInput
from workflow.boards import day_counts
from workflow.errors import NotAllowed, NotFound
from workflow.history import sealing
from workflow.register.random_checks import rechecks
from workflow.tickets.consequences import pending_checks

AFTER = spot_checks.FIRST + timedelta(days=3)
LATER = AFTER + timedelta(days=1)
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


def own(county: County, who: str, at: datetime = LATER) -> set[int]:
    """The checks that somebody is to make: as listed, and as the digest names them."""
    person = actor(county, who)
    with county.read() as session:
        try:
            listed = {line.check.id for line in check_lists.listed(session, person, at) if line.mine}
        except NotAllowed:
            listed = set()
        due = due_items.items(session, county_clock.county_clock(session), person.own_unit_id, spot_checks.DUE)
    named = {int(item.path.rpartition("/")[2]) for item in due if item.path.startswith("/spot-checks/")}
    # The office may always go in another's place, but is reminded of its own checks only.
    assert named == listed or (who, named) == ("office", set())
    return named


def test_a_spot_check_of_own_work_after_a_reform_is_the_offices_then_the_leading_groups(county: County) -> None:
    spot_checks.close(county, "A1", day(0))
    spot_checks.draw(county)
    people = ("town", "other_town", "office", "leaders")
    assert [own(county, who) for who in people] == [set(), {1}, set(), set()]
    reform(county, AFTER, sources=["town-b"], into="town-a", **PAPER)
    assert [own(county, who) for who in people] == [set(), set(), {1}, set()]
    for town in ("town", "other_town"):
        with county.read() as session, pytest.raises(NotFound):
            check_results.find(session, actor(county, town), 1)
    with county.read() as session:
        waiting = pending_checks.overdue(session, spot_checks.DUE + timedelta(days=1))
    assert [row[3] for row in waiting] == [county.units["office"]]
    reform(county, AFTER, sources=["water"], into="office", **PAPER)
    assert [own(county, who) for who in people] == [set(), set(), set(), {1}]
    with county.write() as session, pytest.raises(NotAllowed):
        check_results.record(session, county.people["office"], LATER, 1, ResultInput(result="holds"))
    assert spot_checks.look(county, "false", "leaders", LATER).reopened
    assert sound(county, LATER + timedelta(hours=1)) == []


def test_a_spot_check_that_is_the_own_work_of_all_who_could_make_it_lapses(county: County) -> None:
    reform(county, day(0), sources=["water"], into="office", from_day="2018-11-19")
    ticket = county.file(household="A1", kind="water", at=day(0.1))
    for who in ("office", "leaders"):
        actor(county, who)
    county.do("office", "accept", ticket, day(0.2))
    county.resolve(ticket, day(1), "office")
    county.confirm(ticket, day(1.1), "leaders")
    spot_checks.draw(county)
    assert own(county, "other_town") == {1}
    reform(county, AFTER, sources=["town-b"], into="town-a", **PAPER)
    assert [own(county, who) for who in ("town", "office", "leaders")] == [set(), set(), set()]
    with county.read() as session:
        assert [row.result for row in session.scalars(select(SpotResult))] == ["lapsed"]
    assert sound(county, LATER) == []


def test_a_random_check_lapses_where_the_checking_town_became_the_households(engine: Engine) -> None:
    county = random_checks.settle(engine)
    random_checks.draw(county)
    before = random_checks.checks(county)
    reform(county, AFTER, sources=["town-b"], into="town-a", **PAPER)
    with county.read() as session:
        there = {row.id: row.checker_unit_id for row in session.scalars(select(RandomCheck))}
    rechecks.run(county.read, county.write, AFTER)
    with county.read() as session:
        lapsed = {row.check_id for row in session.scalars(select(RandomResult))}
    assert before
    towns = {county.units["town-a"], county.units["town-b"]}
    assert lapsed == {check for check, checker in there.items() if checker in towns}
    assert sound(county, AFTER + timedelta(hours=1)) == []
