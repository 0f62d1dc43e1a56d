"""Pages taken along: who takes which, what is left out of them, and that it is recorded."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models import Event
from tests.support.households import settle_register
from tests.support.pages import Pages, token

pytestmark = pytest.mark.one_database("sqlite")


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Pages:
    return Pages(settle_register(engine), database_url, tmp_path / "files")


def asked(pages: Pages, who: str, address: str, **values: Any) -> tuple[int, Any]:
    client = pages.client(who)
    sent = client.post(
        address,
        data=json.dumps(values),
        content_type="application/json",
        headers={"X-CSRFToken": token(client, "/password"), "X-Requested-With": "xiaohao"},
    )
    return sent.status_code, sent.json


def test_a_village_takes_its_own_pages_along_and_that_is_recorded(pages: Pages) -> None:
    status, plan = asked(pages, "village", "/phone/pack", villages=[])
    assert status == 200
    assert {"/households/A1", "/households/A1/checkup", "/file?household=A1"} <= set(plan["paths"])
    with pages.county.read() as session:
        event = session.scalars(select(Event).where(Event.action == "taken_along")).one()
        assert event.given["households"] == sum(path.startswith("/file") for path in plan["paths"])


def test_a_town_names_the_villages_of_its_trip(pages: Pages) -> None:
    status, refused = asked(pages, "town", "/phone/pack", villages=["nowhere"])
    assert (status, refused["error"]) == (422, "no_village_chosen")
    plan = asked(pages, "town", "/phone/pack", villages=["town-a-v1"])[1]
    # Of the households only those that it takes along, village by village.
    assert "/households" not in plan["paths"]
    assert {"/visits", "/visits?village=town-a-v1", "/help"} <= set(plan["paths"])


@pytest.mark.parametrize("who", ["office", "leaders", "admin"])
def test_nobody_takes_pages_along_who_works_at_a_desk(pages: Pages, who: str) -> None:
    assert asked(pages, who, "/phone/pack", villages=[])[0] == 403
    assert asked(pages, who, "/phone/pages", paths=["/households/A1"])[0] == 403


def test_a_page_that_would_not_open_or_needs_the_server_is_not_taken_along(pages: Pages) -> None:
    wanted = [
        "/households/A1",
        "/households/nobody",
        "/sessions",
        "/phone/hello",
        "https://elsewhere.example/",
        "/board",
    ]
    assert list(asked(pages, "village", "/phone/pages", paths=wanted)[1]["pages"]) == ["/households/A1"]


def test_what_must_not_lie_on_a_phone_is_left_out(pages: Pages) -> None:
    open_page = pages.get("town", "/households/A1").text
    main = asked(pages, "town", "/phone/pages", paths=["/households/A1"])[1]["pages"]["/households/A1"]["main"]
    assert "/households/A1/people" in open_page
    assert "/households/A1/people" not in main
