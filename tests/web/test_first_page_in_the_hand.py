"""The first page in the hand: one row of five entries at the bottom, and the height is the page's."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.conftest import fresh_database
from tests.support.browser import Site, open_site

#: Upright, on its side, and with type of twice the size: the browser's own setting of the size, which pages build upon.
HANDS = {"upright": (360, 740, 16), "on its side": (740, 360, 16), "large type": (360, 740, 32), "both": (740, 360, 32)}
MEASURED = """() => {
  const box = (one) => one.getBoundingClientRect();
  const entries = [...document.querySelectorAll('.x-nav > a, .x-rest > summary')].filter((one) => box(one).height);
  const counts = [...document.querySelectorAll('.x-nav > a > .x-count')].filter((one) => box(one).height);
  return {
    nav: box(document.querySelector('.x-nav')).height, bottom: box(document.querySelector('.x-nav')).bottom,
    bar: box(document.querySelector('.x-bar')).height, wide: document.documentElement.scrollWidth,
    entries: entries.length, rows: new Set(entries.map((one) => box(one).top)).size,
    low: Math.min(...entries.map((one) => box(one).height)),
    cut: counts.filter((one) => box(one).right > box(one.parentElement).right).length, counts: counts.length };
}"""


@pytest.fixture
def site(request: pytest.FixtureRequest, browser: Browser, tmp_path: Path) -> Iterator[Site]:
    with fresh_database(request, "sqlite") as url, open_site(url, tmp_path / "files", browser) as opened:
        yield opened


def test_the_navigation_is_one_low_row_and_leaves_the_height_to_the_page(site: Site) -> None:
    number = site.county.ticket(site.county.file("village")).number
    town = site.page("town")
    for hand, (width, height, size) in HANDS.items():
        town.set_viewport_size({"width": width, "height": height})
        town.goto("/")
        town.evaluate("size => { document.documentElement.style.fontSize = `${size}px` }", size)
        shown = town.evaluate(MEASURED)
        assert (shown["entries"], shown["rows"], shown["counts"], shown["cut"]) == (5, 1, 1, 0), (hand, shown)
        assert shown["low"] >= 44, hand
        assert shown["nav"] <= 56, hand
        assert shown["bottom"] == height, hand
        assert shown["wide"] <= width, hand
        assert height - shown["nav"] - shown["bar"] >= 0.7 * height, (hand, shown)
    assert town.locator(f"a[href*='{number}#endorse-now']").count() == 1
