"""Register imports through pages and command line, and exported lists."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update

from models import Event, EventSecret, HeadingChoice, Household, Member, RegisterImport
from tests.support.factories import settle_county
from tests.support.http_clients import Api
from tests.support.spreadsheets import HEADS, IDS, text, xlsx
from tests.support.xls import Formula, xls
from worker import imports as work_on_imports
from workflow.register.spreadsheets import sheet_reader

pytestmark = pytest.mark.one_database("sqlite")

GOOD = ("H1", "张三", IDS[0], "甲镇", "town-a-v1村", "普通劳动力", "13812345678", "3")
BAD = ("H2", "李4", "441424199001011", "甲镇", "town-a-v1村", "=1+1", "13912345678", "2")
STRANGE = ("号头", *HEADS[1:])


@pytest.fixture
def api(engine: Engine, database_url: str, tmp_path: Path) -> Api:
    return Api(settle_county(engine, households=0), database_url, tmp_path / "files")


def get(api: Api, who: str, path: str) -> Any:
    return api.client.get(path, headers={"Authorization": f"Bearer {api.tokens[who]}"})


def post(api: Api, who: str, path: str, **data: Any) -> Any:
    return api.client.post(path, data=data, headers={"Authorization": f"Bearer {api.tokens[who]}"})


def bring(api: Api, stream: io.BytesIO, who: str = "office") -> str:
    """Uploads a file; returns the address of the import."""
    answer = post(api, who, "/imports", file=(stream, "档案.xlsx"))
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return str(answer.headers["Location"])


def status(api: Api) -> str:
    with api.county.read() as session:
        return session.scalars(select(RegisterImport.status)).one()


def households(api: Api) -> int:
    with api.county.read() as session:
        return session.scalar(select(func.count()).select_from(Household)) or 0


def table(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200
    content = answer.get_data()
    answer.close()
    return [cells for _, cells in sheet_reader.rows(io.BytesIO(content))]


def test_a_file_is_uploaded_previewed_applied_and_its_refused_rows_come_back(api: Api, tmp_path: Path) -> None:
    address = bring(api, xlsx(HEADS, GOOD, BAD))
    kept = [path for path in (tmp_path / "imports").iterdir() if path.is_file()]
    assert kept
    assert not any("张三".encode() in path.read_bytes() or path.read_bytes()[:2] == b"PK" for path in kept)
    assert post(api, "office", f"{address}/columns").status_code == 302
    preview = get(api, "office", address).get_data(as_text=True)
    assert status(api) == "read"
    assert households(api) == 0, "a preview writes nothing"
    assert "“户主姓名”不是姓名" in preview
    assert IDS[0] not in preview
    assert "441424199001011" not in preview
    # The second press of a double one leads to the same page.
    assert [post(api, "office", f"{address}/apply").status_code for _ in range(2)] == [302, 302]
    # Nor does a page that stood open make an applied file one that cannot be read.
    late = post(api, "office", f"{address}/columns")
    assert (late.status_code, "该文件已导入" in late.get_data(as_text=True)) == (409, True)
    assert (status(api), households(api)) == ("applied", 1)
    rows = table(get(api, "office", f"{address}/refused.xlsx?ground=work"))
    assert rows[0] == [*HEADS, "未通过原因"]
    assert rows[1][:5] == list(BAD[:5])
    assert rows[1][5] == "'=1+1"
    assert rows[1][-1].startswith("第3行：“户主姓名”不是姓名")
    assert not [p for p in (tmp_path / "imports").iterdir() if p.suffix != ".refused"]


def test_a_column_a_person_names_is_remembered_for_the_next_file(api: Api) -> None:
    address = bring(api, text(STRANGE, GOOD))
    refusal = post(api, "office", f"{address}/columns")
    assert refusal.status_code == 302
    assert status(api) == "failed"
    assert "户编号" in get(api, "office", address).get_data(as_text=True)
    fields = ["code", "head", "id_number", "town", "village", "labour", "phone", "people"]
    post(api, "office", f"{address}/columns", heading=list(STRANGE), field=fields)
    assert status(api) == "read"
    with api.county.read() as session:
        assert session.execute(select(HeadingChoice.heading, HeadingChoice.field)).all() == [("号头", "code")]
    other = bring(api, text(STRANGE, (*GOOD[:7], "4")))
    post(api, "office", f"{other}/columns")
    with api.county.read() as session:
        assert session.scalars(select(RegisterImport.status)).all() == ["read", "read"]


def test_an_xls_as_the_provincial_system_saves_it_comes_in_whole(api: Api) -> None:
    headings = (*HEADS, "出生日期", "是否低保", "2017年人均纯收入")
    day_of = date(int(IDS[0][6:10]), int(IDS[0][10:12]), int(IDS[0][12:14]))
    book = xls(
        ["五华县贫困户信息表"],
        headings,
        # Whole numbers in cells of their own, a day that is a number, a formula with the value it had.
        (*GOOD[:6], 13812345678, 3, day_of, True, Formula(4133.33)),
        ("H2", "李四", int(IDS[1]), *GOOD[3:6], 13912345678.0, 2.0, None, "否", 5000),
        (44142400100, "王五", IDS[2], *GOOD[3:6], "", 4, None, False, 4000.5),
        ("合计", None, None, None, None, None, None, 9),
        hidden=[HEADS, ("H9", "不在此", IDS[3], *GOOD[3:])],
    )
    content = book.getvalue()
    assert content[:4] == b"\xd0\xcf\x11\xe0"
    address = post(api, "office", "/imports", file=(book, "档案.xls")).headers["Location"]
    post(api, "office", f"{address}/columns")
    preview = get(api, "office", address).get_data(as_text=True)
    assert (status(api), households(api)) == ("read", 0)
    assert "第4行" in preview
    assert "身份证号码已被表格软件取" in preview
    post(api, "office", f"{address}/apply")
    with api.county.read() as session:
        rows = {row.code: row for row in session.scalars(select(Household))}
        assert sorted(rows) == ["44142400100", "H1", "H2"]
        assert [(row.people, row.income_fen, row.income_year) for _, row in sorted(rows.items())] == [
            (4, 400050, 2017),
            (3, 413333, 2017),
            (2, 500000, 2017),
        ]
        assert rows["H1"].phone_masked == "138****5678"
        head = session.scalars(select(Member).where(Member.household_id == rows["H1"].id)).one()
        assert (head.born_on, head.allowance) == (day_of, True)
        vault = api.app.extensions["xiaohao"].vault
        assert vault.open(head.id_sealed or "") == IDS[0]
        other = session.scalars(select(Member).where(Member.household_id == rows["H2"].id)).one()
        assert (other.name, other.id_sealed) == ("李四", None), "a destroyed number is left out"
    again = post(api, "office", "/imports", file=(io.BytesIO(content), "档案.xls")).headers["Location"]
    post(api, "office", f"{again}/columns")
    with api.county.read() as session:
        counts = session.scalars(select(RegisterImport.counts)).one()
    assert (counts["new"], counts["changed"], counts["unchanged"], counts["refused"]) == (0, 0, 3, 0)


def test_a_file_of_which_nothing_can_be_taken_is_not_said_to_be_known_already(api: Api) -> None:
    for rows, said in (((BAD,), "没有可导入的户"), ((GOOD,), "新增1"), ((GOOD, BAD), "可导入的内容与档案一致")):
        address = bring(api, text(HEADS, *rows))
        post(api, "office", f"{address}/columns")
        assert said in get(api, "office", address).get_data(as_text=True), said
        if rows == (GOOD,):
            post(api, "office", f"{address}/apply")


def test_the_preview_says_beside_the_button_that_new_villages_will_be_made(api: Api) -> None:
    address = bring(api, text(HEADS, GOOD, ("H3", "王五", IDS[1], "甲镇", "大坝村", *GOOD[5:])))
    post(api, "office", f"{address}/columns")
    preview = get(api, "office", address).get_data(as_text=True)
    assert "将新建行政村1个" in preview
    assert "大坝村" in preview
    own = bring(api, text(HEADS, ("H3", "王五", IDS[1], "甲镇", "大坝村", *GOOD[5:])), "town")
    post(api, "town", f"{own}/columns")
    preview = get(api, "town", own).get_data(as_text=True)
    assert "甲镇没有“大坝村”" in preview
    assert "将新建行政村" not in preview


def test_two_columns_told_to_be_one_field_are_both_named_and_the_rest_stays_chosen(api: Api) -> None:
    headings = (*STRANGE, "编号二")
    fields = ["code", "head", "id_number", "town", "village", "cause", "phone", "people", "code"]
    address = bring(api, text(headings, (*GOOD, "H9")))
    refusal = post(api, "office", f"{address}/columns", heading=list(headings), field=fields)
    page = refusal.get_data(as_text=True)
    assert (refusal.status_code, status(api)) == (422, "uploaded")
    assert "“号头”和“编号二”" in page
    assert page.count('value="code" selected') == 2
    assert 'value="cause" selected' in page, "what was chosen stays chosen"
    # Reported in two files, they meet in a third, without a question.
    for one in ("号头", "编号二"):
        imported = bring(api, text((one, *HEADS[1:]), (f"{one}1", *GOOD[1:])))
        post(
            api, "office", f"{imported}/columns", heading=[one, *HEADS[1:]], field=[*fields[:5], "labour", *fields[6:8]]
        )
    met = bring(api, text((*STRANGE, "编号二"), (*GOOD, "H9")), "town")
    post(api, "town", f"{met}/columns")
    assert "“号头”和“编号二”" in get(api, "town", met).get_data(as_text=True)


def test_a_name_that_is_the_heads_in_one_file_is_still_a_persons_in_the_next(api: Api) -> None:
    headings = ("户编号", "姓名", *HEADS[2:])
    address = bring(api, text(headings, GOOD))
    post(api, "office", f"{address}/columns", heading=list(headings), field=["code", "head", *["-"] * 6])
    with api.county.read() as session:
        said = dict(session.execute(select(HeadingChoice.heading, HeadingChoice.field)).all())
    assert said == {}


def test_a_slip_in_one_file_shuts_nobody_else_out_and_the_last_word_counts(api: Api) -> None:
    fields = ["head", "id_number", "town", "village", "labour", "phone", "people"]
    address = bring(api, text(HEADS, GOOD))
    post(api, "office", f"{address}/columns", heading=list(HEADS), field=["-", *fields])
    assert status(api) == "failed"
    other = bring(api, text(HEADS, (*GOOD[:7], "4")), "town")
    assert post(api, "town", f"{other}/columns").status_code == 302
    with api.county.read() as session:
        assert session.scalars(select(RegisterImport.status).order_by(RegisterImport.id)).all() == ["failed", "read"]
    strange = bring(api, text(STRANGE, GOOD))
    for said in ("code", "-"):
        post(api, "office", f"{strange}/columns", heading=list(STRANGE), field=[said, *fields])
        with api.county.read() as session:
            assert session.execute(select(HeadingChoice.heading, HeadingChoice.field)).all() == [("号头", said)]


def test_refused_rows_with_their_numbers_are_for_who_brought_the_file(api: Api) -> None:
    address = bring(api, xlsx(HEADS, GOOD, BAD), "town")
    post(api, "town", f"{address}/columns")
    assert "refused.xlsx" in get(api, "town", address).get_data(as_text=True)
    assert "refused.xlsx" not in get(api, "office", address).get_data(as_text=True)
    assert get(api, "office", f"{address}/refused.xlsx?ground=work").status_code == 403
    assert table(get(api, "town", f"{address}/refused.xlsx?ground=work"))


def test_a_spreadsheet_may_be_larger_than_other_uploads(api: Api) -> None:
    api.app.config["MAX_CONTENT_LENGTH"] = 100
    bring(api, xlsx(HEADS, GOOD))


def test_a_large_file_is_the_workers_and_the_page_follows_it(
    api: Api, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.pages.register_import.AT_ONCE", 0)
    address, vault = bring(api, xlsx(HEADS, GOOD)), api.app.extensions["xiaohao"].vault
    post(api, "office", f"{address}/columns")
    assert status(api) == "reading"
    assert 'http-equiv="refresh"' in get(api, "office", address).get_data(as_text=True)
    assert work_on_imports(engine, lambda: api.now, tmp_path / "imports", vault) == 1
    assert status(api) == "read"
    assert 'http-equiv="refresh"' not in get(api, "office", address).get_data(as_text=True)
    post(api, "office", f"{address}/apply")
    # It waits for the worker again, and the page for it.
    assert 'http-equiv="refresh"' in get(api, "office", address).get_data(as_text=True)
    assert post(api, "office", f"{address}/columns").status_code == 409, "it is at work"
    assert work_on_imports(engine, lambda: api.now, tmp_path / "imports", vault) == 1
    assert (status(api), households(api)) == ("applied", 1)
    assert 'http-equiv="refresh"' not in get(api, "office", address).get_data(as_text=True)
    assert work_on_imports(engine, lambda: api.now, tmp_path / "imports", vault) == 0


def test_what_is_applied_is_what_was_previewed(api: Api) -> None:
    address = bring(api, xlsx(HEADS, GOOD))
    post(api, "office", f"{address}/columns")
    other = bring(api, xlsx(HEADS, GOOD, ("H3", "王五", IDS[2], *GOOD[3:])))
    post(api, "office", f"{other}/columns")
    post(api, "office", f"{other}/apply")
    post(api, "office", f"{address}/apply")
    page = get(api, "office", address).get_data(as_text=True)
    assert "其间档案有变动" in page
    with api.county.read() as session:
        assert session.scalars(select(RegisterImport.status).order_by(RegisterImport.id)).all() == ["read", "applied"]


def test_a_town_sees_its_own_imports_only(api: Api) -> None:
    address = bring(api, xlsx(HEADS, GOOD), "town")
    assert get(api, "other_town", address).status_code == 404
    assert get(api, "office", address).status_code == 200
    for who in ("village", "water", "leaders", "inspectorate", "admin"):
        assert get(api, who, "/imports").status_code == 403
        assert get(api, who, address).status_code == 403
        assert post(api, who, "/imports", file=(xlsx(HEADS), "x.xlsx")).status_code == 403


def test_what_is_no_spreadsheet_is_refused_with_a_sentence(api: Api) -> None:
    answer = post(api, "office", "/imports", file=(io.BytesIO(b"<html>"), "x.xls"))
    assert answer.status_code == 422
    assert "另存为XLSX" in answer.get_data(as_text=True)
    assert post(api, "office", "/imports").status_code == 422


def test_the_command_brings_a_file_in_and_ends_with_its_counts(api: Api, tmp_path: Path) -> None:
    path, refused = tmp_path / "register.csv", tmp_path / "refused.xlsx"
    path.write_bytes(text(HEADS, GOOD, BAD, encoding="gb18030").getvalue())

    def run(*more: str) -> Any:
        result = api.app.test_cli_runner().invoke(args=["import-households", str(path), *more])
        assert result.exit_code == 0, result.output
        return result

    counts = {"new": 1, "changed": 0, "unchanged": 0, "refused": 1, "asked": 0}
    assert json.loads(run("--dry-run").stdout.splitlines()[-1]) == counts
    assert households(api) == 0
    first = run("--refused", str(refused))
    assert json.loads(first.stdout.splitlines()[-1]) == counts
    assert "第3行" in first.stderr
    with refused.open("rb") as stream:
        assert [cells[0] for _, cells in sheet_reader.rows(stream)] == ["户编号", "H2"]
    assert json.loads(run().stdout) == {"new": 0, "changed": 0, "unchanged": 1, "refused": 1, "asked": 0}
    path.write_bytes(b"")
    assert api.app.test_cli_runner().invoke(args=["import-households", str(path)]).exit_code == 1


def test_the_command_tells_people_on_stderr_and_programs_on_stdout(api: Api, tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    faulty = [(f"H{number}", *BAD[1:]) for number in range(10, 35)]
    path.write_bytes(text(HEADS, GOOD, *faulty).getvalue())
    result = api.app.test_cli_runner().invoke(args=["import-households", str(path), "--dry-run"])
    assert json.loads(result.stdout) == {"new": 1, "changed": 0, "unchanged": 0, "refused": 25, "asked": 0}
    told = result.stderr.splitlines()
    assert sum("“户主姓名”不是姓名" in line for line in told) == 20
    assert [line for line in told if "另有5行" in line] != []


def test_a_list_goes_out_as_it_is_seen_harmless_and_with_an_event(api: Api) -> None:
    address = bring(api, xlsx(HEADS, GOOD, ("H4", "王五", IDS[2], "乙镇", "town-b-v1村", *GOOD[5:])))
    post(api, "office", f"{address}/columns")
    post(api, "office", f"{address}/apply")
    with api.county.write() as session:
        session.execute(update(Household).where(Household.code == "H1").values(head_name="=cmd|x"))
    number = api.file("town", "H1")
    rows = table(get(api, "town", "/tickets.xlsx?q=H1&ground=work"))
    # A title and who exported it stand above the heads.
    assert [row[0] for row in rows[3:]] == [number]
    assert rows[3][6] == "'=cmd|x"
    assert [row[:2] for row in table(get(api, "town", "/households.xlsx?ground=work"))[3:]] == [["H1", "'=cmd|x"]]
    assert [row[1] for row in table(get(api, "leaders", "/households.xlsx?ground=work"))[3:]] == ["'=*****", "王*"]
    assert table(get(api, "far_village", "/tickets.xlsx?ground=work"))[3:] == []
    assert get(api, "admin", "/tickets.xlsx?ground=work").status_code == 403
    # Nor does the page offer what would be refused.
    assert "/tickets.xlsx" in get(api, "town", "/tickets").text
    assert "/tickets.xlsx" not in get(api, "admin", "/tickets").text
    assert get(api, "admin", "/households.xlsx?ground=work").status_code == 403
    with api.county.read() as session:
        events = session.execute(
            select(Event.given, EventSecret.body)
            .outerjoin(EventSecret, EventSecret.event_id == Event.id)
            .where(Event.action == "export")
            .order_by(Event.id)
        ).all()
    assert [given["list"] for given, _ in events] == ["tickets", "households", "households", "tickets"]
    assert (events[0][0]["rows"], events[0][1]) == (1, {"q": "H1"})


def test_a_failed_import_names_the_column_that_was_not_found(api: Api) -> None:
    address = bring(api, text(HEADS, GOOD))
    fields = ["-", "head", "id_number", "town", "village", "labour", "phone", "people"]
    post(api, "office", f"{address}/columns", heading=list(HEADS), field=fields)
    shown = get(api, "office", address).get_data(as_text=True)
    assert "“户编号”列" in shown
    assert "{column}" not in shown


def test_a_heading_that_stands_twice_is_named_with_its_remedy(api: Api) -> None:
    headings = [*HEADS, HEADS[-1]]
    address = bring(api, text(headings, (*GOOD, "4")))
    fields = ["code", "head", "id_number", "town", "village", "labour", "phone", "people", "-"]
    answer = post(api, "office", f"{address}/columns", heading=headings, field=fields)
    assert answer.status_code == 422
    assert f"“{HEADS[-1]}”这一表头出现两次" in answer.get_data(as_text=True)


def test_the_same_file_again_says_when_it_was_applied(api: Api, tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_bytes(text(HEADS, GOOD).getvalue())
    run = api.app.test_cli_runner().invoke
    assert "此文件已于" not in run(args=["import-households", str(path)]).stderr
    assert "此文件已于" in run(args=["import-households", str(path)]).stderr
    address = bring(api, text(HEADS, GOOD), "town")
    assert "此文件已于" in get(api, "town", address).get_data(as_text=True)


def test_where_the_refused_rows_cannot_be_written_nothing_is_applied(api: Api, tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_bytes(text(HEADS, GOOD).getvalue())
    target = tmp_path / "nowhere" / "x.xlsx"
    run = api.app.test_cli_runner().invoke(args=["import-households", str(path), "--refused", str(target)])
    assert (run.exit_code, households(api)) == (1, 0)


def test_an_endless_search_and_odd_days_are_refused_in_a_sentence(api: Api) -> None:
    answer = post(api, "office", "/households", q="饮" * 3000)
    assert answer.status_code == 422
    assert "64" in answer.get_data(as_text=True)
    for days in ("abc", "0", "3651", "9" * 5000):
        assert "1至3650" in get(api, "office", f"/households?days={days}").get_data(as_text=True)


def test_a_file_nobody_foresaw_stops_at_itself_and_says_so(
    api: Api, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(*_args: Any, **_more: Any) -> Any:
        raise ValueError

    monkeypatch.setattr("web.pages.register_import.AT_ONCE", 0)
    addresses = [bring(api, xlsx(HEADS, GOOD), who) for who in ("office", "town")]
    for who, address in zip(("office", "town"), addresses, strict=True):
        post(api, who, f"{address}/columns")
    monkeypatch.setattr("workflow.register.importing.import_runner.make_plan", stumble)
    assert work_on_imports(engine, lambda: api.now, tmp_path / "imports", api.app.extensions["xiaohao"].vault) == 2
    with api.county.read() as session:
        assert session.scalars(select(RegisterImport.status)).all() == ["failed", "failed"]
    assert "文件未能读完" in get(api, "office", addresses[0]).get_data(as_text=True)


def test_the_history_of_an_import_keeps_the_names_of_file_and_columns_apart(api: Api) -> None:
    address = bring(api, xlsx(STRANGE, GOOD))
    fields = ["code", "head", "id_number", "town", "village", "labour", "phone", "people"]
    post(api, "office", f"{address}/columns", heading=list(STRANGE), field=fields)
    post(api, "office", f"{address}/apply")
    assert households(api) == 1
    with api.county.read() as session:
        rows = session.execute(
            select(Event.action, Event.given, Event.effect, EventSecret.body)
            .outerjoin(EventSecret, EventSecret.event_id == Event.id)
            .where(Event.subject_type == "import")
            .order_by(Event.seq)
        ).all()
    assert [(action, body["filename"]) for action, _, _, body in rows] == [
        ("bring", "档案.xlsx"),
        ("tell_columns", "档案.xlsx"),
        ("read", "档案.xlsx"),
        ("confirm", "档案.xlsx"),
        ("apply", "档案.xlsx"),
    ]
    assert STRANGE[0] in str(rows[1][3])
    hashed = str([(given, effect) for _, given, effect, _ in rows])
    assert not any(word in hashed for word in ("档案", *STRANGE))


def test_what_a_file_shows_of_a_family_opens_its_form_filled_in(api: Api) -> None:
    """The old head leaves under a new code: another head is named first, and nothing of the file is there to be corrected."""
    heads, place = ("户编号", "镇", "村", "姓名", "身份证号码", "与户主关系"), ("甲镇", "town-a-v1村")
    first = bring(api, xlsx(heads, ("H1", *place, "张大", IDS[0], "户主"), ("H1", *place, "张小", IDS[1], "之子")))
    post(api, "office", f"{first}/columns")
    post(api, "office", f"{first}/apply")
    split = bring(api, xlsx(heads, ("H1", *place, "张小", IDS[1], "户主"), ("H2", *place, "张大", IDS[0], "户主")))
    post(api, "office", f"{split}/columns")
    shown = get(api, "office", split).get_data(as_text=True)
    with api.county.read() as session:
        heir = session.scalars(select(Member.id).where(Member.name == "张小")).one()
    assert f'href="/households/H1/family/head?members={heir}"' in shown
    assert ("family/moved" in shown, "family/died" in shown) == (False, False)
    assert "户主也在其中" in shown
    assert ("请先办理下列待核实事项" in shown, "更正后重新上传" in shown) == (True, False)
