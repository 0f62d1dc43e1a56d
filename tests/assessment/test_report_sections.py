"""Sections of a report on a ranking: what the scheme calls for is written before the draft is handed on or signed."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models import Ranking, RankingSign, Report
from tests.support.duties import duty
from tests.support.factories import County, settle_county, words
from tests.support.rankings import HOUR, make_ranking, ranked_scheme
from tests.support.signing import colleague, lead
from workflow.assessment import unit_words
from workflow.assessment.ranking import responses, written_reports
from workflow.errors import BadInput, WrongState
from workflow.policy.scheme.model import Scheme

SECTIONS = {"causes": "管网老化。", "rectification": "已更换三处管网。", "next_steps": "月底前逐户复核。"}


def reporting_scheme() -> Scheme:
    fields = [{"code": code, "name": words(name)} for code, name in unit_words.SECTIONS.items()]
    report = duty("report", ["water", "power", "office"], "ranking", {"by": "report"}, fields=fields)
    content = ranked_scheme().model_dump(mode="json")
    return Scheme.model_validate(content | {"duties": {"list": [report]}})


@pytest.fixture
def county(engine: Engine) -> County:
    county = settle_county(engine, reporting_scheme())
    lead(county, "water", "office")
    colleague(county, "water2", "water")
    make_ranking(county)
    return county


def draft(county: County, act: Any = responses.sign, who: str = "water", **sections: str) -> None:
    with county.write() as session:
        row = session.scalars(select(Ranking)).one()
        act(session, county.people[who], HOUR, row, unit_words.written(SECTIONS | sections, "请协调用电。"))


@pytest.mark.parametrize(
    ("sections", "code", "field"),
    [
        ({"causes": ""}, "missing", "causes"),
        ({"rectification": " "}, "missing", "rectification"),
        ({"next_steps": ""}, "missing", "next_steps"),
        ({"causes": "无"}, "says_nothing", "causes"),
        ({"rectification": "好的。"}, "says_nothing", "rectification"),
        ({"next_steps": "……"}, "says_nothing", "next_steps"),
        ({"next_steps": "已更换 三处管网"}, "section_repeated", "next_steps"),
        ({"next_steps": "已落实"}, "says_nothing", "next_steps"),
        ({"next_steps": "加强领导。加强领导。"}, "sentence_repeated", "next_steps"),
        (dict.fromkeys(SECTIONS, "管网老化失修。"), "section_repeated", "rectification"),
        # Seen: the same sentence with another figure or particle at its end filled all sections.
        ({"causes": "管网老化失修1", "rectification": "管网老化失修2"}, "section_repeated", "rectification"),
        ({"causes": "管网老化失修啊", "next_steps": "管网已经老化失修"}, "section_repeated", "next_steps"),
        (
            {"causes": "管网失修。水源不足。", "next_steps": "水源不足；管网\u200b失修！"},
            "section_repeated",
            "next_steps",
        ),
        (
            {"causes": "管网失修。", "rectification": "水源不足。", "next_steps": "管网失修。水源不足。"},
            "section_repeated",
            "next_steps",
        ),
    ],
)
@pytest.mark.parametrize("act", [responses.sign, responses.review])
def test_a_section_that_is_not_there_is_refused_at_its_box(
    county: County, act: Any, sections: dict[str, str], code: str, field: str
) -> None:
    if act is responses.review:
        draft(county)
    with pytest.raises(BadInput) as refusal:
        draft(county, act, "water2" if act is responses.review else "water", **sections)
    assert (refusal.value.code, refusal.value.field) == (code, field)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("无", "remark"),
        ("高度重视，狠抓落实。", "remark"),
        ("第9项整改：已落实", "remark"),
        ("第9项整改：已补登台账。\n第1项原因：无", "remark"),
        ("下一步措施：进一步加强领导", "next_steps"),
    ],
)
@pytest.mark.parametrize("act", [responses.sign, responses.review])
def test_what_a_report_prints_of_its_unit_says_something(engine: Engine, act: Any, text: str, field: str) -> None:
    """Seen: a comment 无 and a line 已落实 of a single item were printed as 本单位意见 and as the item's rectification."""
    county = settle_county(engine, ranked_scheme())
    colleague(county, "water2", "water")
    make_ranking(county)
    with county.write() as session:
        row = session.scalars(select(Ranking)).one()
        if act is responses.review:
            responses.sign(session, county.people["water"], HOUR, row, "请协调用电。")
        with pytest.raises(BadInput) as refusal:
            act(session, county.people["water2"], HOUR, row, text)
        assert (refusal.value.code, refusal.value.field) == ("says_nothing", field)
        act(session, county.people["water2"], HOUR, row, " ")


def test_a_section_may_be_written_item_by_item_and_the_office_compiles_what_units_wrote(county: County) -> None:
    with county.write() as session:
        row = session.scalars(select(Ranking)).one()
        text = "第1项原因分析：水源不足。\n第9项原因：台账滞后。\n整改落实：已补登。\n下一步措施：月底前复核。"
        responses.sign(session, county.people["water"], HOUR, row, text)
        written_reports.issue(session, county.people["water"], HOUR + timedelta(hours=1), row)
        written_reports.issue(session, county.people["office"], HOUR + timedelta(hours=2), row)
        assert len(session.scalars(select(Report)).all()) == 2


def test_a_draft_from_before_is_not_signed_until_it_is_complete(county: County) -> None:
    with county.write() as session:
        row, drafter = session.scalars(select(Ranking)).one(), county.people["water"]
        before = {"by_id": drafter.user_id, "at": HOUR, "remark": "原因分析：管网老化。"}
        session.add(RankingSign(ranking_id=row.id, unit_id=drafter.unit_id, **before))
        session.flush()
        with pytest.raises(WrongState, match="draft_incomplete"):
            written_reports.issue(session, county.people["water"], HOUR + timedelta(hours=1), row)
    draft(county, responses.review, "water2")
    with county.write() as session:
        row = session.scalars(select(Ranking)).one()
        report = written_reports.issue(session, county.people["water"], HOUR + timedelta(hours=1), row)
        assert "逐户复核" in report.content["remark"]
