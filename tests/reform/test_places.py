"""Towns and villages that are merged or renamed: households and everything open go with them."""

from datetime import date

import pytest
from sqlalchemy import Engine, func, select

from models import Event, FormerName, Household, Unit, Village
from tests.support.factories import County, day, settle_county, small_scheme
from tests.support.reforms import PAPER, actor, in_every_state, reform, sound, unit
from workflow.adoption.scheme_storing import install
from workflow.county.context import county_context
from workflow.county.unit_names import find_unit, living_unit
from workflow.errors import BadInput, NotAllowed, Stale
from workflow.reform import reform_act
from workflow.register.importing.place_names import read_places
from workflow.setup.unit_definitions import Definitions
from workflow.tickets.views.listing import Filters, list_tickets


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, households=9)


def village(county: County, code: str) -> Village:
    with county.read() as session:
        return session.scalars(select(Village).where(Village.code == code)).one()


def test_a_renamed_unit_is_the_same_and_its_old_name_is_found(county: County) -> None:
    ticket = county.file()
    reform(county, kind="rename", sources=["water"], name="县水利局")
    with county.read() as session:
        assert find_unit(session, "县水务局").id == find_unit(session, "县水利局").id == unit(county, "water").id
        assert county_context(session).scheme.unit(county.code("water")).name == "县水利局"
        assert session.scalars(select(FormerName.name)).all() == ["县水务局"]
    assert county.ticket(ticket).holder_unit_id == unit(county, "water").id
    assert sound(county, day(2)) == []


def test_installing_the_same_scheme_again_brings_no_old_name_and_no_ended_unit_back(county: County) -> None:
    reform(county, kind="rename", sources=["water"], name="县水利局")
    reform(county, sources=["power"], into="water")
    with county.write() as session:
        install(session, small_scheme(), 2018, day(2))
    assert (unit(county, "water").name, unit(county, "power").successor_id) == ("县水利局", unit(county, "water").id)


def test_towns_merge_with_their_villages_households_and_tickets(county: County) -> None:
    tickets = in_every_state(county)
    reform(county, sources=["town-a"], into="town-b")
    heir = unit(county, "town-b").id
    assert village(county, "town-a-v1").town_id == heir
    for number in tickets.values():
        assert county.ticket(number).town_id == heir
    actor(county, "town")
    county.do("town", "endorse", tickets["reported"], day(1.1))
    county.confirm(tickets["resolved"], day(1.2))
    assert county.ticket(tickets["resolved"]).state == "closed"
    assert sound(county, day(2)) == []


def test_villages_merge_and_nobody_is_lost(county: County) -> None:
    tickets = in_every_state(county)
    with county.read() as session:
        before = session.scalar(select(func.count()).select_from(Household))
    reform(county, subject="village", sources=["town-a-v1"], into="town-a-v2")
    heir = village(county, "town-a-v2").id
    with county.read() as session:
        assert session.scalar(select(func.count()).select_from(Household)) == before
        assert session.scalar(select(func.count()).where(Household.village_id == heir)) == 9
        moved = session.scalars(select(Event).where(Event.action == "move_household")).all()
        assert {(event.given["from"], event.given["to"]) for event in moved} == {("town-a-v1", "town-a-v2")}
    for number in tickets.values():
        assert county.ticket(number).in_village_id == heir
    for who in ("village", "other_village"):
        with county.read() as session:
            seen = {line.number for line in list_tickets(session, actor(county, who), day(1.1), Filters()).items}
        assert len(seen) == len(tickets)
    assert sound(county, day(2)) == []


def test_a_file_that_names_what_has_ended_means_its_successor(county: County) -> None:
    reform(county, subject="village", sources=["town-a-v1"], into="town-a-v2")
    reform(county, day(1.1), subject="village", kind="rename", sources=["town-a-v2"], name="新村")
    reform(county, day(1.2), sources=["town-a"], into="town-b")
    with county.read() as session:
        places = read_places(session)
        town = places.town(session.get_one(Unit, unit(county, "town-a").id).name)
        found = {places.village(name, town, add=False).id for name in ("town-a-v1村", "town-a-v2村", "新村")}
    assert found == {village(county, "town-a-v2").id}


