"""The written report on a ranking (书面汇报): the text, composed from the frozen snapshot, what the unit signed, and nothing
else, so that it reads the same ever after.  The document is Chinese, as official documents are.
"""

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from models import Ranking
from reports import anchor
from reports.chinese import day_of, full_name, listed, moment_of, points, share
from workflow.county import Setting, UnitFact
from workflow.policy.measures import Measure
from workflow.policy.worktime import SHANGHAI

#: So many at either end of a ranking are named in the text; the table has all.
_NAMED = 3


@dataclass(slots=True)
class Table:
    """A table of texts; `numbers` are the columns set in the middle."""

    caption: str
    head: list[str]
    rows: list[list[str]]
    widths: list[int]
    numbers: list[int]


@dataclass(slots=True)
class Section:
    title: str
    text: list[str]
    tables: list[Table] = field(default_factory=list)


@dataclass(slots=True)
class Document:
    """An official document as texts, for any format."""

    issuer: str
    number: str
    title: str
    to: str
    sections: list[Section]
    closing: str
    day: str
    copied_to: str
    proof: str
    hashes: list[list[str]]
    qr_text: str

    def figures(self) -> dict[str, Any]:
        """What the Typst form prints."""
        return {**asdict(self), "qr": anchor.svg(self.qr_text)}


def compose(place: Setting, row: Ranking, unit: UnitFact, content: dict[str, Any]) -> Document:
    """A unit's report, or the office's compilation; `content` as it was issued, or as `handing_in.draft` gives it."""
    whole = unit.type == "office"
    issued = content["issued_at"]
    day = datetime.fromisoformat(issued).astimezone(SHANGHAI).date() if issued else row.on
    edition = f"（第{row.edition}版）" if row.edition > 1 else ""
    title = (
        f"关于{day_of(row.on)}各镇完成考核指标情况排名的汇总报告{edition}"
        if whole
        else f"关于{day_of(row.on)}各镇完成考核指标情况排名的报告{edition}"
    )
    return Document(
        issuer=full_name(place, unit),
        number=number(content["number"], row.on.year, whole) + ("" if issued else "（草稿）"),
        title=title,
        to=f"{full_name(place, place.leaders)}：",
        sections=_whole(place, row, content) if whole else _unit(place, row, unit, content),
        closing="特此报告。",
        day=day_of(day),
        copied_to="、".join(place.scheme.county.copied_to),
        proof=f"本报告的数据取自截至{moment_of(row.as_of)}的系统记录，已固定为排名快照，不再改动。下列校验值与二维码所载一致；"
        "以此可核验系统历史记录此后有无改写。",
        hashes=anchor.lines(row),
        qr_text=anchor.text(row),
    )


def number(stored: str, year: int, whole: bool) -> str:
    """The number as it is written: 考核汇报〔2018〕第7号; a draft has none yet."""
    kind = "考核汇总" if whole else "考核汇报"
    if not stored:
        return f"{kind}〔{year}〕第   号"
    year_of, _, running = stored.split(":")
    return f"{kind}〔{year_of}〕第{running}号"


def _opening(place: Setting, row: Ranking, what: str) -> Section:
    return Section("", [f"根据{place.scheme.title.zh}和每月逢排名日对各镇完成考核指标情况进行排名的要求，现将{what}截至"
                        f"{moment_of(row.as_of)}的情况报告如下。"])  # fmt: skip


def _unit(place: Setting, row: Ranking, unit: UnitFact, content: dict[str, Any]) -> list[Section]:
    entry = next(entry for entry in row.content["units"] if entry["unit"] == unit.code)
    named = [i for i in place.scheme.indicators if unit.code in i.units]
    own = set(entry["items"])
    said = [_opening(place, row, f"本单位负责的第{listed([str(i.number) for i in named])}项考核指标")]
    if entry["towns"]:
        said.append(Section("一、排名情况", _ranked(place, entry["towns"]), [_places(place, entry["towns"], None)]))
        said.append(Section("二、分项情况", list(_measures(place, row, own, unit.code))))
    unbound = [str(i.number) for i in named if i.number not in own]
    if unbound:
        text = f"第{listed(unbound)}项未设对镇的排名指标，不对镇排名。"
        said.append(Section(_next(said, "不对镇排名的指标"), [text]))
    if content["remark"]:
        said.append(Section(_next(said, "本单位意见"), content["remark"].split("\n")))
    return said


