"""Static files and compression: few requests, few bytes, kept by browsers; the same content in every encoding."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from tests.support.pages import Pages, open_pages, token
from web import compression, static_files, stylesheet
from web.static_files import asset
from web.style_subset import rules, subset, with_system_theme, words

pytestmark = pytest.mark.one_database("sqlite")
#: How each encoding is undone.
PLAIN = {"br": brotli.decompress, "gzip": gzip.decompress, None: lambda content: content}


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path / "files") as made:
        yield made


@pytest.fixture
def client(pages: Pages) -> FlaskClient:
    return pages.app.test_client()


def test_the_style_sheet_is_every_part_in_one_request_open_to_all_and_kept_by_browsers(client: FlaskClient) -> None:
    folder = static_files.FOLDER / "css"
    assert sorted(path.stem for path in folder.glob("*.css")) == sorted(stylesheet.PARTS)
    page = client.get("/sign-in").text
    [address] = re.findall(r'<link rel="stylesheet" href="(/static/xiaohao-[0-9a-f]{12}\.css)"', page)
    answer = client.get(address, buffered=True)
    assert answer.mimetype == "text/css"
    assert answer.headers["Cache-Control"] == "max-age=31536000, public, immutable"
    read = [rule for part in stylesheet.PARTS for rule in rules((folder / f"{part}.css").read_text(encoding="utf-8"))]
    assert [rule.prelude for rule in read if rule.prelude not in answer.text] == []


@pytest.mark.parametrize("name", ["xiaohao.css", "forms.js", "vendor/htmx.min.js", "vendor/echarts.common.min.js"])
def test_a_text_has_the_same_content_in_every_encoding_and_is_small_in_each(client: FlaskClient, name: str) -> None:
    got = {}
    for header, encoding in (("gzip, deflate, br", "br"), ("gzip, deflate", "gzip"), ("", None)):
        answer = client.get(asset(name), headers={"Accept-Encoding": header}, buffered=True)
        assert answer.headers.get("Content-Encoding") == encoding
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert "immutable" in answer.headers["Cache-Control"]
        assert PLAIN[encoding](answer.data) == static_files.content(name)
        got[encoding] = len(answer.data)
    assert got["br"] < got["gzip"] < got[None] / 2


def test_a_client_gets_no_encoding_that_it_refuses() -> None:
    assert compression.accepted("br;q=0, gzip") == "gzip"
    assert compression.accepted("gzip;q=0") is None
    assert compression.accepted("") is None


def test_who_has_a_file_is_not_sent_it_again_and_who_has_another_version_gets_no_wrong_one(client: FlaskClient) -> None:
    address = asset("forms.js")
    answer = client.get(address, buffered=True)
    assert client.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert client.head(address).headers["Content-Length"] == str(len(answer.data))
    assert client.post(address).status_code == 405
    # Kept for a year, another content under this name would not leave a browser again.
    assert client.get("/static/forms-000000000000.js").status_code == 404
    assert client.get("/static/strength.js", buffered=True).headers["Cache-Control"] == "max-age=300, public"


@pytest.mark.parametrize("header", ["br", "gzip"])
def test_pages_are_compressed_and_say_so_to_caches(pages: Pages, header: str) -> None:
    client = pages.client("town")
    plain = client.get("/tickets")
    shrunk = client.get("/tickets", headers={"Accept-Encoding": header})
    assert shrunk.headers["Content-Encoding"] == header
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert len(shrunk.data) < len(plain.data) / 2
    assert b"</html>" in PLAIN[header](shrunk.data)


def test_the_length_of_a_page_tells_nothing_of_its_token(pages: Pages) -> None:
    client = pages.client("town")
    one, other = token(client, "/password"), token(client, "/password")
    # No run of characters that a guesser could complete stays the same.
    runs = [{sent[at : at + 6] for at in range(len(sent) - 5)} for sent in (one, other)]
    assert not runs[0] & runs[1]
    for sent, status in ((one, 302), (other, 302), (one[::-1], 302), ("甲", 302), ("", 302)):
        answer = client.post("/language", data={"csrf_token": sent, "language": "en", "next": "/inbox"})
        assert answer.status_code == status
        assert (answer.location == "/inbox") == (sent in (one, other))


def test_a_class_that_is_written_anywhere_has_its_rules() -> None:
    sheet = rules(
        "/* none */@charset 'utf-8';.a,.b .c:not(.d){color:red}@media (min-width:1px){.tone-1{top:0}.tone{top:1px}}"
        "@keyframes k{0%{top:0}}.e{}"
    )
    used = words(iter(['<p class="a tone-{{ n }}">']))
    assert "".join(map(str, subset(sheet, used))) == (
        ".a{color:red}@media (min-width:1px){.tone-1{top:0}}@keyframes k{0%{top:0}}"
    )


def test_dark_is_for_screens_alone_and_for_a_page_that_leaves_it_to_the_system() -> None:
    sheet = rules("[data-bs-theme=dark] .a,.b{color:red}.c{top:0}")
    assert "".join(map(str, with_system_theme(sheet))) == (
        "@media screen{[data-bs-theme=dark] .a,.b{color:red}}"
        "@media screen and (prefers-color-scheme:dark){[data-bs-theme=auto] .a{color:red}}.c{top:0}"
    )
