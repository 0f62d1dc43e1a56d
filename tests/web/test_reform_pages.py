"""Reforms on the page, over the API and on the command line: choose, preview, apply by a document."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from models import Reform, Unit
from tests.support.command_line import Line
from tests.support.factories import County, settle_county
from tests.support.http_clients import Api
from tests.support.pages import Pages, hidden, open_pages

CHOSEN = {"kind": "merge", "subject": "unit", "sources": "water", "name": "县水电局"}
PAPER = {"document": "五华机改〔2018〕3号", "reason": "县级机构改革方案"}


@pytest.fixture
def county(engine: Engine) -> County:
    made = settle_county(engine)
    made.file()
    return made


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path) as opened:
        opened.county.file()
        yield opened


def reforms(county: County) -> list[Reform]:
    with county.read() as session:
        return list(session.scalars(select(Reform)))


def test_the_office_chooses_previews_and_applies(pages: Pages) -> None:
    assert "县水务局" in pages.get("office", "/reforms").text
    shown = pages.post("office", "/reforms", act="look", **CHOSEN)
    assert shown.status_code == 200
    assert "县水务局" in shown.text
    assert "kinds.water.routes.water.lead" in shown.text
    assert reforms(pages.county) == []
    given = {name: value for name, value in hidden(shown.text).items() if name != "csrf_token"}
    assert given["seen"]
    applied = pages.post("office", "/reforms", act="apply", from_day=_today(shown.text), **{**given, **PAPER})
    assert applied.status_code == 302
    assert [(row.kind, row.document) for row in reforms(pages.county)] == [("merge", PAPER["document"])]
    for who in ("office", "town", "inspectorate", "leaders"):
        assert "县水电局" in pages.get(who, "/reforms").text
    page = pages.get("water", "/units/water").text
    assert "县水电局" in page


def test_a_refusal_keeps_what_was_typed(pages: Pages) -> None:
    refused = pages.post("office", "/reforms", act="look", **{**CHOSEN, "name": "县供电局"})
    assert refused.status_code == 422
    assert 'value="县供电局"' in refused.text
    assert 'id="name-wrong"' in refused.text
    shown = pages.post("office", "/reforms", act="look", **CHOSEN)
    given = {name: value for name, value in hidden(shown.text).items() if name != "csrf_token"}
    late = pages.post("office", "/reforms", act="apply", **{**given, **PAPER, "from_day": "2099-01-01"})
    assert late.status_code == 422
    assert PAPER["document"] in late.text
    assert 'id="from_day-wrong"' in late.text
    pages.county.file(household="A2")
    stale = pages.post("office", "/reforms", act="apply", **{**given, **PAPER, "from_day": _today(shown.text)})
    assert stale.status_code == 409
    assert PAPER["reason"] in stale.text
    assert reforms(pages.county) == []


def test_villages_of_a_town_are_merged_on_the_page(pages: Pages) -> None:
    listed = pages.get("office", "/reforms?subject=village&town=town-b").text
    assert "town-b-v1村" in listed
    assert "town-a-v1村" not in listed
    shown = pages.post(
        "office", "/reforms", act="look", kind="merge", subject="village", sources="town-a-v1", into="town-a-v2"
    )
    assert shown.status_code == 200
    assert "town-a-v1村" in shown.text


def test_others_read_and_change_nothing(pages: Pages) -> None:
    for who in ("town", "water", "leaders", "inspectorate", "village"):
        assert pages.get(who, "/reforms").status_code == 200
        assert pages.post(who, "/reforms", act="look", **CHOSEN).status_code == 403
    assert pages.get("admin", "/reforms").status_code == 403


def test_the_api_previews_and_applies_once(county: County, database_url: str, tmp_path: Path) -> None:
    api = Api(county, database_url, tmp_path)
    asked = {"kind": "merge", "subject": "unit", "sources": ["water"], "into": "power"}
    shown = api.post("office", "/reforms/preview", asked)
    assert shown.json["sources"][0]["tickets"] == {"assigned": 1}
    assert api.call("office", "GET", "/reforms").json["items"] == []
    whole = {**asked, **PAPER, "from_day": "2018-11-20", "seen": shown.json["seen"]}
    made = api.post("office", "/reforms", whole)
    assert made.status_code == 201, made.json
    assert made.json["moved"]["tickets"] == 1
    assert api.post("town", "/reforms", whole).status_code == 403


def test_the_command_line_shows_then_applies(county: County, database_url: str, tmp_path: Path) -> None:
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
    assert reforms(county) == []
    line.said(*words, *day)
    with county.read() as session:
        assert session.scalars(select(Unit.name).where(Unit.code == "water")).one() == "县水利局"
    refused = line.refusal("reform", "merge", "water", "--into", "power", *words[4:-1], "town", *day)
    assert refused


def _today(page: str) -> str:
    """The day that the form of the document opens with."""
    tag = next(part for part in page.split("<input") if 'name="from_day"' in part).split(">")[0]
    return tag.split('value="')[1].split('"')[0]
