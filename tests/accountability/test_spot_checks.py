"""Spot checks: drawn once a month from closed tickets, made by a unit without a part in them; effects of a false
closing.

The small county has two towns, so the other town checks; one in ten of each unit's closings is drawn, at least one.
Tickets are closed in November 2018; 1 December is a Saturday, and ten working days from it end on Friday the 14th.
"""

import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError

from models import Event, Household, SpotCheck, SpotDraw, SpotResult
from tests.support.factories import County, day, settle_county
from tests.support.spot_checks import DUE, FIRST, LOOKED, checks, close, draw, look
from tests.support.texts import SENTENCE
from tests.support.verify import findings, findings_after_each
from workflow.accountability.oversight import (
    check_lists,
    check_results,
    false_closing_counts,
    monthly_draw,
    signals,
    unit_accounts,
)
from workflow.accountability.oversight.check_results import ResultInput
from workflow.boards.pending import waiting
from workflow.county.context import county_context
from workflow.errors import BadInput, Conflict, NotAllowed, NotFound, WrongState
from workflow.history import sealing
from workflow.policy.worktime import SHANGHAI
from workflow.register import exit_gate
from workflow.tickets import attachments
from workflow.tickets.views import detail, listing, timeline
from workflow.tickets.views.listing import Filters
from workflow.tickets.visibility import household_cut, sees


@pytest.fixture
def county(engine: Engine) -> County:
    county = settle_county(engine, households=4)
    with county.write() as session:
        for row in session.scalars(select(Household)):
            row.head_name = "欧阳修文"
    return county


def state(county: County, ticket: int) -> tuple[str, int, int]:
    row = county.ticket(ticket)
    return row.state, row.episode, row.false_closings


def test_what_november_struck_off_is_drawn_on_the_first_of_december_and_once(county: County) -> None:
    close(county, "A1", day(-3))
    late = datetime(2018, 11, 30, 23, 59, 59, tzinfo=SHANGHAI)
    close(county, "B1", late, "power")
    close(county, "B2", late + timedelta(seconds=1), "power")
    reopened = close(county, "A2", day(0), "power")
    county.do("town", "reopen", reopened, day(1), reason="又断电")
    with county.write() as session:
        sealing.seal_all(session, day(2))
        sealing.seal_all(session, FIRST)
    # Not before the 1st, nor for months without a closed ticket.
    assert draw(county, FIRST - timedelta(seconds=1)) == []
    assert draw(county) == ["2018-11"]
    assert draw(county, FIRST + timedelta(days=20)) == []
    with county.read() as session:
        found_ = session.scalars(select(SpotDraw)).one()
        event = session.scalars(select(Event).where(Event.action == "draw").order_by(Event.id.desc())).first()
    assert (found_.population, found_.drawn, found_.block_number, found_.drawn_at) == (2, 2, 1, FIRST)
    town, other = county.units["town-a"], county.units["town-b"]
    assert {
        (c.ticket_id, c.town_id, c.confirmed_by_unit_id, c.checker_unit_id, c.due_at, c.void) for c in checks(county)
    } == {
        (1, town, town, other, DUE, False),
        (2, other, other, town, DUE, False),
    }
    assert event is not None
    assert (event.given["seed"], len(event.effect["checks"])) == (found_.seed, 2)


def test_the_sample_is_the_same_whoever_draws_it_and_when(county: County, tmp_path: Path) -> None:
    for n in range(12):
        close(county, f"A{1 + n % 4}", day(-6 + n / 2), ("water", "power")[n % 2])
    with county.write() as session:
        sealing.seal_all(session, day(3))
    with county.read() as session:
        setting = county_context(session)
        before = monthly_draw.plan(session, setting, "2018-11")
    # What happens in December changes nothing any more.
    county.do("town", "reopen", 1, day(15), reason=SENTENCE)
    close(county, "B1", day(16))
    with county.write() as session:
        sealing.seal_all(session, day(17))
    with county.read() as session:
        after = monthly_draw.plan(session, setting, "2018-11")
        assert (before.seed, before.closings, before.picked) == (after.seed, after.closings, after.picked)
        assert len(before.picked) == 2
    assert draw(county, day(40))[-1] == "2018-11"
    with county.read() as session:
        for row in session.scalars(select(SpotDraw)):
            assert monthly_draw.drawn_again(session, row) == []
    assert findings(county, tmp_path) <= {"bytes_missing"}


