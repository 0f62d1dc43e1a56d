"""Limits on pages: what the time of a ticket rests on stands where its days are counted, and on the page of the scheme."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models import Ticket
from tests.support.factories import START, settle_county, small_scheme
from tests.support.pages import Pages
from workflow.assessment import duty_opening
from workflow.policy.scheme.model import Scheme

pytestmark = pytest.mark.one_database("sqlite")
LAW = {"zh": "《农村供水条例》第七条（十个工作日）", "en": "Rural Water Supply Act, art. 7 (ten working days)"}
DUTY: dict[str, Any] = {
    "code": "summary",
    "name": {"zh": "工作总结", "en": "summary"},
    "item": 1,
    "units": ["water"],
    "period": "yearly",
    "due": {"by": "date", "date": "11-30"},
    "evidence": {"zh": "总结", "en": "summary"},
}


def scheme_with_a_basis() -> Scheme:
    plain = small_scheme().model_dump(mode="json")
    (water,) = (kind for kind in plain["kinds"] if kind["code"] == "water")
    water["bases"] = [{"stage": "mend", "text": LAW, "at_least": 10}]
    return small_scheme(kinds=plain["kinds"], duties={"list": [DUTY]})


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Pages:
    return Pages(settle_county(engine, scheme_with_a_basis()), database_url, tmp_path / "files")


def test_a_ticket_says_what_the_limit_of_its_stage_rests_on(pages: Pages) -> None:
    ticket = pages.county.file()
    number = pages.county.ticket(ticket).number
    # No paper gives days for accepting: that is the county's own choice, and said so.
    waiting = pages.get("water", f"/tickets/{number}").text
    assert "该环节规定时限2个工作日。依据：本县考核方案自定，未引用法规。" in waiting
    pages.county.do("water", "accept", ticket, START)
    assert f"该环节规定时限10个工作日。依据：{LAW['zh']}。" in pages.get("water", f"/tickets/{number}").text


def test_a_filing_shows_what_the_time_for_resolving_rests_on_before_it_is_sent(pages: Pages) -> None:
    assert f"依据：{LAW['zh']}。" in pages.get("town", "/file?household=A1&kind=water").text
    assert "未引用法规" in pages.get("town", "/file?household=A1&kind=power").text


def test_a_duty_rests_on_its_item_of_the_notice(pages: Pages) -> None:
    duty_opening.run(pages.county.read, pages.county.write, START)
    with pages.county.read() as session:
        number = session.scalars(select(Ticket).where(Ticket.type == "duty")).one().number
    assert "依据：《small》第1项。" in pages.get("water", f"/tickets/{number}").text


def test_the_page_of_the_scheme_lists_every_kind_with_days_and_basis(pages: Pages) -> None:
    shown = pages.get("office", "/schemes").text
    assert LAW["zh"] in shown
    assert shown.count("未引用法规") == 3
    pages.post("office", "/language", language="en", next="/schemes")
    assert LAW["en"] in pages.get("office", "/schemes").text
