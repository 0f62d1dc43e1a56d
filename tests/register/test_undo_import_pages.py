"""Undone imports through pages, API and command line."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from models import Household, RegisterImport
from tests.register.test_import_pages import bring, get, post
from tests.support.factories import settle_county
from tests.support.http_clients import Api
from tests.support.spreadsheets import HEADS, IDS, VAULT, text
from worker import imports as work_on_imports

pytestmark = pytest.mark.one_database("sqlite")

ONE = ("H1", "张三", IDS[0], "甲镇", "town-a-v1村", "普通劳动力", "13812345678", "3")
TWO = ("H2", "李四", IDS[1], "甲镇", "town-a-v1村", "普通劳动力", "13912345678", "2")


@pytest.fixture
def api(engine: Engine, database_url: str, tmp_path: Path) -> Api:
    return Api(settle_county(engine, households=0), database_url, tmp_path / "files")


def take(api: Api, *rows: Any, who: str = "office") -> str:
    """Imports these rows; returns the address of the import."""
    address = bring(api, text(HEADS, *rows), who)
    for step in ("columns", "apply"):
        assert post(api, who, f"{address}/{step}").status_code == 302
    return address


def page(api: Api, path: str, who: str = "office") -> str:
    answer = get(api, who, path)
    assert answer.status_code == 200, answer.status_code
    return str(answer.get_data(as_text=True))


def statuses(api: Api) -> list[str]:
    with api.county.read() as session:
        return list(session.scalars(select(Household.status).order_by(Household.code)))


def seen(html: str) -> str:
    return html.split('name="seen" value="')[1].split('"')[0]


def test_an_import_is_looked_at_previewed_and_undone_with_its_reason(api: Api) -> None:
    take(api, ONE, TWO)
    address = take(api, (*ONE[:7], "5"))
    shown = page(api, f"{address}/changes")
    assert ("张三 H1" in shown, "家庭人口" in shown, "李四 H2" in shown) == (True, True, False)
    preview = page(api, f"{address}/undo")
    assert "撤销1户" in preview
    refused = post(api, "office", f"{address}/undo", reason=" ", seen=seen(preview))
    assert refused.status_code == 422
    stale = post(api, "office", f"{address}/undo", reason="导入了去年的旧表", seen="stale")
    assert (stale.status_code, "导入了去年的旧表" in stale.get_data(as_text=True)) == (409, True)
    assert post(api, "office", f"{address}/undo", reason="导入了去年的旧表", seen=seen(preview)).status_code == 302
    with api.county.read() as session:
        assert session.scalar(select(Household.people).where(Household.code == "H1")) == 3
    assert "本次导入已撤销1户" in page(api, address)
    assert "已撤销" in page(api, f"{address}/changes")


def test_a_town_reads_what_its_own_import_changed_and_cannot_undo_it(api: Api) -> None:
    address = take(api, ONE, who="town")
    assert "撤销本次导入" not in page(api, f"{address}/changes", "town")
    assert "撤销本次导入" in page(api, f"{address}/changes")
    assert get(api, "town", f"{address}/undo").status_code == 403
    assert post(api, "town", f"{address}/undo", reason="导入了去年的旧表").status_code == 403
    assert get(api, "other_town", f"{address}/changes").status_code == 404
    assert get(api, "village", f"{address}/changes").status_code == 403


def test_a_large_import_is_undone_by_the_worker(api: Api, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    address = take(api, ONE, TWO)
    monkeypatch.setattr("web.pages.import_changes.AT_ONCE", 1)
    preview = page(api, f"{address}/undo")
    assert "后台" in preview
    answer = post(api, "office", f"{address}/undo", reason="导入了别的县的表", seen=seen(preview))
    assert answer.headers["Location"].endswith(address)
    assert (statuses(api), "正在撤销" in page(api, address)) == (["in", "in"], True)
    assert post(api, "office", f"{address}/undo", reason="导入了别的县的表", seen="").status_code == 409
    assert work_on_imports(api.county.engine, lambda: api.now, tmp_path / "imports", VAULT) == 1
    assert statuses(api) == ["undone", "undone"]
    with api.county.read() as session:
        assert session.scalars(select(RegisterImport.status)).one() == "undone"


def test_the_api_lists_imports_shows_changes_and_undoes(api: Api) -> None:
    take(api, ONE)
    take(api, (*ONE[:6], "13912345678", "3"), TWO)
    latest, first = api.call("office", "GET", "/imports").json["items"]
    assert [(each["new"], each["changed"], each["undone"]) for each in (latest, first)] == [(1, 1, 0), (1, 0, 0)]
    at = f"/imports/{latest['id']}"
    changes = sorted(api.call("office", "GET", f"{at}/changes").json["items"], key=lambda each: str(each["code"]))
    assert changes[0]["fields"] == [{"name": "联系电话", "before": "138****5678", "after": "139****5678"}]
    assert [(each["code"], each["new"]) for each in changes] == [("H1", False), ("H2", True)]
    seen = api.call("office", "GET", f"{at}/undo").json
    assert (seen["back"], seen["withdrawn"], seen["left"]) == (1, 1, 0)
    stays = api.call("office", "GET", f"/imports/{first['id']}/undo").json["kept"]
    assert [each["code"] for each in stays] == ["H1"]
    assert api.post("town", f"{at}/undo", {"reason": "导入了去年的旧表"}).status_code == 403
    done = api.post("office", f"{at}/undo", {"reason": "导入了去年的旧表"})
    assert (done.status_code, done.json["back"], done.json["withdrawn"]) == (200, 1, 1)
    assert api.post("office", f"{at}/undo", {"reason": "导入了去年的旧表"}).status_code == 409
    assert statuses(api) == ["in", "undone"]


def test_the_command_line_lists_imports_and_undoes_one(api: Api) -> None:
    run = api.app.test_cli_runner().invoke
    take(api, ONE)
    take(api, (*ONE[:7], "5"))
    listed = run(args=["imports"]).stdout.splitlines()
    assert [json.loads(line.split("\t")[-1]) for line in listed] == [
        {"new": 0, "changed": 1, "undone": 0},
        {"new": 1, "changed": 0, "undone": 0},
    ]
    number = listed[0].split("\t")[0]
    assert "H1" in run(args=["imports", number]).stdout
    dry = run(args=["undo-import", number, "--reason", "导入了去年的旧表", "--dry-run"])
    assert json.loads(dry.stdout) == {"undone": 1, "left": 0}
    assert run(args=["undo-import", number, "--reason", " "]).exit_code == 1
    done = run(args=["undo-import", number, "--reason", "导入了去年的旧表"])
    assert (done.exit_code, json.loads(done.stdout.splitlines()[-1])) == (0, {"undone": 1, "left": 0})
    with api.county.read() as session:
        assert session.scalar(select(func.max(Household.people))) == 3
    again = run(args=["undo-import", number, "--reason", "导入了去年的旧表"])
    assert (again.exit_code, len(again.stderr.splitlines())) == (1, 1)
