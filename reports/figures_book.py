"""Figures workbook: the figures behind a report as XLSX, per measure and town with numerator, denominator, score and
place, and the anchor.

Towns are columns and a measure takes a row for each sort of number, so that what a number counts is written once for all
towns, and the compilation of a county prints on about ten pages.
"""

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from models import Ranking
from reports import anchor, standings
from reports.chinese import day_of, full_name, moment_of
from reports.document import Document
from reports.page_layout import A3, A4, Cell
from reports.tables import Heading, Workbook
from workflow.assessment.ranking import own_counts
from workflow.assessment.ranking.snapshot import states_none
from workflow.county.context import CountyContext, UnitFact
from workflow.policy.scheme.measures import CountyMeasure

#: What every number of a row is stands before it, so that a sheet is read without the formula: of place, score and per cent
#: the measure, of a count what it counts.  All rows of a measure have its running number.
_HEAD = ("序号", "项", "栏目", "指标或统计内容", "单位")
#: Where it is stated that there is none this period.
_NONE = "无此项"


def workbook(setting: CountyContext, row: Ranking, unit: UnitFact, report: Document | None = None) -> BinaryIO:
    """The figures of one unit's items; of the office's compilation, all of them.  Chinese, as the report is, whose number and
    signer it names: a draft says that nobody has signed it."""
    whole = unit.type == "office"
    entry = next((entry for entry in row.content["units"] if entry["unit"] == unit.code), None)
    lines = row.content["county"] if whole else entry["towns"] if entry else []
    book, whose = Workbook(row.made_at), full_name(setting, unit)

    signed = _signed(report) if report is not None else []

    def above(title: str, more: str = "") -> Heading:
        return Heading(title, f"填报单位：{whose}　排名日期：{day_of(row.on)}　数据截至：{moment_of(row.as_of)}{more}")

    towns = _towns(row)
    names = [setting.by_code[town].name for town in towns]
    figures = _figures(setting, row, None if whole else unit, towns)
    book.sheet(
        "指标明细",
        [*_HEAD, *names],
        figures,
        above("各镇考核指标明细表", "".join(f"　{name}：{text}" for name, text in signed)),
        len(_HEAD),
        A3 if whole else A4,
    )
    moves = standings.open_places(lines)
    word = own_counts.own_word_shares(setting.scheme, row.content, None if whole else unit.code)
    head = ["名次", "镇", "得分", "等次", "已有数据", standings.WORD, *(["可能名次"] if moves else [])]
    book.sheet("名次", head, _places(setting, lines, word, moves), above("各镇排名表"))
    if whole:
        ranked = _by_unit(setting, row, towns)
        book.sheet("各单位排名", ["单位", "栏目", *names], ranked, above("各单位对各镇排名表"), 2, A4)
    own = {measure.code: measure for measure in setting.scheme.figures_of(unit.code)}
    itself = [entry for entry in row.content.get("of_county", ()) if entry["code"] in own]
    if itself:
        head = ["项", "指标", "单位", "分子", "分子统计内容", "分母", "分母统计内容", "百分比"]
        book.sheet(
            "县级事项",
            head,
            (_itself(setting, own[entry["code"]], entry, row.content) for entry in itself),
            above("县级事项完成情况表"),
            readable=A4,
        )
    proof: list[list[Cell]] = [["排名日期", day_of(row.on)], ["版次", row.edition]]
    proof += [[name, text] for name, text in signed]
    proof += [[label, value] for label, value in anchor.lines(row)]
    book.sheet("校验", ["项目", "内容"], proof, above("数据校验"))
    return book.close()


def _signed(report: Document) -> list[tuple[str, str]]:
    """The report's number and signer; of a draft that it is none yet, of a report that nobody signed the number alone."""
    if report.draft:
        return [("状态", "草稿，未签发")]
    return [("文号", report.number), *([("签发人", report.signer)] if report.signer else [])]


