"""Places of an imported file: towns and villages by code, name, alias or the name without its suffix."""

import pytest
from sqlalchemy import Engine

from models import UnitAlias, Village
from tests.support.factories import County, settle_county
from workflow.citizen_id import Faulty
from workflow.register.importing.place_names import Places, read_places

pytestmark = pytest.mark.one_database("sqlite")


@pytest.fixture
def county(engine: Engine) -> County:
    made = settle_county(engine)
    a, b = made.units["town-a"], made.units["town-b"]
    with made.write() as session:
        session.add(UnitAlias(unit_id=a, alias="甲片区"))
        for town, code, name in (
            (a, "x-1", "联星村"),
            (b, "x-2", "联星社区"),
            (a, "x-3", "水口村"),
            (a, "x-4", "大坝村"),
            (a, "x-5", "大坝社区"),
        ):
            session.add(Village(town_id=town, code=code, name=name))
    return made


@pytest.fixture
def places(county: County) -> Places:
    with county.read() as session:
        return read_places(session)


def faulty(places: Places, text: str, town: int | None, *, add: bool = True) -> str:
    with pytest.raises(Faulty) as refused:
        places.village(text, town, add=add)
    return refused.value.code


@pytest.mark.parametrize("text", ["甲镇", "甲", "甲乡", "甲人民政府", "甲片区", "town-a"])
def test_a_town_is_found_by_name_alias_and_code_with_any_suffix(county: County, places: Places, text: str) -> None:
    assert places.town(text) == county.units["town-a"]


@pytest.mark.parametrize("text", ["丙镇", "", "县水务局", "water", "镇"])
def test_what_is_no_town_is_told(places: Places, text: str) -> None:
    with pytest.raises(Faulty, match="town_unknown"):
        places.town(text)


def test_a_village_is_found_in_its_town_by_code_name_and_stem(county: County, places: Places) -> None:
    a, b = county.units["town-a"], county.units["town-b"]
    for text in ("x-3", "水口村", "水口", "水口社区", "水口村委会", "甲镇水口村", "甲镇水口"):
        assert places.village(text, a).code == "x-3", text
    # The same name lies in both towns, and the column of the town tells which is meant.
    assert (places.village("联星村", a).code, places.village("联星村", b).code) == ("x-1", "x-2")
    assert places.village("大坝村", a).code == "x-4"
    assert faulty(places, "大坝", a) == "village_several"
    assert faulty(places, "x-2", a) == "village_of_other_town"
    assert places.village("x-2", b).code == "x-2"
    assert places.new == []


def test_without_a_town_a_village_is_found_only_where_its_name_is_the_only_one(places: Places) -> None:
    assert places.village("水口", None).code == "x-3"
    assert places.village("x-2", None).code == "x-2"
    for text, code in (("联星村", "village_several"), ("大坝", "village_several"), ("天边", "village_unknown")):
        assert faulty(places, text, None) == code
        assert faulty(places, text, None, add=False) == code
    assert places.new == []


def test_an_unknown_village_without_a_town_is_looked_for_in_the_town_it_names_or_whose_villages_are_near(
    county: County, places: Places
) -> None:
    a, b = county.units["town-a"], county.units["town-b"]
    # Sounds like 水口村, which lies in one town alone.
    assert faulty(places, "水扣村", None) == "village_asked"
    assert [place.code for place in places.asked[a, "水扣村"].near] == ["x-3"]
    assert faulty(places, "甲镇水扣村", None) == "village_asked"
    assert places.village("乙镇新塘村", None).town_id == b
    assert [(place.town_id, place.name) for place in places.new] == [(b, "新塘村")]
    assert faulty(places, "甲镇新塘村", None, add=False) == "village_not_of_town"
    # Both towns have a village that sounds so.
    assert faulty(places, "联兴村", None) == "village_several"
    assert {place.code for place in places.asked[0, "联兴村"].near} == {"x-1", "x-2"}


def test_an_unknown_village_of_a_known_town_is_new_once_where_the_uploader_may_add_it(
    county: County, places: Places
) -> None:
    a, b = county.units["town-a"], county.units["town-b"]
    assert faulty(places, "新塘村", a, add=False) == "village_not_of_town"
    made = places.village("新塘村委会", a)
    assert (made.id, made.town_id, made.name, made.code) == (None, a, "新塘村", "a-01")
    assert places.village("新塘", a) is places.village("新塘村", a) is made
    assert places.village("新塘村委会", a, add=False) is made
    assert places.village("新塘", None) is made
    second = places.village("新塘社区", b)
    assert (second.town_id, second.name, second.code) == (b, "新塘社区", "b-01")
    assert places.village("山口", a).code == "a-02"
    assert [place.name for place in places.new] == ["新塘村", "新塘社区", "山口"]


@pytest.mark.parametrize("text", ["聯星村", "联 星村", "聯星", "甲镇联星村", "甲鎮聯星村委会", "联星\u200b村"])
def test_a_place_is_found_however_it_is_written(places: Places, county: County, text: str) -> None:
    a = county.units["town-a"]
    assert places.village(text, a).code == "x-1"
    assert places.town("甲鎮") == places.town("甲 镇") == a
    assert places.new == []


def test_a_village_is_found_behind_any_name_of_its_town_but_not_behind_a_part_of_one(
    places: Places, county: County
) -> None:
    town = county.units["town-a"]
    known = next(place for place in places.by_code.values() if place.town_id == town)
    for name in [*(name for name in places.towns if places.towns[name] == town and name.endswith("镇"))]:
        assert places.village(f"{name}{known.name}", town) is known
    # A village may be called after its town.
    assert places.village("甲塘村", town).name == "甲塘村"


def test_a_new_village_keeps_the_characters_it_was_written_in(places: Places, county: County) -> None:
    a = county.units["town-a"]
    made = places.village("甲镇 沙圍行政村", a)
    assert made.name == "沙圍村"
    assert places.village("沙围村", a) is made
