"""Accountability cases when the office or the leading group is succeeded, or the office takes in the bureau concerned: the
case goes on, and nobody answers what they opened or decides what they answer."""

import pytest
from sqlalchemy import Engine

from tests.support.cases import act, case_county, proposed, row
from tests.support.factories import County, day
from tests.support.reforms import actor, reform, sound, unit
from workflow.errors import NotAllowed

AFTER = {"from_day": "2018-12-20", "another": True}


@pytest.fixture
def county(engine: Engine) -> County:
    return case_county(engine)


def test_a_case_against_a_bureau_that_the_office_took_in_is_the_leading_groups(county: County) -> None:
    """The leading group opens it, so the level above decides."""
    case = proposed(county)
    # What still harms the result: the bureau's own tickets begin anew with the office.
    county.do("power", "accept", county.file(household="A2", kind="power"))
    reform(county, day(31, 11), sources=["water"], into="office", **AFTER)
    actor(county, "water")
    with pytest.raises(NotAllowed):
        act(county, "office2", case, "open", at=day(31, 12))
    act(county, "leaders", case, "open", at=day(31, 12))
    act(county, "leaders2", case, "notify", at=day(31, 13))
    act(county, "water", case, "respond", at=day(31, 14))
    act(county, "leaders", case, "hear", at=day(31, 15), heard_on="2018-12-21")
    with pytest.raises(NotAllowed):
        act(county, "leaders", case, "decide", at=day(31, 15))
    act(county, "leaders", case, "refer", at=day(31, 15))
    assert (row(county, case).state, row(county, case).decider_unit_id) == ("referred", None)
    assert sound(county, day(31, 16)) == []


def test_a_case_goes_on_under_a_new_office_and_a_new_leading_group(county: County) -> None:
    """Seen: a decider whose unit had been merged failed at a constraint of the database."""
    case = proposed(county)
    act(county, "office2", case, "open", at=day(31, 11))
    reform(county, day(31, 11), sources=["office"], into="power", name="县委农办", **AFTER)
    for who in ("office", "office2"):
        actor(county, who)
    act(county, "office", case, "notify", at=day(31, 12))
    act(county, "water", case, "respond", at=day(31, 13))
    act(county, "office", case, "hear", at=day(31, 14), heard_on="2018-12-21")
    reform(county, day(31, 14), sources=["leaders"], name="县委农村工作领导小组", **AFTER)
    actor(county, "leaders")
    act(county, "leaders", case, "decide", at=day(31, 15))
    act(county, "office", case, "serve", at=day(31, 16))
    made = row(county, case)
    assert (made.state, made.decided_by_unit_id) == ("served", unit(county, "leaders").id)
    assert sound(county, day(31, 17)) == []