def _whole(place: Setting, row: Ranking, content: dict[str, Any]) -> list[Section]:
    said = [_opening(place, row, "全县各镇排名")]
    trend = row.content["trend"][-1] if row.content["trend"] else None
    text = _ranked(place, row.content["county"]) + _moved(place, row, trend)
    said.append(Section("一、全县排名", text, [_places(place, row.content["county"], trend)]))
    items = sorted({entry["item"] for entry in row.content["items"]})
    said.append(Section("二、分项情况", list(_measures(place, row, set(items), None))))
    standing = {line["unit"]: line for line in content["units"]}
    rows = []
    for entry in row.content["units"]:
        unit, line = place.by_code[entry["unit"]], standing.get(entry["unit"])
        first = listed([place.by_code[t["town"]].name for t in entry["towns"] if t["place"] == 1]) or "不对镇排名"
        last = max((t["place"] for t in entry["towns"]), default=0)
        lowest = (
            listed([place.by_code[t["town"]].name for t in entry["towns"] if t["place"] == last]) if last > 1 else ""
        )
        handed = "—" if line is None else _handed(line, row)
        rows.append([unit.name, first, lowest, handed])
    head = ["单位", "第一名", "末名", "书面汇报"]
    said.append(Section("三、各单位排名和汇报情况", list(_handing(place, content)),
                        [Table("各单位对各镇的排名", head, rows, [4, 4, 4, 5], [])]))  # fmt: skip
    remarks = [f"{place.by_code[line['unit']].name}：{line['remark']}" for line in content["units"] if line["remark"]]
    if remarks:
        said.append(Section(_next(said, "各单位意见"), remarks))
    if content["remark"]:
        said.append(Section(_next(said, "办公室意见"), content["remark"].split("\n")))
    return said


def _next(said: list[Section], title: str) -> str:
    return f"{'一二三四五六七八九'[sum(1 for part in said if part.title)]}、{title}"


def _handed(line: dict[str, Any], row: Ranking) -> str:
    if line["number"] is None:
        return "逾期未报" if line["late"] else "未报"
    return number(line["number"], row.on.year, False) + ("（迟报）" if line["late"] else "")


def _handing(place: Setting, content: dict[str, Any]) -> list[str]:
    units = content["units"]
    if not units:
        return []
    told = [f"书面汇报应于{moment_of(datetime.fromisoformat(content['due_at']))}前报送。"
            f"应报单位{len(units)}个，已报{sum(1 for u in units if u['number'])}个"]  # fmt: skip
    for name, found in (
        ("迟报", [u for u in units if u["number"] and u["late"]]),
        ("逾期未报", [u for u in units if not u["number"] and u["late"]]),
    ):
        if found:
            told.append(f"{name}{len(found)}个（{listed([place.by_code[u['unit']].name for u in found])}）")
    return ["，".join(told) + "。"]


def _ranked(place: Setting, lines: list[dict[str, Any]]) -> list[str]:
    """How the towns stand: mean, both ends, and the grades that are aimed at."""
    mean = round(sum(line["score"] for line in lines) / len(lines))
    low = max(line["place"] for line in lines)
    ends = f"{len(lines)}个镇平均得分{points(mean)}分。"
    if len(lines) > 1 and low > 1:
        ends += f"排名靠前的是{_named(place, lines[:_NAMED])}；靠后的是{_named(place, lines[-_NAMED:])}。"
    elif len(lines) > 1:
        ends += "各镇得分相同。"
    return [ends, *_against_target(place, lines, mean)]


