"""Compilation analysis: item by item what the figures say, and the causes, rectification and next steps that the
responsible units wrote.  Source: item 6 of the notice (原因分析、整改落实情况、下一步工作措施).
"""

from typing import Any

from models import Ranking
from reports import passages
from reports.chinese import listed
from reports.document import Section, Table
from reports.ties import some
from workflow.assessment import unit_words
from workflow.county.context import CountyContext

_NUMERALS = "零一二三四五六七八九十"


def sections(setting: CountyContext, row: Ranking, content: dict[str, Any], title: str) -> list[Section]:
    """A heading, and under it a section of the second level for every item with measures."""
    words = {line["unit"]: unit_words.read(line["remark"]) for line in content["units"] if line["remark"]}
    measured = {measure.code: measure.item for measure in setting.scheme.measures}
    items = sorted({measured[entry["code"]] for entry in row.content["measures"]})
    parts = [Section(title, [])]
    for number, item in enumerate(items, start=1):
        indicator = setting.scheme.indicator(item)
        units = [code for code in indicator.units if code in setting.by_code]
        text = [*figures_of_item(setting, row, item), *_turned(setting, content.get("turned"), item)]
        for part in unit_words.PARTS:
            said = [
                f"{setting.by_code[code].name}：{written}"
                for code in units
                if code in words and (written := words[code].on(part, item))
            ]
            if said:
                text.append(f"{part}。" + "；".join(line.rstrip("。；;") for line in said) + "。")
        silent = [setting.by_code[code].name for code in units if code not in words or words[code].empty]
        if silent and _short_of(setting, row, item):
            text.append(f"未达标指标的责任单位未书面分析原因和措施：{listed(silent)}。")
        parts.append(Section(f"（{numeral(number)}）第{item}项：{indicator.title.zh}", text, second=True))
    return parts


def numeral(number: int) -> str:
    """A number below 100 in Chinese numerals.

    >>> numeral(3), numeral(10), numeral(18), numeral(20)
    ('三', '十', '十八', '二十')
    """
    tens, ones = divmod(number, 10)
    return (_NUMERALS[tens] if tens > 1 else "") + ("十" if tens else "") + (_NUMERALS[ones] if ones else "")


def figures_of_item(setting: CountyContext, row: Ranking, number: int) -> list[str]:
    """What the figures say of an item: how many measures are met everywhere, and of each other one the county's share,
    the worst three towns and those whose base is too small.  The table before has every figure."""
    known = {measure.code: measure for measure in setting.scheme.measures}
    entries = [entry for entry in row.content["measures"] if known[entry["code"]].item == number]
    counted = [entry for entry in entries if any(line["to"] for line in entry["towns"])]
    short = [entry for entry in counted if passages._short(known[entry["code"]], entry["towns"])]
    parts = [
        (len(counted) - len(short), "各镇均达到标准"),
        (len(short), "有镇未达到标准"),
        (len(entries) - len(counted), "暂无数据"),
    ]
    told = [(count, what) for count, what in parts if count]
    # One kind alone is said of all, not counted beside zeros.
    both = "均" if len(entries) > 1 and not told[0][1].startswith("各镇") else ""
    text = "，".join(f"{what}的{count}个" for count, what in told) if len(told) > 1 else both + told[0][1]
    return [
        f"本项指标{len(entries)}个，{text}。",
        *(f"{passages._measure(setting, known[entry['code']], entry['towns'])}。" for entry in short),
    ]


def _short_of(setting: CountyContext, row: Ranking, number: int) -> bool:
    """Whether any town is below the threshold of one of the item's measures."""
    known = {measure.code: measure for measure in setting.scheme.measures}
    return any(
        passages._short(known[entry["code"]], entry["towns"])
        for entry in row.content["measures"]
        if known[entry["code"]].item == number
    )


def _turned(setting: CountyContext, changes: list[dict[str, Any]] | None, number: int) -> list[str]:
    """The measures of an item whose towns crossed the threshold since the ranking before; None: there was none."""
    known = {measure.code: measure for measure in setting.scheme.measures}
    changed = []
    for change in changes or ():
        measure = known.get(change["measure"])
        if measure is None or measure.item != number:
            continue
        for towns, way in ((change["fell"], "由达标转为未达标"), (change["rose"], "由未达标转为达标")):
            if towns:
                names = some([setting.by_code[t].name for t in towns])
                changed.append(f"{measure.name.zh}{way}的镇{len(towns)}个（{names}）")
    return [f"与上期相比，{'；'.join(changed)}。"] if changed else []


def turned_overall(changes: list[dict[str, Any]] | None) -> list[str]:
    """How many measures have towns that crossed the threshold since the ranking before."""
    if changes is None:
        return []
    fell, rose = (sum(len(change[way]) for change in changes) for way in ("fell", "rose"))
    if not fell and not rose:
        return ["与上期相比，各镇各项指标达标情况没有变化。"]
    return [
        f"与上期相比，{len(changes)}个指标的达标情况有变化：由达标转为未达标的{fell}镇次，由未达标转为达标的{rose}镇次，"
        "分项说明见第三部分。"
    ]


def by_source(setting: CountyContext, row: Ranking) -> tuple[str, Table]:
    """What every source put on the ledger this year and where it stands at the hour: a sentence and the table."""
    lines = row.content["sources"]
    filed, closed, left, late = (sum(line[name] for line in lines) for name in ("filed", "closed", "open", "overdue"))
    # What was taken back is neither closed nor open: named, so that the figures add up.
    back = f"，撤回{filed - closed - left}件" if filed > closed + left else ""
    text = f"本年度登记问题{filed}件，已销号{closed}件{back}；现有未销号{left}件，其中逾期{late}件。各来源情况见下表。"
    rows = [
        [
            setting.scheme.source_name(line["source"]).zh if line["source"] else "未注明来源",
            *(str(line[name]) for name in ("filed", "closed", "open", "overdue")),
        ]
        for line in lines
    ]
    head = ["来源", "登记", "销号", "未销号", "其中逾期"]
    return text, Table("各来源问题办理情况", head, rows, [6, 3, 3, 3, 3], [1, 2, 3, 4])
