"""Visits due: per village and cadre, and the haves never checked."""

import pytest
from sqlalchemy import Engine, text

from tests.support.factories import County, day
from tests.support.households import change, people, settle_register, visit
from tests.support.lives import happen
from workflow.county.context import county_context
from workflow.errors import BadInput, NotAllowed
from workflow.register import visits_due
from workflow.register.lives.family_input import NewPerson
from workflow.register.visits_due import Due, DueFilters


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_register(engine)


def due(county: County, who: str, at: float, **more: object) -> list[str]:
    with county.read() as session:
        setting = county_context(session, 1)
        page = visits_due.list_due(session, county.people[who], setting, day(at), DueFilters(**more))  # type: ignore[arg-type]
        return [line.code for line in page.items]


def test_a_household_is_due_after_the_schemes_days_longest_unvisited_first(county: County) -> None:
    visit(county, at=day(0), household="A1")
    visit(county, at=day(1), household="A2")
    assert due(county, "village", 1) == ["A3"]
    assert due(county, "village", 10) == ["A3"]
    assert due(county, "village", 11) == ["A3", "A1"]
    assert due(county, "village", 12) == ["A3", "A1", "A2"]


def test_who_left_the_register_waits_for_nobody(county: County) -> None:
    change(county, status="cleared")
    assert due(county, "village", 0) == ["A2", "A3"]


def test_each_sees_its_own_and_a_bureau_nothing(county: County) -> None:
    assert due(county, "other_village", 0) == []
    assert due(county, "town", 0) == ["A1", "A2", "A3"]
    assert due(county, "office", 0) == ["A1", "A2", "A3", "B1", "B2", "B3"]
    assert due(county, "office", 0, town="town-b") == ["B1", "B2", "B3"]
    with pytest.raises(NotAllowed):
        due(county, "water", 0)


def test_the_list_pages_by_key(county: County) -> None:
    visit(county, at=day(-20), household="A2")
    seen, cursor = [], None
    with county.read() as session:
        setting = county_context(session, 1)
        while True:
            page = visits_due.list_due(
                session, county.people["office"], setting, day(0), DueFilters(unchecked=False), cursor=cursor, limit=2
            )
            seen += [line.code for line in page.items]
            if page.next is None:
                break
            cursor = page.next
        assert seen == ["A1", "A3", "B1", "B2", "B3", "A2"]
        with pytest.raises(BadInput):
            visits_due.list_due(session, county.people["office"], setting, day(0), DueFilters(), cursor="eyJ4Ijox")


def test_villages_and_cadres_are_counted(county: County) -> None:
    change(county, "A1", cadre_name="李四")
    change(county, "A2", cadre_name="李四")
    visit(county, at=day(0), household="A1")
    with county.read() as session:
        setting, town = county_context(session, 1), county.people["town"]
        villages = visits_due.by_village(session, town, setting, day(5))
        assert [(one.key, one.households, one.due) for one in villages] == [("town-a-v1", 3, 2)]
        cadres = visits_due.by_cadre(session, town, setting, day(5))
        assert [(one.name, one.households, one.due) for one in cadres] == [("", 1, 1), ("李四", 2, 1)]
        towns = visits_due.by_town(session, county.people["office"], setting, day(5))
        assert [(one.key, one.due) for one in towns] == [("town-a", 2), ("town-b", 3)]


def test_villages_stand_by_their_code_towns_as_the_scheme_lists_them_and_cadres_by_what_is_due(county: County) -> None:
    for household, cadre in (("A1", "李四"), ("A2", "王五"), ("A3", "王五"), ("B1", "王五"), ("B2", "赵六")):
        change(county, household, cadre_name=cadre)
    with county.read() as session:
        setting, office = county_context(session, 1), county.people["office"]

        def keys(lines: list[Due]) -> list[str]:
            return [line.key for line in lines]

        assert keys(visits_due.by_village(session, office, setting, day(5))) == ["town-a-v1", "town-b-v1"]
        assert keys(visits_due.by_village(session, office, setting, day(5), "town-b")) == ["town-b-v1"]
        assert keys(visits_due.by_town(session, office, setting, day(5))) == ["town-a", "town-b"]
        assert keys(visits_due.by_cadre(session, office, setting, day(5))) == ["王五", "", "李四", "赵六"]
        assert keys(visits_due.by_cadre(session, office, setting, day(5), limit=1)) == ["王五"]


def test_a_have_never_checked_is_found_and_a_ticket_is_a_look_too(county: County) -> None:
    visit(county, household="A1")
    visit(county, "town", household="A2", source="household", findings={"water": "met", "school": "met"})
    with county.read() as session:
        setting = county_context(session, 1)
        page = visits_due.list_due(session, county.people["village"], setting, day(0), DueFilters(unchecked=True))
        assert [(line.code, line.unchecked) for line in page.items] == [("A2", 2), ("A3", 4)]
        assert visits_due.missing_counts(session, county.people["village"], setting) == 2
    county.file("town", household="A2", kind="power", at=day(0))
    county.file("town", household="A2", kind="income", at=day(0))
    assert due(county, "village", 0, unchecked=True) == ["A3"]


def test_the_count_of_a_village_walks_the_narrow_index(county: County) -> None:
    if county.engine.dialect.name != "sqlite":
        return
    with county.read() as session:
        plan = session.execute(
            text(
                "EXPLAIN QUERY PLAN SELECT count(*) FROM household WHERE village_id = 1"
                " AND status IN ('new', 'in', 'pre_exit') AND visited_on < '2018-11-01'"
            )
        ).all()
    assert "COVERING INDEX ix_household_visited_on" in str(plan)


def test_a_household_whose_people_changed_since_its_visit_is_to_be_looked_at_again(county: County) -> None:
    people(county, {"labour": "with"}, {"labour": "none"})
    change(county, head_name="人1")
    visit(county, at=day(1), household="A1")
    assert due(county, "village", 2, changed=True) == []
    happen(county, "born", person=NewPerson(name="小宝"), at=day(2))
    assert due(county, "village", 2, changed=True) == ["A1"]
    assert "A1" not in due(county, "village", 2)
    with county.read() as session:
        assert visits_due.changed_count(session, county.people["town"], day(2)) == 1
    visit(county, at=day(3), household="A1")
    assert due(county, "village", 3, changed=True) == []
