"""Text content: short honest texts are statements, what only fills a box is none; a remark may be shorter still."""

import pytest

from workflow.errors import BadInput
from workflow.inputs import LONGEST, remark_of, says_nothing, statement_of
from workflow.stock_phrases import CLAIMS, FILLERS, MASH, NOTHING, SLOGANS
from workflow.text_content import content, is_statement

#: What cadres write when they are brief and say something.
HONEST = """
漏水
停电
缺水
断网
修好了
已修好
已通水
已通电
水管老化
管网老化
水源不足
无水源
3户
12月
12月5日已通水
已完成80%
已更换水管20米
已安装机顶盒
已办理低保
已缴医保
已入学
已复学
外出务工
在外打工
户主住院
材料不齐
照片模糊
位置不清
地址有误
重复上报
不属我局职责
属乡镇职责
非本村户
职责不符
资金未到位
等待拨款
连日暴雨
道路塌方
施工队未进场
未解决
没修好
仍漏水
不达标
情况属实
现场核验属实
水压不足
已电话联系
已上门核实
村委开会研究，12月3日前完工
县水务局11月20日更换水管3处，全村15户通水
一是更换水泵。二是清洗水池。
同意延期
正常供水
好转，已通水
搬迁
病故
高度重视，已拨款2万元
没有答复
未核实
没有检查
已完成3处
水压0.3兆帕
nothing done
no work
not ours
pipe fixed
no TV
no water
power restored on 3 Dec
3 homes connected
the road is closed
waiting for funds
duplicate
household moved away
""".strip().splitlines()

#: What fills a box and says nothing.
EMPTY = """
无
无。
暂无
没有
略
不详
好
好的
好的，好的！
收到
已收到
已阅
知悉
同意
同意。
拟同意
了解
谢谢
哈哈
哈哈哈哈
呵呵
嗯嗯
同上
见附件
一切正常
已落实
完成
已完成
已整改
整改到位
已整改到位
已办结
正在办理
尽快解决
处理中
已按要求落实
问题已解决
该问题已全部整改完毕
按规定及时办理
认真落实，积极推进
加强领导。
加强领导。加强领导。加强领导。加强领导。加强领导。
高度重视，狠抓落实
一是提高认识。二是压实责任。三是形成合力。
强化责任
……
/
-
，。！
1
2018
80%
水
的的的
测试
阿斯顿发
x
X
xx
asdf
asdfasdf
qwerty
fgh jkl
hjkl
aaaa
abc
OK
n/a
ok ok
done
all done
it has been resolved
noted, thanks
will be handled
ok done
all good
looks good
已落实1
已落实2018
已全部整改完成2。已全部整改完成3。
好3
1无
已.落.实
已，落，实
已\u200b落\u200b实
已核实落实
经核实无误
弄好了
照办
按要求办
妥善处理
不涉及
无新增
答复如下
我们高度重视此项工作，已全面落实到位
👍👍
已落实👍
""".strip().splitlines()


@pytest.mark.parametrize("text", HONEST)
def test_a_brief_honest_text_is_a_statement(text: str) -> None:
    assert is_statement(text)
    assert statement_of("reason", text) == text
    assert remark_of("note", text) == text
    assert not says_nothing(text)


@pytest.mark.parametrize("text", EMPTY)
def test_what_only_fills_its_box_is_no_statement(text: str) -> None:
    with pytest.raises(BadInput) as refusal:
        statement_of("reason", text)
    assert refusal.value.code in ("says_nothing", "sentence_repeated")
    assert refusal.value.field == "reason"


def test_the_tables_are_as_long_as_the_rule_deserves() -> None:
    assert len(set(HONEST)) == len(HONEST) >= 60
    assert len(set(EMPTY)) == len(EMPTY) >= 60


