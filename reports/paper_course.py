"""Lines of a paper's timeline sheet: each act with its time, who did it and what was said, held and promised."""

from collections.abc import Iterator
from datetime import datetime

from models import Paper
from reports.chinese import day_of, moment_of
from workflow.accountability.paper_timeline import Done
from workflow.policy.worktime import SHANGHAI

#: The acts on a paper in an office's words.
_DONE = {
    "issued": "印发",
    "signed": "签收",
    "deemed": "逾期未签收，视为签收",
    "answer": "书面答复",
    "ask_revocation": "申请撤销",
    "keep": "不予撤销",
    "return": "退回重报",
    "record": "约谈记录",
    "verified": "核实落实",
    "concluded": "随工单办结终止",
    "moved_on": "随工单流转终止",
    "satisfied": "终止（旧制：答复或办理后即终止，未经核实）",
    "superseded": "由更高一级文书代替",
    "lapsed": "失效：所要求事项已不由该单位承办",
    "revoked": "撤销",
}


def line(paper: Paper, done: Done) -> list[str]:
    """One act as a row of the sheet: time, act, who did it, what was said."""
    # The two units keep the names printed on the paper.
    frozen = {paper.unit_id: paper.content["unit"]["zh"], paper.issuer_id: paper.content["issuer"]["zh"]}
    unit = frozen.get(done.unit.id, done.unit.name) if done.unit else ""
    by = f"{done.by}代{done.in_stead_of}" if done.in_stead_of else done.by
    who = " ".join(part for part in (unit, by) if part) or "系统"
    later = f"登记于{moment(done.at)}" if done.at != done.effective_at else ""
    # Day and time in two lines, so that neither is broken in a narrow cell.
    when = moment(done.effective_at).replace("日", "日\n")
    return [when, _DONE[done.what], who, "\n".join(part for part in (done.words or "", *_of_talk(done), later) if part)]


def _of_talk(done: Done) -> Iterator[str]:
    """When a talk was held and who came, and what was promised, each in a line."""
    if done.held_at is not None:
        yield f"{moment_of(done.held_at)}进行，到会：{'、'.join(done.came)}"
    for words, due_at in done.promises:
        # A commitment is due at the close of its day.
        yield f"承诺于{day_of(due_at.astimezone(SHANGHAI).date())}下班前完成：{words}"


def moment(at: datetime) -> str:
    """A moment in China with its minutes: 2018年11月20日17时00分."""
    local = at.astimezone(SHANGHAI)
    return f"{day_of(local.date())}{local.hour}时{local.minute:02d}分"