def _named(place: Setting, lines: list[dict[str, Any]]) -> str:
    return listed([f"{place.by_code[line['town']].name}（{points(line['score'])}分）" for line in lines])


def _against_target(place: Setting, lines: list[dict[str, Any]], mean: int) -> list[str]:
    rule = place.scheme.ranking
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
        gaps = [f"{place.by_code[s['town']].name}（差{points(target.floor * 100 - s['score'])}分）" for s in short]
        text += f"：{listed(gaps)}"
    return [text + "。"]


def _moved(place: Setting, row: Ranking, trend: dict[str, Any] | None) -> list[str]:
    if trend is None:
        return ["本期为首次排名，无上期可比。"]
    moves = [(trend["places"][line["town"]] - line["place"], line["town"]) for line in row.content["county"]
             if line["town"] in trend["places"]]  # fmt: skip
    when = day_of(date.fromisoformat(trend["date"]))
    up = [f"{place.by_code[town].name}（升{by}位）" for by, town in sorted(moves, key=lambda m: -m[0]) if by > 0]
    down = [f"{place.by_code[town].name}（降{-by}位）" for by, town in sorted(moves, key=lambda m: m[0]) if by < 0]
    if not up and not down:
        return [f"与上期（{when}）相比，各镇名次没有变化。"]
    told = [f"名次{name}的是{listed(found)}" for name, found in (("上升", up), ("下降", down)) if found]
    return [f"与上期（{when}）相比，{'；'.join(told)}。"]


def _places(place: Setting, lines: list[dict[str, Any]], trend: dict[str, Any] | None) -> Table:
    rule = place.scheme.ranking
    head, rows = ["名次", "镇", "得分"], []
    for line in lines:
        grade = rule.grade(line["score"])
        cells = [str(line["place"]), place.by_code[line["town"]].name, points(line["score"])]
        cells += [grade.name.zh if grade else ""] if rule.grades else []
        rows.append(cells + ([str(trend["places"].get(line["town"], "—"))] if trend else []))
    head += (["等次"] if rule.grades else []) + (["上期名次"] if trend else [])
    return Table("各镇排名", head, rows, [3 if name != "镇" else 5 for name in head], list(range(len(head))))


def _measures(place: Setting, row: Ranking, items: set[int], unit: str | None) -> Any:
    """A paragraph for each item: the county's share of each measure, both ends, who is short of the threshold."""
    known = {measure.code: measure for measure in place.scheme.measures}
    for item in sorted(items):
        told = []
        for entry in row.content["measures"]:
            measure = known[entry["code"]]
            if measure.item == item and (unit is None or not measure.units or unit in measure.units):
                told.append(_measure(place, measure, entry["towns"]))
        yield f"第{item}项（{place.scheme.indicator(item).title.zh}）：{'；'.join(told)}。"


def _measure(place: Setting, measure: Measure, towns: list[dict[str, Any]]) -> str:
    of, to = sum(line["of"] for line in towns), sum(line["to"] for line in towns)
    if to == 0:
        return f"{measure.name.zh}暂无数据"
    text = f"{measure.name.zh}全县{of}/{to}，为{share(of, to)}"
    short = [line for line in towns if line["to"] and line["of"] * 100 < measure.threshold * line["to"]]
    if short:
        short.sort(key=lambda line: (line["of"] / line["to"], line["town"]))
        worst = [f"{place.by_code[s['town']].name}{share(s['of'], s['to'])}" for s in short[:_NAMED]]
        text += f"，未达{measure.threshold}%的镇{len(short)}个，最低的是{listed(worst)}"
    else:
        text += f"，各镇均达到{measure.threshold}%"
    few = sum(1 for line in towns if line["place"] is None)
    return text + (f"，基数不足{measure.minimum}不单独排名的镇{few}个" if few else "")
