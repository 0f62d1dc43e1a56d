"""Paper documents: compose a paper of the ladder from its frozen content alone, so that it always prints the same
bytes.

Later acts are not part of it: they are on its page and on a sheet of its own (办理情况), which is the same bytes for
the same event of the history.  Both are Chinese.
"""

import re
from datetime import date, datetime, time
from typing import Any

from models import Paper
from models.custody import RUNGS
from reports import paper_course, titles
from reports.chinese import day_of, moment_of, until
from reports.document import Section, Table
from reports.paper_course import moment
from reports.pdf_rendering import render_pdf
from reports.sheets import Sheet
from workflow.accountability.paper_timeline import Course
from workflow.county import document_numbers
from workflow.policy.worktime import SHANGHAI

_STAGES = {
    "vet": "核实上报",
    "supplement": "补充材料",
    "accept": "受理",
    "mend": "整改办结",
    "rule": "指定承办单位",
    "confirm": "现场核验",
}
#: Where nothing is to be put right: another duty is done and checked, a report is handed in.
_STAGES_OF_DUTY = {"duty": {"mend": "办理", "confirm": "核验"}, "report": {"mend": "报送", "confirm": "审核"}}
_WHY = {"workday": "工作日", "weekend": "周末", "holiday": "节假日", "makeup": "调休上班", "override": "县定"}

#: The title of the annex, the account day by day.
ANNEX = "承办时段逐日说明"
#: The headings of the document; a talk has its arrangements between grounds and demand.
_HEADINGS = {"why": "一、事由", "demand": "二、要求", "receipt": "三、签收和答复"}
_HEADINGS_OF_TALK = {"why": "一、约谈事由", "talk": "二、约谈安排", "demand": "三、有关要求", "receipt": "四、签收"}
#: A clause of a typed reason with its mark, and one that says only that the work is late, as the paper does by itself.
_CLAUSE = re.compile(r"[^，,。；;、！!]+[，,。；;、！!]*|[，,。；;、！!]+")
_ONLY_LATE = re.compile(
    r"(?:你单位|该单位|该(?:项)?工作|至今|截至目前|目前|仍|已|一直|长期)*"
    r"(?:逾期|超期|超时|未按[期时]|未在(?:规定)?(?:时限|期限|时间)内)(?:已?\d+个?(?:工作日|天|日))?(?:仍|尚|还|至今|一直)*"
    r"(?:未(?:能)?)?(?:完成)?(?:办理|办结|整改办结|整改|完成|报送|核验|核实上报|审核|受理|补充材料)?(?:完毕|任务)?[，,。；;、！!\s]*"
)


def pdf(paper: Paper) -> bytes:
    """The paper as PDF; the same bytes whenever it is printed.  Raises RuntimeError when the form is wrong."""
    return render_pdf("paper", figures(paper), paper.issued_at)


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
        f"要求：{content['demand']['zh']}。期限：{until(paper.demand_due_at, closes(paper))}。",
        f"文书内容校验值（SHA-256）：{paper.hash}",
    ]
    for heir in course.heirs:
        frozen = content["unit" if heir.of.id == paper.unit_id else "issuer"]["zh"]
        facts.insert(1, f"{frozen}已于{day_of(heir.since)}撤并，其后由{heir.unit.name}承接办理。")
    rows = [paper_course.line(paper, done) for done in course.done]
    table = Table("", ["时间", "事项", "办理人", "内容"], rows, [12, 8, 10, 14], [])
    proof = (
        f"本表依工单{content['ticket']}历史记录第1至{course.seq}条生成，第{course.seq}条的校验值：{course.hash}。"
        "此后又有办理的，另行出表；本表内容不变。"
    )
    under = f"{_issuer(content)}　截至{moment(course.at)}"
    sections = [Section("文书", facts, []), Section("办理情况", [], [table]), Section("校验", [proof], [])]
    return Sheet(f"{number(paper)}办理情况", under, sections, False, [], "")


