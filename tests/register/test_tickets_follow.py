"""A ticket follows its household: the present village and town see it and act on it, former holders read up to their exit."""

import pytest
from sqlalchemy import Engine, select

from models import Custody, Event, Ticket
from tests.support.factories import START, County, day, settle_county
from tests.support.lives import act
from tests.support.reforms import in_every_state, sound
from tests.support.spot_checks import FIRST, close, draw
from workflow.errors import NotFound
from workflow.tickets import lookup
from workflow.tickets.views.detail import ticket_view
from workflow.tickets.views.listing import Filters, list_tickets


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, households=9)


def seen(county: County, who: str) -> set[str]:
    with county.read() as session:
        return {line.number for line in list_tickets(session, county.people[who], day(3), Filters()).items}


def numbers(county: County, tickets: dict[str, int]) -> dict[str, str]:
    return {state: county.ticket(ticket).number for state, ticket in tickets.items()}


def moved(county: County, to: str = "town-b-v1") -> dict[str, int]:
    """A ticket in every open state, and its households moved together."""
    tickets = in_every_state(county)
    for n in range(1, len(tickets) + 1):
        act(county, "relocated", household=f"A{n}", to=to, at=day(2))
    return tickets


def test_tickets_in_every_state_are_seen_by_the_present_village_and_town_alone(county: County) -> None:
    tickets = moved(county)
    known = numbers(county, tickets)
    assert seen(county, "far_village") == seen(county, "other_town") == set(known.values())
    assert seen(county, "village") == set()
    # Who vetted or sent back reads its own part; what the town never held it does not see.
    held = {state for state, number in known.items() if number in seen(county, "town")}
    assert held == {"reported", "returned", "resolved"}
    assert sound(county, day(3)) == []


def test_within_the_town_clocks_and_holders_stay(county: County) -> None:
    before = in_every_state(county)
    rows = {state: county.ticket(ticket) for state, ticket in before.items()}
    for n in range(1, len(before) + 1):
        act(county, "relocated", household=f"A{n}", to="town-a-v2", at=day(2))
    for state, ticket in before.items():
        row, old = county.ticket(ticket), rows[state]
        assert (row.holder_unit_id, row.due_at, row.state) == (old.holder_unit_id, old.due_at, old.state)
    assert seen(county, "other_village") == set(numbers(county, before).values())
    assert seen(county, "town") == seen(county, "other_village")
    assert sound(county, day(3)) == []


def test_the_present_town_and_village_act_where_the_former_did(county: County) -> None:
    tickets = moved(county)
    for who, action in (("town", "endorse"), ("village", "withdraw")):
        with pytest.raises(Exception, match=r"no_such_ticket|not_allowed"):
            county.do(
                who, action, tickets["reported"], day(2.1), **({"reason": "重复"} if action == "withdraw" else {})
            )
    county.do("other_town", "endorse", tickets["reported"], day(2.1))
    county.do("far_village", "resubmit", tickets["returned"], day(2.1))
    county.confirm(tickets["resolved"], day(2.2), who="other_town")
    county.resolve(tickets["in_progress"], day(2.3))
    county.confirm(tickets["in_progress"], day(2.4), who="other_town")
    states = {
        state: county.ticket(tickets[state]).state for state in ("reported", "returned", "resolved", "in_progress")
    }
    assert states == {"reported": "assigned", "returned": "reported", "resolved": "closed", "in_progress": "closed"}
    assert sound(county, day(3)) == []


def test_the_former_towns_custody_ends_with_its_verdict_and_the_present_begins_fresh(county: County) -> None:
    ticket = in_every_state(county)["reported"]
    late = day(20)
    act(county, "relocated", household="A1", to="town-b-v1", at=late)
    with county.read() as session:
        rows = session.scalars(select(Custody).where(Custody.ticket_id == ticket).order_by(Custody.seq)).all()
    before, after = rows
    assert (before.unit_id, before.verdict, before.ended_at) == (county.units["town-a"], "late", late)
    assert (after.unit_id, after.stage, after.began_at) == (county.units["town-b"], "vet", late)
    assert after.due_at > late
    act(county, "relocated", household="A1", to="town-a-v1", at=day(21))
    with county.read() as session:
        back = session.scalars(select(Custody).where(Custody.ticket_id == ticket, Custody.ended_at.is_(None))).one()
    # Whoever gets it back late begins fresh as well.
    assert (back.unit_id, back.due_at > day(21)) == (county.units["town-a"], True)
    assert sound(county, day(22)) == []


def test_a_former_holder_reads_up_to_its_exit_and_the_history_is_whole(county: County) -> None:
    ticket = in_every_state(county)["resolved"]
    act(county, "relocated", household="A7", to="town-b-v1", at=day(2))
    county.confirm(ticket, day(2.2), who="other_town")
    with county.read() as session:
        number = session.get_one(Ticket, ticket).number
        former = ticket_view(session, county.people["town"], number, day(3))
        present = ticket_view(session, county.people["other_town"], number, day(3))
        with pytest.raises(NotFound):
            lookup.find_ticket(session, county.people["village"], number)
        events = session.scalars(select(Event.action).where(Event.subject_type == "ticket", Event.subject_id == ticket))
        assert list(events)[-3:] == ["follow", "evidence", "confirm"]
    assert (former.cut_at, present.cut_at) == (day(2), None)
    assert [len(view.custodies) for view in (former, present)] == [3, 4]


def test_a_closed_ticket_follows_and_is_reopened_by_the_present_town(county: County) -> None:
    ticket = in_every_state(county)["resolved"]
    county.confirm(ticket, day(1), who="town")
    act(county, "relocated", household="A7", to="town-b-v1", at=day(2))
    with county.read() as session:
        number = county.ticket(ticket).number
        for who in ("far_village", "other_town", "town"):
            assert lookup.find_ticket(session, county.people[who], number).id == ticket
    county.do("other_town", "reopen", ticket, day(2.1), reason="迁入后复查仍未通水")
    row = county.ticket(ticket)
    assert (row.state, row.town_id, row.confirmer_unit_id) == (
        "in_progress",
        county.units["town-b"],
        county.units["town-b"],
    )
    assert row.closed_by_unit_id is None
    assert sound(county, day(3)) == []


def test_what_a_town_resolved_itself_is_the_present_towns(county: County) -> None:
    ticket = county.file("town", household="A1", at=START)
    county.do("water", "decline", ticket, START, ground="not_ours", cited_duty="三定方案")
    county.do("office", "reassign", ticket, START, unit=county.code("town-a"), reason="镇里自办")
    county.do("town", "accept", ticket, START)
    act(county, "relocated", household="A1", to="town-b-v1", at=day(2))
    row = county.ticket(ticket)
    assert (row.state, row.lead_unit_id, row.holder_unit_id) == (
        "assigned",
        county.units["town-b"],
        county.units["town-b"],
    )
    assert row.confirmer_unit_id not in (county.units["town-a"], county.units["town-b"])
    county.do("other_town", "accept", ticket, day(2.1))
    assert sound(county, day(3)) == []


def test_a_month_already_drawn_keeps_the_town_of_a_ticket_that_follows_later(county: County) -> None:
    close(county)
    assert draw(county)
    act(county, "relocated", household="A1", to="town-b-v1", at=FIRST)
    assert sound(county, FIRST) == []
