"""Random checks of households on pages, over the API and by command."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.support.households import leave, visit
from tests.support.http_clients import Api
from tests.support.pages import Pages, token
from tests.support.random_checks import DUE, FIRST, SEEN, check_of, draw, look, settle

pytestmark = pytest.mark.one_database("sqlite")
MET = {"result_water": "met", "result_power": "met", "result_school": "met"}


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Pages:
    return Pages(settle(engine), database_url, tmp_path / "files")


@pytest.fixture
def api(engine: Engine, database_url: str, tmp_path: Path) -> Api:
    return Api(settle(engine), database_url, tmp_path / "files")


def send(pages: Pages, who: str, check: int, **form: str) -> Any:
    client = pages.client(who)
    return client.post(f"/random-checks/{check}", data={"csrf_token": token(client, "/password"), **form})


def test_a_town_records_its_check_and_loses_nothing_when_refused(pages: Pages) -> None:
    draw(pages.county)
    pages.now = SEEN
    check = check_of(pages.county).id
    listed = pages.get("other_town", "/random-checks").text
    assert f"/random-checks/{check}" in listed
    assert "待抽查" in listed
    assert "张三" not in listed
    assert pages.get("other_town", "/households/A1").status_code == 404
    assert f"/random-checks/{check}" not in pages.get("town", "/random-checks").text
    assert pages.get("town", f"/random-checks/{check}").status_code == 404
    refused = send(pages, "other_town", check, result_water="unmet", cause_water="dry", note_water="水泵坏")
    assert refused.status_code == 422
    said = refused.get_data(as_text=True)
    assert "水泵坏" in said
    assert 'value="dry" selected' in " ".join(said.split())
    form = MET | {"result_water": "unmet", "cause_water": "dry", "note_water": "水泵坏", "seen_on": "2018-12-04"}
    assert send(pages, "other_town", check, **form).status_code == 302
    shown = pages.get("other_town", f"/random-checks/{check}").text
    assert "不属实" in shown
    assert "水泵坏" in shown
    assert "水泵坏" not in pages.get("inspectorate", f"/random-checks/{check}").text
    # Now the household's own town sees it, and what it must do.
    assert f"/random-checks/{check}" in pages.get("town", "/random-checks").text
    assert "复查" in pages.get("town", "/households/A1/exit").text
    assert send(pages, "office", check, **form).status_code == 409


def test_readers_of_the_county_see_draw_and_seed_and_what_is_overdue(pages: Pages) -> None:
    draw(pages.county)
    pages.now = DUE + timedelta(hours=1)
    for who in ("office", "leaders", "inspectorate"):
        shown = pages.get(who, "/random-checks").text
        assert "2018年11月" in shown
        assert "rank-sha256-2" in shown
        assert "逾期未查" in shown
        assert ("张三" in shown) == (who == "office")
        assert "逾期未查的入户抽查" in pages.get(who, "/board").text
    assert pages.get("office", "/random-checks?period=2018-11").status_code == 200
    assert pages.get("office", "/random-checks?period=2018-10").status_code == 422
    for who in ("village", "far_village", "water", "admin"):
        assert pages.get(who, "/random-checks").status_code == 403
        assert pages.get(who, "/random-checks/1").status_code == 404


def test_an_exit_that_failed_is_named_on_the_boards_until_a_recheck_holds(pages: Pages) -> None:
    visit(pages.county)
    leave(pages.county, FIRST - timedelta(days=2))
    draw(pages.county)
    look(pages.county, water="dry")
    pages.now = SEEN + timedelta(hours=1)
    for who, page in (("office", "/board"), ("town", "/visits")):
        shown = pages.get(who, page).text
        assert "/households/A1" in shown
        assert "入户抽查不属实" in shown


def test_it_is_made_over_the_api(api: Api) -> None:
    draw(api.county)
    api.now = SEEN
    check = check_of(api.county).id
    (made,) = api.call("inspectorate", "GET", "/random-draws").json["items"]
    assert (made["population"], made["drawn"], made["todo"]) == (6, 6, 6)
    assert [row[0] for row in made["households"]] == ["A1", "A2", "A3", "B1", "B2", "B3"]
    items = api.call("other_town", "GET", "/random-checks").json["items"]
    assert {item["household"] for item in items} == {"A1", "A2", "A3"}
    assert all(item["may_make"] and item["name"] == "张*" for item in items)
    assert api.call("water", "GET", "/random-checks").status_code == 403
    seen = {have: {"result": "met"} for have in ("water", "power", "school")}
    body = {"visited_on": "2018-12-04", "findings": seen}
    assert api.call("town", "POST", f"/random-checks/{check}", body).status_code == 404
    answer = api.call("other_town", "POST", f"/random-checks/{check}", body)
    assert (answer.status_code, answer.json["status"]) == (200, "holds")
    assert answer.json["findings"]["water"]["result"] == "met"
    assert api.call("other_town", "POST", f"/random-checks/{check}", body).status_code == 409
