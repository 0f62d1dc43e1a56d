"""Standings on papers: the ranking of the towns in sentences and as a table, with coverage and the range of places."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from models import Ranking
from reports.chinese import day_of, listed, points
from reports.document import Table
from reports.ties import ends, groups, some
from workflow.county.context import CountyContext


def ranked(setting: CountyContext, lines: list[dict[str, Any]], *, tabled: bool = True) -> list[str]:
    """The ranking of the towns: mean, both ends, those not placed, and the target grades; `tabled`: its table follows.

    Mean and grades are of the placed towns: too little data is no grade.
    """
    if not scored(lines):
        return ["各镇均无数据，本期不计算得分，不排名次。"]
    placed = [line for line in lines if line["place"]]
    if not placed:
        return [
            f"各镇已有数据均不足{setting.scheme.ranking.min_coverage}%，列出得分，不排名次。",
            *_coverage(lines, tabled),
        ]
    mean = round(sum(line["score"] for line in placed) / len(placed))
    text = f"{len(placed)}个镇平均得分{points(mean)}分。"
    runs = groups(placed, lambda line: points(line["score"]))
    if len(runs) > 1:
        top, bottom = ends(runs)
        text += f"排名靠前的是{_named_towns(setting, top)}；靠后的是{_named_towns(setting, bottom)}。"
    elif len(placed) > 1:
        text += "各镇得分相同。"
    return [text, *_not_placed(setting, lines), *_coverage(lines, tabled), *_against_target(setting, placed, mean)]


def scored(lines: list[dict[str, Any]]) -> bool:
    """Whether any town has a score: with no data at all there is neither score nor place."""
    return any(line["score"] is not None for line in lines)


def open_places(lines: list[dict[str, Any]]) -> bool:
    """Whether any town can still take another place: some figure is owed, and its place depends on it."""
    return any(line.get("best") is not None and line["best"] != line["worst"] for line in lines)


def _not_placed(setting: CountyContext, lines: list[dict[str, Any]]) -> list[str]:
    """The towns with too little data to be placed, and those with none at all."""
    told, name = [], setting.by_code
    few = [name[line["town"]].name for line in lines if line["place"] is None and line["score"] is not None]
    none = [name[line["town"]].name for line in lines if line["score"] is None]
    if few:
        told.append(f"{listed(few)}已有数据不足{setting.scheme.ranking.min_coverage}%，列出得分，不排名次。")
    if none:
        told.append(f"{listed(none)}无数据，不计算得分，不排名次。")
    return told


def _coverage(lines: list[dict[str, Any]], tabled: bool) -> list[str]:
    """How complete the scores are, and whether places still depend on figures that are owed."""
    shares = [line.get("coverage", 100) for line in lines if line["score"] is not None]
    unsure = sum(1 for share in shares if share < 100)
    if not unsure:
        return []
    text = f"有{unsure}个镇数据不全（最少的按已有数据{min(shares)}%计算），缺数指标不计入得分"
    # Where no figure is owed, or none that moves a place, there is no range to announce.
    if not open_places(lines):
        return [text + "。"]
    return [
        text + ("；未填报的数据补齐后名次可能变动的范围见下表。" if tabled else "；未填报的数据补齐后名次可能变动。")
    ]


def _named_towns(setting: CountyContext, runs: list[list[dict[str, Any]]]) -> str:
    return listed(
        [
            f"{some([setting.by_code[line['town']].name for line in run])}"
            f"（{'均' if len(run) > 1 else ''}{points(run[0]['score'])}分）"
            for run in runs
        ]
    )


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
        text += f"。达到“{aim.name.zh}”的镇{there}个" if there else f"。没有镇达到“{aim.name.zh}”"
    if not short:
        text += f"，各镇均达到“{target.name.zh}”" if len(lines) > 1 else ""
    else:
        text += f"，未达到“{target.name.zh}”的镇{len(short)}个"
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


#: The column that says how much of the weight rests on figures without rows: reported by units, or entered by towns.
WORD = "其中自报暂计"
#: Relative widths of the columns whose texts are shorter or longer than the others'.
_WIDTHS = {"名次": 4, "镇": 7, "等次": 5, "已有数据": 7, "可能名次": 9, WORD: 8, "上期名次": 7}


def places(
    setting: CountyContext, lines: list[dict[str, Any]], trend: dict[str, Any] | None, word: Mapping[str, int]
) -> Table:
    """The table of the towns, with coverage where data are missing, the range of places where figures are owed, and by town
    (`word`) how much of the weight rests on a unit's own word."""
    rule, head, rows = setting.scheme.ranking, ["名次", "镇", "得分"], []
    gaps, moves = any(line.get("coverage", 100) < 100 for line in lines), open_places(lines)
    for line in lines:
        cells = [str(line["place"] or "—"), setting.by_code[line["town"]].name, scored_text(line["score"])]
        cells += [grade_name(setting, line)] if rule.grades else []
        cells += [f"{line['coverage']}%"] if gaps else []
        cells += [f"{word[line['town']]}%"] if any(word.values()) else []
        cells += [range_text(line)] if moves else []
        rows.append(cells + ([str(trend["places"].get(line["town"]) or "—")] if trend else []))
    head += (["等次"] if rule.grades else []) + (["已有数据"] if gaps else [])
    head += ([WORD] if any(word.values()) else []) + (["可能名次"] if moves else [])
    head += ["上期名次"] if trend else []
    return Table("各镇排名", head, rows, [_WIDTHS.get(name, 6) for name in head], list(range(len(head))))


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
