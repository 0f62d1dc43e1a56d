"""Report passages: paragraphs composed from a snapshot's figures in plain official Chinese."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from models import Ranking
from reports.chinese import day_of, listed, points, share
from reports.document import Table
from reports.own_rows import beside
from workflow.county.context import CountyContext
from workflow.policy.scheme.measures import CountyMeasure, Measure

#: The number of towns named at either end of a ranking; the table has all.
_NAMED = 3


def ranked(setting: CountyContext, lines: list[dict[str, Any]]) -> list[str]:
    """The ranking of the towns: mean, both ends, those not placed, and the target grades.

    Mean and grades are of the placed towns: too little data is no grade.
    """
    placed = [line for line in lines if line["place"]]
    if not placed:
        return ["各镇数据不足，本期列出得分，不排名次。", *_not_placed(setting, lines)[1:]]
    mean = round(sum(line["score"] for line in placed) / len(placed))
    ends = f"{len(placed)}个镇平均得分{points(mean)}分。"
    if len(placed) > 1 and placed[-1]["place"] > 1:
        ends += f"排名靠前的是{_named_towns(setting, placed[:_NAMED])}"
        ends += f"；靠后的是{_named_towns(setting, placed[-_NAMED:])}。"
    elif len(placed) > 1:
        ends += "各镇得分相同。"
    return [ends, *_not_placed(setting, lines), *_against_target(setting, placed, mean)]


def _not_placed(setting: CountyContext, lines: list[dict[str, Any]]) -> list[str]:
    """The towns with too little data, and what the places of the others still depend on."""
    told, few = [], [setting.by_code[line["town"]].name for line in lines if line["place"] is None]
    if few:
        told.append(f"{listed(few)}已有数据不足{setting.scheme.ranking.min_coverage}%，列出得分，不排名次。")
    unsure = sum(1 for line in lines if line.get("coverage", 100) < 100)
    if unsure:
        least = min(line["coverage"] for line in lines)
        told.append(
            f"有{unsure}个镇数据不全（最少的按已有数据{least}%计算），缺数指标不计入得分；"
            "未填报的数据补齐后名次可能变动的范围见下表。"
        )
    return told


def missing(setting: CountyContext, row: Ranking, unit: str | None = None) -> list[str]:
    """The measures without data, and the units that owed figures; with `unit` its own debt alone."""
    known = {measure.code: measure.name.zh for measure in (*setting.scheme.measures, *setting.scheme.county_measures)}
    told = []
    without = [known[code] for code in row.content.get("without_data", ())]
    if without and unit is None:
        told.append(f"下列指标各镇均无数据，未计入本期排名：{listed(without)}。")
    owed: dict[str, list[str]] = {}
    for entry in row.content.get("owed", ()):
        if unit in (None, entry["unit"]):
            few = 0 < len(entry["towns"]) < len(setting.scheme.towns)
            name = known[entry["measure"]] + (f"（{len(entry['towns'])}个镇）" if few else "")
            owed.setdefault(setting.by_code[entry["unit"]].name, []).append(name)
    if owed:
        told.append(
            f"应填报未填报数据的单位：{'；'.join(f'{name}（{listed(rows)}）' for name, rows in owed.items())}。"
        )
    return told


def _named_towns(setting: CountyContext, lines: list[dict[str, Any]]) -> str:
    return listed([f"{setting.by_code[line['town']].name}（{points(line['score'])}分）" for line in lines])


def _against_target(setting: CountyContext, lines: list[dict[str, Any]], mean: int) -> list[str]:
    rule = setting.scheme.ranking
    target, aim, now = rule.named(rule.target), rule.named(rule.aim), rule.grade(mean)
    if target is None or now is None:
        return []
    short = [line for line in lines if line["score"] < target.floor * 100]
    text = f"对照“{target.name.zh}”的目标等次（{target.floor}分及以上），平均得分折合“{now.name.zh}”等次，"
    text += "已达到目标" if mean >= target.floor * 100 else f"距目标{points(target.floor * 100 - mean)}分"
    if aim is not None:
        gap = aim.floor * 100 - mean
        there = sum(1 for line in lines if line["score"] >= aim.floor * 100)
        wanted = f"“{aim.name.zh}”等次"
        text += f"；距争取的{wanted}（{aim.floor}分及以上）{points(gap)}分" if gap > 0 else f"；已达到{wanted}"
        text += f"。达到“{aim.name.zh}”的镇{there}个"
    text += f"，未达到“{target.name.zh}”的镇{len(short)}个"
    if short:
        gaps = [f"{setting.by_code[s['town']].name}（差{points(target.floor * 100 - s['score'])}分）" for s in short]
        text += f"：{listed(gaps)}"
    return [text + "。"]


def moved(setting: CountyContext, row: Ranking, trend: dict[str, Any] | None) -> list[str]:
    """The towns that moved since the previous ranking, of those placed in both."""
    if trend is None:
        return ["本期为首次排名，无上期可比。"]
    moves = [
        (trend["places"][line["town"]] - line["place"], line["town"])
        for line in row.content["county"]
        if trend["places"].get(line["town"]) and line["place"]
    ]
    when = day_of(date.fromisoformat(trend["date"]))
    up = [f"{setting.by_code[town].name}（升{by}位）" for by, town in sorted(moves, key=lambda m: -m[0]) if by > 0]
    down = [f"{setting.by_code[town].name}（降{-by}位）" for by, town in sorted(moves, key=lambda m: m[0]) if by < 0]
    if not up and not down:
        return [f"与上期（{when}）相比，各镇名次没有变化。"]
    phrases = [f"名次{name}的是{listed(towns)}" for name, towns in (("上升", up), ("下降", down)) if towns]
    return [f"与上期（{when}）相比，{'；'.join(phrases)}。"]


def places(setting: CountyContext, lines: list[dict[str, Any]], trend: dict[str, Any] | None) -> Table:
    """The table of the towns, with coverage and range of places where data are missing."""
    rule, head, rows = setting.scheme.ranking, ["名次", "镇", "得分"], []
    gaps = any(line.get("coverage", 100) < 100 for line in lines)
    for line in lines:
        cells = [str(line["place"] or "—"), setting.by_code[line["town"]].name, scored_text(line["score"])]
        cells += [grade_name(setting, line)] if rule.grades else []
        cells += [f"{line['coverage']}%", range_text(line)] if gaps else []
        rows.append(cells + ([str(trend["places"].get(line["town"]) or "—")] if trend else []))
    head += (["等次"] if rule.grades else []) + (["已有数据", "可能名次"] if gaps else [])
    head += ["上期名次"] if trend else []
    return Table("各镇排名", head, rows, [3 if name != "镇" else 5 for name in head], list(range(len(head))))


def scored_text(score: int | None) -> str:
    """A score as points; a dash without data."""
    return "—" if score is None else points(score)


def grade_name(setting: CountyContext, line: dict[str, Any]) -> str:
    """The grade of a town; empty for one that is not placed, and without grades."""
    grade = setting.scheme.ranking.grade(line["score"]) if line["place"] else None
    return grade.name.zh if grade else ""


def range_text(line: dict[str, Any]) -> str:
    """The places a town can still take: 第3—7名."""
    if line.get("best") is None:
        return ""
    return f"第{line['best']}名" if line["best"] == line["worst"] else f"第{line['best']}—{line['worst']}名"


def measures(setting: CountyContext, row: Ranking, own: dict[str, Any]) -> Iterator[str]:
    """A paragraph for each item a unit ranks on: the county's share of each of its measures, both ends, the towns below
    the threshold.  `own`: the unit's entry in the snapshot."""
    known, unit = {measure.code: measure for measure in setting.scheme.measures}, own["unit"]
    for item in sorted(own["items"]):
        sentences = []
        for entry in row.content["measures"]:
            measure = known[entry["code"]]
            # Snapshots of formula version 1 do not list a unit's measures.
            ranks = measure.code in own["measures"] if "measures" in own else not measure.units or unit in measure.units
            if measure.item == item and ranks:
                sentences.append(_measure(setting, measure, entry["towns"]))
        yield f"第{item}项（{setting.scheme.indicator(item).title.zh}）：{'；'.join(sentences)}。"


