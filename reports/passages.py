"""Report passages: paragraphs composed from a snapshot's figures in plain official Chinese."""

from collections.abc import Iterator
from typing import Any

from models import Ranking
from reports.chinese import amounts, in_cell, listed, share
from reports.document import Table
from reports.own_rows import beside
from reports.ties import NAMED, first, groups, some
from workflow.county.context import CountyContext
from workflow.policy.scheme.measures import CountyMeasure, Measure


def missing(setting: CountyContext, row: Ranking, unit: str | None = None) -> list[str]:
    """The measures without data, and the units that owed figures; with `unit` its own debt alone."""
    known = {measure.code: measure.name.zh for measure in setting.scheme.measures}
    without, told = [known[code] for code in row.content.get("without_data", ())], []
    if without and unit is None:
        told.append(f"下列指标各镇均无数据，未计入本期排名：{listed(without)}。")
    if owed := _by_unit(setting, row, "owed", unit):
        told.append(f"应填报未填报的数据：{owed}。")
    return told


def stated_none(setting: CountyContext, row: Ranking, unit: str | None = None) -> list[str]:
    """The measures of which units state that there is none this period; with `unit` its own alone."""
    stated = _by_unit(setting, row, "stated_none", unit)
    return [f"填报单位说明本期无此项、不计入排名的指标：{stated}。"] if stated else []


def on_own_word(setting: CountyContext, row: Ranking, unit: str | None = None) -> list[str]:
    """The measures with data that rest on a unit's own word, and those that count towns' own entries; with `unit` of its items
    alone."""
    counted = {entry["code"] for entry in row.content["measures"] if any(line["to"] for line in entry["towns"])}
    counted |= {entry["code"] for entry in row.content.get("of_county", ()) if entry["to"]}
    of_units = (*setting.scheme.measures, *setting.scheme.county_measures)
    named = [
        measure
        for measure in of_units
        if measure.code in counted
        and (unit is None or unit in (measure.units or setting.scheme.indicator(measure.item).units))
    ]
    told = []
    if reported := [measure.name.zh for measure in named if measure.self_reported]:
        told.append(f"标注“自报”的指标由责任单位填报，系统无台账可以核对：{listed(reported)}。")
    if entered := [measure.name.zh for measure in named if measure.provisional]:
        told.append(f"标注“暂计”的指标按责任单位自行登记计算，任务期满核验后为准：{listed(entered)}。")
    return told


def _by_unit(setting: CountyContext, row: Ranking, key: str, unit: str | None) -> str:
    """The measures that a snapshot lists under `key`, each with how many towns, by unit; with `unit` of it alone."""
    known = {measure.code: measure.name.zh for measure in (*setting.scheme.measures, *setting.scheme.county_measures)}
    of_units: dict[str, list[str]] = {}
    for entry in row.content.get(key, ()):
        if unit in (None, entry["unit"]):
            few = 0 < len(entry["towns"]) < len(setting.scheme.towns)
            name = known[entry["measure"]] + (f"（{len(entry['towns'])}个镇）" if few else "")
            of_units.setdefault(setting.by_code[entry["unit"]].name, []).append(name)
    return "；".join(f"{name}的{listed(rows)}" for name, rows in of_units.items())


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


def _lowest(setting: CountyContext, short: list[dict[str, Any]]) -> list[str]:
    """The towns furthest below a threshold with their shares; towns with the same share are named together."""
    runs = groups(short, lambda line: share(line["of"], line["to"]))
    return [
        some([setting.by_code[line["town"]].name for line in run])
        + ("均" if len(run) > 1 else "")
        + share(run[0]["of"], run[0]["to"])
        for run in first(runs)
    ]


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
        lowest = "\n".join(_lowest(setting, short))
        figures = (
            [in_cell(_figures(measure, of, to)), share(of, to) + ("*" if few else "")] if to else ["—", "暂无数据"]
        )
        own = beside(towns, measure)
        figures[0] += f"\n{own}" if own else ""
        marked = marked or few
        rows.append(
            [
                str(measure.item),
                measure.called.zh,
                *figures,
                f"{measure.threshold}%",
                str(len(short)) if to else "",
                lowest,
            ]
        )
    head = ["项", "指标", "全县", "比率", "标准", "未达标镇", "最低的镇"]
    notes = ["注：带*的指标有的镇基数不足，其比率仅供参考，不单独排名。"] if marked else []
    return Table("各指标全县情况", head, rows, [4, 14, 12, 9, 6, 6, 15], [0, 2, 3, 4, 5], notes)


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
        return f"{measure.called.zh}暂无数据"
    text = f"{measure.called.zh}{_figures(measure, of, to)}"
    if of > to:
        return f"{text}，超额完成"
    text += f"，为{share(of, to)}"
    return text + (
        f"，未达{measure.threshold}%" if of * 100 < measure.threshold * to else f"，达到{measure.threshold}%"
    )


def _figures(measure: CountyMeasure, of: int, to: int) -> str:
    return amounts(of, to, measure.counted_in.zh if measure.counted_in else "")


def itself(setting: CountyContext, row: Ranking) -> Table:
    """The measures of the county itself."""
    known, rows = {measure.code: measure for measure in setting.scheme.county_measures}, []
    for entry in sorted(row.content["of_county"], key=lambda entry: int(entry["item"])):
        measure, of, to = known[entry["code"]], entry["of"], entry["to"]
        units = listed([setting.by_code[u].name for u in measure.units or setting.scheme.indicator(measure.item).units])
        figures = [in_cell(_figures(measure, of, to)), share(of, to)] if to else ["—", "暂无数据"]
        rows.append([str(measure.item), measure.called.zh, units, *figures, f"{measure.threshold}%"])
    return Table(
        "县级事项完成情况", ["项", "指标", "责任单位", "数据", "比率", "标准"], rows, [2, 8, 6, 6, 4, 3], [0, 3, 4, 5]
    )


def _measure(setting: CountyContext, measure: Measure, towns: list[dict[str, Any]]) -> str:
    of, to = sum(line["of"] for line in towns), sum(line["to"] for line in towns)
    if to == 0:
        return f"{measure.called.zh}暂无数据"
    text = f"{measure.called.zh}全县{_figures(measure, of, to)}，" + ("" if of > to else "为") + share(of, to)
    own, short = beside(towns, measure), _short(measure, towns)
    text += f"（{own}）" if own else ""
    if short:
        lowest = _lowest(setting, short)
        text += f"，未达{measure.threshold}%的镇{len(short)}个"
        # Names that share a value are a list of their own, so the runs are set apart by commas.
        told = ("，" if any("均" in part for part in lowest) else "、").join(lowest)
        text += f"（{told}）" if len(short) <= NAMED else f"，最低的是{told}"
    else:
        text += f"，{'有数据的镇' if any(not line['to'] for line in towns) else '各镇'}均达到{measure.threshold}%"
    few = sum(1 for line in towns if _too_small(measure, line))
    none = sum(1 for line in towns if not line["to"])
    text += f"，基数不足{measure.minimum}不单独排名的镇{few}个" if few else ""
    return text + (f"，暂无数据的镇{none}个" if none else "")
