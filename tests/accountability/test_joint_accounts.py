"""Joint accounts: the year under each name of what is one unit today, and the sum; of a divided unit none."""

import pytest
from sqlalchemy import Engine

from tests.support.factories import County, day, settle_county
from tests.support.reforms import actor, reform
from workflow.accountability.oversight import unit_accounts
from workflow.accountability.oversight.joint_accounts import JointAccount, joint_accounts
from workflow.county.context import county_context
from workflow.errors import NotAllowed


@pytest.fixture
def county(engine: Engine) -> County:
    """Two bureaus with a ticket each: the water bureau an hour to accept, the power bureau two."""
    made = settle_county(engine)
    for who, household, hour in (("water", "A1", 11), ("power", "A2", 12)):
        ticket = made.file(household=household, kind=who)
        made.do(who, "accept", ticket, day(0, hour))
    return made


def joint(county: County, unit: str, who: str = "office") -> JointAccount | None:
    """The joint account of a unit, read alone; among all the same where the unit is listed."""
    with county.read() as session:
        setting, person = county_context(session), county.people[who]
        wanted = setting.by_code[county.code(unit)].id
        own = unit_accounts.reckoning(session, person, setting, wanted)
        made = joint_accounts(session, person, setting, [own]).get(wanted)
        if who == "office":
            rows = unit_accounts.reckonings(session, person, setting)
            listed = joint_accounts(session, person, setting, rows)
            assert wanted not in {row.unit for row in rows} or listed.get(wanted) == made
        return made


def test_the_sum_is_the_year_of_both_names_and_each_name_keeps_its_own(county: County) -> None:
    assert joint(county, "power") is None
    reform(county, day(1), sources=["water"], into="power")
    made = joint(county, "power")
    assert made is not None
    # The water bureau's custody ended with its reform: an hour to accept, then five more that day.
    water = next(row for row in made.rows if row.unit == county.units["water"])
    power = next(row for row in made.rows if row.unit == county.units["power"])
    assert (water.on_time, water.late, power.on_time) == (2, 0, 1)
    assert (water.held, power.held) == (60 + 240 + 90, 120)
    assert (made.total.held, made.total.on_time, made.total.borne) == (water.held + power.held, 3, 510)
    assert made.divided == ()
    actor(county, "power")
    assert joint(county, "power", "power") == made
    actor(county, "water")
    assert joint(county, "power", "water") == made
    with pytest.raises(NotAllowed):
        joint(county, "power", "town")


def test_a_divided_units_time_is_in_no_sum_and_its_successors_say_so(county: County) -> None:
    parts = [{"name": "县供水局"}, {"into": county.code("power"), "kinds": [county.kind("water")]}]
    reform(county, day(1), kind="split", sources=["water"], parts=parts)
    made = joint(county, "power")
    assert made is not None
    assert [row.unit for row in made.rows] == [county.units["power"]]
    assert [unit.id for unit in made.divided] == [county.units["water"]]
    assert made.total.held == made.rows[0].held
