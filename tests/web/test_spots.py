"""Spot checks on pages, over the API and by command."""

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from models import SpotDraw, Ticket
from tests.support.camera import photo
from tests.support.factories import County, day
from tests.support.http_clients import Api
from tests.support.pages import Pages, open_pages, token
from tests.support.spot_checks import DUE, FIRST, close, draw
from tests.support.verify import findings
from worker import draw as worker_draw
from worker import sweep_once as worker_look
from workflow.actors import system
from workflow.tickets.consequences import pending_checks

pytestmark = pytest.mark.one_database("postgresql")


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path / "files") as opened:
        yield opened


def drawn(county: County) -> str:
    """A ticket closed in November and drawn; its number."""
    ticket = close(county)
    draw(county)
    return county.ticket(ticket).number


def send(pages: Pages, who: str, picture: bytes | None = None, **form: str) -> Any:
    client = pages.client(who)
    data: dict[str, Any] = {"csrf_token": token(client, "/password"), **form}
    if picture:
        data["file"] = (io.BytesIO(picture), "现场.jpg")
    return client.post("/spot-checks/1", data=data)


def test_a_town_makes_its_check_on_the_page_and_loses_nothing_when_refused(pages: Pages) -> None:
    number = drawn(pages.county)
    pages.now = day(14)
    listed = pages.get("other_town", "/spot-checks").text
    assert number in listed
    assert "待抽查" in listed
    assert "张三" not in listed
    assert "/spot-checks/1" in pages.get("other_town", f"/tickets/{number}").text
    assert "/households/A1" not in pages.get("other_town", f"/tickets/{number}").text
    assert pages.get("other_town", "/households/A1").status_code == 404
    shown = pages.get("other_town", "/spot-checks/1").text
    assert 'value="false"' in shown
    refused = send(pages, "other_town", photo(3), result="false", visited_on="2018-12-04", note="")
    assert refused.status_code == 422
    said = refused.get_data(as_text=True)
    assert "请填写" in said
    assert re.findall(r'id="?(\w+)-wrong', said) == ["note"], "what is wrong stands at its own input alone"
    assert 'value="false" checked' in " ".join(said.split())
    assert said.count('name="evidence"') == 1
    done = send(pages, "other_town", result="false", visited_on="2018-12-04", note="仍未通水", evidence=_own(said))
    assert done.status_code == 302
    assert (pages.county.ticket(1).state, pages.county.ticket(1).false_closings) == ("in_progress", 1)
    assert "虚假办结" in pages.get("other_town", "/spot-checks").text
    assert "抽查不实重办" in pages.get("water", f"/tickets/{number}").text
    assert "甲镇核验销号" in pages.get("water", f"/tickets/{number}").text
    for figure in ("/units/water?figure=false_mended", "/units/town-a?figure=false_confirmed"):
        assert number in pages.get("office", figure).text
    assert number not in pages.get("office", "/units/water?figure=false_confirmed").text
    assert number in pages.get("office", "/signals/false/water").text
    # Made once; a second try is refused.
    assert send(pages, "office", result="holds").status_code == 409


def _own(page: str) -> str:
    return " ".join(page.split()).split('name="evidence" value="')[1].split('"')[0]


def test_who_reads_the_county_sees_draw_and_seed_and_others_are_refused(pages: Pages) -> None:
    number = drawn(pages.county)
    pages.now = DUE + timedelta(hours=1)
    for who in ("office", "leaders", "inspectorate"):
        shown = pages.get(who, "/spot-checks").text
        assert number in shown
        assert "2018年11月" in shown
        assert "rank-sha256-2" in shown
        assert "逾期未查" in shown
        assert ("张三" in shown) == (who == "office")
        assert "逾期未完成的抽查" in pages.get(who, "/board").text
        assert ('value="false"' in pages.get(who, "/spot-checks/1").text) == (who == "office")
    assert pages.get("office", "/spot-checks?month=2018-11").status_code == 200
    assert pages.get("office", "/spot-checks?month=2018-10").status_code == 422
    for who in ("village", "far_village", "water", "admin"):
        assert pages.get(who, "/spot-checks").status_code == 403
        assert pages.get(who, "/spot-checks/1").status_code == 404
    assert pages.get("town", "/spot-checks/1").status_code == 404
    assert number not in pages.get("town", "/spot-checks").text
    for path in ("/spot-checks/99999999999", "/spot-checks/2"):
        assert pages.get("office", path).status_code == 404
    assert "抽取抽查工单" in pages.get("inspectorate", "/trail").text


def test_the_latest_months_draw_is_shown_unless_another_is_asked_for(pages: Pages) -> None:
    numbers = {"2018-11": drawn(pages.county)}
    later = close(pages.county, "B1", day(20), "power")
    draw(pages.county, FIRST + timedelta(days=31))
    numbers["2018-12"] = pages.county.ticket(later).number
    with pages.county.read() as session:
        seeds = dict(session.execute(select(SpotDraw.month, SpotDraw.seed)).all())
    pages.now = FIRST + timedelta(days=32)
    for query, shown, other in (
        ("", "2018-12", "2018-11"),
        ("?month=", "2018-12", "2018-11"),
        ("?month=2018-11", "2018-11", "2018-12"),
        ("?month=2018-12", "2018-12", "2018-11"),
    ):
        page = pages.get("inspectorate", f"/spot-checks{query}").text
        assert (seeds[shown] in page, seeds[other] in page) == (True, False), query
        assert (numbers[shown] in page, numbers[other] in page) == (True, False), query


