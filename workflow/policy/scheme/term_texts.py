"""Terms of measures, and counts of rows, in words: what each counts, as a phrase that an official understands on its own,
and in what unit.

A town recomputes its score from these texts with pen and paper; a scheme may name both sums of a measure itself.
"""

from typing import Literal

from workflow.policy.scheme.exit_rules import Wording
from workflow.policy.scheme.parts import Text

#: Every term and what it counts for one town at the moment of the ranking, as a phrase that is understood on its own, with
#: the scheme's words for the haves and the status before leaving.
TERMS: dict[str, tuple[str, str]] = {
    "households.on_register": ("在档户数", "households on the register"),
    "households.labour": ("有劳动力的在档户数", "households on the register with labour force"),
    "households.visited": (
        "规定天数内已入户的在档户数",
        "households on the register visited within the prescribed days",
    ),
    "households.pre_exit": ("{status}户数", "households: {status}"),
    "households.all_met": ("{haves}全部达标的{status}户数", "households with all requirements met: {status}"),
    "households.have_met": ("该项已达标的{status}户数", "households with this requirement met: {status}"),
    "households.able": ("有劳动力的{status}户数", "households with labour force: {status}"),
    "households.able_earning": (
        "有劳动力且收入达标的{status}户数",
        "households with labour force whose income reaches the line: {status}",
    ),
    "households.unable": ("无劳动力或弱劳动力的{status}户数", "households without full labour force: {status}"),
    "households.unable_covered": (
        "无劳动力或弱劳动力且收入事项达标的{status}户数",
        "households without full labour force whose income is secured: {status}",
    ),
    "households.checked": ("本年度已抽查核实的户数", "households checked at random in the year"),
    "households.held": ("本年度抽查核实属实的户数", "households that the year's random checks confirmed"),
    "people.registered": ("在档人口数", "people of households on the register"),
    "people.insured": (
        "台账登记已参加基本医疗和大病保险的在档人口数",
        "people on the register recorded as insured for basic care and major illness",
    ),
    "people.school_age": (
        "九年义务教育适龄（6—14周岁）在档人口数",
        "people on the register of compulsory school age (6 to 14)",
    ),
    "people.enrolled": (
        "台账登记在校的适龄（6—14周岁）在档人口数",
        "people on the register of compulsory school age recorded as at school",
    ),
    "people.beyond_help": (
        "完全或部分丧失劳动能力且无法依靠产业就业脱贫的在档人口数",
        "people on the register wholly or partly unable to work whom work or farming cannot lift out of poverty",
    ),
    "people.covered": (
        "台账登记享受低保的无法依靠产业就业脱贫人口数",
        "people whom work or farming cannot lift out of poverty recorded as drawing the living allowance",
    ),
    "people.pension_due": (
        "应参加或领取养老保险的在档人口数（16—59周岁非在校生和60周岁以上）",
        "people on the register who should be insured for or draw a pension (16 to 59 not at school, and from 60)",
    ),
    "people.pensioned": (
        "台账登记已参加或领取养老保险的应参保在档人口数",
        "people on the register recorded as insured for or drawing the pension they should have",
    ),
    "people.labourers": (
        "在档劳动力人数（16—59周岁，含弱劳动力）",
        "people on the register of working age (16 to 59) wholly or partly able to work",
    ),
    "villages.listed": ("省定贫困村数", "listed poor villages"),
    "villages.surveyed": (
        "省定贫困村数（各村本年度收入全部录入后计算）",
        "listed poor villages, once the income of each in the year is recorded",
    ),
    "villages.reached": (
        "本年度人均可支配收入达到标准的省定贫困村数",
        "listed poor villages whose income a head reaches the line",
    ),
    "quota.target": ("年度危房改造任务户数", "houses in the year's quota"),
    "quota.listed": ("已列入任务名册的户数", "households on the quota's list"),
    "quota.paid": (
        "补助启动资金已到户并经核实确认的任务户数",
        "households of the quota whose start-up money is paid, as confirmed by another unit",
    ),
    "quota.finished": (
        "已竣工并经核实确认的任务户数",
        "households of the quota whose house is finished, as confirmed by another unit",
    ),
    "tickets.closed": ("本年度已销号的工单数", "tickets closed in the year"),
    "tickets.closed_on_time": (
        "镇承办环节均在限期内的本年度已销号工单数",
        "tickets closed in the year in whose handling the town was never late",
    ),
    "tickets.open": ("未销号的工单数", "open tickets"),
    "tickets.open_overdue": (
        "镇承办且已超过限期的未销号工单数",
        "open tickets that are overdue with the town",
    ),
    "tickets.closings": (
        "本年度销号的工单数（含销号后查实不实、反弹而重办的）",
        "tickets closed in the year, including those reopened since",
    ),
    "tickets.kept": (
        "本年度销号后没有查实不实、反弹或重办的工单数",
        "tickets closed in the year and neither disproved nor reopened since",
    ),
    "duties.closed": ("本年度已完成的任务数", "duties done in the year"),
    "duties.closed_on_time": (
        "本年度按时完成且达到要求的任务数",
        "duties done in time in the year that meet their requirements",
    ),
    "duties.open_overdue": ("已超过限期未完成的任务数", "duties overdue and not done"),
    "entries.done": ("已记录的完成数量", "entries recorded that count"),
    "entries.target": ("任务规定的数量", "number that the duty prescribes"),
    "entries.expected": ("按时间进度应完成的数量", "number that should be done by the hour of the ranking"),
    "entries.in_pace": (
        "按时间进度应完成数量中已完成的数量",
        "number done of what should be done by the hour of the ranking",
    ),
    "reported.numerator": ("责任单位填报的完成数", "number reached, as reported by the responsible unit"),
    "reported.denominator": ("责任单位填报的应完成数", "whole number, as reported by the responsible unit"),
}

