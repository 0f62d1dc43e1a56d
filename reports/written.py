"""Written report documents (书面汇报): compose a report from the frozen snapshot and the signed paragraph alone, so
that it always reads the same.  In Chinese, as official documents are.
"""

from datetime import date, datetime
from typing import Any

from models import Ranking
from reports import analysis, anchor, passages, standings
from reports.chinese import day_of, full_name, listed, moment_of
from reports.document import DRAFT, Document, Section, Table
from reports.ties import some
from workflow.assessment import unit_words
from workflow.assessment.ranking import own_counts
from workflow.county import document_numbers
from workflow.county.context import CountyContext, UnitFact
from workflow.policy.worktime import SHANGHAI


def compose(setting: CountyContext, row: Ranking, unit: UnitFact, content: dict[str, Any]) -> Document:
    """A unit's report, or the office's compilation; `content` as issued, or from `written_reports.draft`."""
    whole = unit.type == "office"
    issued = content["issued_at"]
    day = dated(content) or row.on
    edition = f"（第{row.edition}版）" if row.edition > 1 else ""
    kind = "汇总报告" if whole else "报告"
    return Document(
        issuer=full_name(setting, unit),
        number=document_numbers.printed(content["number"]) if issued else DRAFT,
        phrases=[f"关于{day_of(row.on)}", "各镇完成考核指标情况", f"排名的{kind}{edition}"],
        to=f"{full_name(setting, setting.leaders)}：",
        sections=_county_sections(setting, row, content) if whole else _unit(setting, row, unit, content),
        closing="特此报告。",
        day=day_of(day),
        copied_to="、".join(setting.scheme.county.copied_to),
        proof=f"本报告的数据取自截至{moment_of(row.as_of)}的系统记录，已固定为排名快照，不再改动。下列校验值与二维码所载一致；"
        "以此可核验系统历史记录此后有无改写。",
        hashes=anchor.lines(row),
        qr_text=anchor.text(row),
        signer=signer(content),
        draft=not issued,
    )


def dated(content: dict[str, Any]) -> date | None:
    """The day a report bears: the office's next opening after its signature; None for a draft.

    Reports of before 0.3.0 bear the day of their signature.
    """
    if content.get("dated"):
        return date.fromisoformat(content["dated"])
    issued = content["issued_at"]
    return datetime.fromisoformat(issued).astimezone(SHANGHAI).date() if issued else None


def signer(content: dict[str, Any]) -> str:
    """The signer (签发人, GB/T 9704) of a report: who signed it, never who holds a post; empty for a draft.

    Reports of 0.2 held the name of the leader in post, who had done nothing: it is not printed.
    """
    signed = content.get("signed_off")
    return str(signed["name"]) if signed else ""


def opening(setting: CountyContext, row: Ranking, what: str) -> Section:
    scheme, plan = setting.scheme, setting.scheme.assessment_plan
    days = listed([f"{n}日" for n in scheme.ranking.days])
    # A ranking that needs an assessment plan is asked for by the plan, not by the paper that the scheme carries out.
    basis = scheme.cited
    if "ranking" in plan.needs and plan.number:
        basis = next((each.cited for each in scheme.basis if each.number == plan.number), f"考核方案（{plan.number}）")
    return Section(
        "",
        [
            f"根据{basis}关于每月{days}对各镇完成考核指标情况进行排名的要求，现将{what}截至"
            f"{moment_of(row.as_of)}的情况报告如下。"
        ],
    )


def _unit(setting: CountyContext, row: Ranking, unit: UnitFact, content: dict[str, Any]) -> list[Section]:
    entry = next(entry for entry in row.content["units"] if entry["unit"] == unit.code)
    named = [i for i in setting.scheme.indicators if unit.code in i.units]
    own = set(entry["items"])
    said = [opening(setting, row, f"本单位负责的第{listed([str(i.number) for i in named])}项考核指标")]
    if entry["towns"]:
        # With no data at all one sentence says so: no table of dashes, no list of measures without figures.
        some_data = standings.scored(entry["towns"])
        word = own_counts.own_word_shares(setting.scheme, row.content, unit.code)
        tables = [standings.places(setting, entry["towns"], None, word)] if some_data else []
        said.append(Section("一、排名情况", standings.ranked(setting, entry["towns"]), tables))
        if some_data:
            said.append(Section("二、分项情况", list(passages.measures(setting, row, entry))))
    if shared := passages.shared(setting, row, unit.code):
        said.append(Section(_next(said, "共同指标"), [*shared, "以上指标由各责任单位共同负责，计入全县排名。"]))
    if owed := passages.missing(setting, row, unit.code):
        said.append(Section(_next(said, "未填报的数据"), owed))
    if resting := passages.on_own_word(setting, row, unit.code):
        said.append(Section(_next(said, "数据依据"), resting))
    if stated := passages.stated_none(setting, row, unit.code):
        said.append(Section(_next(said, "本期无此项的指标"), stated))
    itself = passages.of_county(setting, row, unit.code)
    if itself:
        said.append(Section(_next(said, "县级事项"), [*itself, "以上事项由县级落实，不计入各镇排名。"]))
    # Items of the county itself are said not to rank the towns already.
    of_county = {m.item for m in setting.scheme.figures_of(unit.code)} if itself else set()
    unbound = [str(i.number) for i in named if i.number not in own | of_county]
    if unbound:
        common = "（各单位共同的指标计入全县排名）" if shared else ""
        text = f"第{listed(unbound)}项没有由本单位负责的对镇排名指标{common}，不对镇排名。"
        said.append(Section(_next(said, "不对镇排名的指标"), [text]))
    own_words = unit_words.read(content["remark"])
    for part in unit_words.PARTS:
        paragraphs = [
            (f"第{item}项：" if item else "") + text
            for (name, item), texts in own_words.parts.items()
            if name == part
            for text in texts
        ]
        if paragraphs:
            said.append(Section(_next(said, part), paragraphs))
    if own_words.rest:
        said.append(Section(_next(said, "本单位意见"), own_words.rest))
    return said


