"""Uploads in a browser: files too large together are stopped before sending, and no form loses its text."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.conftest import fresh_database
from tests.support.browser import PHOTO, Site, act, enter, file, form, labelled, look, open_site, send, state

LARGE: FilePayload = {"name": "名册.xlsx", "mimeType": "application/vnd.ms-excel", "buffer": b"PK" + b"a" * 400_000}


@pytest.fixture
def site(request: pytest.FixtureRequest, browser: Browser, tmp_path: Path) -> Iterator[Site]:
    with (
        fresh_database(request, "sqlite") as url,
        open_site(url, tmp_path / "files", browser) as opened,
    ):
        yield opened


def test_files_that_are_too_large_together_are_told_of_beside_their_input_and_not_sent(site: Site) -> None:
    page = site.page("office")
    page.goto("/imports")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method) if request.method == "POST" else None)
    block = page.locator("form:has(input[type=file])").first
    block.evaluate("form => { form.dataset.most = 1048576 / 4 }")
    chooser = block.locator("input[type=file]")
    chooser.set_input_files([LARGE])
    block.locator("button").first.click()
    alert = block.get_by_role("alert")
    expect(alert).to_contain_text("所选文件合计1 MB")
    expect(chooser).to_be_focused()
    assert sent == []
    chooser.set_input_files([])
    expect(alert).to_have_count(0)


def test_under_a_token_that_has_grown_old_a_form_is_sent_at_the_first_press(site: Site) -> None:
    number = file(site, "town")
    act(site, "water", number, "受理")
    site.at(3)
    page = look(site, "water", number)
    block = form(page, "办结")
    labelled(block, "说明").fill("已换水管")
    block.locator("input[type=file]").set_input_files([PHOTO])
    page.context.clear_cookies()
    enter_again(page)
    send(block.locator("button:not([type=button])").first)
    assert state(page) == "待核验"


def enter_again(page: Page) -> None:
    """Signs in again in another tab of the same browser, as after an expired session."""
    other = page.context.new_page()
    enter(other, "water")
    other.close()
