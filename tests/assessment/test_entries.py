"""Countable duties: actual and expected progress, when they may be handed in; entries are never rewritten."""

from datetime import date

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError

from models import DutyEntry, DutyForm, Household
from tests.support.contexts import CALENDAR
from tests.support.duties import NOWHERE, at, duty_county, enter, hand_in, lawful, open_by, tickets
from tests.support.factories import County, words
from tests.support.texts import SENTENCE
from workflow.accountability.oversight import signals
from workflow.assessment import duty_status, entries
from workflow.assessment.duty_calendar import progress
from workflow.assessment.entries import EntryInput
from workflow.assessment.expected_progress import expected_today
from workflow.county.context import county_context
from workflow.errors import BadInput, Duplicate, NotAllowed, NotFound, WrongState
from workflow.policy.periods import periods
from workflow.policy.scheme.duties import Count
from workflow.policy.worktime import WorkClock, local_date
from workflow.verification.full_check import verify


def far(county: County, unit: str, code: str, moment: str = "2018-12-03") -> tuple[int, int | None, int | None]:
    """(done, target, expected)."""
    with county.read() as session:
        setting = county_context(session)
        lines = duty_status.lines(session, setting, at(moment), county.units[unit])
        progressed = progress(session, next(line for line in lines if line.code == code), at(moment))
        assert progressed is not None
        return progressed.done, progressed.target, progressed.ought


def test_twenty_days_of_both_heads_count_together_a_day_of_each_once(engine: Engine) -> None:
    county = duty_county(engine)
    open_by(county, at("2018-11-01"))
    made = tickets(county)
    water, power = made["water", "study", "2018"], made["power", "study", "2018"]
    enter(county, "water", water, "2018-11-20", fields={"head": "first"})
    enter(county, "water", water, "2018-11-20", fields={"head": "first"})
    enter(county, "water", water, "2018-11-20", fields={"head": "second"})
    wrong = enter(county, "power", power, "2018-08-01", fields={"head": "县长"})
    assert far(county, "water", "study")[:2] == far(county, "power", "study")[:2] == (3, 20)
    for given, code in (
        ({"day": "2018-07-31"}, "outside_period"),
        ({"day": "2018-12-04"}, "date_in_future"),
        ({"day": "x"}, "not_a_date"),
        ({"fields": {"head": "third"}}, "choice_unknown"),
        ({"fields": {}}, "missing"),
        ({"fields": []}, "not_a_form"),
        ({"fields": {"head": "first", "who": "x"}}, "unknown_field"),
    ):
        asked = {"day": "2018-11-21", "fields": {"head": "first"}} | given
        with pytest.raises(BadInput) as refusal:
            enter(county, "water", water, **asked)  # type: ignore[arg-type]
        assert refusal.value.code == code
    with pytest.raises(BadInput) as refusal, county.write() as session:
        entries.enter(
            session,
            county.people["water"],
            water.id,
            at("2018-12-03"),
            EntryInput(on="2018-11-21", fields={"head": "first"}),
        )
    assert refusal.value.field == "evidence"
    with pytest.raises(NotFound):
        enter(county, "power", water, "2018-11-21", fields={"head": "first"})
    with pytest.raises(NotAllowed):
        enter(county, "office", water, "2018-11-21", fields={"head": "first"})
    # A correction is a new entry: the old one stays and counts no more.
    right = enter(county, "power", power, "2018-08-02", fields={"head": "second"}, corrects=wrong, reason="日期填错")
    with pytest.raises(Duplicate):
        enter(county, "power", power, "2018-08-03", fields={"head": "second"}, corrects=wrong, reason=SENTENCE)
    with pytest.raises(NotFound):
        enter(county, "water", water, "2018-08-03", fields={"head": "second"}, corrects=right, reason=SENTENCE)
    assert far(county, "power", "study")[0] == 3
    with county.write() as session:
        entries.withdraw(session, county.people["power"], power.id, at("2018-12-03"), right, "并无此次调研")
    assert far(county, "power", "study")[0] == 2
    # Short of the target it is handed in only by saying what is missing.
    with pytest.raises(BadInput) as refusal:
        hand_in(county, "water", water, at("2018-12-04"))
    assert (refusal.value.code, refusal.value.field) == ("target_not_reached", "missing")
    assert refusal.value.params == {"done": 2, "target": 20}
    hand_in(county, "water", water, at("2018-12-04"), missing="尚缺18天，因防汛推迟")
    with pytest.raises(WrongState):
        enter(county, "water", water, "2018-11-22", "2018-12-05", fields={"head": "first"})
    with county.read() as session:
        [form] = session.scalars(select(DutyForm)).all()
    assert (form.done, form.target, form.missing) == (2, 20, "尚缺18天，因防汛推迟")
    assert lawful(county, at("2018-12-05")) == []