def test_three_workers_at_once_draw_a_month_once(county: County) -> None:
    close(county)
    ready = threading.Barrier(3)
    drawn: list[list[str]] = []

    def work() -> None:
        ready.wait()
        drawn.append(draw(county))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(month for months in drawn for month in months) == ["2018-11"]
    with county.read() as session:
        assert session.scalar(select(func.count()).select_from(SpotDraw)) == 1
        assert session.scalar(select(func.count()).select_from(SpotCheck)) == 1
        assert session.scalar(select(func.count()).select_from(Event).where(Event.action == "draw")) == 1


def test_a_downtime_over_the_first_is_made_up_for_three_months_back(county: County) -> None:
    close(county)
    february = close(county, "A2", datetime(2019, 2, 28, 23, 0, tzinfo=SHANGHAI))
    march = datetime(2019, 3, 1, 0, 0, tzinfo=SHANGHAI)
    close(county, "A3", march + timedelta(hours=1))
    assert monthly_draw.span_of("2019-02") == (datetime(2019, 2, 1, tzinfo=SHANGHAI), march)
    assert draw(county, datetime(2019, 3, 15, 9, tzinfo=SHANGHAI)) == ["2018-12", "2019-01", "2019-02"]
    with county.read() as session:
        rows = session.execute(
            select(SpotDraw.population, SpotDraw.drawn, SpotDraw.block_number).order_by(SpotDraw.month)
        )
        assert [tuple(row) for row in rows] == [(0, 0, 0), (0, 0, 0), (1, 1, 0)]
    assert [check.ticket_id for check in checks(county)] == [february]


def test_a_ticket_reopened_before_a_late_draw_is_drawn_and_nobody_is_sent(county: County, tmp_path: Path) -> None:
    ticket = close(county)
    county.do("town", "reopen", ticket, day(12), reason=SENTENCE)
    draw(county, day(13))
    (check,) = checks(county)
    assert check.void
    with pytest.raises(NotFound):
        look(county)
    with pytest.raises(WrongState) as refusal, county.write() as session:
        check_results.record(session, county.people["office"], day(14), 1, ResultInput(result="holds"))
    assert refusal.value.code == "spot_check_lapsed"
    assert findings(county, tmp_path) <= {"bytes_missing"}


def test_a_closing_that_holds_moves_nothing(county: County, tmp_path: Path) -> None:
    ticket = close(county)
    draw(county)
    version = county.ticket(ticket).version
    made = look(county, note="")
    assert (made.result, made.reopened, state(county, ticket), county.ticket(ticket).version) == (
        "holds",
        False,
        ("closed", 1, 0),
        version,
    )
    for who in ("other_town", "office"):
        with county.write() as session, pytest.raises(WrongState) as refusal:
            check_results.record(session, county.people[who], day(15), 1, ResultInput(result="false"))
        assert refusal.value.code == "spot_check_made"
    assert findings(county, tmp_path) <= {"bytes_missing"}


def test_a_false_closing_reopens_its_ticket_and_is_counted_to_who_mended_and_who_confirmed(
    county: County, tmp_path: Path
) -> None:
    ticket = close(county)
    draw(county)
    look(county, "false")
    assert state(county, ticket) == ("in_progress", 2, 1)
    assert county.ticket(ticket).holder_unit_id == county.units["water"]
    office = county.people["office"]
    with county.read() as session:
        setting = county_context(session)
        rows = {
            county.word(setting.unit(row.unit).code): row for row in unit_accounts.reckonings(session, office, setting)
        }
        assert (rows["water"].false_mended, rows["water"].false_confirmed) == (1, 0)
        assert (rows["town-a"].false_mended, rows["town-a"].false_confirmed) == (0, 1)
        assert "town-b" not in rows
        for unit, figure in (("water", "false_mended"), ("town-a", "false_confirmed")):
            (one,) = unit_accounts.false_closings(session, office, setting, county.units[unit], figure)
            assert (one.ticket, one.month, one.reopened) == (ticket, "2018-11", True)
        assert not unit_accounts.false_closings(session, office, setting, county.units["water"], "false_confirmed")
        with pytest.raises(NotAllowed):
            unit_accounts.false_closings(
                session, county.people["power"], setting, county.units["water"], "false_mended"
            )
        hits = signals.all_signals(session, office, setting)["false"]
        assert {county.word(setting.unit(unit).code): [hit.ticket for hit in of] for unit, of in hits.items()} == {
            "water": [ticket],
            "town-a": [ticket],
        }
        event = timeline.history(session, office, county.ticket(ticket).number)[-1]
        assert (event.action, event.from_state, event.to_state, event.words) == (
            "disprove",
            "closed",
            "in_progress",
            {"note": "没有水"},
        )
        assert set(false_closing_counts.SIDES) == {"false_mended", "false_confirmed"}
    assert findings(county, tmp_path) <= {"bytes_missing"}


