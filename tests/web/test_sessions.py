"""Own sessions on pages: the list, ending them, time without use, and what asks for the password again."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models import UserSession
from tests.support.browser import PASSWORD
from tests.support.pages import Pages, open_pages, token
from web.devices import device_of, kept
from workflow.county.sign_ins.sessions import SEEN_EVERY, SessionRules

pytestmark = pytest.mark.one_database("sqlite")

PHONE = "Mozilla/5.0 (Linux; Android 12; HarmonyOS; NOH-AN00) Chrome/99.0 Mobile Safari/537.36 MicroMessenger/8.0"


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path / "files") as opened:
        yield opened


def sign_in(pages: Pages, who: str, device: str = "", **more: str) -> Any:
    client = pages.app.test_client()
    form = {"name": who, "password": PASSWORD, "csrf_token": token(client, "/sign-in"), **more}
    answer = client.post("/sign-in", data=form, headers={"User-Agent": device})
    assert answer.status_code == 302
    return client


@pytest.mark.parametrize(
    ("user_agent", "named"),
    [
        (PHONE, "WeChat · HarmonyOS"),
        ("Mozilla/5.0 (Windows NT 6.1; Win64) AppleWebKit/537.36 Chrome/109.0.0.0 Safari/537.36", "Chrome · Windows 7"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120 Safari/537.36 Edg/120.0", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 16_0 like Mac OS X) Version/16.0 Mobile Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0", "Firefox · Linux"),
        ("curl/8.0", ""),
        (None, ""),
    ],
)
def test_a_device_is_named_plainly(user_agent: str | None, named: str) -> None:
    assert device_of(user_agent) == named


def test_what_a_browser_calls_itself_is_kept_as_short_printable_text() -> None:
    assert kept("a\x00b\u202ec" + "x" * 400) == "abc" + "x" * 295


def test_the_list_shows_device_and_address_and_ends_one_or_all_others(pages: Pages) -> None:
    phone, desk = sign_in(pages, "town", PHONE), sign_in(pages, "town")
    shown = pages.get("town", "/sessions").text
    assert shown.count("<li class") == 3
    assert "WeChat · HarmonyOS" in shown
    assert shown.count("地址：127.0.0.1") == 3
    # The session in hand has no button; another's is not there.
    numbers = re.findall(r"/sessions/(\d+)", shown)
    with pages.county.read() as session:
        every = session.scalars(select(UserSession.id).order_by(UserSession.id)).all()
    assert len(numbers) == 2
    first = min(numbers, key=int)
    assert int(first) in every
    # With the password alone: whoever finds the desk open does not shut the owner out of it elsewhere.
    for path in (f"/sessions/{first}", "/sessions"):
        assert pages.post("town", path, password="wrong").status_code == 422
    assert phone.get("/tickets").status_code == 200
    assert pages.post("town", f"/sessions/{first}", password=PASSWORD).status_code == 302
    assert (phone.get("/tickets").status_code, desk.get("/tickets").status_code) == (302, 200)
    mine = ({str(number) for number in every} - set(numbers)).pop()
    assert pages.post("town", f"/sessions/{mine}").status_code == 404
    assert pages.post("office", f"/sessions/{max(numbers, key=int)}", password=PASSWORD).status_code == 404
    pages.post("town", "/sessions", password=PASSWORD)
    assert desk.get("/tickets").status_code == 302
    assert pages.get("town", "/tickets").status_code == 200


def test_who_is_idle_too_long_signs_in_again_and_use_is_noted_now_and_then(pages: Pages) -> None:
    pages.app.config["SESSIONS"] = SessionRules(24, idle_minutes={"town": 30})
    client, begun = sign_in(pages, "town"), pages.now

    def seen() -> Any:
        with pages.county.read() as session:
            return session.scalars(select(UserSession.seen_at).order_by(UserSession.id.desc())).first()

    for minutes, noted in ((4, 0), (5, 5), (8, 5), (34.9, 34.9)):
        pages.now = begun + timedelta(minutes=minutes)
        assert client.get("/tickets").status_code == 200, minutes
        assert seen() == begun + timedelta(minutes=noted)
    assert timedelta(minutes=5) == SEEN_EVERY
    pages.now = begun + timedelta(minutes=64.9)
    assert client.get("/tickets").status_code == 302
    # It lies in no list either.
    assert pages.get("town", "/sessions").text.count("<li class") == 1


def test_a_remembered_phone_keeps_its_cookie_and_others_lose_it_with_the_browser(pages: Pages) -> None:
    pages.app.config["SESSIONS"] = SessionRules(12, remembered_days=30)
    phone, desk, office = (
        sign_in(pages, who, **more)
        for who, more in (("town", {"remember": "1"}), ("town", {}), ("office", {"remember": "1"}))
    )
    lasting = [client.get_cookie("xiaohao").expires is not None for client in (phone, desk, office)]
    assert lasting == [True, False, False]
    pages.now += timedelta(hours=13)
    assert [client.get("/inbox").status_code for client in (phone, desk, office)] == [200, 302, 302]
    assert "已记住的设备" in phone.get("/sessions").text


def test_a_mail_address_and_a_phone_are_changed_with_the_password_and_guessing_it_is_bounded(pages: Pages) -> None:
    pages.app.config["REACHES"] = ("email", "sms")
    for channel, value in (("email", "a@b.example"), ("sms", "13800000000")):
        for act in ("enter", "drop"):
            refused = pages.post("town", f"/preferences/{channel}", act=act, value=value, password="not it")
            assert (refused.status_code, "当前密码不正确" in refused.text) == (422, True), (channel, act)
            if act == "enter":
                assert f'value="{value}"' in refused.text
            done = pages.post("town", f"/preferences/{channel}", act=act, value=value, password=PASSWORD)
            assert done.status_code == 302
    for _ in range(4):
        pages.post("town", "/preferences/email", act="drop", password="not it")
    assert pages.post("town", "/preferences/email", act="drop", password=PASSWORD).status_code == 429


def test_the_command_line_lists_and_ends_the_sessions_of_an_account(pages: Pages) -> None:
    sign_in(pages, "town", PHONE)
    run = pages.app.test_cli_runner()
    listed = run.invoke(args=["user", "sessions", "town"])
    assert listed.exit_code == 0, listed.stderr
    assert [line.split("\t")[2:] for line in listed.stdout.splitlines()] == [["127.0.0.1", "WeChat · HarmonyOS"]]
    assert run.invoke(args=["user", "sessions", "town", "--end"]).stdout == "1\n"
    assert run.invoke(args=["user", "sessions", "town"]).stdout == ""