def test_other_counts(engine: Engine) -> None:
    county = duty_county(engine)
    open_by(county, at("2018-11-01"))
    made = tickets(county)
    special, houses, homes = (made["town-a", code, "2018"] for code in ("special", "houses", "homes"))
    # Meetings: one a month, however many there were.
    for day in ("2018-08-03", "2018-08-20", "2018-11-30"):
        enter(county, "town", special, day)
    # By 3 December four months of five are over.
    assert far(county, "town-a", "special") == (2, 5, 4)
    assert far(county, "town-a", "special", "2018-11-29")[2] == 3
    # Each town has its part of the quota; what another built does not help.
    enter(county, "town", houses, "2018-11-20", fields={"village": "town-a-v1", "houses": "2"})
    enter(
        county,
        "other_town",
        made["town-b", "houses", "2018"],
        "2018-11-20",
        fields={"village": "town-b-v1村", "houses": 3},
    )
    assert far(county, "town-a", "houses")[:2] == (2, 4)
    assert far(county, "town-b", "houses")[:2] == (3, 3)
    wrong: tuple[object, ...] = ("-1", "x", "1.5", "1.234", "²", True, "1e13", [], "NaN")
    for value in wrong:
        with pytest.raises(BadInput) as refusal:
            enter(county, "town", houses, "2018-11-20", fields={"village": "town-a-v1", "houses": value})
        assert refusal.value.code == "not_a_count"
    with pytest.raises(BadInput) as refusal:
        enter(county, "town", houses, "2018-11-20", fields={"village": "town-b-v1", "houses": "1"})
    assert refusal.value.code == "village_unknown"
    # Every household of the register: three in one village, and no village counts more than it has.
    enter(county, "town", homes, "2018-11-20", fields={"village": "town-a-v1", "households": "9"})
    enter(county, "town", homes, "2018-11-20", fields={"village": "town-a-v2", "households": "1"})
    assert far(county, "town-a", "homes")[:2] == (3, 3)
    # What the register says itself is not entered.
    walk = made["town-a", "walk", "2018"]
    assert far(county, "town-a", "walk")[:2] == (0, 3)
    with pytest.raises(BadInput) as refusal:
        enter(county, "town", walk, "2018-11-20")
    assert refusal.value.code == "counts_no_entries"
    with county.write() as session:
        session.scalars(select(Household).where(Household.code == "A1")).one().visited_on = date(2018, 3, 1)
    assert far(county, "town-a", "walk")[:2] == (1, 3)
    assert hand_in(county, "town", homes, at("2018-12-04")).state == "resolved"


CLOCK = WorkClock(CALENDAR, (("08:30", "12:00"), ("14:30", "17:30")))


def test_how_far_it_ought_to_be_by_hand() -> None:
    """From August to 29 December 2018 there are 23 + 19 + 18 + 22 + 21 = 103 working days, by the State Council's notice."""
    [span] = periods("yearly", 2018, "08-01")
    days = Count(unit=words("days"), target=20)  # type: ignore[arg-type]
    due = CLOCK.closing(date(2018, 12, 29))

    def by(day: str) -> int:
        return expected_today(CLOCK, days, span, due, 20, at(day))

    assert by("2018-07-31") == 0
    assert by("2018-08-31") == 20 * 23 // 103 == 4
    # September: 30 days, ten weekend days, the 24th off and the 29th and 30th worked.
    assert by("2018-09-30") == 20 * (23 + 21) // (23 + 21 + 18 + 22 + 21) == 8
    assert by("2018-12-28") == 19
    assert by("2018-12-29") == by("2019-01-05") == 20
    months = Count(unit=words("meetings"), target=5, pace="months")  # type: ignore[arg-type]
    assert [expected_today(CLOCK, months, span, due, 5, at(d)) for d in ("2018-08-30", "2018-08-31", "2018-12-28")] == [
        0,
        1,
        4,
    ]


