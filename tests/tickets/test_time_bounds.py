"""Time bounds: the days that a form offers are those that the desk accepts, and where there are none nothing is offered."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine, update

from models import Ticket
from tests.support.factories import County, day, settle_county
from tests.support.requests import mending
from workflow.county.context import county_context
from workflow.errors import BadInput, WrongState
from workflow.tickets.actions.time_bounds import check_until, until_days
from workflow.tickets.views import detail


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine)


def accepted(county: County, ticket: int, action: str, now: datetime) -> list[date]:
    """Every day of four months that the desk accepts."""
    with county.read() as session:
        row, setting = session.get_one(Ticket, ticket), county_context(session)
        found = []
        for n in range(120):
            try:
                check_until(setting, row, action, date(2018, 11, 1) + timedelta(days=n), now)
            except BadInput:
                continue
            found.append(date(2018, 11, 1) + timedelta(days=n))
    return found


@pytest.mark.parametrize("action", ["extend", "suspend"])
@pytest.mark.parametrize("stop", [None, date(2018, 12, 6), date(2018, 12, 9), date(2018, 12, 12)])
@pytest.mark.parametrize("now", [day(1), day(4, 18), day(15, 17.6)])
def test_the_first_and_the_last_day_are_those_of_the_desk(
    county: County, action: str, stop: date | None, now: datetime
) -> None:
    ticket = mending(county)
    with county.write() as session:
        session.execute(update(Ticket).where(Ticket.id == ticket).values(hard_stop=stop))
    days = accepted(county, ticket, action, now)
    with county.read() as session:
        bounds = until_days(county_context(session), session.get_one(Ticket, ticket), action, now)
    assert bounds == ((days[0], days[-1]) if days else None)


def test_an_extension_that_no_day_satisfies_is_neither_offered_nor_granted(county: County) -> None:
    ticket = mending(county)
    due = county.ticket(ticket).due_at
    assert due is not None
    for stop, offered in ((None, True), (due.date(), False)):
        with county.write() as session:
            session.execute(update(Ticket).where(Ticket.id == ticket).values(hard_stop=stop))
        with county.read() as session:
            view = detail.ticket_view(session, county.people["office"], county.ticket(ticket).number, day(2))
        assert ("extend" in view.actions) is offered
    with pytest.raises(WrongState, match="no_later_day"):
        county.do("office", "extend", ticket, day(2), until="2018-12-20", reason="道路塌方，材料运不进村")
