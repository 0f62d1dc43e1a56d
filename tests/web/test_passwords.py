"""Accounts on pages: passwords, closing, and the sessions that end with them."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import Type, extract_parameters
from argon2.exceptions import VerifyMismatchError
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from models import FormerPassword, User
from tests.support.browser import PASSWORD
from tests.support.pages import Pages, open_pages, token
from tests.support.speedups import PRODUCT
from web import auth
from web.auth import hashed
from workflow.actors import system
from workflow.county import accounts
from workflow.county.access.passwords import PasswordRules
from workflow.county.sign_ins import first_sign_ins

pytestmark = pytest.mark.one_database("sqlite")


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path / "files") as opened:
        yield opened


def test_who_changes_their_password_is_signed_out_everywhere_else(pages: Pages) -> None:
    elsewhere = pages.app.test_client()
    pages.sign_in(elsewhere, "town")
    short = pages.post("town", "/password", old=PASSWORD, new="short")
    assert (short.status_code, "密码至少10位" in short.text) == (422, True)
    wrong = pages.post("town", "/password", old="not it", new="another long one")
    assert (wrong.status_code, "当前密码不正确" in wrong.text) == (422, True)
    assert elsewhere.get("/tickets").status_code == 200
    assert pages.post("town", "/password", old=PASSWORD, new="another long one").status_code == 302
    assert pages.get("town", "/tickets").status_code == 200
    assert elsewhere.get("/tickets").status_code == 302
    assert pages.sign_in(pages.app.test_client(), "town").status_code == 422
    assert pages.sign_in(pages.app.test_client(), "town", "another long one").status_code == 302


GIVEN = "set by somebody else"


def given_password(pages: Pages, who: str) -> FlaskClient:
    """A browser signed in with a password that the command line has set."""
    with pages.county.write() as session:
        user = session.get_one(User, pages.county.people[who].account_id)
        accounts.set_password(session, system(), user, hashed(GIVEN), pages.now, given=True)
    client = pages.app.test_client()
    pages.sign_in(client, who, GIVEN)
    return client


def change(client: FlaskClient, old: str, new: str) -> Any:
    form = {"old": old, "new": new, "csrf_token": token(client, "/password")}
    return client.post("/password", data=form)


def test_a_password_that_somebody_else_set_opens_nothing_but_the_page_to_change_it(pages: Pages) -> None:
    client = given_password(pages, "town")
    for path in ("/", "/tickets", "/inbox"):
        led = client.get(path)
        assert (led.status_code, led.location) == (302, "/password"), path
    assert client.post("/file", data={"csrf_token": token(client, "/password")}).location == "/password"
    assert client.get("/api/v1/tickets").status_code == 403
    assert "请先设置自己的密码" in client.get("/password").text
    assert change(client, GIVEN, "tall trees in may").status_code == 302
    assert client.get("/tickets").status_code == 200
    assert client.get("/api/v1/tickets").status_code == 200


def test_a_program_works_before_its_owner_has_signed_in(pages: Pages) -> None:
    given_password(pages, "town")
    with pages.county.write() as session:
        user = session.get_one(User, pages.county.people["town"].account_id)
        issued = accounts.issue_token(session, user, pages.now)
    client = pages.app.test_client()
    assert client.get("/api/v1/tickets", headers={"Authorization": f"Bearer {issued}"}).status_code == 200


def test_a_password_that_the_owner_set_with_a_slip_is_no_given_one(pages: Pages) -> None:
    with pages.county.write() as session:
        user = session.get_one(User, pages.county.people["town"].account_id)
        (slip,) = first_sign_ins.make(session, system(), pages.now, [user])
    client = pages.app.test_client()
    form = {"code": slip.code, "new": "tall trees in may", "again": "tall trees in may"}
    client.post("/first-sign-in", data={**form, "csrf_token": token(client, "/first-sign-in")})
    pages.sign_in(client, "town", "tall trees in may")
    assert client.get("/tickets").status_code == 200


def test_the_last_passwords_are_not_chosen_again_and_only_they(pages: Pages) -> None:
    client = pages.app.test_client()
    pages.sign_in(client, "town")
    old, kept = PASSWORD, 5
    for number in range(kept):
        assert change(client, old, f"tall trees in may {number}").status_code == 302
        old = f"tall trees in may {number}"
        refused = change(client, old, "tall trees in may 0")
        assert (refused.status_code, "最近5个密码" in refused.text) == (422, True), number
    assert change(client, old, PASSWORD).status_code == 302
    with pages.county.read() as session:
        assert len(session.scalars(select(FormerPassword)).all()) == kept - 1


def test_a_password_is_the_same_however_its_characters_are_typed(pages: Pages) -> None:
    client = pages.app.test_client()
    pages.sign_in(client, "town")
    wide = "ｔａｌｌ ｔｒｅｅｓ １８"
    assert change(client, PASSWORD, wide).status_code == 302
    for typed in (wide, "tall trees 18"):
        assert pages.sign_in(pages.app.test_client(), "town", typed).status_code == 302


def test_an_age_and_kinds_of_characters_are_settings(pages: Pages) -> None:
    pages.app.config["PASSWORD_RULES"] = PasswordRules(kinds=3, days=30)
    client = pages.app.test_client()
    pages.sign_in(client, "town")
    weak = change(client, PASSWORD, "tall trees in may")
    assert (weak.status_code, "3类字符" in weak.text) == (422, True)
    assert change(client, PASSWORD, "Tall trees in may 1").status_code == 302
    begun = pages.now
    pages.now = begun + timedelta(days=30) - timedelta(seconds=1)
    assert client.get("/tickets").status_code == 200
    pages.now = begun + timedelta(days=30)
    assert client.get("/tickets").location == "/password"


def test_the_page_says_how_strong_a_password_is_only_with_a_script(pages: Pages) -> None:
    page = pages.get("town", "/password").text
    assert re.search(r'id="strength"[^>]* hidden', page)
    assert re.search(r'<script src="/static/strength-\w+\.js" defer>', page)


def test_the_administrator_cannot_close_their_own_account(pages: Pages) -> None:
    me, town = (pages.county.people[who].user_id for who in ("admin", "town"))
    assert f"/users/{me}/leave" not in pages.get("admin", "/users").text
    refused = pages.post("admin", f"/users/{me}/leave")
    assert (refused.status_code, "不能停用自己的账号" in refused.text) == (403, True)
    pages.get("town", "/tickets")
    preview = pages.post("admin", f"/users/{town}/leave", act="look")
    assert (preview.status_code, "确认停用" in preview.text) == (200, True)
    assert pages.get("town", "/tickets").status_code == 200
    pages.post("admin", f"/users/{town}/leave", act="apply")
    assert pages.get("town", "/tickets").status_code == 302


def test_a_refused_account_keeps_what_was_typed(pages: Pages) -> None:
    page = pages.post("admin", "/users", name="new one", display_name="李四", role="bureau", unit="water")
    assert page.status_code == 422
    assert 'value="new one"' in page.text
    assert 'value="李四"' in page.text
    assert '<option value="water" selected>' in page.text


def test_what_passwords_are_hashed_with_is_the_librarys_own_strength() -> None:
    # The tests themselves hash with less: see `tests/support/speedups.py`.
    assert (PRODUCT.type, PRODUCT.memory_cost, PRODUCT.time_cost) == (Type.ID, 64 * 1024, 3)


def test_a_name_that_nobody_has_is_checked_at_the_cost_of_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "HASHER", PRODUCT)
    nobody = auth.hash_of_nobody()
    assert extract_parameters(nobody) == extract_parameters(hashed("correct horse"))
    # Compared in full, not refused for its form, which would take no time.
    with pytest.raises(VerifyMismatchError):
        PRODUCT.verify(nobody, "correct horse")
