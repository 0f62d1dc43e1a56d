"""Resets on pages and the command line: a slip for the owner, never a password for the administrator."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from models import FirstSignIn, User
from tests.support.pages import Pages, open_pages, token

pytestmark = pytest.mark.one_database("sqlite")


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path / "files") as opened:
        yield opened


def number(pages: Pages, who: str) -> str:
    return str(pages.county.people[who].user_id)


def test_a_reset_is_a_slip_that_signs_its_owner_out_and_no_page_or_cookie_holds_a_password(pages: Pages) -> None:
    assert pages.get("town", "/tickets").status_code == 200
    printed = pages.post("admin", "/users/slips", user=number(pages, "town"))
    assert (printed.status_code, printed.mimetype) == (200, "application/pdf")
    assert pages.get("town", "/tickets").status_code == 302
    # With the password of before nobody signs in any more.
    assert pages.sign_in(pages.app.test_client(), "town").status_code == 422
    added = pages.post("admin", "/users", name="wang", role="office")
    assert "请打印首次登录条" in pages.get("admin", added.location).text
    with pages.county.read() as session:
        assert session.scalars(select(User.password_hash).where(User.name == "wang")).one() is None
    assert pages.post("admin", f"/users/{number(pages, 'town')}/password").status_code == 404


def test_a_ruler_is_reset_after_the_inspectorate_agreed_and_every_step_says_what_comes_next(pages: Pages) -> None:
    office = number(pages, "office")
    refused = pages.post("admin", "/users/slips", user=office)
    assert "须经督查同意" in pages.get("admin", refused.location).text if refused.status_code == 302 else refused.text
    asked = pages.post("admin", f"/users/{office}/ask-reset")
    listed = pages.get("admin", asked.location).text
    assert "督查尚未同意" in listed
    page = pages.get("inspectorate", "/resets")
    act = re.search(r"/resets/\d+/agree", page.text)
    assert act is not None
    for who in ("admin", "office", "town", "leaders"):
        assert pages.get(who, "/resets").status_code == 403
        assert pages.post(who, act[0]).status_code == 403
    pages.post("inspectorate", act[0])
    assert "可办理一次" in pages.get("admin", "/users?q=office").text
    assert pages.post("admin", "/users/slips", user=office).mimetype == "application/pdf"
    with pages.county.read() as session:
        assert len(session.scalars(select(FirstSignIn)).all()) == 1


def test_the_inspectorate_does_not_agree_to_its_own(pages: Pages) -> None:
    pages.post("admin", f"/users/{number(pages, 'inspectorate')}/ask-reset")
    page = pages.get("inspectorate", "/resets").text
    assert "由同事办理" in page
    assert "/agree" not in page


def test_the_command_line_prints_the_code_and_nothing_else_and_asks_where_it_must(pages: Pages) -> None:
    run = pages.app.test_cli_runner()
    done = run.invoke(args=["user", "reset", "town"])
    assert (done.exit_code, re.fullmatch(r"([0-9A-Z]{5}-){3}[0-9A-Z]{5}\n", done.stdout) is not None) == (0, True)
    client = pages.app.test_client()
    form = {"code": done.stdout.strip(), "new": "tall trees in may", "again": "tall trees in may"}
    page = {"csrf_token": token(client, "/first-sign-in")}
    assert client.post("/first-sign-in", data={**form, **page}).status_code == 302
    assert pages.sign_in(client, "town", "tall trees in may").status_code == 302
    asked = run.invoke(args=["user", "reset", "office"])
    assert (asked.exit_code, asked.stdout, "已提请督查核准" in asked.stderr) == (1, "", True)
    again = run.invoke(args=["user", "reset", "office"])
    assert (again.exit_code, "须经督查同意" in again.stderr) == (1, True)
    urgent = run.invoke(args=["user", "reset", "office", "--emergency", "县扶贫办口令遗失，主任当面要求今日恢复登录"])
    assert urgent.exit_code == 0, urgent.stderr
    assert "未经核准紧急重置" in pages.get("inspectorate", "/trail").text
