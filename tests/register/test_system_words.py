"""Words of the national and provincial systems: the headings of their exports, and what stands in their cells."""

from datetime import date
from pathlib import Path

import pytest

from workflow.policy.scheme.reader import read_scheme
from workflow.register.cells import values
from workflow.register.cells.columns import find_layout, normalised

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
