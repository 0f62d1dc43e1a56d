"""Evidence over HTTP: uploaded within limits, sent only to permitted readers, never executable in a browser."""

import html
import io
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from models import Evidence
from tests.conftest import PG_TOOLS
from tests.evidence.test_picture_process import BOMBS
from tests.support.camera import SECRETS, opened, photo
from tests.support.factories import settle_county
from tests.support.http_clients import Api
from tests.support.texts import SENTENCE
from web import backup as keeping
from workflow import evidence
from workflow.evidence import Store

pytestmark = pytest.mark.one_database("sqlite")


@pytest.fixture
def api(engine: Engine, database_url: str, tmp_path: Path) -> Api:
    return Api(settle_county(engine), database_url, tmp_path / "files")


def bring(api: Api, who: str, number: str, *files: tuple[bytes, str], page: bool = False) -> Any:
    answer = api.client.post(
        f"/tickets/{number}/evidence" if page else f"/api/v1/tickets/{number}/evidence",
        data={"file": [(io.BytesIO(content), name) for content, name in files]},
        headers={"Authorization": f"Bearer {api.tokens[who]}"},
    )
    # A large form is a temporary file of the test client's own, which forgets to close it.
    answer.request.environ["wsgi.input"].close()
    return answer


def fetch(api: Api, who: str | None, path: str) -> Any:
    answer = api.client.get(path, headers={"Authorization": f"Bearer {api.tokens[who]}"} if who else {})
    # Read whole and closed, as a server does.
    answer.get_data()
    answer.close()
    return answer


def test_a_photo_is_sent_without_its_secrets_and_shown_small(api: Api) -> None:
    number = api.file()
    piece = bring(api, "water", number, (photo(size=(1600, 1200)), "现场 1.jpg")).json["id"]
    whole, small = fetch(api, "town", f"/evidence/{piece}"), fetch(api, "town", f"/evidence/{piece}/thumbnail")
    assert [secret for secret in SECRETS if secret in whole.data + small.data] == []
    assert (opened(whole.data).size, opened(small.data).size) == ((1600, 1200), (320, 240))
    assert whole.headers["Content-Disposition"].startswith("attachment;")
    assert "filename*=UTF-8''%E7%8E%B0%E5%9C%BA%201.jpg" in whole.headers["Content-Disposition"]
    assert "Content-Disposition" not in small.headers
    for answer in (whole, small):
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "private" in answer.headers["Cache-Control"]
        assert "public" not in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<!doctype html><script>alert(1)</script>", "page.html"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "drawing.svg"),
        (b"%PDF-1.4 <html><script>alert(1)</script>", "x.htm"),
        (b"a,b\n1,2\n", 'evil"\r\nSet-Cookie: a=b; .txt'),
    ],
)
def test_nothing_is_sent_that_a_browser_would_run(api: Api, content: bytes, name: str) -> None:
    answer = bring(api, "water", api.file(), (content, name))
    sent = fetch(api, "water", f"/evidence/{answer.json['id']}")
    assert sent.data == content
    assert sent.mimetype in ("text/plain", "application/pdf")
    assert sent.headers["Content-Disposition"].startswith("attachment;")
    assert re.search(r"\.(txt|pdf)(\"|$)", sent.headers["Content-Disposition"])
    assert sent.headers.get("Set-Cookie", "").startswith(("", "xiaohao="))
    assert "\n" not in sent.headers["Content-Disposition"]
    assert fetch(api, "water", f"/evidence/{answer.json['id']}/thumbnail").status_code == 404


SIGHT = {
    "village": 200,
    "town": 200,
    "water": 200,
    "office": 200,
    "leaders": 200,
    "inspectorate": 200,
    "other_village": 404,
    "far_village": 404,
    "other_town": 404,
    "power": 404,
    "admin": 404,
    None: 302,
}


def test_the_file_and_its_thumbnail_go_to_who_sees_the_ticket(api: Api) -> None:
    piece = bring(api, "water", api.file(), (photo(), "a.jpg")).json["id"]
    for who, status in SIGHT.items():
        for path in (f"/evidence/{piece}", f"/evidence/{piece}/thumbnail"):
            assert fetch(api, who, path).status_code == status, (who, path)


