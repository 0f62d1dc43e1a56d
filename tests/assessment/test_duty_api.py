"""Duties over the API, and opened by the command and the worker."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

import worker
from tests.support.duties import at, duty_scheme, tickets
from tests.support.factories import settle_county
from tests.support.http_clients import Api
from tests.support.texts import SENTENCE

pytestmark = pytest.mark.one_database("sqlite")


@pytest.fixture
def api(engine: Engine, database_url: str, tmp_path: Path) -> Api:
    made = Api(settle_county(engine, duty_scheme()), database_url, tmp_path / "files")
    made.now = at("2018-11-12")
    return made


def test_duties_over_the_api(api: Api) -> None:
    run = api.app.test_cli_runner()
    planned = run.invoke(args=["open-duties", "--dry-run"]).stdout.splitlines()
    assert "water\treport\t2018-11" in planned
    assert not tickets(api.county)
    assert run.invoke(args=["open-duties"]).stdout == f"新下达的任务：{len(planned)}\n"
    assert worker.begin_duties(api.county.engine, at("2018-11-12")).count == 0
    assert worker.begin_duties(api.county.engine, at("2018-12-01")).count == 2
    scheme = api.call("water", "GET", "/scheme").json
    assert {duty["code"] for duty in scheme["duties"]} >= {"meeting", "archive", "study"}
    answer = api.call("water", "GET", "/duties").json
    assert "items" in answer, answer
    mine = answer["items"]
    assert {item["unit"] for item in mine} == {"县水务局"}
    assert len(api.call("office", "GET", "/duties").json["items"]) == len(tickets(api.county))
    for who, path, status in (
        ("village", "/duties", 403),
        ("water", "/duties?unit=power", 403),
        ("office", "/duties?unit=x%00", 422),
    ):
        assert api.call(who, "GET", path).status_code == status
    number = tickets(api.county)["water", "study", "2018"].number
    shown = api.call("water", "GET", f"/tickets/{number}").json
    assert shown["duty"]["progress"]["target"] == 20
    assert [field["code"] for field in shown["duty"]["entry_form"]] == ["head"]
    proof = api.bring("water", number)
    entry: dict[str, Any] = {"on": "2018-11-09", "fields": {"head": "first"}, "evidence": [proof]}
    made = api.post("water", f"/tickets/{number}/entries", entry)
    assert (made.status_code, made.json["progress"]["done"]) == (201, 1)
    for change, status in (
        ({"on": None}, 422),
        ({"fields": "x"}, 422),
        ({"evidence": [9999]}, 422),
        ({"corrects": "x"}, 422),
        ({"corrects": 10**30}, 422),
        ({"corrects": 999, "reason": SENTENCE}, 404),
        ({"corrects": made.json["id"]}, 422),
    ):
        assert api.post("water", f"/tickets/{number}/entries", entry | change).status_code == status, change
    withdrawn = api.post("water", f"/tickets/{number}/entries/{made.json['id']}/withdraw", {"reason": "误录"})
    assert withdrawn.json["progress"]["done"] == 0
    meeting = tickets(api.county)["town-a", "meeting", "2018-Q4"].number
    paper = api.bring("town", meeting)
    refused = api.post("town", f"/tickets/{meeting}/resolve", {"evidence": [paper], "form": {"held_on": "2018-11-05"}})
    assert (refused.status_code, refused.json["field"]) == (422, "form.opinions")
    form = {"held_on": "2018-11-05", "opinions": "分类处理"}
    assert api.post("town", f"/tickets/{meeting}/resolve", {"evidence": [paper], "form": form}).status_code == 200
    reported = api.call("office", "GET", f"/tickets/{meeting}").json["duty"]["reported"]
    assert reported == form
