"""Figures workbook: the figures behind a report as XLSX, per measure and town with numerator, denominator, score and
place, and the anchor.
"""

from collections.abc import Iterator
from typing import Any, BinaryIO

from models import Ranking
from reports import anchor, standings
from reports.chinese import day_of, full_name, moment_of
from reports.page_layout import Cell
from reports.tables import Heading, Workbook
from workflow.assessment.ranking.snapshot import states_none
from workflow.county.context import CountyContext, UnitFact
from workflow.policy.scheme.measures import CountyMeasure

#: What every number counts stands beside it, so that a sheet is read without the formula.
_HEAD = (
    *("项", "指标", "单位", "镇", "分子", "分子统计内容", "分母", "分母统计内容", "百分比", "得分", "名次"),
    *("台账数（分子）", "台账数（分母）"),
)
#: Where it is stated that there is none this period.
_NONE = "本期无此项"


def workbook(setting: CountyContext, row: Ranking, unit: UnitFact) -> BinaryIO:
    """The figures of one unit's items; of the office's compilation, all of them.  Chinese, as the report is."""
    whole = unit.type == "office"
    entry = next((entry for entry in row.content["units"] if entry["unit"] == unit.code), None)
    lines = row.content["county"] if whole else entry["towns"] if entry else []
    book, whose = Workbook(row.made_at), full_name(setting, unit)

    def above(title: str) -> Heading:
        return Heading(title, f"填报单位：{whose}　排名日期：{day_of(row.on)}　数据截至：{moment_of(row.as_of)}")

    book.sheet(
        "指标明细",
        _HEAD,
        _figures(setting, row, None if whole else unit),
        above("各镇考核指标明细表"),
    )
    moves = standings.open_places(lines)
    head = ["名次", "镇", "得分", "等次", "已有数据", *(["可能名次"] if moves else [])]
    book.sheet("名次", head, _places(setting, lines, moves), above("各镇排名表"))
    if whole:
        rows: list[list[Cell]] = [
            [setting.by_code[e["unit"]].name, *_placed(setting, line)]
            for e in row.content["units"]
            for line in e["towns"]
        ]
        book.sheet("各单位排名", ["单位", "名次", "镇", "得分"], rows, above("各单位对各镇排名表"))
    own = {measure.code: measure for measure in setting.scheme.figures_of(unit.code)}
    itself = [entry for entry in row.content.get("of_county", ()) if entry["code"] in own]
    if itself:
        head = ["项", "指标", "单位", "分子", "分子统计内容", "分母", "分母统计内容", "百分比"]
        book.sheet(
            "县级事项",
            head,
            (_itself(setting, own[entry["code"]], entry, row.content) for entry in itself),
            above("县级事项完成情况表"),
        )
    proof: list[list[Cell]] = [["排名日期", day_of(row.on)], ["版次", row.edition]]
    proof += [[label, value] for label, value in anchor.lines(row)]
    book.sheet("校验", ["项目", "内容"], proof, above("数据校验"))
    return book.close()


def _figures(setting: CountyContext, row: Ranking, unit: UnitFact | None) -> Iterator[list[Cell]]:
    known = {measure.code: measure for measure in setting.scheme.measures}
    own = {i.number for i in setting.scheme.indicators if unit is not None and unit.code in i.units}
    for entry in row.content["measures"]:
        measure = known[entry["code"]]
        if unit is not None and (measure.item not in own or (measure.units and unit.code not in measure.units)):
            continue
        for line in entry["towns"]:
            per_cent: Cell = round(line["of"] * 100 / line["to"], 2) if line["to"] else ""
            town, counted = setting.by_code[line["town"]].name, bool(line["to"])
            none = states_none(row.content, measure.code, line["town"])
            of, to = (line["of"], line["to"]) if counted else (_NONE, "—") if none else ("—", "—")
            placed: Cell = line["place"] if line["place"] is not None else "不排名" if counted else "—"
            # What the system's own rows say beside a reported figure.
            rows: list[Cell] = ["" if each is None else each for each in line.get("own", (None, None))]
            figures = [*_parts(setting, measure, of, to), per_cent, _score(line), placed]
            yield [measure.item, measure.name.zh, _unit(measure), town, *figures, *rows]


def _parts(setting: CountyContext, measure: CountyMeasure, of: Cell, to: Cell) -> list[Cell]:
    """Both numbers, each with what it counts."""
    words = setting.scheme.words
    return [of, measure.part_text("of", words).zh, to, measure.part_text("to", words).zh]


def _unit(measure: CountyMeasure) -> str:
    return measure.counted_in.zh if measure.counted_in else ""


def _itself(
    setting: CountyContext, measure: CountyMeasure, entry: dict[str, int], content: dict[str, Any]
) -> list[Cell]:
    of: Cell = entry["of"]
    to = entry["to"]
    per_cent: Cell = round(entry["of"] * 100 / to, 2) if to else ""
    if states_none(content, measure.code, None):
        of = _NONE
    return [measure.item, measure.name.zh, _unit(measure), *_parts(setting, measure, of, to), per_cent]


def _score(line: dict[str, Any]) -> Cell:
    return "—" if line["score"] is None else line["score"] / 100


def _placed(setting: CountyContext, line: dict[str, Any]) -> list[Cell]:
    return [line["place"] or "—", setting.by_code[line["town"]].name, _score(line)]


def _places(setting: CountyContext, lines: list[dict[str, Any]], moves: bool) -> Iterator[list[Cell]]:
    for line in lines:
        covered = f"{line['coverage']}%" if "coverage" in line else ""
        grade = standings.grade_name(setting, line)
        yield [*_placed(setting, line), grade, covered, *([standings.range_text(line)] if moves else [])]
