"""Drafting and reviewing a unit's report on a ranking in the browser and over the API."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from models import RankingSign, ReportReview, User
from tests.assessment.test_report_sections import SECTIONS, reporting_scheme
from tests.support.factories import settle_county
from tests.support.http_clients import PASSWORD, Api, Visitor
from tests.support.rankings import HOUR, make_ranking
from tests.support.signing import colleague, lead
from web.auth import HASHER

PATH = "/rankings/2018-11-30"


@pytest.fixture
def site(engine: Engine, database_url: str, tmp_path: Path) -> Api:
    county = settle_county(engine, reporting_scheme())
    lead(county, "water")
    colleague(county, "water2", "water")
    make_ranking(county)
    with county.write() as session:
        session.execute(update(User).values(password_hash=HASHER.hash(PASSWORD)))
    api = Api(county, database_url, tmp_path / "files")
    api.now = HOUR + timedelta(hours=1)
    return api


def enter(api: Api, name: str) -> Visitor:
    visitor = Visitor(api)
    assert visitor.enter(name).status_code == 302
    return visitor


def box(page: str, name: str) -> str:
    found = re.search(rf'<textarea[^>]*name="{name}"[^>]*>[^<]*</textarea>', page)
    assert found is not None, name
    return found[0]


def test_a_section_that_says_nothing_is_marked_and_the_others_keep_their_words(site: Api) -> None:
    water = enter(site, "water")
    assert "required" in box(water.get(PATH).get_data(as_text=True), "causes")
    refused = water.post(PATH, {"act": "sign", **SECTIONS, "rectification": "无"}, PATH)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "is-invalid" in box(page, "rectification")
    assert "没有实际内容" in page
    assert "管网老化" in box(page, "causes")
    assert water.post(PATH, {"act": "sign", **SECTIONS, "remark": "请协调用电。"}, PATH).status_code == 302
    with site.county.read() as session:
        assert session.scalars(select(RankingSign.remark)).one() == (
            "原因分析：管网老化。\n整改落实：已更换三处管网。\n下一步措施：月底前逐户复核。\n请协调用电。"
        )


def test_the_reviewer_finds_each_section_in_its_box(site: Api) -> None:
    enter(site, "water").post(PATH, {"act": "sign", **SECTIONS, "remark": "第1项原因：水源不足。"}, PATH)
    reviewer = enter(site, "water2")
    page = reviewer.get(PATH).get_data(as_text=True)
    assert "月底前逐户复核" in box(page, "next_steps")
    assert "第1项原因：水源不足。" in box(page, "remark")
    assert reviewer.post(PATH, {"act": "review", **SECTIONS, "causes": ""}, PATH).status_code == 422
    assert reviewer.post(PATH, {"act": "review", **SECTIONS, "causes": "管网老化和水源不足。"}, PATH).status_code == 302
    with site.county.read() as session:
        assert session.scalars(select(ReportReview.remark)).one().startswith("原因分析：管网老化和水源不足。\n")


def test_programs_send_the_sections_by_name_or_in_one_paragraph(site: Api) -> None:
    missing = site.post("water", f"{PATH}/sign", {"remark": "本期重点是饮水"})
    assert (missing.status_code, missing.json["field"]) == (422, "causes")
    assert site.post("water", f"{PATH}/sign", SECTIONS).status_code == 200
    paragraph = "原因分析：管网老化。\n整改落实：已更换。\n下一步措施：月底前复核。"
    assert site.post("water2", f"{PATH}/review", {"remark": paragraph}).status_code == 200


def test_a_draft_is_saved_unfinished_and_gone_on_with_by_a_colleague(site: Api) -> None:
    water, colleague_ = enter(site, "water"), enter(site, "water2")
    page = water.get(PATH).get_data(as_text=True)
    assert re.search(r'value="save"[^>]*formnovalidate', page)
    half = {"act": "save", "seen": "0", "causes": "管网老化。", "rectification": "", "next_steps": "", "remark": ""}
    assert water.post(PATH, half, PATH).status_code == 302
    page = colleague_.get(PATH).get_data(as_text=True)
    assert "管网老化。" in box(page, "causes")
    assert "water于" in page[page.index("暂存") - 40 : page.index("暂存")]
    stale = colleague_.post(PATH, half | {"causes": "水源不足。"}, PATH)
    assert stale.status_code == 409
    kept = stale.get_data(as_text=True)
    assert "水源不足。" in box(kept, "causes")
    assert 'name="seen" value="1"' in kept
    assert colleague_.post(PATH, half | {"seen": "1", "causes": "水源不足。"}, PATH).status_code == 302
    assert water.post(PATH, {"act": "sign", **SECTIONS}, PATH).status_code == 302
    assert 'value="save"' not in water.get(PATH).get_data(as_text=True)


def test_programs_save_and_read_an_unfinished_draft(site: Api) -> None:
    empty = site.call("water", "GET", f"{PATH}/draft").json
    assert (empty["version"], empty["saved_at"], empty["sections"]) == (0, None, {})
    kept = site.post("water", f"{PATH}/draft", {"causes": "管网老化。", "remark": "请协调。"})
    assert (kept.status_code, kept.json["version"]) == (200, 1)
    shown = site.call("water2", "GET", f"{PATH}/draft").json
    assert (shown["sections"], shown["remark"]) == ({"causes": "管网老化。"}, "请协调。")
    assert site.post("water2", f"{PATH}/draft", {"causes": "水源不足。"}).status_code == 409
    assert site.call("town", "GET", f"{PATH}/draft").json["version"] == 0
    assert site.post("town", f"{PATH}/draft", {"remark": "稿"}).status_code == 403
