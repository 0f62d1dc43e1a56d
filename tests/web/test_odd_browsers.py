"""Browsers that lack something: forms are sent all the same, and what can be kept is kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from models import Checkup, Event, Evidence
from tests.support.browser import Site
from tests.support.households import settle_register
from tests.support.phones import PHONE, at_a_line, phone, picture, ready, rows, take


@pytest.fixture
def homes(request: pytest.FixtureRequest, browser: Browser, tmp_path: Path) -> Iterator[Site]:
    """A county with a register."""
    with at_a_line(request, browser, tmp_path / "files", settle_register) as opened:
        yield opened


#: What Safari 14 lacks: the button of a submission, its focus, and locks; and a page that is left says no more than pagehide.
_OLD_SAFARI = """
    Object.defineProperty(SubmitEvent.prototype, 'submitter', { get () {} })
    Object.defineProperty(navigator, 'locks', { value: undefined })
    addEventListener('mousedown', (event) => event.target.closest('button') && event.preventDefault(), true)
    addEventListener('visibilitychange', (event) => event.stopImmediatePropagation(), true)
"""
#: A private window of a browser that refuses it a database.
_NO_STORE = """
    IDBFactory.prototype.open = function () {
      const asked = {}
      setTimeout(() => asked.onerror())
      return asked
    }
"""
#: A database that never answers (Safari 14.6).
_SILENT_STORE = "IDBFactory.prototype.open = () => ({})"
#: A browser that asks the person whether the site may keep things for good, who does not answer (Firefox).
_ASKS = "StorageManager.prototype.persist = () => new Promise(() => {})"


def test_an_old_safari_knows_the_pressed_button(homes: Site) -> None:
    number = homes.county.ticket(homes.county.file("town")).number
    page = homes.page("water", **PHONE | {"service_workers": "block"})
    page.add_init_script(_OLD_SAFARI)
    page.goto(f"/tickets/{number}")
    ready(page)
    page.locator("#comment").fill("周三进场施工")
    button = page.locator("form:has(#comment) button:not([type=button])")
    name = button.inner_text()
    page.context.set_offline(True)
    button.click()
    expect(page.locator("#phone-line")).to_have_text("1份等信号")
    assert page.evaluate("xiaohao.entries().then((all) => all[0].title)").split(" · ")[-1] == name
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator(".x-history")).to_contain_text("周三进场施工")
    with homes.county.read() as session:
        assert session.query(Event).filter(Event.action == "comment").count() == 1


@pytest.mark.parametrize("lacks", [_NO_STORE, _SILENT_STORE], ids=["refused", "silent"])
def test_a_window_that_may_keep_nothing_sends_forms_and_photos_as_without_script(homes: Site, lacks: str) -> None:
    page = homes.page("village", **PHONE | {"service_workers": "block"})
    page.clock.install()
    page.add_init_script(lacks)
    page.goto("/households/A1/checkup")
    page.clock.fast_forward(11_000)
    expect(page.locator(".x-phone-choose")).to_have_count(0)
    expect(page.locator("input[name=photo]")).to_be_visible()
    page.locator("input[name=photo]").set_input_files([picture("门前.jpg")])
    page.locator(".x-send button").click()
    page.wait_for_url("**/checkups/*")
    assert (rows(homes, Checkup), rows(homes, Evidence)) == (1, 1)
    page.goto("/phone")
    page.clock.fast_forward(11_000)
    expect(page.locator("#take-status")).to_contain_text("此浏览器在没有信号时打不开页面")


def test_nothing_waits_for_an_answer_about_room_that_lasts(homes: Site) -> None:
    page = homes.page("village", **PHONE)
    page.add_init_script(_ASKS)
    take(phone(homes))
    page.goto("/households/A1/checkup")
    ready(page)
    page.context.set_offline(True)
    page.locator(".x-send button").click()
    expect(page.locator("#phone-line")).to_have_text("1份等信号")
