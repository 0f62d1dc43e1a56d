"""Drafts of periodic reports (item 6): the scheme's sections, filled in with figures where it says so, the rest left to
the unit.  The passage a section begins with is scheme data (`draft`).
"""

from collections.abc import Callable

from reports import anchor, passages, standings
from reports.chinese import day_of, full_name, listed, moment_of, points, share
from reports.document import DRAFT, Document, Section
from workflow.assessment.ranking.periodic_report import Basis, Tally
from workflow.policy.scheme.duties import FormField

_LEFT = "（请填写。）"
#: The most measures that one sentence names.
_MOST = 8
#: The ending of the name of a paper that tells those below (通报); any other reports to those above.
_CIRCULAR = "通报"


def compose(basis: Basis) -> Document:
    """The draft as a document, to be edited as DOCX."""
    row, circular = basis.ranking, basis.duty.name.zh.endswith(_CIRCULAR)
    said = _CIRCULAR if circular else "报告"
    # The office drafts the circular, and it is the leading group that issues it.
    issuer = basis.setting.leaders if circular and basis.unit.type == "office" else basis.unit
    whose = "" if circular else full_name(basis.setting, issuer)
    begins = f"现将{whose}{_period(basis)}有关情况{said}如下，数据截至{moment_of(row.as_of)}。"
    sections = [Section("", [begins])]
    for number, form in enumerate(_sections(basis), start=1):
        paragraphs = [text for passage in form.draft for text in _PASSAGES[passage](basis)]
        title = f"{'一二三四五六七八九十'[min(number, 10) - 1]}、{form.name.zh}"
        sections.append(Section(title, [*paragraphs, _LEFT]))
    return Document(
        issuer=full_name(basis.setting, issuer),
        number=DRAFT,
        phrases=[_period(basis), "工作情况通报" if circular else _named(basis)],
        to="（主送单位）：",
        sections=sections,
        closing=f"特此{said}。",
        day=day_of(row.on),
        copied_to="、".join(basis.setting.scheme.county.copied_to),
        proof=f"本稿数据取自{day_of(row.on)}的排名快照和当时的系统记录，文字由填报单位修改后正式上报。",
        hashes=anchor.lines(row),
        qr_text=anchor.text(row),
        draft=True,
    )


def _sections(basis: Basis) -> list[FormField]:
    """The fields of the duty that are sections of its text; a document number is none."""
    return [field for field in basis.duty.fields if field.type == "text" and not field.document]


def _named(basis: Basis) -> str:
    """The name of the report without its period, which the title begins with, and without the recipient in brackets, which
    is the addressee."""
    name = basis.duty.name.zh.partition("（")[0]
    return name.removeprefix("季度").removeprefix("半年")


def _period(basis: Basis) -> str:
    code, year = basis.period.code, f"{basis.period.start.year}年"
    if "Q" in code:
        return f"{year}第{'一二三四'[int(code[-1]) - 1]}季度"
    if "H" in code:
        return f"{year}{'上下'[int(code[-1]) - 1]}半年"
    return year if len(code) == 4 else f"{year}{int(code[-2:])}月"


def _ranking(basis: Basis) -> list[str]:
    content = basis.ranking.content
    if basis.unit.type == "town":
        line = next(line for line in content["county"] if line["town"] == basis.unit.code)
        if line["score"] is None:
            return [f"在{day_of(basis.ranking.on)}的全县排名中暂无数据。"]
        grade = standings.grade_name(basis.setting, line)
        placed = f"居第{line['place']}位" if line["place"] else "因数据不足未排名次"
        text = f"在{day_of(basis.ranking.on)}的全县排名中{placed}，得分{points(line['score'])}分"
        text += f"（按已有数据{line['coverage']}%计算）" if line.get("coverage", 100) < 100 else ""
        return [text + (f"，折合“{grade}”等次。" if grade else "。")]
    own = [line for entry in content["units"] if entry["unit"] == basis.unit.code for line in entry["towns"]]
    lines = content["county"] if basis.unit.type == "office" else own
    # A draft has no tables.
    told = standings.ranked(basis.setting, lines, tabled=False) if lines else []
    # Two rankings of one day have two means: the county's, and the unit's own of the towns.
    whose = "全县" if basis.unit.type == "office" else "本单位对各镇的"
    return [f"在{day_of(basis.ranking.on)}{whose}排名中，{told[0]}", *told[1:]] if told else []


def _measures(basis: Basis) -> list[str]:
    row, setting, unit = basis.ranking, basis.setting, basis.unit
    if unit.type == "town":
        shares = [f"{name}{share(line['of'], line['to'])}" for name, _, line in _own(basis) if line["to"]]
        return [f"各项指标完成情况：{'；'.join(shares)}。"] if shares else []
    if unit.type == "office":
        return [passages.overview(setting, row), *passages.of_county(setting, row, unit.code)]
    entry = next((entry for entry in row.content["units"] if entry["unit"] == unit.code), None)
    said = list(passages.measures(setting, row, entry)) if entry else []
    return said + passages.of_county(setting, row, unit.code)


def _short(basis: Basis) -> list[str]:
    """The measures below their threshold: a town's own, for others the county's; of many those furthest below."""
    own, whole = _own(basis), "" if basis.unit.type == "town" else "按全县合计，"
    if not any(line["to"] for *_, line in own):
        return [f"到{day_of(basis.ranking.on)}，各项指标均无数据。"] if own else []
    below = sorted(
        (
            line["of"] * 100 / (threshold * line["to"]),
            number,
            f"{name}（{share(line['of'], line['to'])}，标准{threshold}%）",
        )
        for number, (name, threshold, line) in enumerate(own)
        if line["to"] and line["of"] * 100 < threshold * line["to"]
    )
    if not below:
        return [f"{whole}各项有数据的指标均已达到标准。"]
    named = sorted(below[:_MOST], key=lambda each: each[1])
    most = "" if len(below) <= _MOST else f"，其中差距最大的{_MOST}项"
    return [f"{whole}尚未达到标准的指标{len(below)}项{most}：{listed([text for *_, text in named])}。"]


def _own(basis: Basis) -> list[tuple[str, int, dict[str, int]]]:
    """Name, threshold and share of each measure of the unit."""
    known, unit, lines = {measure.code: measure for measure in basis.setting.scheme.measures}, basis.unit, []
    for entry in basis.ranking.content["measures"]:
        measure = known[entry["code"]]
        named = basis.setting.scheme.indicator(measure.item).units
        if unit.type == "bureau" and unit.code not in (measure.units or named):
            continue
        towns = [t for t in entry["towns"] if unit.type != "town" or t["town"] == unit.code]
        total = {name: sum(t[name] for t in towns) for name in ("of", "to")}
        lines.append((measure.name.zh, measure.threshold, total))
    return lines


def _tickets(basis: Basis) -> list[str]:
    return [f"{_period(basis)}登记问题工单{_tally_sentence(basis.tickets, '件')}"]


def _duties(basis: Basis) -> list[str]:
    return [f"{_period(basis)}承担考核任务{_tally_sentence(basis.duties, '项')}"]


def _tally_sentence(tally: Tally, unit: str) -> str:
    return (
        f"{tally.all}{unit}，已完成{tally.closed}{unit}，其中按时{tally.on_time}{unit}；"
        f"未完成{tally.open}{unit}，其中逾期{tally.overdue}{unit}。"
    )


_PASSAGES: dict[str, Callable[[Basis], list[str]]] = {
    "ranking": _ranking,
    "measures": _measures,
    "short": _short,
    "tickets": _tickets,
    "duties": _duties,
}
