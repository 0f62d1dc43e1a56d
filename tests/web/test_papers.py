"""Papers on pages in both languages, as a document, and over the API."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import Engine

from tests.support.factories import START, County, day
from tests.support.http_clients import Api
from tests.support.pages import Pages, open_pages
from tests.support.texts import SENTENCE
from workflow.accountability import sweep
from workflow.actors import actor_of, system
from workflow.county import accounts
from workflow.county.accounts import NewUser

pytestmark = pytest.mark.one_database("postgresql")

ONE = "2018:华扶办:1"
HERE = f"/papers/{quote(ONE, safe=':')}"


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path / "files") as opened:
        yield opened


def late(county: County) -> str:
    """A ticket so late that a 督办 paper has been issued; a second person in the office."""
    ticket = county.file()
    county.do("water", "accept", ticket, day(1))
    sweep.run(county.read, county.write, day(21, 8.5))
    return county.ticket(ticket).number


def test_a_paper_is_found_read_signed_for_answered_and_printed(pages: Pages) -> None:
    number = late(pages.county)
    pages.now = day(21)
    for who in ("office", "leaders", "inspectorate", "water"):
        listed = pages.get(who, "/papers").text
        assert HERE in listed, who
        assert "待签收" in listed, who
    assert HERE not in pages.get("power", "/papers").text
    assert pages.get("village", "/papers").status_code == 403
    for query, there in (
        ("?rung=3&which=open", True),
        ("?which=ended", False),
        ("?rung=4", False),
        ("?which=late", False),
    ):
        assert (HERE in pages.get("office", f"/papers{query}").text) == there, query
    for query in ("?rung=9", "?which=x", "?unit=x", "?cursor=x"):
        assert pages.get("office", f"/papers{query}").status_code == 422, query
    # The ticket leads to it, and every reader of the ticket reads it; only the unit is offered actions.
    assert HERE in pages.get("town", f"/tickets/{number}").text
    shown = pages.get("town", HERE).text
    assert "签发时主要负责人空缺" in shown
    assert "12月10日（星期一）" in shown
    assert 'value="sign"' not in shown
    assert pages.get("power", HERE).status_code == 404
    assert pages.post("town", HERE, act="sign").status_code == 403
    assert 'value="sign"' in pages.get("water", HERE).text
    assert pages.post("water", HERE, act="sign").status_code == 302
    again = pages.post("water", HERE, act="sign")
    assert again.status_code == 409
    assert "请刷新页面" in again.text
    refused = pages.post("water", HERE, act="answer", answer="致电13812345678")
    assert refused.status_code == 422
    assert "致电13812345678" in refused.text
    assert pages.post("water", HERE, act="answer", answer="张三家管材昨日到货").status_code == 302
    assert "张三家管材昨日到货" in pages.get("office", HERE).text
    assert "张*家管材昨日到货" in pages.get("leaders", HERE).text
    document = pages.get("water", f"{HERE}/pdf")
    assert (document.mimetype, document.data[:5]) == ("application/pdf", b"%PDF-")
    assert pages.get("leaders", f"{HERE}/pdf").data == document.data
    course = pages.get("water", f"{HERE}/course.pdf")
    assert (course.mimetype, course.data[:5]) == ("application/pdf", b"%PDF-")
    # Readers of masked names get the same sheet: it hides names from every reader.
    assert pages.get("leaders", f"{HERE}/course.pdf").data == course.data
    assert pages.get("leaders", f"{HERE}/course.pdf?upto=1").status_code == 404
    for path in ("pdf", "course.pdf"):
        assert pages.get("power", f"{HERE}/{path}").status_code == 404
    # In English, nothing is left in Chinese but names.
    pages.post("office", "/language", language="en", next="/")
    english = pages.get("office", HERE).text
    assert "Answer of the unit" not in english
    for words in (
        "Addressed to",
        "the post of leader was vacant",
        "Course of the paper",
        "Receipt confirmed",
        "Required",
    ):
        assert words in english
    assert "answered" in pages.get("office", "/papers").text


def test_a_paper_is_revoked_on_its_page_by_a_second_person(pages: Pages) -> None:
    late(pages.county)
    pages.now = day(21)
    # The office has one person here; the leading group has nothing to say about the office's papers.
    assert pages.post("office", HERE, act="revoke", reason="").status_code == 422
    assert pages.post("office", HERE, act="revoke", reason="督办有误").status_code == 302
    own = pages.get("office", HERE).text
    assert "督办有误" in own
    assert 'value="keep"' in own
    assert 'value="confirm"' not in own
    assert pages.post("office", HERE, act="confirm", reason=SENTENCE).status_code == 403
    assert pages.post("office", HERE, reason=SENTENCE).status_code == 422
    assert pages.post("leaders", HERE, act="confirm", reason=SENTENCE).status_code == 403
    assert pages.post("office", HERE, act="nothing", reason=SENTENCE).status_code == 422
    kept = pages.post("office", HERE, act="keep", reason="材料不足")
    assert kept.status_code == 302
    assert re.search("不予撤销.*材料不足", pages.get("water", HERE).text, re.S)


def test_papers_over_the_api(api: Api) -> None:
    late(api.county)
    with api.county.write() as session:
        who = system()
        second = accounts.create_user(session, who, START, NewUser(name="second", role="office", unit="office"))
        api.tokens["second"] = accounts.issue_token(session, second, START)
        assert actor_of(second).role == "office"
    api.now = day(21)
    (line,) = api.call("water", "GET", "/papers").json["items"]
    assert (line["number"], line["state"], line["unit"], line["leader"]) == (ONE, "issued", "县水务局", None)
    assert line["due_at"] == "2018-12-14T17:30:00+08:00"
    whole = api.call("water", "GET", HERE).json
    assert whole["actions"] == ["sign", "answer"]
    assert whole["grounds"]["used"] == whole["grounds"]["budget"] + whole["grounds"]["late"]
    once = {"Idempotency-Key": "a"}
    signed = api.post("water", f"{HERE}/sign", {}, **once)
    assert (signed.status_code, signed.json["state"], signed.json["acts"][0]["how"]) == (200, "received", "signed")
    assert api.post("water", f"{HERE}/sign", {}, **once).json == signed.json
    assert api.post("water", f"{HERE}/sign", {}).status_code == 409
    assert api.post("water", f"{HERE}/answer", {"answer": [SENTENCE]}).status_code == 422
    assert api.post("water", f"{HERE}/answer", {"reason": SENTENCE}).status_code == 422
    promised = {"answer": "在办，尚缺水泵", "commitments": [{"words": "周五前换管", "when": "2018-12-24"}]}
    unknown = api.post("water", f"{HERE}/answer", promised)
    # Seen: “commitments” is not needed here.
    assert (unknown.status_code, unknown.json["code"], unknown.json["field"]) == (422, "unknown_key", "commitments")
    assert "when" in unknown.json["detail"]
    assert api.post("water", f"{HERE}/answer", {"answer": "在办，尚缺水泵"}).json["state"] == "answered"
    assert api.post("office", f"{HERE}/revoke", {"reason": "督办有误"}).status_code == 200
    assert api.post("office", f"{HERE}/confirm", {"reason": SENTENCE}).status_code == 403
    revoked = api.post("second", f"{HERE}/confirm", {"reason": SENTENCE}).json
    assert (revoked["state"], revoked["actions"]) == ("revoked", [])
    assert api.post("second", f"{HERE}/keep", {"reason": SENTENCE}).status_code == 409
    assert api.call("office", "GET", "/papers?state=ended&unit=water&rung=3").json["items"][0]["state"] == "revoked"
    assert api.call("power", "GET", HERE).status_code == 404
    assert api.call("office", "GET", "/papers/2018:9:1").status_code == 404
    assert api.call("office", "GET", "/papers?rung=x").status_code == 422
    named = api.call(None, "GET", "/openapi.json").json["paths"]
    assert {"/papers", "/papers/{number}"} <= named.keys()
    assert {f"/papers/{{number}}/{act}" for act in ("sign", "answer", "revoke", "confirm", "keep")} <= named.keys()
