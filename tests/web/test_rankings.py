"""Rankings over HTTP: printed, proved, read, signed, objected to, corrected; reported figures."""

import html
import json
import re
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine, select, update

import worker
from models import Event, Ranking, ReportedFigure, User
from reports import household_file
from tests.support.command_line import Line
from tests.support.factories import START, settle_county
from tests.support.http_clients import PASSWORD, Api, Visitor
from tests.support.rankings import ranked_scheme, report
from tests.support.signing import lead
from tests.support.texts import SENTENCE
from web.auth import HASHER
from workflow.accountability import sweep_watch
from workflow.assessment.ranking import rankings
from workflow.policy.worktime import SHANGHAI
from workflow.register import household_record

pytestmark = pytest.mark.one_database("postgresql")

HOUR = datetime(2018, 11, 30, 17, 0, tzinfo=SHANGHAI)


@pytest.fixture
def ranked(engine: Engine, database_url: str, tmp_path: Path) -> Api:
    county = settle_county(engine, ranked_scheme())
    lead(county, "water", "power", "office")
    api = Api(county, database_url, tmp_path / "files")
    api.now = HOUR + timedelta(hours=1)
    hashed = HASHER.hash(PASSWORD)
    with county.write() as session:
        session.execute(update(User).values(password_hash=hashed))
    return api


def enter(api: Api, name: str) -> Visitor:
    visitor = Visitor(api)
    assert visitor.enter(name).status_code == 302
    return visitor


def _rank(engine: Engine, at: datetime) -> int:
    """The rankings made by the worker at a moment."""
    return worker.rank(engine, lambda: at)


def test_the_command_makes_prints_and_proves_it(engine: Engine, database_url: str, tmp_path: Path) -> None:
    settle_county(engine, ranked_scheme())
    line = Line(database_url, tmp_path)
    line.now = HOUR + timedelta(days=2)
    said = line.said("rank", "--on", "2018-11-30").splitlines()
    assert said[0] == "2018-11-30 #1"
    # Nothing is known but that no household has been looked at: too little to be placed.
    assert re.fullmatch(r"–\t[甲乙]镇\t0\.00\t37%\t1–2", said[1])
    assert said[3:5] == ["各镇均无数据、未计入排名的指标：按时率、参保率", "县供电局应填报未填报：参保率"]
    assert re.fullmatch(r"[0-9a-f]{64}", said[-1])
    # Without a date: the last ranking day that has passed.  Proved, the hash stands twice.
    assert line.said("rank", "--prove").splitlines()[-2:] == [said[-1], said[-1]]
    for day, word in (("2018-11-29", "10"), ("2018-12-10", "17:00"), ("30.11.", "2018")):
        refused = line.run("rank", "--on", day)
        assert refused.exit_code == 1
        assert word in refused.stderr