def figures(paper: Paper) -> dict[str, Any]:
    """The data of the form, as texts."""
    content = paper.content
    demand, phrases = content["demand"], _title(content)
    long = content["day_minutes"]
    receipt = "请收到本通知书后及时签收。" if content.get("talk") else "请收到本通知书后及时签收，并书面答复。"
    return {
        "issuer": _issuer(content),
        "number": number(paper),
        "title": titles.whole(phrases),
        "lines": titles.lines(phrases),
        "to": f"{_addressee(content)}：",
        "why": [part for part in (_why(paper, content, long), _because(paper), _authorised(content)) if part],
        "headings": _HEADINGS_OF_TALK if content.get("talk") else _HEADINGS,
        "talk": _talk(content),
        "demand": f"{demand['zh']}。{_until(paper, content)}",
        "receipt": f"{receipt}{until(paper.deemed_at, closes(paper))}未签收的，视为已签收。",
        "printer": _issuer(content),
        "day": day_of(paper.issued_at.astimezone(SHANGHAI).date()),
        "copied_to": "、".join(content["copied_to"]),
        "rows": _rows(content),
        "budget": span(content["budget"], long),
        "due": moment(datetime.fromisoformat(content["due_at"])),
        "used": span(content["used"], long),
        "late": span(content["late"], long),
        "hash": paper.hash,
    }


def phrases(paper: Paper) -> list[str]:
    """The title in phrases."""
    return _title(paper.content)


def issuer(paper: Paper) -> str:
    """The issuer's full name."""
    return _issuer(paper.content)


def _because(paper: Paper) -> str:
    """The reason and then the decision that rests on it; empty where the system issued the paper.

    The paragraph before it has said that the work is late, so the reason does not say it again.  The last rung proposes a
    case, and whether one is opened is decided afterwards: the paper does not say that it has been.
    """
    content, reason = paper.content, paper.reason or ""
    if not reason:
        return ""
    if content.get("form", 1) < 2:
        return f"{_ended(reason)}鉴于上述情况，决定对你单位予以{content['rung']['zh']}。"
    told = "".join(part for part in _CLAUSE.findall(reason) if not _ONLY_LATE.fullmatch(part)).rstrip("，,；;、")
    decided = (
        "现提请对你单位启动问责程序，是否立案另行通知。"
        if paper.rung == len(RUNGS)
        else f"决定对你单位予以{content['rung']['zh']}。"
    )
    return f"{_ended(told) if told.strip() else ''}鉴于上述情况，{decided}"


def _talk(content: dict[str, Any]) -> list[str]:
    """When, where and by whom the talk is held, and who must come; empty for other papers."""
    talk = content.get("talk")
    if not talk:
        return []
    return [
        f"时间：{moment_of(datetime.fromisoformat(talk['at']))}",
        f"地点：{talk['place']}",
        f"主持人：{talk['presider']}",
        f"参加人员：{'、'.join(talk['attendees'])}。请按时到会，不得缺席。",
    ]


def _until(paper: Paper, content: dict[str, Any]) -> str:
    """Until when the demand is met: in working days from the issue, or from the talk."""
    days, talk = content["demand"]["days"], content.get("talk")
    # Papers of before 0.3.0 counted from their issue, whatever the day of the talk.
    if talk and paper.demand_due_at > datetime.fromisoformat(talk["at"]):
        return f"书面材料请于{content['rung']['zh']}后{days}个工作日内（{until(paper.demand_due_at, closes(paper))}）报送。"
    return f"期限：{until(paper.demand_due_at, closes(paper))}（{days}个工作日内）。"


def _authorised(content: dict[str, Any]) -> str:
    """On whose standing authorisation the system issued the paper; empty where a person did."""
    found = content.get("authorised")
    if not found:
        return ""
    days = "至".join(day_of(date.fromisoformat(found[name])) for name in ("from", "until"))
    return f"本通知书依据{found['document']}授权（有效期{days}）由系统印发。"


def number(paper: Paper) -> str:
    """The number as it is printed: 华扶办〔2018〕7号; a paper from before there was one series keeps its own."""
    text = document_numbers.printed(paper.number)
    return paper.content["rung"]["zh"] + text if document_numbers.is_old(paper.number) else text


