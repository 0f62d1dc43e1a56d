"""Refused forms: shown again with everything typed, and sent again with one press."""

import html
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from models import Checkup, Event
from tests.support.factories import day
from tests.support.pages import Pages, open_pages, token
from workflow import evidence

#: The header a browser sends with every form of this site.
HOME = {"Origin": "http://localhost"}
WORDS = '<b>水管</b>裂了\n"两处" & 一处\u3000渗水'


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path / "files") as opened:
        yield opened


def shown(page: str) -> tuple[str, list[tuple[str, str]]]:
    """The address and the fields that the page's form would send."""
    form = next(markup for markup in re.findall(r"<form class=\"x-card\".*?</form>", page, re.S))
    where = re.search(r'action="([^"]+)"', form)
    assert where is not None
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    typed = re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n(.*?)</textarea>', form, re.S)
    return html.unescape(where[1]), [(html.unescape(name), html.unescape(text)) for name, text in [*hidden, *typed]]


def test_what_was_typed_under_an_old_token_is_sent_with_one_more_press(pages: Pages) -> None:
    ticket = pages.county.file("town")
    number = pages.county.ticket(ticket).number
    client = pages.client("water")
    form = {
        "csrf_token": "of yesterday",
        "version": "1",
        "ground": "管网由县住建局负责",
        "cited_duty": WORDS,
        "note": "附三定方案原文",
    }
    refused = client.post(f"/tickets/{number}/decline", data=form, headers=HOME)
    where, sent = shown(refused.text)
    assert (refused.status_code, where, "页面已失效" in refused.text) == (409, f"/tickets/{number}/decline", True)
    # Switching the language would reload the page and lose what was typed.
    assert ("x-language" in refused.text, "x-language" in client.get("/tickets").text) == (False, True)
    assert "<b>水管" not in refused.text
    assert dict(sent) | {"csrf_token": ""} == form | {"csrf_token": ""}
    assert pages.county.ticket(ticket).state == "assigned", "it does not send itself"
    assert client.post(where, data=dict(sent)).status_code == 302
    assert pages.county.ticket(ticket).state == "disputed"


def test_several_values_of_one_input_and_the_names_of_files_are_kept(pages: Pages) -> None:
    client = pages.client("village")
    form = {
        "source": "visit",
        "seen_on": "2018-11-20",
        "once": "k",
        "result_water": "unmet",
        "file": ["water", "school"],
        "note_water": "井干了",
        "photo": [(io.BytesIO(b"x"), "<img src=x>门前.jpg"), (io.BytesIO(b"y"), "井.jpg")],
    }
    refused = client.post("/households/A1/checkup", data=form, headers=HOME)
    where, sent = shown(refused.text)
    assert (refused.status_code, where) == (409, "/households/A1/checkup")
    assert sorted(value for name, value in sent if name == "file") == ["school", "water"]
    assert ("note_water", "井干了") in sent
    assert "multipart/form-data" in refused.text
    assert "门前.jpg、井.jpg" in refused.text
    assert "<img src=x>" not in refused.text
    assert re.search(r'<input[^>]* type="file"[^>]* name="photo" multiple>', refused.text)
    with pages.county.read() as session:
        assert session.scalar(select(func.count()).select_from(Checkup)) == 0


def test_a_form_of_another_site_a_password_or_nothing_at_all_is_not_shown_again(pages: Pages) -> None:
    number = pages.county.ticket(pages.county.file("town")).number
    client = pages.client("water")
    for origin in ({"Origin": "https://evil.com"}, {"Origin": "null"}, {}, {"Referer": "http://localhost.evil.com/"}):
        answer = client.post(f"/tickets/{number}/comment", data={"note": WORDS}, headers=origin)
        assert (answer.status_code, "水管" in answer.text) == (302, False), origin
    # Past a proxy that names the host otherwise, people are at the address of the settings.
    pages.app.config["SITE"] = "https://xiaohao.example.cn"
    known = client.post(
        f"/tickets/{number}/comment", data={"note": WORDS}, headers={"Origin": "https://xiaohao.example.cn"}
    )
    assert (known.status_code, "水管" in known.text) == (409, True)
    for path, form in (
        ("/password", {"old": "secret words", "new": "secret words"}),
        ("/sign-in", {"name": "town", "password": "secret words"}),
        ("/households", {"q": "441424197001013338"}),
        (f"/tickets/{number}/accept", {"version": "1"}),
    ):
        answer = client.post(path, data=form, headers=HOME)
        assert (answer.status_code, "secret" in answer.text, "4414241970" in answer.text) == (302, False, False), path
    for path in ("/tickets/x//evil.com/comment", "//evil.com/tickets"):
        assert "evil.com" not in client.post(path, data={"note": WORDS}, headers=HOME).headers.get("Location", "")


