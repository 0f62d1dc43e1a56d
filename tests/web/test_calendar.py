"""Working days on the office's page and by command: moved deadlines are shown before anything is saved."""

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from models import Event, Message, User
from notifications.dispatch import dispatch
from tests.support.calendars import close
from tests.support.factories import START
from tests.support.http_clients import Api, Visitor
from tests.support.pages import hidden
from tests.support.texts import SENTENCE
from web.cli.calendar import calendar as commands
from workflow.adoption import calendar_days
from workflow.policy.worktime import SHANGHAI

pytestmark = pytest.mark.one_database("postgresql")

FLOOD = {
    "act": "days",
    "day": "2018-11-22",
    "until": "2018-11-23",
    "says": "no",
    "source": "county",
    "name": "抗洪抢险",
    "document": "五防汛〔2018〕3号",
}


def test_the_office_sees_what_moves_and_only_then_changes_it(api: Api, visit: Callable[..., Visitor]) -> None:
    number = api.file()
    ticket = int(number.split("-")[1])
    office = visit("office")
    assert "元旦" in office.get("/calendar?year=2018").get_data(as_text=True)
    look = office.post("/calendar", FLOOD, page="/calendar").get_data(as_text=True)
    assert number in look
    assert "11月22日 17:30 → 11月26日 17:30" in " ".join(look.split())
    assert api.county.ticket(ticket).due_at == close("2018-11-22")
    done = office.post("/calendar", {**hidden(look), "act": "apply"}, page="/calendar")
    assert done.status_code == 302
    shown = office.get(done.headers["Location"]).get_data(as_text=True)
    assert "1件工单的期限随之变动" in shown
    assert "五防汛〔2018〕3号" in shown
    assert api.county.ticket(ticket).due_at == close("2018-11-26")
    history = office.get(f"/tickets/{number}").get_data(as_text=True)
    assert "期限重新计算" in history
    assert "原为2018年11月22日 17:30" in history
    again = office.post("/calendar", {**hidden(look), "act": "apply"}, page="/calendar")
    assert (again.status_code, "又有调整" in again.get_data(as_text=True)) == (409, True)
    # Previewed before another user changed the days: nothing typed is lost, and one more preview suffices.
    day = {**FLOOD, "day": "2018-11-28", "until": "2018-11-28", "name": "另一日"}
    first = hidden(office.post("/calendar", day, page="/calendar").get_data(as_text=True))
    stale = office.post("/calendar", {**first, "seen": "0", "act": "apply"}, page="/calendar")
    assert (stale.status_code, "又有调整" in stale.get_data(as_text=True)) == (409, True)
    anew = hidden(stale.get_data(as_text=True))
    assert office.post("/calendar", {**anew, "act": "apply"}, page="/calendar").status_code == 302
    trail = visit("inspectorate").get("/trail").get_data(as_text=True)
    assert "工作日历调整" in trail
    assert "五防汛〔2018〕3号" in trail


