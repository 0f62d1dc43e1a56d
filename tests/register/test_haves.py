"""State of a have: the latest evidence, a checkup or a confirmed ticket; an open ticket outweighs both."""

import pytest
from sqlalchemy import Engine, event, select

from models import Household
from tests.support.factories import County, day
from tests.support.households import LINE, change, mend, register_scheme, settle_register, state, states, visit
from workflow.county.context import county_context
from workflow.policy.worktime import local_date
from workflow.register import haves
from workflow.tickets.filing import Deficiency


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_register(engine)


def test_nothing_seen_is_never_checked(county: County) -> None:
    assert [(one.have.code, one.result, one.seen_on) for one in states(county)] == [
        (code, "never", None) for code in ("water", "power", "school", "income")
    ]


def test_the_latest_finding_counts_by_the_day_it_was_seen_not_the_day_it_was_recorded(county: County) -> None:
    visit(county, at=day(5), findings={"water": "unmet"})
    visit(county, at=day(6), seen_on=local_date(day(2)))
    states = state(county)
    assert (states.result, states.seen_on, states.source) == ("unmet", local_date(day(5)), "visit")
    visit(county, at=day(6))
    assert state(county).result == "met"


def test_of_two_on_one_day_the_later_recorded_counts(county: County) -> None:
    visit(county, at=day(1, 9), findings={"water": "unmet"})
    visit(county, at=day(1, 15))
    assert state(county).result == "met"
    visit(county, at=day(1, 16), findings={"water": "unmet"})
    assert state(county).result == "unmet"


def test_an_open_ticket_means_unmet_whatever_was_seen_since(county: County) -> None:
    ticket = county.file("town", at=day(0))
    visit(county, at=day(1))
    states = state(county)
    assert (states.result, states.source, states.open) == ("unmet", "ticket", (county.ticket(ticket).number,))
    county.do("office", "cancel", ticket, day(2), reason="误报")
    assert (state(county).result, state(county).source) == ("met", "visit")


def test_an_open_ticket_of_the_whole_village_means_unmet_for_its_households_and_no_others(county: County) -> None:
    visit(county, at=day(0))
    visit(county, at=day(0), who="far_village", household="B1")
    with county.write() as session:
        from workflow.tickets import filing

        filing.file_ticket(session, county.people["town"], day(1), Deficiency(village="town-a-v1", kind="water"))
    assert (state(county).result, state(county, household="B1").result) == ("unmet", "met")


def test_a_confirmed_ticket_counts_as_a_checkup_and_a_reopened_one_no_more(county: County) -> None:
    visit(county, at=day(0), findings={"water": "unmet"}, file=["water"])
    ticket = 1
    mend(county, ticket, day(3))
    states = state(county)
    assert (states.result, states.source, states.seen_on) == ("met", "ticket", local_date(day(3)))
    assert states.ref == county.ticket(ticket).number
    county.do("town", "reopen", ticket, day(4), reason="又停水")
    assert (state(county).result, county.ticket(ticket).visited_on) == ("unmet", None)


def test_not_applicable_is_said_only_of_what_is_optional(county: County) -> None:
    visit(county, findings={"school": "not_applicable"})
    assert state(county, "school").result == "not_applicable"


def test_the_income_finding_is_computed_and_not_believed(county: County) -> None:
    visit(county, at=day(0), findings={"income": "unmet"})
    assert state(county, "income").result == "unmet"
    visit(county, at=day(1), findings={"income": "met"})
    assert state(county, "income").result == "met"
    change(county, income_fen=LINE - 1)
    visit(county, at=day(2), findings={"income": "met"})
    assert state(county, "income").result == "unmet"
    change(county, income_fen=None, income_year=None)
    made = visit(county, at=day(3), findings={"income": "met"})
    assert "income" not in [finding.have for finding in made.findings]
    assert made.income is not None
    assert [reason.code for reason in made.income.reasons] == ["income_unknown"]


def test_a_list_of_households_is_judged_as_each_alone_by_one_query(county: County) -> None:
    visit(county, at=day(0), findings={"water": "unmet"}, file=["water"])
    visit(county, at=day(0), household="A2", findings={"school": "not_applicable"})
    county.file("town", household="A3", kind="power", at=day(1))
    statements: list[str] = []
    with county.read() as session:
        setting = county_context(session, 1)
        ids = list(session.scalars(select(Household.id).order_by(Household.id)))
        alone = {one: haves.of_household(session, setting, one) for one in ids}
        event.listen(county.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
        assert haves.of_households(session, setting, ids) == alone
    assert len(statements) == 1


def test_a_scheme_without_an_income_rule_has_its_income_seen_like_any_other(engine: Engine) -> None:
    county = settle_register(engine, register_scheme(exit={"evidence_days": 30, "visit_days": 10}))
    visit(county, findings={"income": "unmet"})
    assert state(county, "income").result == "unmet"
    visit(county, findings={"income": "met"})
    assert state(county, "income").result == "met"
