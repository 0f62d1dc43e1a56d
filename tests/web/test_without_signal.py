"""Without a signal: the installed app, the pages a phone takes along, and what is written on them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from models import Checkup, Evidence, Ticket, UserSession
from tests.support.browser import Site, enter
from tests.support.households import settle_register
from tests.support.phones import PHONE, PIN, at_a_line, phone, picture, ready, rows, sent, take, taken, until, waits
from web.pages import installed_app


@pytest.fixture
def homes(request: pytest.FixtureRequest, browser: Browser, tmp_path: Path) -> Iterator[Site]:
    """A county with a register, at the end of a line that tests cut."""
    with at_a_line(request, browser, tmp_path / "files", settle_register) as opened:
        yield opened


#: What lies in the store of pages, as text.
_SEALED = """async () => {
  const found = []
  for (const id of await xiaohao.ids('pages')) found.push(new TextDecoder().decode((await xiaohao.read('pages', id)).bytes))
  return found
}"""


#: How many pages all stores of this browser hold.
SEALED_PAGES = """async () => {
    const answer = (asked) => new Promise((resolve) => { asked.onsuccess = () => resolve(asked.result) })
    let count = 0
    for (const { name } of await indexedDB.databases()) {
        const held = await answer(indexedDB.open(name))
        if (held.objectStoreNames.contains('pages')) count += await answer(held.transaction('pages').objectStore('pages').count())
        held.close()
    }
    return count
}"""


#: Whether every page of the list of pages is there, and no other.
_WHOLE = """async () => {
  const listed = Object.values(await xiaohao.page('index', await xiaohao.openKey())).map((one) => one.id)
  const held = (await xiaohao.ids('pages')).filter((id) => id !== 'index')
  return listed.length > 0 && String(listed.sort()) === String(held.sort())
}"""


def test_the_app_can_be_installed_and_asks_no_other_host(homes: Site) -> None:
    asked: list[str] = []
    page = homes.page("village", **PHONE)
    page.context.on("request", lambda request: asked.append(request.url))
    phone(homes)
    page.reload()
    session = page.context.new_cdp_session(page)
    assert session.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    assert session.send("Page.getAppManifest")["errors"] == []
    assert [url for url in asked if not url.startswith((homes.address, "blob:"))] == []


def test_without_a_signal_a_page_without_a_name_stands_in(homes: Site) -> None:
    page = phone(homes)
    page.context.set_offline(True)
    page.goto("/households/A1")
    expect(page.get_by_role("heading", level=1)).to_have_text("没有信号")
    expect(page.get_by_role("button", name="重试")).to_be_visible()
    held = page.evaluate("caches.match('/phone/shell').then((answer) => answer.text())")
    page.context.set_offline(False)
    page.get_by_role("button", name="重试").click()
    expect(page.locator(".x-me")).to_be_visible()
    name = page.locator(".x-me > summary").inner_text().split(" · ")[0]
    assert name not in held


def test_a_checkup_at_a_door_without_a_signal_is_filled_in_twice_and_arrives_as_two(homes: Site) -> None:
    page = taken(homes)
    page.context.set_offline(True)
    for n in (1, 2):
        page.goto("/households/A1/checkup")
        ready(page)
        expect(page.get_by_text("没有信号，显示的是")).to_be_visible()
        if n == 2:
            page.get_by_role("button", name="再填一份").click()
        page.locator("input[name=photo]").set_input_files([picture(f"门前{n}.jpg", n)])
        expect(page.locator(".x-phone-files li")).to_have_count(1)
        page.locator(".x-send button").click()
        waits(page)
    assert (rows(homes, Checkup), rows(homes, Evidence)) == (0, 0)
    page.context.set_offline(False)
    page.goto("/phone")
    ready(page)
    sent(page)
    assert (rows(homes, Checkup), rows(homes, Evidence)) == (2, 2)


def test_a_filing_without_a_signal_says_where_it_goes_and_arrives_there(homes: Site) -> None:
    page = taken(homes)
    page.context.set_offline(True)
    page.goto("/file?household=A1")
    ready(page)
    way = page.get_by_label("缺什么？")
    value = str(way.locator("option:has-text('→')").first.get_attribute("value"))
    way.select_option(value)
    page.get_by_label("情况说明").fill("水管断了")
    page.get_by_role("button", name="提交").click()
    waits(page)
    page.context.set_offline(False)
    page.goto("/phone")
    ready(page)
    sent(page)
    with homes.county.read() as session:
        assert session.scalars(select(Ticket)).one().kind == value.split("/")[0]


def test_the_pages_open_under_their_pin_alone_and_ten_wrong_ones_delete_them(homes: Site) -> None:
    page = taken(homes)
    assert "张" not in "".join(page.evaluate(_SEALED))
    page.evaluate("xiaohao.note({ open: null })")
    page.context.set_offline(True)
    page.goto("/households/A1")
    code = page.get_by_label("本机页面的口令")
    for n in range(1, 11):
        if n == 6:
            page.evaluate("xiaohao.meta('lock').then((lock) => xiaohao.note({ lock: { ...lock, next: 0 } }))")
        code.fill("111111")
        page.get_by_role("button", name="打开页面").click()
        said = {5: "口令不对", 10: "已删除"}.get(n, "口令不对")
        expect(page.locator("#away-unlock [role=alert]")).to_contain_text(said)
        page.locator("#away-unlock [role=alert]").evaluate("one => { one.textContent = '' }")
    page.reload()
    expect(page.get_by_text("本机没有存入页面。")).to_be_visible()
    assert page.evaluate("xiaohao.ids('pages')") == []


def test_signing_out_and_a_session_ended_elsewhere_delete_the_pages_and_not_what_waits(homes: Site) -> None:
    page = taken(homes)
    page.context.set_offline(True)
    page.goto("/households/A1/checkup")
    ready(page)
    page.locator(".x-send button").click()
    waits(page)
    with homes.county.write() as session:
        for row in session.scalars(select(UserSession)):
            row.ended_at = homes.clock["now"]
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    until(page, "xiaohao.ids('pages').then((ids) => ids.length === 0)")
    assert page.evaluate("xiaohao.entries().then((all) => all.length)") == 1
    enter(page, "village")
    ready(page)
    sent(page)
    assert rows(homes, Checkup) == 1
    page.goto("/phone")
    take(page)
    assert page.evaluate(SEALED_PAGES) > 0
    page.locator(".x-me > summary").click()
    page.get_by_role("button", name="退出", exact=True).click()
    page.wait_for_url("**/sign-in*")
    # Counted in the browser's own store, whoever is signed in.
    assert page.evaluate(SEALED_PAGES) == 0
    page.context.set_offline(True)
    page.goto("/households/A1")
    expect(page.get_by_text("本机未登录。")).to_be_visible()


def test_after_its_days_nothing_is_left_of_the_pages_even_with_a_clock_that_was_set_back(homes: Site) -> None:
    page = taken(homes)
    page.evaluate(
        "xiaohao.meta('clock').then((clock) => xiaohao.note({ clock: { ...clock, latest: clock.latest + 15 * 864e5 } }))"
    )
    page.context.set_offline(True)
    page.goto("/households/A1")
    expect(page.get_by_text("本机没有存入页面。")).to_be_visible()
    assert page.evaluate("xiaohao.ids('pages')") == []


def test_pages_taken_by_two_windows_at_a_time_are_whole_and_none_come_after_their_deletion(homes: Site) -> None:
    page = taken(homes)
    page.evaluate("() => Promise.all([xiaohao.take([]), xiaohao.take([])])")
    assert page.evaluate(_WHOLE)
    page.evaluate(
        "async () => { const late = xiaohao.take([]); await xiaohao.hello(); await xiaohao.wipe(); await late }"
    )
    assert page.evaluate("Promise.all([xiaohao.ids('pages'), xiaohao.meta('pack')])") == [[], None]


def test_pages_are_taken_along_only_once_the_worker_is_in_place(homes: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    _, whole = installed_app._written("/phone/shell")
    lacking = whole.replace("const ASSETS = [", "const ASSETS = ['/static/gone.js',")
    with monkeypatch.context() as patch:
        patch.setattr(installed_app, "_written", lambda _: ("lacking", lacking))
        page = homes.page("village", **PHONE)
        page.goto("/phone")
        ready(page)
        for label in ("口令（6位以上数字）", "再输一次口令"):
            page.get_by_label(label).fill(PIN)
        page.get_by_role("button", name="带上", exact=True).click()
        expect(page.locator("#take-status")).to_contain_text("现在没有信号")
    page.get_by_role("button", name="带上", exact=True).click()
    expect(page.locator("#take-status")).to_contain_text("本机存有")


def test_words_typed_just_before_a_link_is_followed_are_there_again(homes: Site) -> None:
    page = taken(homes)
    page.context.set_offline(True)
    page.goto("/households/A1/checkup")
    ready(page)
    page.locator("details:has(#present) > summary").click()
    page.get_by_label("在场人员").fill("王二、村医")
    # Pressed in the same moment, before anything could be written by and by.
    page.evaluate("document.querySelector('a[href=\"/households/A1\"]').click()")
    page.wait_for_url("**/households/A1")
    page.goto("/households/A1/checkup")
    ready(page)
    expect(page.get_by_label("在场人员")).to_have_value("王二、村医")


def test_a_phone_without_room_gives_up_its_pages_for_what_is_written_on_it(homes: Site) -> None:
    page = taken(homes)
    page.goto("/households/A1/checkup")
    ready(page)
    page.evaluate(
        """() => {
          const put = IDBObjectStore.prototype.put
          IDBObjectStore.prototype.put = function (value, id) {
            if (this.name === 'entries' && !self.freed) throw new DOMException('', 'QuotaExceededError')
            return put.call(this, value, id)
          }
          const clear = IDBObjectStore.prototype.clear
          IDBObjectStore.prototype.clear = function () { self.freed = true; return clear.call(this) }
        }"""
    )
    page.context.set_offline(True)
    page.locator(".x-send button").click()
    waits(page)
    assert page.evaluate("xiaohao.ids('pages')") == []


def test_a_colleague_on_the_same_phone_sees_none_of_the_pages(homes: Site) -> None:
    page = taken(homes)
    page.context.clear_cookies()
    enter(page, "town")
    page.context.set_offline(True)
    page.goto("/households/A1")
    expect(page.get_by_text("本机没有存入页面。")).to_be_visible()