def test_a_years_notice_comes_as_text_as_a_file_or_from_the_library(api: Api, visit: Callable[..., Visitor]) -> None:
    office = visit("office")
    text = "日期,班休,名称\n2027-01-01,休,元旦\n2027-01-09,班,元旦\n"
    form = {"act": "notice", "whole": "2027", "document": "国办发明电〔2018〕9号"}
    pasted = hidden(office.post("/calendar", {**form, "days": text}, page="/calendar").get_data(as_text=True))
    sent = office.post(
        "/calendar", {**form, "file": (io.BytesIO(text.encode("utf-8-sig")), "2027.csv")}, page="/calendar"
    )
    assert hidden(sent.get_data(as_text=True)) == pasted
    assert pasted["whole"] == "2027"
    own = {**form, "days": "一、元旦：1月1日（周五）放假。1月9日（周六）上班。"}
    assert hidden(office.post("/calendar", own, page="/calendar").get_data(as_text=True)) == pasted
    unclear = office.post("/calendar", {**form, "days": "元旦放假3天"}, page="/calendar")
    assert (unclear.status_code, "“元旦”放假3天，但没有写从哪一天起" in unclear.get_data(as_text=True)) == (422, True)
    assert office.post("/calendar", {**pasted, "act": "apply"}, page="/calendar").status_code == 302
    assert "尚未公布" not in office.get("/calendar?year=2027").get_data(as_text=True)
    assert "尚未公布" in office.get("/calendar?year=2028").get_data(as_text=True)
    refused = office.post("/calendar", {"act": "library", "whole": "2035"}, page="/calendar")
    assert (refused.status_code, "尚未收录" in refused.get_data(as_text=True)) == (422, True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"day": ""},
        {"day": "x"},
        {"until": "2018-11-01"},
        {"until": "2028-11-01"},
        {"name": ""},
        {"source": SENTENCE},
        {"says": "rule"},
        {"name": "a" * 201},
        {"source": "state_council", "document": ""},
        {"act": "library"},
        {"act": "apply", "days": "x"},
        {"act": "notice", "whole": "x"},
        {},
    ],
)
def test_whatever_is_typed_is_answered_with_a_sentence(
    api: Api, visit: Callable[..., Visitor], wrong: dict[str, str]
) -> None:
    office = visit("office")
    answer = office.post("/calendar", {**FLOOD, **wrong}, page="/calendar")
    assert answer.status_code == (422 if wrong else 200)
    # Once: at its input, or above the form where it has none.
    shown = answer.get_data(as_text=True)
    assert shown.count("alert-danger") + shown.count("invalid-feedback") == bool(wrong)
    labels = {"day": "起始日期", "name": "节日或事由", "document": "文号"}
    named = next(iter(wrong), "")
    if named in labels and wrong.get("source") != "state_council":
        assert f"“{labels[named]}”" in answer.get_data(as_text=True), "the input by the name this form gives it"
    for year in ("x", "0", "99999999999999999999"):
        assert office.get(f"/calendar?year={year}").status_code == 200


def test_everybody_reads_the_calendar_and_only_the_office_changes_it(api: Api, visit: Callable[..., Visitor]) -> None:
    for who in ("village", "town", "water", "leaders", "inspectorate"):
        visitor = visit(who)
        page = visitor.get("/calendar")
        assert (page.status_code, "调整个别日期" in page.get_data(as_text=True)) == (200, False)
        assert visitor.post("/calendar", FLOOD, page="/calendar").status_code == 403
    assert visit("admin").get("/calendar").status_code == 403


def test_from_november_on_the_board_asks_for_next_years_notice(api: Api, visit: Callable[..., Visitor]) -> None:
    office = visit("office")
    assert "尚未录入" not in office.get("/board").get_data(as_text=True)
    api.now = START.replace(year=2026)
    assert "2027年放假安排尚未录入" in visit("office").get("/board").get_data(as_text=True)
    assert "尚未录入" not in visit("leaders").get("/board").get_data(as_text=True)


def test_every_unit_is_told_once_however_many_deadlines_move(api: Api, visit: Callable[..., Visitor]) -> None:
    api.file(household="A1")
    api.file(household="A2")
    office = visit("office")
    look = office.post("/calendar", FLOOD, page="/calendar").get_data(as_text=True)
    office.post("/calendar", {**hidden(look), "act": "apply"}, page="/calendar")
    with api.county.write() as session:
        dispatch(session, START)
    with api.county.read() as session:
        events = session.scalars(
            select(User.name)
            .join(Message, Message.recipient_id == User.id)
            .join(Event, Event.id == Message.event_id)
            .where(Event.action == "calendar")
        ).all()
    assert sorted(events) == sorted(
        ["town", "other_town", "water", "power", "housing", "poverty", "leaders", "inspectorate"]
    )
    assert "期限变动的工单：2件" in visit("water").get("/inbox").get_data(as_text=True)


