"""Few steps: what a town does with its thumb, counted; what a form lacks is said in the page's words; lists follow typing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, Request, expect

from tests.conftest import fresh_database
from tests.support.browser import Site, file, open_site
from tests.support.camera import photo
from tests.support.factories import settle_county
from tests.support.households import settle_register

PHONE = {"viewport": {"width": 360, "height": 740}}


@pytest.fixture
def site(request: pytest.FixtureRequest, browser: Browser, tmp_path: Path) -> Iterator[Site]:
    settle = getattr(request, "param", settle_county)
    with (
        fresh_database(request, "sqlite") as url,
        open_site(url, tmp_path / "files", browser, settle=settle) as opened,
    ):
        yield opened


class Counted:
    """A page whose taps and loads are counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps, self.loads = page, 0, 0
        page.on("request", self._asked)

    def _asked(self, request: Request) -> None:
        self.loads += bool(request.is_navigation_request())

    def tap(self, what: Locator) -> None:
        what.click()
        self.taps += 1


def test_five_endorsements_with_evidence_are_at_most_seven_taps_and_two_loads(site: Site) -> None:
    asked = (("A1", "water"), ("A1", "power"), ("A2", "water"), ("A2", "power"), ("A3", "water"))
    tickets = [site.county.file("village", household, kind) for household, kind in asked]
    for ticket in tickets:
        site.county.bring("village", ticket)
    page = site.page("town", **PHONE)
    counted = Counted(page)
    page.goto("/tickets?mine=1")
    boxes = page.locator("input[name=t]")
    expect(boxes).to_have_count(5)
    for n in range(5):
        counted.tap(boxes.nth(n))
    counted.tap(page.locator("button[name=act][value=endorse]"))
    expect(page.locator(".x-outcomes")).to_contain_text("已办5件，未办0件")
    assert (counted.taps, counted.loads) <= (7, 2)
    assert {site.county.ticket(ticket).state for ticket in tickets} == {"assigned"}
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_with_shift_a_range_is_ticked_and_buttons_wait_for_a_tick(site: Site) -> None:
    for household, kind in (("A1", "water"), ("A1", "power"), ("A2", "water")):
        site.county.bring("village", site.county.file("village", household, kind))
    page = site.page("town")
    page.goto("/tickets?mine=1")
    boxes, button = page.locator("input[name=t]"), page.locator("button[value=endorse]")
    expect(button).to_be_disabled()
    boxes.nth(0).click()
    boxes.nth(2).click(modifiers=["Shift"])
    expect(page.locator("input[name=t]:checked")).to_have_count(3)
    expect(page.locator("[data-rows-count]")).to_have_text("已勾选3件")
    expect(button).to_be_enabled()


def test_what_a_form_lacks_is_said_at_its_input_in_the_language_of_the_page_and_nothing_is_sent(site: Site) -> None:
    number = file(site, "town")
    page = site.page("water")
    page.goto(f"/tickets/{number}")
    page.get_by_role("button", name="English").click()
    fold = page.locator("details.x-action").filter(has=page.locator("summary:text-is('Decline')"))
    fold.locator(":scope > summary").click()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    fold.locator("button").first.click()
    told = fold.locator(".invalid-feedback")
    expect(told).to_have_text(["Choose “ground”.", "Fill in “cited duty”."])
    expect(fold.locator("select")).to_be_focused()
    fold.locator("select").select_option(index=1)
    expect(told).to_have_text(["Fill in “cited duty”."])
    assert sent == []


def test_lists_follow_what_is_typed_part_of_a_code_and_a_space_in_a_name(site: Site) -> None:
    page = site.page("village")
    page.goto("/households")
    names = page.locator("#list .x-number")
    expect(names).to_have_count(3)
    page.locator("input[name=q]").press_sequentially("A2")
    expect(names).to_have_text(["A2"])
    page.locator("input[name=q]").fill("")
    page.locator("input[name=q]").press_sequentially("张 三")
    expect(names).to_have_count(3)
    page.locator("input[name=q]").press_sequentially("丰")
    expect(page.locator("#list")).to_contain_text("没有找到")
    # A number in full is looked for by the button alone.
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator("input[name=q]").fill("441424199001011234")
    page.wait_for_timeout(700)
    assert asked == []


@pytest.mark.parametrize("site", [settle_register], indirect=True)
def test_the_day_of_a_visit_is_that_of_its_photo_unless_it_was_typed(site: Site) -> None:
    page = site.page("village")
    page.goto("/households/A1/checkup")
    day = page.locator("#seen_on")
    taken: FilePayload = {"name": "门前.jpg", "mimeType": "image/jpeg", "buffer": photo(3, taken="2018:11:19 16:20:00")}
    page.locator("input[name=photo]").set_input_files([taken])
    expect(day).to_have_value("2018-11-19")
    expect(day).to_be_visible()
    day.fill("2018-11-20")
    page.locator("input[name=photo]").set_input_files([taken])
    expect(page.locator(".x-phone-files li")).to_have_count(1)
    expect(day).to_have_value("2018-11-20")
