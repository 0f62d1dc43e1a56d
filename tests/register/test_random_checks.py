"""Random checks of households: who is drawn, who checks, what a failed check causes, and that all of it is proved."""

import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, insert, select
from sqlalchemy.exc import IntegrityError

from models import Event, Household, RandomCheck, RandomDraw
from tests.support.factories import County, day
from tests.support.households import change, leave, state, status, visit
from tests.support.lives import act
from tests.support.random_checks import (
    DUE,
    FIRST,
    SEEN,
    check_of,
    checks,
    draw,
    gate,
    look,
    results,
    seal,
    settle,
    tend,
)
from tests.support.verify import findings
from workflow.county.context import county_context
from workflow.errors import BadInput, NotAllowed, NotFound, WrongState
from workflow.policy.worktime import SHANGHAI, local_date
from workflow.register import exit_gate, failed_checks
from workflow.register.checkup_input import Found
from workflow.register.random_checks import household_draw, random_lists, random_results
from workflow.register.random_checks.random_results import RandomInput


@pytest.fixture
def county(engine: Engine) -> County:
    return settle(engine)


def drawn(county: County) -> dict[str, tuple[str, int, int]]:
    """By household: its standing as drawn, its town and the unit that checks it."""
    with county.read() as session:
        rows = session.execute(
            select(Household.code, RandomCheck.standing, RandomCheck.town_id, RandomCheck.checker_unit_id)
            .join(Household, Household.id == RandomCheck.household_id)
            .where(RandomCheck.repeats_id.is_(None))
        )
        return {row[0]: (row[1], row[2], row[3]) for row in rows}


def test_those_named_for_exit_and_those_that_left_in_the_period_are_drawn_once_when_it_is_over(county: County) -> None:
    visit(county)
    leave(county, day(1))
    # One that left after the period was named for exit in it; one that went back is drawn no more.
    visit(county, household="A2", at=day(2))
    with county.write() as session:
        exit_gate.set_status(session, county.people["town"], day(3), "A3", "in", "误报")
    with county.read() as session:
        assert "2018-11" not in household_draw.due_periods(session, FIRST - timedelta(minutes=1))
    seal(county)
    leave(county, FIRST - timedelta(minutes=5), household="A2")
    assert household_draw.run(county.read, county.write, FIRST) == ["2018-11"]
    assert draw(county, FIRST + timedelta(days=9)) == []
    town, other = county.units["town-a"], county.units["town-b"]
    assert drawn(county) == {
        "A1": ("exited", town, other),
        "A2": ("leaving", town, other),
        **{f"B{n}": ("leaving", other, town) for n in (1, 2, 3)},
    }
    assert {check.due_at for check in checks(county)} == {DUE}
    with county.read() as session:
        row = session.scalars(select(RandomDraw)).one()
        event = session.scalars(select(Event).where(Event.action == "draw_households")).one()
    assert (row.population, row.drawn, row.block_number, row.drawn_at) == (5, 5, 1, FIRST)
    assert (event.given["seed"], len(event.effect["checks"])) == (row.seed, 5)


def test_one_that_left_in_an_earlier_period_is_drawn_no_more(county: County) -> None:
    visit(county)
    leave(county, day(1))
    draw(county)
    assert draw(county, datetime(2019, 1, 1, 0, 10, tzinfo=SHANGHAI)) == ["2018-12"]
    with county.read() as session:
        later = session.scalars(select(RandomDraw).where(RandomDraw.period == "2018-12")).one()
    assert [row[0] for row in later.households] == ["A2", "A3", "B1", "B2", "B3"]


def test_a_quarter_is_drawn_when_it_is_over_and_a_scheme_may_draw_one_status_alone(engine: Engine) -> None:
    county = settle(engine, every="quarter", of=["exited"])
    visit(county)
    leave(county, day(1))
    assert draw(county) == []
    assert draw(county, datetime(2019, 1, 1, 0, 10, tzinfo=SHANGHAI)) == ["2018-Q4"]
    assert {code: row[0] for code, row in drawn(county).items()} == {"A1": "exited"}


