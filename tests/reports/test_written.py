"""Written reports: composed from the frozen snapshot and the unit's signed text, the same bytes each time, in three
formats.
"""

import io
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from zipfile import ZipFile

import pytest
from docx import Document as read_docx
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError

from models import Event, Ranking, Report, ReportRoll
from reports import anchor, figures_book, formula_sheet, word, written
from reports.document import Document
from reports.pdf_rendering import render_pdf
from tests.support.contexts import place_of
from tests.support.duties import NOWHERE
from tests.support.factories import County, settle_county, words
from tests.support.rankings import HOUR, ranked_scheme
from tests.support.scheme_cast import SCHEMES, shipped_scheme
from tests.support.signing import lead
from workflow.assessment.ranking import rankings, responses, written_reports
from workflow.county.context import county_context
from workflow.errors import Conflict, Duplicate, NotAllowed, NotFound, WrongState
from workflow.policy.scheme.model import Scheme
from workflow.policy.worktime import SHANGHAI
from workflow.verification.full_check import Finding, verify

ON = date(2018, 11, 30)
RARE = "本期重点：䶮石村、𬱖山村饮水。"


def graded_scheme() -> Scheme:
    scheme = ranked_scheme()
    grades = [
        {"code": "good", "name": words("好"), "floor": 90},
        {"code": "fair", "name": words("较好"), "floor": 80},
        {"code": "poor", "name": words("较差"), "floor": 0},
    ]
    content = scheme.model_dump(mode="json")
    content["ranking"] |= {"grades": grades, "target": "fair", "aim": "good"}
    content["county"]["copied_to"] = ["县委督查室"]
    return Scheme.model_validate(content)


@pytest.fixture
def county(engine: Engine) -> County:
    made = settle_county(engine, graded_scheme())
    lead(made, "water", "power", "housing", "poverty", "office")
    return made


def ranked(county: County, at: datetime = HOUR) -> int:
    with county.write() as session:
        return rankings.make(session, None, at, ON).id


def sign(county: County, who: str, row: int, remark: str = "") -> None:
    with county.write() as session:
        responses.sign(session, county.people[who], HOUR, session.get_one(Ranking, row), remark)


def issue(county: County, who: str, row: int, at: datetime) -> int:
    with county.write() as session:
        return written_reports.issue(session, county.people[who], at, session.get_one(Ranking, row)).id


def composed(county: County, report: int) -> tuple[Document, bytes, bytes, bytes]:
    with county.read() as session:
        report_row = session.get_one(Report, report)
        row = session.get_one(Ranking, report_row.ranking_id)
        setting = county_context(session, row.scheme_version_id)
        unit = setting.unit(report_row.unit_id)
        document = written.compose(setting, row, unit, report_row.content)
        with figures_book.workbook(setting, row, unit, document) as stream:
            book = stream.read()
    return document, render_pdf("report", document.figures(), row.made_at), word.docx(document, row.made_at), book