def test_who_was_signed_out_keeps_what_was_written(pages: Pages) -> None:
    ticket = pages.county.file("town")
    number = pages.county.ticket(ticket).number
    client = pages.client("water")
    proof = token(client, f"/tickets/{number}")
    pages.now = day(200)
    refused = client.post(f"/tickets/{number}/comment", data={"csrf_token": proof, "note": WORDS}, headers=HOME)
    where, sent = shown(refused.text)
    assert (refused.status_code, dict(sent)["note"], "在新窗口登录" in refused.text) == (401, WORDS, True)
    pages.sign_in(client, "water")
    # Signing in makes new tokens, so the first press shows it again, the second sends it.
    again = client.post(where, data=dict(sent), headers=HOME)
    assert again.status_code == 409
    assert client.post(where, data=dict(shown(again.text)[1])).status_code == 302
    with pages.county.read() as session:
        assert session.scalar(select(func.count()).select_from(Event).where(Event.action == "comment")) == 1


def test_a_sign_that_cannot_be_stored_is_named_and_left_out_and_the_rest_is_kept(pages: Pages) -> None:
    ticket = pages.county.file("town")
    number = pages.county.ticket(ticket).number
    client = pages.client("water")
    form = {"version": "1", "ground": "管网由县住建局负责", "cited_duty": "不归\x00我局", "note": "附三定方案原文"}
    refused = client.post(
        f"/tickets/{number}/decline", data={**form, "csrf_token": token(client, "/password")}, headers=HOME
    )
    where, sent = shown(refused.text)
    assert (refused.status_code, refused.text.count("“职责依据”中的不可见字符")) == (422, 1)
    assert (dict(sent)["cited_duty"], dict(sent)["note"]) == ("不归我局", "附三定方案原文")
    assert client.post(where, data=dict(sent)).status_code == 302
    assert pages.county.ticket(ticket).state == "disputed"


def test_what_was_written_while_the_store_or_the_database_was_away_is_shown_again(pages: Pages) -> None:
    ticket = pages.county.file("town")
    number = pages.county.ticket(ticket).number
    pages.county.do("water", "accept", ticket)
    client = pages.client("water")
    pages.app.extensions["xiaohao"].files = evidence.store_at("s3://evidence", evidence.Access("http://127.0.0.1:9"))
    form = {"csrf_token": token(client, "/password"), "note": WORDS, "file": (io.BytesIO(b"seen"), "通水.txt")}
    refused = client.post(f"/tickets/{number}/resolve", data=form, headers=HOME)
    where, sent = shown(refused.text)
    assert (refused.status_code, where, dict(sent)["note"]) == (503, f"/tickets/{number}/resolve", WORDS)
    assert "通水.txt" in refused.text


def test_too_much_at_once_says_how_much_and_that_going_back_keeps_the_words(pages: Pages) -> None:
    number = pages.county.ticket(pages.county.file("town")).number
    client = pages.client("water")
    pages.app.config["MAX_CONTENT_LENGTH"] = 2 * 1024 * 1024
    read: list[int] = []

    class Body(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            piece = super().read(size)
            read.append(len(piece))
            return piece

    def send(length: int) -> Any:
        read.clear()
        body = Body(b"--x\r\n" + b"a" * (length - 5))
        return client.post(
            f"/tickets/{number}/evidence",
            input_stream=body,
            content_length=length,
            content_type="multipart/form-data; boundary=x",
            headers=HOME,
        )

    large = send(3 * 1024 * 1024)
    assert (large.status_code, "最多上传2 MB" in large.text, "返回" in large.text) == (413, True, True)
    assert sum(read) == 3 * 1024 * 1024, "read to its end, so that the browser shows the answer"
    assert (send(9 * 1024 * 1024).status_code, sum(read)) == (413, 0)
    pages.app.config["MAX_FORM_MEMORY_SIZE"] = 1000
    words = client.post(f"/tickets/{number}/comment", data={"note": "a" * 2000, "file": (io.BytesIO(b"x"), "a.txt")})
    assert (words.status_code, "所填内容过长" in words.text) == (413, True)
