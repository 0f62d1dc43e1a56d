"""Proposed rungs, answered over the API and on the ticket's page."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from models import Escalation
from tests.support.factories import County, day
from tests.support.http_clients import Api
from tests.support.pages import Pages, open_pages
from tests.support.signing import TALK
from tests.support.texts import SENTENCE
from workflow.accountability import sweep

pytestmark = pytest.mark.one_database("sqlite")

TYPED = TALK | {"attendees": "、".join(TALK["attendees"])}


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path / "files") as opened:
        yield opened


def proposed(county: County) -> tuple[str, int]:
    """A ticket so late that a summons is proposed: its number, and the rung."""
    ticket = county.file()
    county.do("water", "accept", ticket)
    sweep.run(county.read, county.write, day(24, 8.5))
    with county.read() as session:
        rung = session.scalars(select(Escalation.id).where(Escalation.status == "proposed")).one()
    return county.ticket(ticket).number, rung


def test_a_proposal_is_issued_over_the_api(api: Api) -> None:
    number, rung = proposed(api.county)
    api.now = day(24)
    one = f"/tickets/{number}/escalations/{rung}"
    assert api.post("water", f"{one}/issue", {"reason": SENTENCE}).status_code == 403
    assert api.post("power", f"{one}/issue", {"reason": SENTENCE}).status_code == 404
    assert api.post("office", f"{one}/issue", {}).status_code == 422
    assert api.post("office", f"/tickets/{number}/escalations/{2**70}/issue", {"reason": SENTENCE}).status_code == 404
    once = {"Idempotency-Key": "a"}
    issued = api.post("office", f"{one}/issue", {"reason": "屡催不办", **TALK}, **once)
    assert (issued.status_code, issued.json["status"], issued.json["paper"]) == (200, "issued", "2018:华扶办:1")
    assert api.post("office", f"{one}/issue", {"reason": "屡催不办", **TALK}, **once).json == issued.json
    assert api.post("office", f"{one}/decline", {"reason": SENTENCE}).status_code == 409
    seen = api.call("water", "GET", f"/tickets/{number}").json["escalations"]
    assert [(e["rung"], e["status"], e["paper"]) for e in seen if e["id"] == rung] == [(4, "issued", "2018:华扶办:1")]
    named = api.call(None, "GET", "/openapi.json").json["paths"]
    for how in ("issue", "decline"):
        asked = named[f"/tickets/{{number}}/escalations/{{id}}/{how}"]["post"]
        assert {"number", "id"} <= {p["name"] for p in asked["parameters"]}


def test_the_office_answers_on_the_page_and_keeps_what_was_typed_when_refused(pages: Pages) -> None:
    number, rung = proposed(pages.county)
    pages.now = day(24)
    here, there = f"/tickets/{number}", f"/tickets/{number}/escalations/{rung}"
    for who in ("water", "town", "leaders", "inspectorate"):
        shown = pages.get(who, here).text
        assert "督办文书" in shown, who
        assert 'value="issue"' not in shown, who
    shown = pages.get("office", here).text
    assert "签发" in shown
    assert 'value="decline"' in shown
    refused = pages.post("office", there, answer="issue", reason="致电13812345678无人应答")
    assert refused.status_code == 422
    assert "致电13812345678无人应答" in refused.text
    empty = pages.post("office", there, answer="decline", reason="")
    assert empty.status_code == 422
    assert "请填写“理由”" in empty.text
    # A talk is appointed for a time, at a place, by somebody, and it is said who must come.
    vague = pages.post("office", there, answer="issue", reason="屡催不办", meet_at="2019-06-03T09:00")
    assert vague.status_code == 422
    assert "请填写“约谈地点”" in vague.text
    assert "2019-06-03T09:00" in vague.text
    neither = pages.post("office", there, reason="屡催不办")
    assert neither.status_code == 422
    assert "请填写“答复”" in neither.text
    assert pages.post("office", there, answer="issue", reason="屡催不办", **TYPED).status_code == 302
    shown = pages.get("water", here).text
    assert "华扶办〔2018〕1号" in shown
    assert "屡催不办" in shown
    assert 'value="issue"' not in pages.get("office", here).text
    assert pages.get("office", there).status_code == 302
    again = pages.post("office", there, answer="decline", reason=SENTENCE)
    assert again.status_code == 409
    assert "请刷新页面" in again.text


def test_the_board_counts_what_was_issued_and_declined(pages: Pages) -> None:
    number, rung = proposed(pages.county)
    pages.now = day(24)
    assert "待签发" in pages.get("office", "/board").text
    pages.post("office", f"/tickets/{number}/escalations/{rung}", answer="decline", reason="已在施工")
    assert "不予签发" in pages.get("office", "/board").text


def test_what_the_leading_group_reached_is_shown_as_recorded_and_no_paper_is_offered(pages: Pages) -> None:
    county = pages.county
    ticket = county.file(kind="file")
    county.do("poverty", "decline", ticket, ground="not_ours", cited_duty="三定方案")
    number = county.ticket(ticket).number
    sweep.run(county.read, county.write, day(24, 8.5))
    pages.now = day(24)
    page = pages.get("office", f"/tickets/{number}").text
    assert "account时限：记录在案，不发文" in page
    assert "不向其发文，也不对其立案问责" in page
    assert 'value="issue"' not in page
    assert "raise-case" not in page
    assert "时限：记录在案，不发文" in pages.get("office", "/tickets").text
    assert "记录在案，不发文" in pages.get("office", "/board").text
