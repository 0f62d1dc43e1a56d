"""Words of the national and provincial systems: the headings of their exports, and what stands in their cells."""

from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel, force_locale
from sqlalchemy import Engine, select

from models import Member
from settings import ROOT
from tests.support.factories import settle_county
from tests.support.spreadsheets import bring, xlsx
from web.words.labels import label
from workflow.policy.scheme.reader import read_scheme
from workflow.register.cells import values
from workflow.register.cells.columns import find_layout, meaning
from workflow.register.cells.heading_words import FIELDS, normalised

TODAY = date(2018, 11, 20)
SCHEMES = Path(__file__).parents[2] / "schemes"


def test_the_headings_of_the_monitoring_systems_export_are_known_by_its_scheme() -> None:
    """Headings as the export has them (two rows: the supporter's name stands below the supporter)."""
    words = read_scheme(SCHEMES / "fanpin-monitoring.yaml").words
    ours = {normalised(heading): field for field, spelt in words.headings.items() for heading in spelt}
    upper = [
        "县(市、区、旗)",
        "乡(镇)",
        "行政村",
        "自然村",
        "户编号",
        "户主姓名",
        "户类型",
        "家庭人口数",
        "户联系电话",
        "家庭住址",
    ]
    upper += [
        "监测对象类别",
        "致贫/返贫风险1",
        "致贫/返贫风险2",
        "风险是否已消除",
        "识别监测时间",
        "人均纯收入（元）",
        "人编号",
        "姓名",
    ]
    upper += [
        "性别",
        "证件类型",
        "证件号码",
        "与户主关系",
        "文化程度",
        "健康状况",
        "劳动技能",
        "是否参加城乡居民基本医疗保险",
    ]
    upper += ["是否参加城乡居民基本养老保险", "享受低保政策情况", "帮扶责任人", "", ""]
    lower = [*[""] * (len(upper) - 3), "姓名", "性别", "电话"]
    layout = find_layout([(1, upper), (2, lower), (3, ["x1"])], ours)
    fields = {upper[column] or lower[column]: field for field, column in layout.columns.items()}
    assert (layout.row, layout.by_person) == (2, True)
    assert fields == {
        "乡(镇)": "town",
        "行政村": "village",
        "自然村": "hamlet",
        "户编号": "code",
        "户主姓名": "head",
        "户类型": "household_type",
        "家庭人口数": "people",
        "户联系电话": "phone",
        "家庭住址": "address",
        "监测对象类别": "monitored_as",
        "致贫/返贫风险1": "cause",
        "致贫/返贫风险2": "risk_2",
        "风险是否已消除": "status",
        "识别监测时间": "found_month",
        "人均纯收入（元）": "income",
        "姓名": "name",
        "性别": "sex",
        "证件类型": "id_kind",
        "证件号码": "id_number",
        "与户主关系": "relation",
        "文化程度": "schooling",
        "健康状况": "illness",
        "劳动技能": "labour",
        "是否参加城乡居民基本医疗保险": "insured",
        "是否参加城乡居民基本养老保险": "pension",
        "享受低保政策情况": "allowance",
        "帮扶责任人": "cadre",
    }
    statuses = values.statuses(words)
    assert [values.status(word, statuses) for word in ("是", "否", "自然消除")] == ["exited", "in", "exited"]


@pytest.mark.parametrize(
    ("read", "text", "code"),
    [
        (values.status, "已脱贫（享受政策）", "exited"),
        (values.status, "已脱贫（不再享受政策）", "exited"),
        (values.status, "已脱贫(不享受政策)", "exited"),
        (values.status, "稳定脱贫户", "exited"),
        (values.status, "未脱贫", "in"),
        (values.status, "未脫貧", "in"),
        (values.labour, "弱劳动力或半劳动力", "partly"),
        (values.labour, "弱劳力/半劳力", "partly"),
        (values.labour, "技能劳动力", "with"),
        (values.labour, "丧失劳动力", "none"),
        (values.labour, "完全丧失劳动力", "none"),
        (values.yes_no, "农村低保", True),
        (values.yes_no, "未享受", False),
        (values.yes_no, "停保", False),
    ],
)
def test_the_systems_own_words_are_known(read: object, text: str, code: object) -> None:
    assert callable(read)
    assert read(text) == code


def test_a_kind_of_insurance_is_a_yes_and_named_once() -> None:
    for word in ("城乡居民", "城乡居民基本医疗保险", "城镇职工", "新农合"):
        assert values.yes_no(word) == values.Noted(True, "kind_is_yes", {"value": word})


def test_a_word_for_no_document_keeps_the_person() -> None:
    for word in ("未上户", "无户口", "未办理", "无"):
        noted = values.document(word, TODAY)
        assert (noted.value, noted.code) == (None, "no_document")


@pytest.mark.parametrize(
    "heading", ["医保", "参保情况", "低保情况", "人均收入", "所属村", "乡镇街道", "建档立卡户编码", "出生时间"]
)
def test_an_everyday_heading_needs_no_choice(heading: str) -> None:
    assert meaning(heading) in FIELDS


def test_what_a_page_calls_a_field_is_a_heading_of_it() -> None:
    """Whoever types a sheet after the page that names the columns need not choose them again."""
    app = Flask(__name__)
    Babel(app, default_translation_directories=str(ROOT / "translations"))
    with app.test_request_context(), force_locale("zh_Hans"):
        called = {field: label("register.column", field) for field in FIELDS}
    assert {field: meaning(name) for field, name in called.items()} == {field: field for field in FIELDS}


@pytest.mark.one_database("sqlite")
def test_a_pupil_is_at_school_where_the_export_has_both_columns(engine: Engine) -> None:
    """The export has 文化程度 for those who left school and 在校生状况 for pupils; one of them alone is half of it."""
    county = settle_county(engine, households=0)
    heads = ("户编号", "户主姓名", "镇", "村", "姓名", "与户主关系", "文化程度", "在校生状况", "务工所在地")
    people = (("甲一", "户主", "初中", ""), ("甲二", "之女", "", "小学四年级"), ("甲三", "之子", "小学", "辍学"))
    rows = (("S1", "甲一", "甲镇", "town-a-v1村", *person, "东莞") for person in people)
    imported = bring(county, xlsx(heads, *rows))
    with county.read() as session:
        kept = session.scalars(select(Member.schooling).order_by(Member.position)).all()
    assert kept == ["初中", "小学四年级", "小学（辍学）"]
    # What is not read is said, with its heading.
    assert [(each.code, each.params) for each in imported.plan.notices if not each.row] == [
        ("columns_unread", {"columns": "务工所在地"})
    ]
