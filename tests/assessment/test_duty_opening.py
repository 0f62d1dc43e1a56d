"""Opening of duties: once, at the start of their period, also after downtime; steps follow one another without a gap."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError

from models import Custody, DutyOpening, Event, Party, Ticket
from tests.support.contexts import place_of
from tests.support.duties import at, duty, duty_county, duty_scheme, finish, hand_in, lawful, open_by, tickets
from tests.support.texts import SENTENCE
from tests.support.thorough import tries
from workflow.accountability import sweep
from workflow.adoption import scheme_adoption
from workflow.assessment import duty_opening
from workflow.assessment.duty_opening import duties_to_open
from workflow.county.context import county_context
from workflow.errors import BadInput, NotAllowed, WrongState
from workflow.policy.worktime import local_date
from workflow.tickets import desk
from workflow.tickets.consequences.duty_tickets import open_duty

#: Acts on record; that the opening mark moved on is recorded each day.
_ACTS = select(func.count()).select_from(Event).where(Event.action != "rows")
REPORT = {"form": {"cases": "0"}}
MEETING = {"form": {"held_on": "2018-11-02", "opinions": "更换老旧水管"}}


def test_three_workers_open_every_duty_once_and_a_look_with_nothing_due_writes_nothing(engine: Engine) -> None:
    county = duty_county(engine)
    with ThreadPoolExecutor(3) as pool:
        looks = [pool.submit(duty_opening.run, county.read, county.write, at("2018-11-01"), batch=4) for _ in range(3)]
    assert not [look.result().failed for look in looks if look.result().failed]
    made = tickets(county)
    assert sum(look.result().count for look in looks) == len(made)
    # Periods over by 21 October are owed by no unit, except the meetings: their item counts four quarters from January.
    assert sorted({(code, period) for _, code, period in made}) == [
        ("half", "2018-H2"),
        ("homes", "2018"),
        ("houses", "2018"),
        ("meeting", "2018-Q1"),
        ("meeting", "2018-Q2"),
        ("meeting", "2018-Q3"),
        ("meeting", "2018-Q4"),
        ("paid", "2018"),
        ("report", "2018-10"),
        ("report", "2018-11"),
        ("special", "2018"),
        ("study", "2018"),
        ("walk", "2018"),
    ]
    assert len(made) == 2 + 2 + 2 + 4 * 3 + 2 + 2 * 2 + 2 + 2 + 2
    with county.read() as session:
        events = session.scalar(_ACTS)
        marks = session.scalars(select(DutyOpening)).all()
    assert [mark.through for mark in marks] == [date(2018, 11, 1)]
    assert open_by(county, at("2018-11-01", 17)).count == 0
    assert open_by(county, at("2018-11-15")).count == 0
    with county.read() as session:
        assert session.scalar(_ACTS) == events
    first = made["water", "report", "2018-11"]
    assert (first.state, first.holder_unit_id, first.filed_as) == ("in_progress", county.units["water"], "system")
    assert first.confirmer_unit_id == county.units["office"]
    assert made["office", "meeting", "2018-Q4"].confirmer_unit_id == county.units["leaders"]
    with county.read() as session:
        guiding = session.execute(select(Party.unit_id, Party.standing)).all()
    assert {tuple(row) for row in guiding} == {(county.units["housing"], "assisting")}
    with pytest.raises(IntegrityError), county.write() as session:
        setting = county_context(session, hold=True)
        wanted = next(b for b in duties_to_open(setting, date(2018, 1, 1), date(2018, 12, 1)) if b[2].code == "2018-11")
        open_duty(session, setting, wanted, at("2018-11-02"))
    assert lawful(county, at("2018-11-15")) == []


def test_a_deadline_follows_its_rule_and_nobody_is_born_overdue(engine: Engine) -> None:
    county = duty_county(engine)
    open_by(county, at("2018-11-01"))
    open_by(county, at("2018-12-24"))
    due = {(code, period): local_date(row.due_at) for (_, code, period), row in tickets(county).items() if row.due_at}
    assert due["report", "2018-11"] == date(2018, 12, 7)
    assert due["meeting", "2018-Q4"] == due["study", "2018"] == date(2018, 12, 29)
    assert due["paid", "2018"] == date(2018, 11, 30)
    assert due["houses", "2018"] == date(2018, 12, 20)
    # Opened when the quarter was long over: five working days all the same.
    assert due["meeting", "2018-Q1"] == date(2018, 11, 8)
    with county.read() as session:
        flags = {
            row.ticket_id: row.account["flags"] for row in session.scalars(select(Custody).where(Custody.seq == 1))
        }
    made = tickets(county)
    assert flags[made["town-a", "meeting", "2018-Q1"].id] == ["opened_late"]
    assert flags[made["town-a", "meeting", "2018-Q4"].id] == []
    for row in made.values():
        assert row.due_at is not None
        assert row.due_at > row.filed_at
    # December's report came up when the worker was down for three weeks, and is due in January as ever.
    assert due["report", "2018-12"] == date(2019, 1, 8)


def test_a_unit_that_lets_a_duty_lie_climbs_the_ladder_as_with_any_ticket(engine: Engine) -> None:
    county = duty_county(engine, [duty("report", ["water"], "monthly", {"by": "last"})])
    open_by(county, at("2018-11-01"))
    swept = sweep.run(county.read, county.write, at("2018-12-05"))
    # October's and November's: beyond the third rung, proposed to a person.
    assert sum(swept.rungs.values()) == 2
    assert lawful(county, at("2018-12-05")) == []


DAYS = (date(2018, 10, 22), date(2018, 12, 31))


@examples(max_examples=tries(3, 6), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.integers(0, (DAYS[1] - DAYS[0]).days), max_size=12))
def test_opened_day_by_day_or_after_any_downtime_it_is_the_same(looks: set[int]) -> None:
    scheme = duty_scheme()
    assert scheme.duties.list
    # Each run opens what began since the last one; all together equal a single run at the end.
    setting = place_of(scheme, 2018)
    at_once: set[tuple[str, str, str]] = set()
    taken_up, through = DAYS[0], None
    for offset in sorted(looks | {(DAYS[1] - DAYS[0]).days}):
        today = DAYS[0] + timedelta(days=offset)
        opened = {(d.code, u.code, p.code) for d, u, p in duties_to_open(setting, taken_up, today, through)}
        assert not opened & at_once
        at_once |= opened
        through = today
    assert at_once == {(d.code, u.code, p.code) for d, u, p in duties_to_open(setting, taken_up, DAYS[1])}


def test_a_year_opened_day_by_day_is_a_year_opened_at_once(engine: Engine) -> None:
    report = duty("report", ["water"], "monthly", {"by": "end", "days": 5})
    duties = [report, duty("half", ["power"], "half_yearly", {"by": "last"})]
    county = duty_county(engine, duties)
    for month in (10, 11, 12):
        for day in (22, 28) if month == 10 else (1, 2, 30):
            open_by(county, at(f"2018-{month}-{day:02d}"))
    daily = {key: row.due_at for key, row in tickets(county).items()}
    with county.read() as session:
        setting = county_context(session)
    once = {(u.code, d.code, p.code) for d, u, p in duties_to_open(setting, date(2018, 10, 21), date(2018, 12, 31))}
    assert (
        set(daily) == once == {("water", "report", f"2018-{n}") for n in (10, 11, 12)} | {("power", "half", "2018-H2")}
    )
    # What was not opened late is due on the day it would have been due anyhow.
    assert local_date(daily["water", "report", "2018-12"]) == date(2019, 1, 8)  # type: ignore[arg-type]


def test_steps_follow_one_another_without_a_gap(engine: Engine) -> None:
    county = duty_county(engine)
    open_by(county, at("2018-11-01"))
    made = tickets(county)
    # One unit owes both steps: its own closing is enough.
    finish(county, "town", made["town-a", "meeting", "2018-Q4"], at("2018-11-05"), **MEETING)
    born = {key: row for key, row in tickets(county).items() if key not in made}
    assert set(born) == {("town-a", "archive", "2018-Q4")}
    [archive] = born.values()
    assert archive.filed_at == tickets(county)["town-a", "meeting", "2018-Q4"].ended_at
    assert archive.due_at is not None
    assert local_date(archive.due_at) == date(2018, 11, 19)
    # Another unit's next step waits for all who owe the first.
    finish(county, "water", made["water", "paid", "2018"], at("2018-11-05"))
    assert ("office", "imported", "2018") not in tickets(county)
    finish(county, "power", made["power", "paid", "2018"], at("2018-11-06"))
    imported = tickets(county)["office", "imported", "2018"]
    with county.read() as session:
        event = session.scalars(select(Event).where(Event.subject_id == imported.id, Event.seq == 1)).one()
    assert event.given["after"] == made["power", "paid", "2018"].id
    finish(county, "office", imported, at("2018-11-07"))
    assert {unit for unit, code, _ in tickets(county) if code == "verified"} == {"town-a", "town-b"}
    # Reopened and closed again it gives birth to nothing twice.
    county.do("office", "reopen", made["town-a", "meeting", "2018-Q4"].id, at("2018-11-08"), reason="材料不全")
    finish(county, "town", made["town-a", "meeting", "2018-Q4"], at("2018-11-09"), **MEETING)
    assert lawful(county, at("2018-11-09", 10)) == []


def test_a_step_that_was_cancelled_holds_up_nobody_who_waits_for_the_others(engine: Engine) -> None:
    county = duty_county(engine)
    open_by(county, at("2018-11-01"))
    made = tickets(county)
    finish(county, "water", made["water", "paid", "2018"], at("2018-11-05"))
    county.do("office", "cancel", made["power", "paid", "2018"].id, at("2018-11-06"), reason="该局无此项业务")
    assert ("office", "imported", "2018") in tickets(county)


def test_a_duty_cancelled_by_mistake_comes_back_and_a_deficiency_does_not(engine: Engine) -> None:
    county = duty_county(engine)
    open_by(county, at("2018-11-01"))
    report = tickets(county)["water", "report", "2018-11"]
    county.do("office", "cancel", report.id, at("2018-11-02"), reason="误作废")
    # It is there once a period: looking again opens no other.
    assert open_by(county, at("2018-11-03")).count == 0
    with pytest.raises(NotAllowed):
        county.do("water", "reopen", report.id, at("2018-11-05"), reason=SENTENCE)
    with pytest.raises(BadInput, match="unknown_field"):
        county.do("office", "reopen", report.id, at("2018-11-05"), reason=SENTENCE, false_closing=True)
    back = county.do("office", "reopen", report.id, at("2018-11-05"), reason="作废有误，恢复办理")
    assert (back.state, back.episode, back.holder_unit_id) == ("in_progress", 2, county.units["water"])
    finish(county, "water", back, at("2018-11-06"), **REPORT)
    assert lawful(county, at("2018-11-06", 10)) == []
    gap = county.file("town", at=at("2018-11-05"))
    county.do("office", "cancel", gap, at("2018-11-05"), reason="误报")
    with pytest.raises(WrongState):
        county.do("office", "reopen", gap, at("2018-11-05"), reason=SENTENCE)


def test_two_that_end_at_once_give_birth_to_the_next_step_once(engine: Engine) -> None:
    county = duty_county(engine)
    open_by(county, at("2018-11-01"))
    made = tickets(county)
    for who in ("water", "power"):
        hand_in(county, who, made[who, "paid", "2018"], at("2018-11-05"))
    ids = [made[who, "paid", "2018"].id for who in ("water", "power")]
    with ThreadPoolExecutor(1) as pool:
        with county.write() as session:
            desk.perform(session, county.people["office"], ids[0], "confirm", at("2018-11-06"))
            second = pool.submit(county.do, "office", "confirm", ids[1], at("2018-11-06"))
            # Neither sees the other's closing yet, so the second must not go on before the first is done.
            with pytest.raises(TimeoutError):
                second.result(timeout=0.5)
        assert second.result().state == "closed"
    assert ("office", "imported", "2018") in tickets(county)


def test_nobody_confirms_their_own_duty(engine: Engine) -> None:
    county = duty_county(engine)
    open_by(county, at("2018-11-01"))
    made = tickets(county)
    own = made["office", "meeting", "2018-Q4"]
    hand_in(county, "office", own, at("2018-11-05"), **MEETING)
    with pytest.raises(NotAllowed):
        county.do("office", "confirm", own.id, at("2018-11-05"))
    report = made["water", "report", "2018-11"]
    hand_in(county, "water", report, at("2018-11-05"), **REPORT)
    for who in ("water", "town", "leaders"):
        with pytest.raises(Exception, match=r"not_allowed|no_such_ticket"):
            county.do(who, "confirm", report.id, at("2018-11-05"))
    assert county.do("leaders", "confirm", own.id, at("2018-11-05")).state == "closed"
    # On paper: no visit, and no evidence of the confirmer's own.
    assert county.do("office", "confirm", report.id, at("2018-11-05")).state == "closed"
    with county.read() as session:
        assert session.scalars(select(Ticket.visited_on).where(Ticket.id == report.id)).one() is None


def test_on_the_day_a_version_comes_into_force_duties_open_under_it_though_nobody_looked(engine: Engine) -> None:
    first, second = (duty(code, ["water"], "monthly", {"by": "last"}) for code in ("report", "list"))
    county = duty_county(engine, [first])
    with county.write() as session:
        scheme_adoption.adopt(
            session, county.people["office"], at("2018-11-05"), duty_scheme([second]), 2018, date(2018, 11, 20)
        )
    open_by(county, at("2018-11-19"))
    assert {code for _, code, _ in tickets(county)} == {"report"}
    with county.read() as session:
        due = duty_opening.due(session, at("2018-11-20"))
    assert {birth[0].code for birth in due} == {"list"}
    open_by(county, at("2018-11-20"))
    assert {code for _, code, _ in tickets(county)} == {"report", "list"}
    with county.read() as session:
        setting = county_context(session)
        # A duty dropped from the version in force keeps its name.
        assert setting.called("report") == setting.names["report"]
        assert setting.called("gone").zh == "gone"
