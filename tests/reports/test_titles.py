"""A title breaks between words: never inside one, in as few lines as it needs, the most even of those."""

import pytest

from reports import titles
from reports.chinese import share
from workflow.county.document_numbers import is_old, printed


@pytest.mark.parametrize(
    ("phrases", "lines"),
    [
        (["2018年第三季度", "脱贫攻坚分析情况报告"], ["2018年第三季度脱贫攻坚分析情况报告"]),
        (
            ["关于2018年11月20日", "各镇完成考核指标情况", "排名的汇总报告"],
            ["关于2018年11月20日", "各镇完成考核指标情况排名的汇总报告"],
        ),
        (
            ["关于农村户安全饮水问题", "逾期未整改办结的", "督办通知书"],
            ["关于农村户安全饮水问题", "逾期未整改办结的督办通知书"],
        ),
    ],
)
def test_a_title_breaks_between_phrases(phrases: list[str], lines: list[str]) -> None:
    assert titles.lines(phrases) == lines
    assert titles.whole(phrases) == "".join(lines)


def test_no_line_is_longer_than_the_page_and_no_phrase_is_torn_apart() -> None:
    phrases = ["关于行业部门履行职责完善政策措施情况", "逾期未报送的", "约谈通知书"]
    lines = titles.lines(phrases)
    assert max(len(line) for line in lines) <= 20
    text = "\n".join(lines)
    assert all(phrase in text for phrase in phrases)
    assert "情\n况" not in text
    # A phrase longer than a line breaks after a character that ends a word.
    assert titles.lines(["关于落实农村义务教育和建档立卡贫困学生生活补助政策情况的通知"])[0].endswith(
        ("和", "的", "于", "、")
    )


def test_a_document_number_has_neither_a_word_before_it_nor_leading_zeros() -> None:
    assert printed("2018:华扶办:7") == "华扶办〔2018〕7号"
    # What was issued before there was one series stays as it was issued.
    assert [printed(number) for number in ("2018:3:7", "2018:report:7", "2018:compilation:1")] == [
        "〔2018〕第7号",
        "考核汇报〔2018〕7号",
        "考核汇总〔2018〕1号",
    ]
    assert [is_old(number) for number in ("2018:华扶办:7", "2018:3:7", "2018:report:7")] == [False, True, True]


@pytest.mark.parametrize(
    ("of", "to", "text"),
    [(10, 5, "超额完成"), (5, 5, "100%"), (0, 5, "0%"), (2, 3, "66.67%"), (99_999, 100_000, "99.99%")],
)
def test_a_share_is_never_more_than_the_whole(of: int, to: int, text: str) -> None:
    assert share(of, to) == text
