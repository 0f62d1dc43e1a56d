"""Forms on a phone: kept until the server's yes, whatever happens to the line, the page or the session."""

import random
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Error, FilePayload, Page, expect
from sqlalchemy import func, select

from models import Checkup, Event, Evidence, Ticket, UserSession
from tests.conftest import fresh_database
from tests.support.browser import PAPER, Site, act, enter, file, form, look, open_site
from tests.support.camera import exif_of, written
from tests.support.cutting_line import Line, cutting_line
from tests.support.households import settle_register
from tests.support.phones import picture, ready, rows, sent

#: The lines of the counties that are open, by address.
lines: dict[str, Line] = {}
#: A phone's window: narrow, touched.
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True}


@pytest.fixture
def site(request: pytest.FixtureRequest, browser: Browser, tmp_path: Path) -> Iterator[Site]:
    """A small county at the end of a line that tests cut."""
    with (
        fresh_database(request, getattr(request, "param", "sqlite")) as url,
        open_site(url, tmp_path / "files", browser) as opened,
        cutting_line(opened.address) as line,
    ):
        opened.address = line.address
        lines[opened.address] = line
        yield opened


@pytest.fixture
def homes(request: pytest.FixtureRequest, browser: Browser, tmp_path: Path) -> Iterator[Site]:
    """The same with a register whose households are checked."""
    with (
        fresh_database(request, "sqlite") as url,
        open_site(url, tmp_path / "files", browser, settle=settle_register) as opened,
        cutting_line(opened.address) as line,
    ):
        opened.address = line.address
        lines[opened.address] = line
        yield opened


#: What lies in the forms' store of every database of the phone, as text.
_SEALED = """async () => {
  const answer = (asked) => new Promise((resolve) => { asked.onsuccess = () => resolve(asked.result) })
  const found = []
  for (const { name } of await indexedDB.databases()) {
    const base = await answer(indexedDB.open(name))
    const boxes = await answer(base.transaction('entries').objectStore('entries').getAll())
    found.push(...boxes.map((box) => new TextDecoder().decode(box.bytes)))
    base.close()
  }
  return found
}"""


def comments(site: Site) -> int:
    with site.county.read() as session:
        return session.scalar(select(func.count()).where(Event.action == "comment")) or 0


def commented(site: Site, number: str, who: str = "water") -> Page:
    page = site.page(who, **PHONE)
    page.goto(f"/tickets/{number}")
    ready(page)
    return page


def test_two_presses_send_one_form(site: Site) -> None:
    page = commented(site, file(site, "town"))
    page.locator("#comment").fill("周三进场施工")
    page.locator("form:has(#comment) button:not([type=button])").dblclick()
    expect(page.locator(".x-history")).to_contain_text("周三进场施工")
    assert comments(site) == 1


def test_checkups_with_photos_over_a_line_that_breaks_anywhere_arrive_once_and_whole(homes: Site) -> None:
    line, chance = lines[homes.address], random.Random(17)
    page = homes.page("village", **PHONE)
    for n in range(6):
        homes.at(n / 10)
        page.goto("/households/A1/checkup")
        ready(page)
        line.cut_after = chance.randint(500, 50_000)
        page.locator("input[name=photo]").set_input_files([picture("门前.jpg", (n, 1)), picture("井.jpg", (n, 2))])
        page.locator(".x-send button").click()
        page.wait_for_timeout(chance.randint(50, 600))
        if n % 3 == 2:
            # The phone takes the page away while it sends.
            page.goto("about:blank")
        line.cut_after = None
        # The page may be on its way to what it has just made.
        page.wait_for_load_state()
        for _ in range(20):
            with suppress(Error):
                page.goto("/phone")
                break
            page.wait_for_timeout(100)
        ready(page)
        sent(page)
    assert line.cuts > 2
    assert (rows(homes, Checkup), rows(homes, Evidence)) == (6, 12)


def test_without_a_signal_a_form_waits_on_the_phone_and_goes_by_itself(site: Site) -> None:
    line = lines[site.address]
    page = commented(site, file(site, "town"))
    page.locator("#comment").fill("周三进场施工")
    line.is_dead = True
    page.locator("form:has(#comment) button:not([type=button])").click()
    expect(page.locator(".x-phone-notice")).to_contain_text("已存本机，等信号")
    expect(page.locator("#phone-line")).to_have_text("1份等信号")
    line.is_dead = False
    page.evaluate("dispatchEvent(new Event('online'))")
    # Its page shows it as soon as it has arrived.
    expect(page.locator(".x-history")).to_contain_text("周三进场施工")
    expect(page.locator("#phone-line")).to_be_hidden()


