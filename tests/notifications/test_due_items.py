"""What a unit is reminded of besides its tickets: its own only, from the moment it falls due until it is done."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from models import Unit
from notifications.county_clock import county_clock
from notifications.due_items import items
from tests.assessment.test_counted_rows import rows_scheme
from tests.support.cases import act, case_county, overdue, raised
from tests.support.factories import START, County, day, settle_county
from tests.support.quota import confirm_all
from tests.support.rankings import HOUR, make_ranking, ranked_scheme
from tests.support.requests import answer, ask, mending
from tests.support.spot_checks import close, draw, look
from workflow.accountability import paper_actions, sweep
from workflow.county.context import county_context
from workflow.register.counted import quota

pytestmark = pytest.mark.one_database("sqlite")
SECOND, FAR = timedelta(seconds=1), START + timedelta(days=300)


def listed(county: County, unit: str, until: datetime = FAR) -> list[tuple[str, datetime]]:
    with county.read() as session:
        return [(one.path, one.due_at) for one in items(session, county_clock(session), county.units[unit], until)]


def owed(county: County, *units: str) -> str:
    """The address of the one item that each of these units has, and no other, exactly from its deadline on."""
    with county.read() as session:
        codes = session.scalars(select(Unit.code)).all()
    found = {code: listed(county, code) for code in codes}
    assert {code for code, due in found.items() if due} == set(units)
    ((path, at),) = {one for code in units for one in found[code]}
    for unit in units:
        assert listed(county, unit, at) == [(path, at)]
        assert listed(county, unit, at - SECOND) == []
    return path


def test_a_statement_is_owed_by_the_unit_the_case_is_against_until_it_is_in(engine: Engine) -> None:
    county = case_county(engine)
    case = raised(county, overdue(county))
    assert listed(county, "water") == []
    act(county, "office", case, "notify")
    assert owed(county, "water") == f"/cases/{case}"
    act(county, "water", case, "respond")
    assert listed(county, "water") == []


def test_a_request_is_owed_an_answer_by_whom_it_was_asked_of(engine: Engine) -> None:
    county = settle_county(engine)
    ticket = mending(county)
    request = ask(county, ticket, day(3))
    assert owed(county, "office") == f"/tickets/{county.ticket(ticket).number}"
    answer(county, request, day(4), False)
    assert listed(county, "office") == []


def test_a_check_is_owed_by_the_town_that_was_drawn_until_it_is_made(engine: Engine) -> None:
    county = settle_county(engine)
    close(county)
    draw(county)
    assert owed(county, "town-b") == "/spot-checks/1"
    look(county)
    assert listed(county, "town-b") == []


def test_a_paper_is_to_be_signed_for_by_its_unit_until_it_is_received(engine: Engine) -> None:
    county = settle_county(engine)
    county.do("water", "accept", county.file(), START)
    sweep.run(county.read, county.write, day(21, 8.5))
    assert owed(county, "water").startswith("/papers/2018:")
    with county.write() as session:
        paper_actions.sign(session, county.people["water"], day(21, 9), "2018:华扶办:1")
    # Its demand is the work, and the ticket is listed for that.
    assert listed(county, "water") == []


def test_a_report_is_owed_by_the_office_and_the_bureaus_that_the_ranking_names(engine: Engine) -> None:
    county = settle_county(engine, ranked_scheme())
    row = make_ranking(county, HOUR)
    units = {entry["unit"] for entry in row.content["units"]}
    assert owed(county, "office", *units) == "/rankings/2018-11-30"


def test_entered_days_of_quota_houses_are_owed_a_confirmation_by_the_unit_that_judges_them(engine: Engine) -> None:
    """Seen: days waited for their confirmation and nobody was reminded."""
    county = settle_county(engine, rows_scheme())
    with county.read() as session:
        setting = county_context(session)

    def settle(who: str, at: datetime, code: str, **days: date) -> None:
        with county.write() as session:
            quota.settle(
                session, county.people[who], setting, at, {code: {"paid_on": None, "finished_on": None, **days}}
            )

    with county.write() as session:
        quota.add(session, county.people["town"], setting, day(1), ["A1", "A2"])
    assert listed(county, "housing") == []
    settle("town", day(2), "A1", paid_on=date(2018, 11, 1))
    settle("town", day(6), "A2", paid_on=date(2018, 11, 2))
    assert owed(county, "housing") == "/quota"
    with county.read() as session:
        (item,) = items(session, county_clock(session), county.units["housing"], FAR)
        # The confirmation has the scheme's working days from the first of the days that wait.
        assert item.due_at == county_clock(session).working_day_after(day(2), setting.scheme.limits.normal.confirm)
    assert "2项" in item.what[0]
    with county.write() as session:
        confirm_all(session, county.people["housing"], setting, day(7))
    assert listed(county, "housing") == []
