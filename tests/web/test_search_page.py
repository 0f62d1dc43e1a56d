"""One search: each reader finds what the lists show it and nothing else, and no number of a person stays in an address."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.factories import day
from tests.support.pages import Pages, open_pages

pytestmark = pytest.mark.one_database


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path / "files") as opened:
        yield opened


def found(pages: Pages, who: str, text: str) -> set[str]:
    answer = pages.client(who).get("/search", query_string={"q": text})
    assert answer.status_code == 200, (who, text)
    return set(re.findall(r'class="x-short" href="([^"]+)"', answer.text))


def test_each_reader_finds_what_is_in_its_sight_by_number_part_and_pinyin(pages: Pages) -> None:
    county = pages.county
    ticket = county.file("town", "A1")
    number = county.ticket(ticket).number
    at = f"/tickets/{number}"
    for who, sees in (("office", True), ("town", True), ("water", True), ("power", False), ("other_town", False)):
        assert (at in found(pages, who, number)) is sees, who
        assert ("/households/A1" in found(pages, who, "A1")) is sees, who
    assert found(pages, "admin", number) == set()
    # A ticket that is over is found by its whole number.
    county.do("water", "accept", ticket)
    county.resolve(ticket, day(0))
    county.confirm(ticket, day(0))
    assert at in found(pages, "office", number)
    assert at not in found(pages, "power", number)
    # Units: the county's for the office, the own one for a bureau; by name and by the first letters of its pinyin.
    unit = found(pages, "office", "水务")
    assert len(unit) == 1
    assert found(pages, "office", "xswj") >= unit
    assert found(pages, "water", "水务") == unit
    assert found(pages, "power", "水务") == set()
    assert any(link.startswith("/users?q=water") for link in found(pages, "admin", "water"))


def test_what_is_found_opens_for_who_found_it(pages: Pages) -> None:
    pages.county.file("village", "A1")
    for who in ("village", "town", "water", "office", "leaders", "inspectorate", "admin"):
        links = {
            link for text in ("A1", "局", "甲镇", "town", "v1", "排名", "water") for link in found(pages, who, text)
        }
        assert links, who
        for link in links:
            assert pages.get(who, html.unescape(link)).status_code == 200, (who, link)


def test_a_number_of_a_person_is_dropped_from_the_address_with_a_sentence(pages: Pages) -> None:
    answer = pages.client("office").get("/search", query_string={"q": "441424197001013338"})
    assert answer.location == "/search?number=1"
    assert "农户页面" in pages.get("office", answer.location).text
    assert 'pattern="' in pages.get("office", "/search").text