def test_a_chain_of_reforms_ends_at_the_last_successor(county: County) -> None:
    ticket = county.file()
    reform(county, sources=["water"], into="power")
    reform(county, day(2), sources=["power", "housing"], name="县公用事业局", from_day="2018-11-21")
    heir = unit(county, "power").successor_id
    assert unit(county, "water").successor_id == heir == county.ticket(ticket).holder_unit_id
    assert sound(county, day(3)) == []


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"sources": []}, "missing sources"),
        ({"sources": ["office"]}, "missing name"),
        ({"sources": ["water", "town-a"], "name": "x"}, "one_type_of_unit sources"),
        ({"sources": ["water", "water"], "name": "x"}, "part_twice sources"),
        ({"sources": ["water"], "into": "water"}, "into_itself into"),
        ({"sources": ["water"], "into": "town-a"}, "one_type_of_unit into"),
        ({"sources": ["water"], "into": "power", "name": "x"}, "into_or_name name"),
        ({"sources": ["water"]}, "missing name"),
        ({"sources": ["water"], "name": "县供电局"}, "name_in_use name"),
        ({"sources": ["nowhere"], "name": "x"}, "unit_unknown sources"),
        ({"sources": ["water"], "into": "power", "from_day": "2020-01-01"}, "reform_day from_day"),
        ({"sources": ["water"], "into": "power", "from_day": "2018-11-22"}, "reform_ahead from_day"),
        ({"sources": ["water"], "into": "power", "document": " "}, "missing document"),
        ({"sources": ["water"], "into": "power", "reason": ""}, "missing reason"),
        ({"sources": ["water", "power"], "kind": "rename", "name": "x"}, "rename_one sources"),
        ({"sources": ["town-a-v1", "town-b-v1"], "subject": "village", "name": "x"}, "villages_of_one_town sources"),
    ],
)
def test_a_reform_that_cannot_be_is_refused_at_its_field(
    county: County, given: dict[str, object], refusal: str
) -> None:
    with pytest.raises(BadInput) as error:
        reform(county, **given)
    assert f"{error.value.code} {error.value.field}" == refusal


def test_a_new_unit_takes_the_name_of_one_that_has_ended(county: County) -> None:
    """两镇合并, then the former town is restored under its name: whatever names it means the one that lives."""
    name = unit(county, "town-b").name
    reform(county, sources=["town-b"], into="town-a")
    parts = [{"name": name}, {"name": "新甲镇"}]
    reform(county, day(1.1), kind="split", sources=["town-a"], parts=parts, another=True)
    with county.read() as session:
        setting = county_context(session)
        living = next(each for each in setting.living if each.name == name)
        assert find_unit(session, name).id == living_unit(session, name).id == living.id
        assert find_unit(session, county.code("town-b")).id == unit(county, "town-b").id
        assert read_places(session).town(name) == living.id
        ended = setting.by_code[county.code("town-b")]
        assert (ended.until, living.until) == (date(2018, 11, 20), None)
        assert Definitions.now(session, county.people["office"], day(1.2)).code_of("", name) == living.code
    assert sound(county, day(2)) == []


def test_a_renamed_unit_takes_back_the_name_that_ended(county: County) -> None:
    name = unit(county, "power").name
    reform(county, sources=["power"], into="water")
    reform(county, day(1.1), kind="rename", sources=["water"], name=name, another=True)
    with county.read() as session:
        assert find_unit(session, name).id == unit(county, "water").id
    with pytest.raises(BadInput) as error:
        reform(county, day(1.2), kind="rename", sources=["housing"], name=name, another=True)
    assert (error.value.code, error.value.field) == ("name_in_use", "name")


def test_only_the_office_reforms_and_only_what_it_was_shown(county: County) -> None:
    county.file()
    asked = {"kind": "merge", "subject": "unit", "sources": ["water"], "into": "power", **PAPER}
    with county.read() as session:
        seen = reform_act.preview(session, county.people["office"], day(1), asked).seen
    county.file(household="A2")
    with pytest.raises(Stale), county.write() as session:
        reform_act.apply(session, county.people["office"], day(1), asked, seen=seen)
    for who in ("town", "water", "leaders", "inspectorate", "admin"):
        with pytest.raises(NotAllowed), county.read() as session:
            reform_act.preview(session, county.people[who], day(1), asked)
