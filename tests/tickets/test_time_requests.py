"""Time requests: who, when and until when; how a grant, a refusal and a late answer change the clocks.

The small scheme: office hours 08:30–12:00 and 14:30–17:30 (390 minutes), answers due in 2 working days, extensions at
most 15 working days past the deadline, suspensions at most 20 from now, a ground in the last 4 working hours. A ticket
filed by the town and accepted on Tuesday 20 November 2018, 10:00, is due on Thursday 6 December, 17:30.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import IntegrityError

from models import Charge, Custody, Escalation, Event, EventSecret, Evidence, Tenure, TimeRequest
from tests.support import calendars, invariants
from tests.support.factories import County, day, settle_county, small_scheme
from tests.support.requests import answer, ask, charges, mending, row
from tests.support.texts import SENTENCE
from tests.support.thorough import tries
from workflow.accountability import sweep
from workflow.county.context import county_context
from workflow.errors import BadInput, Duplicate, NotAllowed, NotFound, WrongState
from workflow.policy.worktime import SHANGHAI
from workflow.tickets.views import request_views, timeline
from workflow.verification.full_check import verify

DUE = day(16, 17.5)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine)


def strip(county: County, ticket: int) -> list[Custody]:
    with county.read() as session:
        return list(session.scalars(select(Custody).where(Custody.ticket_id == ticket).order_by(Custody.seq)))


def sound(county: County) -> None:
    with county.read() as session:
        assert [f for f in verify(session, Path("nowhere")) if f.code != "bytes_missing"] == []


def test_a_granted_extension_keeps_the_old_deadline_on_record_and_grows_the_budget(county: County) -> None:
    ticket = mending(county)
    request = ask(county, ticket, day(10))
    assert county.ticket(ticket).due_at == DUE, "while a request waits nothing moves"
    assert county.ticket(ticket).version == 2
    answer(county, request, day(10, 11), True)
    old, new = strip(county, ticket)[-2:]
    assert (old.due_at, old.verdict, old.stage) == (DUE, "on_time", "mend")
    assert (new.due_at, new.granted, new.tenure_id) == (day(20, 17.5), "extension", old.tenure_id)
    assert county.ticket(ticket).due_at == day(20, 17.5)
    assert (row(county, request).status, row(county, request).granted_until) == ("granted", date(2018, 12, 10))
    # Bounced, it takes up what was left until the later deadline, not what was left until the old one.
    county.resolve(ticket, day(13))
    county.do("town", "reject", ticket, day(13, 11), reason="没水")
    assert strip(county, ticket)[-1].due_at == day(21, 8.5 + 1)
    sound(county)


def test_an_extension_over_a_holiday_ends_on_the_day_named_and_counts_only_working_days(county: County) -> None:
    filed = datetime(2018, 12, 14, 10, tzinfo=SHANGHAI)
    ticket = county.file(at=filed)
    county.do("water", "accept", ticket, filed)
    # Twelve working days after Friday the 14th: to Friday the 28th are ten, Saturday the 29th is worked, New Year's is
    # not (30 December to 1 January), so the twelfth is Wednesday 2 January.
    assert county.ticket(ticket).due_at == datetime(2019, 1, 2, 17, 30, tzinfo=SHANGHAI)
    with county.read() as session:
        clock = county_context(session).clock
    request = ask(county, ticket, datetime(2018, 12, 20, 10, tzinfo=SHANGHAI), until="2019-01-04")
    at = datetime(2018, 12, 20, 11, tzinfo=SHANGHAI)
    answer(county, request, at, True)
    new = strip(county, ticket)[-1]
    assert new.due_at == datetime(2019, 1, 4, 17, 30, tzinfo=SHANGHAI)
    # From Thursday the 20th, 11:00: 240 minutes that day, six days to the 28th, the worked Saturday, 2, 3 and 4 January.
    assert (
        clock.minutes_between(at, new.due_at) == 240 + 10 * 390 == sum(line["minutes"] for line in new.account["lines"])
    )
    resting = {line["day"] for line in new.account["lines"] if not line["works"]}
    assert {"2018-12-30", "2018-12-31", "2019-01-01"} <= resting
    assert "2018-12-29" not in resting


def test_an_answer_after_the_deadline_extends_from_the_deadline_and_the_lateness_stands(county: County) -> None:
    ticket = mending(county)
    request = ask(county, ticket, day(15))
    with pytest.raises(BadInput) as refusal:
        answer(county, request, day(17), True, until="2018-12-06")
    assert refusal.value.code == "date_not_in_future"
    answer(county, request, day(17), True, until="2018-12-27")
    old, new = strip(county, ticket)[-2:]
    assert (old.verdict, old.late_minutes) == ("late", 90)
    assert new.due_at == day(37, 17.5), "15 working days past the 6th"
    sound(county)


def test_an_extension_reaches_no_further_than_the_scheme_lets_it_and_is_later_than_the_deadline(county: County) -> None:
    ticket = mending(county)
    for until, code in (
        ("2018-12-06", "extension_not_later"),
        ("2018-12-05", "extension_not_later"),
        ("2018-12-28", "extension_too_long"),
        ("2018-11-19", "date_not_in_future"),
        ("2018-12-22", "day_off"),
    ):
        with pytest.raises(BadInput) as refusal:
            ask(county, ticket, day(1), until=until)
        assert refusal.value.code == code, until
    # The refusal names the working days around the day off.
    assert refusal.value.params == {"day": "2018-12-22", "before": "2018-12-21", "after": "2018-12-24"}
    ask(county, ticket, day(1), until="2018-12-27")


def test_no_extension_reaches_past_a_hard_stop_still_ahead(county: County) -> None:
    ticket = county.file(kind="house", cause="quota")
    county.do("town", "accept", ticket, day(0))
    with pytest.raises(BadInput) as refusal:
        ask(county, ticket, day(1), until="2018-12-21", who="town")
    assert refusal.value.code == "extension_past_stop"
    ask(county, ticket, day(1), until="2018-12-20", who="town")


def test_the_second_extension_is_the_leading_groups_and_there_is_no_third(county: County) -> None:
    ticket = mending(county)
    answer(county, ask(county, ticket, day(1)), day(1), True)
    again = ask(county, ticket, day(2), until="2018-12-12")
    assert row(county, again).asked_of_id == county.units["leaders"]
    for grant in (True, False):
        with pytest.raises(NotAllowed):
            answer(county, again, day(2), grant)
    answer(county, again, day(2), True, who="leaders")
    assert county.ticket(ticket).due_at == day(22, 17.5)
    with pytest.raises(WrongState) as refusal:
        ask(county, ticket, day(3), until="2018-12-14")
    assert refusal.value.code == "extended_already"
    sound(county)


def test_a_reopened_ticket_may_be_extended_anew(county: County) -> None:
    ticket = mending(county)
    answer(county, ask(county, ticket, day(1)), day(1), True)
    county.resolve(ticket, day(2))
    county.confirm(ticket, day(3))
    county.do("town", "reopen", ticket, day(4), reason="又没水")
    answer(county, ask(county, ticket, day(5), until="2018-12-14"), day(5), True)
    sound(county)


def test_after_the_deadline_nobody_asks_and_the_office_extends_only_what_was_asked_before(county: County) -> None:
    ticket = mending(county)
    with pytest.raises(WrongState) as refusal:
        ask(county, ticket, DUE)
    assert refusal.value.code == "asked_too_late"
    with pytest.raises(WrongState) as refusal:
        county.do("office", "extend", ticket, day(17), until="2018-12-12", reason=SENTENCE)
    assert refusal.value.code == "extended_too_late"


def test_in_the_last_hours_only_with_a_ground(county: County) -> None:
    ticket = mending(county)
    # Four working hours before Thursday 17:30 is 11:00; at that very minute it may still be asked.
    with pytest.raises(BadInput) as refusal:
        ask(county, ticket, day(16, 11 + 1 / 60))
    assert (refusal.value.code, refusal.value.params) == ("ground_in_last_hours", {"hours": 4})
    with pytest.raises(BadInput) as refusal:
        ask(county, ticket, day(16, 15), ground="因为下雨")
    assert refusal.value.code == "ground_unknown"
    ask(county, ticket, day(16, 15), ground="flood")
    ask(county, mending(county, "A2"), day(16, 11))


def test_only_the_lead_asks_in_progress_and_one_request_at_a_time(county: County) -> None:
    ticket = county.file()
    with pytest.raises(WrongState):
        ask(county, ticket, day(0))
    county.do("water", "accept", ticket, day(0))
    for who, error in (("town", NotAllowed), ("office", NotAllowed), ("village", NotAllowed), ("power", NotFound)):
        with pytest.raises(error):
            ask(county, ticket, day(1), who=who)
    with pytest.raises(BadInput):
        ask(county, ticket, day(1), kind="holiday")
    for missing in ("reason", "plan"):
        with pytest.raises(BadInput) as refusal:
            ask(county, ticket, day(1), **{missing: " "})
        assert refusal.value.field == missing
    ask(county, ticket, day(1))
    with pytest.raises(Duplicate):
        ask(county, ticket, day(1), until="2018-12-11")


def test_the_database_itself_refuses_a_second_waiting_request_and_half_an_answer(county: County) -> None:
    first, second = (ask(county, mending(county, name), day(1)) for name in ("A1", "A2"))
    waits_on = row(county, first).ticket_id
    for values in ({"ticket_id": waits_on}, {"status": "granted"}, {"answer": SENTENCE}, {"kind": "suspension"}):
        with pytest.raises(IntegrityError), county.write() as session:
            session.execute(update(TimeRequest).where(TimeRequest.id == second).values(**values))


def test_a_suspension_is_asked_for_with_ground_and_evidence_and_granted_through_the_door(county: County) -> None:
    ticket = mending(county)
    asks: dict[str, Any] = {"kind": "suspension", "until": "2018-11-26"}
    with pytest.raises(BadInput) as refusal:
        ask(county, ticket, day(1), **asks)
    assert refusal.value.field == "ground"
    with pytest.raises(BadInput) as refusal:
        ask(county, ticket, day(1), ground="flood", **asks)
    assert refusal.value.field == "evidence"
    with pytest.raises(BadInput) as refusal:
        ask(county, ticket, day(1), ground="flood", evidence=[county.bring("town", ticket, day(1))], **asks)
    assert refusal.value.code == "evidence_of_another_unit"
    request = ask(county, ticket, day(1), ground="flood", evidence=[county.bring("water", ticket, day(1))], **asks)
    answer(county, request, day(1), True)
    assert county.ticket(ticket).state == "suspended"
    assert row(county, request).answer == "经入户核实，情况属实"
    sound(county)


def test_a_suspension_across_a_weekend_moves_the_deadline_by_its_working_minutes_alone(county: County) -> None:
    ticket = mending(county)
    # Friday 23 November 10:00 to the close of Monday 26: 300 minutes on Friday, none at the weekend, 390 on Monday.
    county.do("office", "suspend", ticket, day(3), ground="flood", until="2018-11-26")
    county.do("water", "reclassify", ticket, day(7), kind="power", reason=SENTENCE)
    hold, mend = strip(county, ticket)[-3:-1]
    assert (hold.stage, hold.minutes, hold.granted) == ("hold", 690, "suspension")
    # 6 December 17:30 and 690 working minutes: 390 of Friday the 7th, 300 of Monday the 10th, which is 16:00.
    assert mend.due_at == day(20, 16)


def test_a_refusal_moves_nothing_and_touches_no_clock(county: County) -> None:
    ticket = mending(county)
    before = [(c.id, c.began_at, c.due_at, c.ended_at) for c in strip(county, ticket)]
    request = ask(county, ticket, day(1))
    answer(county, request, day(2), False)
    assert [(c.id, c.began_at, c.due_at, c.ended_at) for c in strip(county, ticket)] == before
    assert (county.ticket(ticket).version, row(county, request).status) == (2, "refused")
    with pytest.raises(WrongState):
        answer(county, request, day(2), True)
    assert ask(county, ticket, day(3)) != request, "a better plan may be tried"
    with county.read() as session:
        actions = session.scalars(
            select(Event.action).where(Event.subject_id == ticket, Event.subject_type == "ticket")
        )
        assert list(actions)[-3:] == ["ask_time", "refuse_time", "ask_time"]
        # Whoever reads the ticket reads why.
        number = county.ticket(ticket).number
        told = {line.action: line.words for line in timeline.history(session, county.people["water"], number)}
        assert "经入户核实，情况属实" in str(told["refuse_time"])
    sound(county)


def test_a_request_lapses_when_its_custody_ends(county: County) -> None:
    ticket = mending(county)
    request = ask(county, ticket, day(1))
    county.resolve(ticket, day(2))
    assert row(county, request).status == "lapsed"
    with pytest.raises(WrongState) as refusal:
        answer(county, request, day(2), True)
    assert refusal.value.code == "request_answered"
    sound(county)


def test_late_answers_are_charged_to_the_office_once_when_the_custody_ends(county: County) -> None:
    ticket = mending(county)
    # Asked on Wednesday 21, to be answered by Friday 23, 17:30; refused on Monday 26 at 10:00: 90 minutes too late.
    answer(county, ask(county, ticket, day(1)), day(6), False)
    assert charges(county) == []
    # Asked on Monday 26, due Wednesday 28; never answered: resolved on Thursday 29 at 11:00, 150 minutes too late.
    ask(county, ticket, day(6))
    county.resolve(ticket, day(9, 11))
    assert charges(county) == [(county.units["office"], 240, "late_answer")]
    sound(county)


def test_an_answer_in_time_is_charged_to_nobody(county: County) -> None:
    ticket = mending(county)
    answer(county, ask(county, ticket, day(1)), day(3, 17.5), True)
    assert charges(county) == []


def test_an_extension_neither_repeats_nor_skips_a_rung(county: County) -> None:
    ticket = mending(county)
    sweep.run(county.read, county.write, day(16))
    ask_at = day(16, 10.5)
    answer(county, ask(county, ticket, ask_at), ask_at, True)
    sweep.run(county.read, county.write, day(60))
    with county.read() as session:
        rungs = session.execute(select(Escalation.rung, Escalation.due_at).order_by(Escalation.rung)).all()
    assert [rung for rung, _ in rungs] == [1, 2, 3, 4, 5]
    assert dict(rungs)[2] == day(20, 17.5), "urged at the later deadline"
    assert invariants.violations(county.engine, day(60), None) == []


def rungs_due(county: County, ticket: int, stage: str = "mend") -> dict[int, datetime]:
    """The rungs the ticket has reached, with their due moments."""
    with county.read() as session:
        query = select(Escalation.rung, Escalation.due_at).where(
            Escalation.ticket_id == ticket, Escalation.stage == stage
        )
        return {row[0]: row[1] for row in session.execute(query)}


def saturday(county: County, works: bool) -> None:
    """The county makes Saturday 8 December a working day, or a day off again after a deadline was set on it."""
    calendars.change(county, day(0), f"2018-12-08,{'yes' if works else 'no'},防汛值守")


def test_a_rung_waits_for_a_deadline_on_a_day_that_became_a_day_off(county: County) -> None:
    saturday(county, works=True)
    ticket = mending(county)
    # To Saturday 8 December: its last working minute is Friday's, and yet no unit is urged before the day named is over.
    answer(county, ask(county, ticket, day(1), until="2018-12-08"), day(1, 11), True)
    saturday(county, works=False)
    assert county.ticket(ticket).due_at == day(18, 17.5)
    for at, expected in (
        # At the very moment a unit is still on time; a second later it is not.
        (day(16, 17.5), {}),
        (day(16, 17.5) + SECOND, {1: day(16, 17.5)}),
        (day(18, 17.5), {1: day(16, 17.5)}),
        (day(18, 17.5) + SECOND, {1: day(16, 17.5), 2: day(18, 17.5)}),
        (day(21, 17.5), {1: day(16, 17.5), 2: day(18, 17.5)}),
        (day(21, 17.5) + SECOND, {1: day(16, 17.5), 2: day(18, 17.5), 3: day(21, 17.5)}),
    ):
        sweep.run(county.read, county.write, at)
        assert rungs_due(county, ticket) == expected, at
    assert invariants.violations(county.engine, day(21, 17.5) + SECOND, None) == []


def test_work_reported_by_the_close_of_a_named_day_that_became_a_day_off_is_on_time(county: County) -> None:
    for household, minutes, verdict in (("A1", 0, "on_time"), ("A2", 1, "late")):
        saturday(county, works=True)
        ticket = mending(county, household)
        answer(county, ask(county, ticket, day(1), until="2018-12-08"), day(1, 11), True)
        saturday(county, works=False)
        county.resolve(ticket, day(18, 17.5) + minutes * MINUTE)
        ended = strip(county, ticket)[-2]
        # A minute past the close of a Saturday is late, though no working minute of it is.
        assert (ended.verdict, ended.late_minutes) == (verdict, 0)
        assert rungs_due(county, ticket) == {1: day(16, 17.5)} | ({2: day(18, 17.5)} if minutes else {})
    sound(county)


def test_a_suspension_to_a_day_that_became_a_day_off_ends_at_its_close(county: County) -> None:
    saturday(county, works=True)
    ticket = mending(county)
    # From Tuesday 4 December, 10:00, until Saturday 8: 300 + 390 + 390 minutes are left of the budget.
    county.do("office", "suspend", ticket, day(14), ground="flood", until="2018-12-08")
    saturday(county, works=False)
    sweep.run(county.read, county.write, day(18, 17.5))
    assert county.ticket(ticket).state == "suspended"
    sweep.run(county.read, county.write, day(18, 17.5) + SECOND)
    assert county.ticket(ticket).state == "in_progress"
    # Monday 10 and Tuesday 11 are 780 minutes, and 300 of Wednesday 12 end at 16:00.
    assert county.ticket(ticket).due_at == day(22, 16)
    sweep.run(county.read, county.write, day(24, 16) + SECOND)
    assert rungs_due(county, ticket) == {1: day(21, 16), 2: day(22, 16), 3: day(24, 16)}
    sound(county)


def test_a_rung_waits_for_a_hard_stop_on_a_day_off(engine: Engine) -> None:
    kinds = small_scheme().model_dump(mode="json")["kinds"]
    kinds[3]["hard_stop"]["date"] = "12-22"
    county = settle_county(engine, small_scheme(kinds=kinds))
    ticket = county.file(kind="house", cause="quota", at=day(30))
    # Filed on Thursday 20 December: two working days would end on Monday, the stop is Saturday 22.
    assert county.ticket(ticket).due_at == day(32, 17.5)
    sweep.run(county.read, county.write, day(32, 17.5))
    assert rungs_due(county, ticket, "accept") == {1: day(30, 17.5)}
    sweep.run(county.read, county.write, day(32, 17.5) + SECOND)
    assert rungs_due(county, ticket, "accept") == {1: day(30, 17.5), 2: day(32, 17.5)}
    sound(county)


def test_who_is_asked_again_with_the_time_for_accepting_overdrawn_has_the_whole_grace_before_it_counts(
    county: County,
) -> None:
    ticket = county.file()
    # Due on Thursday 22 at the close, declined on Monday 26 at 10:00: 480 minutes overdrawn.
    county.do("water", "decline", ticket, day(6), ground="not_ours", cited_duty=SENTENCE)
    county.do("office", "uphold", ticket, day(6, 11), reason=SENTENCE)
    again = strip(county, ticket)[-1]
    assert (again.stage, again.due_at) == ("accept", day(6, 11))
    # Three working days from then: 240 minutes of Monday, 390 each of Tuesday and Wednesday, 150 of Thursday.
    sweep.run(county.read, county.write, day(9, 11))
    assert county.ticket(ticket).state == "assigned"
    with county.read() as session:
        assert session.scalars(select(Tenure.next_at).where(Tenure.id == again.tenure_id)).one() == day(9, 11)
    sweep.run(county.read, county.write, day(9, 11) + SECOND)
    assert county.ticket(ticket).state == "in_progress"
    assert strip(county, ticket)[-1].began_at == day(9, 11)
    sound(county)


def test_a_unit_sent_round_with_its_time_overdrawn_by_more_than_the_grace_is_not_deemed_at_once(engine: Engine) -> None:
    county = settle_county(engine, rounds=9)
    ticket = county.file()
    for at, who, to in ((day(6), "water", "power"), (day(7), "power", "water")):
        county.do(who, "decline", ticket, at, ground="not_ours", cited_duty=SENTENCE)
        county.do("office", "reassign", ticket, at, unit=to, reason=SENTENCE)
    # Back at the water bureau on Tuesday 27, 10:00, which had used 1560 of its 1080 minutes: 480 are overdrawn.
    back = strip(county, ticket)[-1]
    assert (back.stage, back.unit_id, back.due_at) == ("accept", county.units["water"], day(7))
    county.do("water", "decline", ticket, day(9), ground="not_ours", cited_duty=SENTENCE)
    county.do("office", "uphold", ticket, day(9), reason=SENTENCE)
    # Now 1260 are, more than three working days; yet it has three, from Thursday 10:00 until Tuesday 4 December, 10:00.
    for at, state in ((day(9, 11), "assigned"), (day(14), "assigned"), (day(14) + SECOND, "in_progress")):
        sweep.run(county.read, county.write, at)
        assert county.ticket(ticket).state == state, at
    assert strip(county, ticket)[-1].began_at == day(14)
    sound(county)


def test_whoever_alters_a_request_is_found_out(county: County) -> None:
    ticket = mending(county)
    request = ask(county, ticket, day(1))
    answer(county, request, day(2), False)
    changes: list[dict[str, Any]] = [{"reason": "别的理由"}, {"answer": SENTENCE}, {"answer_due_at": day(30)}]
    for change in changes:
        with county.write() as session:
            before = {name: getattr(session.get_one(TimeRequest, request), name) for name in change}
            session.execute(update(TimeRequest).where(TimeRequest.id == request).values(**change))
        with county.read() as session:
            assert {f.code for f in verify(session, Path("nowhere"))} == {"request_differs"}, change
        with county.write() as session:
            session.execute(update(TimeRequest).where(TimeRequest.id == request).values(**before))
    sound(county)


def test_each_unit_is_shown_its_extensions_suspensions_and_the_share_of_time_suspended(county: County) -> None:
    first, second = mending(county), mending(county, "A2")
    answer(county, ask(county, first, day(1)), day(1), True)
    # Mending from Tuesday 10:00 to Friday 10:00 is 1170 minutes; then 690 suspended over the weekend.
    county.do("office", "suspend", second, day(3), ground="flood", until="2018-11-26")
    county.resolve(second, day(7, 8.5))
    county.do("office", "cancel", first, day(1), reason=SENTENCE)
    with county.read() as session:
        setting = county_context(session)
        [row] = request_views.granted(session, setting)
    assert (row.unit, row.extensions, row.suspensions) == (county.units["water"], 1, 1)
    assert (row.suspended, row.mended) == (690, 1170 + 390)
    assert row.suspended_share == 31


MOMENTS = st.integers(min_value=0, max_value=7 * 24 * 4)


def _used(county: County, ticket: int) -> int:
    with county.read() as session:
        query = select(Tenure.used_minutes).where(Tenure.ticket_id == ticket, Tenure.purpose == "mend")
        return session.scalars(query).one()


def _left(county: County, ticket: int) -> int:
    """Working minutes from the last custody's beginning to its deadline, and those used before."""
    with county.read() as session:
        setting = county_context(session)
    last = strip(county, ticket)[-1]
    return setting.clock.minutes_between(last.began_at, last.due_at)


