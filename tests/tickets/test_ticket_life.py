"""Life of a ticket: holder, remaining time and refusals at each step."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from models import Charge, Custody, Event, Tenure
from tests.support.factories import START, County, day, settle_county, small_scheme, words
from tests.support.texts import SENTENCE
from workflow.errors import BadInput, Duplicate, NotAllowed, NotFound, Stale, WrongState
from workflow.policy.worktime import SHANGHAI
from workflow.verification.full_check import verify


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine)


def stages(county: County, ticket: int) -> list[str]:
    with county.read() as session:
        return list(session.scalars(select(Custody.stage).where(Custody.ticket_id == ticket).order_by(Custody.seq)))


def open_custody(county: County, ticket: int) -> Custody:
    with county.read() as session:
        return session.scalars(select(Custody).where(Custody.ticket_id == ticket, Custody.ended_at.is_(None))).one()


def test_a_household_without_water_is_struck_off_when_the_town_has_seen_it_mended(county: County) -> None:
    ticket = county.file("village")
    assert county.ticket(ticket).state == "reported"
    county.do("town", "endorse", ticket, day(1))
    county.do("water", "accept", ticket, day(2))
    county.resolve(ticket, day(6))
    closed = county.confirm(ticket, day(7))
    assert (closed.state, closed.holder_unit_id, closed.due_at) == ("closed", None, None)
    assert stages(county, ticket) == ["vet", "accept", "mend", "confirm"]
    with county.read() as session:
        events = session.scalars(select(Event.action).where(Event.subject_type == "ticket").order_by(Event.seq)).all()
    assert [e for e in events if e != "evidence"] == ["file", "endorse", "accept", "resolve", "confirm"]


@pytest.mark.parametrize("nothing", ["好", "无", "已阅。", "。。。", "5"])
def test_a_note_may_be_left_out_and_says_something_where_it_is_given(county: County, nothing: str) -> None:
    """Seen: a ticket was resolved and confirmed with the note 好."""

    def refused(act: Callable[[], object]) -> bool:
        with pytest.raises(BadInput) as refusal:
            act()
        return (refusal.value.code, refusal.value.field) == ("says_nothing", "note")

    ticket = county.file()
    assert refused(lambda: county.do("water", "accept", ticket, day(1), note=nothing))
    county.do("water", "accept", ticket, day(1))
    assert refused(lambda: county.resolve(ticket, day(2), note=nothing))
    county.resolve(ticket, day(2), note="水泵已更换，两户均已通水")
    proof = [county.bring("town", ticket, day(3), b"seen")]
    told = {"visited_on": day(3).date().isoformat(), "evidence": proof}
    assert refused(lambda: county.do("town", "confirm", ticket, day(3), note=nothing, **told))
    assert county.do("town", "confirm", ticket, day(3), **told).state == "closed"


def test_filed_by_a_town_it_starts_with_the_bureau(county: County) -> None:
    ticket = county.ticket(county.file("town"))
    assert ticket.state == "assigned"
    assert ticket.holder_unit_id == county.units["water"]


def test_the_mending_date_is_fixed_at_dispatch_so_late_acceptance_gains_nothing(county: County) -> None:
    early, late = county.file(household="A1"), county.file(household="A2")
    county.do("water", "accept", early, day(0, 11))
    county.do("water", "accept", late, day(2, 17))
    assert open_custody(county, early).due_at == open_custody(county, late).due_at
    # 2 days to accept and 10 to resolve, from Tuesday 20 November: Thursday 6 December.
    assert open_custody(county, late).due_at == day(16, 17.5)


def test_a_bounced_ticket_keeps_the_time_it_had_left(county: County) -> None:
    ticket = county.file()
    county.do("water", "accept", ticket, day(1))
    before = open_custody(county, ticket).due_at
    county.resolve(ticket, day(6))
    county.do("town", "reject", ticket, day(7), reason="还是没水")
    # One working day at the town, hour for hour, is what the date moves by.
    after = open_custody(county, ticket)
    assert after.stage == "mend"
    assert after.due_at.astimezone(SHANGHAI).date() == day(17).date()
    assert before.astimezone(SHANGHAI).date() == day(16).date()
    with county.read() as session:
        mending = session.scalars(select(Tenure).where(Tenure.ticket_id == ticket, Tenure.purpose == "mend")).all()
    assert len(mending) == 1


def test_an_upheld_bureau_may_not_decline_again_and_bears_the_time_of_the_ruling(county: County) -> None:
    ticket = county.file()
    county.do("water", "decline", ticket, day(1), ground="not_ours", cited_duty="三定方案第二条")
    county.do("office", "uphold", ticket, day(2), reason="饮水安全由水务部门负责")
    with pytest.raises(WrongState) as refusal:
        county.do("water", "decline", ticket, day(2), ground="not_ours", cited_duty="again")
    assert refusal.value.code == "may_not_decline"
    with county.read() as session:
        charge = session.scalars(select(Charge)).one()
    assert (charge.unit_id, charge.minutes, charge.ground) == (county.units["water"], 390, "ruling")


def test_a_reassigned_ticket_gives_the_new_unit_its_own_full_time(county: County) -> None:
    ticket = county.file()
    county.do("water", "decline", ticket, day(1), ground="not_ours", cited_duty=SENTENCE)
    moved = county.do("office", "reassign", ticket, day(2), unit="县供电局", reason="抽水泵没电")
    assert moved.holder_unit_id == county.units["power"]
    assert open_custody(county, ticket).due_at == day(6, 17.5)
    with pytest.raises(NotAllowed):
        county.do("water", "accept", ticket, day(2))


#: Each open state without a dispute, with the moves that lead to it.
REACHED: dict[str, list[tuple[str, str, dict[str, object]]]] = {
    "reported": [],
    "returned": [("town", "send_back", {"reason": SENTENCE})],
    "assigned": [("town", "endorse", {})],
    "in_progress": [("town", "endorse", {}), ("water", "accept", {})],
    "suspended": [
        ("town", "endorse", {}),
        ("water", "accept", {}),
        ("office", "suspend", {"ground": "flood", "until": "2018-11-30"}),
    ],
    "resolved": [("town", "endorse", {}), ("water", "accept", {}), ("water", "resolve", {})],
}


def reached(county: County, state: str) -> int:
    ticket = county.file("village")
    for who, action, given in REACHED[state]:
        county.resolve(ticket, day(1)) if action == "resolve" else county.do(who, action, ticket, day(1), **given)
    assert county.ticket(ticket).state == state
    return ticket


@pytest.mark.parametrize("state", REACHED)
def test_the_office_gives_a_ticket_to_another_unit_in_any_open_state(county: County, state: str) -> None:
    ticket = reached(county, state)
    with pytest.raises(BadInput) as empty:
        county.do("office", "reassign", ticket, day(2), unit="power")
    assert empty.value.field == "reason"
    before = open_custody(county, ticket)
    moved = county.do("office", "reassign", ticket, day(2), unit="power", reason="机构改革，职责划转")
    assert (moved.state, moved.holder_unit_id) == ("assigned", county.units["power"])
    assert (moved.resolved_by_unit_id, moved.resolved_at) == (None, None)
    # The former holder answers for its own time alone, the new one begins with all of its own.
    with county.read() as session:
        ended = session.get_one(Custody, before.id)
    assert (ended.ended_at, ended.verdict) == (day(2), "on_time")
    assert open_custody(county, ticket).due_at == day(6, 17.5)
    county.do("power", "accept", ticket, day(3))
    assert open_custody(county, ticket).due_at.astimezone(SHANGHAI).date() == day(20).date()
    county.resolve(ticket, day(6), who="power")
    assert county.confirm(ticket, day(6)).state == "closed"
    with county.read() as session:
        assert [each.code for each in verify(session, Path("nowhere")) if each.code != "bytes_missing"] == []


def test_only_who_oversees_a_ticket_takes_it_from_its_unit_and_never_to_leave_it_there(county: County) -> None:
    ticket = reached(county, "in_progress")
    for who in ("town", "water", "leaders"):
        with pytest.raises(NotAllowed):
            county.do(who, "reassign", ticket, day(2), unit="power", reason=SENTENCE)
    with pytest.raises(BadInput) as same:
        county.do("office", "reassign", ticket, day(2), unit="water", reason=SENTENCE)
    assert same.value.code == "unit_is_the_same"


def test_a_unit_that_gets_a_ticket_back_goes_on_with_the_time_it_had_left(county: County) -> None:
    ticket = reached(county, "in_progress")
    county.do("office", "reassign", ticket, day(3), unit="power", reason=SENTENCE)
    county.do("office", "reassign", ticket, day(8), unit="water", reason=SENTENCE)
    county.do("water", "accept", ticket, day(8))
    with county.read() as session:
        mending = session.scalars(select(Tenure).where(Tenure.unit_id == county.units["water"])).one()
    # Two of its twelve working days were used before; the five at the other unit are not its own.
    assert mending.used_minutes == 2 * 390


def test_a_decline_by_the_poverty_bureau_is_ruled_by_the_leading_group(county: County) -> None:
    ticket = county.file(kind="file")
    held = county.do("poverty", "decline", ticket, day(1), ground="not_ours", cited_duty=SENTENCE)
    assert held.holder_unit_id == county.units["leaders"]
    with pytest.raises(NotAllowed):
        county.do("office", "uphold", ticket, day(1), reason="ours")
    assert county.do("leaders", "uphold", ticket, day(1), reason="是你的").state == "assigned"


def test_what_a_town_holds_is_confirmed_by_the_guiding_bureau(county: County) -> None:
    ticket = county.file(kind="house", cause="quota")
    county.do("town", "accept", ticket, day(1))
    held = county.resolve(ticket, day(2), who="town")
    assert held.holder_unit_id == county.units["housing"]
    with pytest.raises(NotAllowed):
        county.confirm(ticket, day(3), who="town")
    assert county.confirm(ticket, day(3), who="housing").state == "closed"


def test_the_hard_stop_caps_what_belongs_to_the_quota_and_nothing_else(county: County) -> None:
    quota = county.file(kind="house", cause="quota", household="A1", at=day(20))
    other = county.file(kind="house", cause="other", household="A2", at=day(20))
    county.do("town", "accept", quota, day(21))
    county.do("town", "accept", other, day(21))
    assert open_custody(county, quota).due_at == day(30, 17.5)
    assert open_custody(county, other).due_at > day(30, 17.5)


def test_a_hard_stop_already_past_shortens_nobody(county: County) -> None:
    ticket = county.file("village", kind="house", cause="quota", at=day(29))
    county.do("town", "endorse", ticket, day(32))
    custody = open_custody(county, ticket)
    assert custody.due_at > day(33)
    assert "hard_stop_past" in custody.account["flags"]


def test_suspension_stops_the_clock_and_ends_by_itself(county: County) -> None:
    ticket = county.file()
    county.do("water", "accept", ticket, day(1))
    before = open_custody(county, ticket).due_at
    county.do("office", "suspend", ticket, day(1), ground="flood", until="2018-11-23")
    assert county.ticket(ticket).holder_unit_id == county.units["office"]
    # No one resumed it: the next act finds it running again, since the close of the 23rd.
    county.resolve(ticket, day(10))
    with county.read() as session:
        hold = session.scalars(select(Custody).where(Custody.stage == "hold")).one()
    assert hold.ended_at == day(3, 17.5)
    assert stages(county, ticket) == ["accept", "mend", "hold", "mend", "confirm"]
    assert before < day(17)


def test_a_ticket_nobody_accepts_counts_as_accepted_and_can_no_longer_be_declined(county: County) -> None:
    ticket = county.file()
    with pytest.raises(WrongState):
        county.do("water", "decline", ticket, day(20), ground="not_ours", cited_duty=SENTENCE)
    row = county.do("water", "reclassify", ticket, day(20), kind="power", reason="其实是没电")
    assert row.state == "disputed"
    with county.read() as session:
        deemed = session.scalars(select(Event).where(Event.action == "deem_accepted")).one()
    # Due on Thursday the 22nd, and three working days of grace.
    assert deemed.effective_at == day(7, 17.5)
    assert deemed.at == day(20)


def test_reopening_begins_a_new_episode_and_marks_a_false_closing(county: County) -> None:
    ticket = county.file()
    county.do("water", "accept", ticket, day(1))
    county.resolve(ticket, day(2))
    county.confirm(ticket, day(3))
    again = county.do("office", "reopen", ticket, day(10), reason="抽查发现未通水", false_closing=True)
    assert (again.episode, again.state, again.false_closings) == (2, "in_progress", 1)
    assert open_custody(county, ticket).due_at > day(20)


def test_after_the_days_of_the_scheme_a_new_ticket_names_the_old_one(county: County) -> None:
    ticket = county.file()
    county.do("water", "accept", ticket, day(1))
    county.resolve(ticket, day(2))
    county.confirm(ticket, day(3))
    with pytest.raises(WrongState) as refusal:
        county.do("town", "reopen", ticket, day(60), reason="又没水了")
    assert refusal.value.code == "reopen_too_late"
    assert county.ticket(county.file(at=day(60))).relapse_of_id == ticket


def test_the_same_deficiency_is_not_on_the_ledger_twice(county: County) -> None:
    county.file()
    with pytest.raises(Duplicate):
        county.file("village")


def test_who_looked_at_an_older_version_is_told_so(county: County) -> None:
    ticket = county.file()
    county.do("water", "accept", ticket, day(1), version=1)
    with pytest.raises(Stale):
        county.do("water", "accept", ticket, day(1), version=1)
    with pytest.raises(WrongState):
        county.do("water", "accept", ticket, day(1), version=2)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "visited_on"),
        ({"visited_on": "2018-11-27"}, "evidence"),
        ({"visited_on": "2018-12-31"}, "visited_on"),
        ({"visited_on": "2018-11-21"}, "visited_on"),
        ({"visited_on": "tomorrow"}, "visited_on"),
        ({"visited_on": "2018-11-27", "evidence": [999]}, "evidence"),
        ({"visited_on": "2018-11-27", "evidence": "bureau"}, "evidence"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_confirmation_asks_for_a_visit_after_the_mending_and_evidence_of_ones_own(
    county: County, given: dict[str, object], field: str
) -> None:
    ticket = county.file()
    county.do("water", "accept", ticket, day(1))
    county.resolve(ticket, day(6))
    with pytest.raises(BadInput) as refusal:
        county.do("town", "confirm", ticket, day(7), **given)
    assert refusal.value.field == field


def test_nobody_confirms_on_another_units_evidence(county: County) -> None:
    ticket = county.file()
    county.do("water", "accept", ticket, day(1))
    theirs = county.bring("water", ticket, day(2))
    county.do("water", "resolve", ticket, day(2), evidence=[theirs])
    with pytest.raises(BadInput) as refusal:
        county.do("town", "confirm", ticket, day(3), visited_on="2018-11-23", evidence=[theirs])
    assert refusal.value.code == "evidence_of_another_unit"


def test_a_unit_that_never_held_a_ticket_does_not_see_it(county: County) -> None:
    ticket = county.file()
    for who in ("power", "other_town", "far_village", "other_village", "admin", "housing"):
        with pytest.raises(NotFound):
            county.do(who, "accept", ticket, START)


def test_calling_a_ticket_something_else_without_right_is_borne_and_wins_no_round(county: County) -> None:
    ticket = county.file()
    county.do("water", "accept", ticket, day(0))
    for n in (1, 2):
        county.do("water", "reclassify", ticket, day(n), kind="power", reason="其实是没电")
        county.do("office", "uphold", ticket, day(n, 11), reason="就是没水")
        county.do("water", "accept", ticket, day(n, 11))
    with pytest.raises(WrongState) as refusal:
        county.do("water", "reclassify", ticket, day(3), kind="power", reason="其实是没电")
    assert refusal.value.code == "may_not_reclassify"
    with county.read() as session:
        charges = session.execute(select(Charge.unit_id, Charge.minutes)).all()
    assert charges == [(county.units["water"], 60), (county.units["water"], 60)]


def test_a_matter_called_by_its_right_name_does_not_bring_back_the_right_to_decline(county: County) -> None:
    ticket = county.file()
    county.do("water", "decline", ticket, day(1), ground="not_ours", cited_duty=SENTENCE)
    county.do("office", "uphold", ticket, day(1), reason=SENTENCE)
    county.do("water", "accept", ticket, day(1))
    county.do("water", "reclassify", ticket, day(1), kind="power", reason=SENTENCE)
    assert not county.do("office", "reassign", ticket, day(1), unit="water", reason=SENTENCE).may_decline


def test_a_ruling_that_keeps_the_unit_brings_back_no_right_that_was_lost_and_takes_none_that_was_left(
    engine: Engine,
) -> None:
    county = settle_county(engine, rounds=9)
    upheld, deemed, asked = (county.file(household=f"A{n}") for n in (1, 2, 3))
    county.do("water", "decline", upheld, day(1), ground="not_ours", cited_duty=SENTENCE)
    county.do("office", "uphold", upheld, day(1), reason=SENTENCE)
    for ticket in (upheld, asked):
        county.do("water", "accept", ticket, day(1))
    # The second was not accepted by the close of Tuesday 27, so it counts as accepted; the third was simply accepted.
    for ticket, left in ((upheld, False), (deemed, False), (asked, True)):
        county.do("water", "reclassify", ticket, day(8), kind="power", reason="其实是没电")
        again = county.do("office", "reassign", ticket, day(8), unit="water", reason="水管属你局，仍由你单位办")
        assert (again.state, again.declines < 9, again.may_decline) == ("assigned", True, left), ticket
        if not left:
            with pytest.raises(WrongState) as refusal:
                county.do("water", "decline", ticket, day(8), ground="not_ours", cited_duty=SENTENCE)
            assert refusal.value.code == "may_not_decline"
    county.do("water", "decline", asked, day(8), ground="not_ours", cited_duty=SENTENCE)


def test_a_unit_that_is_given_a_ticket_by_a_ruling_has_its_own_say_until_the_rounds_are_used_up(engine: Engine) -> None:
    county = settle_county(engine, rounds=2)
    ticket = county.file()
    county.do("water", "decline", ticket, day(1), ground="not_ours", cited_duty=SENTENCE)
    assert county.do("office", "reassign", ticket, day(1), unit="power", reason=SENTENCE).may_decline
    county.do("power", "decline", ticket, day(1), ground="not_ours", cited_duty=SENTENCE)
    # The second round was the last, for any holder.
    assert not county.do("office", "reassign", ticket, day(1), unit="housing", reason=SENTENCE).may_decline


def test_a_unit_asked_to_accept_again_has_no_longer_than_its_mending_time(county: County) -> None:
    ticket = county.file()
    county.do("water", "accept", ticket, day(0))
    county.do("water", "reclassify", ticket, day(20), kind="power", reason="其实是没电")
    county.do("office", "uphold", ticket, day(20), reason="就是没水")
    # Due on 6 December and long used up: nothing is left of it while it is asked once more.
    assert open_custody(county, ticket).due_at == day(20)


def test_the_cause_that_decides_the_last_day_cannot_be_left_open(county: County) -> None:
    with pytest.raises(BadInput) as refusal:
        county.file(kind="house")
    assert (refusal.value.code, refusal.value.field) == ("cause_decides_the_date", "cause")


def test_a_ticket_with_its_cause_left_open_stands_beside_no_other_of_its_kind(engine: Engine) -> None:
    causes = [{"code": code, "name": words(code)} for code in ("pipe", "pump")]
    kinds = small_scheme().model_dump(mode="json")["kinds"]
    kinds[0]["causes"] = causes
    county = settle_county(engine, small_scheme(kinds=kinds))
    county.file(cause="pipe")
    county.file(cause="pump")
    with pytest.raises(Duplicate):
        county.file()
    county.file(household="A2")
    with pytest.raises(Duplicate):
        county.file(household="A2", cause="pump")
