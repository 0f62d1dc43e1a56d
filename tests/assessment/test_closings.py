"""Item 1, closings that hold: what was disproved, reopened or has come back is none, counted again by a query of its own."""

import hashlib
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, Select, insert, inspect, select, text
from sqlalchemy.orm import Session

from models import Household, Ticket
from tests.support.factories import START, County, day, settle_county
from tests.support.rankings import HOUR, ON, figures, make_ranking, ranked_scheme
from tests.support.spot_checks import close, draw, look
from workflow.assessment.ranking import rankings, snapshot
from workflow.county.context import county_context
from workflow.policy.scheme.model import Scheme
from workflow.tickets import attachments, desk, filing
from workflow.tickets.filing import Deficiency

#: Numbers of town-a in this order: all closings, those that hold.
_BY_HAND = text("""
    SELECT
        sum(CASE WHEN t.state = 'closed' OR left_closed.subject_id IS NOT NULL OR again.id IS NOT NULL THEN 1 ELSE 0 END),
        sum(CASE WHEN t.state = 'closed' AND left_closed.subject_id IS NULL AND again.id IS NULL THEN 1 ELSE 0 END)
    FROM ticket t
    LEFT JOIN (
        SELECT DISTINCT subject_id FROM event
        WHERE subject_type = 'ticket' AND from_state = 'closed' AND (to_state <> 'closed' OR action = 'spot_false')
    ) left_closed ON left_closed.subject_id = t.id
    LEFT JOIN (
        SELECT min(id) AS id, relapse_of_id FROM ticket WHERE state <> 'withdrawn' GROUP BY relapse_of_id
    ) again ON again.relapse_of_id = t.id
    WHERE t.town_id = :town AND t.type = 'deficiency' AND t.state <> 'withdrawn'
""")


def kept_scheme() -> Scheme:
    told = ranked_scheme().model_dump(mode="json")
    kinds = [kind["code"] for kind in told["kinds"]]
    told["measures"] = [
        {
            "code": "kept",
            "name": {"zh": "真实率", "en": "kept"},
            "item": 1,
            "of": ["tickets.kept"],
            "to": ["tickets.closings"],
            "kinds": kinds,
        }
    ]
    return Scheme.model_validate(told)


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, kept_scheme(), households=6)


def by_hand(county: County) -> tuple[int, int]:
    with county.read() as session:
        row = session.execute(_BY_HAND, {"town": county.units["town-a"]}).one()
    return int(row[1]), int(row[0])


def kept(county: County) -> tuple[int, int]:
    with county.read() as session:
        found = snapshot.figures_of(session, county_context(session), ON, HOUR, HOUR)
    (measure,) = found["measures"]
    line = next(line for line in measure["towns"] if line["town"] == "town-a")
    return line["of"], line["to"]


@pytest.mark.parametrize("who", ["town", "office"])
def test_a_closing_reopened_by_town_or_office_did_not_hold_open_or_closed_again(county: County, who: str) -> None:
    close(county, "A1", day(1))
    ticket = close(county, "A2", day(1))
    assert kept(county) == (2, 2) == by_hand(county)
    county.do(who, "reopen", ticket, day(2), reason="又没水了")
    # Still open at the hour it counts, and nobody gains by leaving it open.
    assert kept(county) == (1, 2) == by_hand(county)
    county.resolve(ticket, day(3))
    county.confirm(ticket, day(4))
    assert kept(county) == (1, 2) == by_hand(county)


def test_a_closing_disproved_by_a_spot_check_did_not_hold_reopened_or_not(county: County) -> None:
    for household in ("A1", "A2", "A3"):
        close(county, household, day(1))
    draw(county)
    look(county, "false")
    later = day(14) + timedelta(hours=1)
    with county.read() as session:
        found = snapshot.figures_of(session, county_context(session), ON, later, later)
    (measure,) = found["measures"]
    assert [(line["of"], line["to"]) for line in measure["towns"] if line["town"] == "town-a"] == [(2, 3)]
    assert by_hand(county) == (2, 3)
    # At the ranking's hour nobody had looked.
    assert kept(county) == (3, 3)


