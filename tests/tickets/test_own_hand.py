"""Own hand: an account that moves to the unit that judges is the same person, and judges nothing it did before."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select

from models import AccountabilityCase, RandomCheck, Unit, User
from tests.support import cases, random_checks, spot_checks
from tests.support.candidates import candidate_scheme, report, seen
from tests.support.factories import County, day, settle_county
from tests.support.households import visit
from tests.support.reforms import actor, reform
from workflow.accountability.cases import case_lifecycle
from workflow.accountability.oversight import check_results
from workflow.accountability.oversight.check_results import ResultInput
from workflow.actors import system
from workflow.county import accounts
from workflow.county.context import county_context
from workflow.errors import BadInput, WorkflowError, WrongState
from workflow.history import sealing
from workflow.setup.unit_definitions import Definitions
from workflow.tickets.views import detail

pytestmark = pytest.mark.one_database("sqlite")


def moved(county: County, who: str, unit: str) -> None:
    """The account of a person goes to another unit, where it has that unit's role."""
    with county.write() as session:
        user = session.get_one(User, county.people[who].user_id)
        accounts.transfer(session, system(), user, session.get_one(Unit, county.units[unit]), None, day(1))
    actor(county, who)


def confirmation(engine: Engine) -> Callable[[], object]:
    county = settle_county(engine, households=2)
    ticket = county.file(kind="water")
    county.do("water", "accept", ticket)
    county.resolve(ticket, day(0.5), "water")
    moved(county, "water", "town-a")
    with county.read() as session:
        offered = {
            who: detail.view_of(session, county.people[who], county.ticket(ticket), day(2)).actions
            for who in ("water", "town")
        }
    assert "confirm" in offered["town"]
    assert "confirm" not in offered["water"]
    return lambda: county.confirm(ticket, day(2), "water")


def verdict(engine: Engine) -> Callable[[], object]:
    county = settle_county(engine, candidate_scheme(), households=2)
    ticket = report(county).ticket.id
    seen(county, ticket)
    moved(county, "town", "office")
    return lambda: county.do("town", "register", ticket, day(2), code="N-1")


def verdict_of_the_reporter(engine: Engine) -> Callable[[], object]:
    county = settle_county(engine, candidate_scheme(), households=2)
    ticket = report(county).ticket.id
    seen(county, ticket)
    moved(county, "village", "office")
    return lambda: county.do("village", "register", ticket, day(2), code="N-1")


def spot_check(engine: Engine) -> Callable[[], object]:
    county = settle_county(engine, households=4)
    spot_checks.close(county, "A1", day(0))
    with county.write() as session:
        sealing.seal_all(session, day(1))
    spot_checks.draw(county)
    moved(county, "water", "town-b")

    def record(who: str) -> object:
        with county.write() as session:
            result = ResultInput(result="holds", visited_on=spot_checks.LOOKED.date().isoformat())
            return check_results.record(session, county.people[who], spot_checks.LOOKED, 1, result)

    with pytest.raises(BadInput):
        # Whom nothing bars but the missing photo.
        record("other_town")
    return lambda: record("water")


def random_check(engine: Engine) -> Callable[[], object]:
    county = random_checks.settle(engine)
    visit(county, household="A1")
    random_checks.draw(county)
    moved(county, "village", "town-b")
    return lambda: random_checks.look(county, who="village")


def decision(engine: Engine) -> Callable[[], object]:
    county = cases.case_county(engine)
    case = cases.raised(county, cases.overdue(county))
    cases.act(county, "office", case, "notify")
    cases.act(county, "water", case, "respond")
    cases.act(county, "office", case, "hear")
    moved(county, "office2", "leaders")
    with county.read() as session:
        row = session.scalars(select(AccountabilityCase)).one()
        offered = case_lifecycle.available_actions(county.people["office2"], row, county_context(session), day(2))
    assert "decide" not in offered
    return lambda: cases.act(county, "office2", case, "decide")


@pytest.mark.parametrize(
    "work",
    [confirmation, verdict, verdict_of_the_reporter, spot_check, random_check, decision],
    ids=lambda each: each.__name__,
)
def test_a_person_who_moved_judges_nothing_they_did_before(
    engine: Engine, work: Callable[[Engine], Callable[[], object]]
) -> None:
    act = work(engine)
    with pytest.raises(WorkflowError) as refused:
        act()
    assert refused.value.code in ("own_work", "not_allowed", "decision_needs_another", "no_such_spot_check")


def test_a_check_lapses_where_the_checking_town_merged_with_the_one_that_passed_the_household(engine: Engine) -> None:
    county = random_checks.settle(engine)
    random_checks.draw(county)
    with county.write() as session:
        definitions = Definitions.now(session, county.people["office"], random_checks.FIRST)
        code = definitions.add({"name": "丙镇", "type": "town"})
        definitions.adopt(session, county.people["office"], random_checks.FIRST)
    random_checks.look(county, at=random_checks.SEEN)
    first = random_checks.check_of(county)
    with county.write() as session:
        passer = session.scalars(select(Unit.id).where(Unit.code == code)).one()
        # The family lived there when it passed the gate, and is checked again.
        columns = ("draw_id", "household_id", "town_id", "checker_unit_id", "given_at", "due_at")
        same = {name: getattr(first, name) for name in columns}
        session.add(RandomCheck(**same, standing="exited", repeats_id=first.id, passed_by_unit_id=passer))
    assert random_checks.tend(county, random_checks.SEEN) == 0
    reform(county, random_checks.SEEN, sources=[code], into="town-b", from_day="2018-12-04")
    actor(county, "other_town")
    with pytest.raises(WrongState, match="random_check_own_town"):
        random_checks.look(county)
    assert random_checks.tend(county, random_checks.SEEN) == 1
    assert [row.result for row in random_checks.results(county)] == ["holds", "lapsed"]
