"""Schemes on the page and by command: differences are shown before anything is adopted or moved over."""

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from models import Event, Message, SchemeVersion
from notifications.dispatch import dispatch
from settings import ROOT
from tests.support.factories import day
from tests.support.http_clients import Api, Visitor
from tests.support.pages import hidden
from tests.support.scheme_cast import whole_text
from tests.support.schemes import close, scheme
from tests.support.texts import SENTENCE
from web.cli.schemes import scheme as commands
from workflow.policy.scheme.model import Scheme
from workflow.policy.scheme.reader import refuse_bombs

pytestmark = pytest.mark.one_database("sqlite")

NOBODY = ('"lead": "water"', '"lead": "nobody"')


def file_of(made: Scheme) -> bytes:
    # JSON is YAML as well.
    return json.dumps(made.model_dump(mode="json"), ensure_ascii=False, indent=1).encode()


def look(visitor: Visitor, content: bytes) -> Any:
    return visitor.post("/schemes", {"act": "look", "file": (io.BytesIO(content), "scheme.yaml")}, page="/schemes")


def text_in(page: str) -> str:
    import html

    match = re.search(r'<textarea name="text"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert match is not None
    return html.unescape(match[1])


def test_the_office_sees_the_difference_adopts_from_a_day_and_moves_open_tickets_over(
    api: Api, visit: Callable[..., Visitor]
) -> None:
    number = api.file()
    api.post("water", f"/tickets/{number}/accept")
    api.file(household="A2", kind="power")
    ticket = int(number.split("-")[1])
    api.now = day(1)
    office = visit("office")
    page = look(office, file_of(scheme(mend=5))).get_data(as_text=True)
    assert "时限 · 办理：10个工作日 → 5个工作日 · 各类问题" in page
    assert re.search(r"县水务局 · 饮水：到期日提前 1.*?1件工单.*?" + number, page, re.DOTALL)
    assert "无人担任" in page
    asked = {"text": text_in(page), "act": "adopt"}
    for wrong in ("", SENTENCE, "2018-11-20", "2028-01-01"):
        refused = office.post("/schemes", {**asked, "from_day": wrong}, page="/schemes")
        said = refused.get_data(as_text=True)
        assert refused.status_code == 422, wrong
        assert text_in(said) == asked["text"].replace("\r\n", "\n")
    assert office.post("/schemes", {**asked, "from_day": "2018-11-22"}, page="/schemes").status_code == 302
    shown = office.get("/schemes").get_data(as_text=True)
    assert "尚待生效" in shown
    assert api.call("water", "GET", "/scheme").json["version"] == 1
    api.now = day(2)
    assert api.call("water", "GET", "/scheme").json["version"] == 2
    held = api.call("office", "GET", "/schemes").json["items"]
    assert [(h["version"], h["in_force"], [a["from"] for a in h["adoptions"]]) for h in held] == [
        (2, True, ["2018-11-22"]),
        (1, False, ["2018-10-21"]),
    ]
    assert api.call("water", "GET", "/schemes").status_code == 403
    api.file(household="B1", who="other_town", kind="power")
    office = visit("office")
    page = office.get("/schemes").get_data(as_text=True)
    assert "其他版本下的在办工单：2件" in page
    preview = office.post("/schemes/move", {"act": "look", "kind": "water"}, page="/schemes").get_data(as_text=True)
    assert "12月6日 17:30 → 11月29日 17:30" in " ".join(preview.split())
    assert api.county.ticket(ticket).due_at == close("2018-12-06")
    assert office.post("/schemes/move", {**hidden(preview), "act": "apply"}, page="/schemes").status_code == 302
    assert api.county.ticket(ticket).due_at == close("2018-11-29")
    again = office.post("/schemes/move", {**hidden(preview), "act": "apply"}, page="/schemes")
    assert again.status_code == 409
    history = office.get(f"/tickets/{number}").get_data(as_text=True)
    assert "转入考核方案其他版本" in history
    assert "版本1 → 版本2" in history
    trail = visit("inspectorate").get("/trail").get_data(as_text=True)
    assert "方案生效" in trail
    with api.county.write() as session:
        dispatch(session, api.now)
    with api.county.read() as session:
        events = session.scalars(
            select(Event.action).join(Message, Message.event_id == Event.id).where(Event.subject_type != "ticket")
        ).all()
    assert {"in_force", "migration"} <= set(events)
    assert "方案生效" in visit("water").get("/inbox").get_data(as_text=True)
    # The page in each language: nothing breaks in English.
    english = visit("office")
    english.post("/language", {"language": "en", "next": "/schemes"}, page="/schemes")
    assert "in force" in english.get("/schemes").get_data(as_text=True)


def test_an_adoption_that_waits_is_revoked_on_the_page(api: Api, visit: Callable[..., Visitor]) -> None:
    office = visit("office")
    asked = {"text": file_of(scheme(mend=5)).decode(), "act": "adopt", "from_day": "2018-12-01"}
    assert office.post("/schemes", asked, page="/schemes").status_code == 302
    waiting = re.findall(r'name="adoption" value="(\d+)"', office.get("/schemes").get_data(as_text=True))
    assert len(waiting) == 1
    form = {"act": "revoke", "adoption": waiting[0]}
    assert office.post("/schemes", form, page="/schemes").status_code == 302
    assert "生效前已撤回" in office.get("/schemes").get_data(as_text=True)
    assert office.post("/schemes", form, page="/schemes").status_code == 409
    for wrong in ("", SENTENCE, "9" * 20, "-1"):
        assert office.post("/schemes", {**form, "adoption": wrong}, page="/schemes").status_code == 404
    # A stored version is shown again, without its file.
    shown = office.post("/schemes", {"act": "look", "version": "2"}, page="/schemes").get_data(as_text=True)
    assert "10个工作日 → 5个工作日" in shown
    assert office.post("/schemes", {"act": "look", "version": "9" * 20}, page="/schemes").status_code == 404
    for path in ("/schemes/move",):
        for form in ({"kind": "x"}, {"unit": "nowhere", "act": "apply"}, {"kind": "x", "act": "apply"}):
            assert office.post(path, form, page="/schemes").status_code in (409, 422), form
        assert "没有工单转入" in office.post(path, {"version": "9" * 20}, page="/schemes").get_data(as_text=True)


def test_a_file_that_cannot_be_used_is_answered_line_by_line(api: Api, visit: Callable[..., Visitor]) -> None:
    office = visit("office")
    whole = file_of(scheme(mend=5)).decode()
    for content, says in (
        (b"", "缺少必填字段"),
        (b"\xff\xfe", "第1行"),
        (b"[" * 5000, "第1行"),
        (b"a: &a [*a]\n", "引用（*）展开后内容过多"),
        (
            b"".join(
                b"%c: &%c [%s]\n" % (i + 97, i + 97, b",".join([b"*%c" % (i + 96) if i else b"x"] * 9))
                for i in range(9)
            ),
            "第6行 YAML：引用（*）展开后内容过多",
        ),
        (whole.replace(NOBODY[0], NOBODY[1]).encode(), "没有定义单位“nobody”"),
        (b"x" * (257 * 1024), "256"),
    ):
        answer = look(office, content)
        assert (answer.status_code, says in answer.get_data(as_text=True)) == (422, True), says
    # The scheme we ship has aliases, and is what an office begins with.
    refuse_bombs(whole_text(ROOT / "schemes" / "wuhua-2018.yaml"))
    assert office.post("/schemes", {"act": "look"}, page="/schemes").status_code == 422
    made = scheme(mend=5).model_dump(mode="json")
    made["kinds"][0]["routes"].append({**made["kinds"][0]["routes"][0], "code": "never"})
    page = look(office, file_of(Scheme.model_validate(made))).get_data(as_text=True)
    assert "永远轮不到它" in page
    # It may be read, but not adopted.
    assert "from_day" not in page
    form = {"act": "adopt", "from_day": "2018-12-01", "text": file_of(Scheme.model_validate(made)).decode()}
    assert office.post("/schemes", form, page="/schemes").status_code == 422


def test_leaders_and_inspectorate_read_and_only_the_office_adopts(api: Api, visit: Callable[..., Visitor]) -> None:
    content = file_of(scheme(mend=5))
    for who in ("leaders", "inspectorate"):
        visitor = visit(who)
        page = look(visitor, content)
        assert (page.status_code, "from_day" in page.get_data(as_text=True)) == (200, False)
        with api.county.read() as session:
            # Looking stores nothing, not even the version.
            assert len(session.scalars(select(SchemeVersion)).all()) == 1
        form = {"act": "adopt", "text": content.decode(), "from_day": "2018-12-01"}
        assert visitor.post("/schemes", form, page="/schemes").status_code == 403
        assert visitor.post("/schemes/move", {"act": "look"}, page="/schemes").status_code == 403
    for who in ("town", "water", "village", "admin"):
        visitor = visit(who)
        assert visitor.get("/schemes").status_code == 403
        assert look_as(visitor, content).status_code == 403


def look_as(visitor: Visitor, content: bytes) -> Any:
    return visitor.post("/schemes", {"act": "look", "text": content.decode()}, page="/password")


def test_a_kind_that_the_scheme_has_no_more_is_still_called_by_its_name(
    api: Api, visit: Callable[..., Visitor]
) -> None:
    number = api.file(kind="file")
    made = scheme(mend=5).model_dump(mode="json")
    made["kinds"] = [kind for kind in made["kinds"] if kind["code"] != "file"]
    office = visit("office")
    asked = {"text": file_of(Scheme.model_validate(made)).decode(), "act": "adopt", "from_day": "2018-11-20"}
    assert office.post("/schemes", asked, page="/schemes").status_code == 302
    api.now = day(12)
    office = visit("office")
    for path in ("/tickets", "/board", f"/tickets/{number}", "/households/A1", "/schemes", "/tickets.xlsx?ground=work"):
        assert office.get(path, buffered=True).status_code == 200, path
    assert "档案" in office.get("/tickets").get_data(as_text=True)
    moved = office.post("/schemes/move", {"act": "look"}, page="/schemes").get_data(as_text=True)
    assert "类别在新方案中已不存在" in moved


def test_the_command_compares_files_and_versions(api: Api, tmp_path: Path) -> None:
    number = api.file()
    api.post("water", f"/tickets/{number}/accept")
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_bytes(file_of(scheme()))
    new.write_bytes(file_of(scheme(mend=5)))
    runner = api.app.test_cli_runner()

    def run(*arguments: str) -> Any:
        return runner.invoke(commands, ["diff", *arguments])

    done = run(str(old), str(new))
    assert done.exit_code == 0, done.output
    assert "10个工作日 → 5个工作日" in done.output
    assert f"县水务局 · 饮水：到期日提前 1\t1\t{number}" in done.output
    assert number in run("@", str(new)).output
    same = run("@1", "@")
    assert (same.exit_code, number in same.output) == (0, False)
    for wrong in (("@9", "@"), ("@x", "@"), (str(old), str(tmp_path / "nowhere")), (str(old), str(tmp_path))):
        refused = run(*wrong)
        assert (refused.exit_code, len(refused.stderr.strip().splitlines())) == (1, 1), wrong
    # Two files need no county: then there is no year to live again.
    content = json.loads(new.read_text(encoding="utf-8"))
    content["ladder"]["rungs"][4]["tells"] = ["discipline"]
    new.write_text(json.dumps(content), encoding="utf-8")
    known = api.app.extensions["xiaohao"]
    api.app.extensions["xiaohao"] = replace(known, database_url=f"sqlite:///{tmp_path / 'none.db'}")
    alone = run(str(old), str(new))
    assert (alone.exit_code, "没有“discipline”这一角色" in alone.output, number in alone.output) == (0, True, False)
    api.app.extensions["xiaohao"].engine.dispose()
    api.app.extensions["xiaohao"] = known
    new.write_text("code: x\n", encoding="utf-8")
    assert run(str(old), str(new)).exit_code == 1
