"""Accounts on pages: passwords, closing, and the sessions that end with them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import Type
from sqlalchemy import Engine

from tests.support.browser import PASSWORD
from tests.support.pages import Pages, open_pages
from tests.support.speedups import PRODUCT

pytestmark = pytest.mark.one_database("sqlite")


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path / "files") as opened:
        yield opened


def test_who_changes_their_password_is_signed_out_everywhere_else(pages: Pages) -> None:
    elsewhere = pages.app.test_client()
    pages.sign_in(elsewhere, "town")
    short = pages.post("town", "/password", old=PASSWORD, new="short")
    assert (short.status_code, "密码至少8位" in short.text) == (422, True)
    wrong = pages.post("town", "/password", old="not it", new="another long one")
    assert (wrong.status_code, "当前密码不正确" in wrong.text) == (422, True)
    assert elsewhere.get("/tickets").status_code == 200
    assert pages.post("town", "/password", old=PASSWORD, new="another long one").status_code == 302
    assert pages.get("town", "/tickets").status_code == 200
    assert elsewhere.get("/tickets").status_code == 302
    assert pages.sign_in(pages.app.test_client(), "town").status_code == 422
    assert pages.sign_in(pages.app.test_client(), "town", "another long one").status_code == 302


def test_a_new_password_of_the_administrators_ends_the_sessions_of_the_old(pages: Pages) -> None:
    user = pages.county.people["town"].user_id
    assert pages.get("town", "/tickets").status_code == 200
    answer = pages.post("admin", f"/users/{user}/password")
    given = re.search(r"town的密码（仅显示一次）：(\S+?)<", pages.get("admin", answer.location).text)
    assert given is not None
    assert pages.get("town", "/tickets").status_code == 302
    assert pages.sign_in(pages.app.test_client(), "town", given[1]).status_code == 302


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