def test_a_false_closing_found_too_late_is_recorded_and_reopens_nothing(county: County, tmp_path: Path) -> None:
    ticket = close(county)
    draw(county)
    # Twenty working days from 20 November end on 18 December; the check's own ended on the 14th.
    made = look(county, "false", at=day(28, 18))
    assert (made.reopened, state(county, ticket)) == (False, ("closed", 1, 1))
    with county.read() as session:
        event = session.scalars(select(Event).where(Event.subject_type == "ticket").order_by(Event.id.desc())).first()
    assert event is not None
    assert event.action == "spot_false"
    assert findings(county, tmp_path) <= {"bytes_missing"}


def test_a_check_made_in_its_own_time_reopens_though_the_days_for_reopening_are_over(county: County) -> None:
    ticket = close(county, "A1", datetime(2018, 11, 1, 16, tzinfo=SHANGHAI))
    draw(county)
    with pytest.raises(WrongState):
        county.do("town", "reopen", ticket, day(22), reason=SENTENCE)
    assert look(county, "false", at=day(22)).reopened
    assert state(county, ticket) == ("in_progress", 2, 1)


def test_where_the_same_is_on_the_ledger_again_the_old_ticket_stays_closed(county: County) -> None:
    ticket = close(county)
    draw(county)
    county.file(at=day(12))
    assert not look(county, "false").reopened
    assert state(county, ticket) == ("closed", 1, 1)


@pytest.mark.parametrize("other", [{"kind": "power"}, {"household": "A2"}, {"kind": "house", "cause": "other"}])
def test_where_something_else_is_on_the_ledger_the_old_ticket_is_reopened(
    county: County, other: dict[str, str]
) -> None:
    ticket = close(county)
    draw(county)
    county.file(at=day(12), **other)
    assert look(county, "false").reopened
    assert state(county, ticket) == ("in_progress", 2, 1)


def test_for_a_household_that_was_cleared_meanwhile_nothing_is_reopened(county: County) -> None:
    ticket = close(county)
    draw(county)
    with county.write() as session:
        exit_gate.set_status(session, county.people["office"], day(13), "A1", "cleared", "重复建档")
    look(county, "false")
    assert state(county, ticket) == ("closed", 1, 1)


def test_what_is_reopened_by_anything_else_is_not_looked_at_any_more(county: County, tmp_path: Path) -> None:
    ticket = close(county)
    draw(county)
    county.do("office", "reopen", ticket, day(12), reason=SENTENCE)
    with county.read() as session:
        (row,) = session.scalars(select(SpotResult))
        assert (row.result, row.ticket_id, row.at) == ("lapsed", ticket, day(12))
        assert not sees(county.people["other_town"], county.ticket(ticket), session)
    for who, refusal in (("other_town", NotFound), ("office", WrongState)):
        with county.write() as session, pytest.raises(refusal):
            check_results.record(session, county.people[who], day(13), 1, ResultInput(result="holds"))
    assert findings(county, tmp_path) <= {"bytes_missing"}


