"""Calendar changes with time requests: a named day stays; spans before it, and the day an answer is due, are counted by
the new days.

A ticket filed and accepted on Tuesday 20 November 2018 is due on Thursday 6 December; extended until Monday the 10th.
"""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from models import Custody, Event, Tenure, Ticket, TimeRequest
from tests.support.calendars import assert_verified, at, change, close, held, look, rungs, swept
from tests.support.factories import County, day, settle_county
from tests.support.requests import answer, ask, charges, mending, row
from tests.support.texts import SENTENCE

MONDAY = day(6)
OFF, BACK = "2018-11-28,no,抗洪", "2018-11-28,rule,"


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, households=3)


def extended(county: County, when: datetime = MONDAY) -> int:
    ticket = mending(county)
    answer(county, ask(county, ticket, when), when, True)
    return ticket


def suspended(county: County, household: str) -> int:
    ticket = mending(county, household)
    proof = [county.bring("water", ticket, MONDAY)]
    request = ask(county, ticket, MONDAY, "2018-11-30", kind="suspension", ground="flood", evidence=proof)
    answer(county, request, MONDAY, True)
    return ticket


def standing(county: County, ticket: int) -> list[Any]:
    """The ticket's rows, without an account's count of moves and the rows' ids."""
    apart = ("id", "ticket_id", "tenure_id", "custody_id", "household_id", "evidence")
    rows: list[Any] = []
    with county.read() as session:
        for table, of in (
            (Ticket, Ticket.id),
            (Custody, Custody.ticket_id),
            (Tenure, Tenure.ticket_id),
            (TimeRequest, TimeRequest.ticket_id),
        ):
            for row in session.execute(select(table.__table__).where(of == ticket).order_by(table.id)).mappings():
                plain = {name: value for name, value in row.items() if name not in apart}
                if "account" in plain:
                    plain["account"] = {name: value for name, value in plain["account"].items() if name != "moved"}
                rows.append(plain)
    return rows


def test_an_extension_keeps_the_day_that_was_named_and_counts_the_working_time_before_it_anew(county: County) -> None:
    ticket = extended(county)
    before, budget, was = held(county, ticket)[0], held(county, ticket)[1].budget_minutes, standing(county, ticket)
    assert before.account["rule"] == {"by": "extension", "day": "2018-12-10", "stop": None}
    preview = look(county, day(7), OFF)
    assert (preview.moving, preview.touched) == ((), 1)
    change(county, day(7), OFF)
    after, tenure = held(county, ticket)
    assert county.ticket(ticket).due_at == after.due_at == close("2018-12-10")
    assert tenure.budget_minutes == budget - 390
    assert after.account["flags"] == ["extended"]
    [flooded] = [line for line in after.account["lines"] if line["day"] == "2018-11-28"]
    assert (flooded["works"], flooded["name"], flooded["minutes"]) == (False, "抗洪", 0)
    assert_verified(county, day(7))
    change(county, day(7, 11), BACK)
    assert standing(county, ticket) == was
    assert_verified(county, day(7, 11))


def test_an_extended_ticket_that_bounces_has_the_minutes_that_the_new_days_leave_it(county: County) -> None:
    ticket = extended(county)
    change(county, day(7), OFF)
    county.resolve(ticket, day(10))
    county.do("town", "reject", ticket, day(10), reason="没水")
    # Nothing passed between the two: what is left ends where the extension did, no later for the day off.
    assert county.ticket(ticket).due_at == close("2018-12-10")
    assert_verified(county, day(10))


def test_declared_before_the_grant_or_after_it_a_day_off_leaves_the_same(county: County) -> None:
    first, second = mending(county, "A1"), mending(county, "A2")
    one, other = ask(county, first, day(6)), ask(county, second, day(6))
    answer(county, one, day(6), True)
    change(county, day(6), OFF)
    answer(county, other, day(6), True)
    granted = [
        [rows[name] for rows in standing(county, ticket) if "began_at" in rows and rows["granted"]]
        for ticket in (first, second)
        for name in ("due_at", "account")
    ]
    assert granted[:2] == granted[2:]
    assert held(county, first)[1].budget_minutes == held(county, second)[1].budget_minutes
    assert held(county, first)[1].next_at == held(county, second)[1].next_at
    assert_verified(county, day(6))