def test_a_bureau_that_gave_the_ticket_away_no_longer_sees_what_comes_after(api: Api) -> None:
    number = api.file()
    early = bring(api, "water", number, (photo(1), "a.jpg")).json["id"]
    given = {"ground": "not_ours", "cited_duty": SENTENCE, "note": SENTENCE}
    assert api.post("water", f"/tickets/{number}/decline", given).status_code == 200
    api.now = api.now.replace(hour=11)
    assert api.post("office", f"/tickets/{number}/reassign", {"unit": "power", "reason": SENTENCE}).status_code == 200
    late = bring(api, "town", number, (photo(2), "b.jpg")).json["id"]
    assert fetch(api, "water", f"/evidence/{early}/thumbnail").status_code == 200
    for path in (f"/evidence/{late}", f"/evidence/{late}/thumbnail"):
        assert fetch(api, "water", path).status_code == 404


def test_the_page_shows_photos_with_words_and_a_place_to_who_may_know_it(api: Api) -> None:
    number = api.file()
    piece = bring(api, "water", number, (photo(), "a.jpg")).json["id"]
    for who, knows in (("town", True), ("office", True), ("inspectorate", False), ("leaders", False)):
        page = fetch(api, who, f"/tickets/{number}").text
        assert f'src="/evidence/{piece}/thumbnail"' in page
        assert re.search(r'alt="[^"]*县水务局[^"]*2018年11月20日 09:30[^"]*"', page)
        assert ("23.93000, 115.77500" in page) == knows
        place = api.call(who, "GET", f"/tickets/{number}").json["evidence"][0]["place"]
        assert place == ([23.93, 115.775] if knows else None)
        history = api.call(who, "GET", f"/tickets/{number}/history").text
        assert "23.93" not in history


def test_a_photo_seen_before_is_flagged_on_the_page_and_in_the_api(api: Api) -> None:
    first, second, third = api.file(), api.file(household="A2"), api.file("other_town", "B1")
    for number in (third, first, second):
        assert bring(api, "water", number, (photo(), "a.jpg")).status_code == 201

    def flag(who: str) -> tuple[Any, Any, bool]:
        entry = api.call(who, "GET", f"/tickets/{second}").json["evidence"][0]
        page = fetch(api, who, f"/tickets/{second}").text
        assert (first in page) == (entry["reused_from"] is not None)
        assert (third in page) == (who == "office")
        return entry["reused"], entry["reused_from"], "x-reused-note" in page

    assert flag("office") == (True, sorted([first, third]), True)
    assert flag("town") == (True, [first], True)
    for who in ("water", "village", "inspectorate"):
        assert flag(who) == (None, None, False)
    unflagged = api.call("office", "GET", f"/tickets/{third}").json["evidence"][0]
    assert (unflagged["reused"], unflagged["reused_from"]) == (False, [])


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.jpg", "file_empty"),
        (b"\xff\xd8\xff", "a.jpg", "picture_unreadable"),
        (BOMBS["a line of fifty megapixels"][0], "a.png", "picture_too_long"),
        (b"MZ\x00", "photo.jpg", "file_type_refused"),
        (b"\x00\x00\x00\x18ftypheic", "IMG_1.HEIC", "picture_unreadable"),
        (b"\x00\x00\x00\x18ftypavif", "1.avif", "file_avif"),
        (b"x" * (1024 * 1024 + 1), "a.txt", "file_too_large"),
    ],
)
def test_what_is_refused_is_refused_with_a_sentence(api: Api, content: bytes, name: str, code: str) -> None:
    api.app.config["MAX_FILE_MB"] = 1
    number = api.file()
    answer = bring(api, "water", number, (content, name))
    assert (answer.status_code, answer.json["code"], answer.json["field"]) == (422, code, "file")
    assert len(answer.json["detail"]) > 5
    assert "{" not in answer.json["detail"]
    page = bring(api, "water", number, (content, name), page=True)
    assert page.status_code == 422
    assert answer.json["detail"] in html.unescape(page.text)


