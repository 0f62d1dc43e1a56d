"""Help: eight tasks a role on pages that it opens, led to from those pages; and what the first look and an empty list say."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.pages import Pages, open_pages
from web.words.help import OF_ROLE, tasks_of

pytestmark = pytest.mark.one_database("sqlite")


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path) as opened:
        yield opened


#: Somebody of every role.
ROLES = {"bureau": "water"} | {role: role for role in ("village", "town", "office", "leaders", "inspectorate", "admin")}


def test_the_help_of_every_role_has_eight_tasks_on_pages_that_it_opens_and_pictures_that_are_there(
    pages: Pages,
) -> None:
    assert set(OF_ROLE) == set(ROLES)
    for role, who in ROLES.items():
        text = pages.get(who, "/help").text
        main = text[text.index("<main") :]
        assert [task.name for task in tasks_of(role) if f'id="{task.name}"' not in main] == []
        assert len(tasks_of(role)) == 8
        links = re.findall(r'<p class="mb-0"><a href="([^"]+)"', main)
        assert {
            link: pages.get(who, link).status_code for link in links if pages.get(who, link).status_code > 302
        } == {}
        for picture in set(re.findall(r'<img src="([^"]+)"', main)):
            answer = pages.get(who, picture)
            assert (answer.status_code, answer.mimetype) == (200, "image/webp")
            assert len(answer.data) < 15_000


def test_a_page_leads_to_its_own_task(pages: Pages) -> None:
    assert 'href="/help#checkup"' in pages.get("village", "/visits").text
    assert 'href="/help#entry"' in pages.get("water", "/duties").text
    assert 'href="/help"' in pages.get("village", "/feedback").text


def test_the_first_page_of_a_new_person_shows_where_to_begin_once(pages: Pages) -> None:
    assert "开始使用，只需三步" in pages.get("village", "/").text
    assert "开始使用，只需三步" not in pages.get("village", "/").text
    # The next sign-in is not the first.
    again = pages.app.test_client()
    pages.sign_in(again, "village")
    assert "开始使用，只需三步" not in again.get("/").text


def test_an_empty_list_says_what_comes_into_it(pages: Pages) -> None:
    assert "暂无内容。就承办时段或虚假办结提请的案件列在此处。" in pages.get("office", "/cases").text