#: What the system knows for the form of a duty, counts of its own rows and the scheme's average income of the year:
#: an answer (`known`), what a number is held against (`own`,
#: `some`), or what it cannot exceed (`most`).
RowCount = Literal[
    "households.on_register",
    "households.on_record",
    "households.new",
    "households.labour",
    "households.pre_exit",
    "households.lacking",
    "households.visited",
    "checkups.matching",
    "tickets.filed",
    "tickets.closed",
    "people.registered",
    "people.school_age",
    "people.enrolled",
    "people.pupils",
    "people.pupils_left",
    "people.ill",
    "people.beyond_help",
    "people.covered",
    "people.insured",
    "people.pension_paying",
    "people.pension_age",
    "people.pension_paid",
    "people.pension_drawn",
    "people.labourers",
    "quota.paid",
    "quota.finished",
    "villages.listed",
    "incomes.average",
]

#: What the counts mean that are no terms of measures, or mean something else in a form.
_ROW_TEXTS: dict[str, tuple[str, str]] = {
    "households.on_record": ("档案户数（含已退出的）", "households on record, those that left the register among them"),
    "households.new": ("新增在档户数", "households newly on the register"),
    "households.lacking": ("有未销号工单的{status}户数", "households with open tickets: {status}"),
    "households.visited": ("本期已入户的在档户数", "households on the register visited in the period"),
    "checkups.matching": ("本期比对反馈的户数", "households reported by data matching in the period"),
    "tickets.filed": ("本期上报的工单数", "tickets filed in the period"),
    "tickets.closed": ("本期已销号的工单数", "tickets closed in the period"),
    "people.pupils": ("台账登记在校的在档人口数", "people on the register recorded as at school"),
    "people.pupils_left": (
        "台账登记在校的在档人口数（其他单位已填报的除外）",
        "people on the register recorded as at school, without those whom other units have reported",
    ),
    "people.ill": ("台账登记患大病的在档人口数", "people on the register recorded with a major illness"),
    "people.pension_paying": ("16—59周岁非在校在档人口数", "people on the register of 16 to 59 not at school"),
    "people.pension_age": ("60周岁以上在档人口数", "people on the register from 60 on"),
    "incomes.average": ("本年度全省农村居民人均可支配收入", "the provincial rural average of the year"),
    "people.pension_paid": (
        "台账登记已参加养老保险的16—59周岁非在校人数",
        "people on the register of 16 to 59 not at school recorded as insured for a pension",
    ),
    "people.pension_drawn": (
        "台账登记领取养老金的60周岁以上人数",
        "people on the register from 60 on recorded as drawing a pension",
    ),
}

#: The default unit counted by each kind of term.
_COUNTED = {
    "households": ("户", "households"),
    "people": ("人", "people"),
    "villages": ("村", "villages"),
    "quota": ("户", "households"),
    "tickets": ("件", "tickets"),
    "duties": ("项", "duties"),
    "entries": ("次", "entries"),
    "incomes": ("元", "yuan"),
}


def term_text(term: str, words: Wording) -> Text:
    """What a term counts, in the scheme's words."""
    zh, en = TERMS[term]
    status = words.status("pre_exit")
    return Text(zh=zh.format(haves=words.haves.zh, status=status.zh), en=en.format(status=status.en))


#: What a figure rests on where it is not on rows that the system counts.
MARKS = {
    "told": Text(zh="自报", en="self-reported"),
    "entered": Text(zh="暂计", en="provisional"),
}


def unit_of(term: str) -> Text | None:
    """The unit a term counts in; None for a term of reported figures."""
    noun = _COUNTED.get(term.partition(".")[0])
    return Text(zh=noun[0], en=noun[1]) if noun else None


def row_text(count: str, words: Wording) -> Text:
    """What a count counts, in the scheme's words."""
    zh, en = _ROW_TEXTS.get(count) or TERMS[count]
    status = words.status("pre_exit")
    return Text(zh=zh.format(status=status.zh), en=en.format(status=status.en))


def row_unit(count: str) -> Text:
    """The unit in which a count counts."""
    return unit_of(count) or Text(zh="户", en="households")
