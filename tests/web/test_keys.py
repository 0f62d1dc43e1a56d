"""Keys at a desk: they press what the page shows, leave alone who types, and are listed in the reader's language."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import fresh_database
from tests.support.browser import Site, open_site
from web.navigation import FIRST, LETTERS, MORE
from web.words.desk_keys import DESK_KEYS


@pytest.fixture
def site(request: pytest.FixtureRequest, browser: Browser, tmp_path: Path) -> Iterator[Site]:
    with fresh_database(request, "sqlite") as url, open_site(url, tmp_path / "files", browser) as opened:
        yield opened


def keys(page: Page, *pressed: str) -> None:
    for key in pressed:
        page.keyboard.press(key)


def test_a_bureau_works_its_list_and_its_ticket_by_keys(site: Site) -> None:
    tickets = [site.county.file("town", household) for household in ("A1", "A2", "A3")]
    page = site.page("water")
    page.goto("/tickets?mine=1")
    links = page.locator("#list .x-what a")
    keys(page, "j")
    expect(links.nth(0)).to_be_focused()
    keys(page, "j", "j", "j", "k")
    expect(links.nth(1)).to_be_focused()
    # Who types writes, and who holds Control speaks to the browser.
    box = page.locator("main input[type=search]")
    keys(page, "f")
    expect(box).to_be_focused()
    page.keyboard.type("xa?")
    expect(box).to_have_value("xa?")
    box.fill("")
    links.nth(1).focus()
    keys(page, "Control+x")
    expect(page.locator("input[name=t]:checked")).to_have_count(0)
    # What the row does not offer is no key of it; what it offers is done on it alone.
    keys(page, "e", "x", "x", "a")
    expect(page.locator("main .alert")).to_contain_text("已办")
    assert sorted(site.county.ticket(ticket).state for ticket in tickets) == ["assigned", "assigned", "in_progress"]
    # A tick, and the comment's fold opens for the ticked row with the cursor in it.
    keys(page, "j", "x", "c")
    expect(page.locator("#comment-note")).to_be_focused()
    # On a ticket of its own.
    page.goto("/tickets?mine=1&state=assigned")
    keys(page, "j", "Enter")
    expect(page.locator("h1")).to_contain_text("饮水")
    keys(page, "c")
    expect(page.locator("#comment")).to_be_focused()
    page.locator("#comment").evaluate("box => box.blur()")
    keys(page, "a")
    expect(page.get_by_text("已办理。")).to_be_visible()
    keys(page, "g", "i")
    page.wait_for_url("**/inbox")
    keys(page, "/")
    page.wait_for_url("**/search")
    expect(page.locator("main input[type=search]")).to_be_focused()
    page.keyboard.type("A2")
    page.keyboard.press("Enter")
    expect(page.locator("main .x-row").first).to_be_visible()
    # A number of a person is refused before it stands in an address.
    page.locator("main input[type=search]").fill("441424199001011234")
    page.keyboard.press("Enter")
    expect(page.locator("main .invalid-feedback")).to_be_visible()
    assert page.url.endswith("/search?q=A2")


def test_the_list_of_keys_is_in_the_language_of_the_page_and_switches_them_off(site: Site) -> None:
    page = site.page("office")
    page.get_by_role("button", name="English").click()
    page.locator("body").press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    letters = page.evaluate(
        "new Set([...document.querySelectorAll('.x-nav [data-go]')].map((link) => link.dataset.go)).size"
    )
    expect(dialog.locator("dt")).to_have_count(len(DESK_KEYS) + letters)
    assert not [text for text in dialog.all_inner_texts() if any("一" <= sign <= "鿿" for sign in text)]
    dialog.get_by_label("Use keys on this device").uncheck()
    keys(page, "Escape")
    expect(dialog).to_have_count(0)
    keys(page, "g", "t", "?")
    expect(dialog).to_have_count(0)
    page.goto("/help")
    page.get_by_label("Use keys on this device").check()
    page.goto("/board")
    keys(page, "g", "t")
    page.wait_for_url("**/tickets")


def test_no_letter_leads_a_role_to_two_pages() -> None:
    for role, first in FIRST.items():
        letters = [LETTERS[name] for name in (*first, *MORE[role]) if name in LETTERS]
        assert len(letters) == len(set(letters)), role
        assert all(name in LETTERS for name in first[:2]), role
    assert set(LETTERS) <= {name for role in FIRST for name in (*FIRST[role], *MORE[role])}