def test_a_scheme_without_random_checks_draws_nobody(engine: Engine) -> None:
    from tests.support.households import settle_register

    assert draw(settle_register(engine)) == []


def test_who_passed_a_household_does_not_check_it(engine: Engine) -> None:
    county = settle(engine, by="office")
    for household, who in (("A1", "office"), ("A2", "town")):
        visit(county, household=household)
        leave(county, day(1), who, household)
    draw(county)
    assert drawn(county)["A1"][2] == county.units["town-b"]
    assert drawn(county)["A2"][2] == county.units["office"]
    with pytest.raises(NotAllowed):
        look(county, who="office")
    with pytest.raises(IntegrityError), county.write() as session:
        check = check_of(county)
        session.add(
            RandomCheck(
                draw_id=check.draw_id,
                household_id=check.household_id,
                standing="exited",
                town_id=check.town_id,
                checker_unit_id=check.town_id,
                given_at=SEEN,
                due_at=DUE,
            )
        )


def test_three_workers_at_once_draw_a_period_once(county: County) -> None:
    ready, drawn_by = threading.Barrier(3), list[list[str]]()

    def work() -> None:
        ready.wait()
        drawn_by.append(household_draw.run(county.read, county.write, FIRST))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(period for periods in drawn_by for period in periods) == ["2018-11"]
    with county.read() as session:
        assert session.scalar(select(func.count()).select_from(RandomDraw)) == 1
        assert session.scalar(select(func.count()).select_from(RandomCheck)) == 6


def test_what_happens_after_a_period_changes_its_draw_no_more(county: County, tmp_path: Path) -> None:
    draw(county)
    visit(county, at=FIRST + timedelta(hours=9), household="B1", who="far_village")
    leave(county, FIRST + timedelta(hours=10), "other_town", "B1")
    with county.write() as session:
        exit_gate.set_status(session, county.people["town"], FIRST + timedelta(hours=10), "A2", "in", "误报")
    with county.read() as session:
        row = session.scalars(select(RandomDraw)).one()
        assert household_draw.repeated(session, row) == []
        again = household_draw.plan(session, county_context(session), "2018-11")
        assert [one.candidate.code for one in again.drawn] == [
            session.get_one(Household, check.household_id).code for check in checks(county)
        ]
    assert findings(county, tmp_path) == set()


def test_a_check_that_holds_changes_nothing_and_one_that_fails_shuts_the_gate_until_another_holds(
    county: County, tmp_path: Path
) -> None:
    for household in ("A1", "A2"):
        visit(county, household=household, at=day(10))
    draw(county)
    assert gate(county, SEEN)
    assert look(county, "A2").result.result == "holds"
    assert gate(county, SEEN, "A2")
    made = look(county, water="dry")
    assert made.result.result == "failed"
    (ticket,) = made.recorded.filed
    assert (ticket.kind, ticket.cause, ticket.source, ticket.filed_unit_id) == (
        "water",
        "dry",
        "spot_check",
        county.units["town-b"],
    )
    # It rests on the record of the check, as a spot check somebody files rests on its number.
    assert ticket.source_reference == f"核查记录2018-{made.recorded.checkup.id}号"
    assert ticket.confirmer_unit_id == county.units["town-a"]
    assert not gate(county, SEEN)
    county.do("water", "accept", ticket.id, SEEN)
    county.resolve(ticket.id, SEEN + timedelta(hours=1))
    assert tend(county, SEEN + timedelta(hours=1)) == 0
    county.confirm(ticket.id, SEEN + timedelta(days=1))
    assert state(county).result == "met"
    # The tickets are closed by the town's own word; only another check by the other town opens the gate.
    assert not gate(county, SEEN + timedelta(days=1))
    assert tend(county, SEEN + timedelta(days=1)) == 1
    assert tend(county, SEEN + timedelta(days=1)) == 0
    again = check_of(county)
    assert (again.repeats_id, again.checker_unit_id) == (made.result.check_id, county.units["town-b"])
    assert not gate(county, SEEN + timedelta(days=1))
    look(county, at=SEEN + timedelta(days=2))
    assert gate(county, SEEN + timedelta(days=2))
    assert findings(county, tmp_path) <= {"bytes_missing"}


