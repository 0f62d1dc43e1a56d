"""What was written without a signal and arrives later: when it was done, what changed meanwhile, and from two devices."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from models import Charge, Checkup, DutyEntry, Event, Evidence, Ticket
from tests.support.browser import PHOTO, Site, enter, form, labelled
from tests.support.duties import duty_scheme, open_by
from tests.support.factories import START, day, settle_county
from tests.support.households import change, settle_register
from tests.support.phones import PHONE, at_a_line, in_charge, picture, ready, rows, sent, take, taken, until, waits
from tests.support.readable import AXE, FAINT, SMALL, WIDE
from web.pages import installed_app
from workflow.history.event_log import stamp

VIOLATED = """async () => (await axe.run(document)).violations.flatMap(rule =>
    rule.nodes.map(node => `${rule.id}: ${node.html.slice(0, 120)}`))"""


@pytest.fixture
def homes(request: pytest.FixtureRequest, browser: Browser, tmp_path: Path) -> Iterator[Site]:
    """A county with a register, at the end of a line that tests cut."""
    with at_a_line(request, browser, tmp_path / "files", settle_register) as opened:
        yield opened


def resolved(site: Site) -> str:
    """A ticket that waits for the town's confirmation; its number."""
    county = site.county
    ticket = county.file("town")
    county.do("water", "accept", ticket)
    county.resolve(ticket, day(3, 11))
    return county.ticket(ticket).number


def at(site: Site, page: Page, n: float, hour: float) -> None:
    """Sets the server's clock, and the phone's, which is two hours fast."""
    site.at(n, hour)
    page.clock.set_fixed_time(day(n, hour + 2))


def back(page: Page) -> None:
    """A signal again: what waits is sent."""
    page.context.set_offline(False)
    page.goto("/phone")
    ready(page)
    sent(page)


def confirmed_without_a_signal(site: Site, page: Page, number: str) -> None:
    """The town's confirmation, with words and a photo, written and sent off without a signal."""
    page.context.set_offline(True)
    page.goto(f"/tickets/{number}")
    ready(page)
    block = form(page, "核验通过")
    labelled(block, "现场核验日期").fill("2018-11-23")
    labelled(block, "说明").fill("水已通到灶台")
    block.locator("input[type=file]").set_input_files([PHOTO])
    expect(page.locator(".x-phone-files li")).to_have_count(1)
    block.locator("button:not([type=button])").first.click()
    waits(page)


def test_a_confirmation_written_without_a_signal_bears_both_times_its_words_and_its_photo(homes: Site) -> None:
    number = resolved(homes)
    page = homes.page("town", **PHONE)
    at(homes, page, 3, 15)
    page = taken(homes, "town")
    at(homes, page, 3, 15.25)
    confirmed_without_a_signal(homes, page, number)
    at(homes, page, 3, 17.5)
    back(page)
    with homes.county.read() as session:
        event = session.scalars(select(Event).where(Event.action == "confirm")).one()
        assert (event.given["told_at"], event.at) == (stamp(day(3, 15.25)), day(3, 17.5))
        charges = session.execute(select(Charge.unit_id, Charge.minutes).where(Charge.ground == "no_signal"))
        assert [tuple(row) for row in charges] == [(None, 135)]
    page.goto(f"/tickets/{number}")
    for text in ("11月23日 15:15", "11月23日 17:30", "水已通到灶台", "2小时15分钟"):
        expect(page.locator("main")).to_contain_text(text)
    assert rows(homes, Evidence) == 2


def test_a_confirmation_of_a_ticket_that_ended_meanwhile_comes_back_with_its_words_its_photo_and_what_changed(
    homes: Site,
) -> None:
    number = resolved(homes)
    homes.at(4)
    page = taken(homes, "town")
    confirmed_without_a_signal(homes, page, number)
    with homes.county.read() as session:
        ticket = session.scalars(select(Ticket.id)).one()
    homes.county.confirm(ticket, day(4, 11))
    back(page)
    refused = page.locator("#phone-list li")
    for text in ("未被接受", "工单已终结", "水已通到灶台", "现场.jpg"):
        expect(refused).to_contain_text(text)
    refused.get_by_role("button", name="重新发送").click()
    left = page.locator("main > .alert").first
    expect(left).to_contain_text("水已通到灶台")
    expect(left.locator("img")).to_have_count(1)
    expect(page.locator(".x-now-line .x-state")).to_have_text("已销号")
    # It stays on the phone until its writer deletes it.
    assert page.evaluate("xiaohao.entries().then((all) => all.map((one) => [one.state, one.files.length]))") == [
        ["refused", 1]
    ]


def test_a_refused_form_is_sent_again_with_its_photo_once_what_stood_against_it_is_gone(homes: Site) -> None:
    page = taken(homes)
    page.context.set_offline(True)
    page.goto("/households/A1/checkup")
    ready(page)
    page.locator("input[name=photo]").set_input_files([picture("门前.jpg")])
    expect(page.locator(".x-phone-files li")).to_have_count(1)
    page.locator(".x-send button").click()
    waits(page)
    change(homes.county, status="cleared")
    back(page)
    again = page.get_by_role("button", name="重新发送")
    expect(again).to_be_visible()
    assert rows(homes, Checkup) == 0
    change(homes.county, status="in")
    again.click()
    page.wait_for_url("**/checkups/*")
    until(page, "xiaohao.entries().then((all) => all.length === 0)")
    assert (rows(homes, Checkup), rows(homes, Evidence)) == (1, 1)


