"""Authorisations on their page and over the API: the leader puts them on record and ends them; nobody else does."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.browser import give_passwords
from tests.support.factories import day
from tests.support.http_clients import Api
from tests.support.pages import Pages, open_pages
from tests.support.signing import colleague, lead
from web.words import dates

pytestmark = pytest.mark.one_database("sqlite")

PATH = "/authorisations"
#: After those of the office and the leading group, which issue papers.
OWN = f"{PATH}/3"
SIGN = {
    "kind": "sign",
    "user": "second",
    "from_day": "2018-11-20",
    "until_day": "2019-01-13",
    "document": "水授〔2018〕1号",
}


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path / "files") as opened:
        lead(opened.county, "water")
        colleague(opened.county, "second", "water")
        give_passwords(opened.county.engine)
        yield opened


def test_a_leader_authorises_a_person_for_days_and_ends_it(pages: Pages) -> None:
    assert pages.post("water", PATH, **SIGN).status_code == 302
    listed = pages.get("water", PATH).text
    # The last day lies in another year: both are written in full.
    for words in ("签发本单位文稿", "second", "2018年11月20日至2019年1月13日", "水授〔2018〕1号", "现行"):
        assert words in listed, words
    assert "水授〔2018〕1号" in pages.get("office", PATH).text
    assert "水授〔2018〕1号" not in pages.get("power", PATH).text
    assert pages.post("power", OWN).status_code == 404
    pages.now = day(1)
    assert pages.post("water", OWN).status_code == 302
    assert "现行" not in pages.get("water", PATH).text
    assert pages.post("water", OWN).status_code == 409


@pytest.mark.parametrize(
    ("field", "given", "words"),
    [
        ("user", {"user": ""}, "被授权人"),
        ("user", {"user": "power"}, "power"),
        ("document", {"document": " "}, "文号"),
        ("until_day", {"until_day": "2018-11-19"}, "日"),
        ("until_day", {"until_day": ""}, "日"),
        ("from_day", {"from_day": "x"}, "日"),
    ],
)
def test_a_refused_authorisation_names_its_field_and_keeps_what_was_typed(
    pages: Pages, field: str, given: dict[str, str], words: str
) -> None:
    answer = pages.post("water", PATH, **(SIGN | given))
    assert answer.status_code == 422
    marked = answer.text.split(f'id="{field}"')[0].rsplit("<", 1)[1]
    assert "is-invalid" in marked + answer.text.split(f'id="{field}"')[1].split(">", 1)[0]
    assert words in answer.text
    for name in ("document", "until_day"):
        if name not in given:
            assert f'value="{SIGN[name]}"' in answer.text, name
    assert "现行" not in pages.get("water", PATH).text


def test_only_the_leader_authorises_and_only_who_issues_papers_lets_the_system_do_so(pages: Pages) -> None:
    assert "登记授权" in pages.get("water", PATH).text
    for who in ("second", "power", "inspectorate"):
        assert "登记授权" not in pages.get(who, PATH).text, who
        assert pages.post(who, PATH, **SIGN).status_code == 403, who
    assert pages.post("water", PATH, **(SIGN | {"kind": "supervise", "user": ""})).status_code == 403
    for who in ("village", "admin"):
        assert pages.get(who, PATH).status_code == 403, who


def test_a_leader_authorises_over_the_api(api: Api) -> None:
    lead(api.county, "water")
    colleague(api.county, "second", "water")
    made = api.post("water", PATH, SIGN)
    assert made.status_code == 201
    assert (made.json["unit"], made.json["user"], made.json["holds"]) == ("县水务局", "second", True)
    assert api.post("water", PATH, SIGN | {"until_day": "2018-11-01"}).status_code == 422
    assert api.post("power", f"{PATH}/{made.json['id']}/end", {}).status_code == 404
    assert api.post("water", f"{PATH}/{made.json['id']}/end", {}).json["holds"] is False
    assert [line["holds"] for line in api.call("office", "GET", PATH).json["items"]] == [False, True, True]


def test_a_term_names_the_year_of_both_its_days(pages: Pages) -> None:
    with pages.app.test_request_context():
        assert dates.first_to_last("2026-10-26", date(2027, 10, 26)) == "2026年10月26日至2027年10月26日"


@pytest.mark.parametrize(("at", "status"), [(day(54, 23.5), 302), (day(55, 0.5), 409)])
def test_an_authorisation_can_be_ended_to_the_end_of_its_last_day(pages: Pages, at: datetime, status: int) -> None:
    assert pages.post("water", PATH, **SIGN).status_code == 302
    pages.now = at
    assert pages.post("water", OWN).status_code == status
