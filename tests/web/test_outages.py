"""Outages: a lost COMMIT is called unknown, and without a database or disk every door answers 503 with a sentence."""

import errno
import io
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, func, select

from models import Event, Ticket
from models.engine import in_transaction, make_engine
from models.failures import OutcomeUnknown
from settings import DEVELOPMENT_SECRET
from tests.support.http_clients import Api
from tests.support.losing_commits import losing_commits
from tests.support.pages import Pages, open_pages, token
from web import db
from workflow.evidence import FolderStore, MarkedStore

HOME = {"Origin": "http://localhost"}
WORDS = "水管在两处裂开，已联系施工队"


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path / "files") as opened:
        yield opened


def count(engine: Engine, table: Any) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def again(page: str) -> dict[str, str]:
    """The hidden inputs of the form that came back."""
    return dict(re.findall(r'name="(csrf_token|once)" value="([^"]+)"', page))


@contextmanager
def on(served: Any, engine: Engine) -> Iterator[None]:
    """The app on another engine for a while."""
    before, served.engine = served.engine, engine
    try:
        yield
    finally:
        served.engine = before
        engine.dispose()


@pytest.mark.one_database("postgresql")
@pytest.mark.parametrize("at", ["before", "after"])
def test_after_a_lost_commit_a_form_is_told_unknown_and_sent_again_it_learns_what_became_of_it(
    pages: Pages, database_url: str, at: Any
) -> None:
    number, client = pages.county.ticket(pages.county.file("town")).number, pages.client("water")
    where = f"/tickets/{number}/comment"
    form = {"csrf_token": token(client, "/password"), "once": "a-key-of-the-form", "note": WORDS}
    events = count(pages.county.engine, Event.__table__)
    with (
        losing_commits(database_url) as loss,
        on(pages.app.extensions["xiaohao"], make_engine(loss.url, DEVELOPMENT_SECRET)),
    ):
        client.get(f"/tickets/{number}")
        loss.at = at
        lost = client.post(where, data=form, headers=HOME)
        assert (lost.status_code, loss.at) == (503, None)
        assert "尚不能确定" in lost.text
        assert "未作任何更改" not in lost.text
        assert WORDS in lost.text
        assert count(pages.county.engine, Event.__table__) == events + (at == "after")
        assert again(lost.text)["once"] == "a-key-of-the-form"
        sent = client.post(where, data=form | again(lost.text), headers=HOME)
        assert sent.status_code == 302
        assert ("没有重复登记" in client.get(sent.location).text) == (at == "after")
    assert count(pages.county.engine, Event.__table__) == events + 1


@pytest.mark.one_database("postgresql")
@pytest.mark.parametrize("at", ["before", "after"])
def test_a_program_learns_by_its_key_what_became_of_a_lost_commit(api: Api, database_url: str, at: Any) -> None:
    key, filing = {"Idempotency-Key": "once"}, {"household": "A1", "kind": "water"}
    with (
        losing_commits(database_url) as loss,
        on(api.app.extensions["xiaohao"], make_engine(loss.url, DEVELOPMENT_SECRET)),
    ):
        api.call("town", "GET", "/tickets")
        loss.at = at
        lost = api.post("town", "/tickets", filing, **key)
        assert (lost.status_code, lost.json["code"]) == (503, "outcome_unknown")
        assert count(api.county.engine, Ticket.__table__) == (at == "after")
        assert api.post("town", "/tickets", filing, **key).status_code == 201
        assert api.post("town", "/tickets", filing | {"household": "A2"}, **key).status_code == 409
    assert count(api.county.engine, Ticket.__table__) == 1


@pytest.mark.one_database("postgresql")
def test_a_line_lost_before_commit_is_no_doubt(api: Api, database_url: str) -> None:
    with losing_commits(database_url) as loss:
        engine = make_engine(loss.url, DEVELOPMENT_SECRET)

        def cut(session: Any) -> None:
            session.execute(select(func.pg_terminate_backend(func.pg_backend_pid())))

        with pytest.raises(Exception, match="terminat") as lost:
            in_transaction(engine, cut)
        assert not isinstance(lost.value, OutcomeUnknown)
        engine.dispose()


def gone(url: str, folder: Path) -> Engine:
    """An engine whose database cannot be reached."""
    there = (
        f"sqlite:///{folder / 'away' / 'county.db'}"
        if url.startswith("sqlite")
        else f"postgresql://postgres:@/x?host={folder}"
    )
    return make_engine(there, DEVELOPMENT_SECRET)


