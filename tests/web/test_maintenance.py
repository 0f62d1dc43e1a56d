"""Maintenance: while the file is there nobody is served, nothing typed is lost, no database is asked; and whether a process lives
and may be sent requests is told apart."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from tests.support.factories import settle_county
from tests.support.pages import Pages, token

pytestmark = pytest.mark.one_database("sqlite")


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Pages:
    return Pages(settle_county(engine), database_url, tmp_path / "files")


@pytest.fixture
def notice(pages: Pages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that closes the site; not there yet."""
    monkeypatch.setitem(pages.app.config, "MAINTENANCE", tmp_path / "maintenance")
    return tmp_path / "maintenance"


def test_pages_and_api_say_so_in_the_words_of_the_file_and_ask_no_database(pages: Pages, notice: Path) -> None:
    client, asked = pages.client("town"), list[str]()
    event.listen(pages.app.extensions["xiaohao"].engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    notice.write_text("系统升级，<18:00>恢复。", encoding="utf-8")
    page = client.get("/tickets")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "300")
    assert "系统升级，&lt;18:00&gt;恢复。" in page.get_data(as_text=True)
    answer = client.get("/api/v1/tickets")
    told = answer.get_json()
    assert (answer.status_code, told["code"], told["detail"]) == (503, "maintenance", "系统升级，<18:00>恢复。")
    assert asked == []
    notice.unlink()
    assert client.get("/tickets").status_code == 200


def test_an_empty_file_is_told_in_general_words(pages: Pages, notice: Path) -> None:
    client = pages.client("town")
    notice.touch()
    assert "系统正在维护" in client.get("/tickets").get_data(as_text=True)


def test_a_form_that_comes_meanwhile_is_shown_again_and_sent_later(pages: Pages, notice: Path) -> None:
    client = pages.client("town")
    number = pages.county.ticket(pages.county.file("village")).number
    form = {"csrf_token": token(client, "/password"), "note": "村里已通知", "once": "0" * 32}
    notice.touch()
    told = client.post(f"/tickets/{number}/comment", data=form, headers={"Origin": "http://localhost"})
    assert told.status_code == 503
    assert "村里已通知" in told.get_data(as_text=True)
    notice.unlink()
    assert client.post(f"/tickets/{number}/comment", data=form).status_code == 302
    assert "村里已通知" in client.get(f"/tickets/{number}").get_data(as_text=True)


def test_alive_and_ready_are_told_apart(pages: Pages, notice: Path) -> None:
    client = pages.app.test_client()
    assert [client.get(path).status_code for path in ("/livez", "/readyz")] == [200, 200]
    notice.touch()
    assert [client.get(path).status_code for path in ("/livez", "/readyz")] == [200, 503]
    assert client.get("/readyz").json == {"ready": False, "maintenance": True}


def test_a_process_with_another_versions_database_lives_and_is_not_ready(pages: Pages, notice: Path) -> None:
    client = pages.app.test_client()
    with pages.app.extensions["xiaohao"].engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES ('9.0.0.unheard_of')")
    assert [client.get(path).status_code for path in ("/livez", "/readyz")] == [200, 503]
