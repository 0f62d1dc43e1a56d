"""Formula sheet (评分办法): every measure of a ranking with its terms and weights, and a town's score worked out by it.

From the snapshot alone, so it always prints the same.  In Chinese.
"""

from models import Ranking
from reports import anchor
from reports.chinese import day_of, full_name, in_cell, listed, moment_of, points, share
from reports.document import Section, Table
from reports.sheets import Sheet
from workflow.assessment.ranking import worked_example
from workflow.assessment.ranking.worked_example import ItemSteps, Step, WorkedExample
from workflow.county.context import CountyContext, UnitFact

RULES = (
    "指标得分＝分子÷分母÷标准×100，最高100分。",
    "基数（分母）不足最低基数的，差额部分按同期全县该项指标的得分补足：（基数×本镇得分＋差额×全县得分）÷最低基数。",
    "没有数据的指标不计入，其余指标按权重折算；一项考核指标下均无数据的，该项不计入，其余各项按权重折算。",
    "项得分＝该项各指标得分按权重平均；总分＝各项得分按权重平均。每一步得分保留两位小数（四舍五入），得分相同的名次并列。",
)

_NONE = "本期无此项"


def formula_sheet(setting: CountyContext, row: Ranking, town: UnitFact | None) -> Sheet:
    """The formula of a ranking; with `town` also its worked example."""
    rule = setting.scheme.ranking
    text = [*RULES, f"已有数据所占权重不足{rule.min_coverage}%的镇，列出得分，不排名次。"]
    sections = [Section("一、计算规则", text), Section("二、指标、权重和标准", [], [_measures(setting)])]
    example = worked_example.work_out(setting.scheme, row.content, town.code) if town is not None else None
    if example is not None and town is not None:
        sections.append(Section(f"三、{town.name}得分计算", _steps(setting, row, example), [_counts(example)]))
    title = f"{day_of(row.on)}各镇排名评分办法"
    whose = full_name(setting, town) if town is not None else setting.scheme.county.name.zh
    return Sheet(title, f"{whose}　数据截至{moment_of(row.as_of)}", sections, True, anchor.lines(row), anchor.text(row))


def _measures(setting: CountyContext) -> Table:
    rows, weights = [], setting.scheme.ranking.weights
    whose = {"both": "全县和单位", "county": "全县", "own": "单位"}
    for measure in sorted(setting.scheme.measures, key=lambda measure: measure.item):
        rows.append(
            [
                f"{measure.item}（{weights.get(measure.item, 1)}）",
                measure.called.zh,
                measure.part_text("of", setting.scheme.words).zh,
                measure.part_text("to", setting.scheme.words).zh,
                f"{measure.threshold}%",
                str(measure.weight),
                f"{measure.minimum}（{measure.small_base.zh}）" if measure.small_base else str(measure.minimum),
                whose[measure.ranks],
            ]
        )
    head = ["项（权重）", "指标", "分子", "分母", "标准", "权重", "最低基数", "计入排名"]
    return Table("", head, rows, [3, 8, 8, 8, 2, 2, 3, 4], [0, 4, 5, 6, 7])


def _counts(example: WorkedExample) -> Table:
    rows = []
    for item in example.items:
        for step in item.steps:
            unit = step.measure.counted_in
            # To the yuan, since the town computes its score from it.
            counts = in_cell(f"{step.of}/{step.to}{unit.zh if unit else ''}")
            figures = [counts, share(step.of, step.to)] if step.to else [_NONE if step.none_here else "—", "—"]
            county = in_cell(f"{step.county_of}/{step.county_to}") if step.missing else ""
            score = "—" if step.score is None else points(step.score)
            rows.append([str(item.item), step.measure.called.zh, *figures, county, str(step.measure.weight), score])
    head = ["项", "指标", "数据", "比率", "补足用的全县数据", "权重", "得分"]
    return Table("", head, rows, [2, 9, 5, 4, 5, 2, 4], [0, 2, 3, 4, 5, 6])


def _steps(setting: CountyContext, row: Ranking, example: WorkedExample) -> list[str]:
    """The computation in sentences: small bases, each item, the total, the place."""
    told = [_filled(step) for item in example.items for step in item.steps if step.missing]
    told += [_item(item) for item in example.counted]
    without = [str(item.item) for item in example.items if item.score is None]
    told += [f"第{listed(without)}项没有数据，不计入。"] if without else []
    if example.line["score"] is None:
        return [*told, "各项均无数据，没有得分。"]
    weights = sum(item.weight for item in example.counted)
    sum_ = "＋".join(f"{points(item.score or 0)}×{item.weight}" for item in example.counted)
    told.append(f"总分＝（{sum_}）÷{weights}＝{points(example.line['score'])}。")
    if example.line["place"]:
        told.append(f"得分高于本镇并参加排名的镇{example.above}个，本镇排第{example.line['place']}名。")
    else:
        least = setting.scheme.ranking.min_coverage
        told.append(f"已有数据占权重的{example.line['coverage']}%，不足{least}%，不排名次。")
    return told


def _filled(step: Step) -> str:
    return (
        f"“{step.measure.name.zh}”基数{step.to}，不足{step.measure.minimum}，差{step.missing}按全县"
        f"{share(step.county_of, step.county_to)}（标准{step.measure.threshold}%）折算的得分补足，得"
        f"{points(step.score or 0)}分。"
    )


def _item(item: ItemSteps) -> str:
    steps, score = item.counted, points(item.score or 0)
    if len(steps) == 1:
        return f"第{item.item}项得分＝{score}。"
    sum_ = "＋".join(f"{points(step.score or 0)}×{step.measure.weight}" for step in steps)
    return f"第{item.item}项得分＝（{sum_}）÷{sum(step.measure.weight for step in steps)}＝{score}。"