def _towns(row: Ranking) -> list[str]:
    """The codes of the towns that have figures, in the scheme's order."""
    entries = [*row.content["measures"], *row.content["units"], {"towns": row.content["county"]}]
    return list(dict.fromkeys(line["town"] for entry in entries for line in entry["towns"]))


def _figures(setting: CountyContext, row: Ranking, unit: UnitFact | None, towns: list[str]) -> Iterator[list[Cell]]:
    known = {measure.code: measure for measure in setting.scheme.measures}
    own = {i.number for i in setting.scheme.indicators if unit is not None and unit.code in i.units}
    number = 0
    for entry in row.content["measures"]:
        measure = known[entry["code"]]
        if unit is not None and (measure.item not in own or (measure.units and unit.code not in measure.units)):
            continue
        number += 1
        lines = [line for town in towns for line in entry["towns"] if line["town"] == town]
        place = {line["town"]: at for at, line in enumerate(lines)}
        none = {line["town"] for line in lines if states_none(row.content, measure.code, line["town"])}
        for sort, what, counted, cells in _rows(setting, measure, lines, none):
            numbers = [cells[place[town]] if town in place else "" for town in towns]
            yield [number, measure.item, sort, what, counted, *numbers]


def _rows(
    setting: CountyContext, measure: CountyMeasure, lines: list[dict[str, Any]], none: set[str]
) -> Iterator[tuple[str, str, str, list[Cell]]]:
    """The rows of a measure: each sort of number, what it is, in which unit, and the number of each town; `none`: the towns of
    which it is stated that there is none."""
    parts = [measure.part_text(part, setting.scheme.words).zh for part in ("of", "to")]
    name, unit = measure.called.zh, _unit(measure)
    yield "名次", name, "", [_place(line) for line in lines]
    yield "得分", name, "分", [_score(line) for line in lines]
    per_cent: list[Cell] = [round(line["of"] * 100 / line["to"], 2) if line["to"] else "" for line in lines]
    yield "百分比", name, "%", per_cent
    yield "分子", parts[0], unit, [_numerator(line, none) for line in lines]
    yield "分母", parts[1], unit, [line["to"] or "—" for line in lines]
    # What the system's own rows say beside a reported figure.
    for part, sort in enumerate(("台账分子", "台账分母")):
        rows = [line.get("own", (None, None))[part] for line in lines]
        if any(each is not None for each in rows):
            yield sort, parts[part], unit, ["" if each is None else each for each in rows]


def _numerator(line: dict[str, Any], none: set[str]) -> Cell:
    counted: int = line["of"]
    return counted if line["to"] else _NONE if line["town"] in none else "—"


def _place(line: dict[str, Any]) -> Cell:
    placed: int | None = line["place"]
    return placed if placed is not None else "不排名" if line["to"] else "—"


def _by_unit(setting: CountyContext, row: Ranking, towns: list[str]) -> Iterator[list[Cell]]:
    """How each unit ranks the towns: a row of places and one of scores."""
    for entry in row.content["units"]:
        lines = {line["town"]: line for line in entry["towns"]}
        name = setting.by_code[entry["unit"]].name
        yield [name, "名次", *((lines[town]["place"] or "—") if town in lines else "" for town in towns)]
        yield [name, "得分", *(_score(lines[town]) if town in lines else "" for town in towns)]


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
    return [measure.item, measure.called.zh, _unit(measure), *_parts(setting, measure, of, to), per_cent]


def _score(line: dict[str, Any]) -> Cell:
    return "—" if line["score"] is None else line["score"] / 100


def _placed(setting: CountyContext, line: dict[str, Any]) -> list[Cell]:
    return [line["place"] or "—", setting.by_code[line["town"]].name, _score(line)]


def _places(
    setting: CountyContext, lines: list[dict[str, Any]], word: Mapping[str, int], moves: bool
) -> Iterator[list[Cell]]:
    for line in lines:
        covered = f"{line['coverage']}%" if "coverage" in line else ""
        grade = standings.grade_name(setting, line)
        yield [
            *_placed(setting, line),
            grade,
            covered,
            f"{word[line['town']]}%",
            *([standings.range_text(line)] if moves else []),
        ]
