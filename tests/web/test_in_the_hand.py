"""Pages in the hand: few bytes, readable outdoors in light and dark, large enough for a thumb, also with large type."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from models import Household, Ticket, User, Village
from tests.support.browser import PASSWORD, Site, enter
from tests.support.pages import token
from tests.support.readable import AXE, FAINT, SMALL, WIDE
from tests.support.simulated_site import person, simulated_site
from web.static_files import content

roles = pytest.mark.parametrize("role", ["village", "town"])


@pytest.fixture(scope="module")
def site(browser: Browser, settled_county: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with simulated_site(browser, settled_county, tmp_path_factory.mktemp("county") / "copy") as opened:
        yield opened


def main_pages(site: Site, role: str) -> tuple[str, list[str]]:
    """A person of the role in whose area a household has a ticket: sign-in name, and the addresses of the daily work."""
    theirs = User.village_id == Village.id if role == "village" else User.unit_id == Village.town_id
    with site.county.read() as session:
        name, home, ticket = session.execute(
            select(User.name, Household.code, Ticket)
            .join(Village, theirs)
            .join(Household, Household.village_id == Village.id)
            .join(Ticket, Ticket.household_id == Household.id)
            .where(User.role == role, User.active)
            .order_by(Ticket.ended_at.is_not(None), Ticket.id)
        ).first() or pytest.fail("no household has a ticket")
        number = ticket.number
    of_a_home = [f"/households/{home}", f"/households/{home}/checkup", f"/file?household={home}"]
    return name, [
        "/",
        "/tickets",
        f"/tickets/{number}",
        "/households",
        *of_a_home,
        "/file",
        "/visits",
        "/inbox",
        "/phone",
    ]


#: In bytes: what a line of 400 kbit/s brings in two seconds, and in a sixth of one.
FIRST_VISIT, LATER_PAGE = 90 * 1024, 8 * 1024


@roles
def test_main_pages_are_light_and_all_that_they_need_is_asked_for_at_once(site: Site, role: str) -> None:
    name, pages = main_pages(site, role)
    assert site.app is not None
    client = site.app.test_client()
    client.post("/sign-in", data={"name": name, "password": PASSWORD, "csrf_token": token(client, "/sign-in")})
    # Where a site has no HTTPS yet, browsers take gzip alone.
    gzip = {"Accept-Encoding": "gzip"}
    for path in pages:
        answer = client.get(path, headers=gzip, buffered=True, follow_redirects=True)
        assert answer.status_code == 200, path
        assert len(answer.data) <= LATER_PAGE, path
        needed = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', client.get(path, follow_redirects=True).text))
        files = {address: client.get(address, headers=gzip, buffered=True) for address in needed}
        # No more than a browser opens connections for, and no file asks for a further one.
        assert len(files) <= 6, path
        assert not any("echarts" in address for address in files), path
        assert not any(b"@import" in content(name) for name in ("xiaohao.css", "forms.js"))
        assert len(answer.data) + sum(len(file.data) for file in files.values()) <= FIRST_VISIT, path


def opened(page: Page, path: str) -> Page:
    page.goto(path)
    page.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true })")
    return page


@roles
def test_main_pages_are_read_outdoors_and_touched_with_a_thumb_in_light_and_dark(site: Site, role: str) -> None:
    name, pages = main_pages(site, role)
    page = site.stranger(
        viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True, reduced_motion="reduce"
    )
    # A colour on its way to another is neither.
    enter(page, name)
    faults = []
    for path in pages:
        opened(page, path).evaluate(f"() => {{ {AXE} }}")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            faults += [f"{scheme} {path}: {fault}" for fault in page.evaluate(FAINT)]
        faults += [f"{path}: {fault}" for fault in page.evaluate(SMALL)]
        page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
        faults += [f"200 % {path}: {fault}" for fault in page.evaluate(WIDE) + page.evaluate(SMALL)]
    page.context.close()
    assert not faults, "\n".join(faults)


def test_the_colours_follow_the_device_until_they_are_chosen_and_paper_stays_white(site: Site) -> None:
    page = site.stranger(color_scheme="dark")
    enter(page, person(site, "town")[0])
    paper = "() => getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(paper)
    page.emulate_media(color_scheme="light")
    light = page.evaluate(paper)
    assert light != dark
    page.locator(".x-me summary").click()
    page.get_by_role("button", name="深色").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert page.evaluate(paper) == dark
    page.emulate_media(media="print")
    assert page.evaluate(paper) == "rgb(255, 255, 255)"
    page.emulate_media(media="screen", color_scheme="dark")
    page.locator(".x-me summary").click()
    page.get_by_role("button", name="浅色").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    assert page.evaluate(paper) == light
    page.context.close()


def test_a_phone_draws_charts_when_they_are_asked_for(site: Site) -> None:
    page = site.stranger(viewport={"width": 360, "height": 740})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    enter(page, person(site, "office")[0])
    page.goto("/board")
    page.wait_for_load_state("networkidle")
    assert not any("echarts" in address for address in asked)
    page.get_by_role("button", name="显示图表").click()
    expect(page.locator(".x-chart svg")).to_have_count(page.locator("table[data-chart]").count())
    page.context.close()
