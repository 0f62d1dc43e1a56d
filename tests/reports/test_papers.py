"""Printed papers: the same bytes at any later time, from frozen content, whatever has changed since."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from docx import Document as read_docx
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph
from sqlalchemy import Engine, select

from models import Paper, Ticket, Unit, User
from reports import paper_documents, papers
from tests.support.contexts import place_of
from tests.support.factories import START, County, day, settle_county, small_scheme
from tests.support.posts import appoint
from tests.support.printed import across, ink, lines, pages
from tests.support.scheme_cast import SCHEMES, shipped_scheme
from workflow.accountability import paper_actions, paper_content, paper_timeline, paper_views, sweep
from workflow.actors import acting, actor_of, system
from workflow.county import accounts
from workflow.county.accounts import NewUser
from workflow.policy.worktime import local_date
from workflow.verification.full_check import verify


@pytest.fixture
def county(engine: Engine) -> County:
    scheme = small_scheme(
        county={
            "code": "wuhua",
            "name": {"zh": "五华县", "en": "Wuhua"},
            "region": "441424",
            "copied_to": ["吴晖", "县委督查室"],
        }
    )
    made = settle_county(engine, scheme)
    with made.write() as session:
        who = system()
        chief = accounts.create_user(
            session, who, START, NewUser(name="chief", role="bureau", unit="water", display_name="钟水生")
        )
        appoint(session, chief, "leader", START)
        made.people["second"] = actor_of(
            accounts.create_user(session, who, START, NewUser(name="second", role="office", unit="office"))
        )
    made.do("water", "accept", made.file(), day(1))
    sweep.run(made.read, made.write, day(21, 8.5))
    return made


def one(county: County) -> Paper:
    with county.read() as session:
        return session.scalars(select(Paper)).one()


def test_a_paper_says_to_whom_why_what_and_until_when_in_the_words_of_an_office(county: County) -> None:
    said = papers.figures(one(county))
    assert (said["issuer"], said["number"]) == ("五华县扶贫开发领导小组办公室", "华扶办〔2018〕1号")
    assert said["to"] == "五华县水务局："
    assert said["lines"] == ["关于饮水问题逾期未整改办结的", "supervise通知书"]
    why, authorised = said["why"]
    # The system issued it on the office's leader's standing authorisation, which is named.
    assert authorised == "本通知书依据五扶授〔2018〕1号授权（有效期2018年10月22日至2023年6月30日）由系统印发。"
    assert why.startswith("根据《small》的要求，你单位承办的“饮水”（工单2018-000001，甲镇")
    assert "应于2018年12月6日下班前整改办结" in why
    assert "截至2018年12月11日仍未整改办结，已逾期2个工作日" in why
    # What the record shows, no more (seen: 逾期未办影响全县考核成绩, without any figure of the result).
    assert "该项工作属于考核指标第1项（减贫），计入全县考核。" in why
    assert "影响" not in why
    # Minutes and hash are in the annex only.
    body = "".join([why, said["demand"], said["receipt"], *said["lines"]])
    assert "分钟" not in body
    assert re.search(r"\d分", body) is None
    assert said["hash"] not in body
    assert said["printer"] == said["issuer"]
    assert "期限：2018年12月14日下班前（3个工作日内）" in said["demand"]
    assert "2018年12月12日下班前未签收的，视为已签收" in said["receipt"]
    assert said["due"] == "2018年12月6日17时30分"
    assert (said["copied_to"], said["day"]) == ("吴晖、县委督查室", "2018年12月11日")
    # The account runs up to what was used, and its last days are late.
    assert said["rows"][0] == ["11月20日至11月21日", "此前的受理时段", "6:30", "", "6:30"]
    assert said["rows"][-1] == ["12月11日 周二", "工作日", "—", "", "96:00"]
    assert "张三" not in str(said)


def test_it_is_the_same_bytes_after_every_later_act_and_whatever_becomes_of_unit_and_leader(county: County) -> None:
    first = papers.pdf(one(county))
    assert first.startswith(b"%PDF-")
    with county.write() as session:
        paper_actions.answer(session, county.people["water"], day(21), "2018:华扶办:1", "张三家在办")
    with county.read() as session:
        before = papers.course_pdf(paper_timeline.course(session, county.people["office"], "2018:华扶办:1"))
    with county.write() as session:
        paper_actions.ask_revocation(session, county.people["office"], day(21), "2018:华扶办:1", "有误")
    with county.write() as session:
        paper_actions.rule_on_revocation(
            session, county.people["second"], day(21, 11), "2018:华扶办:1", True, "已入户核对属实，同意"
        )
        session.scalars(select(Unit).where(Unit.code == "water")).one().name = "县水利局"
        session.scalars(select(User).where(User.name == "chief")).one().display_name = "别人"
    assert papers.pdf(one(county)) == first
    # The later acts are a sheet of its own, the same bytes for the same event.
    with county.read() as session:
        whole = paper_timeline.course(session, county.people["inspectorate"], "2018:华扶办:1")
        answered = paper_timeline.course(session, county.people["water"], "2018:华扶办:1", whole.seq - 2)
    assert papers.course_pdf(answered) == before
    rows = papers.course_sheet(whole).sections[1].tables[0].rows
    assert [row[1] for row in rows] == ["印发", "签收", "书面答复", "申请撤销", "撤销"]
    assert [row[2:] for row in rows[2:]] == [
        ["县水务局 water", "张*家在办"],
        ["县扶贫开发领导小组办公室 office", "有误"],
        ["县扶贫开发领导小组办公室 second", "已入户核对属实，同意"],
    ]
    with county.read() as session:
        assert {finding.code for finding in verify(session, Path("nowhere"))} == set()


def _texts(made: bytes) -> tuple[list[str], list[list[str]]]:
    """Paragraphs outside tables, those of the box at the foot last, and the rows of all tables, of a DOCX."""
    file = read_docx(io.BytesIO(made))
    rows = [[cell.text for cell in row.cells] for table in file.tables for row in table.rows]
    paragraphs = [*file.paragraphs, *_at_foot(file)]
    return [paragraph.text.strip("　") for paragraph in paragraphs if paragraph.text], rows


def _at_foot(file: Any) -> list[Paragraph]:
    """The paragraphs of the box at the foot of the last page."""
    boxes = list(file.element.body.iter(qn("w:txbxContent")))
    return [Paragraph(p, file.element.body) for box in boxes for p in box.iter(qn("w:p"))]


def test_docx_and_pdf_have_the_same_texts_in_the_same_order(county: County) -> None:
    row = one(county)
    said, made = papers.figures(row), paper_documents.docx(row)
    assert made == paper_documents.docx(row)
    paragraphs, rows = _texts(made)
    headings = said["headings"]
    expected = [
        said["issuer"],
        said["number"],
        "\n".join(said["lines"]),
        said["to"],
        headings["why"],
        *said["why"],
        headings["demand"],
        said["demand"],
        headings["receipt"],
        said["receipt"],
        "附件：承办时段逐日说明",
        said["issuer"],
        said["day"],
        "附件",
        "承办时段逐日说明",
        f"本环节期限为{said['due']}。计时为办公时间，以时:分计。时限{said['budget']}，已用{said['used']}，逾期{said['late']}。",
        "内容校验值（SHA-256）：",
        said["hash"],
        f"抄送：{said['copied_to']}。",
        f"{said['printer']}\t{said['day']}印发",
    ]
    assert paragraphs == expected
    # Its place does not depend on the text above it: a frame was drawn within the text by some programs.
    box = next(read_docx(io.BytesIO(made)).element.body.iter(qn("wp:anchor")))
    assert [(way.get("relativeFrom"), way[0].text) for way in (box[1], box[2])] == [
        ("margin", "left"),
        ("margin", "bottom"),
    ]
    assert rows == [["日期", "说明", "计时", "其中逾期", "累计"], *said["rows"]]


def test_the_colophon_is_at_the_foot_of_the_last_page_and_never_alone_there(county: County) -> None:
    """However long the account: the rows before left the notes on one page and the colophon at the top of the next."""
    said = papers.figures(one(county))
    alone, lengths = [], set()
    for rows in range(20, 29):
        printed = pages("paper", {**said, "rows": [["11月20日 周二", "工作日", "6:30", "", "6:30"]] * rows})
        lengths.add(len(printed))
        # The text area ends 35 mm above the edge; the colophon of two lines is some 15 mm high.
        foot, above = ink(printed[-1], 244, 264), ink(printed[-1], 30, 244)
        assert foot is not None, rows
        assert 259 < foot[1] < 263, (rows, foot)
        if above is None:
            alone.append(rows)
    assert alone == []
    assert len(lengths) == 2


def test_a_very_long_name_is_broken_and_never_cut_off(county: County) -> None:
    """The signature of an issuer of 43 characters ran off the left edge of the sheet."""
    said = papers.figures(one(county))
    long = "积石山保安族东乡族撒拉族自治县巩固拓展脱贫攻坚成果同乡村振兴有效衔接领导小组办公室"
    for page in pages("paper", {**said, "issuer": long, "printer": long, "to": f"{long * 2}："}):
        left, right = across(page)
        assert left > 27
        assert right < 185


def test_docx_of_a_talk_has_its_arrangements_and_the_measures_of_the_standard(county: County) -> None:
    row = one(county)
    at = "2018-12-14T09:00:00+08:00"
    talk = {"at": at, "place": "三楼会议室", "presider": "副组长", "attendees": ["局长", "副局长"]}
    content = {**row.content, "talk": talk, "rung": {"zh": "约谈", "en": "Summon"}}
    names = ("number", "stage", "issued_at", "reason", "demand_due_at", "deemed_at", "hash")
    made = paper_documents.docx(Paper(**{name: getattr(row, name) for name in names}, content=content))
    paragraphs, _ = _texts(made)
    at_talk = paragraphs.index("二、约谈安排")
    assert paragraphs[at_talk + 1 : at_talk + 5] == [
        "时间：2018年12月14日9时",
        "地点：三楼会议室",
        "主持人：副组长",
        "参加人员：局长、副局长。请按时到会，不得缺席。",
    ]
    file = read_docx(io.BytesIO(made))
    section = file.sections[0]
    measures = (section.page_width, section.page_height, section.top_margin, section.left_margin)
    assert [round(length.mm) for length in measures if length is not None] == [210, 297, 37, 28]
    head = file.paragraphs[0].runs[0]
    assert (str(head.font.color.rgb), head.font.name) == ("C8102E", "方正小标宋简体")
    body = next(p for p in file.paragraphs if p.text.startswith("时间："))
    assert (body.runs[0].font.name, body.runs[0].font.size, body.paragraph_format.line_spacing) == (
        "仿宋",
        Pt(16),
        Pt(28),
    )


def test_a_deadline_within_the_day_is_said_as_an_office_does_and_to_the_minute_in_the_annex(county: County) -> None:
    """Seen: 应于2018年12月6日11时20分前整改办结 in the body."""
    row = one(county)
    names = ("number", "stage", "issued_at", "reason", "demand_due_at", "deemed_at", "hash")
    for due, said in (("03:20", "上午"), ("08:07", "下午"), ("01:00", "9时前"), ("09:30", "下班前")):
        content = {**row.content, "due_at": f"2018-12-06T{due}:00+00:00"}
        figures = papers.figures(Paper(**{name: getattr(row, name) for name in names}, content=content))
        assert f"应于2018年12月6日{said}整改办结" in figures["why"][0]
        assert re.search(r"时\d", "".join([*figures["why"], figures["demand"], figures["receipt"]])) is None
        assert figures["due"].endswith(f"时{due[3:]}分")


def test_where_nothing_is_assessed_a_paper_says_no_result_suffers(county: County) -> None:
    """Seen: under the monitoring without an assessment plan a paper named 考核指标 and 全县考核成绩."""
    row = one(county)
    content = {
        **row.content,
        "item": {**row.content["item"], "work": {"zh": "防止返贫监测帮扶工作", "en": "monitoring"}},
    }
    why = papers.figures(Paper(**{c.key: getattr(row, c.key) for c in Paper.__table__.columns} | {"content": content}))[
        "why"
    ][0]
    assert "该项工作属于防止返贫监测帮扶工作第1项（减贫）。" in why
    assert "考核" not in why
    # The monitoring as shipped has no assessment plan; the notice of 2018 is one.
    for path in SCHEMES:
        scheme = shipped_scheme(path)
        kind = next(kind.code for kind in scheme.kinds if kind.indicator)
        item = paper_content.item_of(place_of(scheme, 2018), Ticket(kind=kind))
        assert item is not None
        assert ("work" in item) == (not scheme.ranks) == (path.stem == "fanpin-monitoring")


def test_the_course_as_docx_has_the_rows_of_the_sheet(county: County) -> None:
    with county.write() as session:
        paper_actions.answer(session, county.people["water"], day(21), "2018:华扶办:1", "张三家在办")
    with county.read() as session:
        course = paper_timeline.course(session, county.people["office"], "2018:华扶办:1")
    sheet = papers.course_sheet(course)
    made = paper_documents.course_docx(course)
    assert made == paper_documents.course_docx(course)
    paragraphs, rows = _texts(made)
    assert paragraphs[:3] == [sheet.title, sheet.under, "文书"]
    assert [text for part in sheet.sections for text in part.text] == [p for p in paragraphs[3:] if len(p) > 5]
    assert rows == [sheet.sections[1].tables[0].head, *sheet.sections[1].tables[0].rows]


def test_the_course_names_the_deputy_and_in_whose_stead_the_act_was(county: County) -> None:
    with county.write() as session:
        users = {}
        for name, called in (("li", "李四"), ("wang", "王五")):
            new = NewUser(name=name, role="bureau", unit="water", display_name=called)
            users[name] = accounts.create_user(session, system(), START, new)
        appoint(session, users["li"], "duty", START)
        appoint(session, users["wang"], "deputy", day(20), stands_for="li", until_day=local_date(day(25)).isoformat())
    with county.write() as session:
        deputy = acting(session, session.get_one(User, users["wang"].id), day(21))
        paper_actions.answer(session, deputy, day(21), "2018:华扶办:1", "已约施工队进场")
    with county.read() as session:
        found = paper_timeline.course(session, county.people["office"], "2018:华扶办:1")
    rows = papers.course_sheet(found).sections[1].tables[0].rows
    assert [row[2] for row in rows if row[1] == "书面答复"] == ["县水务局 王五代李四"]
    with county.read() as session:
        view = paper_views.paper_view(session, county.people["office"], "2018:华扶办:1")
    assert view.away == {("receipt", 1): "李四", ("answer", 1): "李四"}


def test_words_follow_what_is_to_be_done(county: County) -> None:
    row = one(county)
    content = {**row.content, "work": "report", "kind": {"zh": "半年工作总结（报领导小组）", "en": "summary"}}
    session_less = Paper(
        **{
            name: getattr(row, name)
            for name in ("number", "stage", "issued_at", "reason", "demand_due_at", "deemed_at")
        },
        content=content,
        hash=row.hash,
    )
    said = papers.figures(session_less)
    assert said["title"] == "关于逾期未报送半年工作总结的supervise通知书"
    assert "仍未报送" in said["why"][0]
    assert "整改" not in said["title"] + said["why"][0]
    # A paper from before there was one series keeps its number.
    session_less.number = "2018:3:7"
    assert papers.number(session_less) == "supervise〔2018〕第7号"


@pytest.mark.one_database("sqlite")
def test_a_seal_of_42_mm_finds_its_room_on_the_day_and_below_the_text(county: County) -> None:
    """GB/T 9704-2012, 7.3.5.1: name over the day and centred on it, both below the middle of the seal, whose top stands within
    one line of the text; the day four characters from the edge."""
    *text, name, day = lines(pages("paper", papers.figures(one(county)))[-2])
    character, line, radius = 16 * 25.4 / 72, 28 * 25.4 / 72, 21
    assert abs((name[2] + name[3]) / 2 - (day[2] + day[3]) / 2) < 1
    # 日 is narrower than its square.
    assert abs(210 - 26 - 4 * character - day[3]) < 2
    centre = (name[0] + day[1]) / 2 - 3
    assert 0 < centre - radius - text[-1][1] <= line
    assert name[0] > centre - radius
    assert day[1] < centre + radius
    # DOCX has the same room: two empty lines of 28 points.
    drawn = read_docx(io.BytesIO(paper_documents.docx(one(county)))).paragraphs
    at = next(n for n, each in enumerate(drawn) if each.text == "五华县扶贫开发领导小组办公室" and n > 3)
    assert [(each.text, each.paragraph_format.line_spacing) for each in drawn[at - 2 : at]] == [("", Pt(28))] * 2
    assert drawn[at - 3].text.startswith("附件：")


def wording(county: County, rung: int, reason: str, form: int = 2) -> str:
    paper = one(county)
    paper.rung, paper.reason, paper.content = rung, reason, {**paper.content, "form": form}
    return str(papers.figures(paper)["why"][1])


@pytest.mark.one_database("sqlite")
def test_a_reason_does_not_say_again_that_the_work_is_late(county: County) -> None:
    """Seen: 逾期未办理 twice in one 约谈."""
    decided = "鉴于上述情况，决定对你单位予以supervise。"
    for reason, told in (
        ("逾期未办理，群众反映强烈", "群众反映强烈。"),
        ("多次催办无回音；至今逾期11个工作日未整改办结", "多次催办无回音。"),
        ("你单位逾期未办结。", ""),
        ("逾期后才派人到村", "逾期后才派人到村。"),
        ("屡催不办", "屡催不办。"),
    ):
        assert wording(county, 4, reason) == told + decided, reason
    # What was issued in the words of before is printed in them.
    assert wording(county, 4, "逾期未办理", 1) == "逾期未办理。" + decided


@pytest.mark.one_database("sqlite")
def test_the_last_rung_proposes_a_case_and_says_no_more(county: County) -> None:
    """Seen: 决定对你单位予以问责, while a case is only proposed and may end without fault."""
    assert wording(county, 5, "屡催不办") == "屡催不办。鉴于上述情况，现提请对你单位启动问责程序，是否立案另行通知。"
