"""The office, the leading group and the inspectorate in a reform: a successor has the desk, nothing waits for a unit that has
ended, and nobody rules on, confirms or presses what is their own."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from models import Custody, Event, Unit, User
from tests.support.factories import County, day, settle_county
from tests.support.reforms import actor, in_every_state, reform, sound, unit
from tests.support.requests import answer, ask, mending, row
from tests.support.walks.reforms import reformed
from workflow.county.context import CountyContext, county_context
from workflow.errors import BadInput
from workflow.setup.unit_definitions import Definitions


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, households=9)


def setting(county: County) -> CountyContext:
    with county.read() as session:
        return county_context(session)


def renewed(county: County, at: float = 1) -> Unit:
    """The office goes on as a new one, set up at the power bureau."""
    reform(county, day(at), sources=["office"], into="power", name="县委农村工作领导小组办公室", another=True)
    actor(county, "office")
    with county.read() as session:
        return session.scalars(select(Unit).where(Unit.type == "office", Unit.ended_on.is_(None))).one()


def test_the_office_at_a_bureau_stays_a_unit_of_its_own_with_its_people(county: County) -> None:
    office = renewed(county)
    assert county.people["office"].unit_id == office.id == setting(county).office.id
    assert county.people["office"].role == "office"
    assert county.people["power"].role == "bureau"
    assert unit(county, "office").successor_id == office.id


def test_tickets_in_every_state_go_on_under_the_new_office(county: County) -> None:
    tickets = in_every_state(county)
    renewed(county)
    county.do("office", "uphold", tickets["disputed"], day(1.1), reason="仍由你单位承办")
    county.do("office", "resume", tickets["suspended"], day(1.1))
    assert county.ticket(tickets["disputed"]).state == "assigned"
    assert county.ticket(tickets["suspended"]).state == "in_progress"
    assert sound(county, day(2)) == []


def test_the_office_does_not_rule_on_the_bureau_it_comes_to(county: County) -> None:
    """Also on what was disputed before."""
    ticket = county.file(kind="power")
    county.do("power", "decline", ticket, ground="not_ours", cited_duty="三定方案")
    renewed(county)
    leaders = setting(county).leaders.id
    assert county.ticket(ticket).holder_unit_id == leaders
    county.do("leaders", "uphold", ticket, day(1.1), reason="仍由你单位承办")
    later = county.file(household="A2", kind="power", at=day(1.2))
    county.do("power", "decline", later, day(1.2), ground="not_ours", cited_duty="三定方案")
    assert county.ticket(later).holder_unit_id == leaders
    assert sound(county, day(2)) == []


def test_an_office_that_keeps_its_name_only_changes_its_house(county: County) -> None:
    ticket = county.file(kind="power")
    county.do("power", "decline", ticket, ground="not_ours", cited_duty="三定方案")
    made = reform(county, day(1), sources=["office"], into="power")
    assert unit(county, "office").ended_on is None
    assert made.content["house_id"] == unit(county, "power").id
    assert county.ticket(ticket).holder_unit_id == setting(county).leaders.id
    assert setting(county).by_code[county.code("power")].ruled_by_leaders
    assert sound(county, day(2)) == []


def test_the_house_goes_along_with_the_bureau(county: County) -> None:
    reform(county, day(1), sources=["office"], into="power")
    reform(county, day(1.1), sources=["power"], into="water")
    assert setting(county).by_code[county.code("water")].ruled_by_leaders


def test_of_a_bureau_that_the_office_takes_in_the_leading_group_decides(county: County) -> None:
    tickets = in_every_state(county)
    reform(county, day(1), sources=["water"], into="office")
    office, leaders = setting(county).office.id, setting(county).leaders.id
    actor(county, "water")
    held = {state: county.ticket(number).holder_unit_id for state, number in tickets.items()}
    assert (held["disputed"], held["suspended"]) == (leaders, leaders)
    assert (held["assigned"], held["in_progress"]) == (office, office)
    county.do("leaders", "uphold", tickets["disputed"], day(1.1), reason="仍由你单位承办")
    county.do("leaders", "resume", tickets["suspended"], day(1.1))
    assert sound(county, day(2)) == []


def test_people_taken_in_by_the_office_get_its_role_and_lose_their_tokens(county: County) -> None:
    reform(county, day(1), sources=["water"], into="office")
    with county.read() as session:
        user = session.get_one(User, county.people["water"].user_id)
        assert (user.role, user.unit_id) == ("office", setting(county).office.id)
        events = session.scalars(select(Event).where(Event.subject_type == "user", Event.subject_id == user.id)).all()
    assert [event.given["role"] for event in events if event.action == "user_transferred"] == ["office"]


def test_time_asked_of_the_old_office_is_granted_by_the_new_one(county: County) -> None:
    request = ask(county, mending(county), day(0.1))
    renewed(county)
    answer(county, request, day(1.1), grant=True)
    assert row(county, request).status == "granted"
    assert sound(county, day(2)) == []


@pytest.mark.parametrize(
    ("source", "name"), [("leaders", "县委农村工作领导小组"), ("inspectorate", "县委县政府督查办")]
)
def test_leading_group_and_inspectorate_are_succeeded_by_a_new_one(county: County, source: str, name: str) -> None:
    in_every_state(county)
    reform(county, day(1), sources=[source], name=name, another=True)
    actor(county, source)
    heir = unit(county, source).successor_id
    assert county.people[source].unit_id == heir
    with county.read() as session:
        ended = unit(county, source).id
        stuck = select(Custody).where(Custody.unit_id == ended, Custody.ended_at.is_(None))
        assert session.scalars(stuck).all() == []
    assert sound(county, day(2)) == []


def test_one_reform_of_the_office_after_another_leaves_nothing_behind(county: County) -> None:
    """Each act of the walks, with a ticket in every state: an office that ended twice, and took in two bureaus."""
    in_every_state(county)
    at = day(1)
    for serial, (one, other) in enumerate([(0, 2), (0, 1), (1, 0), (0, 3), (0, 0), (2, 0), (0, 1), (0, 2)]):
        actor(county, "office")
        at = reformed(county, at + timedelta(hours=2), serial, "desk", "unit", one, other)
    assert sound(county, at + timedelta(hours=2)) == []
    held = setting(county)
    assert [unit.type for unit in held.living if unit.type in ("office", "leaders")] == ["office", "leaders"]


def test_names_and_mark_of_a_new_office_are_defined_as_any_units(county: County) -> None:
    """Before, the stored scheme counted as one with two offices, and no unit could be defined any more."""
    office = renewed(county)
    with county.write() as session:
        who = county.people["office"]
        definitions = Definitions.now(session, who, day(1.1))
        definitions.change(office.code, {"full_name": "中共某县委农村工作领导小组办公室", "mark": "某委农办"})
        definitions.change(county.code("power"), {"full_name": "某县供电局"})
        definitions.adopt(session, who, day(1.1))
    held = setting(county)
    assert (held.full_name(held.office), held.scheme.mark(office.code)) == (
        "中共某县委农村工作领导小组办公室",
        "某委农办",
    )
    assert sound(county, day(2)) == []


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"sources": ["office", "power"], "into": "water"}, "office_apart into"),
        ({"sources": ["office"], "into": "town-a"}, "one_type_of_unit into"),
        ({"sources": ["inspectorate"], "into": "power"}, "one_type_of_unit into"),
        ({"sources": ["power"], "into": "leaders"}, "one_type_of_unit into"),
        ({"sources": ["power", "leaders"], "name": "县甲局"}, "one_type_of_unit sources"),
        ({"sources": ["leaders"]}, "missing name"),
        ({"sources": ["office"], "kind": "split", "parts": []}, "unit_never_divided sources"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(county: County, given: dict[str, object], refusal: str) -> None:
    with pytest.raises(BadInput) as error:
        reform(county, **given)
    assert f"{error.value.code} {error.value.field}" == refusal
