"""Headers: pages, answers of the API and static files say what a browser may load, frame and keep."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.datastructures import Headers

from tests.support.apps import app_on
from tests.support.pages import Pages, open_pages
from web import known_browser
from web.known_browser import COOKIE
from web.response_headers import HTTPS_FOR, PERMISSIONS, of_files
from web.static_files import asset

pytestmark = pytest.mark.one_database("sqlite")
ADDRESSES = ("/sign-in", "/api/v1/openapi.json", "/nowhere", "/healthz", asset("xiaohao.css"), "/static/strength.js")


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Flask:
    return app_on(database_url, FILES=tmp_path, TESTING=True)


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path / "files") as made:
        yield made


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_forbids_what_the_product_does_not_need(app: Flask, address: str) -> None:
    headers = app.test_client().get(address, buffered=True).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers
    assert headers["Permissions-Policy"] == PERMISSIONS
    # Nothing is promised about HTTPS where there is none.
    assert "Strict-Transport-Security" not in headers


def test_nothing_is_served_but_the_files_of_the_product_by_name(app: Flask) -> None:
    client = app.test_client()
    for address in (
        "/.git/HEAD",
        "/static/../.git/HEAD",
        "/static/%2e%2e/settings.py",
        "/static/",
        "/static/css/",
        "/.env",
    ):
        answer = client.get(address)
        assert answer.status_code in (302, 404), address
        assert answer.status_code == 404 or answer.headers["Location"].startswith("/sign-in"), address
    assert client.open("/sign-in", method="TRACE").status_code == 405


def test_under_a_strange_host_a_sentence_is_answered_and_no_page(app: Flask) -> None:
    """Seen: 500, since the page of an error leads to the home page of its host."""
    app.config["TRUSTED_HOSTS"] = ["xiaohao.example"]
    for address in ADDRESSES[:-2]:
        answer = app.test_client().get(address, headers={"Host": "evil.example"})
        assert answer.status_code == 400, address
        assert "evil" not in answer.get_data(as_text=True)
        assert "本系统不在此网址" in answer.get_data(as_text=True)
    assert app.test_client().get("/sign-in", headers={"Host": "xiaohao.example"}).status_code == 200


def test_over_https_a_browser_keeps_to_it(app: Flask) -> None:
    app.config["SESSION_COOKIE_SECURE"] = True
    for address in ADDRESSES[:-2]:
        assert app.test_client().get(address, buffered=True).headers["Strict-Transport-Security"] == HTTPS_FOR, address
    with app.test_request_context():
        known_browser.remember("mark", [1])
        told = app.process_response(app.make_response(""))
    assert told.headers["Set-Cookie"].startswith(f"{known_browser.PREFIX}{COOKIE}=")
    assert "Secure; HttpOnly; Path=/;" in told.headers["Set-Cookie"]
    of_a_file = Headers()
    of_files(app)(of_a_file, "strength.js", "/static/strength.js")
    assert of_a_file["Strict-Transport-Security"] == HTTPS_FOR


def test_a_key_is_turned_without_signing_anybody_out(pages: Pages) -> None:
    known = pages.client("town")
    former = pages.app.config["SECRET_KEY"]
    pages.app.config.update(SECRET_KEY="the next key", SECRET_KEY_FALLBACKS=[former])
    assert pages.get("town", "/tickets").status_code == 200
    assert _knows(pages, known)
    pages.app.config.update(SECRET_KEY_FALLBACKS=[])
    stranger = pages.app.test_client()
    stranger.set_cookie(COOKIE, _mark(known))
    assert not _knows(pages, stranger)


def _mark(client: FlaskClient) -> str:
    """The cookie of the client by which its browser is known."""
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    return cookie.value


def _knows(pages: Pages, client: FlaskClient) -> bool:
    """Whether the browser of the client is known as one from which somebody has signed in."""
    with pages.app.test_request_context(headers={"Cookie": f"{COOKIE}={_mark(client)}"}) as context:
        return bool(known_browser.of(context.request)[1])
