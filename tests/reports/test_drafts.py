"""Drafts of periodic reports: the prescribed sections, filled with the period's figures and no others."""

import io
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from docx import Document as read_docx
from sqlalchemy import Engine, select

from models import Ticket
from reports import drafts, word
from reports.document import Document
from tests.support.duties import LAST, at, duty, open_by
from tests.support.factories import START, County, settle_county, words
from tests.support.http_clients import Api
from tests.support.rankings import HOUR, ranked_scheme
from workflow.assessment.ranking import periodic_report, rankings
from workflow.county.context import CountyContext, county_context
from workflow.errors import NotFound
from workflow.policy.periods import Period, period_of
from workflow.policy.scheme.duties import Duty
from workflow.policy.scheme.model import Scheme

SECTIONS = [
    ("progress", ["tickets", "duties"]),
    ("problems", ["short"]),
    ("standing", ["ranking"]),
    ("measured", ["measures"]),
    ("next", []),
]


def drafting(engine: Engine) -> County:
    """A county whose units owe a yearly report with figures, and the water bureau one without."""
    content = ranked_scheme().model_dump(mode="json")
    fields = [{"code": code, "name": words(code), "draft": passages} for code, passages in SECTIONS]
    content["duties"] = {
        "list": [
            duty("yearly", ["office", "towns", "water"], "yearly", LAST, fields=fields),
            duty("plain", ["water"], "yearly", LAST, fields=[{"code": "x", "name": words("x")}]),
        ]
    }
    county = settle_county(engine, Scheme.model_validate(content))
    county.file("town", "A1", "water", START)
    open_by(county, at("2018-11-22"))
    return county


def test_a_page_offers_a_draft_once_the_period_has_a_ranking(engine: Engine, database_url: str, tmp_path: Path) -> None:
    """Before the first ranking the link ended in a refusal."""
    county = drafting(engine)
    api = Api(county, database_url, tmp_path / "files")
    api.now = HOUR
    with county.read() as session:
        number = session.scalars(select(Ticket).where(Ticket.duty_unit_id == county.units["town-a"])).one().number

    def page() -> str:
        asked = api.client.get(f"/tickets/{number}", headers={"Authorization": f"Bearer {api.tokens['town']}"})
        assert asked.status_code == 200
        return asked.text

    assert "draft.docx" not in page()
    assert "本期排名" in page()
    with county.write() as session:
        rankings.make(session, None, HOUR, date(2018, 11, 30))
    assert f"/tickets/{number}/draft.docx" in page()


def test_no_draft_is_promised_where_no_ranking_of_the_period_is_to_come(engine: Engine) -> None:
    """Seen: duties of the first half-year, and of a county that does not rank, were to wait for a ranking."""
    county = drafting(engine)
    with county.read() as session:
        setting = county_context(session)
        owed, plain = setting.scheme.duty("yearly"), setting.scheme.duty("plain")
        period = period_of(owed, "2018", 2018)

        def state(duty: Duty, period: Period, now: datetime, setting: CountyContext = setting) -> str:
            return periodic_report.draft_state(session, setting, duty, period, now)

        assert state(owed, period, HOUR) == "awaited"
        assert state(plain, period, HOUR) == ""
        assert state(owed, replace(period, end=date(2018, 6, 30)), HOUR) == ""
        unranked = replace(setting, scheme=setting.scheme.model_copy(update={"measures": ()}))
        assert state(owed, period, HOUR, unranked) == ""