def _county_sections(setting: CountyContext, row: Ranking, content: dict[str, Any]) -> list[Section]:
    said = [opening(setting, row, "全县各镇排名")]
    trend = row.content["trend"][-1] if row.content["trend"] else None
    text = standings.ranked(setting, row.content["county"]) + standings.moved(setting, row, trend)
    word = own_counts.own_word_shares(setting.scheme, row.content)
    said.append(Section("一、全县排名", text, [standings.places(setting, row.content["county"], trend, word)]))
    said.append(
        Section(
            "二、指标总体情况",
            [
                passages.overview(setting, row) + "各指标全县情况见下表。",
                *passages.missing(setting, row),
                *passages.stated_none(setting, row),
                *passages.on_own_word(setting, row),
                *analysis.turned_overall(content.get("turned")),
            ],
            [passages.shares(setting, row)],
        )
    )
    said += analysis.sections(setting, row, content, _next(said, "分项分析"))
    if row.content.get("sources"):
        sentence, table = analysis.by_source(setting, row)
        said.append(Section(_next(said, "问题来源和办理情况"), [sentence], [table]))
    if row.content.get("of_county"):
        text = ["下列事项由县级落实，不计入各镇排名。"]
        said.append(Section(_next(said, "县级事项"), text, [passages.itself(setting, row)]))
    standing = {line["unit"]: line for line in content["units"]}
    rows = []
    for entry in row.content["units"]:
        unit, line = setting.by_code[entry["unit"]], standing.get(entry["unit"])
        last = max((t["place"] or 0 for t in entry["towns"]), default=0)
        first, lowest = (
            some([setting.by_code[t["town"]].name for t in entry["towns"] if t["place"] == n]) for n in (1, last)
        )
        if last <= 1:
            none = "数据不足，未排名" if standings.scored(entry["towns"]) else "无数据，未排名"
            first, lowest = ("各镇并列" if last else none if entry["towns"] else "不对镇排名"), ""
        handed = "—" if line is None else _handed(line)
        rows.append([unit.name, first, lowest, handed])
    head = ["单位", "第一名", "末名", "书面汇报"]
    said.append(
        Section(
            _next(said, "各单位排名和汇报情况"),
            list(_handing(setting, content)),
            [Table("各单位对各镇的排名", head, rows, [4, 4, 4, 5], [])],
        )
    )
    remarks = [
        f"{setting.by_code[line['unit']].name}：{' '.join(rest)}"
        for line in content["units"]
        if (rest := unit_words.read(line["remark"]).rest)
    ]
    if remarks:
        said.append(Section(_next(said, "各单位意见"), remarks))
    if content["remark"]:
        said.append(Section(_next(said, "办公室意见"), content["remark"].split("\n")))
    return said


def _next(said: list[Section], title: str) -> str:
    return f"{'一二三四五六七八九十'[sum(1 for part in said if part.title and not part.second)]}、{title}"


def _handed(line: dict[str, Any]) -> str:
    if line["number"] is None:
        return "逾期未报" if line["late"] else "未报"
    return document_numbers.printed(line["number"]) + ("（迟报）" if line["late"] else "")


def _handing(setting: CountyContext, content: dict[str, Any]) -> list[str]:
    units = content["units"]
    if not units:
        return []
    phrases = [
        f"书面汇报应于{moment_of(datetime.fromisoformat(content['due_at']))}前报送。"
        f"应报单位{len(units)}个，已报{sum(1 for u in units if u['number'])}个"
    ]
    for name, reports in (
        ("迟报", [u for u in units if u["number"] and u["late"]]),
        ("逾期未报", [u for u in units if not u["number"] and u["late"]]),
    ):
        if reports:
            phrases.append(f"{name}{len(reports)}个（{listed([setting.by_code[u['unit']].name for u in reports])}）")
    return ["，".join(phrases) + "。"]
