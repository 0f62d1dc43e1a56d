"""Signals: each rule finds its own pattern, not a neighbouring one, and names the unit concerned.

The small scheme's thresholds are the defaults: resolved within 15 working minutes, the last 4 working hours, five
within ten minutes, reopened within 10 days. A ticket accepted on 20 November 2018, 10:00, must be resolved by 6
December, 17:30.
"""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select, update

from models import Evidence, Ticket
from tests.support.factories import START, County, day, settle_county, small_scheme
from tests.support.requests import answer, ask
from workflow.accountability.oversight.signals import RULES, all_signals, tickets_of
from workflow.county.context import county_context
from workflow.errors import BadInput, NotAllowed
from workflow.tickets.matters import open_matter


@pytest.fixture
def county(engine: Engine) -> County:
    content = small_scheme().model_dump(mode="json")["kinds"]
    content[0]["limits"] = {"normal": {"mend": 8}, "urgent": {}}
    return settle_county(engine, small_scheme(kinds=content), households=8)


def seen(county: County, code: str, who: str = "office") -> dict[str, list[int]]:
    """The tickets a rule found, by unit code."""
    with county.read() as session:
        setting = county_context(session)
        hits = all_signals(session, county.people[who], setting)[code]
        return {county.word(setting.unit(unit).code): sorted(hit.ticket for hit in rows) for unit, rows in hits.items()}


def mending(county: County, household: str = "A1", at: datetime = START, kind: str = "power") -> int:
    ticket = county.file(household=household, kind=kind, at=at)
    county.do(kind, "accept", ticket, at)
    return ticket


def test_mended_within_minutes(county: County) -> None:
    quick, slow = mending(county), mending(county, "A2")
    county.resolve(quick, day(0, 10.25), "power")
    county.resolve(slow, day(0, 10.5), "power")
    assert seen(county, "quick") == {"power": [quick]}


def test_minutes_are_working_minutes(county: County) -> None:
    over_lunch = mending(county, at=day(0, 11.9))
    county.resolve(over_lunch, day(0, 14.6), "power")
    assert seen(county, "quick") == {"power": [over_lunch]}


def test_extended_in_the_last_hours_by_when_it_was_asked_for(county: County) -> None:
    early, late = mending(county), mending(county, "A2")
    answer(county, ask(county, early, day(15), who="power"), day(16, 17), True)
    answer(county, ask(county, late, day(16, 15), who="power", ground="flood"), day(16, 17), True)
    assert seen(county, "last_day_time") == {"power": [late]}


def test_a_suspension_nobody_asked_for_counts_by_when_it_was_granted(county: County) -> None:
    early, late = mending(county), mending(county, "A2")
    for ticket, at in ((early, day(10)), (late, day(16, 15))):
        county.do("office", "suspend", ticket, at, ground="flood", until="2018-12-14")
    assert seen(county, "last_day_time") == {"power": [late]}


def test_declined_in_the_last_hours(county: County) -> None:
    early, late, taken = (county.file(household=f"A{n}", kind="power") for n in (1, 2, 3))
    for ticket, at in ((early, day(1)), (late, day(2, 15))):
        county.do("power", "decline", ticket, at, ground="not_ours", cited_duty="三定方案")
    county.do("power", "accept", taken, day(2, 15))
    assert seen(county, "last_day_decline") == {"power": [late]}


def test_many_at_once_and_four_are_not_many(county: County) -> None:
    tickets = [mending(county, f"A{n}") for n in range(1, 7)]
    for number, ticket in enumerate(tickets[:4]):
        county.resolve(ticket, day(1) + timedelta(minutes=2 * number), "power")
    assert seen(county, "at_once") == {}
    county.resolve(tickets[4], day(1) + timedelta(minutes=10), "power")
    county.resolve(tickets[5], day(1, 11), "power")
    assert seen(county, "at_once") == {"power": tickets[:5]}


