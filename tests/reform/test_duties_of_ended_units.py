"""Duties of a unit that ends: they pass to the successor, once, and what was done is not owed again."""

from dataclasses import asdict

import pytest
from sqlalchemy import Engine, select

from models import Village
from tests.support.duties import at, duty_county, open_by, tickets
from tests.support.factories import County
from tests.support.reforms import reform, sound, unit
from workflow.county.context import county_context
from workflow.reform import reform_holdings


@pytest.fixture
def county(engine: Engine) -> County:
    return duty_county(engine)


def test_a_duty_of_the_period_passes_or_ends_where_the_successor_owes_it_already(county: County) -> None:
    open_by(county, at("2018-11-20"))
    before = tickets(county)
    of_water = {key[1:]: row for key, row in before.items() if key[0] == "water" and row.ended_at is None}
    of_power = {key[1:] for key in before if key[0] == "power"}
    assert of_water
    reform(county, at("2018-11-20", 15), sources=["water"], into="power")
    heir = unit(county, "power").id
    for key, row in of_water.items():
        after = county.ticket(row.id)
        if key in of_power:
            assert after.state == "withdrawn"
        else:
            assert (after.holder_unit_id, after.duty_unit_id, after.state) == (heir, heir, row.state)
            assert after.due_at is not None
            assert row.due_at is not None
    assert sound(county, at("2018-11-20", 16)) == []


def test_nothing_opens_for_the_unit_that_ended_and_nothing_twice_for_the_successor(county: County) -> None:
    open_by(county, at("2018-11-20"))
    reform(county, at("2018-11-20", 15), sources=["water"], name="县水利局")
    county.units["heir"] = unit(county, "water").successor_id or 0
    before = set(tickets(county))
    open_by(county, at("2018-12-31"))
    opened = {key for key in tickets(county) if key not in before}
    assert not {key for key in opened if key[0] == "water"}
    assert sound(county, at("2018-12-31", 16)) == []


def test_a_scheme_that_drops_a_unit_names_what_it_still_has(county: County) -> None:
    with county.read() as session:
        setting = county_context(session)
        units = tuple(each for each in setting.scheme.units if each.code != "water")
        new = setting.scheme.model_copy(update={"units": units})
        # Also against a version that is not in force, of those it names.
        earlier = setting.scheme.model_copy(update={"reopen_days": 7})
        without = earlier.model_copy(update={"units": units})
        left = [
            [held.code for held in reform_holdings.dropped(session, setting, old, new)]
            for old in (setting.scheme, earlier, without)
        ]
    assert left == [["water"], ["water"], []]
    whole = setting.scheme
    reform(county, at("2018-11-20", 15), sources=["water"], into="power")
    with county.read() as session:
        setting = county_context(session)
        assert [(a.code, [b.code for b in heirs]) for a, heirs in reform_holdings.ended_in(setting, whole)] == [
            ("water", ["power"])
        ]
        assert reform_holdings.ended_in(setting, setting.scheme) == []
        assert reform_holdings.dropped(session, setting, whole, setting.scheme) == []
        # A file that does not know of the reform names the ended unit, and keeps its successor with it.
        units = tuple(each for each in whole.units if each.code != "power")
        old = whole.model_copy(update={"units": units})
        assert reform_holdings.dropped(session, setting, whole, old) == []
        assert reform_holdings.dropped(session, setting, setting.scheme, old) == []


def test_a_village_has_what_lies_in_it_and_nothing_of_what_only_units_have(county: County) -> None:
    county.file()
    with county.read() as session:
        full, empty = (
            reform_holdings.of_village(session, session.scalars(select(Village).where(Village.code == code)).one())
            for code in ("town-a-v1", "town-b-v2")
        )
    assert not full.empty
    assert {name for name, value in asdict(full).items() if value} == {
        "code",
        "name",
        "tickets",
        "households",
        "accounts",
    }
    assert empty.empty
    assert {name for name, value in asdict(empty).items() if value} == {"code", "name"}
