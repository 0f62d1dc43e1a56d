"""Form words: what a unit plausibly types into a text box of a duty's form, by what the box asks for: a name, places, a
subject, a section of a report.

No section says what another says; of each several sentences, so that a required length is reached without repeating one.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from simulation.settlement import person
from workflow.policy.scheme.duties import FormField
from workflow.text_content import content


@dataclass(frozen=True, slots=True)
class Writer:
    """Who fills in the form: a town's unit or one of the county (`of_town`), the names of the county's towns, and how many
    households each village (by code) has, which bound what is entered of them."""

    of_town: bool = False
    towns: tuple[str, ...] = ()
    homes: Mapping[str, int] | None = None


_SECTIONS: dict[str, tuple[str, ...]] = {
    "causes": (
        "山区管网年久失修，枯水期水压不足",
        "外出务工户联系不便，入户核查滞后",
        "施工队人手少，雨季停工多，房屋改造进度偏慢",
    ),
    "rectification": (
        "已更换老旧水管两处，逐户试水并由户主签字",
        "未核查的外出户已改由村干部电话约定返乡日期",
        "停工房屋已补派施工队，每周通报封顶户数",
    ),
    "situation": (
        "年底前剩余的多为无劳动力户和外出户，难度大于前期",
        "冬季枯水，高处自然村供水仍可能反复",
        "个别户因病致贫风险上升，低保审批需提前受理",
    ),
    "next_steps": (
        "对剩余户逐户列出短板、责任人和完成日期，按周销账",
        "提前检修高处蓄水池，备好送水车",
        "会同民政、卫计部门逐户核对大病和低保名单",
    ),
    "progress": (
        "全年开展入户核查四轮，饮水、住房、教育、医疗逐项建账",
        "危房改造、安全饮水和产业到户项目按序时推进",
        "帮扶干部每月走访贫困户，问题当场登记转办",
    ),
    "results": (
        "贫困户饮水、住房短板明显减少，新建水池两座",
        "适龄儿童失学辍学情况已消除，补助按学期发放到卡",
        "合作社带动贫困户种植百香果，农闲到茶厂务工",
    ),
    "problems": (
        "部分自然村水源单一，遇旱断水",
        "个别产业项目分红到账迟，贫困户增收不稳",
        "外出务工户医保缴费凭证收集不齐",
    ),
    "opinions": (
        "由主管部门牵头为缺水自然村新打深井，扶贫资金列支",
        "合作社分红改为按季度到账，由镇财政所核对",
    ),
    "open": ("两户房屋待施工队进场，一户低保在公示期",),
    "next": ("未达标户已分到包户干部，本月20日前逐户补齐缺项",),
    "faults": ("2名学生的银行卡号有误，已更正重报",),
    "dealt_with": ("已约谈当事人，退回多领补助，完善村级公示",),
    "decided": ("3户纳入监测对象，落实低保和产业帮扶各一项",),
    "findings_of_sweep": ("因病支出骤增2户，房屋漏雨1户，均已登记核实",),
    "rectified": ("漏雨房屋已修缮，两户已申请大病救助",),
    "found": ("两户饮水管道冻裂未修，一户医保缴费凭证缺失",),
}
_FUNDS = ("到户产业资金带动贫困户每户年均增收约1500元，账户无闲置余额",)
_SUBJECTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("调研", ("安全饮水和危房改造进度", "外出务工户医保缴费和子女就学", "产业到户项目的合同和收益")),
    ("议题", ("研究预脱贫户短板清零和危房改造进度", "听取扶贫资金拨付情况，部署冬季入户核查")),
    ("走访", ("走访6户，饮水、住房已查看，两户缺医保缴费凭证", "走访8户，一户房屋漏雨，已交村委登记")),
)
#: Who presides, by whether the meeting is a town's.
_PRESIDERS = {False: ("县委书记", "县长"), True: ("镇党委书记", "镇长")}
_PLAIN = (
    "已按方案逐村落实到户，台账齐全，各村责任明确到人",
    "个别村进度偏慢，已由分管领导约谈督促并限期补齐",
    "资金拨付滞后，已协调财政和主管部门按月解决到位",
    "下一步由包户干部逐户核对名册，缺项按周列单销账",
    "雨季前修复塌方路段和两座危桥，逐处定人巡查并设警示牌",
)


def words_for(rng: random.Random, field: FormField, on: date, said: str, writer: Writer) -> str:
    """The text of one box; `said`: what the form's other boxes hold already."""
    if field.or_none and field.type != "towns":
        return "无"
    if field.document:
        number = rng.randrange(1, 90)
        return f"扶贫〔{on.year}〕第{number}卷" if field.code == "volume" else f"县扶组〔{on.year}〕{number}号"
    if field.code == "chair":
        return f"{rng.choice(_PRESIDERS[writer.of_town])}{person(rng)}"
    if field.code == "place":
        return f"包点村{person(rng)}、{person(rng)}等{rng.randrange(2, 7)}户"
    if field.code in ("towns", "places"):
        known = list(writer.towns) or ["包点镇"]
        return "、".join(sorted(rng.sample(known, min(2, len(known))), key=known.index))
    if field.code == "exempt":
        return f"包点村无连片耕地，{on.month}月{on.day}日农业、自然资源主管部门出具说明"
    sentences = _SECTIONS.get(field.code, _PLAIN)
    if "资金" in field.name.zh:
        sentences = _FUNDS
    elif field.code == "subject":
        sentences = next((texts for word, texts in _SUBJECTS if word in field.name.zh), _PLAIN)
    left = [words for words in sentences if words not in said] or list(sentences)
    text = left.pop(rng.randrange(len(left)))
    while left and content(text).characters < (field.min_chars or 1):
        text += "；" + left.pop(rng.randrange(len(left)))
    return text