def span(minutes: int, long: int) -> str:
    """Working time in days, hours and minutes; `long` is the working minutes of a day."""
    days, rest = divmod(minutes, long)
    said = [(days, f"{days}个工作日"), (rest // 60, f"{rest // 60}小时"), (rest % 60, f"{rest % 60}分钟")]
    return "".join(text for figure, text in said if figure) or "0分钟"


def _work(content: dict[str, Any]) -> str:
    """What is to be done; a paper from before this was recorded is about a household, or else about a duty."""
    return str(content.get("work") or ("deficiency" if content["subject"]["household"] else "duty"))


def _stage(content: dict[str, Any], stage: str) -> str:
    return _STAGES_OF_DUTY.get(_work(content), {}).get(stage) or _STAGES.get(stage, "")


def _title(content: dict[str, Any]) -> list[str]:
    """The title in phrases: matter and kind of paper, in words that fit what is to be done."""
    what, stage = content["kind"]["zh"].partition("（")[0], _stage(content, content["stage"])
    paper = f"{content['rung']['zh']}通知书"
    if _work(content) == "report":
        return ["关于逾期未报送", f"{what}的", paper]
    matter = "问题" if _work(content) == "deficiency" and not what.endswith("问题") else ""
    return [f"关于{what}{matter}", f"逾期未{stage}的", paper]


def _why(paper: Paper, content: dict[str, Any], long: int) -> str:
    """Basis, facts and what hangs on them; the time to the minute is in the annex."""
    subject, item, work = content["subject"], content.get("item"), _work(content)
    stage, what = _stage(content, content["stage"]), content["kind"]["zh"]
    basis = f"根据{content['basis']}的要求，" if content.get("basis") else ""
    place = f"{subject['town'] or ''}{subject['village'] or ''}"
    whose = "，".join(part for part in (place, f"户编号{subject['household']}" if subject["household"] else "") if part)
    matter = (
        f"“{what}”{'任务' if work != 'deficiency' else ''}（工单{content['ticket']}{'，' + whose if whose else ''}）"
    )
    due = until(datetime.fromisoformat(content["due_at"]), closes(paper))
    text = f"{basis}你单位承办的{matter}应于{due}{_finished(stage)}。"
    days = content["late"] // long
    late = f"，已逾期{days}个工作日" if days else ""
    ended = datetime.fromisoformat(content["as_of"]) < paper.issued_at
    text += (
        f"你单位至{_day_of_stamp(content['as_of'])}才{_finished(stage)}{late.replace('已', '')}。"
        if ended
        else f"截至{_day_of_stamp(content['as_of'])}仍未{_finished(stage)}{late}。"
    )
    if item:
        # Where nothing is assessed, the item is one of the work's own, and no result is said to suffer.
        text += (
            f"该项工作属于{item['work']['zh']}第{item['number']}项（{item['zh']}）。"
            if "work" in item
            else f"该项工作属于考核指标第{item['number']}项（{item['zh']}），计入全县考核。"
        )
    return text + "逐日计时情况见附件。"


def _finished(stage: str) -> str:
    """A stage as something done: 完成核实上报, but 报送 and 整改办结 by themselves."""
    return stage if stage in ("报送", "整改办结", "受理") else f"完成{stage}"


def _rows(content: dict[str, Any]) -> list[list[str]]:
    """The account: earlier custodies in one line each, then the custody in question day by day."""
    total, rows = 0, []
    for stretch in content["earlier"]:
        total += stretch["minutes"]
        begins, ends = (datetime.fromisoformat(stretch[name]).astimezone(SHANGHAI) for name in ("began_at", "ended_at"))
        when = f"{begins.month}月{begins.day}日至{ends.month}月{ends.day}日"
        why = f"此前的{_stage(content, stretch['stage'])}时段"
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


def _issuer(content: dict[str, Any]) -> str:
    """The issuer's name on a document (全称)."""
    return _full(content, "issuer")


def _addressee(content: dict[str, Any]) -> str:
    """主送机关 by its full name."""
    return _full(content, "unit")


def _full(content: dict[str, Any], of: str) -> str:
    # Papers from before full names were frozen have the short one.
    county, name = str(content["county"]["zh"]), str(content[of]["zh"])
    return str(content[of].get("full") or (name if county in name else county + name.removeprefix("县")))


def _day_of_stamp(stamped: str) -> str:
    return day_of(datetime.fromisoformat(stamped).astimezone(SHANGHAI).date())


def _ended(text: str) -> str:
    return text if text.endswith(("。", "！", "？", ".")) else f"{text}。"


def closes(paper: Paper) -> time:
    """When the office closes: what a paper demands is due at the close of a day."""
    return paper.demand_due_at.astimezone(SHANGHAI).time()
