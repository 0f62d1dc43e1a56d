"""Refusals beside the tickets: papers, proposals, cases and spot checks, each by its own code and each edge to the second.

One county is settled for a test and every line is tried on it; nothing of a line stays.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import AccountabilityCase, Custody, Escalation, Paper, SpotCheck
from tests.support.cases import GIVEN, act, case_county, offices_own, overdue, raised, row
from tests.support.factories import START, County, day, settle_county, small_scheme
from tests.support.outcomes import refusal
from tests.support.signing import TALK
from tests.support.spot_checks import DUE, FIRST, close, draw
from tests.support.texts import SENTENCE
from workflow.accountability import paper_actions, paper_views, pending_decisions, proposals, sweep, sweep_watch
from workflow.accountability.cases import case_desk, case_views
from workflow.accountability.oversight import check_lists, check_results, signals, unit_accounts
from workflow.accountability.oversight.check_results import ResultInput
from workflow.accountability.paper_views import PaperFilters
from workflow.actors import Actor, actor_of, system
from workflow.county import accounts
from workflow.county.accounts import NewUser
from workflow.county.context import county_context

pytestmark = pytest.mark.one_database("sqlite")

SECOND = timedelta(seconds=1)
#: Everybody who sees a ticket of the first town that the water bureau holds.
PRESENT = {"village", "town", "water", "office", "leaders", "inspectorate"}
ABSENT = {"other_village", "far_village", "other_town", "power", "admin"}

Does = Callable[[Session, Actor], Any]


def tried(county: County, who: str, does: Does) -> str:
    return refusal(county.engine, lambda session: does(session, county.people[who]))


def allowed(county: County, does: Does) -> dict[str, set[str]]:
    """Who gets which outcome."""
    found: dict[str, set[str]] = {}
    for who in sorted(PRESENT | ABSENT):
        found.setdefault(tried(county, who, does), set()).add(who)
    return found


@pytest.fixture
def late(engine: Engine) -> County:
    """The water bureau is so late with the first ticket that a 督办 paper is out."""
    county = settle_county(engine, small_scheme())
    with county.write() as session:
        second = accounts.create_user(session, system(), START, NewUser(name="second", role="office"))
        county.people["second"] = actor_of(second)
    county.do("water", "accept", county.file(), day(1))
    # The rung is reached after hours; its paper goes out at the next opening.
    sweep.run(county.read, county.write, day(20, 18))
    sweep.run(county.read, county.write, day(21, 8.5))
    return county


def test_who_acts_on_a_paper_and_until_when(late: County) -> None:
    with late.read() as session:
        paper = session.scalars(select(Paper)).one()
    number, deemed = paper.number, paper.deemed_at

    def does(name: str, at: datetime, *given: Any) -> Does:
        return lambda session, actor: getattr(paper_actions, name)(session, actor, at, number, *given)

    unseen = {"NotFound no_such_paper": ABSENT}
    for name, given in (("sign", ()), ("answer", ("已派施工队",))):
        others = {"NotAllowed paper_of_another_unit": PRESENT - {"water"}}
        assert allowed(late, does(name, day(21), *given)) == unseen | others | {"done": {"water"}}
    others = {"NotAllowed revocation_of_another": PRESENT - {"office"}}
    assert allowed(late, does("ask_revocation", day(21), SENTENCE)) == unseen | others | {"done": {"office"}}
    # Received at its own moment, and not before: at that very moment it has been.
    assert tried(late, "water", does("sign", deemed - SECOND)) == "done"
    assert tried(late, "water", does("sign", deemed)) == "WrongState paper_received"
    assert tried(late, "water", does("answer", deemed, SENTENCE)) == "done"
    assert tried(late, "water", does("answer", day(21), None)) == "BadInput missing answer"
    assert tried(late, "office", does("ask_revocation", day(21), None)) == "BadInput missing reason"
    assert (
        tried(late, "office", does("rule_on_revocation", day(21), True, SENTENCE)) == "WrongState revocation_not_asked"
    )
    with late.write() as session:
        paper_actions.ask_revocation(session, late.people["office"], day(21), number, "有误")
    assert tried(late, "second", does("ask_revocation", day(21), SENTENCE)) == "WrongState revocation_asked"
    assert (
        tried(late, "office", does("rule_on_revocation", day(21), True, SENTENCE)) == "NotAllowed second_person_needed"
    )
    assert tried(late, "office", does("rule_on_revocation", day(21), False, SENTENCE)) == "done"
    assert tried(late, "second", does("rule_on_revocation", day(21), True, "")) == "BadInput missing reason"
    with late.write() as session:
        paper_actions.rule_on_revocation(session, late.people["second"], day(21), number, True, "已入户核对属实")
    assert tried(late, "water", does("sign", day(21))) == "WrongState paper_ended"
    assert tried(late, "water", does("answer", day(21), SENTENCE)) == "WrongState paper_ended"
    assert tried(late, "office", does("ask_revocation", day(21), SENTENCE)) == "WrongState paper_ended"


def test_what_is_offered_on_a_paper_is_what_its_acts_would_allow(late: County) -> None:
    with late.read() as session:
        number = session.scalars(select(Paper.number)).one()

    def offered(at: datetime) -> dict[str, tuple[str, ...]]:
        with late.read() as session:
            shown = {}
            for who in ("water", "office", "second", "leaders", "town", "village"):
                actor = late.people[who]
                view = paper_views.paper_view(session, actor, number)
                shown[who] = paper_actions.open_to(actor, view.paper, view.ticket, view.acts, at)
            return {who: acts for who, acts in shown.items() if acts}

    def do(name: str, who: str, *given: Any) -> None:
        with late.write() as session:
            getattr(paper_actions, name)(session, late.people[who], day(21), number, *given)

    with late.read() as session:
        deemed = session.scalars(select(Paper.deemed_at)).one()
    mine = {"office": ("revoke",), "second": ("revoke",)}
    assert offered(deemed - SECOND) == {"water": ("sign", "answer")} | mine
    assert offered(deemed) == {"water": ("answer",)} | mine
    do("sign", "water")
    assert offered(day(21)) == {"water": ("answer",)} | mine
    do("answer", "water", "已派施工队")
    # The unit still holds the ticket, so the work is not found done.
    checks = ("return",)
    assert offered(day(21)) == {"office": (*checks, "revoke"), "second": (*checks, "revoke")}
    do("ask_revocation", "office", "有误")
    assert offered(day(21)) == {"office": (*checks, "keep"), "second": (*checks, "confirm", "keep")}
    do("rule_on_revocation", "office", False, SENTENCE)
    assert offered(day(21)) == {"office": checks, "second": checks}
    do("check", "second", False, SENTENCE)
    assert offered(day(21)) == {"water": ("answer",)}


def test_a_list_of_papers_is_narrowed_by_what_there_is(late: County) -> None:
    with late.read() as session:
        due = session.scalars(select(Paper.demand_due_at)).one()

    def listed(at: datetime | None = None, who: str = "office", **given: Any) -> int:
        with late.read() as session:
            return len(paper_views.list_papers(session, late.people[who], at or day(21), PaperFilters(**given)).items)

    assert [listed(which=which) for which in ("open", "late", "ended", None)] == [1, 0, 0, 1]
    assert [listed(at, which="late") for at in (due, due + SECOND)] == [0, 1]
    assert [listed(rung=rung) for rung in ("3", "4", "5")] == [1, 0, 0]
    assert [listed(unit=unit) for unit in ("water", "power")] == [1, 0]
    # Who reads its own papers reads no other unit's by naming it.
    assert [listed(who="power", unit=unit) for unit in ("water", "power")] == [0, 0]
    for given, said in (
        ({"rung": "2"}, "BadInput unknown_rung rung"),
        ({"rung": "6"}, "BadInput unknown_rung rung"),
        ({"rung": "x"}, "BadInput unknown_rung rung"),
        ({"which": "x"}, "BadInput unknown_standing state"),
    ):
        filters = PaperFilters(**given)
        asked = lambda session, actor, filters=filters: paper_views.list_papers(session, actor, day(21), filters)  # noqa: E731
        assert tried(late, "office", asked) == said
    paged: Does = lambda session, actor: paper_views.list_papers(session, actor, day(21), cursor="x")  # noqa: E731
    assert tried(late, "office", paged) == "BadInput bad_cursor cursor"


def test_a_proposal_is_answered_by_the_office_once_and_by_no_lower_paper_than_is_out(late: County) -> None:
    sweep.run(late.read, late.write, day(24, 17))
    with late.read() as session:
        rungs = {row.rung: row.id for row in session.scalars(select(Escalation))}

    def answer(rung: int, issue: bool = True, why: str | None = "屡催不办") -> Does:
        return lambda session, actor: proposals.answer(session, actor, day(43), 1, rung, issue, why, **TALK)

    assert allowed(late, answer(rungs[4])) == {
        "done": {"office"},
        "NotAllowed proposal_of_another": PRESENT - {"office"},
        "NotFound no_such_ticket": ABSENT,
    }
    assert tried(late, "office", answer(10**6)) == "NotFound no_such_proposal"
    assert tried(late, "office", answer(rungs[4], why="")) == "BadInput missing reason"
    assert tried(late, "office", answer(rungs[3])) == "WrongState proposal_answered"
    sweep.run(late.read, late.write, day(34, 17))
    with late.read() as session:
        last = session.scalars(select(Escalation.id).where(Escalation.rung == 5)).one()
    with late.write() as session:
        proposals.answer(session, late.people["office"], day(35), 1, last, True, SENTENCE)
    assert tried(late, "office", answer(rungs[4])) == "WrongState higher_paper_issued"
    assert tried(late, "office", answer(rungs[4], issue=False)) == "done"
    assert tried(late, "office", answer(last)) == "WrongState proposal_answered"


def test_what_is_pending_is_read_by_whom_it_concerns_and_a_hold_released_by_who_runs_the_system(late: County) -> None:
    readers = {"office", "leaders", "inspectorate"}
    everybody = PRESENT | ABSENT
    for does, code, who in (
        (lambda session, actor: pending_decisions.waiting(session, actor, day(21)), "board_not_yours", readers),
        (lambda session, actor: sweep_watch.release(session, actor, day(21)), "release_not_yours", {"office", "admin"}),
    ):
        found = allowed(late, does)
        assert found.pop(f"NotAllowed {code}") == everybody - who
        assert list(found.values()) == [who]
    assert tried(late, "admin", lambda session, actor: sweep_watch.release(session, actor, day(21))) == (
        "Conflict nothing_holds"
    )


def test_what_a_case_is_opened_and_led_by(engine: Engine) -> None:
    county = case_county(engine)
    ticket = overdue(county)
    case = raised(county, ticket)
    other = overdue(county, "A7")

    def do(action: str, at: datetime | None = None, **given: Any) -> Does:
        given = county.cast.given(given)
        return lambda session, actor: case_desk.perform(session, actor, case, action, at or day(2), **given)

    def opened(custody: Any, about: int = other, **given: Any) -> Does:
        given = county.cast.given(GIVEN["open"] | given)
        return lambda session, actor: case_desk.raise_case(session, actor, day(1), about, custody, **given)

    assert tried(county, "office", opened(2, about=ticket)) == "Duplicate case_under_way custody"
    assert tried(county, "office", opened(2)) == "done"
    assert tried(county, "office", opened(1)) == "BadInput custody_not_failed custody"
    for custody in (3, 0, "x"):
        assert tried(county, "office", opened(custody)) == "BadInput custody_unknown custody"
    assert tried(county, "office", opened(None)) == "BadInput missing custody"
    assert tried(county, "office", opened(2, result="nothing")) == "BadInput result_unknown result"
    assert tried(county, "office", opened(2, sung="x")) == "BadInput unknown_field sung"
    for who in ("leaders", "water", "town", "inspectorate"):
        assert tried(county, who, opened(1)) == "NotAllowed may_not_open_a_case"
    # Before it is notified only who reads the county sees it.
    for who in ("water", "town", "power", "village", "admin"):
        assert tried(county, who, do("respond", statement=SENTENCE)) == "NotFound no_such_case"
    assert tried(county, "office", do("sing")) == "NotFound no_such_case_action"
    assert tried(county, "office", do("lapse_statement")) == "NotFound no_such_case_action"
    assert tried(county, "leaders", do("notify")) == "NotAllowed case_not_allowed"
    assert tried(county, "office", do("hear", **GIVEN["hear"])) == "WrongState case_wrong_state"
    assert tried(county, "office", do("notify", version=9)) == "Stale case_stale"
    assert tried(county, "office", do("notify", version=row(county, case).version)) == "done"
    act(county, "office", case, "notify", at=day(2))
    act(county, "water", case, "respond", at=day(3))
    for on, said in (
        ("2018-11-21", "BadInput heard_before_notice heard_on"),
        ("2018-11-22", "done"),
        ("2018-11-24", "done"),
        ("2018-11-25", "BadInput date_in_future heard_on"),
    ):
        assert tried(county, "office", do("hear", day(4), heard_on=on, note=SENTENCE)) == said
    act(county, "office", case, "hear", at=day(4), heard_on="2018-11-24")
    assert (
        tried(county, "leaders", do("decide", day(5), outcome="x", reason=SENTENCE))
        == "BadInput outcome_unknown outcome"
    )
    assert tried(county, "leaders", do("decide", day(3), **GIVEN["decide"])) == "Conflict clock_ran_back"
    act(county, "leaders", case, "decide", at=day(5))
    act(county, "office", case, "serve", at=day(5))
    until = row(county, case).appeal_until
    assert until is not None
    assert tried(county, "water", do("appeal", until, reason=SENTENCE)) == "done"
    assert tried(county, "water", do("appeal", until + SECOND, reason=SENTENCE)) == "WrongState appeal_too_late"
    assert tried(county, "office", do("close", until, note=SENTENCE)) == "WrongState appeal_still_open"
    assert tried(county, "office", do("close", until + SECOND, note=SENTENCE)) == "done"


def test_a_statement_is_in_time_until_its_last_second(engine: Engine) -> None:
    county = case_county(engine)
    case = raised(county, overdue(county))
    act(county, "office", case, "notify")
    due = row(county, case).statement_due_at
    assert due is not None

    def respond(at: datetime) -> Does:
        return lambda session, actor: case_desk.perform(session, actor, case, "respond", at, statement=SENTENCE)

    assert tried(county, "water", respond(due)) == "done"
    assert tried(county, "water", respond(due + SECOND)) == "WrongState case_wrong_state"
    with county.read() as session:
        office, setting = county.people["office"], county_context(session)
        assert [len(case_views.list_cases(session, office, at, "late").items) for at in (due, due + SECOND)] == [0, 1]
        assert [case_views.case_view(session, office, case, at).state for at in (due, due + SECOND)] == [
            "notified",
            "stated",
        ]
        # The stretch of the case is taken; in the one before it nothing failed.
        ticket = county.ticket(1)
        offer = case_views.case_offer(session, office, setting, ticket, day(2))
        assert offer is not None
        assert (offer.custodies, offer.lacks) == ((), "custody")
        for who in ("leaders", "water", "inspectorate"):
            assert case_views.case_offer(session, county.people[who], setting, ticket, day(2)) is None


def test_cases_are_listed_by_state_and_by_who_sees_them(engine: Engine) -> None:
    county = case_county(engine)
    first = raised(county, overdue(county))
    own = offices_own(county)
    told = raised(county, overdue(county, "A4"))
    act(county, "office", told, "notify")
    withdrawn = raised(county, overdue(county, "A5"))
    act(county, "office", withdrawn, "seek_withdrawal")
    act(county, "office2", withdrawn, "agree_withdrawal")

    def listed(who: str, state: str | None = None, **given: Any) -> list[int]:
        with county.read() as session:
            page = case_views.list_cases(session, county.people[who], day(2), state, **given)
            return [line.case.id for line in page.items]

    assert listed("office") == listed("leaders") == listed("inspectorate") == [told, own, first]
    assert (listed("water"), listed("town"), listed("power")) == ([told], [], [])
    assert [listed("office", state) for state in ("opened", "notified", "withdrawn")] == [
        [own, first],
        [told],
        [withdrawn],
    ]
    assert listed("office", limit=2) == [told, own]
    with county.read() as session:
        following = case_views.list_cases(session, county.people["office"], day(2), limit=2).next
        assert case_views.list_cases(session, county.people["office"], day(2), limit=3).next is None
    assert listed("office", cursor=following) == [first]
    for who in ("village", "admin"):
        assert tried(county, who, lambda session, actor: case_views.list_cases(session, actor, day(2))) == (
            "NotAllowed cases_not_yours"
        )
    assert tried(county, "office", lambda session, actor: case_views.list_cases(session, actor, day(2), "x")) == (
        "BadInput unknown_case_state state"
    )
    for number in (0, -1, 2**70, 99):
        assert tried(county, "office", lambda session, actor, n=number: case_desk.find(session, actor, n)) == (
            "NotFound no_such_case"
        )
    with county.read() as session:
        ticket = session.get_one(AccountabilityCase, told).ticket_id
        held = session.scalars(select(Custody.id).where(Custody.ticket_id == ticket))
        assert held.all()
        row_ = county.ticket(ticket)
        assert [case.id for case in case_views.of_ticket(session, county.people["water"], row_)] == [told]
        assert case_views.of_ticket(session, county.people["power"], row_) == []


def test_who_makes_a_spot_check_and_until_when_it_reopens(engine: Engine) -> None:
    county = settle_county(engine, small_scheme())
    # Struck off on 29 November: its own days for reopening, twenty working days, end on 27 December, after the check's.
    close(county, at=day(9))
    close(county, "B1", day(9, 12), "power")
    draw(county)
    with county.read() as session:
        check, ticket = session.execute(
            select(SpotCheck.id, SpotCheck.ticket_id).where(SpotCheck.town_id == county.units["town-a"])
        ).one()
    mine, offices = (county.bring(who, ticket, day(14), who.encode()) for who in ("other_town", "office"))

    def record(at: datetime | None = None, result: str = "holds", piece: int = mine, **given: Any) -> Does:
        asked = {"visited_on": "2018-12-04", "note": "没有水", "evidence": [piece]} | given
        return lambda session, actor: check_results.record(
            session, actor, at or day(14), check, ResultInput(result=result, **asked)
        )

    unseen = {"NotFound no_such_spot_check": (PRESENT | ABSENT) - {"office", "leaders", "inspectorate", "other_town"}}
    assert allowed(county, record()) == unseen | {
        "done": {"other_town"},
        "BadInput evidence_of_another_unit evidence": {"office"},
        "NotAllowed spot_check_of_another": {"leaders", "inspectorate"},
    }
    assert tried(county, "office", record(piece=offices)) == "done"
    assert tried(county, "other_town", record(FIRST - SECOND)) == "Conflict clock_ran_back"
    for on, said in (
        ("2018-11-30", "BadInput visit_before_draw visited_on"),
        ("2018-12-01", "done"),
        ("2018-12-05", "BadInput date_in_future visited_on"),
    ):
        assert tried(county, "other_town", record(visited_on=on)) == said
    assert tried(county, "other_town", record(note="")) == "done"
    assert tried(county, "other_town", record(result="false", note="")) == "BadInput missing note"
    found = {}
    for at in (DUE, DUE + SECOND, day(37, 17.5), day(37, 17.5) + SECOND):
        with county.write() as session:
            made = record(at, "false")(session, county.people["other_town"])
            found[at] = made.reopened
            session.rollback()
    assert list(found.values()) == [True, True, True, False]
    with county.read() as session:
        for when, status in ((DUE, "todo"), (DUE + SECOND, "overdue")):
            lines = check_lists.listed(session, county.people["office"], when)
            assert {line.status for line in lines} == {status}
            (counted,) = check_lists.draws(session, county.people["office"], when)
            assert (counted.todo, counted.overdue) == ((2, 0) if status == "todo" else (0, 2))
    for month, said in (("2018-11", "done"), ("2018-10", "no_such_draw"), ("2018-11x", "no_such_draw")):
        asked = tried(county, "office", lambda session, actor, m=month: check_lists.listed(session, actor, day(14), m))
        assert asked.split()[-2 if " " in asked else 0] == said
    with county.write() as session:
        record()(session, county.people["other_town"])
    assert tried(county, "office", record(piece=offices)) == "WrongState spot_check_made"
    with county.read() as session:
        for who in ("other_town", "office"):
            line, own = check_lists.one(session, county.people[who], check, day(14))
            assert (line.status, line.mine, own) == ("holds", False, [])
        line, own = check_lists.one(session, county.people["town"], 3 - check, day(14))
        assert (line.status, line.mine) == ("todo", True)


def test_a_check_of_a_reopened_ticket_is_not_made(engine: Engine) -> None:
    county = settle_county(engine, small_scheme())
    ticket = close(county, at=day(9))
    draw(county)
    piece = county.bring("office", ticket, day(14))
    county.do("town", "reopen", ticket, day(14), reason="又没水了")
    assert tried(
        county,
        "office",
        lambda session, actor: check_results.record(
            session,
            actor,
            day(15),
            1,
            ResultInput(result="holds", visited_on="2018-12-04", note=SENTENCE, evidence=[piece]),
        ),
    ) == ("WrongState spot_check_lapsed")


def test_an_unknown_signal_or_figure_is_said_to_be_one(late: County) -> None:
    with late.read() as session:
        setting = county_context(session)
    water = late.units["water"]
    assert tried(late, "office", lambda s, actor: signals.tickets_of(s, actor, setting, "x", water)) == (
        "BadInput unknown_signal signal"
    )
    assert tried(late, "office", lambda s, actor: unit_accounts.stretches(s, actor, setting, water, "x")) == (
        "BadInput unknown_figure figure"
    )