def test_the_command_adds_imports_and_seeds(api: Api, tmp_path: Path) -> None:
    number = api.file()
    runner = api.app.test_cli_runner()

    def run(*arguments: str) -> Any:
        return runner.invoke(commands, list(arguments))

    dry = run("add", "2018-11-22", "no", "抗洪", "--document", "五防汛〔2018〕3号", "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert number in dry.output
    assert api.county.ticket(int(number.split("-")[1])).due_at == close("2018-11-22")
    assert run("add", "2018-11-22", "no", "抗洪").exit_code == 0
    assert api.county.ticket(int(number.split("-")[1])).due_at == close("2018-11-23")
    assert run("add", "2018-11-22", "rule").exit_code == 1, "a day is given back with a document or a reason too"
    assert run("add", "2018-11-22", "rule", "汛情解除，恢复正常工作日").exit_code == 0
    notice = tmp_path / "2027.csv"
    notice.write_text("节日,起始日期,放假天数\n元旦,2027-01-01,3\n清明节,,3\n", encoding="utf-8")
    unclear = run("import", "2027", str(notice), "--document", "国办发明电〔2018〕9号")
    assert (unclear.exit_code, "3" in unclear.stderr, "清明节" in unclear.stderr) == (1, True, True)
    notice.write_text("节日,起始日期,放假天数\n元旦,2027-01-01,3\n", encoding="utf-8")
    assert run("import", "2027", str(notice), "--document", "国办发明电〔2018〕9号").exit_code == 0
    for refused in (
        ("seed", "2018"),
        ("seed", "2035"),
        ("add", "x", "no", "y"),
        ("import", "2027", "nowhere", "--document", "x"),
    ):
        answer = run(*refused)
        assert answer.exit_code == 1, refused
        assert len(answer.stderr.strip().splitlines()) == 1


def test_the_notice_of_a_year_imported_again_keeps_the_december_days_of_the_next_years_notice(
    api: Api, tmp_path: Path
) -> None:
    def bring(year: int, number: int, *days: str) -> list[str]:
        notice = tmp_path / f"{year}.csv"
        notice.write_text("".join(f"{day},休,元旦\n" for day in days), encoding="utf-8")
        arguments = ["import", str(year), str(notice), "--document", f"国办发明电〔2018〕{number}号"]
        answer = api.app.test_cli_runner().invoke(commands, arguments)
        assert answer.exit_code == 0, answer.output
        with api.county.read() as session:
            days_ = calendar_days.rows(session, api.county.people["office"], 2026)
        return [row.day.isoformat() for row in days_ if row.day.month == 12]

    bring(2026, 7, "2026-01-01", "2026-12-30")
    assert bring(2027, 8, "2026-12-31", "2027-01-01") == ["2026-12-30", "2026-12-31"]
    # Its own earlier days are replaced, those of the next notice stay.
    assert bring(2026, 9, "2026-01-01", "2026-02-17") == ["2026-12-31"]
    # The next notice, corrected, takes its own day in December back.
    assert bring(2027, 10, "2027-01-01", "2027-01-04") == []


def test_a_single_day_is_refused_without_a_word_of_lines(visit: Callable[..., Visitor]) -> None:
    office = visit("office")
    for change in ({"day": "1999-01-04", "until": ""}, {"day": "2050-01-04", "until": ""}, {"name": "x" * 500}):
        answer = office.post("/calendar", {**FLOOD, **change}, page="/calendar")
        assert answer.status_code == 422
        shown = answer.get_data(as_text=True)
        assert "第1行" not in shown
        assert "第1行" not in shown


def test_a_date_in_a_year_not_announced_is_marked_wherever_it_is_shown(api: Api, visit: Callable[..., Visitor]) -> None:
    # Wednesday 30 December 2026: deadlines after New Year rest on unannounced days.
    api.now = datetime(2026, 12, 30, 10, tzinfo=SHANGHAI)
    number = api.file()
    assert api.call("water", "GET", f"/tickets/{number}").json["provisional"] is True
    office = visit("office")
    for path in ("/tickets", f"/tickets/{number}"):
        assert "（暂定）" in office.get(path).get_data(as_text=True), path
    sent = office.get("/tickets.xlsx?ground=work")
    sheet = zipfile.ZipFile(io.BytesIO(sent.data))
    sent.close()
    assert any("（暂定）" in sheet.read(name).decode() for name in sheet.namelist() if name.endswith(".xml"))
    look = office.post("/calendar", {**FLOOD, "day": "2026-12-31", "until": "2026-12-31"}, page="/calendar")
    assert "（暂定）" in look.get_data(as_text=True)
