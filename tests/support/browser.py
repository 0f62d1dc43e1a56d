"""Browser tests: a county behind a real server, and real browser windows in which people sign in through the page."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from playwright.sync_api import Browser, FilePayload, Locator, Page, Response, expect
from sqlalchemy import Engine, select

from models import User
from models.row_changes import happened
from tests.support.apps import app_on
from tests.support.camera import photo
from tests.support.databases import engine_at
from tests.support.factories import START, County, day, settle_county
from tools.browser import chromium, find_chromium, serving
from workflow.county.sign_ins.sessions import SessionRules

#: How long to wait for an expected element, in milliseconds: a busy machine is no failure.
PATIENCE = 120_000
expect.set_options(timeout=PATIENCE)
#: One cheap hash for all accounts: strong ones would take longer than the tests.
PASSWORD = "a long enough password"
_HASHED = PasswordHasher(time_cost=1, memory_cost=64).hash(PASSWORD)
#: The smallest valid files of each type.
PHOTO: FilePayload = {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": photo()}
PAPER: FilePayload = {"name": "整改说明.txt", "mimeType": "text/plain", "buffer": "已通水。".encode()}


@contextmanager
def installed_chromium() -> Iterator[Browser]:
    """The installed browser; without one the tests are skipped, except where every test must run."""
    path = find_chromium()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is not installed, and here every test must run")
        pytest.skip("Chromium is not installed")
    with chromium(path) as browser:
        yield browser


@dataclass
class Site:
    """A county behind a server, with a browser window per person."""

    county: County
    address: str
    browser: Browser
    clock: dict[str, datetime]
    scripts: bool = True
    faults: list[str] = field(default_factory=list)
    app: Flask | None = None
    _pages: dict[str, Page] = field(default_factory=dict)

    def at(self, n: float, hour: float = 10) -> None:
        """Sets the clock to `n` calendar days after the start, at that hour in China."""
        self.clock["now"] = day(n, hour)

    def stranger(self, **how: Any) -> Page:
        """A new browser window without a sign-in."""
        # A worker holds files of its own in each new window: only tests of working without a signal pay for it.
        how = {"service_workers": "block", **how}
        context = self.browser.new_context(base_url=self.address, java_script_enabled=self.scripts, **how)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._heard(page, message.type, message.text))
        page.on("response", lambda answer: self._answered(answer))
        return page

    def page(self, who: str, **how: Any) -> Page:
        """This person's window, signed in."""
        if who not in self._pages:
            page = self._pages[who] = self.stranger(**how)
            enter(page, who)
        return self._pages[who]

    def _heard(self, page: Page, kind: str, text: str) -> None:
        # A refused form is a page with a status of its own; the browser remarks on it, and that is no fault.
        if kind == "error" and not text.startswith("Failed to load resource"):
            self.faults.append(f"{page.url}: {text}")

    def _answered(self, answer: Response) -> None:
        # A form that the script sends is answered by a page of its own, too.
        sent = answer.request.headers.get("x-requested-with") == "xiaohao"
        if answer.status >= 400 and answer.request.resource_type != "document" and not sent:
            self.faults.append(f"{answer.status} {answer.url}")


def enter(page: Page, who: str, password: str = PASSWORD) -> None:
    """Signs in through the page."""
    page.goto("/sign-in")
    page.get_by_label("用户名").fill(who)
    page.get_by_label("密码", exact=True).fill(password)
    page.get_by_role("button", name="登录").click()
    expect(page.locator(".x-me")).to_be_visible()


@contextmanager
def open_site(
    url: str,
    files: Path,
    browser: Browser,
    scripts: bool = True,
    settle: Callable[[Engine], County] = settle_county,
) -> Iterator[Site]:
    """Serves a small county in this database; at the end asserts that no window had an error."""
    engine = engine_at(url)
    county = settle(engine)
    give_passwords(engine)
    clock = {"now": day(0)}
    app = app_on(url, FILES=files, CLOCK=lambda: clock["now"], SESSIONS=SessionRules(24 * 90))
    with serving(app) as address:
        site = Site(county, address, browser, clock, scripts, app=app)
        try:
            yield site
        finally:
            for context in browser.contexts:
                context.close()
    assert site.faults == []


