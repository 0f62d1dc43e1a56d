"""Household file (一户一档): one household's record on paper, masked as on its page, in Chinese."""

from datetime import date, datetime
from typing import Any

from reports.chinese import day_of, moment_of
from reports.document import Section, Table
from reports.sheets import STATES, Sheet
from workflow.policy.worktime import SHANGHAI
from workflow.register.cells.cell_words import ACCOUNT_CLOSED
from workflow.register.household_record import Dossier, PersonLine

_LABOUR = {"with": "有劳动能力", "partly": "部分丧失劳动能力", "none": "无劳动能力", "unknown": "不清楚"}
#: Why a former member is no longer of the household, as papers write it.
_ENDINGS = {
    "died": "死亡",
    "married_out": "婚嫁迁出",
    "moved_away": "外迁",
    "struck": "误录核减",
    "moved": "转入其他建档户",
}
_RESULTS = {"met": "达标", "unmet": "不达标", "not_applicable": "不适用", "never": "未核查"}
_SOURCES = {"visit": "入户", "matching": "数据比对", "household": "农户反映", "ticket": "工单"}
_INCOME = {"met": "达标", "unmet": "不达标", "unknown": "无法判断"}


def compose(view: Dossier, head: tuple[int, str], now: datetime) -> Sheet:
    """The file as of `now`; `head`: number and hash of the last event of the household's history."""
    household, setting = view.located.household, view.located.setting
    words = setting.scheme.words
    sections = [Section("一、基本情况", [], [_table(["项目", "内容"], _facts(view), [3, 9])])]
    people = [_person_row(person) for person in view.people]
    head_of_people = ["姓名", "关系", "性别", "出生", "证件号码", "劳动能力", "学历情况", "医保", "养老", "低保"]
    sections.append(_listed("二、家庭成员", head_of_people, people, [4, 3, 2, 3, 7, 4, 4, 2, 2, 2]))
    if view.former:
        former = [
            [person.name, person.relation, _ENDINGS[str(person.end_reason)], _written_day(person.ends_on)]
            for person in view.former
        ]
        sections[-1].tables.append(_table(["已不在户内", "关系", "原因", "日期"], former, [4, 3, 4, 4]))
    haves = [
        [
            item.state.have.name.zh,
            _RESULTS.get(item.state.result, ""),
            _SOURCES.get(item.state.source or "", ""),
            _written_day(item.state.seen_on),
            "、".join(item.state.open),
        ]
        for item in view.items
    ]
    sections.append(
        _listed(f"三、{words.haves.zh}情况", ["项目", "结果", "依据", "日期", "未销号工单"], haves, [6, 3, 3, 4, 6])
    )
    if view.income is not None:
        sections[-1].text.append(f"收入测算：{_INCOME.get(view.income.result, '')}。")
    tickets = [
        [
            ticket.number,
            setting.called(ticket.kind).zh,
            _STATES.get(ticket.state, ticket.state),
            setting.unit(ticket.holder_unit_id).name if ticket.holder_unit_id else "",
            _written_day(ticket.filed_at.astimezone(SHANGHAI).date()),
            _written_day(ticket.ended_at.astimezone(SHANGHAI).date()) if ticket.ended_at else "",
        ]
        for ticket in view.tickets
    ]
    sections.append(
        _listed("四、工单", ["编号", "事项", "状态", "承办单位", "登记", "办结"], tickets, [5, 6, 4, 6, 5, 5])
    )
    seen = [[_written_day(c.seen_on), _SOURCES.get(c.source, ""), c.unit.name, c.by, c.present] for c in view.checkups]
    sections.append(_listed("五、核查记录", ["日期", "方式", "单位", "核查人", "在场人"], seen, [4, 3, 6, 4, 4]))
    steps = [
        [
            moment_of(s.at),
            *(words.status(code).zh if code else "—" for code in (s.before, s.after)),
            s.by or "系统",
            s.reason,
        ]
        for s in view.steps
    ]
    sections.append(_listed("六、状态变更", ["时间", "原状态", "现状态", "经办", "原因"], steps, [6, 3, 3, 4, 8]))
    proof = [["本户历史记录末条校验值", f"第{head[0]}条 {head[1]}"]]
    qr = f"household {household.code}\nevent {head[0]} {head[1]}"
    return Sheet(words.file.zh, f"户编号{household.code}　截至{moment_of(now)}", sections, False, proof, qr)


_STATES = {**STATES, "closed": "已销号", "withdrawn": "已撤回"}


def _facts(view: Dossier) -> list[list[str]]:
    household, words = view.located.household, view.located.setting.scheme.words
    facts: list[tuple[str, Any]] = [
        ("户主", view.name),
        ("镇、村", f"{view.located.town.name}{view.located.village.name}"),
        ("住址", household.address if not view.hide else ""),
        ("状态", words.status(household.status).zh),
        ("劳动能力", _LABOUR.get(household.labour, "")),
        ("人口", household.people),
        (words.cause.zh, household.cause),
        ("包户责任人", household.cadre_name + ACCOUNT_CLOSED * view.cadre_closed),
        ("联系电话", household.phone_masked if not view.hide else ""),
        ("最近入户", _written_day(household.visited_on) or "未入户"),
    ]
    return [[name, str(value)] for name, value in facts if value not in (None, "")]


def _person_row(person: PersonLine) -> list[str]:
    sex = {"m": "男", "f": "女"}.get(person.sex or "", "")
    born = str(person.born_on.year) if person.born_on else ""
    said = [
        "是" if value else "否" if value is not None else ""
        for value in (person.insured, person.pension, person.allowance)
    ]
    return [
        person.name,
        person.relation,
        sex,
        born,
        person.id_masked or "",
        _LABOUR.get(person.labour, ""),
        person.schooling,
        *said,
    ]


def _listed(title: str, head: list[str], rows: list[list[str]], widths: list[int]) -> Section:
    return Section(title, [] if rows else ["无。"], [_table(head, rows, widths)] if rows else [])


def _table(head: list[str], rows: list[list[str]], widths: list[int]) -> Table:
    return Table("", head, rows, widths, [])


def _written_day(day: date | None) -> str:
    return day_of(day) if day is not None else ""
