"""Text content: short honest texts are statements, what only fills a box is none; a remark may be shorter still."""

from collections.abc import Sequence

import pytest

from tests.support.judged_texts import (
    HONEST_BESIDE_JUDGED,
    HONEST_BESIDE_PHRASES,
    HONEST_BESIDE_PROMISED,
    JUDGED,
    ORDERED_IN_TIME,
    PHRASES,
    PROMISED,
    PROMISED_IN_TIME,
)
from tests.support.short_texts import CONCRETE, NOTHING_CONCRETE
from tests.support.verdict_texts import HONEST_WITH_VERDICTS, VERDICTS_ALONE
from workflow.errors import BadInput
from workflow.inputs import LONGEST, origin_of, remark_of, says_nothing, statement_of
from workflow.stock_phrases import CLAIMS, FILLERS, FUNCTION_WORDS, MASH, NOTHING, OBJECTS, SLOGANS, TIMES
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
12月5日已通水
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
水压不足
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
已为王大牛家换装水表
李阿婆家电视已能收到信号
张三外出务工，电话联系不上
村口路段塌方，车进不去
已送医，等待出院结算
孩子随父母在深圳读书
水压太低，三楼上不去水
房屋已封顶，待粉刷
住址写错，应为大坝村
该户不属本镇
此事归民政局管
户主去世，房屋无人住
已发放补助1200元
低保证已发到户
医保卡丢失，正补办
等施工队，预计12月8日进场
因台风停工三天
养老金已补缴两年
已与合作社签订合同
本周五开会研究方案
林场护林员岗位已安排其妻
已劝返复学
学籍转往梅州
电表烧坏，供电所已换
无法联系户主
户主拒绝搬迁
村民代表会议未通过
需县财政追加资金
水源被污染，暂用水车送水
与2018-000123重复
照片与现场不符
没有附合同
只换了一半水管
屋顶仍漏雨
家中无劳动力
分户后人口有误
经费已拨到镇
已张榜公示七天
网络信号弱，基站待建
残疾证正在办理
鱼塘承包合同已签
今年收入4200元，低于标准
路不通
还没来电
已入敬老院
不同意
水管仍未修好
未落实
过世
没水
没有水
没有工作
找不到人
已转办水务局
土地确权有争议
电话核实，孩子已返校
年底前补齐，已约定专人负责
同意延期至20日
the meter was replaced
roof still leaks
owner moved to Shenzhen
wrong village
school confirmed attendance
no contractor yet
pump broken
pipe not delivered
well dry since May
not done
nothing was checked
funds not received
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
3户
12月
已完成80%
情况属实
已完成3处
属实
属实。
情况属实，同意
xyz
the the the
2018年已落实
已按要求落实到位
2018年11月30日已完成
已完成100%
已于12月底前全部完成
本月已全部落实
12月5日
共15户已落实
第四季度任务已完成
落实落实落实
完成，完成，完成
已经已经已经
问题问题问题
情况情况
工作
措施
任务已完成
各项工作已落实到位
相关问题已得到解决
相关工作正在有序推进
上述问题均已按要求整改到位
我局高度重视，已安排落实
根据上级要求已落实
按照文件精神认真贯彻落实
已核实
经核实情况属实
材料真实有效
符合要求
符合规定，同意
已达标
合格
基本达到要求
属实属实
已全面完成2018年度工作任务
一切按计划推进
三是加强管理
已整改完毕，请审阅
正在进行
已进行
目前已落实
百分之八十已完成
十一月三十日已落实
已于今年内完成
asd
qwe
zxc
sadf
dasdas
ok ok ok
done done done
all done now
it is done
we have completed this task
completed in 2018
100% completed
no problem
no comment
as required
see attached
this and that
the work is in progress
will be done asap
resolved on 3 Dec 2018
abcxyz
已落实xyz
嗯已落实
好的已落实
收到，马上办理
没有任何问题
继续加强
进一步提高工作质量
确保取得实效
已按照要求完成整改工作
我局已按要求办理完毕
此问题已处理完毕，特此说明
特此报告
以上情况属实
经研究同意
按程序办理
无其他说明
情况已了解
尽快落实整改
保证完成任务
加紧办理
正在处理当中
努力推进中
全力以赴抓落实
已部署
待核实
待处理
本月完成
近期完成
马上办
立即整改到位
落实到位，效果良好
各项任务圆满完成
工作有序开展中
问题得到有效解决
已完成相关工作
整改完成率100%
完成率达到100%
全部按期完成
全部达标
均已达标
各项指标均已达标
已全部销号
已销号
情况基本属实
同意办结
予以确认
审核通过
核验通过
符合条件
符合政策
材料齐全
资料齐全
数据准确
数据真实准确
群众满意
反映良好
测试测试
啊啊啊啊
一二三四五
111111
12345
abc123
test123
qwertyuiop
hello
hahaha
fine, thank you
everything is ok
all work has been completed on time
the task was completed as required in accordance with the plan
we will strengthen leadership
situation is true
the above is true
confirmed
it is true and correct
no issues found
2018.12.20
二〇一八年十二月
第四季度
好人好事
谢谢领导
领导辛苦了
请领导审阅
了解了
没毛病
没有变化
没有其他情况
一切顺利
一切安好
都挺好
挺好的
差不多
还行
不错
很满意
""".strip().splitlines()


# One test for each list: a thousand tests of a millisecond cost ten seconds to hand out.
@pytest.mark.parametrize("texts", [HONEST, HONEST_WITH_VERDICTS, CONCRETE], ids=["honest", "with verdicts", "concrete"])
def test_a_brief_honest_text_is_a_statement(texts: Sequence[str]) -> None:
    assert [text for text in texts if not is_statement(text) or says_nothing(text)] == []
    for text in texts:
        assert statement_of("reason", text) == text
        assert remark_of("note", text) == text


@pytest.mark.parametrize("texts", [EMPTY, VERDICTS_ALONE, NOTHING_CONCRETE], ids=["empty", "verdicts", "not concrete"])
def test_what_only_fills_its_box_is_no_statement(texts: Sequence[str]) -> None:
    for text in texts:
        with pytest.raises(BadInput) as refusal:
            statement_of("reason", text)
        assert refusal.value.code in ("says_nothing", "sentence_repeated"), text
        assert refusal.value.field == "reason"


def test_a_phrase_about_work_in_general_says_nothing_and_hardly_an_honest_text_is_one() -> None:
    """Seen accepted: 坚持问题导向目标导向, 逐级传导压力.  Of three lists (docs/decisions/policy.md) the two written before
    trying the rule passed to four in five before and to one in five and one in ten now; of 150 honest texts one is refused."""
    assert [text for text in PHRASES if is_statement(text)] == []
    assert [text for text in HONEST_BESIDE_PHRASES if not is_statement(text)] == []
    # One thing, figure or denial beside the phrase is enough.
    for honest in ("逐级传导压力，更换水泵", "坚持问题导向，完成12户", "压紧压实责任，工资未发"):
        assert is_statement(honest), honest
    assert not is_statement("坚持问题导向稳步推进，压紧压实各级责任链条")


def test_a_judgement_without_a_matter_says_nothing_and_hardly_an_honest_text_is_one() -> None:
    """Seen accepted as reasons and reports: 思想上重视不够, 脱贫攻坚工作总体平稳, 时间紧任务重, 原因较多."""
    assert [text for text in JUDGED if is_statement(text)] == []
    assert [text for text in HONEST_BESIDE_JUDGED if not is_statement(text)] == []
    # What is judged is named: a supply, a person, a paper.
    for honest in ("水压不足", "农户不配合", "材料不足", "劳动力不足", "整改不到位", "不符合条件"):
        assert is_statement(honest), honest


def test_the_tables_are_as_long_as_the_rule_deserves() -> None:
    assert len(set(HONEST)) == len(HONEST) >= 120
    assert len(set(EMPTY)) == len(EMPTY) >= 120
    assert len(set(HONEST_WITH_VERDICTS)) == len(HONEST_WITH_VERDICTS) >= 60
    assert len(set(VERDICTS_ALONE)) == len(VERDICTS_ALONE) >= 60
    assert len(set(CONCRETE)) == len(CONCRETE) >= 200
    assert len(set(NOTHING_CONCRETE)) == len(NOTHING_CONCRETE) >= 200


def test_a_bare_name_of_a_person_is_an_answer_only_to_a_question_for_a_name() -> None:
    for text in ("张三", "李伟明", "欧阳建国", "王主任", "经办人：李伟明、王芳"):
        assert (is_statement(text), is_statement(text, names=True)) == (False, True)
        assert statement_of("presider", text, names=True) == text
    assert is_statement("张三家漏雨")
    assert is_statement("李伟明户在办")
    assert not is_statement("张三、李伟明已核实")


def test_a_thing_of_one_character_with_a_claim_says_what_was_done() -> None:
    assert [text for text in ("证办好了", "水已解决", "路已落实") if not is_statement(text)] == []
    assert [text for text in ("已办好", "它已落实", "事已解决", "水") if is_statement(text)] == []


@pytest.mark.parametrize("group", [NOTHING, CLAIMS, SLOGANS, MASH], ids=["nothing", "claims", "slogans", "mash"])
def test_every_stock_phrase_alone_says_nothing(group: frozenset[str]) -> None:
    assert [word for word in sorted(group) if not says_nothing(word)] == []


@pytest.mark.parametrize("group", [FILLERS, TIMES, FUNCTION_WORDS], ids=["fillers", "times", "function words"])
def test_words_that_only_join_say_nothing_with_a_claim_and_belong_to_what_else_is_said(group: frozenset[str]) -> None:
    claims, said = ("done", "roof") if group is FUNCTION_WORDS else ("落实", "屋顶")
    assert [word for word in sorted(group) if is_statement(f"{word} {claims}")] == []
    assert [word for word in sorted(group) if not is_statement(f"{word} {said}")] == []


def test_an_object_of_procedure_says_nothing_with_a_verdict_and_belongs_to_what_else_is_said() -> None:
    english = {word for word in OBJECTS if word.isascii()}
    assert [word for word in sorted(english) if is_statement(f"{word} approved")] == []
    assert [word for word in sorted(OBJECTS - english) if is_statement(f"{word}验收合格")] == []
    assert [word for word in sorted(english) if not is_statement(f"{word} roof")] == []
    assert [word for word in sorted(OBJECTS - english) if not is_statement(f"{word}屋顶")] == []


@pytest.mark.parametrize(
    ("text", "names"),
    [("县统计局", True), ("粤统〔2018〕16号", True), ("水寨镇河东村", True), ("台账齐全", False), ("暂无", False)],
)
def test_a_source_may_be_a_bare_name_which_states_nothing(text: str, names: bool) -> None:
    assert not is_statement(text)
    if names:
        assert origin_of("source", text) == text
    else:
        with pytest.raises(BadInput):
            origin_of("source", text)


@pytest.mark.parametrize(
    "text",
    [
        "漏水漏水漏水漏水漏水漏水漏水",
        "我镇高度重视全面推进各项工作认真落实取得实效水源不足",
        "pipe pipe pipe pipe pipe pipe",
    ],
)
def test_a_section_is_not_filled_by_one_thing_said_again_or_by_stock_around_it(text: str) -> None:
    assert is_statement(text)
    with pytest.raises(BadInput) as refusal:
        statement_of("causes", text, 20)
    assert refusal.value.code == "too_short"


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


def test_which_act_came_first_is_a_reason_and_a_promise_in_the_same_words_is_none() -> None:
    assert [text for text in ORDERED_IN_TIME if not is_statement(text)] == []
    assert [text for text in PROMISED_IN_TIME if is_statement(text)] == []


def test_a_promise_that_names_no_matter_is_no_statement_and_no_honest_text_is_one() -> None:
    """Seen accepted as reasons and answers: 确保不再逾期, 避免逾期.  Of 105 such texts 75 passed before;
    of the 20 that were written after the rule two did."""
    assert [text for text in PROMISED if is_statement(text)] == []
    assert [text for text in HONEST_BESIDE_PROMISED if not is_statement(text)] == []
    for promise in ("we will ensure no delay", "it won't happen again", "never be overdue again"):
        assert not is_statement(promise), promise
    for honest in ("pipe will not freeze again", "delay caused by flood", "never received the letter"):
        assert is_statement(honest), honest
    # A measure beside the promise is enough.
    assert is_statement("确保不再逾期，每周五由李股长报进度")
