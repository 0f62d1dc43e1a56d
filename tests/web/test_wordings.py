"""Wordings: kept by the people of a unit, and by the office for all; put into a text box by a click, and never sent by it."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine, select

from models import Wording
from tests.conftest import fresh_database
from tests.support.browser import open_site
from tests.support.factories import day
from tests.support.pages import Pages, open_pages
from workflow.errors import BadInput
from workflow.tickets.saved import wordings

OWN, FOR_ALL = "已更换水泵，入户试水正常", "照片与现场一致，户主已签字"


def kept(pages: Pages) -> list[str]:
    with pages.county.read() as session:
        return list(session.scalars(select(Wording.words).order_by(Wording.id)))


def offered(pages: Pages, who: str) -> list[str]:
    shown: Any = pages.get(who, "/wordings").text
    return [words for words in (OWN, FOR_ALL) if words in shown]


@pytest.mark.both_databases
def test_a_unit_keeps_its_own_and_the_office_those_for_all(engine: Engine, database_url: str, tmp_path: Path) -> None:
    with open_pages(engine, database_url, tmp_path / "files") as pages:
        assert pages.post("water", "/wordings", words=OWN).status_code == 302
        assert pages.post("office", "/wordings", words=FOR_ALL, for_all="1").status_code == 302
        assert [offered(pages, who) for who in ("water", "power", "village")] == [[OWN, FOR_ALL], [FOR_ALL], [FOR_ALL]]
        # Refused in one sentence with what was typed: what says nothing, is too long, is there already, or is for all.
        for who, status, words, more in (
            ("water", 422, "已阅", {}),
            ("water", 422, " ", {}),
            ("water", 422, "已更换水泵" * 50, {}),
            ("water", 409, OWN, {}),
            ("office", 409, FOR_ALL, {"for_all": "1"}),
            ("water", 403, "全部更换水管", {"for_all": "1"}),
            ("village", 403, "已到户查看情况", {}),
        ):
            refused = pages.post(who, "/wordings", words=words, **more)
            assert refused.status_code == status, words
            assert who == "village" or f">{words}</textarea>" in refused.text, words
        assert pages.get("admin", "/wordings").status_code == 403
        # The same sentence may be another unit's; what another unit or the office keeps is not deleted.
        assert pages.post("power", "/wordings", words=OWN).status_code == 302
        assert [pages.post("power", f"/wordings/{number}").status_code for number in (1, 2)] == [404, 404]
        assert pages.post("water", "/wordings/1").status_code == pages.post("office", "/wordings/2").status_code == 302
        assert kept(pages) == [OWN]
        with pages.county.write() as session:
            for number in range(wordings.MOST - 1):
                wordings.add(session, pages.county.people["power"], day(0), f"第{number}台区线路已更换")
            with pytest.raises(BadInput, match="too_many_wordings"):
                wordings.add(session, pages.county.people["power"], day(0), "台区线路全部更换")


def test_a_click_puts_the_sentence_where_the_cursor_is_and_sends_nothing(
    request: pytest.FixtureRequest, browser: Browser, tmp_path: Path
) -> None:
    with fresh_database(request, "sqlite") as url, open_site(url, tmp_path / "files", browser) as site:
        ticket = site.county.file("town", "A1")
        with site.county.write() as session:
            wordings.add(session, site.county.people["water"], day(0), OWN)
        page = site.page("water")
        page.goto(f"/tickets/{site.county.ticket(ticket).number}")
        box = page.locator("#comment")
        fold = page.locator('details[data-wordings="comment"]')
        box.fill("今天，已完工")
        box.evaluate("box => box.setSelectionRange(3, 3)")
        fold.locator("summary").press("Enter")
        fold.get_by_role("button", name=OWN).press("Enter")
        expect(box).to_have_value(f"今天，{OWN}已完工")
        expect(box).to_be_focused()
        assert fold.get_attribute("open") is None
        assert site.county.ticket(ticket).version == 1