def test_an_entry_or_a_form_changed_behind_the_desk_is_found(engine: Engine) -> None:
    county = duty_county(engine)
    open_by(county, at("2018-11-01"))
    made = tickets(county)
    first = enter(county, "town", made["town-a", "special", "2018"], "2018-11-20")
    hand_in(county, "water", made["water", "report", "2018-11"], at("2018-12-03"), form={"cases": 3})
    with county.read() as session:
        assert [f for f in verify(session, NOWHERE) if f.code != "bytes_missing"] == []
    for statement in ("UPDATE duty_entry SET void = NOT void", "DELETE FROM duty_form", "DELETE FROM duty_entry"):
        with pytest.raises(DBAPIError, match="append-only"), county.write() as session:
            session.execute(text(statement))
    # What was done stays done; a row that is gone differs in nothing any more.
    tampered = [
        ("duty_entry", "UPDATE duty_entry SET reason = 'x'", ["duty_entry_differs"]),
        ("duty_form", "UPDATE duty_form SET done = 9", ["duty_entry_differs", "duty_form_differs"]),
        ("duty_entry", "DELETE FROM duty_entry", ["duty_form_differs", "duty_rows_differ", "row_missing"]),
    ]
    for table, statement, codes in tampered:
        with county.write() as session:
            for trigger in ("update", "delete"):
                on = f" ON {table}" if engine.dialect.name == "postgresql" else ""
                session.execute(text(f"DROP TRIGGER IF EXISTS {table}_refuse_{trigger}{on}"))
            session.execute(text(statement))
        with county.read() as session:
            said = [finding.code for finding in verify(session, NOWHERE) if finding.code != "bytes_missing"]
            assert sorted(said) == codes, statement
    with county.read() as session:
        assert session.scalars(select(DutyEntry.id).where(DutyEntry.id == first)).first() is None


def test_what_a_form_asks_for_is_filled_in(engine: Engine) -> None:
    county = duty_county(engine)
    open_by(county, at("2018-11-01"))
    meeting = tickets(county)["town-a", "meeting", "2018-Q4"]
    for form, field, code in (
        ({}, "form.held_on", "missing"),
        ({"held_on": "2018-11-05"}, "form.opinions", "missing"),
        ({"held_on": "2019-01-05", "opinions": SENTENCE}, "form.held_on", "date_in_future"),
        ({"held_on": "2018-11-05", "opinions": "电话13800138000"}, "form.opinions", "number_in_text"),
        ("x", "form", "not_a_form"),
        ({"held_on": "2018-11-05", "opinions": SENTENCE, "more": "y"}, "form.more", "unknown_field"),
    ):
        with pytest.raises(BadInput) as refusal:
            hand_in(county, "town", meeting, at("2018-11-12"), form=form)
        assert (refusal.value.field, refusal.value.code) == (field, code)
    done = hand_in(county, "town", meeting, at("2018-11-12"), form={"held_on": "2018-11-05", "opinions": SENTENCE})
    assert done.state == "resolved"
    # Rejected, it comes back with its remaining time, and is handed in again.
    county.do("office", "reject", meeting.id, at("2018-11-13"), reason="纪要未盖章")
    back = county.ticket(meeting.id)
    assert (back.state, back.holder_unit_id) == ("in_progress", county.units["town-a"])
    assert back.due_at is not None
    # The day the office took is not the town's: Saturday the 29th was worked, the next working day is 2 January.
    assert local_date(back.due_at) == date(2019, 1, 2)
    # A date of the notice stays the date.
    houses = tickets(county)["town-a", "houses", "2018"]
    hand_in(county, "town", houses, at("2018-12-10"), missing="尚缺4户")
    county.do("office", "reject", houses.id, at("2018-12-17"), reason="未竣工")
    stopped = county.ticket(houses.id).due_at
    assert stopped is not None
    assert local_date(stopped) == date(2018, 12, 20)


def test_what_was_handed_in_on_time_and_what_not(engine: Engine) -> None:
    county = duty_county(engine)
    open_by(county, at("2018-11-01"))
    made = tickets(county)
    for who, moment in (("water", "2018-12-06"), ("power", "2018-12-10")):
        hand_in(county, who, made[who, "report", "2018-11"], at(moment), form={"cases": 0})
        # However long the office takes, it is not the unit's.
        county.do("office", "confirm", made[who, "report", "2018-11"].id, at("2018-12-28"))
    with county.read() as session:
        setting = county_context(session)
        by_item = duty_status.by_unit_and_item(duty_status.lines(session, setting, at("2018-12-28")))
    water, power = by_item[county.units["water"], None], by_item[county.units["power"], None]
    assert (water.on_time, water.late) == (1, 0)
    assert (power.on_time, power.late) == (0, 1)
    # October's report and the allowances are overdue still; every figure opens into its tickets.
    assert {line.code for line in water.lines if line.owed and line.late} == {"report", "paid"}
    assert {line.ticket_id for line in water.lines} == {row.id for key, row in made.items() if key[0] == "water"}


def test_papers_handed_in_together_are_no_signal(engine: Engine) -> None:
    county = duty_county(engine)
    open_by(county, at("2018-11-01"))
    for (unit, code, _), row in tickets(county).items():
        if unit == "water" and code in ("report", "paid", "half"):
            hand_in(county, "water", row, at("2018-11-01"), **({"form": {"cases": 0}} if code == "report" else {}))
    with county.read() as session:
        setting = county_context(session)
        assert signals.all_signals(session, county.people["inspectorate"], setting)["quick"] == {}
