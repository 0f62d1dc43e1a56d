"""Phones: what tests of forms that a phone keeps have in common."""

from typing import Any

from playwright.sync_api import FilePayload, Page
from sqlalchemy import func, select

from tests.support.browser import Site
from tests.support.camera import photo


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
    for _ in range(60):
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
