"""Calendar changes: which deadlines move when working days change, and which never do."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from models import Custody, Event, Ticket, WorkingDayOverride
from tests.support.calendars import assert_verified, at, change, close, held, look, rungs, swept, unmoved, word
from tests.support.factories import START, County, day, settle_county, small_scheme
from tests.support.texts import SENTENCE
from workflow.adoption import calendar_change, calendar_days, holiday_notice
from workflow.county.context import county_context
from workflow.errors import BadInput, NotAllowed, Stale, WorkflowError
from workflow.policy.calendar import WorkCalendar
from workflow.verification.full_check import verify


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, households=3)


def test_a_flood_day_in_a_running_limit_moves_its_deadline_by_a_working_day(county: County) -> None:
    # Filed Tuesday the 20th: acceptance is due at the close of Thursday, the resolution on 6 December.
    ticket = county.file()
    preview = look(county, day(1), "2018-11-22,no,抗洪")
    assert [(m.ticket_id, m.due_at, m.becomes) for m in preview.moving] == [
        (ticket, close("2018-11-22"), close("2018-11-23"))
    ]
    assert county.ticket(ticket).due_at == close("2018-11-22")
    done = change(county, day(1), "2018-11-22,no,抗洪")
    assert done.moving == preview.moving
    custody, tenure = held(county, ticket)
    assert custody.due_at == county.ticket(ticket).due_at == close("2018-11-23")
    assert custody.account["lines"][2] == {
        "day": "2018-11-22",
        "works": False,
        "why": "override",
        "name": "抗洪",
        "count": None,
        "provisional": False,
    }
    # Reminded a working day before the new date, so still at the close of the 21st: the 22nd does not count.
    assert (tenure.next_at, tenure.next_what) == (close("2018-11-21"), "rung")
    assert_verified(county, day(1))
    county.do("water", "accept", ticket, day(1))
    assert county.ticket(ticket).due_at == close("2018-12-07")


def test_after_acceptance_the_days_still_count_from_dispatch(county: County) -> None:
    ticket = county.file()
    county.do("water", "accept", ticket, day(1))
    assert county.ticket(ticket).due_at == close("2018-12-06")
    change(county, day(2), "2018-11-28,no,抗洪", "2018-11-29,no,抗洪")
    assert county.ticket(ticket).due_at == close("2018-12-10")
    # A flood day found out afterwards, that lay in the acceptance: the date moves, its minutes stay as frozen.
    change(county, day(3), "2018-11-20,no,抗洪")
    assert county.ticket(ticket).due_at == close("2018-12-10")
    change(county, day(3), "2018-11-21,no,抗洪")
    assert county.ticket(ticket).due_at == close("2018-12-11")
    with county.read() as session:
        first = session.scalars(select(Custody).where(Custody.ticket_id == ticket, Custody.seq == 1)).one()
        assert (first.verdict, first.minutes, first.due_at) == ("on_time", 390, close("2018-11-22"))
    assert_verified(county, day(3))


@pytest.mark.parametrize(
    ("filed", "lines", "due"),
    [
        # Acceptance: two working days.  Saturday 29 and Sunday 30 September 2018 are make-up days.
        ("2018-09-28T10:00", ["2018-09-30,no,停电"], "2018-10-08"),
        ("2018-09-28T10:00", ["2018-09-29,no,停电", "2018-09-30,no,停电"], "2018-10-09"),
        ("2018-09-28T10:00", ["2018-10-01,yes,抢修"], "2018-09-30"),
        ("2018-09-30T10:00", ["2018-10-06,yes,抢修"], "2018-10-08"),
        # Saturday 29 December 2018 is a make-up day, 1 January a holiday.
        ("2018-12-28T10:00", ["2018-12-29,no,雪灾"], "2019-01-03"),
        ("2018-12-28T10:00", ["2018-12-31,yes,抢修"], "2018-12-31"),
        # Both days before Spring Festival 2019 are worked, then not until the 11th.
        ("2019-02-01T10:00", ["2019-02-03,no,雪灾"], "2019-02-11"),
        ("2019-02-01T10:00", ["2019-02-04,yes,抢修", "2019-02-03,no,雪灾"], "2019-02-04"),
        ("2019-02-02T10:00", ["2019-02-11,no,雪灾"], "2019-02-12"),
    ],
)
def test_limits_around_holidays_move_as_counted_by_hand(county: County, filed: str, lines: list[str], due: str) -> None:
    ticket = county.file(at=at(filed))
    change(county, at(filed), *lines)
    assert county.ticket(ticket).due_at == close(due)
    assert_verified(county, at(filed))


def test_a_bounced_ticket_keeps_the_minutes_it_had_left_over_a_day_declared_off(county: County) -> None:
    ticket = county.file()
    county.do("water", "accept", ticket, START)
    county.resolve(ticket, day(7))
    county.do("town", "reject", ticket, day(8), reason="未通水")
    before, tenure = held(county, ticket)
    left = tenure.budget_minutes - tenure.used_minutes
    change(county, day(8), "2018-11-30,no,抗洪")
    after, tenure = held(county, ticket)
    assert tenure.budget_minutes - tenure.used_minutes == left
    # 7 December, in the middle of the day, becomes the Monday after.
    assert (before.due_at.date(), after.due_at.date()) == (date(2018, 12, 7), date(2018, 12, 10))
    assert after.due_at.time() == before.due_at.time()
    with county.read() as session:
        assert county_context(session).clock.minutes_between(after.began_at, after.due_at) == left
    assert_verified(county, day(8))


def test_a_hard_stop_caps_whatever_the_calendar_and_gives_back_what_it_cut(county: County) -> None:
    ticket = county.file(kind="house", cause="quota", at=day(10))
    county.do("town", "accept", ticket, day(10))
    assert county.ticket(ticket).due_at == close("2018-12-18")
    before, budget = held(county, ticket)[0], held(county, ticket)[1].budget_minutes
    off = [f"2018-12-{n},no,抗洪" for n in (10, 11, 12)]
    change(county, day(11), *off)
    assert county.ticket(ticket).due_at == close("2018-12-20")
    assert held(county, ticket)[0].account["flags"] == ["hard_stop_applied"]
    assert held(county, ticket)[1].budget_minutes < budget
    assert_verified(county, day(11))
    change(county, day(12), *(line.replace(",no,抗洪", ",rule,") for line in off))
    custody, tenure = held(county, ticket)
    assert (custody.due_at, custody.account["lines"], custody.account["flags"], tenure.budget_minutes) == (
        before.due_at,
        before.account["lines"],
        before.account["flags"],
        budget,
    )
    assert_verified(county, day(12))


def test_a_suspension_ends_on_its_day_whatever_the_calendar_and_the_rest_counts_by_it(county: County) -> None:
    ticket = county.file()
    county.do("water", "accept", ticket, START)
    county.do("office", "suspend", ticket, day(1), ground="flood", until="2018-11-28")
    assert change(county, day(2), "2018-11-28,no,抗洪", "2018-11-29,no,抗洪").moving == ()
    assert county.ticket(ticket).due_at == close("2018-11-28")
    swept(county, day(9))
    assert county.ticket(ticket).state == "in_progress"
    # Of 4980 minutes 390 were used by the 21st, 10:00.  From Friday the 30th eleven days end on 14 December, and the 300
    # minutes over them at 16:00 on Monday.
    custody, tenure = held(county, ticket)
    assert custody.began_at == close("2018-11-28")
    assert custody.due_at == at("2018-12-17T16:00")
    assert tenure.budget_minutes - tenure.used_minutes == 11 * 390 + 300
    assert_verified(county, day(9))


def test_what_fired_stays_and_does_not_fire_again_under_the_later_date(county: County) -> None:
    ticket = county.file()
    swept(county, day(1, 18))
    swept(county, day(2, 18))
    assert rungs(county, ticket) == [("accept", 1, "issued"), ("accept", 2, "issued")]
    change(county, day(2, 19), "2018-11-22,no,抗洪")
    assert_verified(county, day(2, 19))
    assert swept(county, day(3, 18)).done == 0
    assert len(rungs(county, ticket)) == 2
    # Two working days after the new date comes 督办, at the close; its paper leaves when the office opens.
    assert swept(county, day(7, 17)).done == 0
    swept(county, day(8, 8.5))
    assert rungs(county, ticket)[2:] == [("accept", 3, "issued")]
    assert_verified(county, day(8, 8.5))


def test_a_verdict_once_frozen_is_never_touched(county: County) -> None:
    ticket = county.file()
    county.do("water", "accept", ticket, day(3))
    with county.read() as session:
        frozen = session.execute(select(Custody.__table__).where(Custody.ended_at.is_not(None))).all()
    assert frozen[0].verdict == "late"
    change(county, day(3), "2018-11-22,no,抗洪")
    with county.read() as session:
        assert session.execute(select(Custody.__table__).where(Custody.ended_at.is_not(None))).all() == frozen
    assert_verified(county, day(3))


def test_what_has_lapsed_by_the_days_of_the_time_lapses_first(county: County) -> None:
    ticket = county.file()
    # Deemed accepted at the close of the 27th; no sweep has run when the office declares the 26th off on the 28th.
    change(county, day(8), "2018-11-26,no,抗洪")
    row = county.ticket(ticket)
    assert (row.state, row.may_decline) == ("in_progress", False)
    assert_verified(county, day(8))


def test_each_ticket_that_moves_has_one_event_and_its_version_stays(county: County) -> None:
    moved, still = county.file(household="A1"), county.file(household="A2", at=START)
    county.do("office", "cancel", still, START, reason=SENTENCE)
    seen = county.ticket(moved).version
    change(county, day(1), "2018-11-22,no,抗洪")
    with county.read() as session:
        events = session.scalars(select(Event).where(Event.action == "rederive")).all()
        assert [(e.subject_id, e.actor_id) for e in events] == [(moved, county.people["office"].user_id)]
        act = session.scalars(select(Event).where(Event.action == "calendar")).one()
        assert act.given == {"source": "county", "document": "五防汛〔2018〕3号", "year": None}
        assert act.effect == {"days": [["2018-11-22", False, "抗洪"]], "version": 2, "moved": 1, "touched": 0}
    # A version read before still counts: no one has moved the ticket.
    county.do("water", "accept", moved, day(1), version=seen)


def test_the_whole_ticket_limit_moves_with_the_days(county: County) -> None:
    ticket = county.file()
    before = county.ticket(ticket).cap_at
    assert before == close("2019-01-16")
    assert change(county, START, "2019-01-02,no,雪灾").touched == 1
    assert county.ticket(ticket).cap_at == close("2019-01-17")
    change(county, START, "2019-01-02,rule,")
    assert county.ticket(ticket).cap_at == before
    assert_verified(county, START)


def test_custodies_opened_before_accounts_named_their_rule_are_reckoned_from_what_they_show(county: County) -> None:
    plain, bounced = county.file(household="A1"), county.file(household="A2")
    accepted = county.file(household="A3")
    county.do("water", "accept", accepted, day(1))
    county.do("water", "accept", bounced, START)
    county.resolve(bounced, day(1))
    county.do("town", "reject", bounced, day(1), reason=SENTENCE)
    off = [f"2018-11-{n},no,抗洪" for n in (22, 26)]
    with county.read() as session:
        rules = {
            m.ticket_id: m.becomes
            for m in calendar_change.preview(session, county.people["office"], day(1), word(*off)).moving
        }
    with county.write() as session:
        for row in session.scalars(select(Custody)):
            row.account = {name: value for name, value in row.account.items() if name != "rule"}
    with county.read() as session:
        assert unmoved(session, county)
    assert {m.ticket_id: m.becomes for m in look(county, day(1), *off).moving} == rules
    assert set(rules) == {plain, bounced, accepted}


def test_only_the_office_changes_days_and_says_whose_word_it_is(county: County) -> None:
    with county.write() as session:
        for who in ("town", "water", "leaders", "inspectorate", "admin", "village"):
            with pytest.raises(NotAllowed):
                calendar_change.apply(session, county.people[who], START, word("2018-11-22,no,抗洪"))
    refused = {
        "missing": ("state_council", "", "2018-11-22,no,x", None),
        "notice_line": ("county", "", "2018-11-22,vielleicht,x", None),
        "unknown_authority": ("town", "", "2018-11-22,no,x", None),
        "bad_year": ("county", "", "2018-11-22,no,x", 2018),
    }
    for code, given in refused.items():
        with pytest.raises(WorkflowError) as raised:
            holiday_notice.change(*given)
        assert raised.value.code == code
    for text in ("2018-11-22,no", "2018-11-22,no,", "1918-11-22,no,x", "x,no,x", "2018-11-22,no,x\n2018-11-22,yes,x"):
        with pytest.raises(BadInput, match=r"notice_line|notice_day_twice"):
            holiday_notice.change("county", "", text)


def test_who_looked_before_another_changed_the_days_looks_again(county: County) -> None:
    version = look(county, START, "2018-11-22,no,抗洪").version
    change(county, START, "2018-11-23,no,抗洪")
    with pytest.raises(Stale), county.write() as session:
        calendar_change.apply(session, county.people["office"], START, word("2018-11-22,no,抗洪"), seen=version)
    with pytest.raises(BadInput, match="calendar_unchanged"):
        change(county, START, "2018-11-23,no,抗洪")


def test_a_years_notice_replaces_what_stood_and_makes_the_year_announced(county: County) -> None:
    ticket = county.file(at=at("2026-12-30T10:00"))
    with county.read() as session:
        setting = county_context(session)
        assert calendar_days.reminder(setting.clock.calendar, at("2026-10-31T10:00")) is None
        assert calendar_days.reminder(setting.clock.calendar, at("2026-11-01T00:00")) == 2027
        assert calendar_days.reminder(setting.clock.calendar, at("2027-03-01T10:00")) == 2027
    # Made up for the test: 1 to 4 January off, Saturday the 9th worked.  The weekend days of it depart from nothing, and
    # 1 January was off before the notice.
    text = "day,works,name\n" + "".join(f"2027-01-0{n},no,元旦\n" for n in range(1, 5)) + "2027-01-09,yes,元旦\n"
    with county.write() as session:
        notice = holiday_notice.change("state_council", "国办发明电〔2018〕9号", text, 2027)
        assert calendar_change.apply(session, county.people["office"], at("2026-12-30T11:00"), notice).moving
    assert county.ticket(ticket).due_at == close("2027-01-05")
    with county.read() as session:
        days = [
            (row.day.isoformat(), row.works, row.document)
            for row in calendar_days.rows(session, county.people["town"], 2027)
        ]
        assert days == [
            (day, works, "国办发明电〔2018〕9号")
            for day, works in (("2027-01-01", False), ("2027-01-04", False), ("2027-01-09", True))
        ]
        setting = county_context(session)
        assert calendar_days.reminder(setting.clock.calendar, at("2027-03-01T10:00")) is None
        assert not setting.clock.calendar.provisional(date(2027, 6, 1))
    assert not any(line["provisional"] for line in held(county, ticket)[0].account["lines"])
    assert_verified(county, at("2026-12-30T11:00"))


def test_a_single_day_is_no_notice_for_its_year(county: County) -> None:
    with county.write() as session, pytest.raises(BadInput, match="year_not_announced"):
        lone = holiday_notice.change("state_council", "国办发明电〔2018〕9号", "2027-01-01,no,元旦")
        calendar_change.apply(session, county.people["office"], START, lone)


def test_the_library_brings_the_years_it_knows(county: County) -> None:
    assert holiday_notice.from_library(2018).year == 2018
    with pytest.raises(BadInput, match="year_not_in_library"):
        holiday_notice.from_library(2035)
    # What `init` brought is the same, so there is nothing to change.
    with county.write() as session, pytest.raises(BadInput, match="calendar_unchanged"):
        calendar_change.apply(session, county.people["office"], START, holiday_notice.from_library(2018))


def test_a_day_changed_behind_the_histories_back_is_found(county: County) -> None:
    change(county, START, "2018-11-22,no,抗洪")
    with county.write() as session:
        session.execute(update(WorkingDayOverride).where(WorkingDayOverride.source == "county").values(works=True))
    with county.read() as session:
        assert [f.code for f in verify(session, Path("nowhere"))] == ["calendar_differs"]


def test_a_reckoning_written_behind_the_histories_back_is_found(county: County) -> None:
    ticket = county.file()
    change(county, START, "2018-11-22,no,抗洪")
    with county.write() as session:
        session.execute(update(Custody).values(due_at=close("2018-11-26")))
        session.execute(update(Ticket).values(due_at=close("2018-11-26")))
    with county.read() as session:
        assert {f.code for f in verify(session, Path("nowhere"))} == {"custody_differs", "row_differs"}
    assert ticket


def test_a_calendar_says_nothing_of_a_year_without_days() -> None:
    assert calendar_days.reminder(WorkCalendar({}, frozenset({2018, 2019})), START) is None
    assert calendar_days.reminder(WorkCalendar({}, frozenset({2018})), START) == 2019


def test_what_a_hard_stop_cuts_off_after_a_change_is_gone_from_the_budget_too(county: County) -> None:
    ticket = county.file(kind="house", cause="quota", at=day(10))
    county.do("town", "accept", ticket, day(10))
    county.resolve(ticket, day(13), who="town")
    county.do("housing", "reject", ticket, day(14), reason=SENTENCE)
    change(county, day(14), *(f"2018-12-{n},no,抗洪" for n in (10, 11, 12, 13)))
    custody, tenure = held(county, ticket)
    assert custody.due_at == close("2018-12-20")
    with county.read() as session:
        left = county_context(session).clock.minutes_between(custody.began_at, custody.due_at)
    assert tenure.budget_minutes - tenure.used_minutes == left
    swept(county, day(14))
    assert_verified(county, day(14))


def test_a_rung_beyond_the_deadline_moves_with_the_days_though_the_deadline_does_not(engine: Engine) -> None:
    limits = {"vet": 2, "supplement": 3, "accept": 2, "mend": 10, "rule": 3, "confirm": 5, "cap": 12}
    county = settle_county(engine, small_scheme(limits={"normal": limits, "urgent": limits}))
    ticket = county.file()
    county.do("water", "accept", ticket, START)
    swept(county, day(17))
    assert held(county, ticket)[1].next_at == close("2018-12-10")
    done = change(county, day(17), "2018-12-10,no,抗洪")
    # Nothing in the history has changed, so there is no event.
    assert (done.moving, done.touched) == ((), 0)
    assert held(county, ticket)[1].next_at == close("2018-12-11")
    assert swept(county, at("2018-12-10T18:00")).done == 0
    assert_verified(county, at("2018-12-10T18:00"))
