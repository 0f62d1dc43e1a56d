"""A document number names a document: one rule for every number of a paper that people type."""

from datetime import date

import pytest

from tests.support.notice import SCHEME, TEXT
from workflow.adoption import holiday_notice
from workflow.errors import BadInput
from workflow.inputs import document_of
from workflow.policy.scheme.reader import SchemeRefused, parse_scheme

TODAY = date(2018, 12, 31)
NONE = ("。", "——", "好", "文号", "无", "一切正常", "（）")


@pytest.mark.parametrize("text", NONE)
def test_what_names_no_document_is_refused_at_its_field(text: str) -> None:
    with pytest.raises(BadInput) as error:
        document_of("reference", text, TODAY)
    assert (error.value.code, error.value.field) == ("not_a_document", "reference")


@pytest.mark.parametrize(
    "text",
    [
        "华扶组〔2018〕16号",
        "批示12",
        "抽查批次2018-3",
        "检查7号",
        "通知第5号",
        "信访77",
        "二〇一八年第三期",
        "〔2018〕第1号",
        "111",
    ],
)
def test_a_year_or_a_running_number_names_one(text: str) -> None:
    assert document_of("reference", text, TODAY) == text


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("华扶通〔2099〕1号", 2099),
        ("华扶通〔1918〕1号", 1918),
        ("华扶通[2019]1号", 2019),
        ("华扶通（２０１９）1号", 2019),
        ("二〇一九年第三期", 2019),
        ("扶贫〔1948〕第3卷", 1948),
    ],
)
def test_a_document_of_a_year_to_come_or_before_the_republic_is_refused(text: str, year: int) -> None:
    """Seen: a circular 〔2099〕 and one 〔1918〕 were taken."""
    with pytest.raises(BadInput) as error:
        document_of("document", text, TODAY)
    assert (error.value.code, error.value.params) == ("document_year", {"year": year, "first": 1949, "last": 2018})
    assert document_of("document", "华扶通〔1949〕1号", TODAY)


@pytest.mark.parametrize("text", NONE)
def test_a_scheme_rests_on_papers_with_numbers(text: str) -> None:
    for old in ("  number: 华扶组〔2018〕16号", "number: 华扶组〔2018〕16号}"):
        assert old in TEXT
        with pytest.raises(SchemeRefused) as refused:
            parse_scheme(TEXT.replace(old, old.replace("华扶组〔2018〕16号", f'"{text}"'), 1))
        assert [problem.code for problem in refused.value.problems] == ["not_a_document"]
        assert "16号" in refused.value.problems[0].sentence("zh")


def test_forms_of_the_notice_ask_for_numbers_where_a_paper_has_one() -> None:
    asked = {(duty.code, field.code) for duty in SCHEME.duties.list for field in duty.fields if field.document}
    assert asked == {("circular", "number"), ("joint_archive", "volume")}


@pytest.mark.parametrize("text", NONE)
def test_a_holiday_notice_is_named_by_its_number(text: str) -> None:
    with pytest.raises(BadInput) as error:
        holiday_notice.change("county", text, "2018-12-03,休息,抗洪")
    assert (error.value.code, error.value.field) == ("not_a_document", "document")
