"""Ranking sheets: the ledger of open tickets (列账) at a ranking's hour, and one unit's figures on a page.

Both come from the snapshot and the history as of its hour, so they always print the same.  In Chinese, without personal
data: a household is its code.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO

from models import Ranking
from reports import anchor, passages, standings
from reports.chinese import amounts, day_of, full_name, in_cell, listed, moment_of, points, share
from reports.document import Section, Table
from reports.own_rows import beside
from reports.tables import Heading, Workbook
from workflow.assessment.ranking import own_counts
from workflow.assessment.ranking.ledger import Entry
from workflow.county.context import CountyContext, UnitFact
from workflow.policy.worktime import local_date

STATES = {
    "reported": "待镇核实",
    "returned": "退回补充",
    "assigned": "待受理",
    "disputed": "待指定",
    "in_progress": "办理中",
    "suspended": "已暂停计时",
    "resolved": "待核验",
}
_HEAD = ["序号", "编号", "项", "事项", "镇", "村", "户编号", "承办单位", "状态", "登记日期", "期限", "逾期"]
_WIDTHS = [3, 7, 2, 12, 4, 5, 6, 9, 5, 9, 13, 3]


@dataclass(slots=True)
class Sheet:
    """A sheet as texts; `across`: landscape."""

    title: str
    under: str
    sections: list[Section]
    across: bool
    hashes: list[list[str]]
    qr_text: str

    def figures(self) -> dict[str, Any]:
        """The data of the Typst form."""
        return {**asdict(self), "qr": anchor.svg(self.qr_text) if self.qr_text else ""}


def ledger(setting: CountyContext, row: Ranking, whose: str, entries: list[Entry]) -> Sheet:
    """The ledger of open tickets and duties; `whose`: the county, or the unit it is for."""
    late = sum(1 for entry in entries if entry.overdue)
    text = f"截至{moment_of(row.as_of)}，未销号事项{len(entries)}件，其中已逾期{late}件。"
    table = Table("", _HEAD, list(_ledger_lines(setting, entries)), _WIDTHS, [0, 2, 11])
    title = f"{whose}未销号事项台账"
    section = Section("", [text], [table] if entries else [])
    return Sheet(title, day_of(row.on), [section], True, anchor.lines(row), anchor.text(row))


def ledger_book(setting: CountyContext, row: Ranking, whose: str, entries: list[Entry]) -> BinaryIO:
    """The same ledger as XLSX."""
    book = Workbook(row.made_at)
    under = f"单位：{whose}　截至：{moment_of(row.as_of)}　共{len(entries)}件"
    book.sheet("台账", _HEAD, _ledger_lines(setting, entries), Heading(f"{whose}未销号事项台账", under))
    book.sheet("校验", ["项目", "内容"], anchor.lines(row), Heading("数据校验", day_of(row.on)))
    return book.close()


def _ledger_lines(setting: CountyContext, entries: list[Entry]) -> Iterator[list[str]]:
    for number, entry in enumerate(entries, start=1):
        yield [
            str(number),
            entry.number,
            str(entry.item or "—"),
            setting.called(entry.kind).zh,
            entry.town,
            entry.village,
            entry.household,
            entry.holder,
            STATES.get(entry.state, entry.state),
            day_of(local_date(entry.filed_at)),
            moment_of(entry.due_at) if entry.due_at else "",
            "是" if entry.overdue else "",
        ]


def unit_sheet(setting: CountyContext, row: Ranking, unit: UnitFact, entries: list[Entry]) -> Sheet:
    """One town's or one bureau's figures in the ranking, and its open tickets."""
    own = _town(setting, row, unit) if unit.type == "town" else _bureau(setting, row, unit)
    late = sum(1 for entry in entries if entry.overdue)
    head, rows = _HEAD[1:5] + _HEAD[8:], [line[1:5] + line[8:] for line in _ledger_lines(setting, entries)]
    said = [f"截至{moment_of(row.as_of)}，承办中的事项{len(entries)}件，其中已逾期{late}件。"]
    own.append(Section("承办事项", said, [Table("", head, rows, [10, 3, 13, 6, 6, 13, 20, 5], [1, 7])] if rows else []))
    title = f"{full_name(setting, unit)}考核情况表"
    return Sheet(title, day_of(row.on), own, False, anchor.lines(row), anchor.text(row))


def _town(setting: CountyContext, row: Ranking, unit: UnitFact) -> list[Section]:
    line = next(line for line in row.content["county"] if line["town"] == unit.code)
    text = _town_sentence(setting, row, line)
    before = [str(past["places"][unit.code]) for past in row.content["trend"] if past["places"].get(unit.code)]
    past = [f"此前{len(before)}期名次依次为{listed(before)}。"] if before else []
    known, rows = {measure.code: measure for measure in setting.scheme.measures}, []
    for entry in sorted(row.content["measures"], key=lambda entry: int(entry["item"])):
        figure = next(t for t in entry["towns"] if t["town"] == unit.code)
        measure = known[entry["code"]]
        counted_in = measure.counted_in.zh if measure.counted_in else ""
        data = in_cell(amounts(figure["of"], figure["to"], counted_in))
        figures = [data, share(figure["of"], figure["to"])] if figure["to"] else ["—", "—"]
        own = beside([figure], measure)
        figures[0] += f"\n{own}" if own else ""
        placed = str(figure["place"]) if figure["place"] is not None else "不排名" if figure["to"] else "—"
        scored = standings.scored_text(figure["score"])
        rows.append([str(measure.item), measure.called.zh, *figures, f"{measure.threshold}%", scored, placed])
    head = ["项", "指标", "数据", "比率", "标准", "得分", "名次"]
    table = Table("", head, rows, [2, 9, 6, 4, 3, 4, 3], [0, 2, 3, 4, 5, 6])
    return [Section("排名", [text, *past]), Section("各项指标", [], [table])]


def _town_sentence(setting: CountyContext, row: Ranking, line: dict[str, Any]) -> str:
    """Place, score, grade, coverage and range of places of a town in one sentence."""
    if line["score"] is None:
        return "本期各项指标均无数据，不排名。"
    text = f"全县{len(row.content['county'])}个镇中排名第{line['place']}" if line["place"] else "数据不足，不排名次"
    text += f"，得分{points(line['score'])}分"
    grade = standings.grade_name(setting, line)
    text += f"，折合“{grade}”等次。" if grade else "。"
    if line.get("coverage", 100) < 100:
        text += f"按已有数据{line['coverage']}%计算"
        text += f"，未填报的数据补齐后可能为{standings.range_text(line)}。" if standings.open_places([line]) else "。"
    return text


def _bureau(setting: CountyContext, row: Ranking, unit: UnitFact) -> list[Section]:
    entry = next((entry for entry in row.content["units"] if entry["unit"] == unit.code), None)
    named = [str(i.number) for i in setting.scheme.indicators if unit.code in i.units]
    text = [f"负责第{listed(named)}项考核指标。" if named else "考核指标中未列为责任单位。"]
    text += passages.of_county(setting, row, unit.code)
    if entry is None or not entry["towns"]:
        return [Section("考核指标", text)]
    if not standings.scored(entry["towns"]):
        return [Section("考核指标", [*text, *standings.ranked(setting, entry["towns"])])]
    said = list(passages.measures(setting, row, entry))
    return [
        Section("考核指标", text + said),
        Section(
            "对各镇的排名",
            [],
            [
                standings.places(
                    setting, entry["towns"], None, own_counts.own_word_shares(setting.scheme, row.content, unit.code)
                )
            ],
        ),
    ]