def test_a_named_day_that_becomes_a_day_off_stays_the_last_day_and_nobody_is_urged_before_it(county: County) -> None:
    ticket = extended(county)
    was = standing(county, ticket)
    assert change(county, day(7), "2018-12-10,no,抗洪").moving == ()
    custody, tenure = held(county, ticket)
    assert custody.due_at == close("2018-12-10")
    assert custody.account["lines"][-1]["day"] == "2018-12-10"
    # The last minute that is worked before it is on Friday the 7th; a working day before that the unit is reminded.
    assert (tenure.next_at, tenure.next_what) == (close("2018-12-06"), "rung")
    for moment, stands in (("2018-12-07T18:00", 1), ("2018-12-10T17:00", 1), ("2018-12-10T18:00", 2)):
        swept(county, at(moment))
        assert [rung for _, rung, _ in rungs(county, ticket)][-1] == stands, moment
        assert_verified(county, at(moment))
    with county.read() as session:
        fired = select(Event.effective_at).where(Event.action == "escalate").order_by(Event.id)
        assert session.scalars(fired).all()[-1] == custody.due_at
    # Taken back after the unit was urged: what fired stays, the dates are the old ones.
    change(county, at("2018-12-10T19:00"), "2018-12-10,rule,")
    before = [rows["due_at"] for rows in was if "due_at" in rows]
    assert [rows["due_at"] for rows in standing(county, ticket) if "due_at" in rows] == before
    assert_verified(county, at("2018-12-10T19:00"))


def test_while_a_suspension_runs_its_day_stays_and_what_follows_it_counts_by_the_days_there_are_then(
    county: County,
) -> None:
    kept, moved = suspended(county, "A1"), suspended(county, "A2")
    was = standing(county, kept)
    lines = ("2018-11-30,no,抗洪", "2018-12-03,no,抗洪")
    assert change(county, day(7), *lines).moving == ()
    assert {county.ticket(ticket).due_at for ticket in (kept, moved)} == {close("2018-11-30")}
    assert_verified(county, day(7))
    change(county, day(8), *(line.replace(",no,抗洪", ",rule,") for line in lines))
    assert standing(county, kept) == was
    # Used are 4 days by the 26th, 10:00; of 4980 minutes 3420 are left.  From Monday 3 December that is 8 days and 300
    # minutes more: at 16:00 on Thursday the 13th.  With the 3rd off it is Friday.
    county.do("office", "cancel", kept, day(8), reason=SENTENCE)
    change(county, day(8), "2018-12-03,no,抗洪")
    swept(county, day(14))
    assert county.ticket(moved).state == "in_progress"
    assert county.ticket(moved).due_at == at("2018-12-14T16:00")
    assert_verified(county, day(14))


def test_by_when_a_waiting_request_is_to_be_answered_moves_with_the_days_and_back(county: County) -> None:
    ticket = mending(county)
    request = ask(county, ticket, day(1))
    was = standing(county, ticket)
    assert row(county, request).answer_due_at == close("2018-11-23")
    change(county, day(2), "2018-11-23,no,抗洪")
    assert row(county, request).answer_due_at == close("2018-11-26")
    assert county.ticket(ticket).due_at == close("2018-12-07")
    assert_verified(county, day(2))
    with county.read() as session:
        event = session.scalars(select(Event).where(Event.action == "rederive")).one()
        assert event.effect["answers"] == [{"id": request, "answer_due_at": "2018-11-26T09:30:00.000000+00:00"}]
    change(county, day(2), "2018-11-23,rule,")
    assert standing(county, ticket) == was
    change(county, day(2), "2018-11-23,no,抗洪")
    # In time by the days there are now.
    answer(county, request, day(6), True)
    assert charges(county) == []
    assert county.ticket(ticket).due_at == close("2018-12-10")
    assert_verified(county, day(6))


def test_how_late_an_answer_was_counts_by_the_days_there_are_when_it_is_charged(county: County) -> None:
    late, pardoned = mending(county, "A1"), mending(county, "A2")
    for ticket in (late, pardoned):
        answer(county, ask(county, ticket, day(1)), day(6), False)
    county.resolve(late, day(6, 11))
    assert charges(county) == [(county.units["office"], 90, "late_answer")]
    change(county, day(7), "2018-11-23,no,抗洪")
    county.resolve(pardoned, day(7, 11))
    assert charges(county) == [(county.units["office"], 90, "late_answer")], "what was charged stands"
    assert_verified(county, day(7, 11))


def test_a_day_that_moves_only_an_answer_is_told_all_the_same(county: County) -> None:
    ticket = extended(county, when=day(1))
    request = ask(county, ticket, day(2), until="2018-12-12")
    assert row(county, request).answer_due_at == close("2018-11-26")
    changed = change(county, day(2), "2018-11-26,no,抗洪")
    assert (changed.moving, changed.touched) == ((), 1)
    assert row(county, request).answer_due_at == close("2018-11-27")
    assert_verified(county, day(2))
    with county.write() as session:
        session.execute(update(TimeRequest).values(answer_due_at=close("2018-11-27") + timedelta(days=1)))
    with pytest.raises(AssertionError):
        assert_verified(county, day(2))