def test_a_report_is_signed_issued_numbered_and_received_once(county: County) -> None:
    row = ranked(county)
    morning = datetime(2018, 12, 3, 9, 0, tzinfo=SHANGHAI)
    with pytest.raises(WrongState, match="report_not_signed"):
        issue(county, "water", row, morning)
    with pytest.raises(NotAllowed, match="report_not_yours"):
        issue(county, "town", row, morning)
    sign(county, "water", row, RARE)
    sign(county, "power", row)
    first, second = issue(county, "water", row, morning), issue(county, "power", row, morning)
    with pytest.raises(Duplicate, match="report_issued"):
        issue(county, "water", row, morning)
    # Friday's ranking is due on Monday at noon; a unit that has not handed in by then is late, once.
    noon = datetime(2018, 12, 3, 12, 0, tzinfo=SHANGHAI)
    with county.read() as session:
        assert written_reports.to_call(session, noon) == []
        assert written_reports.to_call(session, noon + timedelta(days=9)) == [row]
    with county.write() as session:
        setting = county_context(session)
        roll = written_reports.call_roll(session, noon + timedelta(days=9), row)
        assert (roll.due_at, [setting.unit(unit).code for unit in roll.late]) == (
            noon,
            ["housing", "poverty", "office"],
        )
    with pytest.raises(Conflict, match="roll_called"), county.write() as session:
        written_reports.call_roll(session, noon + timedelta(days=9), row)
    with county.read() as session:
        assert written_reports.to_call(session, noon + timedelta(days=10)) == []
    # The compilation is the office's own report: numbered apart, with who was late.
    whole = issue(county, "office", row, noon + timedelta(hours=2))
    with county.read() as session:
        numbers = {r.id: r.number for r in session.scalars(select(Report))}
        assert numbers == {first: "2018:华水务:1", second: "2018:华供电:1", whole: "2018:华扶办:1"}
    with county.write() as session:
        written_reports.receive(session, county.people["leaders"], noon, first)
    for who, report, refusal in (
        ("leaders", first, Duplicate),
        ("office", second, NotAllowed),
        ("leaders", 999, NotFound),
    ):
        with pytest.raises(refusal), county.write() as session:
            written_reports.receive(session, county.people[who], noon, report)
    with county.read() as session:
        actions = session.scalars(select(Event.action).where(Event.subject_type == "ranking").order_by(Event.seq)).all()
    assert actions.count("issue_report") == 3
    assert {"receive_report", "roll_reports"} <= set(actions)
    assert findings(county) == []
    document, *_ = composed(county, whole)
    assert document.issuer.endswith("县扶贫开发领导小组办公室")
    said = "".join(text for part in document.sections for text in part.text)
    assert "已报2个" in said
    assert "逾期未报2个（县住建局、县扶贫局）" in said
    assert f"县水务局：{RARE}" in said
    # A tampered row and one without an event are found.
    with county.engine.begin() as connection:
        for table in ("report", "report_roll"):
            connection.execute(text(drop_guard(connection.dialect.name, table)))
        connection.execute(text("UPDATE report SET hash = 'x' WHERE id = :id"), {"id": second})
        connection.execute(text("UPDATE report_roll SET late = '[]'"))
    assert [(finding.code, finding.subject) for finding in findings(county)] == [
        ("report_differs", f"report {second}"),
        ("report_roll_differs", f"ranking {row}"),
    ]


def findings(county: County) -> list[Finding]:
    with county.read() as session:
        return verify(session, NOWHERE)


def drop_guard(dialect: str, table: str) -> str:
    return f"DROP TRIGGER {table}_refuse_update" + ("" if dialect == "sqlite" else f" ON {table}")


def test_reports_are_never_rewritten(county: County) -> None:
    row = ranked(county)
    sign(county, "water", row)
    issue(county, "water", row, HOUR)
    for statement in ("UPDATE report SET number = 'x'", "DELETE FROM report"):
        with pytest.raises(DBAPIError, match="append-only"), county.engine.begin() as connection:
            connection.execute(text(statement))


def test_the_same_report_is_the_same_bytes_and_all_formats_say_the_same(county: County) -> None:
    row = ranked(county)
    sign(county, "water", row, RARE)
    report = issue(county, "water", row, HOUR + timedelta(hours=1))
    before = composed(county, report)
    # What happens afterwards changes no report.
    sign(county, "power", row)
    issue(county, "power", row, HOUR + timedelta(hours=2))
    document, pdf, docx, book = composed(county, report)
    assert (pdf, docx, book) == before[1:]
    assert pdf.startswith(b"%PDF-")
    # No file carries the hour it was written, but that of its snapshot.
    for data, stamp in ((docx, (2018, 11, 30, 17, 0, 0)), (book, (1980, 1, 31, 0, 0, 0))):
        with ZipFile(io.BytesIO(data)) as parts:
            assert {entry.date_time for entry in parts.infolist()} == {stamp}
            assert set(re.findall(r">(\d{4}-\d\d-\d\dT[^<]*)<", parts.read("docProps/core.xml").decode())) == {
                "2018-11-30T09:00:00Z"
            }
    paragraphs = read_docx(io.BytesIO(docx))
    lines = [paragraph.text for paragraph in paragraphs.paragraphs]
    wanted = [text for part in document.sections for text in [part.title, *part.text] if text]
    assert [line for line in lines if line in wanted] == wanted
    assert RARE in wanted
    assert document.to == "五华县扶贫开发领导小组："
    cells = [[cell.text for cell in line.cells] for line in paragraphs.tables[0].rows]
    assert cells == [document.sections[1].tables[0].head, *document.sections[1].tables[0].rows]
    with county.read() as session:
        snapshot = session.get_one(Ranking, row)
        assert {snapshot.hash, snapshot.content["block"][1]} <= set(lines)
        assert snapshot.hash in anchor.text(snapshot)
        read = CalamineWorkbook.from_filelike(io.BytesIO(book))
        _, (under, *_), head, *rows = read.get_sheet_by_name("指标明细").to_python()
        # Whoever is sent the workbook alone sees which document it belongs to and who signed that.
        assert str(under).endswith(f"　文号：{document.number}　签发人：{document.signer}")
        assert document.signer
        proof = {line[0]: line[1] for line in read.get_sheet_by_name("校验").to_python() if len(line) > 1}
        assert (proof["文号"], proof["签发人"]) == (document.number, document.signer)
        draft = replace(document, draft=True, number="", signer="")
        with figures_book.workbook(
            county_context(session), snapshot, county_context(session).by_code["water"], draft
        ) as made:
            said = CalamineWorkbook.from_filelike(made).get_sheet_by_name("指标明细").to_python()[1][0]
        assert str(said).endswith("　状态：草稿，未签发")
        towns = [unit.name for unit in county_context(session).units.values() if unit.type == "town"]
        there = [
            [[line["of"] if line["to"] else "—", line["to"] or "—"] for line in entry["towns"]]
            for entry in snapshot.content["measures"]
            if entry["code"] in ("haves", "time")
        ]
        scores = [
            ["—" if line["score"] is None else line["score"] / 100 for line in entry["towns"]]
            for entry in snapshot.content["measures"]
            if entry["code"] in ("haves", "time")
        ]
    assert head[:5] == ["序号", "项", "栏目", "指标或统计内容", "单位"]
    assert sorted(head[5:]) == sorted(towns)
    sorts = {sort: [line[5:] for line in rows if line[2] == sort] for sort in ("分子", "分母", "得分", "名次")}
    assert [
        [list(pair) for pair in zip(of, to, strict=True)] for of, to in zip(sorts["分子"], sorts["分母"], strict=True)
    ] == there
    assert sorts["得分"] == scores
    # What a number counts stands before it.
    assert all(line[3] for line in rows)