def give_passwords(engine: Engine) -> None:
    """Gives every account the password PASSWORD."""
    with County(engine).write() as session:
        for user in session.scalars(select(User)):
            user.password_hash = _HASHED
        happened(session, START)


def buttons(page: Page) -> list[str]:
    """The labels of the action buttons on this page."""
    return page.locator(".x-actions [data-act]").all_inner_texts()


def form(page: Page, label: str) -> Locator:
    """The form of an action, opened if it is collapsed."""
    at_once = page.locator("form.x-at-once").filter(has=page.locator(f"[data-act]:text-is('{label}')"))
    if at_once.count():
        return at_once
    block = page.locator("details.x-action").filter(has=page.locator(f"summary:text-is('{label}')"))
    if block.get_attribute("open") is None:
        block.locator(":scope > summary").click()
    return block.locator("form")


def labelled(block: Locator, name: str) -> Locator:
    """The input with this label, required or not."""
    return block.get_by_label(re.compile(rf"^{name}\s*(（必填）)?$"))


def press(page: Page, label: str, files: list[Any] | None = None, **given: str) -> None:
    """Opens an action's form, fills in inputs by their labels, and sends it."""
    block = form(page, label)
    folded = block.locator("details:not([open]):not([data-wordings]) > summary")
    if given and folded.count():
        folded.first.click()
    for name, value in given.items():
        box = labelled(block, name)
        if box.evaluate("e => e.tagName") == "SELECT":
            box.select_option(label=value)
        else:
            box.fill(value)
    if files:
        block.locator("input[type=file]").set_input_files(files)
    send(block.locator("button:not([type=button])").first)


def send(button: Locator) -> None:
    """Presses the button of a form and waits until the page has been answered, whether a script sent the form or not."""
    page = button.page
    page.locator("main").evaluate("main => { main.dataset.before = 'yes' }")
    button.click()
    page.wait_for_function("() => document.querySelector('main:not([data-before])')")


def state(page: Page) -> str:
    """The ticket's state as the page shows it."""
    return page.locator(".x-now-line .x-state").inner_text()


def file(site: Site, who: str, kind: str = "饮水", household: str = "A1", description: str = "水管断了") -> str:
    """Files a ticket through the pages; returns its number."""
    page = site.page(who)
    page.goto("/file")
    page.get_by_role("link", name=household).click()
    page.get_by_label("缺什么？").select_option(label=kind)
    if not site.scripts:
        page.get_by_role("button", name="查看承办单位和期限").click()
    expect(page.locator(".x-shown")).to_be_visible()
    page.get_by_label("情况说明").fill(description)
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("已上报。")).to_be_visible()
    return page.url.rsplit("/", 1)[1]


def look(site: Site, who: str, number: str) -> Page:
    """Opens the ticket's page in this person's window."""
    page = site.page(who)
    page.goto(f"/tickets/{number}")
    return page


def act(site: Site, who: str, number: str, label: str, **given: object) -> Page:
    """Presses a button on the ticket's page and waits for the confirmation."""
    page = look(site, who, number)
    press(page, label, **given)  # type: ignore[arg-type]
    expect(page.get_by_text("已办理。")).to_be_visible()
    return page


def resolved(site: Site, number: str) -> None:
    """A ticket accepted on the first day and resolved three days later; its number."""
    act(site, "water", number, "受理")
    site.at(3)
    act(site, "water", number, "办结", files=[PHOTO], 说明="已换水管")


def closed(site: Site) -> str:
    """A ticket filed by a town, resolved, and closed on site on the fourth day; its number."""
    number = file(site, "town")
    resolved(site, number)
    site.at(4)
    act(site, "town", number, "核验通过", files=[PHOTO], 现场核验日期="2018-11-24")
    return number
