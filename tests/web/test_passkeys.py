"""Passkeys on pages, in a real browser with a virtual authenticator: added, given after the password and for acts of weight."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine, select

from models import Passkey, RefusedAccess, User
from tests.support.browser import PASSWORD, Site, open_site
from tests.support.pages import Pages, open_pages, token
from workflow.county.access.guessing import TRIES
from workflow.county.sign_ins.factors import FactorRules

pytestmark = pytest.mark.one_database("sqlite")
_KEY = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}


@pytest.fixture
def site(browser: Browser, database_url: str, tmp_path: Path) -> Iterator[Site]:
    with open_site(database_url, tmp_path / "files", browser) as opened:
        # Browsers take no passkeys for an address of numbers.
        opened.address = opened.address.replace("127.0.0.1", "localhost")
        assert opened.app is not None
        opened.app.config.update(SITE=opened.address, FACTORS=FactorRules(frozenset({"admin"}), 15))
        yield opened


def with_key(page: Page) -> tuple[Any, str]:
    """The browser's tools and the virtual authenticator plugged into this window."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    made = tools.send("WebAuthn.addVirtualAuthenticator", {"options": {**_KEY, "automaticPresenceSimulation": True}})
    return tools, made["authenticatorId"]


def enter(page: Page, who: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("用户名").fill(who)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录").click()


def add(page: Page, name: str) -> None:
    page.goto("/factor")
    page.get_by_text("添加通行密钥").click()
    page.locator("#passkey-password").fill(PASSWORD)
    page.get_by_role("button", name="继续").click()
    page.get_by_label("名称").fill(name)
    page.get_by_role("button", name="添加本设备或安全密钥").click()


def test_a_passkey_is_added_and_given_in_a_browser_and_asked_for_again_for_an_act_of_weight(site: Site) -> None:
    page = site.stranger()
    tools, key = with_key(page)
    enter(page, "admin")
    add(page, "办公电脑")
    expect(page.locator(".x-codes li")).to_have_count(10)
    # The same device twice is refused by the browser, before anything is sent.
    add(page, "又一次")
    expect(page.get_by_role("alert")).to_contain_text("本设备已添加过")
    # A second window of the same browser: the password, then the key.
    page.context.clear_cookies()
    enter(page, "admin")
    expect(page).to_have_url(re.compile("/second-factor"))
    page.get_by_role("button", name="使用通行密钥").click()
    page.wait_for_url(lambda url: "/second-factor" not in url)
    # Half an hour later, for an act of weight, with what was typed.
    site.clock["now"] += timedelta(minutes=29)
    page.goto("/users")
    page.get_by_text("新增账号").first.click()
    page.get_by_label("用户名").fill("wang")
    page.get_by_label("姓名", exact=True).fill("王小明")
    page.get_by_label("角色").select_option("office")
    page.get_by_role("button", name="新增账号").click()
    page.get_by_role("button", name="使用通行密钥").click()
    expect(page.get_by_text("王小明").first).to_be_visible()
    page.goto("/factor")
    expect(page.get_by_text("办公电脑")).to_be_visible()
    with site.county.read() as session:
        (row,) = session.scalars(select(Passkey))
        assert (row.used_at, row.sign_count > 1) == (site.clock["now"], True)
        assert session.scalars(select(User.display_name).where(User.name == "wang")).one() == "王小明"
    # The device answers no more: a sentence, and the code of the phone is still there to type.
    tools.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
    tools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": key})
    other, _ = with_key(page)
    page.context.clear_cookies()
    enter(page, "admin")
    page.get_by_role("button", name="使用通行密钥").click()
    expect(page.get_by_role("alert").filter(has_text="未取得通行密钥")).to_be_visible()
    other.detach()


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path / "files") as opened:
        yield opened


def test_wrong_answers_are_counted_as_guesses_and_without_script_the_phone_remains(pages: Pages) -> None:
    pages.app.config["FACTORS"] = FactorRules(frozenset({"office"}))
    with pages.county.write() as session:
        office = pages.county.people["office"]
        values = {"credential_id": "eA", "public_key": "eA", "sign_count": 0, "made_at": pages.now}
        session.add(Passkey(user_id=office.account_id, name="钥匙", **values))
    client = pages.app.test_client()
    pages.sign_in(client, "office")
    half = client.get("/board")
    assert half.location.startswith("/second-factor")
    page = client.get("/second-factor").text
    assert 'hidden data-passkey="give"' in page
    assert 'name="code"' in page
    form = {"csrf_token": token(client, "/second-factor")}
    options = client.post("/second-factor/passkey", data=form).get_json()
    assert (options["rpId"], [one["id"] for one in options["allowCredentials"]]) == ("localhost", ["eA"])
    assert client.post("/second-factor/passkey", data={}).mimetype != "application/json"
    answers = [client.post("/second-factor", data={**form, "passkey": '{"id": "eA"}'}) for _ in range(TRIES + 1)]
    assert [answer.status_code for answer in answers] == [*[422] * TRIES, 429]
    assert "不适用于本网站" in answers[0].text
    # The challenge went with the first answer.
    assert "已超时或已使用过" in answers[1].text
    with pages.county.read() as session:
        assert session.scalars(select(RefusedAccess.times).where(RefusedAccess.kind == "code")).all() == [TRIES]


def test_a_host_that_is_not_configured_is_not_what_a_passkey_is_for(pages: Pages) -> None:
    pages.app.config.update(SITE="https://xiaohao.example", TRUSTED_HOSTS=["xiaohao.example", "other.example"])
    client = pages.app.test_client()
    hosts = {"xiaohao.example": "xiaohao.example", "other.example": "other.example"}
    for host, stated in hosts.items():
        client.post(
            "/sign-in",
            base_url=f"http://{host}",
            data={"name": "town", "password": PASSWORD, "csrf_token": token_at(client, host)},
        )
        form = {"csrf_token": token_at(client, host, "/factor")}
        asked = client.post("/second-factor/passkey", data=form, base_url=f"http://{host}")
        assert asked.get_json()["rpId"] == stated


def token_at(client: Any, host: str, path: str = "/sign-in") -> str:
    page = client.get(path, base_url=f"http://{host}").text
    return str(page.split('name="csrf_token" value="')[1].split('"')[0])