def test_a_recheck_that_fails_keeps_the_gate_shut_and_is_repeated(county: County) -> None:
    draw(county)
    for n in (0, 2):
        made = look(county, at=SEEN + timedelta(days=n), water="dry")
        (ticket,) = [one.id for one in (*made.recorded.filed, *made.recorded.reopened)]
        if made.recorded.filed:
            county.do("water", "accept", ticket, SEEN + timedelta(days=n))
        county.resolve(ticket, SEEN + timedelta(days=n, hours=1))
        county.confirm(ticket, SEEN + timedelta(days=n, hours=2))
        assert tend(county, SEEN + timedelta(days=n, hours=3)) == 1
    assert not gate(county, SEEN + timedelta(days=3))
    assert [result.result for result in results(county)] == ["failed", "failed"]


def test_an_exit_that_a_check_disproves_is_in_doubt_and_the_household_stays_out(county: County) -> None:
    visit(county, at=day(5))
    leave(county, day(6))
    draw(county)
    made = look(county, water="dry")
    assert not made.recorded.taken_back
    assert status(county) == "exited"
    from workflow.register import exits_in_doubt

    with county.read() as session:
        (doubted,) = exits_in_doubt.doubted(session, county.people["office"], county_context(session))
    assert (doubted.code, doubted.numbers) == ("A1", [made.recorded.filed[0].number])


def test_a_closed_ticket_of_the_missing_have_is_reopened_rather_than_filed_again(county: County) -> None:
    ticket = county.file(at=day(0), cause="dry")
    county.do("water", "accept", ticket, day(0))
    county.resolve(ticket, day(8))
    county.confirm(ticket, day(12))
    draw(county)
    made = look(county, water="dry")
    assert ([t.id for t in made.recorded.reopened], made.recorded.filed) == ([ticket], [])
    assert (county.ticket(ticket).ended_at, county.ticket(ticket).relapses) == (None, 1)


def test_only_the_unit_it_was_given_to_or_the_office_makes_a_check_and_once(county: County) -> None:
    draw(county)
    for who, refusal in (
        ("town", NotFound),
        ("village", NotFound),
        ("water", NotFound),
        ("leaders", NotAllowed),
        ("inspectorate", NotAllowed),
    ):
        with pytest.raises(refusal):
            look(county, who=who)
    look(county, who="office")
    with pytest.raises(WrongState) as again:
        look(county, who="office")
    assert again.value.code == "random_check_made"
    with pytest.raises(NotFound):
        look(county)


def test_a_check_answers_for_every_have_on_a_day_since_the_draw(county: County) -> None:
    draw(county)
    who, check = county.people["other_town"], check_of(county).id
    met = {have: Found("met") for have in ("water", "power", "school")}

    def refused(**given: object) -> str:
        with pytest.raises(BadInput) as refusal, county.write() as session:
            report = {"visited_on": local_date(SEEN), "findings": met} | given
            random_results.record(session, who, SEEN, check, RandomInput(**report))  # type: ignore[arg-type]
        return f"{refusal.value.code} {refusal.value.field}"

    assert refused(findings={"water": Found("met")}) == "haves_left_out findings"
    assert refused(visited_on=None) == "missing seen_on"
    assert refused(visited_on=local_date(FIRST) - timedelta(days=1)) == "visit_before_draw seen_on"
    assert refused(visited_on=local_date(SEEN) + timedelta(days=1)) == "date_in_future seen_on"
    assert results(county) == []


def test_an_income_below_the_line_fails_the_check_whatever_was_seen(county: County) -> None:
    draw(county)
    change(county, income_fen=1)
    assert look(county).result.result == "failed"
    assert not gate(county, SEEN)