def test_a_page_that_dies_loses_neither_words_nor_choices_nor_photos(homes: Site) -> None:
    page = homes.page("village", **PHONE)
    page.goto("/households/A1/checkup")
    ready(page)
    page.locator("details:has(#present) > summary").click()
    page.get_by_label("在场人员").fill("王二、村医")
    page.locator("input[name=photo]").set_input_files([picture("门前.jpg")])
    expect(page.locator(".x-phone-files li")).to_contain_text("已传到")
    page.wait_for_timeout(600)
    page.close()
    other = page.context.new_page()
    other.goto("/households/A1/checkup")
    ready(other)
    expect(other.locator("#present")).to_have_value("王二、村医")
    expect(other.locator(".x-phone-files li")).to_contain_text("门前.jpg")
    other.locator(".x-send button").click()
    other.wait_for_url("**/checkups/*")
    assert (rows(homes, Checkup), rows(homes, Evidence)) == (1, 1)
    other.goto("/households/A1/checkup")
    ready(other)
    expect(other.locator("#present")).to_have_value("")


def test_after_a_session_has_ended_the_form_is_there_again_and_no_word_stood_in_an_address(site: Site) -> None:
    number = file(site, "town")
    act(site, "water", number, "受理")
    site.at(3)
    page = look(site, "water", number)
    ready(page)
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    block = form(page, "办结")
    block.get_by_label("说明").fill("已换水管")
    block.locator("input[type=file]").set_input_files([picture("现场.jpg")])
    expect(block.locator(".x-phone-files li")).to_contain_text("已传到")
    with site.county.write() as session:
        for row in session.scalars(select(UserSession)):
            row.ended_at = site.clock["now"]
    block.locator("button:not([type=button])").first.click()
    expect(block).to_contain_text("您已退出登录")
    block.get_by_role("link", name="登录").click()
    page.get_by_label("用户名").fill("water")
    page.get_by_label("密码", exact=True).fill("a long enough password")
    page.get_by_role("button", name="登录").click()
    ready(page)
    block = page.locator("details.x-action[open] form").filter(has=page.locator(".x-phone-notice"))
    expect(block.get_by_label("说明")).to_have_value("已换水管")
    expect(block.locator(".x-phone-files li")).to_contain_text("现场.jpg")
    block.locator("button:not([type=button]):not(.btn-link)").first.click()
    expect(page.locator(".x-now-line .x-state")).to_have_text("待核验")
    assert not [address for address in addresses if "水管" in address or "%E6%B0%B4" in address]


def test_a_refused_form_keeps_its_photos_beside_the_sentence(homes: Site) -> None:
    page = homes.page("village", **PHONE)
    page.goto("/households/A1/checkup")
    ready(page)
    page.locator("input[name=photo]").set_input_files([picture("门前.jpg")])
    page.locator("input[name=seen_on]").evaluate("one => { one.value = '2018-12-31'; one.removeAttribute('max') }")
    page.locator(".x-send button").click()
    expect(page.locator(".invalid-feedback")).to_be_visible()
    expect(page.locator(".x-phone-files li")).to_contain_text("门前.jpg")
    page.locator("input[name=seen_on]").fill("2018-11-20")
    page.locator(".x-send button").click()
    page.wait_for_url("**/checkups/*")
    assert (rows(homes, Checkup), rows(homes, Evidence)) == (1, 1)


def test_a_colleague_on_the_same_phone_neither_reads_nor_sends_what_waits(site: Site) -> None:
    line = lines[site.address]
    number = file(site, "town")
    page = commented(site, number)
    page.locator("#comment").fill("周三进场施工")
    line.is_dead = True
    page.locator("form:has(#comment) button:not([type=button])").click()
    expect(page.locator("#phone-line")).to_be_visible()
    line.is_dead = False
    page.goto("about:blank")
    page.context.clear_cookies()
    enter(page, "town")
    page.goto("/phone")
    ready(page)
    expect(page.locator("#phone-list")).to_have_text("本机没有等待送出的表单。")
    plain = page.evaluate(_SEALED)
    assert len(plain) == 1
    assert "施工" not in plain[0]
    assert comments(site) == 0
    page.context.clear_cookies()
    enter(page, "water")
    ready(page)
    sent(page)
    assert comments(site) == 1