def test_a_report_is_measured_against_the_grade_aimed_at(county: County) -> None:
    row = ranked(county)
    sign(county, "water", row)
    document, *_ = composed(county, issue(county, "water", row, HOUR))
    said = "".join(document.sections[1].text)
    with county.read() as session:
        content = session.get_one(Ranking, row).content
    (entry,) = [entry for entry in content["units"] if entry["unit"] == "water"]
    # Half of what it ranks on has no data.
    assert "有2个镇数据不全（最少的按已有数据50%计算）" in said
    mean = round(sum(line["score"] for line in entry["towns"]) / 2)
    assert "“较好”的目标等次（80分及以上）" in said
    assert (f"距目标{(8000 - mean) / 100:.2f}分" in said) == (mean < 8000)
    assert f"未达到“较好”的镇{sum(1 for line in entry['towns'] if line['score'] < 8000)}个" in said


def test_nobody_is_late_whose_roll_is_called_in_time_and_a_roll_is_once(county: County) -> None:
    row = ranked(county)
    for who in ("water", "power", "housing", "poverty", "office"):
        if who != "office":
            sign(county, who, row)
        issue(county, who, row, HOUR + timedelta(hours=1))
    with county.write() as session:
        assert written_reports.call_roll(session, HOUR + timedelta(days=30), row).late == []
    with county.read() as session:
        assert len(session.scalars(select(ReportRoll)).all()) == 1


def test_the_formula_sheet_names_what_each_number_counts_and_its_unit(county: County) -> None:
    row = ranked(county)
    with county.read() as session:
        snapshot = session.get_one(Ranking, row)
        setting = county_context(session, snapshot.scheme_version_id)
        sheet = formula_sheet.formula_sheet(setting, snapshot, setting.by_code["town-a"])
    measures, counts = sheet.sections[1].tables[0].rows, sheet.sections[2].tables[0].rows
    assert ["已完成户数", "应完成户数"] in [line[2:4] for line in measures]
    assert all("填报" not in cell for line in measures for cell in line)
    assert any(line[2].endswith("户") for line in counts)


def test_a_ranking_that_needs_an_assessment_plan_cites_the_plan() -> None:
    """Seen: under the monitoring the guidance, which asks for no ranking, was named as what asks for it."""
    cited = {}
    for path in SCHEMES:
        scheme = shipped_scheme(path)
        number = scheme.assessment_plan.number or "五考办〔2026〕2号"
        plan = scheme.assessment_plan.model_copy(update={"number": number})
        setting = place_of(scheme.model_copy(update={"assessment_plan": plan}), 2018)
        row = Ranking(on=ON, as_of=HOUR, made_at=HOUR, edition=1, hash="", content={})
        (cited[path.stem],) = written.opening(setting, row, "全县各镇排名").text
    assert cited["fanpin-monitoring"].startswith("根据考核方案（五考办〔2026〕2号）关于每月")
    assert cited["wuhua-2018"].startswith("根据《")
