"""A title breaks between words: never inside one, in as few lines as it needs, the most even of those."""

from itertools import product

import pytest

from reports import papers, titles
from reports.chinese import share
from settings import ROOT
from workflow.county.document_numbers import is_old, printed
from workflow.policy.scheme.reader import read_scheme


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
    # A phrase longer than a line breaks between words, and before a word that joins two of them.
    assert titles.lines(["关于落实农村义务教育和建档立卡贫困学生生活补助政策情况的通知"])[0].endswith("教育")


#: Where titles of the shipped schemes' papers break within a name, by the two characters on either side.
WITHIN = {"配套|或未", "失、|空泛", "学年|生活", "合同|和收", "激励|和容"}


def test_no_title_of_a_paper_tears_a_word_apart_whatever_it_is_about() -> None:
    """Every kind and duty of every shipped scheme, at every stage: 及时 and 生活 stay whole."""
    within = set()
    for file in sorted((ROOT / "schemes").glob("*.yaml")):
        scheme = read_scheme(file)
        named = [(kind.name.zh, "deficiency") for kind in scheme.kinds]
        named += [(duty.name.zh, work) for duty in scheme.duties.list for work in ("duty", "report")]
        for (name, work), stage in product(named, ("vet", "accept", "mend", "confirm")):
            content = {"kind": {"zh": name}, "rung": {"zh": "督办"}, "stage": stage, "work": work}
            phrases = papers._title({**content, "subject": {"household": None}})
            lines = titles.lines(phrases)
            assert max(titles.width(line) for line in lines) <= 20, lines
            assert not [line for line in lines if line[0] in "的、，）》”"], lines
            ends = {len("".join(phrases[:n])) for n in range(len(phrases) + 1)}
            whole, at = titles.whole(phrases), 0
            for line in lines:
                at += len(line)
                if at not in ends:
                    within.add(f"{whole[at - 2 : at]}|{whole[at : at + 2]}")
    assert within == WITHIN


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


def test_nothing_the_product_says_to_people_speaks_of_a_block_chain() -> None:
    """Seen on the annex of a report: 区块链."""
    said = [*(ROOT / "translations").rglob("*.po"), *(ROOT / "schemes").rglob("*.yaml")]
    said += [
        *(ROOT / "reports").rglob("*.py"),
        *(ROOT / "reports").rglob("*.typ"),
        *(ROOT / "templates").rglob("*.html"),
    ]
    assert len(said) > 100
    assert [path.name for path in said if "区块链" in path.read_text(encoding="utf-8")] == []
