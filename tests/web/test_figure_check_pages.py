"""Figure checks on pages, over the API and in the morning's digest."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from notifications import due_items
from notifications.county_clock import county_clock
from tests.support.factories import settle_county
from tests.support.figure_checks import checked_scheme, ranked
from tests.support.http_clients import Api
from tests.support.pages import Pages, token
from tests.support.rankings import HOUR

PAGE = "/rankings/2018-11-30/checks"


@pytest.fixture
def api(engine: Engine, database_url: str, tmp_path: Path) -> Api:
    county = settle_county(engine, checked_scheme())
    ranked(county)
    api = Api(county, database_url, tmp_path / "files")
    api.now = HOUR + timedelta(days=3)
    return api


@pytest.mark.one_database("sqlite")
def test_the_office_records_a_check_on_the_page_and_loses_nothing_when_refused(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    county = settle_county(engine, checked_scheme())
    ranked(county)
    pages = Pages(county, database_url, tmp_path / "files")
    pages.now = HOUR + timedelta(days=3)
    assert PAGE in pages.get("office", "/rankings/2018-11-30").text
    assert PAGE not in pages.get("power", "/rankings/2018-11-30").text
    shown = pages.get("office", PAGE).text
    assert (shown.count("待抽查"), "90 / 100" in shown) == (2, True)

    def send(note: str) -> Any:
        client = pages.client("office")
        sent = {"figure": "told town-a", "found_of": "80", "found_to": "100", "source": "缴费台账", "note": note}
        return client.post(PAGE, data=sent | {"csrf_token": token(client, "/password")})

    refused = send("")
    assert (refused.status_code, 'value="缴费台账"' in refused.text) == (422, True)
    assert send("缴费凭证只有80户，多报10户。").status_code == 302
    after = pages.get("office", PAGE).text
    assert ("不实" in after, "80 / 100" in after, after.count("待抽查")) == (True, True, 1)
    # Who reported it reads what was found, and nothing of the others.
    told = pages.get("power", PAGE).text
    assert ("80 / 100" in told, "乙镇" in told, "登记核实结果" in told) == (True, False, False)
    # The town of the figure reads the result, without a link to a ticket that it may not open.
    of_town = pages.get("town", PAGE).text
    assert ("不实" in of_town, "/tickets/" in of_town.split("<main", 1)[1]) == (True, False)
    assert re.search(r'href="(/tickets/2018-\d+)"', told) is not None


@pytest.mark.one_database("postgresql")
def test_a_program_reads_and_records_checks_and_the_digest_names_what_waits(api: Api) -> None:
    def waiting(who: str) -> list[tuple[str, str]]:
        with api.county.read() as session:
            unit = api.county.people[who].own_unit_id
            found = due_items.items(session, county_clock(session), unit, HOUR + timedelta(days=30))
            return [(item.path, item.what[0]) for item in found if item.path == PAGE]

    assert (waiting("office"), waiting("leaders"), waiting("power")) == ([(PAGE, "数据抽查核实2项")], [], [])
    lines = api.call("office", "GET", PAGE).json["items"]
    told = [(line["town"], line["said_of"], line["may_make"]) for line in lines]
    assert sorted(told) == [("town-a", 90, True), ("town-b", 95, True)]
    body = {"measure": "told", "town": "town-b", "numerator": 95, "denominator": 100, "source": "缴费台账"}
    assert api.call("power", "POST", PAGE, body).status_code == 403
    made = api.call("office", "POST", PAGE, body)
    assert (made.status_code, made.json["true"]) == (201, True)
    assert api.call("office", "POST", PAGE, body).status_code == 409
    assert waiting("office") == [(PAGE, "数据抽查核实1项")]
