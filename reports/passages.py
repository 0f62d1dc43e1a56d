"""Report passages: paragraphs composed from a snapshot's figures in plain official Chinese."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from models import Ranking
from reports.chinese import day_of, listed, points, share
from reports.document import Table
from workflow.county.context import CountyContext
from workflow.policy.scheme.measures import CountyMeasure, Measure

#: The number of towns named at either end of a ranking; the table has all.
_NAMED = 3


def ranked(setting: CountyContext, lines: list[dict[str, Any]]) -> list[str]:
    """The ranking of the towns: mean, both ends, and the target grades."""
    mean = round(sum(line["score"] for line in lines) / len(lines))
    low = max(line["place"] for line in lines)
    ends = f"{len(lines)}个镇平均得分{points(mean)}分。"
    if len(lines) > 1 and low > 1:
        ends += (
            f"排名靠前的是{_named_towns(setting, lines[:_NAMED])}；靠后的是{_named_towns(setting, lines[-_NAMED:])}。"
        )
    elif len(lines) > 1:
        ends += "各镇得分相同。"
    return [ends, *_against_target(setting, lines, mean)]


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
    if trend is None:
        return ["本期为首次排名，无上期可比。"]
    moves = [
        (trend["places"][line["town"]] - line["place"], line["town"])
        for line in row.content["county"]
        if line["town"] in trend["places"]
    ]
    when = day_of(date.fromisoformat(trend["date"]))
    up = [f"{setting.by_code[town].name}（升{by}位）" for by, town in sorted(moves, key=lambda m: -m[0]) if by > 0]
    down = [f"{setting.by_code[town].name}（降{-by}位）" for by, town in sorted(moves, key=lambda m: m[0]) if by < 0]
    if not up and not down:
        return [f"与上期（{when}）相比，各镇名次没有变化。"]
    phrases = [f"名次{name}的是{listed(towns)}" for name, towns in (("上升", up), ("下降", down)) if towns]
    return [f"与上期（{when}）相比，{'；'.join(phrases)}。"]


def places(setting: CountyContext, lines: list[dict[str, Any]], trend: dict[str, Any] | None) -> Table:
    rule = setting.scheme.ranking
    head, rows = ["名次", "镇", "得分"], []
    for line in lines:
        grade = rule.grade(line["score"])
        cells = [str(line["place"]), setting.by_code[line["town"]].name, points(line["score"])]
        cells += [grade.name.zh if grade else ""] if rule.grades else []
        rows.append(cells + ([str(trend["places"].get(line["town"], "—"))] if trend else []))
    head += (["等次"] if rule.grades else []) + (["上期名次"] if trend else [])
    return Table("各镇排名", head, rows, [3 if name != "镇" else 5 for name in head], list(range(len(head))))


def measures(setting: CountyContext, row: Ranking, items: set[int], unit: str) -> Iterator[str]:
    """A paragraph for each item: the county's share of each measure, both ends, the towns below the threshold."""
    known = {measure.code: measure for measure in setting.scheme.measures}
    for item in sorted(items):
        sentences = []
        for entry in row.content["measures"]:
            measure = known[entry["code"]]
            if measure.item == item and (not measure.units or unit in measure.units):
                sentences.append(_measure(setting, measure, entry["towns"]))
        yield f"第{item}项（{setting.scheme.indicator(item).title.zh}）：{'；'.join(sentences)}。"


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
    known, rows = {measure.code: measure for measure in setting.scheme.measures}, []
    for entry in sorted(row.content["measures"], key=lambda entry: int(entry["item"])):
        measure, towns = known[entry["code"]], entry["towns"]
        of, to = sum(line["of"] for line in towns), sum(line["to"] for line in towns)
        short = _short(measure, towns)
        lowest = f"{setting.by_code[short[0]['town']].name}{share(short[0]['of'], short[0]['to'])}" if short else ""
        figures = [_figures(measure, of, to), share(of, to)] if to else ["—", "暂无数据"]
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
    head = ["项", "指标", "全县", "比率", "标准", "未达标镇", "最低的镇"]
    return Table("各指标全县情况", head, rows, [2, 9, 5, 4, 3, 3, 6], [0, 2, 3, 4, 5])


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
    text = f"{measure.name.zh}{_figures(measure, of, to)}，为{share(of, to)}"
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
    text = f"{measure.name.zh}全县{_figures(measure, of, to)}，为{share(of, to)}"
    short = _short(measure, towns)
    if short:
        worst = [f"{setting.by_code[s['town']].name}{share(s['of'], s['to'])}" for s in short[:_NAMED]]
        text += f"，未达{measure.threshold}%的镇{len(short)}个，最低的是{listed(worst)}"
    else:
        text += f"，各镇均达到{measure.threshold}%"
    few = sum(1 for line in towns if line["place"] is None)
    return text + (f"，基数不足{measure.minimum}不单独排名的镇{few}个" if few else "")