def test_two_phones_of_one_person_lose_nothing_and_file_nothing_twice(homes: Site) -> None:
    phones = [taken(homes)]
    other = homes.stranger(**PHONE)
    enter(other, "village")
    phones.append(take(in_charge(other)))
    for n, page in enumerate(phones):
        page.context.set_offline(True)
        page.goto("/households/A1/checkup")
        ready(page)
        page.locator("input[name=photo]").set_input_files([picture(f"门前{n}.jpg", n)])
        expect(page.locator(".x-phone-files li")).to_have_count(1)
        page.locator(".x-send button").click()
        waits(page)
        page.goto("/file?household=A1")
        ready(page)
        way = page.get_by_label("缺什么？")
        way.select_option(str(way.locator("option:has-text('→')").first.get_attribute("value")))
        page.get_by_label("情况说明").fill(f"第{n}台手机")
        page.get_by_role("button", name="提交").click()
        waits(page)
    for page in phones:
        back(page)
    assert (rows(homes, Checkup), rows(homes, Evidence), rows(homes, Ticket)) == (2, 2, 1)
    expect(phones[1].locator("#phone-list li")).to_contain_text("第1台手机")


def test_an_entry_of_a_duty_is_written_without_a_signal(
    request: pytest.FixtureRequest, browser: Browser, tmp_path: Path
) -> None:
    with at_a_line(request, browser, tmp_path / "files", lambda engine: settle_county(engine, duty_scheme())) as site:
        open_by(site.county, START)
        page = taken(site, "town")
        with site.county.read() as session:
            wanted = select(Ticket).where(
                Ticket.duty_code == "special", Ticket.holder_unit_id == site.county.units["town-a"]
            )
            number = session.scalars(wanted).one().number
        page.context.set_offline(True)
        page.goto("/duties")
        page.locator(f"a[href='/tickets/{number}']").first.click()
        ready(page)
        block = form(page, "录入进展")
        labelled(block, "日期").fill("2018-11-19")
        block.locator("input[type=file]").set_input_files([PHOTO])
        expect(page.locator(".x-phone-files li")).to_have_count(1)
        block.locator("button:not([type=button])").last.click()
        waits(page)
        assert rows(site, DutyEntry) == 0
        back(page)
        assert (rows(site, DutyEntry), rows(site, Evidence)) == (1, 1)


def test_pages_are_taken_along_anew_on_a_good_line_while_they_are_open(homes: Site) -> None:
    page = homes.page("village", **PHONE)
    page.clock.set_fixed_time(day(0, 10))
    taken(homes)
    for hour in (10.4, 10.6):
        homes.at(0, hour)
        page.clock.set_fixed_time(day(0, hour))
        # Old enough at the second time, but not taken anew over a line that is slow or dear.
        for line in ("effectiveType: 'slow-2g'", "effectiveType: '2g'", "saveData: true"):
            page.evaluate(
                f"void Object.defineProperty(navigator, 'connection', {{ value: {{ {line} }}, configurable: true }})"
            )
            page.evaluate("xiaohao.refresh()")
        assert page.evaluate("xiaohao.pack().then((pack) => Date.parse(pack.issued))") == day(0, 10).timestamp() * 1000
        change(homes.county, head_name="李四")
        page.goto("/households")
        page.evaluate("xiaohao.openKey()")
    # Asked again until it has been done: a first attempt may meet a page that is still being opened.
    renewed = f"Date.parse(pack.issued) === {day(0, 10.6).timestamp() * 1000:.0f}"
    until(page, f"xiaohao.refresh().then(() => xiaohao.pack()).then((pack) => {renewed})")
    page.context.set_offline(True)
    page.goto("/households/A1")
    expect(page.locator("main")).to_contain_text("李四")


def test_a_new_version_is_told_and_keeps_what_is_typed(homes: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    page = in_charge(homes.page("village", **PHONE))
    page.goto("/file?household=A1")
    ready(page)
    page.get_by_label("情况说明").fill("水管断了")
    monkeypatch.setattr(installed_app, "VERSION", "the next")
    installed_app._written.cache_clear()
    try:
        page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.update())")
        told = page.get_by_text("系统已更新。已填的内容都在。")
        expect(told).to_be_visible()
        until(page, "xiaohao.entries().then((all) => all.length === 1)")
        told.get_by_role("button").click()
        expect(page.get_by_label("情况说明")).to_have_value("水管断了")
    finally:
        installed_app._written.cache_clear()


def test_pages_without_a_signal_are_read_outdoors_and_touched_with_a_thumb(homes: Site) -> None:
    number = resolved(homes)
    homes.at(4)
    page = taken(homes, "town")
    page.emulate_media(reduced_motion="reduce")
    page.context.set_offline(True)
    page.goto("/tickets?mine=1")
    expect(page.locator("#list")).to_contain_text(number)
    page.goto("/households/A2/checkup")
    ready(page)
    page.locator(".x-send button").click()
    waits(page)
    faults = faults_of(page, "checkup")
    for name in ("/tickets?mine=1", f"/tickets/{number}", "/phone", "/board"):
        page.goto(name)
        ready(page)
        faults += faults_of(page, name)
    page.evaluate("xiaohao.note({ open: null })")
    page.goto("/households/A1")
    expect(page.get_by_label("本机页面的口令")).to_be_visible()
    faults += faults_of(page, "PIN")
    assert not faults, "\n".join(faults)


def faults_of(page: Page, name: str) -> list[str]:
    """What axe and the rules of pages in the hand say against a page, light and dark, and in type of 200 %."""
    page.evaluate(f"() => {{ {AXE} }}")
    page.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true })")
    faults = [f"{name}: {fault}" for fault in page.evaluate(VIOLATED)]
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        faults += [f"{scheme} {name}: {fault}" for fault in page.evaluate(FAINT)]
    page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
    return faults + [f"200 % {name}: {fault}" for fault in page.evaluate(WIDE) + page.evaluate(SMALL)]
