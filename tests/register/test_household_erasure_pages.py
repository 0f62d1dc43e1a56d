"""Erasure of households on the page of personal data: what would go is shown first, and two persons are needed."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from flask_babel import force_locale
from sqlalchemy import Engine

from notifications.dispatch import dispatch
from settings import DEVELOPMENT_SECRET as KEY
from tests.support.factories import day
from tests.support.pages import Pages, open_pages
from tests.support.persons import move_in
from tests.support.signing import colleague
from web.words.dates import on_day
from workflow.county.vault import Vault
from workflow.register import exit_gate
from workflow.register.erasing import erasure_requests, household_erasure

pytestmark = pytest.mark.one_database("sqlite")
DOCUMENT = "五扶〔2018〕9号"
FORMATS = "Z9{0.__class__}%(x)s%s"
LONG_AGO = day(0) - timedelta(days=365 * 31)


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path / "files") as opened:
        colleague(opened.county, "watcher", "inspectorate", "inspectorate")
        with opened.county.write() as session:
            move_in(session, Vault(KEY), "A1", 1, "张一", "李一")
        with opened.county.write() as session:
            for code, at in (("A1", LONG_AGO), ("A2", day(0))):
                exit_gate.set_status(session, opened.county.people["office"], at, code, "cleared", "重复建档")
        yield opened


def test_a_household_is_shown_proposed_agreed_to_and_erased_and_its_page_says_so(pages: Pages) -> None:
    early = pages.get("inspectorate", "/personal-data?code=A2").text
    assert "档案须保管30年" in early
    assert "提出删除" not in early
    assert "2人" in pages.get("inspectorate", "/personal-data?code=A1").text
    wrong = pages.post("inspectorate", "/personal-data/A1/erasure", document="")
    assert (wrong.status_code, "invalid" in wrong.text) == (422, True)
    pages.post("inspectorate", "/personal-data/A1/erasure", document=DOCUMENT)
    own = pages.get("inspectorate", "/personal-data").text
    assert "/agree" not in own
    withdrawn = re.search(r"/personal-data/erasures/\d+/refuse", own)
    assert withdrawn is not None
    pages.post("inspectorate", withdrawn[0])
    with pages.county.write() as session:
        watcher = pages.county.people["watcher"]
        erasure_requests.propose(session, watcher, pages.now, "A1", DOCUMENT, 30)
        dispatch(session, pages.now)
    told = pages.get("inspectorate", "/inbox").text
    assert "/personal-data?code=A1" in told
    act = re.search(r"/personal-data/erasures/\d+/agree", pages.get("inspectorate", "/personal-data").text)
    assert act is not None
    assert pages.get("inspectorate", act[0]).status_code == 302
    assert pages.post("office", act[0]).status_code == 404
    pages.post("inspectorate", act[0])
    with pages.county.write() as session:
        assert household_erasure.erase_due(session, pages.now)
    told = pages.get("office", "/households/A1").text
    assert "（已删除）" in told
    assert "张一" not in told
    back = pages.post("office", "/households/A1/status", status="in", reason="误清退，重新核实")
    assert "不再登记任何事项" in back.text
    assert "已经删除" in pages.get("inspectorate", "/personal-data?code=A1").text


def test_an_unknown_code_is_refused_at_its_field(pages: Pages) -> None:
    with pages.app.test_request_context(headers={"Accept-Language": "en"}), force_locale("en"):
        # Half past eleven at night in London is the next day in China; a moment was shown whole before.
        assert on_day(datetime(2026, 12, 2, 23, 30, tzinfo=UTC)) == "2026-12-03"
    for language in ("zh_Hans", "en"):
        page = pages.get("inspectorate", f"/personal-data?code={quote(FORMATS)}&lang={language}")
        assert page.status_code == 404
        field = re.search(r"<input[^>]*name=\"code\"[^>]*>", page.text)
        assert field is not None
        assert f'value="{FORMATS}"' in field[0]
        # In the sentence, too, a format of who asks is plain words.
        assert page.text.count(FORMATS) > 1
        assert "invalid" in field[0]