def test_it_is_made_over_the_api(api: Api) -> None:
    number = drawn(api.county)
    api.now = day(14)
    (item,) = api.call("other_town", "GET", "/spot-checks").json["items"]
    assert (item["number"], item["status"], item["checker"], item["name"], item["may_make"]) == (
        number,
        "todo",
        "乙镇",
        "张*",
        True,
    )
    assert api.call("town", "GET", "/spot-checks").json["items"] == []
    assert api.call("water", "GET", "/spot-checks").status_code == 403
    assert api.call("office", "GET", "/spot-checks?month=x").status_code == 422
    (made,) = api.call("inspectorate", "GET", "/spot-draws").json["items"]
    assert (made["month"], made["population"], made["drawn"], made["todo"], made["block"]) == ("2018-11", 1, 1, 1, 0)
    assert api.call("other_town", "GET", "/spot-draws").status_code == 403
    piece = api.bring("other_town", number)
    body = {"result": "false", "visited_on": "2018-12-04", "note": "没有水", "evidence": [piece]}
    assert api.post("town", "/spot-checks/1", body).status_code == 404
    assert api.post("office", "/spot-checks/1", body).json["code"] == "evidence_of_another_unit"
    assert api.post("inspectorate", "/spot-checks/1", body).status_code == 403
    once = {"Idempotency-Key": "a"}
    made = api.post("other_town", "/spot-checks/1", body, **once)
    assert (made.status_code, made.json["reopened"]) == (200, True)
    assert api.post("other_town", "/spot-checks/1", body, **once).json == made.json
    assert api.post("other_town", "/spot-checks/1", body).json["code"] == "spot_check_made"
    seen = api.call("other_town", "GET", "/spot-checks/1").json
    assert (seen["status"], seen["reopened"], seen["made_by"]) == ("false", True, "乙镇")
    assert (seen["visited_on"], seen["note"], seen["evidence"]) == ("2018-12-04", "没有水", [piece])
    assert (seen["made_at"], seen["may_make"]) == (api.now.isoformat(), False)
    assert api.call("office", "GET", f"/tickets/{number}").json["false_closings"] == 1
    named = api.call(None, "GET", "/openapi.json").json["paths"]
    assert {"/spot-draws", "/spot-checks", "/spot-checks/{id}"} <= named.keys()


def test_a_check_that_lapsed_names_who_reopened_the_ticket_and_nobody_where_the_system_did(api: Api) -> None:
    reopened, relapsed = close(api.county), close(api.county, "A2")
    draw(api.county)
    api.now = day(12)
    numbers = {
        api.county.ticket(ticket).number: by
        for ticket, by in ((reopened, "县扶贫开发领导小组办公室"), (relapsed, None))
    }
    api.county.do("office", "reopen", reopened, day(12), reason="又停水")
    with api.county.write() as session:
        pending_checks.lapse(session, system(), session.get_one(Ticket, relapsed), day(12))
    found = api.call("office", "GET", "/spot-checks").json["items"]
    assert {item["status"] for item in found} == {"lapsed"}
    assert {item["number"]: item["made_by"] for item in found}.items() <= numbers.items()
    assert None in {item["made_by"] for item in found}


def test_the_commands_draw_and_draw_again(api: Api, engine: Engine) -> None:
    def run(*words: str) -> Any:
        return api.app.test_cli_runner().invoke(args=["spot-check", *words])

    close(api.county)
    api.now = FIRST
    assert run("draw").stdout.split() == ["2018-11"]
    assert run("draw").stdout == ""
    for words in (("verify",), ("verify", "2018-11")):
        done = run(*words)
        assert (done.exit_code, "1件中抽1件" in done.stdout) == (0, True), done.output
    for month in ("2018-09", "2018-13", "x"):
        done = run("verify", month)
        assert (done.exit_code, done.stderr.count("\n")) == (1, 1), done.output
    with Session(engine) as session:
        if engine.dialect.name == "sqlite":
            session.execute(text("DROP TRIGGER spot_draw_refuse_update"))
        else:
            session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text(f"UPDATE spot_draw SET seed = '{'0' * 64}' WHERE month = '2018-11'"))
        session.commit()
    done = run("verify", "2018-11")
    assert (done.exit_code, done.stderr) == (1, "spot_seed_differs: 2018-11\n")


def test_the_worker_draws_unless_its_clock_is_not_to_be_trusted(api: Api, engine: Engine, tmp_path: Path) -> None:
    close(api.county)
    worker_look(engine, lambda: FIRST - timedelta(minutes=5))
    assert worker_draw(engine, lambda: FIRST) == ["2018-11"]
    assert worker_draw(engine, lambda: FIRST + timedelta(minutes=10)) == []
    # A clock that leapt a month ahead draws nothing that could not be taken back.
    assert worker_draw(engine, lambda: FIRST + timedelta(days=31)) == []
    assert findings(api.county, tmp_path) <= {"bytes_missing"}
