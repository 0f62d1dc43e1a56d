"""Paper documents: compose a paper of the ladder from its frozen content alone, so that it always prints the same
bytes.

Later acts are not part of it: they are on its page and on a sheet of its own (办理情况), which is the same bytes for
the same event of the history.  Both are Chinese.
"""

from datetime import date, datetime
from typing import Any

from models import Paper
from reports.document import Section, Table
from reports.pdf_rendering import render_pdf
from reports.sheets import Sheet
from workflow.accountability.paper_timeline import Course, Done
from workflow.policy.worktime import SHANGHAI

_STAGES = {
    "vet": "核实",
    "supplement": "补充",
    "accept": "受理",
    "mend": "整改办结",
    "rule": "指定承办单位",
    "confirm": "现场核验",
}
_WHY = {"workday": "工作日", "weekend": "周末", "holiday": "节假日", "makeup": "调休上班", "override": "县定"}


def pdf(paper: Paper) -> bytes:
    """The paper as PDF; the same bytes whenever it is printed.  Raises RuntimeError when the form is wrong."""
    return render_pdf("paper", figures(paper), paper.issued_at)


#: The acts on a paper in an office's words.
_DONE = {
    "issued": "印发",
    "signed": "签收",
    "deemed": "逾期未签收，视为签收",
    "answer": "书面答复",
    "ask_revocation": "申请撤销",
    "keep": "不予撤销",
    "satisfied": "已落实",
    "superseded": "由更高一级文书代替",
    "lapsed": "失效：所要求事项已不由该单位承办",
    "revoked": "撤销",
}


def course_pdf(course: Course) -> bytes:
    """The timeline sheet of a paper as PDF.  Raises RuntimeError when the form is wrong."""
    return render_pdf("sheet", course_sheet(course).figures(), course.at)


def course_sheet(course: Course) -> Sheet:
    """The timeline sheet as texts."""
    paper = course.paper
    content = paper.content
    leader = f"（主要负责人：{content['leader']}）" if content["leader"] else "（主要负责人暂缺）"
    facts = [
        f"主送：{content['unit']['zh']}{leader}",
        f"要求：{content['demand']['zh']}。期限：{_moment(paper.demand_due_at)}。",
        f"文书内容校验值（SHA-256）：{paper.hash}",
    ]
    table = Table(
        "", ["时间", "事项", "办理人", "内容"], [_paper_line(paper, done) for done in course.done], [3, 3, 3, 5], []
    )
    proof = (
        f"本表依工单{content['ticket']}历史记录第1至{course.seq}条生成，第{course.seq}条的校验值：{course.hash}。"
        "此后又有办理的，另行出表；本表内容不变。"
    )
    under = f"{_full(content)}　截至{_moment(course.at)}"
    sections = [Section("文书", facts, []), Section("办理情况", [], [table]), Section("依据", [proof], [])]
    return Sheet(f"{number(paper)}办理情况", under, sections, False, [], "")


def _paper_line(paper: Paper, done: Done) -> list[str]:
    # The two units keep the names printed on the paper.
    frozen = {paper.unit_id: paper.content["unit"]["zh"], paper.issuer_id: paper.content["issuer"]["zh"]}
    unit = frozen.get(done.unit.id, done.unit.name) if done.unit else ""
    who = " ".join(part for part in (unit, done.by) if part) or "系统"
    later = f"登记于{_moment(done.at)}" if done.at != done.effective_at else ""
    return [_moment(done.effective_at), _DONE[done.what], who, "；".join(p for p in (done.words or "", later) if p)]


