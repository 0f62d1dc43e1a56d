"""Drafts of periodic reports (item 6): the scheme's sections, filled in with figures where it says so, the rest left to
the unit.  The passage a section begins with is scheme data (`draft`).
"""

from collections.abc import Callable
from dataclasses import dataclass

from reports import anchor, standings
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


@dataclass(frozen=True, slots=True)
class _Figure:
    """A measure of the unit: its name, threshold and sum, and how many towns are below the threshold."""

    name: str
    threshold: int
    of: int
    to: int
    below: int = 0

    @property
    def reached(self) -> bool:
        return self.of * 100 >= self.threshold * self.to

    def said(self) -> str:
        """The figure beside its standard; of many towns also how many fall short although the county does not."""
        towns = f"，其中{self.below}个镇未达到" if self.reached and self.below else ""
        return f"{self.name}（{share(self.of, self.to)}，标准{self.threshold}%{towns}）"


def _reached(basis: Basis) -> list[str]:
    """The measures that reach their threshold; nothing where none does."""
    reached = [figure.said() for figure in _own(basis) if figure.to and figure.reached]
    return [f"{_whole(basis)}达到标准的指标{len(reached)}项：{listed(reached)}。"] if reached else []


def _short(basis: Basis) -> list[str]:
    """The measures below their threshold: a town's own, for others the county's; of many those furthest below."""
    own = _own(basis)
    counted = [figure for figure in own if figure.to]
    if not counted:
        return [f"到{day_of(basis.ranking.on)}，各项指标均无数据。"] if own else []
    below = sorted(
        (figure.of * 100 / (figure.threshold * figure.to), number, figure.said())
        for number, figure in enumerate(counted)
        if not figure.reached
    )
    if not below:
        return [f"{_whole(basis)}各项有数据的指标均已达到标准。"]
    named = sorted(below[:_MOST], key=lambda each: each[1])
    most = "" if len(below) <= _MOST else f"，其中差距最大的{_MOST}项"
    return [f"{_whole(basis)}尚未达到标准的指标{len(below)}项{most}：{listed([text for *_, text in named])}。"]


def _whole(basis: Basis) -> str:
    return "" if basis.unit.type == "town" else "按全县合计，"


def _own(basis: Basis) -> list[_Figure]:
    """The measures of the unit by item; of bureaus and offices also the county's own matters that they report on."""
    scheme, unit, content = basis.setting.scheme, basis.unit, basis.ranking.content
    known, figures = {measure.code: measure for measure in scheme.measures}, []
    for entry in content["measures"]:
        measure = known[entry["code"]]
        if unit.type == "bureau" and unit.code not in (measure.units or scheme.indicator(measure.item).units):
            continue
        towns = [t for t in entry["towns"] if unit.type != "town" or t["town"] == unit.code]
        of, to = (sum(t[name] for t in towns) for name in ("of", "to"))
        below = sum(1 for t in towns if t["to"] and t["of"] * 100 < measure.threshold * t["to"])
        figures.append((measure.item, _Figure(measure.called.zh, measure.threshold, of, to, below)))
    itself = {entry["code"]: entry for entry in content.get("of_county", ())}
    for matter in () if unit.type == "town" else scheme.figures_of(unit.code):
        if line := itself.get(matter.code):
            figures.append((matter.item, _Figure(matter.called.zh, matter.threshold, line["of"], line["to"])))
    return [figure for _, figure in sorted(figures, key=lambda each: each[0])]


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
    "measures": _reached,
    "short": _short,
    "tickets": _tickets,
    "duties": _duties,
}