@pytest.fixture
def fresh(engine: Engine) -> Callable[[], County]:
    county = settle_county(engine, small_scheme(), households=3)
    return lambda: county


PROPERTY = settings(
    max_examples=tries(5, 12), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@PROPERTY
@given(quarters=st.tuples(MOMENTS, MOMENTS).map(sorted))
def test_suspending_and_resuming_never_changes_the_minutes_charged_to_the_bureau(
    fresh: Callable[[], County], quarters: list[int]
) -> None:
    county = fresh()
    ticket = mending(county)
    stops, goes = (day(q / 96) for q in quarters)
    with county.read() as session:
        clock = county_context(session).clock
    whole = clock.minutes_between(day(0), DUE)
    county.do("office", "suspend", ticket, stops, ground="flood", until="2018-11-28")
    county.do("office", "resume", ticket, goes)
    used = clock.minutes_between(day(0), stops)
    assert _used(county, ticket) == used
    assert _left(county, ticket) == whole - used, "what was left before it is left after it"
    county.do("office", "cancel", ticket, day(9), reason=SENTENCE)
    assert _used(county, ticket) == used + clock.minutes_between(goes, day(9))


@PROPERTY
@given(at=st.integers(min_value=0, max_value=96 * 8), suspended=MOMENTS)
def test_the_order_of_two_independent_events_does_not_matter_to_the_charge(
    fresh: Callable[[], County], at: int, suspended: int
) -> None:
    """A late refusal on one ticket and a suspension of another, in either order."""
    county, charges = fresh(), []
    refused_at, stops = day(2 + at / 96), day(1 + suspended / 96)
    for order in ((0, 1), (1, 0)):
        one, other = mending(county), mending(county, "A2")
        request = ask(county, one, day(1))
        steps: list[Callable[[], object]] = [
            partial(answer, county, request, refused_at, False),
            partial(county.do, "office", "suspend", other, stops, ground="flood", until="2018-11-29"),
        ]
        for step in order:
            steps[step]()
        for ticket in (one, other):
            county.do("office", "cancel", ticket, day(12), reason=SENTENCE)
        with county.read() as session:
            mine = select(Charge.minutes).join(Custody, Custody.id == Charge.custody_id)
            minutes = list(session.scalars(mine.where(Custody.ticket_id.in_((one, other)))))
        charges.append((minutes, _used(county, one), _used(county, other)))
    assert charges[0] == charges[1]


def test_the_history_of_a_request_keeps_its_kind_day_ground_and_evidence_and_the_words_apart(county: County) -> None:
    ticket = mending(county)
    piece = county.bring("water", ticket, day(1))
    ground = county.cast.given({"ground": "flood"})["ground"]
    asks: dict[str, Any] = {"kind": "suspension", "until": "2018-11-26", "ground": "flood", "evidence": [piece]}
    answer(county, ask(county, ticket, day(1), **asks), day(1), False)
    answer(county, ask(county, ticket, day(1)), day(1), True, until="2018-12-11")
    with county.read() as session:
        digest = session.get_one(Evidence, piece).sha256
        rows = session.execute(
            select(Event.action, Event.given, EventSecret.body)
            .outerjoin(EventSecret, EventSecret.event_id == Event.id)
            .where(Event.subject_type == "ticket", Event.subject_id == ticket)
            .order_by(Event.seq)
        ).all()
    words = {"reason": "连续降雨", "plan": "雨停后三日内接通"}
    asked = {"request": "suspension", "until": "2018-11-26", "ground": ground}
    assert [tuple(row) for row in rows if row[0].endswith("_time")] == [
        ("ask_time", asked | {"evidence": [{"id": piece, "sha256": digest}]}, words),
        ("refuse_time", {"request": "suspension"}, {"reason": "经入户核实，情况属实"}),
        ("ask_time", {"request": "extension", "until": "2018-12-10"}, words),
    ]
