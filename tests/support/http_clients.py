"""HTTP clients in tests: of the API and of the pages, with a clock that tests set."""

import io
import re
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from models import User
from tests.support.apps import app_on
from tests.support.factories import County, day
from tests.support.form_tokens import form_token
from workflow.county import accounts

PASSWORD = "a plain password"


class Api:
    """A county behind HTTP, with a clock that tests set and a token for every person."""

    def __init__(self, county: County, url: str, files: Path) -> None:
        self.county = county
        self.now = day(0)
        self.app = app_on(url, FILES=files, CLOCK=lambda: self.now, TESTING=True)
        self.client: FlaskClient = self.app.test_client()
        self.tokens: dict[str, str] = {}
        with county.write() as session:
            for user in session.scalars(select(User)):
                self.tokens[user.name] = accounts.issue_token(session, user, self.now)

    def call(self, who: str | None, method: str, path: str, json: Any = None, **headers: str) -> Any:
        auth = {"Authorization": f"Bearer {self.tokens[who]}"} if who else {}
        return self.client.open(f"/api/v1{path}", method=method, json=json, headers={**auth, **headers})

    def post(self, who: str | None, path: str, json: Any = None, **headers: str) -> Any:
        return self.call(who, "POST", path, json, **headers)

    def file(self, who: str = "town", household: str = "A1", kind: str = "water", **more: Any) -> str:
        answer = self.post(who, "/tickets", {"household": household, "kind": kind, **more})
        assert answer.status_code == 201, answer.json
        return str(answer.json["number"])

    def bring(self, who: str, number: str) -> int:
        answer = self.client.post(
            f"/api/v1/tickets/{number}/evidence",
            data={"file": (io.BytesIO(f"seen by {who}".encode()), "seen.txt")},
            headers={"Authorization": f"Bearer {self.tokens[who]}"},
        )
        assert answer.status_code == 201, answer.json
        made: Any = answer.json
        return int(made["id"])


class Visitor:
    """A browser without scripts: keeps the cookie and sends the form's token."""

    def __init__(self, api: Api, address: str = "127.0.0.1") -> None:
        self.client = api.app.test_client()
        self.address = address

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(path, environ_overrides={"REMOTE_ADDR": self.address}, **more)

    def post(self, path: str, data: dict[str, Any] | None = None, page: str = "/sign-in", **more: Any) -> Any:
        form = {**(data or {}), "csrf_token": form_token(self.client) or self._token(page)}
        return self.client.post(path, data=form, environ_overrides={"REMOTE_ADDR": self.address}, **more)

    def _token(self, page: str) -> str:
        match = re.search(
            r'name="csrf_token" value="([^"]+)"', self.get(page, follow_redirects=True).get_data(as_text=True)
        )
        assert match is not None, page
        return match[1]

    def enter(self, name: str, password: str = PASSWORD, to: str = "/sign-in") -> Any:
        return self.post(to, {"name": name, "password": password})
