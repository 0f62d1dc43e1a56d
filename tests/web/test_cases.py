"""Accountability cases on pages, over the API, and the printed dossier."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models import User
from tests.support.browser import give_passwords
from tests.support.cases import GIVEN, act, add_seconds, overdue, raised
from tests.support.factories import day
from tests.support.http_clients import Api
from tests.support.pages import Pages, open_pages
from tests.support.texts import SENTENCE
from workflow.county import accounts

pytestmark = pytest.mark.one_database("sqlite")


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path / "files") as opened:
        yield opened


def test_a_case_goes_its_way_on_pages_without_a_script(pages: Pages) -> None:
    add_seconds(pages.county)
    give_passwords(pages.county.engine)
    number = pages.county.ticket(overdue(pages.county)).number
    pages.now = day(1)
    here = f"/tickets/{number}"
    for who in ("water", "leaders", "inspectorate", "town"):
        assert "就某一承办时段提请立案" not in pages.get(who, here).text, who
    assert "就某一承办时段提请立案" in pages.get("office", here).text
    refused = pages.post("office", f"{here}/case", custody="2", result="1:task", harm="致电13812345678")
    assert refused.status_code == 422
    assert "致电13812345678" in refused.text
    for typed, sentence in (
        ({"result": "1:haves", "harm": SENTENCE}, "请填写“被问责的承办时段”"),
        ({"custody": "2", "harm": SENTENCE}, "请填写“受影响的考核结果”"),
        ({"custody": "2", "result": "7:x", "harm": SENTENCE}, "考核方案中没有这一结果"),
        ({"custody": "2", "result": "1:ranking", "harm": SENTENCE}, "该项考核结果未受影响"),
        ({"custody": "2", "result": "1:haves", "harm": SENTENCE}, "系统中没有该工单所属指标（第1项）的这项结果"),
        ({"custody": "1", "result": "1:task", "harm": SENTENCE}, "该承办时段未超期"),
        ({"custody": "²", "result": "1:task"}, "没有这一承办时段"),
    ):
        answer = pages.post("office", f"{here}/case", **typed)
        assert (answer.status_code, sentence in answer.text) == (422, True), sentence
    made = pages.post("office", f"{here}/case", custody="2", **GIVEN["open"])
    assert (made.status_code, made.headers["Location"]) == (302, "/cases/1")
    # Before the notice the unit does not see it; units without a part never do.
    for who in ("water", "power", "village", "admin"):
        assert pages.get(who, "/cases/1").status_code == 404, who
        assert pages.get(who, "/cases/1/dossier.pdf").status_code == 404, who
    assert pages.get("village", "/cases").status_code == pages.get("admin", "/cases").status_code == 403
    assert "/cases/1" not in pages.get("water", "/cases").text
    # Whoever proposed it does not open it; whoever opens it finds what was proposed filled in.
    assert 'name="action" value="open"' not in pages.get("office", "/cases/1").text
    alone = pages.post("office", "/cases/1", action="open", **GIVEN["open"])
    assert (alone.status_code, "须由本单位另一人立案" in alone.text) == (409, True)
    form = pages.get("office2", "/cases/1").text
    assert '<option value="1:task" selected>该事项逾期情况' in form
    assert GIVEN["open"]["harm"] in form
    for who, action, more in (
        ("office2", "open", {}),
        ("office", "notify", {}),
        ("water", "respond", {}),
        ("office", "hear", {}),
        ("leaders", "decide", {}),
        ("office", "serve", {}),
        ("water", "appeal", {}),
        ("office", "hear", {}),
        ("leaders", "decide", {"outcome": "honest_error"}),
        ("office", "serve", {}),
        ("office", "close", {}),
    ):
        shown = pages.get(who, "/cases/1").text
        button = f'name="action" value="{action}"'
        assert button in shown, action
        assert button not in pages.get("inspectorate", "/cases/1").text
        if GIVEN.get(action):
            first = next(iter(GIVEN[action]))
            empty = pages.post(who, "/cases/1", action=action, **(GIVEN[action] | {first: ""}))
            assert (empty.status_code, "请填写" in empty.text) == (422, True), action
        assert pages.post(who, "/cases/1", action=action, **(GIVEN.get(action, {}) | more)).status_code == 302, action
    shown = pages.get("water", "/cases/1").text
    assert "已结案" in shown
    assert "容错免责" in shown
    again = pages.post("office", "/cases/1", action="close", note=SENTENCE)
    assert again.status_code == 409
    assert "已结案" in again.text
    assert pages.get("office", "/cases?state=closed").text.count("第1号问责案") == 1
    assert pages.get("office", "/cases?state=x").status_code == 422
    assert "第1号问责案" in pages.get("office", here).text
    assert pages.post("office", "/cases/1", action="nothing").status_code == 404


def test_the_dossier_prints_the_same_bytes_for_everybody_until_the_case_moves(pages: Pages) -> None:
    case = raised(pages.county, overdue(pages.county))
    act(pages.county, "office", case, "notify")
    first = pages.get("office", f"/cases/{case}/dossier.pdf")
    assert first.content_type == "application/pdf"
    assert first.data.startswith(b"%PDF-")
    pages.now = day(40)
    pages.county.resolve(1, day(3))
    for who in ("office", "leaders", "inspectorate", "water"):
        assert pages.get(who, f"/cases/{case}/dossier.pdf").data == first.data, who
    act(pages.county, "water", case, "respond")
    assert pages.get("office", f"/cases/{case}/dossier.pdf").data != first.data
    pages.post("office", "/language", language="en", next="/cases")
    assert (
        pages.get("office", f"/cases/{case}/dossier.pdf").data != pages.get("water", f"/cases/{case}/dossier.pdf").data
    )


def test_cases_over_the_api(api: Api) -> None:
    add_seconds(api.county)
    with api.county.write() as session:
        second = session.get_one(User, api.county.people["office2"].user_id)
        api.tokens["office2"] = accounts.issue_token(session, second, api.now)
    number = api.county.ticket(overdue(api.county)).number
    api.now = day(1)
    opening = {"ticket": number, "custody": 2, **GIVEN["open"]}
    bodies: tuple[dict[str, object], ...] = (
        {"ticket": 1},
        {"ticket": None},
        {"custody": True},
        {"custody": "x"},
        {"custody": 2**70},
        {"result": 1},
        {"harm": []},
    )
    for wrong in bodies:
        assert api.post("office", "/cases", opening | wrong).status_code == 422, wrong
    assert api.post("leaders", "/cases", opening).status_code == 403
    assert api.post("power", "/cases", opening).status_code == 404
    once = {"Idempotency-Key": "a"}
    made = api.post("office", "/cases", opening, **once)
    assert (made.status_code, made.json["state"], made.json["result"]) == (201, "proposed", None)
    assert api.post("office", "/cases", opening, **once).json == made.json
    assert api.post("office", "/cases", opening).status_code == 409
    assert api.post("office", "/cases/1/open", GIVEN["open"]).status_code == 409
    assert api.post("office2", "/cases/1/open", GIVEN["open"] | {"result": "1:haves"}).status_code == 422
    opened = api.post("office2", "/cases/1/open", GIVEN["open"])
    assert (opened.json["state"], opened.json["result"], opened.json["shown"]["late"]) == ("opened", "1:task", 1)
    assert (made.json["opener"], made.json["decider"]) == ("县扶贫开发领导小组办公室", "县扶贫开发领导小组")
    assert api.post("office", "/cases/1/notify", {"version": 1}).status_code == 409
    assert api.post("office", "/cases/1/notify", {"version": 2}).json["state"] == "notified"
    assert api.call("water", "GET", "/cases").json["items"][0]["state"] == "notified"
    assert api.call("water", "GET", "/cases/1").json["actions"] == ["respond"]
    assert api.post("water", "/cases/1/respond", {"statement": SENTENCE, "note": SENTENCE}).status_code == 422
    # A lapse that no one saw is shown as a lapse.
    api.now = day(9)
    assert api.call("water", "GET", "/cases/1").json["state"] == "stated"
    assert api.post("water", "/cases/1/respond", {"statement": SENTENCE}).status_code == 409
    for odd in ("2026-13-01", "2018-11-20", "2030-01-01", 5):
        assert api.post("office", "/cases/1/hear", {"heard_on": odd, "note": SENTENCE}).status_code == 422, odd
    heard = api.post("office", "/cases/1/hear", {"heard_on": "2018-11-29", "note": SENTENCE})
    assert [step["action"] for step in heard.json["course"]] == [
        "propose_case",
        "open",
        "notify",
        "lapse_statement",
        "hear",
    ]
    assert api.post("leaders", "/cases/1/decide", {"outcome": "shot", "reason": SENTENCE}).status_code == 422
    for huge in (2**31, 2**70, 0):
        assert api.call("office", "GET", f"/cases/{huge}").status_code == 404
        assert api.post("office", f"/cases/{huge}/notify").status_code == 404
    for query in ("state=x", "cursor=zzz", "cursor=WyJ4Il0", "limit=0"):
        assert api.call("office", "GET", f"/cases?{query}").status_code == 422, query
    named = api.call(None, "GET", "/openapi.json").json["paths"]
    assert "/cases/{case}/agree_withdrawal" in named
    assert "/cases/{case}/lapse_statement" not in named


def test_a_list_of_cases_pages_by_key(api: Api) -> None:
    for number in range(1, 4):
        raised(api.county, overdue(api.county, f"A{number}"))
    first = api.call("office", "GET", "/cases?limit=2").json
    rest = api.call("office", "GET", f"/cases?limit=2&cursor={first['next']}").json
    assert [item["id"] for item in first["items"] + rest["items"]] == [3, 2, 1]
    assert rest["next"] is None
