"""Offered actions: what a ticket's page offers each reader in every state, written by hand."""

import re
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.factories import day
from tests.support.pages import open_pages

PEOPLE = ("village", "town", "water", "office", "leaders", "inspectorate")


# What is offered comes from one table of the lifecycle: the database has no say in it.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_page_offers_exactly_what_its_reader_may_do(engine: Engine, database_url: str, tmp_path: Path) -> None:
    with open_pages(engine, database_url, tmp_path / "files") as pages:
        county, do = pages.county, pages.county.do

        def offered(ticket: int) -> dict[str, list[str]]:
            number, offers = county.ticket(ticket).number, {}
            for who in PEOPLE:
                text = pages.get(who, f"/tickets/{number}").text
                block = re.search(r'<section class="x-card x-actions".*?</section>', text, re.S)
                if block is not None:
                    offers[who] = [label.strip() for label in re.findall(r'data-act="[^"]+">(.*?)</', block[0], re.S)]
            return offers

        number = county.file("village")
        assert offered(number) == {
            "village": ["撤回"],
            "town": ["核实上报", "退回补充", "撤回"],
            "office": ["指定承办单位", "作废"],
        }
        do("town", "send_back", number, reason="补照片")
        assert offered(number) == {
            "village": ["补充后再报", "撤回"],
            "town": ["补充后再报", "撤回"],
            "office": ["指定承办单位", "作废"],
        }
        do("village", "resubmit", number)
        do("town", "endorse", number)
        assert offered(number) == {"water": ["受理", "退单"], "office": ["指定承办单位", "作废"]}
        # What asks for nothing is a button, what asks for something a fold.
        page = pages.get("water", f"/tickets/{county.ticket(number).number}").text
        assert re.findall(r'<(button|summary)[^>]* data-act="([^"]+)"', page) == [
            ("button", "accept"),
            ("summary", "decline"),
        ]
        do("water", "decline", number, ground="not_ours", cited_duty="三定方案")
        assert offered(number) == {"office": ["退回补充", "维持承办", "指定承办单位", "作废"]}
        do("office", "uphold", number, reason="是你局的")
        assert offered(number) == {"water": ["受理"], "office": ["指定承办单位", "作废"]}
        do("water", "accept", number)
        assert offered(number) == {
            "water": ["办结", "更正类别"],
            "office": ["指定承办单位", "暂停计时", "延长时限", "作废"],
        }
        do("office", "suspend", number, ground="flood", until="2018-11-28")
        assert offered(number) == {"office": ["恢复计时", "指定承办单位", "作废"]}
        do("office", "resume", number)
        county.resolve(number, day(0))
        assert offered(number) == {"town": ["核验通过", "核验不通过"], "office": ["指定承办单位", "作废"]}
        county.confirm(number, day(0))
        assert offered(number) == {"town": ["重新打开"], "office": ["重新打开"]}
        pages.now = day(60)
        assert offered(number) == {}