def test_the_check_of_a_household_cleared_meanwhile_lapses(county: County, tmp_path: Path) -> None:
    draw(county)
    with county.write() as session:
        exit_gate.set_status(session, county.people["office"], SEEN, "A1", "cleared", "不符合条件")
    with pytest.raises(WrongState):
        look(county)
    assert tend(county, SEEN) == 1
    assert tend(county, SEEN) == 0
    assert [(row.result, row.unit_id) for row in results(county)] == [("lapsed", None)]
    with county.read() as session:
        assert failed_checks.shuts(session, check_of(county).household_id) is None
    assert findings(county, tmp_path) == set()


@pytest.mark.parametrize(
    ("act_given", "remaining"),
    [
        ({"kind": "merged", "household": "A1", "to": "A2"}, "A2"),
        ({"kind": "undone", "household": "A1", "reason": "整户误录，核实后撤销"}, None),
        ({"kind": "relocated", "household": "A1", "to": "town-b-v1"}, "A1"),
    ],
)
def test_the_check_of_a_household_that_nobody_can_check_any_more_lapses_and_the_draw_stays_proved(
    county: County, tmp_path: Path, act_given: dict[str, Any], remaining: str | None
) -> None:
    draw(county)
    given = dict(act_given)
    act(county, given.pop("kind"), who="office", at=SEEN, **given)
    if remaining == "A1":
        # It lives in the town of those who were to check it.
        with pytest.raises(WrongState, match="random_check_own_town"):
            look(county, who="other_town")
    assert tend(county, SEEN) == 1
    assert tend(county, SEEN) == 0
    (lapsed,) = results(county)
    assert (lapsed.result, lapsed.check_id) == ("lapsed", check_of(county).id)
    with county.read() as session:
        event = session.scalars(select(Event).where(Event.action == "random_lapsed")).one()
    assert event.given == {"check": lapsed.check_id, "gone": remaining != "A1"}
    assert findings(county, tmp_path) == set()


def test_a_draw_stays_proved_when_the_code_of_a_drawn_household_is_corrected(county: County, tmp_path: Path) -> None:
    draw(county)
    act(county, "code_corrected", who="office", household="A1", to="GB-7", at=SEEN)
    assert findings(county, tmp_path) == set()
    act(county, "code_corrected", who="office", household="GB-7", to="A1", at=SEEN)
    assert findings(county, tmp_path) == set()


def test_a_failed_check_follows_the_household_and_is_repeated_by_a_unit_that_is_not_its_towns(
    county: County, tmp_path: Path
) -> None:
    draw(county)
    made = look(county, water="dry")
    ticket = made.recorded.filed[0].id
    act(county, "relocated", household="A1", to="town-b-v1", who="office", at=SEEN + timedelta(hours=1))
    county.do("water", "accept", ticket, SEEN + timedelta(hours=2))
    county.resolve(ticket, SEEN + timedelta(hours=3))
    county.confirm(ticket, SEEN + timedelta(hours=4), who="other_town")
    tend(county, SEEN + timedelta(hours=5))
    again = check_of(county)
    assert again.repeats_id == made.result.check_id
    assert (again.town_id, again.checker_unit_id) == (county.units["town-b"], county.units["town-a"])
    with county.read() as session:
        # The town that must act on what was found reads it, and so does the former one.
        for who in ("town", "other_town"):
            assert made.result.check_id in {
                line.check.id for line in random_lists.listed(session, county.people[who], SEEN)
            }
    assert findings(county, tmp_path) == {"bytes_missing"}


def test_a_county_set_up_after_what_is_recorded_of_it_draws_the_period_before(county: County) -> None:
    """The first event written may be later than the acts that were entered after it."""
    with county.write() as session:
        first = session.scalars(select(Event).order_by(Event.id).limit(1)).one()
        columns = {column.key: getattr(first, column.key) for column in Event.__table__.columns}
        late = {"id": 0, "at": FIRST, "effective_at": FIRST, "subject_id": 999, "block_id": None}
        session.execute(insert(Event).values(columns | late))
    with county.read() as session:
        assert household_draw.due_periods(session, FIRST) == ["2018-11"]