def test_a_new_ticket_for_the_same_deficiency_counts_against_the_closed_one_unless_withdrawn(county: County) -> None:
    close(county, "A1", day(1))
    again = county.file("town", "A1", "water", day(3))
    assert kept(county) == (0, 1) == by_hand(county)
    county.do("office", "cancel", again, day(4), reason="误报")
    assert kept(county) == (1, 1) == by_hand(county)


def test_what_happened_after_the_hour_is_not_counted_and_the_published_share_is_proved(county: County) -> None:
    ticket = close(county, "A1", day(1))
    row = make_ranking(county)
    assert figures(row, "kept")["town-a"] == (1, 1)
    county.do("office", "reopen", ticket, HOUR + timedelta(hours=1), reason="又没水了")
    with county.read() as session:
        assert rankings.recompute(session, session.get_one(type(row), row.id)).holds
    assert kept(county) == (1, 1)


def _closed(session: Session, county: County, household: str, kind: str, at: datetime) -> int:
    """One ticket filed, mended and confirmed at once, in the session of many."""
    people = county.people
    ticket = filing.file_ticket(session, people["town"], at, Deficiency(household=household, kind=kind)).ticket.id
    desk.perform(session, people["water"], ticket, "accept", at)
    _end(session, county, ticket, at)
    return ticket


def _end(session: Session, county: County, ticket: int, at: datetime) -> None:
    def proof(who: str) -> list[int]:
        digest = hashlib.sha256(f"{ticket} {who} {at}".encode()).hexdigest()
        piece = attachments.add(
            session, county.people[who], ticket, at, filename="a.jpg", sha256=digest, size=1, media_type="image/jpeg"
        )
        return [piece.id]

    desk.perform(session, county.people["water"], ticket, "resolve", at, evidence=proof("water"))
    visited = at.date().isoformat()
    desk.perform(session, county.people["town"], ticket, "confirm", at, evidence=proof("town"), visited_on=visited)


def _homes(tickets: list[int]) -> Select[int | None]:
    return select(Ticket.household_id).where(Ticket.id.in_(tickets))


@pytest.mark.one_database("sqlite")
def test_the_share_that_was_published_as_277_of_286_is_259_of_286(engine: Engine) -> None:
    county = settle_county(engine, kept_scheme(), households=286)
    with county.write() as session:
        ids = [_closed(session, county, f"A{n}", "water", START + timedelta(hours=1)) for n in range(1, 28)]
        # Of the other households the same, as rows alone: nothing becomes of them.
        like = session.get_one(Ticket, ids[0])
        row = {column.key: getattr(like, column.key) for column in inspect(Ticket).column_attrs if column.key != "id"}
        others = session.scalars(
            select(Household.id).where(Household.code.like("A%"), Household.id.not_in(_homes(ids)))
        )
        session.execute(insert(Ticket), [row | {"household_id": home} for home in others])
    # Nine come back as tickets of their own, eighteen are reopened by town and office and closed again.
    with county.write() as session:
        for n in range(1, 10):
            filing.file_ticket(session, county.people["town"], day(2), Deficiency(household=f"A{n}", kind="water"))
        for n, ticket in enumerate(ids[9:]):
            who = "town" if n % 2 else "office"
            desk.perform(session, county.people[who], ticket, "reopen", day(2), reason="未真正解决")
            _end(session, county, ticket, day(3))
    with county.read() as session:
        setting = county_context(session)
        before = snapshot.figures_of(session, setting, ON, HOUR, HOUR, formula=1)
    line = next(line for line in before["measures"][0]["towns"] if line["town"] == "town-a")
    assert (line["of"], line["to"]) == (277, 286)
    assert kept(county) == (259, 286) == by_hand(county)
