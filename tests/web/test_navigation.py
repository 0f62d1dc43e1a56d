"""Navigation: each role has its links, each leads to a page that role may open, and every label is used."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.people import ROLES
from tests.support.pages import Pages, open_pages
from web.navigation import FIRST, LABELS, MORE

pytestmark = pytest.mark.one_database("sqlite")
#: A person of each role.
PEOPLE = {"bureau": "water"} | {role: role for role in ROLES if role != "bureau"}


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path / "files") as opened:
        yield opened


def test_every_role_has_its_links_and_every_label_is_used_once_a_role_at_most() -> None:
    assert set(FIRST) == set(MORE) == set(ROLES)
    linked = [name for role in ROLES for name in set(FIRST[role] + MORE[role])]
    assert len(linked) == sum(len(FIRST[role]) + len(MORE[role]) for role in ROLES)
    assert set(linked) == set(LABELS)


@pytest.mark.parametrize("role", ROLES)
def test_every_link_of_the_navigation_opens_and_is_marked_on_its_own_page(pages: Pages, role: str) -> None:
    who = PEOPLE[role]
    shown = pages.get(who, "/preferences").text
    links = re.findall(
        # On a phone two of them stand under “More” instead, a second time.
        r'<a href="([^"]+)"(?: class=x-for-width)? *(?:data-go=\w)?>',
        shown.partition('<nav class="container x-nav"')[2].partition("</nav>")[0],
    )
    # The scheme of this county sets no quota of houses, and has neither candidates nor lists of bureaus.
    without = {"quota", "candidates", "bulk_lists", "bulk_checks"}
    assert len(links) == len(FIRST[role]) + len([name for name in MORE[role] if name not in without])
    assert not {"/quota", "/candidates", "/bulk-lists", "/bulk-checks"} & set(links)
    for link in links:
        answer = pages.get(who, link)
        assert answer.status_code == 200, link
        own = rf'<a href="{re.escape(link)}"(?: class=x-for-width)? aria-current=page(?: data-go=\w)?>'
        assert re.search(own, answer.text), link
        assert ('<summary class="x-here">' in answer.text) == (links.index(link) >= len(FIRST[role])), link