def shared(setting: CountyContext, row: Ranking, unit: str) -> list[str]:
    """A paragraph for each item of a unit with measures that all its units share: they rank the county alone."""
    if "formula_version" not in row.content:
        return []
    known, told = {measure.code: measure for measure in setting.scheme.measures}, dict[int, list[str]]()
    for entry in row.content["measures"]:
        measure = known[entry["code"]]
        named = measure.units or setting.scheme.indicator(measure.item).units
        if measure.ranks == "county" and unit in named:
            told.setdefault(measure.item, []).append(_measure(setting, measure, entry["towns"]))
    return [
        f"第{item}项（{setting.scheme.indicator(item).title.zh}）：{'；'.join(texts)}。"
        for item, texts in sorted(told.items())
    ]


def _short(measure: Measure, towns: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The towns below the threshold, the furthest first."""
    below = [line for line in towns if line["to"] and line["of"] * 100 < measure.threshold * line["to"]]
    return sorted(below, key=lambda line: line["of"] / line["to"])


def overview(setting: CountyContext, row: Ranking) -> str:
    known = {measure.code: measure for measure in setting.scheme.measures}
    counted = [entry for entry in row.content["measures"] if any(line["to"] for line in entry["towns"])]
    met = sum(1 for entry in counted if not _short(known[entry["code"]], entry["towns"]))
    none = len(row.content["measures"]) - len(counted)
    text = f"本期有数据的指标{len(counted)}个，其中各镇均达到标准的{met}个，有镇未达到标准的{len(counted) - met}个"
    return text + (f"；尚无数据的{none}个" if none else "") + "。"


def shares(setting: CountyContext, row: Ranking) -> Table:
    """Every measure with the county's share, and where it is lowest."""
    known, rows, marked = {measure.code: measure for measure in setting.scheme.measures}, [], False
    for entry in sorted(row.content["measures"], key=lambda entry: int(entry["item"])):
        measure, towns = known[entry["code"]], entry["towns"]
        of, to = sum(line["of"] for line in towns), sum(line["to"] for line in towns)
        short, few = _short(measure, towns), any(_too_small(measure, line) for line in towns)
        lowest = "\n".join(
            f"{setting.by_code[line['town']].name}{share(line['of'], line['to'])}" for line in short[:_NAMED]
        )
        figures = [_figures(measure, of, to), share(of, to) + ("*" if few else "")] if to else ["—", "暂无数据"]
        own = beside(towns, measure)
        figures[0] += f"\n{own}" if own else ""
        marked = marked or few
        rows.append(
            [
                str(measure.item),
                measure.name.zh,
                *figures,
                f"{measure.threshold}%",
                str(len(short)) if to else "",
                lowest,
            ]
        )
    head = ["项", "指标", "全县", "比率", "标准", "未达标镇", "最低的三个镇"]
    notes = ["注：带*的指标有的镇基数不足，其比率仅供参考，不单独排名。"] if marked else []
    return Table("各指标全县情况", head, rows, [2, 8, 5, 4, 3, 3, 8], [0, 2, 3, 4, 5], notes)


def _too_small(measure: Measure, line: dict[str, Any]) -> bool:
    """Whether a town has figures, but too few to be ranked on them."""
    return bool(0 < line["to"] < measure.minimum)


def of_county(setting: CountyContext, row: Ranking, unit: str) -> list[str]:
    """A paragraph for each item with county measures reported by that unit."""
    there = {entry["code"]: entry for entry in row.content.get("of_county", ())}
    by_item: dict[int, list[str]] = {}
    for measure in setting.scheme.figures_of(unit):
        if measure.code in there:
            by_item.setdefault(measure.item, []).append(_itself(measure, there[measure.code]))
    return [
        f"第{item}项（{setting.scheme.indicator(item).title.zh}）：{'；'.join(texts)}。"
        for item, texts in sorted(by_item.items())
    ]


def _itself(measure: CountyMeasure, entry: dict[str, int]) -> str:
    of, to = entry["of"], entry["to"]
    if to == 0:
        return f"{measure.name.zh}暂无数据"
    text = f"{measure.name.zh}{_figures(measure, of, to)}"
    if of > to:
        return f"{text}，超额完成"
    text += f"，为{share(of, to)}"
    return text + (
        f"，未达{measure.threshold}%" if of * 100 < measure.threshold * to else f"，达到{measure.threshold}%"
    )


def _figures(measure: CountyMeasure, of: int, to: int) -> str:
    return f"{of}/{to}{measure.counted_in.zh if measure.counted_in else ''}"


def itself(setting: CountyContext, row: Ranking) -> Table:
    """The measures of the county itself."""
    known, rows = {measure.code: measure for measure in setting.scheme.county_measures}, []
    for entry in sorted(row.content["of_county"], key=lambda entry: int(entry["item"])):
        measure, of, to = known[entry["code"]], entry["of"], entry["to"]
        units = listed([setting.by_code[u].name for u in measure.units or setting.scheme.indicator(measure.item).units])
        figures = [_figures(measure, of, to), share(of, to)] if to else ["—", "暂无数据"]
        rows.append([str(measure.item), measure.name.zh, units, *figures, f"{measure.threshold}%"])
    return Table(
        "县级事项完成情况", ["项", "指标", "责任单位", "数据", "比率", "标准"], rows, [2, 9, 6, 5, 4, 3], [0, 3, 4, 5]
    )


def _measure(setting: CountyContext, measure: Measure, towns: list[dict[str, Any]]) -> str:
    of, to = sum(line["of"] for line in towns), sum(line["to"] for line in towns)
    if to == 0:
        return f"{measure.name.zh}暂无数据"
    text = f"{measure.name.zh}全县{_figures(measure, of, to)}，" + ("" if of > to else "为") + share(of, to)
    own, short = beside(towns, measure), _short(measure, towns)
    text += f"（{own}）" if own else ""
    if short:
        worst = [f"{setting.by_code[s['town']].name}{share(s['of'], s['to'])}" for s in short[:_NAMED]]
        text += f"，未达{measure.threshold}%的镇{len(short)}个，最低的是{listed(worst)}"
    else:
        text += f"，{'有数据的镇' if any(not line['to'] for line in towns) else '各镇'}均达到{measure.threshold}%"
    few = sum(1 for line in towns if _too_small(measure, line))
    none = sum(1 for line in towns if not line["to"])
    text += f"，基数不足{measure.minimum}不单独排名的镇{few}个" if few else ""
    return text + (f"，暂无数据的镇{none}个" if none else "")
