"""Units that end with several successors: a bureau by kinds of tickets and items, a town by villages."""

import pytest
from sqlalchemy import Engine, select

from models import Event, Household, Message, Reform, User, Village
from notifications.dispatch import dispatch
from tests.support.factories import START, County, day, settle_county, small_scheme
from tests.support.reforms import PAPER, actor, in_every_state, reform, sound, unit
from workflow.county import accounts
from workflow.county.accounts import NewUser
from workflow.county.context import county_context
from workflow.errors import BadInput
from workflow.reform import reform_act, reform_parts


@pytest.fixture
def county(engine: Engine) -> County:
    """The water bureau has two kinds of tickets: drinking water, and use of electricity."""
    content = small_scheme().model_dump(mode="json")
    for kind in content["kinds"]:
        if kind["code"] == "power":
            kind["routes"][0]["lead"] = "water"
    return settle_county(engine, small_scheme(kinds=content["kinds"]), households=12)


def parts(county: County, *given: dict[str, object]) -> list[dict[str, object]]:
    return [{"name": "县供水局"}, {"name": "县用能局", **{k: v for each in given for k, v in each.items()}}]


def divide(county: County, at: object = None, **given: object) -> Reform:
    return reform(county, at, kind="split", sources=["water"], parts=parts(county, given))


def test_each_open_ticket_goes_to_the_successor_of_its_kind(county: County) -> None:
    tickets = in_every_state(county)
    of_power = county.file(household="A9", kind="power")
    county.do("water", "accept", of_power)
    divide(county, kinds=[county.cast.kinds.get("power", "power")], accounts=["water"])
    first, second = unit(county, "water").successor_id, county.ticket(of_power).holder_unit_id
    assert first != second
    with county.read() as session:
        names = {row.id: row.name for row in session.scalars(select(type(unit(county, "power"))))}
        assert (names[first or 0], names[second or 0]) == ("县供水局", "县用能局")
        setting = county_context(session)
        assert [heir.id for heir in setting.successors(unit(county, "water").id)] == [first, second]
        assert (
            setting.scheme.kind(county.cast.kinds.get("power", "power")).routes[0].lead
            == setting.unit(second or 0).code
        )
    for state, number in tickets.items():
        ticket = county.ticket(number)
        assert ticket.state == {"in_progress": "assigned"}.get(state, state)
        if state not in ("reported", "returned"):
            assert ticket.lead_unit_id == first
    assert sound(county, day(2)) == []


def test_new_and_reopened_tickets_go_by_the_same_division_and_a_chain_keeps_it(county: County) -> None:
    kind = county.cast.kinds.get("power", "power")
    closed = county.file(household="A3", kind="power")
    county.do("water", "accept", closed)
    county.resolve(closed, day(0.2))
    county.confirm(closed, day(0.3))
    divide(county, day(1), kinds=[kind], accounts=["water"])
    second = actor(county, "water").unit_id
    fresh = county.file(household="A4", kind="power", at=day(1.2))
    assert county.ticket(fresh).lead_unit_id == second
    county.do("town", "reopen", closed, day(1.3), reason="又停电")
    assert county.ticket(closed).holder_unit_id == second
    reform(county, day(2), sources=[_code(county, second)], into="housing", from_day="2018-11-21")
    later = county.file(household="A5", kind="power", at=day(2.1))
    assert county.ticket(later).lead_unit_id == unit(county, "housing").id
    assert county.ticket(closed).holder_unit_id == unit(county, "housing").id
    assert sound(county, day(3)) == []


def _code(county: County, unit_id: int | None) -> str:
    with county.read() as session:
        return county_context(session).unit(unit_id or 0).code


def test_a_town_is_divided_by_its_villages(county: County) -> None:
    tickets = in_every_state(county)
    given = [{"name": "新城镇"}, {"into": county.code("town-b"), "villages": ["town-a-v1"]}]
    reform(county, kind="split", sources=["town-a"], parts=given)
    with county.read() as session:
        towns = {row.code: row.town_id for row in session.scalars(select(Village))}
        homes = dict(session.execute(select(Household.code, Village.code).join(Village)).all())
    assert towns["town-a-v1"] == unit(county, "town-b").id
    assert towns["town-a-v2"] == unit(county, "town-a").successor_id
    for number in tickets.values():
        ticket = county.ticket(number)
        assert ticket.town_id == unit(county, "town-b").id
    assert homes["A1"] == "town-a-v1"
    assert sound(county, day(2)) == []


def test_the_accounts_that_a_part_names_go_there_and_are_told(county: County) -> None:
    with county.write() as session:
        program = NewUser(name="water-program", role="bureau", unit=county.code("water"))
        accounts.create_user(session, county.people["admin"], START, program)
    divide(county, kinds=[county.cast.kinds.get("power", "power")], accounts=["water"])
    heir = unit(county, "water").successor_id
    with county.read() as session:
        moved = session.scalars(select(Event).where(Event.action == "user_moved")).all()
        seats = {event.subject_id: event.given["unit"] for event in moved}
        water = session.scalars(select(User).where(User.name == "water")).one()
    assert seats[water.id] == water.unit_id != heir
    assert {seat for user, seat in seats.items() if user != water.id} == {heir}
    with county.write() as session:
        dispatch(session, day(1.1), 10_000)
    with county.read() as session:
        told = session.scalars(select(Message.recipient_id).where(Message.kind == "user_moved")).all()
    assert set(told) == set(seats)


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ([{"name": "县甲局"}], "parts_needed"),
        ([{"name": "县甲局"}, {"name": "县甲局"}], "part_twice"),
        ([{"name": "县甲局"}, {}], "missing"),
        ([{"into": "water"}, {"name": "县乙局"}], "into_itself"),
        ([{"into": "town-a"}, {"name": "县乙局"}], "one_type_of_unit"),
        ([{"name": "县甲局"}, {"name": "县乙局", "kinds": ["file"]}], "part_unknown"),
        ([{"name": "县甲局"}, {"name": "县乙局", "items": ["99"]}], "part_unknown"),
        ([{"name": "县甲局"}, {"name": "县乙局", "villages": ["town-a-v1"]}], "part_unknown"),
        ([{"name": "县甲局", "kinds": ["water"]}, {"name": "县乙局", "kinds": ["water"]}], "part_twice"),
        ([{"name": "县供电局"}, {"name": "县乙局"}], "name_in_use"),
        ("县甲局", "parts_needed"),
    ],
)
def test_parts_that_cannot_be_are_refused_at_their_field(county: County, given: object, refusal: str) -> None:
    if isinstance(given, list):
        given = [{**each, **({"into": county.code(each["into"])} if "into" in each else {})} for each in given]
    with pytest.raises(BadInput) as error:
        reform(county, kind="split", sources=["water"], parts=given)
    assert (error.value.code, error.value.field) == (refusal, "parts")


def test_what_can_be_divided_is_what_the_rules_say_of_the_unit(county: County) -> None:
    with county.read() as session:
        setting = county_context(session)
        known = reform_parts.divisible(session, setting, unit(county, "water"))
        assert known.topics == ("kind:power", "kind:water", "item:1")
        assert known.villages == ()
        assert [row.code for row in reform_parts.divisible(session, setting, unit(county, "town-a")).villages] == [
            "town-a-v1",
            "town-a-v2",
        ]
        asked = {"kind": "split", "subject": "unit", "sources": ["water"], **PAPER, "parts": parts(county)}
        assert reform_act.preview(session, county.people["office"], START, asked).wanted.called == (
            "县供水局",
            "县用能局",
        )
