"""Listing order: every order shows each ticket once, page by page, and the county's orders read an index without sorting."""

from itertools import product

import pytest
from sqlalchemy import Engine, event, select

from models import Custody, Ticket, Unit
from tests.support.factories import County, day, settle_county
from workflow.errors import BadInput
from workflow.tickets.views import listing
from workflow.tickets.views.listing_filters import NO_HANDLER, Filters
from workflow.tickets.views.listing_order import OF_CUSTODY, SORTS

NOW = day(0, 17)


@pytest.fixture
def county(engine: Engine) -> County:
    made = settle_county(engine, households=3)
    for number, (home, kind) in enumerate((("A1", "water"), ("A2", "power"), ("A3", "water"), ("A1", "power"))):
        made.file("town", home, kind, day(0, 10 + number))
    for home in ("B1", "B2"):
        made.file("other_town", home, "power", day(0, 15))
    made.file("village", "A2", "water", day(0, 16))
    with made.write() as session:
        custody = session.scalars(select(Custody).where(Custody.ended_at.is_(None)).order_by(Custody.id)).first()
        assert custody is not None
        custody.handler_id = made.people["water"].user_id
    return made


def walked(county: County, who: str, filters: Filters, size: int = 2) -> list[int]:
    """The tickets of all pages in their order."""
    found: list[int] = []
    cursor = None
    with county.read() as session:
        while True:
            page = listing.list_tickets(session, county.people[who], NOW, filters, cursor, size)
            found += [line.id for line in page.items]
            cursor = page.next
            if cursor is None:
                return found


def test_every_order_shows_each_ticket_once_and_its_reverse_the_other_way_round(county: County) -> None:
    orders = [*SORTS, *(f"-{name}" for name in SORTS)]
    for who, sort in product(("town", "office"), orders):
        if who == "office" and sort.removeprefix("-") in OF_CUSTODY:
            continue
        in_pages = walked(county, who, Filters(sort=sort))
        assert in_pages == walked(county, who, Filters(sort=sort), 50)
        assert sorted(in_pages) == sorted(walked(county, who, Filters()))
        turned = sort[1:] if sort.startswith("-") else f"-{sort}"
        assert in_pages == walked(county, who, Filters(sort=turned), 3)[::-1]
        with county.read() as session:
            rows = {row.id: row for row in session.scalars(select(Ticket))}
        keys = {
            "due": [str(rows[each].due_at) for each in in_pages],
            "filed": [str(rows[each].filed_at) for each in in_pages],
            "kind": [rows[each].kind for each in in_pages],
            "holder": [str(rows[each].holder_unit_id) for each in in_pages],
            "town": [str(rows[each].town_id or 0) for each in in_pages],
        }.get(sort.removeprefix("-"), [])
        assert keys == sorted(keys, reverse=sort.startswith("-"))


def test_the_county_is_sorted_along_indexes_and_by_custody_only_within_one_unit_or_town(county: County) -> None:
    office, plans = county.people["office"], []
    with county.read() as session:
        unit = session.get_one(Unit, county.people["water"].unit_id).code
        postgresql = session.get_bind().dialect.name == "postgresql"

        def plan(_connection, _cursor, statement, parameters, *_rest) -> None:  # type: ignore[no-untyped-def]
            if "custody.stage" in statement and not statement.startswith("EXPLAIN"):
                plans.append((statement, parameters))

        event.listen(county.engine, "before_cursor_execute", plan)
        for sort in SORTS:
            if sort in OF_CUSTODY:
                with pytest.raises(BadInput, match="sort_of_one_unit"):
                    listing.list_tickets(session, office, NOW, Filters(sort=sort))
                listing.list_tickets(session, office, NOW, Filters(sort=sort, owner=unit))
            else:
                plans.clear()
                listing.list_tickets(session, office, NOW, Filters(sort=sort))
                if not postgresql:
                    [(statement, parameters)] = plans
                    lines = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
                    told = [str(line[3]) for line in lines]
                    read = [line for line in told if " ticket USING" in line and "PRIMARY KEY" not in line]
                    assert read
                    assert all("ix_ticket_open" in line for line in read), told
                    # The page itself is sorted, and nothing else.
                    assert sum("TEMP B-TREE FOR ORDER BY" in line for line in told) == 1, told
        event.remove(county.engine, "before_cursor_execute", plan)


def test_filters_of_days_cause_and_handler_narrow_the_list(county: County) -> None:
    everything = walked(county, "town", Filters())
    late = walked(county, "town", Filters(filed_from=day(0, 12), filed_until=day(0, 13)))
    assert len(late) == 1
    handled = walked(county, "town", Filters(handler="water"))
    assert len(handled) == 1
    assert sorted([*handled, *walked(county, "town", Filters(handler=NO_HANDLER))]) == sorted(everything)
    assert walked(county, "town", Filters(cause="no_such_cause")) == []
    with county.read() as session:
        ahead = session.scalar(select(Ticket.due_at).where(Ticket.id == everything[-1]))
    assert walked(county, "town", Filters(due_from=ahead))[-1] == everything[-1]


def test_an_order_that_is_none_is_refused_with_a_sentence(county: County) -> None:
    with county.read() as session, pytest.raises(BadInput, match="unknown_sort"):
        listing.list_tickets(session, county.people["office"], NOW, Filters(sort="-number"))
