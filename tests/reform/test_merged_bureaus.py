"""Merged bureaus: what is open follows to the successor, what is over stays where it was."""

import pytest
from sqlalchemy import Engine, select

from models import Custody, Event, Tenure
from tests.support.factories import County, day, settle_county, small_scheme
from tests.support.reforms import actor, in_every_state, reform, sound, unit
from workflow.county.context import county_context
from workflow.policy.scheme.model import Scheme


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, households=9)


def test_every_open_ticket_follows_to_the_successor_and_none_is_left(county: County) -> None:
    tickets = in_every_state(county)
    reform(county, sources=["water", "power"], name="县水电局")
    heir = unit(county, "water").successor_id
    with county.read() as session:
        ended = [unit(county, code).id for code in ("water", "power")]
        assert (
            session.scalars(select(Custody).where(Custody.unit_id.in_(ended), Custody.ended_at.is_(None))).all() == []
        )
    for state, number in tickets.items():
        ticket = county.ticket(number)
        assert ticket.state == {"in_progress": "assigned"}.get(state, state)
        if state not in ("reported", "returned"):
            assert ticket.lead_unit_id == heir
    assert sound(county, day(2)) == []


def test_the_frozen_verdict_stays_with_the_unit_that_ended(county: County) -> None:
    ticket = county.file()
    county.do("water", "accept", ticket)
    reform(county, day(1), sources=["water"], into="power")
    with county.read() as session:
        rows = session.scalars(select(Custody).where(Custody.ticket_id == ticket).order_by(Custody.seq)).all()
    assert [(row.unit_id == unit(county, "water").id, row.stage, row.verdict) for row in rows] == [
        (True, "accept", "on_time"),
        (True, "mend", "on_time"),
        (False, "accept", None),
    ]


@pytest.mark.parametrize(("days", "left"), [(1, 10.6), (30, 2)])
def test_the_successor_has_acceptance_and_the_remaining_time_but_never_less_than_a_limit(
    county: County, days: float, left: float
) -> None:
    ticket = county.file()
    county.do("water", "accept", ticket)
    reform(county, day(days), sources=["water"], into="power")
    with county.read() as session:
        before, after = session.scalars(select(Tenure).where(Tenure.ticket_id == ticket).order_by(Tenure.id)).all()
    assert (after.rung, after.used_minutes, after.round) == (0, 0, 1)
    resolving = after.budget_minutes - after.accept_budget_minutes
    assert resolving == max(before.budget_minutes - before.used_minutes, after.accept_budget_minutes)


def test_the_people_of_the_unit_work_on_in_the_successor(county: County) -> None:
    ticket = county.file()
    county.do("water", "accept", ticket)
    closed = county.file(household="A2")
    county.do("water", "accept", closed)
    county.resolve(closed, day(0.2))
    county.confirm(closed, day(0.3))
    reform(county, day(1), sources=["water", "power"], name="县水电局")
    actor(county, "water")
    county.do("water", "accept", ticket, day(1.1))
    county.resolve(ticket, day(1.2))
    county.do("town", "reopen", closed, day(1.3), reason="又断水")
    assert county.ticket(closed).holder_unit_id == unit(county, "water").successor_id
    county.resolve(closed, day(1.4))
    assert sound(county, day(2)) == []


def test_new_tickets_go_to_the_successor_by_the_rules_that_named_the_old_one(county: County) -> None:
    reform(county, sources=["water"], into="power")
    ticket = county.file(at=day(1.1))
    assert county.ticket(ticket).lead_unit_id == unit(county, "power").id


def test_a_ticket_waiting_elsewhere_comes_back_to_the_successor_with_the_remaining_time(county: County) -> None:
    tickets = in_every_state(county)
    reform(county, day(1), sources=["water"], into="power")
    county.do("office", "uphold", tickets["disputed"], day(1.1), reason="仍由你单位承办")
    county.do("office", "resume", tickets["suspended"], day(1.1))
    proof = [county.bring("town", tickets["resolved"], day(1.1), b"seen")]
    county.do("town", "reject", tickets["resolved"], day(1.1), reason="未修好", evidence=proof, visited_on="2018-11-21")
    heir = unit(county, "power").id
    assert [county.ticket(tickets[state]).holder_unit_id for state in ("disputed", "suspended", "resolved")] == [
        heir
    ] * 3
    with county.read() as session:
        rows = session.scalars(select(Tenure).where(Tenure.unit_id == heir, Tenure.purpose == "mend")).all()
        assert all(row.rung == 0 and row.budget_minutes > 0 for row in rows)


def test_the_act_is_one_event_and_each_ticket_has_its_own(county: County) -> None:
    in_every_state(county)
    made = reform(county, sources=["water"], into="power")
    with county.read() as session:
        acts = session.scalars(select(Event).where(Event.action == "reform")).all()
        moves = session.scalars(select(Event).where(Event.action == "hand_over")).all()
    assert [(act.subject_type, act.subject_id) for act in acts] == [("reform", made.id)]
    assert len(moves) == made.content["tickets"] == 5


def test_reasons_of_routes_name_the_units_there_are(engine: Engine) -> None:
    """Seen: 承办单位 县文广旅体局 · 广播电视信号覆盖由县文广新局负责, on tickets filed after the merger."""
    told = small_scheme().model_dump(mode="json")
    for kind in told["kinds"]:
        for route in kind["routes"]:
            route["reason"]["zh"] = "由县水务局负责，县供电局配合。"
    county = settle_county(engine, Scheme.model_validate(told))

    def reasons() -> set[str]:
        with county.read() as session:
            return {route.reason.zh for kind in county_context(session).scheme.kinds for route in kind.routes}

    assert reasons() == {"由县水务局负责，县供电局配合。"}
    reform(county, day(0, 12), kind="rename", sources=["power"], name="县电力局")
    assert reasons() == {"由县水务局负责，县电力局配合。"}
    reform(county, day(1), sources=["water"], into="power")
    assert reasons() == {"由县电力局负责，县电力局配合。"}
