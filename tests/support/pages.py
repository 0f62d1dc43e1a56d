"""Pages of a small county without a browser: one HTTP client per person, signed in through the page."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Engine

from tests.support.apps import app_on
from tests.support.browser import PASSWORD, give_passwords
from tests.support.factories import County, day, settle_county
from tests.support.form_tokens import form_token
from workflow.county.sign_ins.sessions import SessionRules


class Pages:
    """The pages of a small county, with one HTTP client per person."""

    def __init__(self, county: County, url: str, files: Path) -> None:
        self.county = county
        self.now = day(0)
        self.app = app_on(url, FILES=files, CLOCK=lambda: self.now, TESTING=True, SESSIONS=SessionRules(24 * 90))
        give_passwords(county.engine)
        self._clients: dict[str, FlaskClient] = {}

    def client(self, who: str) -> FlaskClient:
        if who not in self._clients:
            client = self._clients[who] = self.app.test_client()
            answer = self.sign_in(client, who)
            assert answer.status_code == 302, answer.text
        return self._clients[who]

    def sign_in(self, client: FlaskClient, name: str, password: str = PASSWORD, follow: str = "") -> Any:
        path = f"/sign-in?next={follow}" if follow else "/sign-in"
        return client.post(path, data={"name": name, "password": password, "csrf_token": token(client, "/sign-in")})

    def get(self, who: str, path: str) -> Any:
        return self.client(who).get(path, buffered=True)

    def post(self, who: str, path: str, headers: dict[str, str] | None = None, /, **form: str) -> Any:
        client = self.client(who)
        return client.post(
            path, data={"csrf_token": form_token(client) or token(client, "/password"), **form}, headers=headers
        )


def token(client: FlaskClient, path: str) -> str:
    match = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert match is not None
    return match[1]


@contextmanager
def open_pages(engine: Engine, url: str, files: Path) -> Iterator[Pages]:
    """The pages of a small county in this database."""
    made = Pages(settle_county(engine), url, files)
    yield made


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the page's confirmation form."""
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)
    return {name: value for name, value in fields if name != "csrf_token"}
