"""The office, merged with a bureau on the page, over the API and on the command line: what is shown before and after."""

from pathlib import Path

from sqlalchemy import select

from models import Reform
from tests.support.command_line import Line
from tests.support.factories import County
from tests.support.http_clients import Api
from tests.support.pages import Pages, hidden
from tests.support.reforms import DOCUMENT

AT_POWER = {"kind": "merge", "subject": "unit", "sources": "office", "into": "power", "name": "县委农办"}
NEW = "县委农办"


def test_the_page_says_what_the_office_at_a_bureau_means_and_shows_it_afterwards(filed_pages: Pages) -> None:
    shown = filed_pages.post("office", "/reforms", act="look", **AT_POWER)
    assert shown.status_code == 200, shown.text
    assert "办公室设在县供电局" in shown.text
    assert "由领导小组指定承办单位" in shown.text
    assert "须重新登记授权" in shown.text
    given = {name: value for name, value in hidden(shown.text).items() if name != "csrf_token"}
    day = {"from_day": "2018-11-20", **DOCUMENT}
    assert filed_pages.post("office", "/reforms", act="apply", **{**given, **day}).status_code == 302
    for who in ("office", "leaders", "power", "inspectorate"):
        listed = filed_pages.get(who, "/reforms").text
        assert NEW in listed
        assert "办公室设在县供电局" in listed
    assert "县级办公室设在本部门" in filed_pages.get("power", "/units/power").text
    assert NEW in filed_pages.get("office", "/units/office").text


def test_a_bureau_that_the_office_takes_in_is_told_what_changes_for_its_people(filed_pages: Pages) -> None:
    given = {"kind": "merge", "subject": "unit", "sources": "water"}
    taken_in = filed_pages.post("office", "/reforms", act="look", into="office", **given).text
    elsewhere = filed_pages.post("office", "/reforms", act="look", into="power", **given).text
    assert ("原接口令牌失效" in taken_in, "接口账号转入继任单位" in taken_in) == (True, False)
    assert ("原接口令牌失效" in elsewhere, "接口账号转入继任单位" in elsewhere) == (False, True)


def test_people_of_the_new_office_have_every_page_of_their_desk(filed_pages: Pages) -> None:
    given = {"from_day": "2018-11-20", **DOCUMENT}
    shown = filed_pages.post("office", "/reforms", act="look", **AT_POWER)
    seen = {name: value for name, value in hidden(shown.text).items() if name != "csrf_token"}
    assert filed_pages.post("office", "/reforms", act="apply", **{**seen, **given}).status_code == 302
    for path in (
        "/board",
        "/tickets",
        "/units",
        "/rankings",
        "/duties",
        "/inbox",
        "/papers",
        "/authorisations",
        "/posts",
    ):
        assert filed_pages.get("office", path).status_code == 200, path


def test_the_api_takes_a_bureau_into_the_office(filed_county: County, database_url: str, tmp_path: Path) -> None:
    api = Api(filed_county, database_url, tmp_path)
    asked = {"kind": "merge", "subject": "unit", "sources": ["water"], "into": "office"}
    seen = api.post("office", "/reforms/preview", asked).json["seen"]
    made = api.post("office", "/reforms", {**asked, **DOCUMENT, "from_day": "2018-11-20", "seen": seen})
    assert made.status_code == 201, made.json
    assert (made.json["moved"]["tickets"], made.json["house"]) == (1, "")
    apart = api.post("office", "/reforms/preview", {**asked, "sources": ["office", "power"], "into": "housing"})
    assert (apart.status_code, apart.json["code"]) == (422, "office_apart"), apart.json


def test_the_command_line_sets_the_office_up_at_a_bureau_under_its_name(
    filed_county: County, database_url: str, tmp_path: Path
) -> None:
    line = Line(database_url, tmp_path)
    paper = ("--document", "五华机改〔2018〕3号", "--reason", "机构改革方案", "--by", "office", "--from", "2018-11-20")
    line.said("reform", "merge", "office", "--into", "power", *paper)
    with filed_county.read() as session:
        content = session.scalars(select(Reform.content)).one()
    assert (content["code"], content["house"]) == ("office", "power")