def test_a_large_photo_leaves_the_phone_small_upright_and_with_its_time(homes: Site, tmp_path: Path) -> None:
    page = homes.page("village", **PHONE)
    page.goto("/households/A1/checkup")
    ready(page)
    sizes: list[int] = []
    page.on("request", lambda one: sizes.append(len(one.post_data_buffer or b"")) if one.method == "PUT" else None)
    noise = Image.effect_noise((4000, 3000), 60).convert("RGB")
    large = written(noise, quality=92, exif=exif_of(orientation=6, taken="2018:11:20 09:12:00"))
    page.locator("input[name=photo]").set_input_files([FilePayload(name="大.jpg", mimeType="image/jpeg", buffer=large)])
    expect(page.locator(".x-phone-files li")).to_contain_text("已传到")
    page.locator(".x-send button").click()
    page.wait_for_url("**/checkups/*")
    assert sum(sizes) < 330_000 < len(large)
    with homes.county.read() as session:
        piece = session.scalars(select(Evidence)).one()
    [stored] = tmp_path.rglob(piece.sha256)
    assert piece.taken_at == datetime(2018, 11, 20, 1, 12, tzinfo=UTC)
    with Image.open(stored) as shown:
        assert shown.size == (1200, 1600)


def test_a_photo_is_kept_before_it_is_made_smaller_and_arrives_small_though_the_page_died(homes: Site) -> None:
    page = homes.page("village", **PHONE)
    page.goto("/households/A1/checkup")
    ready(page)
    # A phone that is not done with the photo before its page dies.
    page.evaluate("() => { xiaohao.smaller = () => new Promise(() => {}) }")
    large = written(Image.effect_noise((2400, 1800), 25).convert("RGB"), quality=92)
    page.locator("input[name=photo]").set_input_files([FilePayload(name="大.jpg", mimeType="image/jpeg", buffer=large)])
    page.locator(".x-send button").click()
    expect(page.locator(".x-phone-notice")).to_contain_text("已存本机")
    page.close()
    other, sizes = page.context.new_page(), list[int]()
    other.on("request", lambda one: sizes.append(len(one.post_data_buffer or b"")) if one.method == "PUT" else None)
    other.goto("/phone")
    ready(other)
    sent(other)
    assert rows(homes, Evidence) == 1
    assert sum(sizes) < 330_000 < len(large)
    assert other.evaluate("xiaohao.ids('files').then((ids) => ids.length)") == 0


def test_a_file_that_cannot_be_taken_is_told_before_the_form_is_sent(homes: Site) -> None:
    page = homes.page("village", **PHONE)
    page.goto("/households/A1/checkup")
    ready(page)
    broken: FilePayload = {"name": "坏.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff" + b"a" * 3000}
    page.locator("input[name=photo]").set_input_files([broken, PAPER])
    row = page.locator(".x-phone-files li").filter(has_text="坏.jpg")
    expect(row).to_contain_text("照片已损坏或不完整")
    row.get_by_role("button").click()
    expect(row).to_have_count(0)


def test_the_photos_of_a_checkup_stand_on_the_ticket_it_filed_above_the_form_that_asks_for_a_word(homes: Site) -> None:
    page = homes.page("village", **PHONE)
    page.goto("/households/A1/checkup")
    ready(page)
    page.locator("label[for=water-unmet]").click()
    page.locator("input[name=photo]").set_input_files([picture("井.jpg")])
    page.locator(".x-send button").click()
    page.wait_for_url("**/checkups/*")
    with homes.county.read() as session:
        number = session.scalars(select(Ticket)).one().number
    for who in ("town", "office"):
        seen = homes.page(who, **PHONE)
        seen.goto(f"/tickets/{number}")
        shown = seen.locator(".x-strip-photos img")
        expect(shown).to_have_count(1)
        assert shown.evaluate("one => one.decode().then(() => one.naturalWidth > 0)")
    town = homes.page("town")
    actions = town.locator(".x-actions").bounding_box()
    photos = town.locator(".x-strip-photos").bounding_box()
    assert actions is not None
    assert photos is not None
    assert photos["y"] < actions["y"]
