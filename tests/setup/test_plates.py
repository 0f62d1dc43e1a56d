"""A bureau with two plates (县农业农村局, also 县乡村振兴局) is one unit by whichever name files, pages and programs call it."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from models import Unit, User
from tests.setup.test_county_import import ACCOUNTS, UNITS, codes, imported, said
from tests.support.factories import County, settle_county
from tests.support.http_clients import Api
from tests.support.pages import Pages
from tests.support.scheme_cast import SCHEMES
from workflow.county.context import county_context
from workflow.county.unit_names import find_unit
from workflow.tickets.lookup import find_ticket

MONITORING = next(path for path in SCHEMES if path.stem == "fanpin-monitoring")
#: Its names, in use and on documents, of either plate.
NAMES = ("县农业农村局", "农业农村局", "五华县农业农村局", "县乡村振兴局", "乡村振兴局", "五华县乡村振兴局")


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, stage=MONITORING)


def farming(county: County) -> Unit:
    with county.read() as session:
        return session.scalars(select(Unit).where(Unit.code == "farming")).one()


@pytest.mark.parametrize("name", NAMES)
def test_it_is_found_and_staffed_by_either_name(county: County, name: str) -> None:
    done = imported(county, {"账号": [ACCOUNTS, ["zhang", "张三", "", name, ""]]})
    assert (said(done), codes(done, "accounts")) == ([], (1, 0, 0, 0))
    with county.read() as session:
        assert find_unit(session, name).id == farming(county).id
        assert session.scalars(select(User.unit_id).where(User.name == "zhang")).one() == farming(county).id


def test_a_workbook_that_lists_both_plates_makes_no_second_unit_and_changes_no_name(county: County) -> None:
    rows = [
        ["", "县农业农村局", "县直部门", "五华县农业农村局", "", ""],
        ["", "县乡村振兴局", "县直部门", "五华县乡村振兴局", "华乡振", ""],
    ]
    done = imported(county, {"单位": [UNITS, *rows]})
    assert (said(done), codes(done, "units")) == ([], (0, 0, 2, 0))
    with county.read() as session:
        setting = county_context(session)
        unit = setting.by_code["farming"]
        assert (setting.full_name(unit), setting.scheme.mark("farming")) == ("五华县农业农村局", "华农农")


@pytest.mark.parametrize("name", ["县乡村振兴局", "五华县乡村振兴局", "农业农村"])
def test_the_page_of_units_finds_it_and_shows_both_plates(engine: Engine, tmp_path: Path, name: str) -> None:
    county = settle_county(engine, stage=MONITORING)
    page = Pages(county, str(engine.url), tmp_path).client("office").get(f"/county-units?q={name}").text
    assert "加挂牌子" in page
    assert "县乡村振兴局（五华县乡村振兴局）" in page
    assert "县水务局" not in page


def test_a_program_may_call_it_by_any_of_its_names(engine: Engine, tmp_path: Path) -> None:
    county = settle_county(engine, stage=MONITORING)
    api = Api(county, str(engine.url), tmp_path)
    listed = api.call(None, "GET", "/openapi.json").json["components"]["schemas"]["UnitListed"]["enum"]
    assert set(NAMES) <= set(listed)
    for number, name in enumerate(NAMES):
        home = ("A1", "A2", "A3", "B1", "B2", "B3")[number]
        ticket = api.file("town" if home < "B" else "other_town", household=home, kind=county.kind("water"))
        answer = api.post("office", f"/tickets/{ticket}/reassign", {"unit": name, "reason": "由其主管，请予承办"})
        assert answer.status_code == 200, answer.json
        with county.read() as session:
            assert find_ticket(session, county.people["office"], ticket).lead_unit_id == farming(county).id
