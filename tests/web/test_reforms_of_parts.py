"""Divided units, moved villages and reforms for a day to come: on the page, over the API and on the command line."""

from pathlib import Path

from sqlalchemy import select

from models import PlannedReform, Reform, Unit, Village
from tests.support.command_line import Line
from tests.support.factories import County
from tests.support.http_clients import Api
from tests.support.pages import Pages, hidden
from tests.support.reforms import DOCUMENT

CHOSEN = {"kind": "split", "subject": "unit", "sources": "water"}
PARTS = {"part1_name": "县供水局", "part2_name": "县用能局", "give:kind:water": "2", "give:account:water": "2"}


def names(county: County) -> set[str]:
    with county.read() as session:
        return set(session.scalars(select(Unit.name).where(Unit.ended_on.is_(None))))


def test_the_office_divides_a_bureau_in_three_steps(filed_pages: Pages) -> None:
    asked = filed_pages.post("office", "/reforms", act="look", **CHOSEN)
    assert asked.status_code == 200
    assert "give:kind:water" in asked.text
    assert "give:item:1" in asked.text
    shown = filed_pages.post("office", "/reforms", act="look", **CHOSEN, **PARTS)
    assert shown.status_code == 200
    assert "县用能局" in shown.text
    given = {name: value for name, value in hidden(shown.text).items() if name != "csrf_token"}
    assert 'name="give:kind:water" value="2"' in shown.text
    whole = {**given, **CHOSEN, **PARTS, **DOCUMENT}
    made = filed_pages.post("office", "/reforms", act="apply", from_day="2018-11-20", **whole)
    assert made.status_code == 302
    assert {"县供水局", "县用能局"} <= names(filed_pages.county)
    listed = filed_pages.get("office", "/reforms").text
    assert "县供水局、县用能局" in listed
    account = filed_pages.get("office", "/units/water").text
    assert "县供水局" in account
    assert "县用能局" in account


def test_a_refused_part_keeps_what_was_typed_and_is_asked_about_at_the_page_of_parts(filed_pages: Pages) -> None:
    refused = filed_pages.post("office", "/reforms", act="look", **CHOSEN, **{**PARTS, "part2_name": "县供电局"})
    assert refused.status_code == 422
    assert 'value="县供水局"' in refused.text
    assert 'id="parts-wrong"' in refused.text
    near = filed_pages.post("office", "/reforms", act="look", **CHOSEN, **{**PARTS, "part2_name": "县住建委"})
    assert near.status_code == 422
    assert 'name="another"' in near.text
    sure = filed_pages.post(
        "office", "/reforms", act="look", **CHOSEN, **{**PARTS, "part2_name": "县住建委"}, another="1"
    )
    assert sure.status_code == 200


def test_a_village_goes_to_another_town_on_the_page(filed_pages: Pages) -> None:
    chosen = {"kind": "move", "subject": "village", "sources": "town-a-v1", "into": "town-b"}
    shown = filed_pages.post("office", "/reforms", act="look", **chosen)
    assert shown.status_code == 200
    given = {name: value for name, value in hidden(shown.text).items() if name != "csrf_token"}
    assert (
        filed_pages.post("office", "/reforms", act="apply", from_day="2018-11-20", **given, **DOCUMENT).status_code
        == 302
    )
    with filed_pages.county.read() as session:
        town = session.scalar(select(Village.town_id).where(Village.code == "town-a-v1"))
        assert town == filed_pages.county.units["town-b"]
    assert "town-a-v1村 → 乙镇" in filed_pages.get("town", "/reforms").text


def test_a_reform_for_a_day_to_come_is_listed_and_withdrawn(filed_pages: Pages) -> None:
    chosen = {"kind": "merge", "subject": "unit", "sources": "water", "into": "power"}
    shown = filed_pages.post("office", "/reforms", act="look", **chosen)
    given = {name: value for name, value in hidden(shown.text).items() if name != "csrf_token"}
    assert (
        filed_pages.post("office", "/reforms", act="apply", from_day="2018-12-31", **given, **DOCUMENT).status_code
        == 302
    )
    assert "县水务局" in names(filed_pages.county)
    assert "待生效" in filed_pages.get("leaders", "/reforms").text
    assert filed_pages.post("town", "/reforms/planned/1/withdraw").status_code == 403
    assert filed_pages.post("office", "/reforms/planned/1/withdraw").status_code == 302
    assert "已撤回" in filed_pages.get("office", "/reforms").text
    assert filed_pages.post("office", "/reforms/planned/1/withdraw").status_code == 409


def test_the_api_divides_moves_plans_and_withdraws(filed_county: County, database_url: str, tmp_path: Path) -> None:
    api = Api(filed_county, database_url, tmp_path)
    later = {**DOCUMENT, "from_day": "2018-12-31"}
    parts = [{"name": "县供水局"}, {"name": "县用能局", "kinds": ["water"], "items": [1], "accounts": ["water"]}]
    asked = {"kind": "split", "subject": "unit", "sources": ["water"], "parts": parts}
    shown = api.post("office", "/reforms/preview", asked)
    assert shown.json["sources"][0]["tickets"] == {"assigned": 1}
    made = api.post("office", "/reforms", {**asked, **later, "seen": shown.json["seen"]})
    assert (made.status_code, made.json["state"]) == (201, "waiting")
    assert made.json["after"] == ["县供水局", "县用能局"]
    assert [line["state"] for line in api.call("town", "GET", "/reforms/planned").json["items"]] == ["waiting"]
    gone = api.post("office", f"/reforms/planned/{made.json['id']}/withdraw", {})
    assert gone.json["state"] == "withdrawn"
    moved = api.post(
        "office",
        "/reforms",
        {
            "kind": "move",
            "subject": "village",
            "sources": ["town-a-v1"],
            "into": "town-b",
            **DOCUMENT,
            "from_day": "2018-11-20",
        },
    )
    assert (moved.json["state"], moved.json["after"], moved.json["moved"]["tickets"]) == ("applied", ["乙镇"], 1)
    refused = api.post("office", "/reforms", {**asked, "parts": parts[:1], **later})
    assert refused.status_code == 422
    assert '"parts"' in refused.text


def test_the_command_line_divides_moves_lists_and_withdraws(
    filed_county: County, database_url: str, tmp_path: Path
) -> None:
    line = Line(database_url, tmp_path)
    paper = ("--document", DOCUMENT["document"], "--reason", DOCUMENT["reason"], "--by", "office")
    line.said("reform", "move", "town-a-v1", "--into", "town-b", "--from", "2018-11-20", *paper)
    parts = ("--to", "县供水局", "--to", "县用能局", "--kind", "water=2", "--account", "water=2")
    line.said("reform", "split", "water", *parts, "--from", "2018-11-20", *paper)
    with filed_county.read() as session:
        assert [row.kind for row in session.scalars(select(Reform).order_by(Reform.id))] == ["move", "split"]
    assert line.refusal(
        "reform",
        "split",
        "power",
        "--to",
        "县甲局",
        "--to",
        "县乙局",
        "--kind",
        "power=3",
        "--from",
        "2018-11-20",
        *paper,
    )
    line.said("reform", "merge", "power", "--into", "housing", "--from", "2018-12-31", *paper)
    assert "2018-12-31" in line.said("reform", "planned")
    line.said("reform", "withdraw", "1", "--by", "office")
    with filed_county.read() as session:
        assert session.scalars(select(PlannedReform.state)).all() == ["withdrawn"]