def test_one_bad_file_among_good_ones_changes_nothing(api: Api) -> None:
    number = api.file()
    page = bring(api, "water", number, (photo(), "a.jpg"), (b"MZ\x00", "b.exe"), page=True)
    assert page.status_code == 422
    with api.county.read() as session:
        assert session.scalar(select(func.count()).select_from(Evidence)) == 0
    assert bring(api, "water", number, (photo(1), "a.jpg"), (photo(2), "b.jpg"), page=True).status_code == 302
    with api.county.read() as session:
        assert session.scalar(select(func.count()).select_from(Evidence)) == 2


def test_so_many_files_and_so_many_bytes_at_once_and_no_more(api: Api) -> None:
    number = api.file()
    many = [(f"{n}".encode(), f"{n}.txt") for n in range(13)]
    page = bring(api, "water", number, *many, page=True)
    assert (page.status_code, "12" in page.text) == (422, True)
    api.app.config["MAX_CONTENT_LENGTH"] = 3 * 1024 * 1024
    large = bring(api, "water", number, *[(b"x" * 1024 * 1024, f"{n}.txt") for n in range(4)])
    assert large.status_code == 413
    assert "3 MB" in large.json["detail"]


def test_who_may_not_see_the_ticket_makes_no_work(api: Api, tmp_path: Path) -> None:
    assert bring(api, "power", api.file(), (photo(), "a.jpg")).status_code == 404
    assert not list((tmp_path / "files").rglob("*"))


def test_everything_works_the_same_from_a_bucket(api: Api, bucket: Store, tmp_path: Path) -> None:
    api.app.extensions["xiaohao"].files = bucket
    number = api.file()
    piece = bring(api, "water", number, (photo(), "a.jpg")).json["id"]
    assert opened(fetch(api, "town", f"/evidence/{piece}").data).size == (640, 480)
    assert opened(fetch(api, "town", f"/evidence/{piece}/thumbnail").data).size == (320, 240)
    ran = api.app.test_cli_runner().invoke(args=["verify"])
    assert (ran.exit_code, ran.output.strip()) == (0, "ok")
    assert api.app.test_cli_runner().invoke(args=["tidy"]).output.strip() == "0"
    engine = api.app.extensions["xiaohao"].engine
    keeping.backup(engine, bucket, tmp_path / "kept.tar", api.now, PG_TOOLS)
    names = {name for name, _ in bucket.listing()}
    with api.county.read() as session:
        row = session.get_one(Evidence, piece)
        assert names == {row.sha256, row.thumbnail}
        missing = row.sha256
    assert bucket.drop(missing, api.now.replace(year=2100))
    assert fetch(api, "town", f"/evidence/{piece}").status_code == 404
    failed = api.app.test_cli_runner().invoke(args=["verify"])
    assert (failed.exit_code, "bytes_missing" in failed.stderr) == (1, True)
    api.county.engine.dispose()
    keeping.restore(engine, bucket, tmp_path / "kept.tar", api.now, PG_TOOLS)
    # Sessions end with a restore; the next one opens again.
    assert fetch(api, "town", f"/evidence/{piece}").status_code == 302
    assert fetch(api, "town", f"/evidence/{piece}").status_code == 200
    assert api.app.test_cli_runner().invoke(args=["verify"]).exit_code == 0


def test_a_bucket_that_is_away_is_said_in_a_sentence(api: Api) -> None:
    number = api.file()
    api.app.extensions["xiaohao"].files = evidence.store_at("s3://evidence", evidence.Access("http://127.0.0.1:9"))
    answer = bring(api, "water", number, (b"seen", "seen.txt"))
    assert (answer.status_code, answer.json["code"]) == (503, "busy")


def test_a_text_as_chinese_editors_save_it_is_kept_as_it_is_and_named_rightly(api: Api) -> None:
    content = "水已接通，张三签字".encode("gb18030")
    answer = bring(api, "water", api.file(), (content, "说明.txt"))
    sent = fetch(api, "water", f"/evidence/{answer.json['id']}")
    assert (sent.data, sent.mimetype, sent.content_type) == (content, "text/plain", "text/plain; charset=gb18030")
