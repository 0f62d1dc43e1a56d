"""Today: what waits for the reader with its act, grouped for a trip, what is new, and folded what waits for others."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from models import Household
from notifications.dispatch import dispatch
from tests.support.factories import County, day, settle_county
from tests.support.http_clients import Api
from tests.support.many_tickets import file_many
from tests.support.pages import Pages, open_pages
from web.entry_counts import MOST, shown_count
from workflow.boards import today
from workflow.boards.visit_order import by_nearness
from workflow.register.visits_due import DueLine

pytestmark = pytest.mark.one_database("sqlite")


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path / "files") as opened:
        yield opened


def parts(page: str) -> dict[str, str]:
    """The sections of the page by their ids, and what is folded under `others`."""
    main = page.partition("<main")[2]
    sections = re.findall(r'<section aria-labelledby="([\w-]+)">(.*?)</section>', main, re.S)
    folded = re.search(r'<details class="x-card">(.*?)</details>', main, re.S)
    return dict(sections) | ({"others": folded[1]} if folded else {})


def hidden_and_token(form: str) -> dict[str, str]:
    """What the form sends unseen."""
    return dict(re.findall(r'<input type="hidden"\s+name="(\w+)"\s+value="([^"]*)">', form))


def number(pages: Pages, ticket: int) -> str:
    return pages.county.ticket(ticket).number


def test_a_village_finds_what_came_back_and_whom_to_visit_and_folded_what_others_have(pages: Pages) -> None:
    county = pages.county
    back, away = county.file("village", "A1"), county.file("village", "A2")
    county.do("town", "send_back", back, reason="请补照片")
    shown = parts(pages.get("village", "/").text)
    assert set(shown) == {"do-returned", "do-visit", "others"}
    assert f"/tickets/{number(pages, back)}#resubmit-note" in shown["do-returned"]
    assert number(pages, away) not in shown["do-returned"]
    assert number(pages, away) in shown["others"]
    assert [f"/households/A{n}/checkup" in shown["do-visit"] for n in (1, 2, 3)] == [True] * 3
    # Of the town it is no work either: the village has to complete it.
    assert number(pages, back) in parts(pages.get("town", "/").text)["others"]


def test_a_town_finds_what_it_endorses_and_confirms_grouped_by_village(pages: Pages) -> None:
    county = pages.county
    to_endorse, to_confirm = county.file("village", "A1"), county.file("town", "A2")
    county.do("water", "accept", to_confirm)
    county.resolve(to_confirm, day(0, 11))
    shown = parts(pages.get("town", "/").text)
    stops = re.findall(r"<summary>(.*?)<.*?</details>", shown["do-trip"], re.S)
    assert [stop.strip() for stop in stops] == ["town-a-v1村"]
    assert f"/tickets/{number(pages, to_endorse)}#endorse-now" in shown["do-trip"]
    assert f"/tickets/{number(pages, to_confirm)}#confirm-visited_on" in shown["do-trip"]
    assert "/visits?village=town-a-v1" in shown["do-trip"]


def test_a_bureau_accepts_from_its_first_page_and_comes_back_to_it(pages: Pages) -> None:
    ticket = pages.county.file("town")
    form = parts(pages.get("water", "/").text)["do-accept"]
    assert form.count("<button") == 1
    for _twice in range(2):
        sent = pages.client("water").post(f"/tickets/{number(pages, ticket)}/accept", data=hidden_and_token(form))
        assert (sent.status_code, sent.location) == (302, "/")
    assert (pages.county.ticket(ticket).state, pages.county.ticket(ticket).version) == ("in_progress", 2)
    # Ten working days are left: that is no work of today.
    assert set(parts(pages.get("water", "/").text)) == set()


def test_news_stay_during_a_visit_and_are_gone_at_the_next(pages: Pages) -> None:
    ticket = pages.county.file("village")
    pages.county.do("town", "send_back", ticket, day(0, 11), reason="请补照片")
    with pages.county.write() as session:
        dispatch(session, day(0, 11))
    seen = []
    for at in (day(0, 12), day(0, 12.5), day(0, 14)):
        pages.now = at
        seen.append(number(pages, ticket) in parts(pages.get("village", "/").text).get("news", ""))
    assert seen == [True, True, False]


def test_lists_are_bounded_and_counts_are_of_all(engine: Engine, database_url: str, tmp_path: Path) -> None:
    county: County = settle_county(engine, households=today.MOST_OF_TRIP + 5)
    homes = [f"A{n}" for n in range(1, today.MOST_OF_TRIP + 6)]
    file_many(county, [("village", home, "water") for home in homes] + [("town", home, "power") for home in homes])
    api = Api(county, database_url, tmp_path)

    def page(who: str) -> str:
        return str(api.client.get("/", headers={"Authorization": f"Bearer {api.tokens[who]}"}).get_data(as_text=True))

    trip = parts(page("town"))["do-trip"]
    assert trip.count('class="x-row') == today.MOST_OF_TRIP
    assert f'<a class="" data-figure="today.section" href="/tickets?mine=1&amp;state=reported">{len(homes)}</a>' in trip
    assert "/tickets?mine=1&amp;q=town-a-v1" in trip
    accept = parts(page("power"))["do-accept"]
    assert (accept.count('class="x-row'), f">{len(homes)}</a>" in accept) == (today.MOST, True)
    assert f'<span class="x-count">{len(homes)}</span>' in page("power")


def test_counts_of_the_navigation_end_at_99() -> None:
    assert [shown_count(n) for n in (0, 1, MOST, MOST + 1, 1000)] == ["", "1", "99", "99+", "99+"]


def test_households_with_places_are_visited_from_neighbour_to_neighbour() -> None:
    def line(code: str, place: tuple[float, float] | None) -> DueLine:
        return DueLine(code, "", "", "", "in", "", False, None, 0, place)

    lines = [line("a", (24.0, 115.0)), line("b", None), line("c", (24.3, 115.3)), line("d", (24.1, 115.1))]
    assert [each.code for each in by_nearness(lines)] == ["a", "d", "c", "b"]
    assert by_nearness([line("b", None)])[0].code == "b"


def test_the_county_s_households_are_not_named_to_a_bureau_beyond_its_tickets(pages: Pages) -> None:
    with pages.county.write() as session:
        for home in session.scalars(select(Household)):
            home.head_name = f"户主{home.code}"
    pages.county.file("town", "A1")
    text = pages.get("water", "/").text
    assert ("户主A1" in text, "户主A2" in text) == (True, False)