def test_a_draft_begins_its_sections_with_the_figures_of_its_period(engine: Engine) -> None:
    county = drafting(engine)
    with county.read() as session:
        owed = {(t.duty_code, t.duty_unit_id): t.id for t in session.scalars(select(Ticket)) if t.duty_code}
    unit = county.units
    with county.read() as session, pytest.raises(NotFound, match="no_ranking_in_period"):
        periodic_report.basis(session, session.get_one(Ticket, owed["yearly", unit["town-a"]]))
    with county.write() as session:
        rankings.make(session, None, HOUR, date(2018, 11, 30))
    with county.read() as session, pytest.raises(NotFound, match="no_draft"):
        periodic_report.basis(session, session.get_one(Ticket, owed["plain", unit["water"]]))

    def said(code: str) -> dict[str, list[str]]:
        with county.read() as session:
            document = drafts.compose(
                periodic_report.basis(session, session.get_one(Ticket, owed["yearly", unit[code]]))
            )
        made = word.docx(document, HOUR)
        assert made == word.docx(document, HOUR)
        lines = [p.text for p in read_docx(io.BytesIO(made)).paragraphs]
        # Seen: a draft with a day of printing.  It has neither that nor a number, and no room for a seal.
        assert not [line for line in lines if "印发" in line or "〔" in line]
        assert "（草稿）" in lines
        # It has no tables to point at.
        assert not [line for line in lines if "下表" in line]
        end = lines.index(document.closing)
        assert lines[end + 1 : lines.index(document.issuer, end)].count("") == 2
        by_title = {part.title.partition("、")[2]: part.text for part in document.sections if part.title}
        assert {text for texts in by_title.values() for text in texts} <= set(lines)
        assert all(texts[-1] == "（请填写。）" for texts in by_title.values())
        return {name: texts[:-1] for name, texts in by_title.items()}

    town, other, water, office = said("town-a"), said("town-b"), said("water"), said("office")
    assert list(town) == [code for code, _ in SECTIONS]
    one = "登记问题工单1件，已完成0件，其中按时0件；未完成1件，其中逾期1件。"
    assert town["progress"][0].endswith(one)
    assert office["progress"][0].endswith(one)
    assert "登记问题工单0件" in other["progress"][0]
    assert "承担考核任务1项" in town["progress"][1]
    assert "达标率（0%，标准100%）" in town["problems"][0]
    # Seen: what was not reached stood under 主要成效 too.
    assert "达标率" not in "".join(town["measured"])
    assert "全县排名中因数据不足未排名次，得分0.00分（按已有数据37%计算）" in town["standing"][0]
    # Seen: two drafts of one day with two means, without whose ranking it was; of many towns a share is the county's.
    assert water["standing"][0].startswith("在2018年11月30日本单位对各镇的排名中，2个镇平均得分")
    assert office["standing"][0].startswith("在2018年11月30日全县排名中，")
    assert water["problems"][0].startswith("按全县合计，尚未达到标准的指标")
    assert town["problems"][0].startswith("尚未达到标准的指标")
    assert "参保率" not in "".join(water["problems"])
    assert not [text for said in (town, other, water, office) for text in said["measured"] if "尚未" in text]
    assert town["next"] == []


def test_a_circular_of_the_half_year_is_the_leading_groups_and_names_the_period_once(engine: Engine) -> None:
    """Seen: 2018年下半年领导小组半年通报 by the office, with a section for its number and 特此报告 at its end."""
    content = ranked_scheme().model_dump(mode="json")
    fields = [
        {"code": "number", "name": words("文号"), "document": True},
        {"code": "causes", "name": words("存在问题的原因分析"), "draft": ["short"]},
    ]
    content["duties"] = {
        "list": [
            duty("circular", ["office"], "half_yearly", LAST, fields=fields) | {"name": words("领导小组半年通报")},
            duty("summary", ["water"], "half_yearly", LAST, fields=fields[1:]) | {"name": words("半年工作总结")},
        ]
    }
    county = settle_county(engine, Scheme.model_validate(content))
    open_by(county, at("2018-11-22"))
    with county.write() as session:
        rankings.make(session, None, HOUR, date(2018, 11, 30))

    def drafted(code: str) -> Document:
        with county.read() as session:
            owed = session.scalars(
                select(Ticket).where(Ticket.duty_code == code, Ticket.period.in_(("2018", "2018-H2")))
            ).one()
            return drafts.compose(periodic_report.basis(session, owed))

    circular, summary = drafted("circular"), drafted("summary")
    assert (circular.issuer, circular.phrases) == ("五华县扶贫开发领导小组", ["2018年下半年", "工作情况通报"])
    assert [section.title for section in circular.sections] == ["", "一、存在问题的原因分析"]
    assert circular.sections[0].text == ["现将2018年下半年有关情况通报如下，数据截至2018年11月30日17时。"]
    assert (circular.closing, summary.closing) == ("特此通报。", "特此报告。")
    assert summary.phrases == ["2018年下半年", "工作总结"]
    assert summary.issuer.endswith("水务局")