def test_the_command_says_how_much_of_a_score_is_a_units_own_word(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    county = settle_county(engine, ranked_scheme())
    report(county, HOUR, 90)
    line = Line(database_url, tmp_path)
    line.now = HOUR + timedelta(days=2)
    said = line.said("rank", "--on", "2018-11-30").splitlines()
    assert [text.split("\t")[-1] for text in said[1:3]] == ["其中自报、暂计25%"] * 2


def test_the_worker_makes_what_is_due_once_also_after_a_february_it_slept_through(engine: Engine) -> None:
    county = settle_county(engine, ranked_scheme())
    late = HOUR + timedelta(days=12)
    # Down over the 20th and 30th of November and the 10th of December.
    assert worker.rank(engine, lambda: late) == 3
    assert worker.rank(engine, lambda: late) == 0
    # One was made by hand in January; those missed before it are made up too.
    for year, last, missed in ((2019, 28, 4), (2020, 29, 32)):
        january = datetime(year, 1, 30, 17, 0, tzinfo=SHANGHAI)
        with county.write() as session:
            rankings.make(session, None, january, january.date())
        # Down over the 10th and the 20th; the last day of February stands for the 30th.
        back = datetime(year, 2, last, 17, 1, tzinfo=SHANGHAI)
        with county.write() as session:
            sweep_watch.heartbeat(session, worker.name(), back, starting=True)
        assert [_rank(engine, back) for _ in range(2)] == [missed + 3, 0]
        with county.read() as session:
            made = session.scalars(select(Ranking).where(Ranking.on > january.date()).order_by(Ranking.on)).all()
            assert [(row.on.month, row.on.day) for row in made] == [(2, 10), (2, 20), (2, last)]
            for row in made:
                # Of its own hour, however late; and worked out again it is the same.
                assert row.as_of == datetime(year, 2, row.on.day, 17, 0, tzinfo=SHANGHAI)
                assert rankings.recompute(session, row).hash == row.hash


def test_it_is_read_over_the_api_as_the_contract_says(ranked: Api) -> None:
    assert ranked.call("office", "GET", "/rankings/2018-11-30").status_code == 404
    worker.rank(ranked.county.engine, lambda: HOUR)
    body = ranked.call("town", "GET", "/rankings/2018-11-30").json
    assert (body["date"], len(body["hash"])) == ("2018-11-30", 64)
    assert {line["town"] for line in body["county"]} == {"甲镇", "乙镇"}
    assert all(set(line) == {"town", "place", "score", "coverage", "best", "worst"} for line in body["county"])
    # The measures without data, and whose figures they are.
    assert (body["without_data"], body["formula_version"]) == (["time", "told"], 7)
    assert body["owed"] == [{"unit": "县供电局", "measure": "told", "towns": ["甲镇", "乙镇"]}]
    (water,) = [entry for entry in body["units"] if entry["unit"] == "县水务局"]
    assert len(water["towns"]) == 2
    rows = ranked.call("office", "GET", "/rankings/2018-11-30/figures/haves/甲镇").json["items"]
    assert [(row["term"], row["count"]) for row in rows] == [("households.all_met", 0), ("households.pre_exit", 3)]
    assert rows[1]["rows"] == ["A1", "A2", "A3"]
    assert ranked.call("other_town", "GET", "/rankings/2018-11-30/figures/haves/甲镇").status_code == 403
    assert ranked.call("admin", "GET", "/rankings").status_code == 403
    days = [item["date"] for item in ranked.call("village", "GET", "/rankings").json["items"]]
    assert days == ["2018-11-30", "2018-11-20"]


def test_a_unit_reports_over_the_api_and_is_told_what_is_wrong(ranked: Api) -> None:
    good = {
        "measure": "told",
        "up_to": "2018-11-28",
        "source": "参保系统",
        "figures": [{"town": "甲镇", "numerator": 1, "denominator": 2}],
    }
    assert ranked.post("power", "/figures", good).json == {"recorded": 1}
    assert ranked.post("power", "/figures", good).json == {"recorded": 0}
    assert ranked.post("water", "/figures", good).status_code == 403
    for wrong in (
        {"figures": "甲镇"},
        {"figures": [1]},
        {"up_to": "28.11."},
        {"source": ""},
        {"measure": "x"},
        {"figures": [{"town": "甲镇", "numerator": True, "denominator": 2}]},
    ):
        assert ranked.post("power", "/figures", good | wrong).status_code == 422, wrong


def test_figures_come_in_by_spreadsheet_seen_before_they_are_recorded(ranked: Api) -> None:
    path, rows = "/figures/file", "指标,镇,截至日期,分子,分母,依据\n参保率,甲镇,2018/11/28,90,100,参保系统\n"
    rows += '参保率,乙镇,2018年11月28日,"1,095",1100,参保系统\n参保率,丙镇,2018-11-28,1,2,参保系统\n'
    rows += "达标率,甲镇,2018-11-28,1,2,参保系统\n参保率,甲镇,2018-11-28,90,100,参保系统\n参保率,甲镇,2018-12-28,3,2,参保系统\n"
    power = enter(ranked, "power")

    def sent(text: str) -> str:
        return str(
            power.post(path, {"file": (BytesIO(text.encode("gb18030")), "数据.csv")}, path).get_data(as_text=True)
        )

    def figures() -> list[tuple[int, int, str]]:
        with ranked.county.read() as session:
            query = session.scalars(select(ReportedFigure).order_by(ReportedFigure.id))
            return [(row.numerator, row.denominator, row.reason) for row in query]

    def record(page: str, reason: str = "") -> str:
        along = html.unescape(re.search(r'name="rows" value="([^"]*)"', page, re.DOTALL)[1])  # type: ignore[index]
        form = {"rows": along, "act": "record", "reason": reason}
        return str(power.post(path, form, path).get_data(as_text=True))

    page = sent(rows)
    assert "2条可登记，0条已登记，4条退回" in page
    for why in ("“丙镇”", "达标率", "第2行已填有甲镇", "第7行"):
        assert why in page, why
    assert figures() == []
    unlike = sent("\n".join(rows.splitlines()[:2]) + "\n参保率,甲镇,2018-11-28,91,100,参保系统\n")
    assert "0条可登记，0条已登记，2条退回" in unlike
    assert "第3行对甲镇同一指标、同一日期填的是91/100" in unlike
    assert "已登记数据2条" in record(page)
    assert figures() == [(90, 100, ""), (1095, 1100, "")]
    # The same file once more: nothing new.  A changed one needs a reason, as when it is typed.
    good = "\n".join(rows.splitlines()[:3])
    assert "0条可登记，2条已登记，0条退回" in sent(good)
    changed = sent(good.replace(",90,", ",96,"))
    assert "请填写更正原因" in changed
    assert "已登记数据1条" in record(changed, "漏计新参保人员")
    assert figures()[2:] == [(96, 100, "漏计新参保人员")]
    # An unreadable file is one sentence; a unit that reports nothing has no such page.
    assert "分母" in sent(rows.replace("分母", "其他"))
    assert power.post(path, {"file": (BytesIO(b"%PDF-1.7"), "x.csv")}, path).status_code == 422
    assert enter(ranked, "water").get(path).status_code == 403
    sheet = power.get("/figures/file.xlsx")
    read = CalamineWorkbook.from_filelike(BytesIO(sheet.data)).get_sheet_by_index(0).to_python()
    assert [row[:2] for row in read] == [["指标", "镇"], ["参保率", "甲镇"], ["参保率", "乙镇"]]
    assert [row[6:] for row in read[:2]] == [
        ["本期无此项说明", "分子填什么", "分母填什么"],
        ["", "已完成户数", "应完成户数"],
    ]
    sheet.close()


def test_programs_sign_object_and_answer(ranked: Api) -> None:
    worker.rank(ranked.county.engine, lambda: HOUR)
    path = "/rankings/2018-11-30"
    drafted = ranked.post("water", f"{path}/sign", {"remark": "本期重点是饮水"})
    assert (drafted.status_code, drafted.json["date"]) == (200, "2018-11-30")
    for given, field in (({"measure": "haves"}, "reason"), ({"reason": "该两户已入户核查"}, "measure")):
        refused = ranked.post("town", f"{path}/objections", given)
        assert (refused.status_code, refused.json["field"]) == (422, field)
    made = ranked.post("town", f"{path}/objections", {"measure": "haves", "reason": "该两户已入户核查"})
    assert (made.status_code, made.json) == (201, {"id": 1, "date": "2018-11-30", "measure": "haves"})
    refused = ranked.post("office", "/objections/1/answer", {"upheld": False})
    assert (refused.status_code, refused.json["field"]) == (422, "reason")
    ruled = ranked.post("office", "/objections/1/answer", {"upheld": False, "reason": "截止当日尚未核查"})
    assert (ruled.status_code, ruled.json) == (200, {"id": 1, "upheld": False})
    shown = enter(ranked, "town").get(path).get_data(as_text=True)
    assert [text in shown for text in ("本期重点是饮水", "该两户已入户核查", "截止当日尚未核查")] == [True] * 3


def test_pages_sign_object_answer_and_correct(ranked: Api) -> None:
    worker.rank(ranked.county.engine, lambda: HOUR)
    path = "/rankings/2018-11-30"
    water = enter(ranked, "water")
    assert "提交拟稿" in water.get(path).get_data(as_text=True)
    assert water.post(path, {"act": "sign", "remark": "本期重点是饮水"}, path).status_code == 302
    assert "本期重点是饮水" in water.get(path).get_data(as_text=True)
    town = enter(ranked, "town")
    refused = town.post(path, {"act": "object", "measure": "haves", "reason": " "}, path)
    assert refused.status_code == 422
    assert "请填写“理由”。" in refused.get_data(as_text=True)
    assert town.post(path, {"act": "object", "measure": "haves", "reason": "该两户已入户核查"}, path).status_code == 302
    office = enter(ranked, "office")
    assert "该两户已入户核查" in office.get(path).get_data(as_text=True)
    assert (
        office.post(
            path, {"act": "answer", "objection": "1", "upheld": "yes", "reason": "已入户核对属实"}, path
        ).status_code
        == 302
    )
    unchanged = office.post(path, {"act": "correct", "reason": "核对后更正"}, path)
    assert unchanged.status_code == 409
    # What was typed is still there.
    assert "核对后更正" in unchanged.get_data(as_text=True)
    power = enter(ranked, "power")
    form = {
        "up_to": "2018-11-28",
        "source": "参保系统",
        "of-town-a": "1",
        "to-town-a": "x",
        "of-town-b": "7",
        "to-town-b": "9",
    }
    wrong = power.post("/figures/told", form, "/figures/told")
    assert wrong.status_code == 422
    assert 'value="x"' in wrong.get_data(as_text=True)
    # 0 of 0 says nothing: refused at its box, which is marked, named and in view, and nothing typed is lost.
    empty = power.post("/figures/told", form | {"of-town-a": "0", "to-town-a": "0"}, "/figures/told")
    assert empty.status_code == 422
    box = re.search(r'<input[^>]*name="to-town-a"[^>]*>', empty.get_data(as_text=True))
    assert box is not None
    assert [mark for mark in ("is-invalid", 'aria-invalid="true"', "autofocus") if mark not in box[0]] == []
    assert 'id="to-town-a-wrong">甲镇：分母不能为0' in empty.get_data(as_text=True)
    assert 'value="7"' in empty.get_data(as_text=True)
    assert power.post("/figures/told", form | {"to-town-a": "2"}, "/figures/told").status_code == 302
    assert office.post(path, {"act": "correct", "reason": "县供电局补报"}, path).status_code == 302
    page = office.get(path).get_data(as_text=True)
    assert "第2版" in page
    assert "县供电局补报" in page
    assert "已有新版" in office.get(f"{path}?edition=1").get_data(as_text=True)
    behind = office.get(f"{path}/told/town-a").get_data(as_text=True)
    assert "参保系统" in behind
    assert 'href="/households/A1"' in office.get(f"{path}/haves/town-a").get_data(as_text=True)


def test_files_that_prove_a_figure_are_brought_and_opened_from_where_it_comes_from(ranked: Api) -> None:
    ranked.now = HOUR - timedelta(hours=1)
    path, power = "/figures/told", enter(ranked, "power")
    form = {"up_to": "2018-11-28", "source": "参保系统", "of-town-a": "90", "to-town-a": "100"}

    def sent(to: str, form: dict[str, str], **files: tuple[bytes, str]) -> Any:
        return power.post(to, form | {name: (BytesIO(file), called) for name, (file, called) in files.items()}, to)

    refused = sent(path, form, file=(b"MZ\x00\x01", "名册.exe"))
    page = refused.get_data(as_text=True)
    assert (refused.status_code, 'value="参保系统"' in page, 'value="90"' in page) == (422, True, True)
    assert 'id="file-wrong"' in page
    assert sent(path, form, file=("甲镇,90".encode(), "名册.csv")).status_code == 302
    # Its unit opens it at once; other units upload and open nothing.
    mine = power.get("/figures/files/1")
    assert "名册.csv" in power.get(path).get_data(as_text=True)
    assert (mine.get_data(as_text=True), "attachment" in mine.headers["Content-Disposition"]) == ("甲镇,90", True)
    assert "sandbox" in mine.headers["Content-Security-Policy"]
    for who in ("water", "town", "village", "admin"):
        assert enter(ranked, who).get("/figures/files/1").status_code == 404, who
    # By spreadsheet: a refused file leaves the preview standing.
    rows = "指标,镇,截至日期,分子,分母,依据\n参保率,乙镇,2018-11-28,95,100,参保系统\n"
    page = sent("/figures/file", {}, file=(rows.encode(), "数据.csv")).get_data(as_text=True)
    along = html.unescape(re.search(r'name="rows" value="([^"]*)"', page, re.DOTALL)[1])  # type: ignore[index]
    refused = sent("/figures/file", {"rows": along, "act": "record"}, proof=(b"MZ\x00\x01", "x.exe"))
    assert (refused.status_code, "1条可登记" in refused.get_data(as_text=True)) == (422, True)
    done = sent("/figures/file", {"rows": along, "act": "record"}, proof=(rows.encode(), "数据.csv"))
    assert "已登记数据1条" in done.get_data(as_text=True)
    # Over the API: a form; the same key the same answer.
    body = {
        "measure": "told",
        "up_to": "2018-11-28",
        "source": "参保系统",
        "reason": "漏计",
        "figures": [{"town": "甲镇", "numerator": 91, "denominator": 100}],
    }
    auth = {"Authorization": f"Bearer {ranked.tokens['power']}", "Idempotency-Key": "k"}
    for part, status in (
        (json.dumps(body), 201),
        (json.dumps(body), 201),
        (json.dumps(body | {"reason": SENTENCE}), 409),
        ("[", 422),
    ):
        data = {"report": part, "file": (BytesIO("甲镇,91".encode()), "更正.txt")}
        assert ranked.client.post("/api/v1/figures", data=data, headers=auth).status_code == status
    # Once ranked, the readers of a figure's origin may open its files, and no one else.
    ranked.now = HOUR
    worker.rank(ranked.county.engine, lambda: HOUR)
    office, origin = enter(ranked, "office"), "/rankings/2018-11-30/told/town-a"
    assert f'href="{origin}/files/3?edition=1"' in office.get(origin).get_data(as_text=True)
    assert office.get(f"{origin}/files/1").status_code == 404
    for who, status in (
        ("office", 200),
        ("leaders", 200),
        ("town", 200),
        ("power", 200),
        ("other_town", 403),
        ("housing", 403),
        ("village", 403),
        ("admin", 403),
    ):
        assert enter(ranked, who).get(origin).status_code == status, who
        answer = enter(ranked, who).get(f"{origin}/files/3")
        assert answer.status_code == status, who
        assert ("%E6%9B%B4%E6%AD%A3.txt" in str(answer.headers)) == (who in ("office", "town", "power")), who
    api = "/rankings/2018-11-30/figures/told"
    (file,) = ranked.call("town", "GET", f"{api}/甲镇").json["items"][0]["files"]
    assert (file["filename"], file["media_type"]) == ("更正.txt", "text/plain")
    assert ranked.call("town", "GET", f"{api}/甲镇/files/{file['id']}").get_data(as_text=True) == "甲镇,91"
    assert ranked.call("other_town", "GET", f"{api}/甲镇/files/3").status_code == 403
    assert ranked.call("other_town", "GET", f"{api}/乙镇/files/3").status_code == 404


def test_how_it_is_computed_is_a_page_and_a_paper_with_the_readers_own_town(ranked: Api) -> None:
    worker.rank(ranked.county.engine, lambda: HOUR)
    path = "/rankings/2018-11-30/formula"
    town, office = enter(ranked, "town"), enter(ranked, "office")
    page = town.get(path).get_data(as_text=True)
    assert "甲镇得分计算" in page
    # What each number counts stands at the number, in the example and in the list of measures.
    assert re.search(r"0户（[^）]+全部达标的[^）]+户数）\s*÷\s*3户（[^）]+户数）", page)
    assert re.search(r"已完成户数\s*÷\s*应完成户数", page)
    assert "分子 ÷" not in page
    assert re.search(r"得分高于本镇的镇\d+个，本镇排第\d+名", page) or "不排名" in page
    assert "没有数据，不计入" in page
    for name in ("达标率", "按时率", "参保率"):
        assert name in page
    # Readers without a town choose one.
    assert "各镇得分计算" in office.get(path).get_data(as_text=True)
    assert "乙镇得分计算" in office.get(f"{path}?town=town-b").get_data(as_text=True)
    assert town.get(f"{path}?town=water").status_code == 404
    assert town.get(f"{path}.pdf").data[:5] == b"%PDF-"
    assert ranked.call("village", "GET", "/rankings/2018-11-30/formula.pdf?town=乙镇").data[:5] == b"%PDF-"
    assert enter(ranked, "admin").get(path).status_code == 403


def test_the_ranking_is_read_in_english_too(ranked: Api) -> None:
    worker.rank(ranked.county.engine, lambda: HOUR)
    office = enter(ranked, "office")
    office.post("/language", {"language": "en", "next": "/"}, "/rankings")
    page = office.get("/rankings/2018-11-30").get_data(as_text=True)
    assert "Ranking of 2018-11-30" in page
    assert "Head of the chain" in page


def test_reports_are_issued_taken_received_and_late_ones_shown(ranked: Api) -> None:
    worker.rank(ranked.county.engine, lambda: HOUR)
    path = "/rankings/2018-11-30"
    water, power = enter(ranked, "water"), enter(ranked, "power")
    # A draft is for its unit and the office; no report is issued before signing.
    assert water.get(f"{path}/reports/water.docx").status_code == 200
    assert power.get(f"{path}/reports/water.docx").status_code == 403
    assert water.post(path, {"act": "issue"}, path).status_code == 409
    assert "请先拟稿" in water.post(path, {"act": "issue"}, path).get_data(as_text=True)
    water.post(path, {"act": "sign", "remark": "饮水为重点"}, path)
    assert "签发" in water.get(path).get_data(as_text=True)
    assert water.post(path, {"act": "issue"}, path).status_code == 302
    assert power.get(f"{path}/reports/water.docx").data == water.get(f"{path}/reports/water.docx").data
    pdf = power.get(f"{path}/reports/water.pdf")
    assert (pdf.data[:5], pdf.mimetype) == (b"%PDF-", "application/pdf")
    assert "attachment" in pdf.headers["Content-Disposition"]
    book = power.get(f"{path}/reports/water.xlsx")
    assert book.data[:2] == b"PK"
    book.close()
    # Over the API the same files, by the unit's code or name.
    for kind in ("docx", "pdf"):
        taken = ranked.call("power", "GET", f"/rankings/2018-11-30/reports/县水务局.{kind}")
        assert taken.data == power.get(f"{path}/reports/water.{kind}").data
    assert ranked.call("water", "GET", "/rankings/2018-11-30/reports/power.pdf").status_code == 403
    assert ranked.call("town", "GET", "/rankings/2018-11-30/sheets/甲镇.pdf").data[:5] == b"%PDF-"
    book = ranked.call("town", "GET", "/rankings/2018-11-30/ledger.xlsx")
    assert book.data[:2] == b"PK"
    book.close()
    assert ranked.call("town", "GET", "/rankings/2018-11-30/ledger.pdf?unit=water").status_code == 403
    assert enter(ranked, "admin").get(f"{path}/reports/water.pdf").status_code == 403
    for wrong in ("nobody.pdf", "water.exe", "town.pdf"):
        assert water.get(f"{path}/reports/{wrong}").status_code == 404
    leaders = enter(ranked, "leaders")
    assert leaders.post(path, {"act": "receive", "report": "1"}, path).status_code == 302
    assert power.post(path, {"act": "receive", "report": "1"}, path).status_code == 403
    reports = ranked.call("village", "GET", "/rankings/2018-11-30").json["reports"]
    assert (reports[0]["unit"], reports[0]["number"], reports[0]["late"]) == ("县水务局", "2018:华水务:1", False)
    # Signed on a Friday at six, when the office is closed: the paper bears Monday; who has issued none has no day.
    assert [(line["issued_at"], line["dated"]) for line in reports[:2]] == [
        ("2018-11-30T18:00:00+08:00", "2018-12-03"),
        (None, None),
    ]
    ranked.now = HOUR + timedelta(days=9)
    assert worker.call_rolls(ranked.county.engine, lambda: ranked.now) == 2
    assert worker.call_rolls(ranked.county.engine, lambda: ranked.now) == 0
    assert "逾期未报" in enter(ranked, "office").get(path).get_data(as_text=True)
    assert ranked.post("office", "/rankings/2018-11-30/reports", {}).status_code in (201, 409, 422)


def test_the_ledger_sheets_and_a_households_file_are_taken_by_whom_they_concern(ranked: Api) -> None:
    ranked.county.file("town", "A1", "water", START)
    worker.rank(ranked.county.engine, lambda: HOUR)
    path, number = "/rankings/2018-11-30", "2018-000001"
    office, town, water = enter(ranked, "office"), enter(ranked, "town"), enter(ranked, "water")
    before = office.get(f"{path}/ledger.pdf").data
    rows = {who: ledger_of(visitor, path) for who, visitor in (("office", office), ("town", town), ("water", water))}
    assert [line[1] for line in rows["office"]] == [number]
    assert rows["office"] == rows["town"] == rows["water"]
    assert rows["office"][0][2:8] == ["1", "饮水", "甲镇", "town-a-v1村", "A1", "县水务局"]
    assert ledger_of(enter(ranked, "power"), path) == []
    # A ticket closed afterwards was open at the hour: the same ledger, the same bytes.
    ranked.county.do("office", "cancel", 1, HOUR + timedelta(hours=2), reason="重复")
    ranked.now = HOUR + timedelta(hours=3)
    assert office.get(f"{path}/ledger.pdf").data == before
    assert ledger_of(office, path) == rows["office"]
    for reader, allowed in ((town, ("town-a",)), (water, ("water",)), (office, ("town-a", "town-b", "water"))):
        for unit in ("town-a", "town-b", "water"):
            assert reader.get(f"{path}/sheets/{unit}.pdf").status_code == (200 if unit in allowed else 403)
    assert enter(ranked, "village").get(f"{path}/ledger.pdf").status_code == 403
    assert town.get(f"{path}/sheets/leaders.pdf").status_code == 404
    for who, status in (("village", 200), ("leaders", 200), ("far_village", 404), ("power", 404)):
        answer = enter(ranked, who).get("/households/A1/file.pdf?ground=work")
        assert answer.status_code == status
    # Names stand in a file as the reader may see them.
    with ranked.county.read() as session:
        for who, named in (("village", True), ("office", True), ("leaders", False), ("inspectorate", False)):
            view = household_record.dossier(session, ranked.county.people[who], "A1", ranked.now)
            assert ("张三" in str(household_file.compose(view, (1, "0" * 64), ranked.now).figures())) == named, who
    with ranked.county.read() as session:
        lists = [event.given["list"] for event in session.scalars(select(Event).where(Event.action == "export"))]
    assert (lists.count("ledger"), lists.count("sheet"), lists.count("household_file")) == (7, 5, 2)


def ledger_of(visitor: Visitor, path: str) -> list[list[str]]:
    answer = visitor.get(f"{path}/ledger.xlsx")
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.data)).get_sheet_by_name("台账").to_python()[3:]
    answer.close()
    return [[str(cell) for cell in row] for row in rows]
