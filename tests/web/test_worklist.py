"""The list of tickets as a table: columns, orders and filters in the address, and one act by the button of a row."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.factories import day
from tests.support.pages import Pages, open_pages, token

pytestmark = pytest.mark.one_database


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path / "files") as opened:
        yield opened


def heads(text: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", head).strip() for head in re.findall(r'<th scope="col"[^>]*>(.*?)</th>', text, re.S)]


def numbers(text: str) -> list[str]:
    return re.findall(r'<td class="x-number">([^<]+)<', text)


def test_columns_orders_and_filters_stand_in_the_address_and_columns_are_kept(pages: Pages) -> None:
    first, second = (pages.county.file("town", f"A{n}", at=day(0, 10 + n)) for n in (1, 2))
    pages.now = day(3)
    names = [pages.county.ticket(ticket).number for ticket in (first, second)]
    page = pages.get("water", "/tickets?mine=1&sort=-filed&cols=number&cols=filed&cols=cause").text
    assert heads(page)[:3] == ["编号", "原因", "上报时间 ↓"]
    assert 'aria-sort="descending"' in page
    assert numbers(page) == names[::-1]
    # The head of the column turns the order round, and keeps the columns and the scope.
    [turn] = [link for link in re.findall(r'<th scope="col"[^>]*><a href="([^"]+)"', page) if "sort=filed" in link]
    assert numbers(pages.get("water", turn.replace("&amp;", "&")).text) == names
    assert heads(pages.get("water", "/tickets?mine=1").text)[:3] == ["编号", "原因", "上报时间"]
    narrowed = pages.get("water", "/tickets?mine=1&filed_to=2018-01-01")
    assert numbers(narrowed.text) == []
    assert re.search(r'<a class="x-chip" href="/tickets\?mine=1"', narrowed.text)
    wrong = pages.get("water", "/tickets?mine=1&due_from=soon")
    assert wrong.status_code == 422
    assert numbers(wrong.text) == names
    assert 'id="due_from-wrong"' in wrong.text
    # What only a narrowed list is sorted by is refused at its box, and goes with what narrowed the list.
    whole = pages.get("office", "/tickets?sort=rung&filed_from=2018-01-01")
    assert whole.status_code == 422
    assert re.search(r'id="filter-sort-wrong"[^>]*>\s*请先选择承办单位或乡镇', whole.text)
    assert numbers(whole.text)
    town = pages.get("office", "/tickets?town=town-a&sort=-rung").text
    assert re.search(r'<a class="x-chip" href="/tickets"', town)
    assert 'href="/tickets?sort=-rung"' not in town + pages.get("office", "/tickets?mine=1&sort=-rung").text


def test_the_button_of_a_row_does_its_act_on_that_ticket_alone_and_says_so(pages: Pages) -> None:
    tickets = [pages.county.file("town", f"A{n}") for n in (1, 2)]
    page = pages.get("water", "/tickets?mine=1&sort=kind").text
    offered = re.findall(r'name="only" value="(accept [^"]+)"', page)
    assert len(offered) == 2
    client, other = pages.client("water"), pages.county.ticket(tickets[1])
    form = {"csrf_token": token(client, "/password"), "only": offered[0], "t": f"{other.number}:{other.version}"}
    answer = client.post("/ticket-acts?mine=1&sort=kind", data=form)
    assert answer.location == "/tickets?mine=1&sort=kind"
    number = offered[0].split()[1].partition(":")[0]
    assert f"接受任务：{number}，已办。" in client.get(answer.location).text.replace("受理", "接受任务")
    assert sorted(pages.county.ticket(ticket).state for ticket in tickets) == ["assigned", "in_progress"]
    # Once more it is told with its reason.
    again = client.post("/ticket-acts?mine=1", data=form | {"once": "another"})
    assert "x-outcomes" in client.get(again.location).text


def test_the_next_ticket_follows_the_order_of_the_list(pages: Pages) -> None:
    tickets = [pages.county.file("town", f"A{n}", at=day(0, 10 + n)) for n in (1, 2, 3)]
    pages.now = day(3)
    pages.get("water", "/tickets?mine=1&sort=-filed")
    numbers_ = [pages.county.ticket(ticket).number for ticket in tickets]
    led = pages.post("water", f"/tickets/{numbers_[1]}/accept", then="next").location
    assert led == f"/tickets/{numbers_[0]}"