def test_a_draft_without_data_claims_no_standard_reached(engine: Engine) -> None:
    """Seen: 各项有数据的指标均已达到标准 where no measure had data."""
    county = drafting(engine)
    with county.write() as session:
        rankings.make(session, None, HOUR, date(2018, 11, 30))
    with county.read() as session:
        owed = session.scalars(select(Ticket).where(Ticket.duty_code == "yearly").order_by(Ticket.id).limit(1)).one()
        basis = periodic_report.basis(session, owed)
        entries = [
            {**entry, "towns": [{**town, "of": 0, "to": 0} for town in entry["towns"]]}
            for entry in basis.ranking.content["measures"]
        ]
        basis.ranking.content = {**basis.ranking.content, "measures": entries}
        said = [text for part in drafts.compose(basis).sections for text in part.text]
        session.expunge_all()
    assert "到2018年11月30日，各项指标均无数据。" in said
    assert not [text for text in said if "均已达到标准" in text]


def test_what_is_reached_and_what_is_not_are_two_lists_and_nothing_is_in_both(engine: Engine) -> None:
    """Seen: 主要成效 listed every measure, whatever it had come to."""
    county = drafting(engine)
    with county.write() as session:
        rankings.make(session, None, HOUR, date(2018, 11, 30))
    figures = {"haves": ((5, 5), (4, 5)), "time": ((9, 9), (9, 9)), "told": ((0, 0), (3, 10))}
    lists: dict[str, tuple[str, str]] = {}
    with county.read() as session:
        owed = session.scalars(select(Ticket).where(Ticket.duty_code == "yearly").order_by(Ticket.id).limit(1)).one()
        basis = periodic_report.basis(session, owed)
        entries = [
            {
                **entry,
                "towns": [
                    {**town, "of": of, "to": to}
                    for town, (of, to) in zip(entry["towns"], figures[entry["code"]], strict=True)
                ],
            }
            for entry in basis.ranking.content["measures"]
        ]
        basis.ranking.content = {**basis.ranking.content, "measures": entries}
        for code in ("town-a", "town-b", "water", "office"):
            document = drafts.compose(replace(basis, unit=basis.setting.by_code[code]))
            said = {part.title.partition("、")[2]: "".join(part.text[:-1]) for part in document.sections}
            lists[code] = said["measured"], said["problems"]
        session.expunge_all()
    every, half = "达标率（100%，标准100%）、按时率（100%，标准100%）", "达标率（80.00%，标准100%）"
    assert lists["town-a"] == (f"达到标准的指标2项：{every}。", "各项有数据的指标均已达到标准。")
    assert lists["town-b"][0] == "达到标准的指标1项：按时率（100%，标准100%）。"
    assert lists["town-b"][1] == f"尚未达到标准的指标2项：{half}、参保率（自报）（30.00%，标准100%）。"
    assert lists["office"][0] == "按全县合计，达到标准的指标1项：按时率（100%，标准100%）。"
    assert "尚未达到标准的指标2项" in lists["office"][1]
    assert lists["water"][1] == "按全县合计，尚未达到标准的指标1项：达标率（90.00%，标准100%）。"
