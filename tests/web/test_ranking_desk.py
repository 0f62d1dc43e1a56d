"""The ranking desk in the browser's terms: from reported figures to received reports without leaving it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, update

import worker
from models import User
from tests.support.factories import settle_county
from tests.support.http_clients import PASSWORD, Api, Visitor
from tests.support.rankings import HOUR, ranked_scheme
from tests.support.signing import lead
from web.auth import HASHER

pytestmark = pytest.mark.one_database("postgresql")
EVE, AFTER = HOUR - timedelta(days=1), HOUR + timedelta(hours=1)


@pytest.fixture
def api(engine: Engine, database_url: str, tmp_path: Path) -> Api:
    county = settle_county(engine, ranked_scheme())
    lead(county, "water", "power", "office")
    with county.write() as session:
        session.execute(update(User).values(password_hash=HASHER.hash(PASSWORD)))
    made = Api(county, database_url, tmp_path / "files")
    made.now = EVE
    return made


def enter(api: Api, name: str) -> Visitor:
    visitor = Visitor(api)
    assert visitor.enter(name).status_code == 302
    return visitor


def desk(visitor: Visitor, **asked: str) -> str:
    return visitor.client.get("/ranking-desk", query_string=asked).get_data(as_text=True)


def send(visitor: Visitor, path: str, **form: str) -> Any:
    return visitor.post(path, form, page="/preferences")


def test_on_the_eve_the_office_sees_who_owes_figures_reminds_them_and_tries_the_ranking(api: Api) -> None:
    office = enter(api, "office")
    page = desk(office)
    assert "2018年11月30日 17:00生成排名，还有1天" in page
    assert "共1个填报单位，0个本期数据已报齐" in page
    assert "县供电局" in page
    assert "缺2项" in page
    assert send(office, "/ranking-desk/2018-11-30", act="remind_figures").status_code == 302
    assert "11月29日 17:00" in desk(office)
    again = send(office, "/ranking-desk/2018-11-30", act="remind_figures")
    assert again.status_code == 409
    assert "今天没有可催报的单位" in again.get_data(as_text=True)
    # The trial run ranks nothing.
    tried = desk(office, look="trial")
    assert "试算结果不保存" in tried
    assert "县供电局" in tried
    assert office.client.get("/rankings/2018-11-30").status_code == 404


def test_a_ranking_that_the_system_has_not_made_is_made_proved_signed_and_received_at_the_desk(api: Api) -> None:
    office = enter(api, "office")
    early = send(office, "/ranking-desk/2018-11-30", act="make")
    assert early.status_code == 422
    assert "17:00" in early.get_data(as_text=True)
    api.now = AFTER
    office = enter(api, "office")
    assert "目前尚未生成" in desk(office)
    assert send(office, "/ranking-desk/2018-11-30", act="make").status_code == 302
    assert "各部分完全一致" in desk(office, look="proof")
    # The office's own compilation is issued on the same page.
    assert "签发" in desk(office)
    assert send(office, "/ranking-desk/2018-11-30", act="issue").headers["Location"].endswith("on=2018-11-30")
    leaders = enter(api, "leaders")
    page = desk(leaders)
    assert 'value="receive"' in page
    assert 'value="remind_reports"' not in page
    report = page.split('name="report" value="')[1].split('"')[0]
    assert send(leaders, "/ranking-desk/2018-11-30", act="receive", report=report).status_code == 302
    assert "已签收1份" in desk(leaders)


def test_towns_bureaus_and_villages_are_sent_to_the_ranking_itself(api: Api) -> None:
    worker.rank(api.county.engine, lambda: HOUR)
    for name in ("town", "water", "village"):
        visitor = enter(api, name)
        assert visitor.client.get("/ranking-desk").status_code == 403
        assert send(visitor, "/ranking-desk/2018-11-30", act="remind_figures").status_code == 403
    assert enter(api, "inspectorate").client.get("/ranking-desk").status_code == 200


def test_a_day_that_is_no_ranking_day_is_not_found(api: Api) -> None:
    office = enter(api, "office")
    for on in ("2018-11-29", "2018-12-20", "30.11."):
        assert office.client.get("/ranking-desk", query_string={"on": on}).status_code == 404
        assert send(office, f"/ranking-desk/{on}", act="make").status_code in (404, 422)
