"""Guard: every route requires a sign-in unless listed, and a form without its token is refused."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.pages import Pages, open_pages, token
from tests.support.texts import SENTENCE
from web.pages import ANONYMOUS

pytestmark = pytest.mark.one_database("sqlite")
#: What is open beside the pages: whether the service is alive, and the description of the API.
OPEN_ENDPOINTS = ANONYMOUS | {"health.livez", "health.readyz", "health.healthz", "health.metrics", "api.openapi"}


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path / "files") as opened:
        yield opened


def test_every_route_asks_for_a_signed_in_person_unless_it_is_on_the_list(pages: Pages) -> None:
    client = pages.app.test_client()
    form = {"csrf_token": token(client, "/sign-in")}
    asked = set()
    for rule in pages.app.url_map.iter_rules():
        if rule.endpoint in OPEN_ENDPOINTS:
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            answer = client.open(
                re.sub(r"<[^>]+>", "1", re.sub(r"<any\(([^,)]+)[^>]*>", r"\1", rule.rule)), method=method, data=form
            )
            if rule.endpoint.startswith("pages."):
                assert answer.status_code == 302, (method, rule.rule)
                assert answer.location.startswith("/sign-in"), (method, rule.rule)
            else:
                assert answer.status_code == 401, (method, rule.rule)
            asked.add(rule.endpoint)
    assert len(asked) > 150


def test_whatever_is_open_to_anybody_is_a_route(pages: Pages) -> None:
    assert {rule.endpoint for rule in pages.app.url_map.iter_rules()} >= OPEN_ENDPOINTS


def test_an_address_alone_files_nothing(pages: Pages) -> None:
    shown = pages.get("village", "/file?household=A1&kind=water").text
    seen = re.search(r'name="seen" value="([^"]+)"', shown)
    assert seen is not None
    asked = {"household": "A1", "kind": "water", "send": "1", "seen": str(seen[1])}
    answer = pages.client("village").get("/file", query_string=asked)
    assert answer.status_code == 200
    assert pages.get("village", "/tickets?q=A1").text.count('class="x-number"') == 0
    assert pages.post("village", "/file", **asked).status_code == 302


@pytest.mark.parametrize("own", ["_scheme=elsewhere&_external=1", "endpoint=pages.inbox", "_anchor=x&_method=POST"])
def test_an_address_decides_neither_where_links_lead_nor_whether_the_page_is_shown(pages: Pages, own: str) -> None:
    for path in ("/tickets", "/households", "/visits"):
        plain = pages.get("office", f"{path}?q=a")
        assert pages.get("office", f"{path}?q=a&{own}").text.count("href=") == plain.text.count("href="), path
        assert "elsewhere:" not in pages.get("office", f"{path}?q=a&{own}").text


def test_a_form_that_comes_back_goes_where_it_was_going_whatever_its_address_asked_for(pages: Pages) -> None:
    number = pages.county.ticket(pages.county.file("town")).number
    sent = f"/tickets/{number}/accept?number=1&endpoint=pages.inbox&_external=1"
    form, origin = {"note": SENTENCE, "csrf_token": "old"}, {"Origin": "http://localhost"}
    back = pages.client("water").post(sent, data=form, headers=origin)
    assert back.status_code == 409
    assert f'action="/tickets/{number}/accept"' in back.text
