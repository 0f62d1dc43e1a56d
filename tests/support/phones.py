"""Phones: what tests of forms that a phone keeps have in common."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect
from sqlalchemy import Engine, func, select

from tests.conftest import fresh_database
from tests.support.browser import Site, open_site
from tests.support.camera import photo
from tests.support.cutting_line import cutting_line
from tests.support.factories import County

#: A phone's window, with a worker.
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "service_workers": "allow"}
PIN = "735291"


@contextmanager
def at_a_line(
    request: pytest.FixtureRequest, browser: Browser, files: Path, settle: Callable[[Engine], County]
) -> Iterator[Site]:
    """A county at the end of a line that tests cut."""
    with (
        fresh_database(request, "sqlite") as url,
        open_site(url, files, browser, settle=settle) as opened,
        cutting_line(opened.address) as line,
    ):
        opened.address = line.address
        yield opened


def phone(site: Site, who: str = "village") -> Page:
    """This person's phone, with its worker in charge."""
    return in_charge(site.page(who, **PHONE))


def in_charge(page: Page) -> Page:
    """The page of a phone, once its worker is in charge."""
    page.goto("/phone")
    # A page that was on its way while the worker took charge is not among those it took: the next one is.
    while page.evaluate("navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller === null)"):
        page.goto("/phone")
    return page


def taken(site: Site, who: str = "village") -> Page:
    """This person's phone with the pages it took along."""
    return take(phone(site, who))


def take(page: Page) -> Page:
    """Takes the pages of all villages along."""
    ready(page)
    page.get_by_label("口令（6位以上数字）").fill(PIN)
    page.get_by_label("再输一次口令").fill(PIN)
    for box in page.locator("#take input[name=village]").all():
        box.check()
    page.get_by_role("button", name="带上", exact=True).click()
    expect(page.locator("#take-status")).to_contain_text("本机存有")
    return page


def waits(page: Page) -> None:
    """The form that was sent says that it waits on the phone."""
    expect(page.locator(".x-phone-notice")).to_contain_text("已存本机，等信号")


def picture(name: str, seed: object = 1, size: tuple[int, int] = (640, 480)) -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": photo(seed, size)}


def rows(site: Site, table: Any) -> int:
    with site.county.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def ready(page: Page) -> None:
    """Waits until the page's script has looked for what the phone keeps."""
    page.wait_for_selector("html[data-phone=ready]")


def sent(page: Page) -> None:
    """Tells the script that there is a signal, until nothing waits."""
    for _ in range(1200):
        page.evaluate("dispatchEvent(new Event('online'))")
        with_nothing = page.evaluate(
            "async () => (await xiaohao.entries()).filter(one => one.state === 'waiting').length"
        )
        if not with_nothing:
            return
        page.wait_for_timeout(100)
    raise AssertionError("the forms still wait")


def until(page: Page, holds: str) -> None:
    """Waits until a promise of the page comes true; `wait_for_function` takes the promise itself for the answer."""
    while not page.evaluate(holds):
        page.wait_for_timeout(50)