def test_tickets_of_one_matter_are_one(county: County) -> None:
    tickets = [mending(county, f"A{n}") for n in range(1, 7)]
    with county.write() as session:
        numbers = [county.ticket(ticket).number for ticket in tickets[:2]]
        open_matter(session, county.people["town"], day(0), tickets=numbers, title="变压器")
    for number, ticket in enumerate(tickets[:5]):
        county.resolve(ticket, day(1) + timedelta(minutes=number), "power")
    assert seen(county, "at_once") == {}
    county.resolve(tickets[5], day(1) + timedelta(minutes=5), "power")
    assert seen(county, "at_once") == {"power": tickets}


def test_a_photo_seen_before(county: County) -> None:
    ticket, other = mending(county), mending(county, "A2")
    county.resolve(other, day(1), "power")
    piece = county.bring("power", ticket, day(2), b"a pump")
    assert seen(county, "photos") == {}
    with county.write() as session:
        earlier = session.scalars(select(Evidence.id).where(Evidence.ticket_id == other)).one()
        brought = session.scalars(select(Evidence).where(Evidence.id == piece)).one()
        copy = Evidence(
            ticket_id=ticket,
            unit_id=brought.unit_id,
            uploaded_at=day(2),
            uploaded_by_id=brought.uploaded_by_id,
            sha256="0" * 64,
            size=1,
            media_type="image/jpeg",
            filename="b.jpg",
            look="0" * 16,
            resembles=[earlier],
        )
        session.add(copy)
    assert seen(county, "photos") == {"power": [ticket]}


def test_moved_to_a_kind_with_more_time_and_not_to_one_with_less(county: County) -> None:
    # Water has eight days here, power ten.
    longer, shorter = mending(county, kind="water"), mending(county, "A2")
    county.do("water", "reclassify", longer, day(1), kind="power", reason="应为用电")
    county.do("power", "reclassify", shorter, day(1), kind="water", reason="应为饮水")
    assert seen(county, "longer_kind") == {"water": [longer]}


def test_struck_off_without_a_visit(county: County) -> None:
    seen_there, unseen = mending(county), mending(county, "A2")
    for ticket in (seen_there, unseen):
        county.resolve(ticket, day(1), "power")
        county.confirm(ticket, day(2))
    assert seen(county, "unvisited") == {}
    # The door asks for the day; a row that lacks it came past the door.
    with county.write() as session:
        session.execute(update(Ticket).where(Ticket.id == unseen).values(visited_on=None))
    assert seen(county, "unvisited") == {"town-a": [unseen]}


def test_reopened_soon_speaks_of_who_said_it_was_mended(county: County) -> None:
    soon, later = mending(county), mending(county, "A2")
    for ticket, at in ((soon, day(12)), (later, day(13))):
        county.resolve(ticket, day(1), "power")
        county.confirm(ticket, day(2))
        county.do("town", "reopen", ticket, at, reason="又断电")
    assert seen(county, "reopened") == {"power": [soon]}


def test_a_ticket_counts_once_under_a_rule_and_opens_by_its_number(county: County) -> None:
    ticket = mending(county)
    county.resolve(ticket, day(0, 10.1), "power")
    county.do("town", "reject", ticket, day(0, 10.2), reason="没通电")
    county.resolve(ticket, day(0, 10.3), "power")
    assert seen(county, "quick") == {"power": [ticket]}
    office = county.people["office"]
    with county.read() as session:
        setting = county_context(session)
        ((hit, number),) = tickets_of(session, office, setting, "quick", county.units["power"])
        assert (hit.ticket, number) == (ticket, county.ticket(ticket).number)
        with pytest.raises(BadInput) as refusal:
            tickets_of(session, office, setting, "guilt", county.units["power"])
        assert refusal.value.field == "signal"


def test_signals_are_for_the_office_and_the_inspectorate(county: County) -> None:
    assert set(RULES) == {
        "quick",
        "last_day_time",
        "last_day_decline",
        "at_once",
        "photos",
        "longer_kind",
        "unvisited",
        "reopened",
        "false",
    }
    assert seen(county, "quick", "inspectorate") == {}
    for who in ("village", "town", "power", "leaders", "admin"):
        with pytest.raises(NotAllowed):
            seen(county, "quick", who)
