"""Spaces in a form are nothing: a field left blank with them is left blank, and a name typed with them is the name."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from models import RankingSign
from tests.support.factories import START, County, settle_county
from tests.support.pages import Pages
from tests.support.rankings import HOUR, make_ranking, ranked_scheme

pytestmark = pytest.mark.one_database("sqlite")


@pytest.fixture
def county(engine: Engine) -> County:
    county = settle_county(engine, ranked_scheme())
    county.file(at=START)
    make_ranking(county)
    return county


@pytest.fixture
def pages(county: County, database_url: str, tmp_path: Path) -> Pages:
    made = Pages(county, database_url, tmp_path / "files")
    made.now = HOUR
    return made


def test_a_name_typed_with_spaces_signs_in(pages: Pages) -> None:
    client = pages.app.test_client()
    assert pages.sign_in(client, " town ").status_code == 302


def test_a_blank_filter_is_none(pages: Pages) -> None:
    for path in ("/tickets?q=%20", "/households?q=%20", "/board?unit=%20", "/board?within=%20"):
        shown = pages.get("office", path)
        assert shown.status_code == 200, path
        assert "alert-danger" not in shown.text, path
    assert "2018-000001" in pages.get("office", "/tickets?q=%20").text
    assert "2018-000001" in pages.get("office", "/tickets?q=%20A1%20").text
    assert pages.get("office", "/board?unit=%20town-a%20").status_code == 200


def test_a_blank_remark_or_reason_is_none(pages: Pages) -> None:
    assert pages.post("water", "/rankings/2018-11-30", act="sign", remark="  ").status_code == 302
    with pages.county.read() as session:
        assert session.scalars(select(RankingSign.remark)).all() == [""]
    refused = pages.post("town", "/rankings/2018-11-30", act="object", measure="haves", reason="  ")
    assert (refused.status_code, "请填写“理由”" in refused.text) == (422, True)


def test_a_code_typed_with_spaces_is_the_code(pages: Pages) -> None:
    shown = pages.post("town", "/file", household=" A2 ", kind="water")
    assert shown.status_code == 200
    assert "alert-danger" not in shown.text
    assert "张三" in shown.text