def test_without_a_database_every_door_answers_in_the_readers_language(
    pages: Pages, database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    number, client = pages.county.ticket(pages.county.file("town")).number, pages.client("water")
    proof = token(client, "/password")
    with on(pages.app.extensions["xiaohao"], gone(database_url, tmp_path)):
        caplog.clear()
        page = client.get(f"/tickets/{number}")
        assert (page.status_code, "无法连接数据库" in page.text) == (503, True)
        errors = [one for one in caplog.records if one.levelno >= logging.ERROR]
        assert len(errors) == 1
        assert errors[0].exc_info is None
        form = {"csrf_token": proof, "once": "its-key", "note": WORDS}
        sent = client.post(f"/tickets/{number}/comment", data=form, headers=HOME)
        assert (sent.status_code, WORDS in sent.text, "无法连接数据库" in sent.text) == (503, True, True)
        assert again(sent.text)["once"] == "its-key"
        for path, headers in (
            ("/healthz", {}),
            ("/metrics", {}),
            ("/api/v1/tickets", {"Accept-Language": "en", "Authorization": "Bearer x"}),
        ):
            answer = client.get(path, headers=headers)
            assert (answer.status_code, answer.is_json) == (503, True), path
            assert answer.get_json()["detail"], path
        assert client.get("/healthz").get_json()["database"] == "away"
        with client.session_transaction() as kept:
            kept["language"] = "en"
        assert "The database cannot be reached" in client.get(f"/tickets/{number}").text
    assert client.post(f"/tickets/{number}/comment", data=form, headers=HOME).status_code == 302


def test_a_database_that_takes_no_changes_is_read_and_says_so(pages: Pages, database_url: str) -> None:
    number, client = pages.county.ticket(pages.county.file("town")).number, pages.client("water")
    engine = make_engine(database_url, DEVELOPMENT_SECRET)

    @event.listens_for(engine, "connect")
    def _read_only(connection: Any, _record: Any) -> None:
        if engine.dialect.name == "sqlite":
            connection.execute("PRAGMA query_only=ON")
        else:
            connection.read_only = True

    form = {"csrf_token": token(client, "/password"), "once": "its-key", "note": WORDS}
    with on(pages.app.extensions["xiaohao"], engine):
        assert client.get(f"/tickets/{number}").status_code == 200
        sent = client.post(f"/tickets/{number}/comment", data=form, headers=HOME)
        assert (sent.status_code, WORDS in sent.text, "暂不能写入" in sent.text) == (503, True, True)


@pytest.mark.one_database("sqlite")
def test_a_full_disk_says_so_and_loses_no_words(pages: Pages, database_url: str) -> None:
    number, client = pages.county.ticket(pages.county.file("town")).number, pages.client("water")
    engine = make_engine(database_url, DEVELOPMENT_SECRET)

    @event.listens_for(engine, "connect")
    def _full(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA max_page_count=1")

    form = {"csrf_token": token(client, "/password"), "note": WORDS * 100}
    with on(pages.app.extensions["xiaohao"], engine):
        for key in range(20):
            sent = client.post(f"/tickets/{number}/comment", data=form | {"once": f"key-{key}"}, headers=HOME)
            if sent.status_code != 302:
                break
        assert (sent.status_code, WORDS in sent.text, "空间不足" in sent.text) == (503, True, True)


class FullDisk(FolderStore):
    """A folder on a disk without space."""

    def put(self, sha256: str, content: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.one_database("sqlite")
@pytest.mark.parametrize("fault", ["database_full", "store_unmarked"])
def test_evidence_on_a_full_disk_or_a_missing_volume_is_refused_in_words(api: Api, tmp_path: Path, fault: str) -> None:
    number, there = api.file(), tmp_path / "volume"
    away = MarkedStore(FolderStore(there), lambda: "a" * 32)
    api.app.extensions["xiaohao"].store = FullDisk(tmp_path) if fault == "database_full" else away

    answer = api.client.post(
        f"/api/v1/tickets/{number}/evidence",
        data={"file": (io.BytesIO(b"seen"), "seen.txt")},
        headers={"Authorization": f"Bearer {api.tokens['water']}"},
    )
    assert (answer.status_code, answer.get_json()["code"], there.exists()) == (503, fault, False)


@pytest.mark.one_database("sqlite")
def test_nobody_is_told_that_nothing_was_changed_after_a_first_transaction_of_the_request(api: Api) -> None:
    def told(saved: bool, error: Exception) -> str:
        with api.app.test_request_context("/tickets"):
            if saved:
                db.transaction(lambda session: None)
            return api.app.make_response(api.app.handle_user_exception(error)).get_data(as_text=True)

    fault, full = RuntimeError("a fault of ours"), OSError(errno.ENOSPC, "No space left on device")
    nothing, part = ("未作任何更改", "本次操作未保存"), "部分内容已保存"
    for error in (fault, full):
        assert any(words in told(saved=False, error=error) for words in nothing)
        assert part in told(saved=True, error=error)
        assert not any(words in told(saved=True, error=error) for words in nothing)