@pytest.mark.parametrize("group", [NOTHING, CLAIMS, SLOGANS, MASH], ids=["nothing", "claims", "slogans", "mash"])
def test_every_stock_phrase_alone_says_nothing(group: frozenset[str]) -> None:
    assert [word for word in sorted(group) if not says_nothing(word)] == []


def test_a_filler_alone_is_no_stock_phrase() -> None:
    assert FILLERS.isdisjoint(NOTHING | CLAIMS | SLOGANS | MASH)
    assert is_statement("在工作")


@pytest.mark.parametrize(
    "text",
    [
        "水管老化啊。水管老化呀。水管老化呢。",
        "更换水管1。更换水管2。更换水管3。",
        "已更换水管。已经更换了水管。我镇已更换水管。",
        "水管\u200b老化。水管老化。水 管 老 化。",
    ],
)
def test_a_sentence_said_again_with_small_changes_counts_once(text: str) -> None:
    """Seen: 更换水管1。更换水管2。 … filled a section of twenty characters."""
    assert len(content(text).clauses) == 1
    with pytest.raises(BadInput) as refusal:
        statement_of("causes", text, 12)
    assert refusal.value.code == "sentence_repeated"


def test_two_figures_with_their_measure_are_two_sentences() -> None:
    assert len(content("甲村更换水管3处。甲村更换水管4处。甲村通水80%。甲村通水90%。").clauses) == 4


def test_a_repeated_sentence_counts_once_and_is_named() -> None:
    with pytest.raises(BadInput) as refusal:
        statement_of("causes", "管网老化。管网老化。管网老化。管网老化。管网老化。", 20)
    assert (refusal.value.code, refusal.value.params["text"]) == ("sentence_repeated", "管网老化")
    with pytest.raises(BadInput) as refusal:
        statement_of("reason", "加强领导。" * 5)
    assert (refusal.value.code, refusal.value.params["text"]) == ("sentence_repeated", "加强领导")


def test_a_text_that_repeats_itself_and_says_enough_is_taken_as_it_is() -> None:
    text = "河东村更换水管二十米。已验收。河西村新打水井一口。已验收。"
    assert statement_of("rectification", text, 20) == text


def test_of_a_section_only_what_says_something_counts() -> None:
    with pytest.raises(BadInput) as refusal:
        statement_of("causes", "高度重视，加强领导，压实责任，形成合力，水源不足。", 20)
    assert (refusal.value.code, refusal.value.params) == ("too_short", {"least": 20, "counted": 5})
    assert content("一、水源不足。二、水源不足；（三）水源不足").clauses == ("水源不足",)


def test_a_text_that_only_says_something_counts_as_a_person_counts_it() -> None:
    text = "一是水源 不足，二是管网老化：需更换3处。"
    assert content(text).characters == len(text) - 1 == 20
    assert statement_of("causes", text, 20) == text
    with pytest.raises(BadInput):
        statement_of("causes", text, 21)


def test_case_width_and_spaces_make_no_other_sentence() -> None:
    assert content("更换 水管\n更换水管；ＰＩＰＥ; pipe").clauses == ("更换水管", "pipe")


@pytest.mark.parametrize("text", ["好的", "收到", "已落实", "无", "OK", "在", "3", "哈哈", "已电话联系", "TV"])
def test_a_remark_may_be_brief(text: str) -> None:
    assert remark_of("note", text) == text


@pytest.mark.parametrize("text", ["。", "……", "/", "？！", "asdf", "x", "hjkl", "啊啊啊", "阿斯顿发"])
def test_a_remark_without_words_is_refused(text: str) -> None:
    with pytest.raises(BadInput) as refusal:
        remark_of("note", text)
    assert (refusal.value.code, refusal.value.field) == ("no_words", "note")


def test_the_longest_text_is_judged_at_once() -> None:
    """Words that overlap could be cut in very many ways; each place of the text is looked at once."""
    assert not is_statement("已已经均都全部全基本正正在" * 150 + "落实")
    assert is_statement("已经全部" * (LONGEST // 4 - 1) + "漏水")