def figures(paper: Paper) -> dict[str, Any]:
    """The data of the form, as texts."""
    content = paper.content
    unit, leader, demand = content["unit"]["zh"], content["leader"], content["demand"]
    long = content["day_minutes"]
    because = f"经研究，决定予以{content['rung']['zh']}，理由：{paper.reason}" if paper.reason else ""
    return {
        "issuer": _full(content),
        "number": number(paper),
        "title": f"{content['rung']['zh']}通知书",
        "to": f"{unit}（主要负责人：{leader}）：" if leader else f"{unit}（主要负责人暂缺）：",
        "why": [part for part in (_why(content, long), because and _ended(because)) if part],
        "demand": f"{demand['zh']}。期限：{_moment(paper.demand_due_at)}前（{demand['days']}个工作日内）。",
        "receipt": f"请在本系统签收并书面答复；至{_moment(paper.deemed_at)}未签收的，视为已签收。",
        "day": _printed_day(paper.issued_at.astimezone(SHANGHAI).date()),
        "copied_to": "、".join(content["copied_to"]),
        "rows": _rows(content),
        "budget": span(content["budget"], long),
        "used": span(content["used"], long),
        "late": span(content["late"], long),
        "hash": paper.hash,
    }


def number(paper: Paper) -> str:
    """The number as it is written: 督办〔2018〕第7号."""
    year, _, running = paper.number.split(":")
    return f"{paper.content['rung']['zh']}〔{year}〕第{running}号"


def span(minutes: int, long: int) -> str:
    """Working time in days, hours and minutes; `long` is the working minutes of a day."""
    days, rest = divmod(minutes, long)
    said = [(days, f"{days}个工作日"), (rest // 60, f"{rest // 60}小时"), (rest % 60, f"{rest % 60}分钟")]
    return "".join(text for figure, text in said if figure) or "0分钟"


def _why(content: dict[str, Any], long: int) -> str:
    subject = content["subject"]
    place = f"{subject['town'] or ''}{subject['village'] or ''}"
    household = f"户编号{subject['household']}" if subject["household"] else ""
    what = "，".join(part for part in (content["kind"]["zh"], place, household) if part)
    stage = _STAGES[content["stage"]]
    return (
        f"你单位承办的工单{content['ticket']}（{what}），应于{_moment_of_stamp(content['due_at'])}前完成{stage}。"
        f"截至{_moment_of_stamp(content['as_of'])}，已逾期{span(content['late'], long)}；"
        f"时限{span(content['budget'], long)}，已用{span(content['used'], long)}。承办时段逐日说明见附件。"
    )


def _rows(content: dict[str, Any]) -> list[list[str]]:
    """The account: earlier custodies in one line each, then the custody in question day by day."""
    total, rows = 0, []
    for stretch in content["earlier"]:
        total += stretch["minutes"]
        begins, ends = (datetime.fromisoformat(stretch[name]).astimezone(SHANGHAI) for name in ("began_at", "ended_at"))
        when = f"{begins.month}月{begins.day}日至{ends.month}月{ends.day}日"
        why = f"此前的{_STAGES.get(stretch['stage'], '')}时段"
        rows.append([when, why, _clock(stretch["minutes"]), "", _clock(total)])
    for line in content["days"]:
        total += line["minutes"]
        day = date.fromisoformat(line["day"])
        why = _WHY[line["why"]] + (f"（{line['name']}）" if line.get("name") else "")
        why += "（放假安排未公布）" if line.get("provisional") else ""
        when = f"{day.month}月{day.day}日 周{'一二三四五六日'[day.weekday()]}"
        counted = _clock(line["minutes"]) if line["minutes"] else "—"
        rows.append([when, why, counted, _clock(line["late"]) if line["late"] else "", _clock(total)])
    return rows


def _clock(minutes: int) -> str:
    """Working time of the table: hours and minutes."""
    return f"{minutes // 60}:{minutes % 60:02d}"


def _full(content: dict[str, Any]) -> str:
    """The issuer's name on a document, with the county's name."""
    name = str(content["issuer"]["zh"])
    return content["county"]["zh"] + name.removeprefix("县") if name.startswith("县") else name


def _ended(text: str) -> str:
    return text if text.endswith(("。", "！", "？", ".")) else f"{text}。"


def _moment_of_stamp(stamped: str) -> str:
    return _moment(datetime.fromisoformat(stamped))


def _moment(at: datetime) -> str:
    local = at.astimezone(SHANGHAI)
    return f"{_printed_day(local.date())}{local.hour}时{local.minute:02d}分"


def _printed_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
