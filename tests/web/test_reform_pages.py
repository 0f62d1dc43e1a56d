"""Reforms on the page, over the API and on the command line: choose, preview, apply by a document."""

from pathlib import Path

from sqlalchemy import select

from models import Reform, Unit
from tests.support.command_line import Line
from tests.support.factories import County
from tests.support.http_clients import Api
from tests.support.pages import Pages, hidden
from tests.support.reforms import DOCUMENT

CHOSEN = {"kind": "merge", "subject": "unit", "sources": "water", "name": "县水电局"}


def reforms(county: County) -> list[Reform]:
    with county.read() as session:
        return list(session.scalars(select(Reform)))


def test_the_office_chooses_previews_and_applies(filed_pages: Pages) -> None:
    assert "县水务局" in filed_pages.get("office", "/reforms").text
    shown = filed_pages.post("office", "/reforms", act="look", **CHOSEN)
    assert shown.status_code == 200
    assert "县水务局" in shown.text
    assert "kinds.water.routes.water.lead" in shown.text
    assert reforms(filed_pages.county) == []
    given = {name: value for name, value in hidden(shown.text).items() if name != "csrf_token"}
    assert given["seen"]
    applied = filed_pages.post("office", "/reforms", act="apply", from_day=_today(shown.text), **{**given, **DOCUMENT})
    assert applied.status_code == 302
    assert [(row.kind, row.document) for row in reforms(filed_pages.county)] == [("merge", DOCUMENT["document"])]
    for who in ("office", "town", "inspectorate", "leaders"):
        assert "县水电局" in filed_pages.get(who, "/reforms").text
    page = filed_pages.get("water", "/units/water").text
    assert "县水电局" in page


def test_a_refusal_keeps_what_was_typed(filed_pages: Pages) -> None:
    refused = filed_pages.post("office", "/reforms", act="look", **{**CHOSEN, "name": "县供电局"})
    assert refused.status_code == 422
    assert 'value="县供电局"' in refused.text
    assert 'id="name-wrong"' in refused.text
    shown = filed_pages.post("office", "/reforms", act="look", **CHOSEN)
    given = {name: value for name, value in hidden(shown.text).items() if name != "csrf_token"}
    late = filed_pages.post("office", "/reforms", act="apply", **{**given, **DOCUMENT, "from_day": "2099-01-01"})
    assert late.status_code == 422
    assert DOCUMENT["document"] in late.text
    assert 'id="from_day-wrong"' in late.text
    filed_pages.county.file(household="A2")
    stale = filed_pages.post("office", "/reforms", act="apply", **{**given, **DOCUMENT, "from_day": _today(shown.text)})
    assert stale.status_code == 409
    assert DOCUMENT["reason"] in stale.text
    assert reforms(filed_pages.county) == []


def test_villages_of_a_town_are_merged_on_the_page(filed_pages: Pages) -> None:
    listed = filed_pages.get("office", "/reforms?subject=village&town=town-b").text
    assert "town-b-v1村" in listed
    assert "town-a-v1村" not in listed
    shown = filed_pages.post(
        "office", "/reforms", act="look", kind="merge", subject="village", sources="town-a-v1", into="town-a-v2"
    )
    assert shown.status_code == 200
    assert "town-a-v1村" in shown.text


def test_others_read_and_change_nothing(filed_pages: Pages) -> None:
    for who in ("town", "water", "leaders", "inspectorate", "village"):
        assert filed_pages.get(who, "/reforms").status_code == 200
        assert filed_pages.post(who, "/reforms", act="look", **CHOSEN).status_code == 403
    assert filed_pages.get("admin", "/reforms").status_code == 403


def test_the_api_previews_and_applies_once(filed_county: County, database_url: str, tmp_path: Path) -> None:
    api = Api(filed_county, database_url, tmp_path)
    asked = {"kind": "merge", "subject": "unit", "sources": ["water"], "into": "power"}
    shown = api.post("office", "/reforms/preview", asked)
    assert shown.json["sources"][0]["tickets"] == {"assigned": 1}
    assert api.call("office", "GET", "/reforms").json["items"] == []
    whole = {**asked, **DOCUMENT, "from_day": "2018-11-20", "seen": shown.json["seen"]}
    made = api.post("office", "/reforms", whole)
    assert made.status_code == 201, made.json
    assert made.json["moved"]["tickets"] == 1
    assert api.post("town", "/reforms", whole).status_code == 403


def test_the_command_line_shows_then_applies(filed_county: County, database_url: str, tmp_path: Path) -> None:
    line = Line(database_url, tmp_path)
    words = (
        "reform",
        "rename",
        "water",
        "县水利局",
        "--document",
        "五华机改〔2018〕3号",
        "--reason",
        "县级机构改革方案",
        "--by",
        "office",
    )
    day = ("--from", "2018-11-20")
    assert "water" in line.said(*words, *day, "--dry-run")
    assert reforms(filed_county) == []
    line.said(*words, *day)
    with filed_county.read() as session:
        assert session.scalars(select(Unit.name).where(Unit.code == "water")).one() == "县水利局"
    refused = line.refusal("reform", "merge", "water", "--into", "power", *words[4:-1], "town", *day)
    assert refused


def _today(page: str) -> str:
    """The day that the form of the document opens with."""
    tag = next(part for part in page.split("<input") if 'name="from_day"' in part).split(">")[0]
    return tag.split('value="')[1].split('"')[0]
