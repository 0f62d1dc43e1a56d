"""Time requests over the API, on the ticket's page and on the board."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.calendars import word
from tests.support.factories import day
from tests.support.http_clients import Api
from tests.support.pages import Pages, open_pages
from tests.support.texts import SENTENCE
from workflow.adoption import calendar_change
from workflow.tickets import time_requests
from workflow.tickets.time_requests import RequestInput

pytestmark = pytest.mark.one_database("sqlite")

ASKED = {"request": "extension", "until": "2018-12-10", "reason": "连续降雨", "plan": "雨停后三日内接通"}


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path / "files") as opened:
        yield opened


def test_time_is_asked_for_refused_and_granted_over_the_api(api: Api) -> None:
    number = api.file()
    api.post("water", f"/tickets/{number}/accept")
    where = f"/tickets/{number}/requests"
    assert api.post("town", where, ASKED).status_code == 403
    assert api.post("power", where, ASKED).status_code == 404
    assert api.post("water", where, {**ASKED, "until": "2018-12-06"}).status_code == 422
    once = {"Idempotency-Key": "a"}
    asked = api.post("water", where, ASKED, **once)
    assert (asked.status_code, asked.json["status"], asked.json["answer_due_at"]) == (
        201,
        "waiting",
        "2018-11-22T17:30:00+08:00",
    )
    assert api.post("water", where, ASKED, **once).json == asked.json
    assert api.post("water", where, ASKED).status_code == 409
    one = f"{where}/{asked.json['id']}"
    assert api.post("water", f"{one}/grant", {"reason": SENTENCE}).status_code == 403
    assert api.post("office", f"{one}/grant", {"reason": ""}).status_code == 422
    assert api.post("office", f"{where}/99/refuse", {"reason": SENTENCE}).status_code == 404
    assert api.post("office", f"{where}/{2**40}/refuse", {"reason": SENTENCE}).status_code == 404
    assert api.post("office", f"{one}/refuse", {"reason": "计划不实"}).json["status"] == "refused"
    assert api.post("office", f"{one}/grant", {"reason": SENTENCE}).status_code == 409
    again = api.post("water", where, ASKED).json["id"]
    granted = api.post("office", f"{where}/{again}/grant", {"reason": "已入户核对属实", "until": "2018-12-11"}).json
    assert (granted["status"], granted["granted_until"]) == ("granted", "2018-12-11")
    seen = api.call("water", "GET", f"/tickets/{number}").json
    assert seen["due_at"] == "2018-12-11T17:30:00+08:00"
    assert [asked["status"] for asked in seen["requests"]] == ["granted", "refused"]


def test_a_request_is_answered_only_under_its_own_ticket(api: Api) -> None:
    one, other = api.file(), api.file(household="A2")
    for number in (one, other):
        api.post("water", f"/tickets/{number}/accept")
    asked = api.post("water", f"/tickets/{one}/requests", ASKED).json["id"]
    assert api.post("office", f"/tickets/{other}/requests/{asked}/grant", {"reason": SENTENCE}).status_code == 404


def test_the_description_names_asking_granting_and_refusing(api: Api) -> None:
    paths = api.call(None, "GET", "/openapi.json").json["paths"]
    asking = paths["/tickets/{number}/requests"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert asking["required"] == ["request", "until", "reason", "plan"]
    for how in ("grant", "refuse"):
        named = [p["name"] for p in paths[f"/tickets/{{number}}/requests/{{id}}/{how}"]["post"]["parameters"]]
        assert {"number", "id"} <= set(named)


def test_the_lead_asks_on_the_page_and_keeps_what_was_typed_when_refused(pages: Pages) -> None:
    ticket = pages.county.file()
    pages.county.do("water", "accept", ticket)
    number = pages.county.ticket(ticket).number
    assert "提交申请" in pages.get("water", f"/tickets/{number}").text
    for who in ("town", "office", "leaders", "inspectorate"):
        assert "提交申请" not in pages.get(who, f"/tickets/{number}").text, who
    refused = pages.post("water", f"/tickets/{number}/requests", **{**ASKED, "request": "suspension"})
    assert refused.status_code == 422
    assert "请填写“申请情形”" in refused.text, "the ground by the name this form gives it"
    for request in ("", "x"):
        unsaid = pages.post("water", f"/tickets/{number}/requests", **{**ASKED, "request": request})
        assert (unsaid.status_code, 'id="ask-request-wrong"' in unsaid.text) == (422, True)
        assert "雨停后三日内接通" in unsaid.text
    assert "雨停后三日内接通" in refused.text
    assert pages.post("water", f"/tickets/{number}/requests", **ASKED).status_code == 302
    assert "提交申请" not in pages.get("water", f"/tickets/{number}").text, "one at a time"


def test_the_office_answers_on_the_page_the_board_shows_what_waits_and_the_units_page_what_was_granted(
    pages: Pages,
) -> None:
    ticket = pages.county.file()
    pages.county.do("water", "accept", ticket)
    number = pages.county.ticket(ticket).number
    assert "待答复的延期、暂停申请" not in pages.get("office", "/board").text
    pages.post("water", f"/tickets/{number}/requests", **ASKED)
    assert "待答复的延期、暂停申请" in pages.get("office", "/board").text
    shown = pages.get("office", f"/tickets/{number}").text
    assert "同意至该日" in shown
    assert f'action="/tickets/{number}/extend"' not in shown, "the answer stands there once"
    # Neither word said: nothing is refused by leaving it out.
    assert pages.post("office", f"/tickets/{number}/requests/1", reason="已入户核对属实").status_code == 422
    wrong = pages.post(
        "office", f"/tickets/{number}/requests/1", answer="grant", until="2019-12-10", reason="已入户核对属实"
    )
    assert wrong.status_code == 422
    assert "已入户核对属实" in wrong.text
    pages.post("office", f"/tickets/{number}/requests/1", answer="grant", until="2018-12-11", reason="已入户核对属实")
    assert pages.county.ticket(ticket).due_at == day(21, 17.5)
    board = pages.get("office", "/board").text
    assert "待答复的延期、暂停申请" not in board
    assert "2018年度延期与暂停情况" in pages.get("office", "/units").text
    assert "已入户核对属实" in pages.get("water", f"/tickets/{number}").text
    assert pages.get("water", f"/tickets/{number}/requests/1").status_code == 302


def test_the_history_tells_who_bears_a_late_answer_and_by_when_an_answer_is_due_now(pages: Pages) -> None:
    county = pages.county
    ticket = county.file()
    county.do("water", "accept", ticket)
    number = county.ticket(ticket).number
    with county.write() as session:
        asked = time_requests.ask(
            session,
            county.people["water"],
            day(1),
            ticket,
            RequestInput(kind="extension", until="2018-12-10", reason=SENTENCE, plan=SENTENCE),
        ).id
        calendar_change.apply(session, county.people["office"], day(1), word("2018-11-23,no,抗洪"))
    assert "答复时限 2018年11月26日 17:30" in pages.get("water", f"/tickets/{number}").text
    with county.write() as session:
        # Due on Monday the 26th, refused on Tuesday at 10:00: 90 minutes too late.
        time_requests.answer(session, county.people["office"], day(7), asked, False, None, SENTENCE)
    county.resolve(ticket, day(7, 11))
    assert "1小时30分钟记由县扶贫开发领导小组办公室承担：答复逾期" in pages.get(
        "town", f"/tickets/{number}"
    ).text.replace(" ", "")
