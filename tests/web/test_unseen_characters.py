"""Characters that are not seen: controls and marks of direction are refused by every form, body and address, and shown as such in
cells of sheets."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select

from models import Event
from tests.support.command_line import Line
from tests.support.pages import Pages, open_pages, token
from web.api.operations import OPERATIONS
from workflow.county import accounts
from workflow.policy.scheme.reader import SchemeRefused, decoded
from workflow.register.spreadsheets import sheet_reader

pytestmark = pytest.mark.one_database("sqlite")

#: One of each kind: a mark that turns the direction, an isolate, an escape, a control of the second set, a tag.
UNSEEN = ("\u202e", "\u2066", "\x1b", "\x85", "\U000e0041")


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path / "files") as opened:
        yield opened


def path_of(rule: str) -> str:
    rule = rule.replace("<on>", "2018-11-30")
    return re.sub(r"<[^>]+>", "1", re.sub(r"<any\(([^,)]+)[^>]*>", r"\1", rule))


def events(pages: Pages) -> int:
    with pages.county.read() as session:
        return session.scalar(select(func.count()).select_from(Event)) or 0


def test_every_form_and_every_address_refuses_them(pages: Pages) -> None:
    client: FlaskClient = pages.client("office")
    form = {"csrf_token": token(client, "/password")}
    before, asked = events(pages), 0
    for rule in pages.app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            sign = UNSEEN[asked % len(UNSEEN)]
            asked += 1
            path = path_of(rule.rule)
            answer = client.open(path, method=method, query_string={"q": f"甲{sign}"})
            assert answer.status_code == 422, (method, path)
            if method == "POST" and not path.startswith("/api/"):
                for name, value in (("note", f"好{sign}的"), (f"no{sign}te", "好")):
                    sent = client.post(path, data={**form, name: value}, headers={"Origin": "http://localhost"})
                    assert sent.status_code == 422, (path, name)
                    assert sign not in sent.text, (path, name)
    assert events(pages) == before
    assert asked > 300


def test_every_body_of_the_api_refuses_them_however_deep(pages: Pages) -> None:
    with pages.county.write() as session:
        issued = accounts.issue_token(session, accounts.find_user(session, "office"), pages.now)
    before, asked = events(pages), 0
    for operation in OPERATIONS:
        if operation.method != "POST":
            continue
        rule = next(pages.app.url_map.iter_rules(f"api.{operation.id}"))
        sign = UNSEEN[asked % len(UNSEEN)]
        asked += 1
        bodies: list[dict[str, Any]] = [
            {"json": {"note": f"好{sign}"}},
            {"json": {"form": {"lines": [{f"说{sign}": 1}]}}},
        ]
        if operation.form is not None:
            bodies = [{"data": {"report": f'{{"source": "好{sign}"}}', "file": (io.BytesIO(b"x"), "x.txt")}}]
        for body in bodies:
            answer = pages.app.test_client().post(
                path_of(rule.rule), headers={"Authorization": f"Bearer {issued}"}, **body
            )
            said = answer.get_json()
            assert (answer.status_code, said["code"]) == (422, "not_storable"), (operation.id, body)
    assert events(pages) == before
    assert asked > 60


def test_a_form_comes_back_without_them_and_says_so(pages: Pages) -> None:
    client = pages.client("office")
    form = {"csrf_token": token(client, "/password"), "code": "yizhong", "name": "一\u202e中"}
    back = client.post("/county-units", data=form, headers={"Origin": "http://localhost"})
    assert back.status_code == 422
    assert "一中" in back.text
    assert "不可见" in back.text


def test_names_of_files_lose_them(pages: Pages) -> None:
    content = "户编号,户主姓名\nA1,张三\n".encode()
    file = (io.BytesIO(content), "册\u202evsc.exe.csv")
    client = pages.client("office")
    sent = client.post("/imports", data={"csrf_token": token(client, "/password"), "file": file})
    assert sent.status_code in (200, 302)
    page = client.get("/imports").text
    assert "\u202e" not in page
    assert "册vsc.exe.csv" in page


def test_commands_and_schemes_refuse_them(pages: Pages, database_url: str, tmp_path: Path) -> None:
    line = Line(database_url, tmp_path)
    assert "不可见" in line.refusal("user", "add", "li\u202e", "--role", "office")
    assert "不可见" in line.refusal("tokens", "add", "water", "大屏", "--scope", "re\u202ead")
    for text in ("code: x\ntitle: '甲\u202e乙'\n", 'code: x\ntitle: "甲\\u202E乙"\n'):
        with pytest.raises(SchemeRefused) as refusal:
            decoded(text.encode())
        assert [(problem.code, problem.line) for problem in refusal.value.problems] == [("turned_text", 2)]


def test_cells_show_controls_and_drop_marks_of_direction() -> None:
    content = "户编号,电话\nA1,\u202d13812345678\u202c\nA\x1b2,\u200e李\n".encode()
    rows = [cells for _number, cells in sheet_reader.rows(io.BytesIO(content))]
    assert rows == [["户编号", "电话"], ["A1", "13812345678"], ["A\ufffd2", "李"]]
