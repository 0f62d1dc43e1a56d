"""Messages of random checks: the units that check are told of a draw; a failed check tells the town and the office."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from models import Event
from notifications import delivery_planning, due_items
from notifications.county_clock import county_clock
from notifications.delivery_planning import Announcement
from tests.support.factories import County
from tests.support.messages import notified
from tests.support.random_checks import DUE, SEEN, check_of, draw, look, settle, tend


@pytest.fixture
def county(engine: Engine) -> County:
    county = settle(engine)
    notified(county)
    return county


def test_a_draw_tells_those_alone_who_are_sent_and_a_failed_check_the_town_and_the_office(county: County) -> None:
    draw(county)
    assert notified(county) == {"town", "other_town"}
    look(county, "A2")
    assert notified(county) == set()
    made = look(county, water="dry")
    assert notified(county, "random_failed") == {"town", "office"}
    ticket = made.recorded.filed[0].id
    county.do("water", "accept", ticket, SEEN)
    county.resolve(ticket, SEEN + timedelta(hours=1))
    county.confirm(ticket, SEEN + timedelta(hours=2))
    notified(county)
    tend(county, SEEN + timedelta(hours=3))
    assert notified(county) == {"other_town"}
    with county.read() as session:
        event = session.scalars(select(Event).where(Event.action == "recheck_given")).one()
        facts, urgent = delivery_planning.facts(session, Announcement(event, event.action, {}, {}))
    assert (facts, urgent) == ({"path": f"/random-checks/{check_of(county).id}"}, False)


def test_the_digest_of_the_checking_unit_names_what_is_due_and_overdue(county: County) -> None:
    draw(county)
    look(county, "A2")
    with county.read() as session:
        due = due_items.items(session, county_clock(session), county.units["town-b"], DUE)
        assert [(item.path, item.due_at) for item in due] == [
            (f"/random-checks/{check}", DUE) for check in sorted((check_of(county, "A1").id, check_of(county, "A3").id))
        ]
        assert due_items.items(session, county_clock(session), county.units["town-b"], DUE - timedelta(minutes=1)) == []