def test_the_other_town_sees_just_that_ticket_names_masked_and_afterwards_what_it_did(county: County) -> None:
    ticket, beside = close(county), close(county, "A2", day(0), "power")
    third = close(county, "A3")
    number = county.ticket(ticket).number
    looker, strangers = county.people["other_town"], ("far_village", "other_village", "power", "admin")
    with county.read() as session:
        assert not sees(looker, county.ticket(ticket), session)
    draw(county)
    given = {check.ticket_id for check in checks(county)}
    assert given >= {beside}
    assert len(given & {ticket, third}) == 1
    (ticket,) = given & {ticket, third}
    number = county.ticket(ticket).number
    with county.read() as session:
        row = county.ticket(ticket)
        assert sees(looker, row, session)
        assert not any(sees(county.people[who], row, session) for who in strangers)
        hidden = ({1, 3} - {ticket}).pop()
        assert not sees(looker, county.ticket(hidden), session)
        view = detail.ticket_view(session, looker, number, day(12))
        assert (view.head_name, view.masked, view.checks, view.actions, view.cut_at) == ("欧***", True, True, (), None)
        assert view.veil("欧阳修文家断水") == "欧***家断水"
        assert all("欧阳" not in str(line.words) for line in timeline.history(session, looker, number))
        # Neither in its lists nor through its household.
        assert listing.list_tickets(session, looker, day(12), Filters(state="closed")).items == []
        home = session.get_one(Household, row.household_id)
        assert household_cut(looker, home, session) == (False, None)
        assert attachments.find(session, looker, view.evidence[0].id).ticket_id == ticket
        with pytest.raises(NotAllowed):
            county.do("other_town", "reopen", ticket, day(12), reason=SENTENCE)
    check = next(check.id for check in checks(county) if check.ticket_id == ticket)
    look(county, "false", check=check)
    county.resolve(ticket, day(16))
    with county.read() as session:
        was = detail.ticket_view(session, looker, number, day(20))
        assert (was.cut_at, was.head_name, was.owner, was.state) == (day(14), "欧***", None, "in_progress")
        assert [event.action for event in timeline.history(session, looker, number)][-1] == "disprove"
        newest = max(piece.id for piece in detail.ticket_view(session, county.people["town"], number, day(20)).evidence)
        with pytest.raises(NotFound):
            attachments.find(session, looker, newest)
    with pytest.raises(NotAllowed):
        county.bring("other_town", ticket, day(20))


def test_a_town_lists_the_checks_it_has_to_make_and_those_it_made_and_no_others(county: County) -> None:
    close(county)
    close(county, "B1", kind="power")
    draw(county)
    towns = {check.id: check.checker_unit_id for check in checks(county)}
    assert set(towns.values()) == {county.units["town-a"], county.units["town-b"]}

    def listed(who: str) -> set[int]:
        with county.read() as session:
            return {line.check.id for line in check_lists.listed(session, county.people[who], LOOKED)}

    for who in ("office", "leaders", "inspectorate"):
        assert listed(who) == set(towns), who
    for who, town in (("town", "town-a"), ("other_town", "town-b")):
        own = {check for check, unit in towns.items() if unit == county.units[town]}
        assert listed(who) == own, who
        look(county, who=who, check=min(own))
        assert listed(who) == own, who


def test_who_had_a_part_in_it_and_who_was_not_asked_make_no_check(county: County) -> None:
    close(county)
    draw(county)
    for who, refusal in (
        ("town", NotFound),
        ("village", NotFound),
        ("far_village", NotFound),
        ("water", NotFound),
        ("admin", NotFound),
        ("leaders", NotAllowed),
        ("inspectorate", NotAllowed),
    ):
        with county.write() as session, pytest.raises(refusal):
            check_results.record(session, county.people[who], day(14), 1, ResultInput(result="holds"))
    # In the other town's stead the office may; then the town, which did nothing, sees nothing any more.
    assert look(county, who="office").unit_id == county.units["office"]
    with county.read() as session:
        assert not sees(county.people["other_town"], county.ticket(1), session)


