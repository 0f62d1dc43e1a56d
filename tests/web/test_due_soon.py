"""Overdue within N working days: the office sees tickets by unit, and each figure opens exactly those tickets."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from tests.support.factories import START, day
from tests.support.http_clients import Api, Visitor
from workflow.county.context import county_context
from workflow.tickets import lookup
from workflow.tickets.views import due_soon, listing

pytestmark = pytest.mark.one_database("sqlite")


def ahead(api: Api, days: int) -> dict[int, int]:
    """The counts by unit, each compared with the list it opens."""
    with api.county.read() as session:
        setting = county_context(session)
        until = due_soon.horizon(setting, START, str(days))
        coming = dict(due_soon.ahead(session, setting, START, until))
        office = api.county.people["office"]
        for unit, count in coming.items():
            only = listing.Filters(owner=setting.unit(unit).code, until=until)
            assert len(listing.list_tickets(session, office, START, only, None, 30).items) == count
    return coming


def test_what_is_due_up_to_the_close_of_the_nth_working_day_counts_and_nothing_beyond(api: Api) -> None:
    water, power = api.county.units["water"], api.county.units["power"]
    # Two working days to accept; ten to resolve.
    api.county.file(household="A1")
    api.county.file(household="A2")
    accepted = api.county.file(household="A3", kind="power")
    api.county.do("power", "accept", accepted, START)
    assert ahead(api, 1) == {}
    assert ahead(api, 2) == {water: 2}
    due = api.county.ticket(accepted).due_at
    assert due is not None
    enough = next(n for n in range(3, 20) if power in ahead(api, n))
    assert enough == 12


def test_what_is_overdue_already_and_what_stands_still_is_not_ahead(api: Api) -> None:
    api.county.file(household="A1", at=day(-20))
    still = api.county.file(household="A2")
    api.county.do("water", "accept", still, START)
    api.county.do("office", "suspend", still, START, ground="flood", until="2018-11-23")
    assert ahead(api, 10) == {}


def test_the_board_leads_to_the_tickets_and_the_list_shows_only_them(api: Api, visit: Callable[..., Visitor]) -> None:
    due, later = api.file(), api.file(household="A2")
    api.county.do("water", "accept", lookup.id_of(later) or 0, START)
    office = visit("office")
    board = office.get("/board?within=2").get_data(as_text=True)
    link = re.search(r'href="(/tickets[?][^"]*within=2[^"]*)"', board)
    assert link is not None
    shown = office.get(link[1].replace("&amp;", "&")).get_data(as_text=True)
    assert due in shown
    assert later not in shown


def test_another_number_of_days_is_refused_in_a_sentence_and_nothing_typed_is_lost(
    api: Api, visit: Callable[..., Visitor]
) -> None:
    number = api.file()
    office = visit("office")
    for typed in ("0", "61", "x", "-1", "²", "9" * 8):
        for path in ("/board", "/tickets"):
            answer = office.get(path, query_string={"within": typed, "kind": "water"})
            page = answer.get_data(as_text=True)
            assert answer.status_code == 422
            assert "1到60" in page
            assert re.search(rf'value="{re.escape(typed)}"[^>]* aria-invalid="true"', page)
            # The page is there all the same: the board with its figures, the list as the other filters have it.
            assert (
                ('class="x-tiles"' in page)
                if path == "/board"
                else (number in page and 'value="water" selected' in page)
            )
        refused = api.call("office", "GET", f"/tickets?within={quote(typed)}")
        assert (refused.status_code, refused.json["field"], "60" in refused.json["detail"]) == (422, "within", True)
        assert office.get("/tickets.xlsx", query_string={"within": typed, "ground": "work"}).status_code == 422


def test_a_program_asks_for_the_same_as_the_boards_link(api: Api) -> None:
    due, later = api.file(), api.file(household="A2")
    api.county.do("water", "accept", lookup.id_of(later) or 0, START)

    def numbers(days: int) -> list[str]:
        return [line["number"] for line in api.call("office", "GET", f"/tickets?within={days}").json["items"]]

    # Two working days to accept, twelve to resolve.
    assert (numbers(1), numbers(2), numbers(12)) == ([], [due], [due, later])
    described: Any = api.client.get("/api/v1/openapi.json").json
    said = {p["name"]: p for p in described["paths"]["/tickets"]["get"]["parameters"]}
    assert said["within"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 60}
