"""A village goes to another town: households, cadres and open tickets with it; what is over stays with its old town."""

import pytest
from sqlalchemy import Engine, select

from models import Custody, Household, Ticket, User, Village
from tests.support.factories import County, day, settle_county
from tests.support.reforms import actor, in_every_state, reform, sound, unit
from workflow.accountability import sweep
from workflow.errors import BadInput
from workflow.register.importing.place_names import read_places
from workflow.tickets.views.listing import Filters, list_tickets


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, households=12)


def move(county: County, at: object = None, **given: object) -> None:
    reform(county, at, **{"kind": "move", "subject": "village", "sources": ["town-a-v1"], "into": "town-b", **given})


def test_every_open_ticket_follows_its_village(county: County) -> None:
    tickets = in_every_state(county)
    by_town = tickets["by_town"] = county.file(household="A9", kind="house", cause="other")
    county.do("town", "accept", by_town)
    move(county)
    heir = unit(county, "town-b").id
    with county.read() as session:
        village = session.scalars(select(Village).where(Village.code == "town-a-v1")).one()
        assert (village.town_id, village.ended_on) == (heir, None)
        assert session.scalar(select(Household.village_id).where(Household.code == "A1")) == village.id
        cadre = session.scalars(select(User).where(User.name == "village")).one()
        assert (cadre.unit_id, cadre.village_id) == (heir, village.id)
        left = unit(county, "town-a").id
        kept = session.scalars(
            select(Custody.ticket_id)
            .join(Ticket, Ticket.id == Custody.ticket_id)
            .where(Custody.unit_id == left, Custody.ended_at.is_(None), Ticket.in_village_id == village.id)
        ).all()
        assert kept == []
    for number in tickets.values():
        assert county.ticket(number).town_id == heir
    assert (county.ticket(by_town).lead_unit_id, county.ticket(by_town).state) == (heir, "assigned")
    for who in ("village", "other_town"):
        with county.read() as session:
            seen = {line.number for line in list_tickets(session, actor(county, who), day(1.1), Filters()).items}
        assert len(seen) == len(tickets), who
    assert sound(county, day(2)) == []


def test_the_new_town_confirms_and_the_old_one_does_not(county: County) -> None:
    tickets = in_every_state(county)
    move(county)
    for who in ("village", "town", "other_town"):
        actor(county, who)
    county.do("other_town", "endorse", tickets["reported"], day(1.1))
    county.confirm(tickets["resolved"], day(1.2), "other_town")
    assert county.ticket(tickets["resolved"]).state == "closed"
    assert sound(county, day(2)) == []


def test_the_old_towns_verdict_stays_and_the_new_one_begins_with_the_time_left(county: County) -> None:
    ticket = county.file(kind="house", cause="other")
    county.do("town", "accept", ticket)
    sweep.run(county.read, county.write, day(31, 8.5))
    move(county, day(31, 9), from_day="2018-12-20")
    with county.read() as session:
        rows = session.scalars(select(Custody).where(Custody.ticket_id == ticket).order_by(Custody.seq)).all()
    assert [(row.unit_id == unit(county, "town-b").id, row.stage, row.verdict) for row in rows] == [
        (False, "accept", "on_time"),
        (False, "mend", "late"),
        (True, "accept", None),
    ]
    assert rows[-1].due_at > day(31, 9)
    assert sound(county, day(31, 10)) == []


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"into": ""}, "missing into"),
        ({"into": "water"}, "not_a_town into"),
        ({"into": "town-a"}, "in_that_town sources"),
        ({"sources": ["town-b-v1"]}, "in_that_town sources"),
        ({"sources": []}, "missing sources"),
        ({"kind": "move", "subject": "unit", "sources": ["water"]}, "reform_kind kind"),
        ({"kind": "split", "subject": "village"}, "reform_kind kind"),
        ({"name": "新村"}, "into_or_name name"),
    ],
)
def test_a_move_that_cannot_be_is_refused_at_its_field(county: County, given: dict[str, object], refusal: str) -> None:
    with pytest.raises(BadInput) as error:
        move(county, **given)
    assert f"{error.value.code} {error.value.field}" == refusal


def test_two_villages_of_one_name_cannot_come_to_one_town(county: County) -> None:
    reform(county, kind="rename", subject="village", sources=["town-b-v1"], name="town-a-v1村", another=True)
    with pytest.raises(BadInput) as error:
        move(county, day(1.1))
    assert error.value.code == "village_names_collide"


def test_a_village_that_ended_keeps_no_other_from_its_name(county: County) -> None:
    reform(county, kind="rename", subject="village", sources=["town-b-v1"], name="town-a-v1村", another=True)
    reform(county, day(1.1), subject="village", sources=["town-a-v1"], into="town-a-v2")
    reform(county, day(1.2), sources=["town-a"], into="town-b")
    assert sound(county, day(2)) == []


def test_a_merged_village_may_take_the_name_of_one_that_ended_and_its_own_back(county: County) -> None:
    reform(county, subject="village", sources=["town-a-v1"], into="town-a-v2")
    for at, name in ((1.1, "town-a-v1村"), (1.2, "白石村"), (1.3, "town-a-v1村")):
        reform(county, day(at), kind="rename", subject="village", sources=["town-a-v2"], name=name, another=True)
    with county.read() as session:
        found = read_places(session).village("town-a-v1村", unit(county, "town-a").id, add=False)
    assert found.code == "town-a-v2"
    assert sound(county, day(2)) == []


@pytest.mark.parametrize(
    ("subject", "source", "name", "asked"),
    [
        ("village", "town-a-v1", "town-a-v2", True),
        ("village", "town-a-v1", "白石村", False),
        ("unit", "water", "县住建委", True),
        ("unit", "water", "县卫健局", False),
    ],
)
def test_a_new_name_near_a_known_one_is_asked_about(
    county: County, subject: str, source: str, name: str, asked: bool
) -> None:
    if asked:
        with pytest.raises(BadInput) as error:
            reform(county, kind="rename", subject=subject, sources=[source], name=name)
        assert (error.value.code, error.value.field) == ("name_near", "name")
    reform(county, day(1.1), kind="rename", subject=subject, sources=[source], name=name, another=asked)
    assert sound(county, day(2)) == []
