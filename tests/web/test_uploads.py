"""Uploads in a browser: files too large together are stopped before sending, and no form loses its text."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.conftest import fresh_database
from tests.support.browser import PHOTO, Site, act, enter, file, form, labelled, look, open_site, state

LARGE: FilePayload = {"name": "大图.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff" + b"a" * 300_000}


@pytest.fixture
def site(request: pytest.FixtureRequest, browser: Browser, tmp_path: Path) -> Iterator[Site]:
    with (
        fresh_database(request, "sqlite") as url,
        open_site(url, tmp_path / "files", browser) as opened,
    ):
        yield opened


def test_files_that_are_too_large_together_are_told_of_beside_their_input_and_not_sent(site: Site) -> None:
    number = file(site, "town")
    act(site, "water", number, "受理")
    site.at(3)
    page = look(site, "water", number)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method) if request.method == "POST" else None)
    page.evaluate("document.body.dataset.most = 1048576 / 2")
    block = form(page, "办结")
    labelled(block, "说明").fill("已换水管")
    chooser = block.locator("input[type=file]")
    chooser.set_input_files([LARGE, LARGE])
    block.locator("button").click()
    alert = block.get_by_role("alert")
    expect(alert).to_contain_text("所选文件合计1 MB")
    expect(chooser).to_be_focused()
    assert (sent, labelled(block, "说明").input_value(), state(page)) == ([], "已换水管", "办理中")
    chooser.set_input_files([PHOTO])
    expect(alert).to_have_count(0)
    # Under a token that has grown old meanwhile the words come back on a page of their own.
    page.context.clear_cookies()
    enter_again(page)
    block.locator("button").click()
    expect(page.get_by_role("heading", name="重新提交")).to_be_visible()
    assert page.get_by_label("说明").input_value() == "已换水管"
    page.locator("input[type=file]").set_input_files([PHOTO])
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_text("已换水管").first).to_be_visible()
    assert state(page) == "待核验"


def enter_again(page: Page) -> None:
    """Signs in again in another tab of the same browser, as after an expired session."""
    other = page.context.new_page()
    enter(other, "water")
    other.close()