def test_no_row_lets_a_unit_look_at_its_own(county: County) -> None:
    close(county)
    draw(county, FIRST + timedelta(days=31))
    (check,) = checks(county)
    values = {c.key: getattr(check, c.key) for c in SpotCheck.__table__.columns if c.key not in ("id", "draw_id")}
    with county.read() as session:
        other = session.scalars(select(SpotDraw.id).where(SpotDraw.population == 0)).one()
    for own in ("resolved_by_unit_id", "confirmed_by_unit_id", "town_id"):
        with pytest.raises(IntegrityError), county.write() as session:
            session.add(SpotCheck(**values | {"draw_id": other, "checker_unit_id": values[own]}))


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"result": None}, "missing", "result"),
        ({"result": "perhaps"}, "unknown_spot_result", "result"),
        ({"visited_on": None}, "missing", "visited_on"),
        ({"visited_on": "x"}, "not_a_date", "visited_on"),
        ({"visited_on": "2018-12-05"}, "date_in_future", "visited_on"),
        ({"visited_on": "2018-11-30"}, "visit_before_draw", "visited_on"),
        ({"result": "false", "note": ""}, "missing", "note"),
        ({"note": "13812345678"}, "number_in_text", "note"),
        ({"evidence": []}, "missing", "evidence"),
        ({"evidence": [1]}, "evidence_of_another_unit", "evidence"),
        ({"evidence": [99]}, "evidence_unknown", "evidence"),
    ],
    ids=str,
)
def test_what_must_be_given_is_asked_for(county: County, given: dict[str, object], code: str, field: str) -> None:
    close(county)
    draw(county)
    mine = county.bring("other_town", 1, day(14))
    plain = {"result": "holds", "visited_on": "2018-12-04", "note": "", "evidence": [mine]}
    with county.write() as session, pytest.raises(BadInput) as refusal:
        check_results.record(session, county.people["other_town"], day(14), 1, ResultInput(**plain | given))  # type: ignore[arg-type]
    assert (refusal.value.code, refusal.value.field) == (code, field)
    with county.write() as session, pytest.raises(Conflict):
        check_results.record(session, county.people["other_town"], day(2), 1, ResultInput(**plain))  # type: ignore[arg-type]


def test_what_nobody_looked_at_in_time_stands_on_the_board(county: County) -> None:
    close(county)
    draw(county)
    office = county.people["office"]
    with county.read() as session:
        setting = county_context(session)
        assert waiting(session, office, setting, DUE).spots == []
        ((check, number, month, checker),) = waiting(session, office, setting, DUE + timedelta(minutes=1)).spots
    assert check.checker_unit_id == checker
    assert (checker, number, month) == (county.units["town-b"], county.ticket(1).number, "2018-11")


TAMPERINGS: dict[str, tuple[str, set[str]]] = {
    "the seed": (f"UPDATE spot_draw SET seed = '{'0' * 64}' WHERE drawn > 0", {"draw_differs", "spot_seed_differs"}),
    "the list it was drawn from": (
        "UPDATE spot_draw SET population = 9 WHERE drawn > 0",
        {"draw_differs", "spot_population_differs"},
    ),
    "the month": ("UPDATE spot_draw SET month = '2018-xx' WHERE drawn > 0", {"draw_differs", "spot_sample_differs"}),
    "who looks": (
        "UPDATE spot_check SET checker_unit_id = (SELECT id FROM unit WHERE code = 'office') WHERE id = 1",
        {"draw_differs", "spot_sample_differs"},
    ),
    "the deadline": (
        "UPDATE spot_check SET due_at = (SELECT max(drawn_at) FROM spot_draw) WHERE id = 1",
        {"draw_differs", "spot_pending_differs"},
    ),
    "a ticket taken out": ("DELETE FROM spot_check WHERE id = 2", {"draw_differs", "spot_sample_differs"}),
    "what was found": ("UPDATE spot_result SET result = 'holds', reopened = false", {"spot_result_differs"}),
    "what was written": ("UPDATE spot_result SET note = '好'", {"spot_result_differs"}),
    "that it is still to be made": ("DELETE FROM spot_pending", {"spot_pending_differs"}),
    "that anything was found": ("DELETE FROM spot_result", {"spot_results_differ", "spot_pending_differs"}),
    "the closing itself": (
        "UPDATE event SET effective_at = (SELECT max(effective_at) FROM event) WHERE action = 'confirm' AND subject_id = 2",
        {"event_altered", "custody_differs", "spot_population_differs", "spot_sample_differs"},
    ),
}


def test_whoever_alters_a_draw_or_its_results_is_found_out(county: County, engine: Engine, tmp_path: Path) -> None:
    close(county)
    close(county, "A2", kind="power")
    draw(county)
    check = next(check.id for check in checks(county) if check.ticket_id == 1)
    look(county, "false", check=check)
    assert findings(county, tmp_path) == {"bytes_missing"}
    found_then = findings_after_each(engine, tmp_path, {what: [done] for what, (done, _) in TAMPERINGS.items()})
    assert found_then == {what: codes | {"bytes_missing"} for what, (_, codes) in TAMPERINGS.items()}
