"""Form keys: a form that arrives twice is carried out once, also without JavaScript and at the same moment."""

import io
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from models import Event, Evidence, HeldFile, IdempotencyKey, Ticket
from tests.support.camera import photo
from tests.support.pages import Pages, open_pages

HOME = {"Origin": "http://localhost"}


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path / "files") as opened:
        yield opened


def hidden(page: str) -> dict[str, str]:
    """The token and the key of the page's first form that carries both."""
    found = re.search(r'name="csrf_token" value="([^"]+)"><input type="hidden"\s+name="once" value="([^"]+)"', page)
    assert found is not None
    return {"csrf_token": found[1], "once": found[2]}


def rows(pages: Pages, table: Any) -> int:
    with pages.county.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_every_form_of_a_page_carries_a_key_of_its_own(pages: Pages) -> None:
    number = pages.county.ticket(pages.county.file("town")).number
    page = pages.client("water").get(f"/tickets/{number}").text
    posting = re.findall(r"<form[^>]*method=\"post\".*?</form>", page, re.S)
    keys = [re.findall(r'name="once" value="([^"]+)"', form) for form in posting]
    assert len(posting) > 3
    assert all(len(found) == 1 and len(found[0]) >= 22 for found in keys)
    assert len({found[0] for found in keys}) == len(keys)


def test_a_comment_that_arrives_twice_stands_once_and_its_writer_is_told(pages: Pages) -> None:
    number = pages.county.ticket(pages.county.file("town")).number
    client, where = pages.client("water"), f"/tickets/{number}/comment"
    form = hidden(client.get(f"/tickets/{number}").text) | {"note": "已联系施工队，周三进场"}
    before = rows(pages, Event)
    first = client.post(where, data=form, headers=HOME)
    second = client.post(where, data=form, headers=HOME)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.location == second.location
    assert rows(pages, Event) == before + 1
    assert "没有重复登记" in client.get(second.location).text


def test_an_act_that_succeeded_is_no_conflict_when_it_arrives_again(pages: Pages) -> None:
    ticket = pages.county.file("town")
    number = pages.county.ticket(ticket).number
    client = pages.client("water")
    form = hidden(client.get(f"/tickets/{number}").text) | {
        "version": str(pages.county.ticket(ticket).version),
        "handler": "",
        "plan": "周三前更换两处水管",
    }
    answers = [client.post(f"/tickets/{number}/accept", data=form, headers=HOME) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [302, 302, 302]
    assert pages.county.ticket(ticket).state == "in_progress"


def test_files_count_by_their_bytes_and_not_by_the_boundary_of_the_request(pages: Pages) -> None:
    number = pages.county.ticket(pages.county.file("town")).number
    client = pages.client("water")
    keys = hidden(client.get(f"/tickets/{number}").text)

    def send(content: bytes) -> Any:
        form = keys | {"file": (io.BytesIO(content), "现场.txt")}
        return client.post(f"/tickets/{number}/evidence", data=form, headers=HOME)

    assert [send(b"a").status_code, send(b"a").status_code] == [302, 302]
    assert rows(pages, Evidence) == 1
    other = send(b"b")
    assert (other.status_code, rows(pages, Evidence)) == (409, 1)


def test_other_words_under_a_used_key_are_kept_in_view_and_sent_as_a_form_of_their_own(pages: Pages) -> None:
    number = pages.county.ticket(pages.county.file("town")).number
    client, where = pages.client("water"), f"/tickets/{number}/comment"
    form = hidden(client.get(f"/tickets/{number}").text) | {"note": "已联系施工队，周三进场"}
    assert client.post(where, data=form, headers=HOME).status_code == 302
    before = rows(pages, Event)
    other = client.post(where, data=form | {"note": "施工队改为周四进场"}, headers=HOME)
    assert (other.status_code, rows(pages, Event)) == (409, before)
    assert "施工队改为周四进场" in other.text
    assert hidden(other.text)["once"] != form["once"]
    again = client.post(where, data=hidden(other.text) | {"note": "施工队改为周四进场"}, headers=HOME)
    assert (again.status_code, rows(pages, Event)) == (302, before + 1)


def test_a_refused_form_leaves_no_key_and_goes_through_once_corrected(pages: Pages) -> None:
    number = pages.county.ticket(pages.county.file("town")).number
    client, where = pages.client("water"), f"/tickets/{number}/comment"
    form = hidden(client.get(f"/tickets/{number}").text)
    assert client.post(where, data=form | {"note": " "}, headers=HOME).status_code == 422
    assert rows(pages, IdempotencyKey) == 0
    assert client.post(where, data=form | {"note": "周三进场施工"}, headers=HOME).status_code == 302


def test_a_key_is_its_senders_alone_and_kept_as_a_hash(pages: Pages) -> None:
    number = pages.county.ticket(pages.county.file("town")).number
    water, where = pages.client("water"), f"/tickets/{number}/comment"
    form = hidden(water.get(f"/tickets/{number}").text) | {"note": "周三进场施工"}
    assert water.post(where, data=form, headers=HOME).status_code == 302
    town = pages.client("town")
    mine = hidden(town.get(f"/tickets/{number}").text) | {"once": form["once"], "note": "周三进场施工"}
    before = rows(pages, Event)
    assert town.post(where, data=mine, headers=HOME).status_code == 302
    assert rows(pages, Event) == before + 1
    with pages.county.read() as session:
        kept = session.scalars(select(IdempotencyKey)).all()
    assert len(kept) == 2
    assert all(form["once"] not in f"{row.key} {row.answer}" and "施工" not in str(row.answer) for row in kept)


def test_the_same_filing_eight_times_at_once_makes_one_ticket(pages: Pages) -> None:
    client = pages.client("town")
    asked = {"household": "A1", "kind": "water", "cause": "", "cause_of": "water", "description": "水管裂了，两处渗水"}
    shown = client.post("/file", data=hidden(client.get("/file?household=A1").text) | asked, headers=HOME).text
    seen = re.search(r'name="seen" value="([^"]+)"', shown)
    assert seen is not None
    form = hidden(shown) | asked | {"send": "1", "seen": seen[1]}
    before = rows(pages, Ticket)

    def send(_: int) -> tuple[int, str]:
        answer = pages.client("town").post("/file", data=form, headers=HOME)
        return answer.status_code, answer.location

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(send, range(8)))
    assert (len(answers), rows(pages, Ticket)) == (1, before + 1)


def test_a_photo_chosen_before_the_preview_is_on_the_ticket_once_it_is_filed(pages: Pages) -> None:
    client = pages.client("village")
    asked = {"household": "A1", "kind": "water", "cause_of": "water", "description": "水管裂了，两处渗水"}
    chosen = {"file": (io.BytesIO(photo()), "水管.jpg")}
    shown = client.post("/file", data=hidden(client.get("/file?household=A1").text) | asked | chosen, headers=HOME).text
    held, seen = (
        re.search(r'name="held"\s+value="([^"]+)" checked', shown),
        re.search(r'name="seen" value="([^"]+)"', shown),
    )
    assert held is not None
    assert seen is not None
    form = hidden(shown) | asked | {"send": "1", "seen": seen[1], "held": held[1]}
    assert client.post("/file", data=form, headers=HOME).status_code == 302
    with pages.county.read() as session:
        piece = session.scalars(select(Evidence)).one()
        assert (piece.filename, piece.ticket_id is not None) == ("水管.jpg", True)
        assert session.scalars(select(HeldFile)).all() == []
