"""Departures, posts and cadres over the API and on the command line."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from models import Household, Post, User
from tests.support.command_line import Line
from tests.support.factories import START, County, settle_county
from tests.support.http_clients import Api
from tests.support.posts import DOCUMENT, appoint
from workflow.actors import system
from workflow.county import accounts
from workflow.county.accounts import NewUser
from workflow.setup import household_cadres
from workflow.setup.household_cadres import Cadre

pytestmark = pytest.mark.one_database("sqlite")
DAY = "2018-11-20"


def settle(county: County) -> None:
    """Li of the town leads it and sees to two households; Wang is a colleague."""
    with county.write() as session:
        for name in ("li", "wang"):
            accounts.create_user(session, system(), START, NewUser(name=name, role="town", unit="town-a"))
        li = session.scalars(select(User).where(User.name == "li")).one()
        appoint(session, li, "leader", START)
        household_cadres.assign(session, system(), START, dict.fromkeys(("A1", "A2"), Cadre("li", li.id)))


@pytest.fixture
def line(engine: Engine, database_url: str, tmp_path: Path) -> Line:
    settle(settle_county(engine))
    return Line(database_url, tmp_path)


def test_an_account_leaves_over_the_api(api: Api) -> None:
    settle(api.county)
    held = api.call("office", "GET", "/people/li/holdings").json["items"]
    assert [item["kind"] for item in held] == ["posts", "households", "households"]
    body = {"to": {"posts": "wang", "households": "wang", "households.A2": "town"}, "document": DOCUMENT, "day": DAY}
    previewed = api.post("office", "/people/li/departure/preview", body)
    assert (previewed.status_code, previewed.json["closed"]) == (200, True)
    assert [item["to"] for item in previewed.json["handed"]] == ["wang", "wang", "town"]
    assert len(api.call("office", "GET", "/people/li/holdings").json["items"]) == 3
    assert api.post("water", "/people/li/departure", body).status_code == 403
    missing = api.post("office", "/people/li/departure", {**body, "to": {"posts": "wang"}})
    assert (missing.status_code, missing.json["code"]) == (422, "missing")
    assert api.post("office", "/people/li/departure", body).json["handed"] == previewed.json["handed"]
    assert api.call("office", "GET", "/people/li/holdings").status_code == 422
    (leader,) = [
        post for post in api.call("office", "GET", "/posts?unit=town-a").json["items"] if post["standing"] == "held"
    ]
    assert (leader["person"], leader["document"]) == ("wang", DOCUMENT)


def test_a_single_household_gets_another_cadre_over_the_api(api: Api) -> None:
    settle(api.county)
    assert api.post("town", "/households/A1/cadre", {"to": "wang"}).json == {"code": "A1", "changed": True}
    assert api.post("town", "/households/A1/cadre", {"to": "wang"}).json == {"code": "A1", "changed": False}
    lines = api.call("office", "GET", "/cadres?q=wang").json["items"]
    assert [(line["name"], line["households"]) for line in lines] == [("wang", 1)]
    for who, code, to, status, said in (
        ("town", "B1", "wang", 404, "no_such_household"),
        ("office", "B1", "wang", 422, "cadre_of_another_town"),
        ("office", "A1", "other_town", 422, "cadre_of_another_town"),
        ("office", "A1", "nobody", 422, "cadre_account"),
        ("village", "A1", "wang", 403, "cadres_not_yours"),
    ):
        answer = api.post(who, f"/households/{code}/cadre", {"to": to})
        assert (answer.status_code, answer.json["code"]) == (status, said), (who, code, to)


def test_an_account_leaves_or_moves_on_the_command_line(line: Line, county_of_line: County) -> None:
    assert "households.A1" in line.said("user", "holds", "li", "--by", "office")
    to = ("--to", "posts=wang", "--to", "households=wang", "--document", DOCUMENT, "--day", DAY, "--by", "office")
    planned = line.said("user", "leave", "li", *to, "--dry-run")
    assert "households.A1" in planned
    assert "households.A1" in line.said("user", "holds", "li", "--by", "office")
    assert line.refusal("user", "leave", "li", "--to", "posts=nobody", *to[2:])
    # The document is that of the posts, not one from above.
    asked = line.refusal("user", "leave", "li", *to[:4], "--day", DAY, "--by", "office")
    assert ("文号" in asked or "document number" in asked, "上级" in asked) == (True, False)
    # A look ahead lists what is held before it asks for what is missing.
    look = line.run("user", "leave", "li", "--by", "office", "--dry-run")
    assert (look.exit_code, "households.A1" in look.stdout, "households.A1" in look.stderr) == (1, True, False)
    moved = line.said("user", "move", "li", "--village", "town-a-v1", *to)
    assert "town-a-v1村" in moved
    assert line.said("user", "holds", "li", "--by", "office") == ""
    assert line.refusal("user", "move", "li", "--by", "office")
    line.said("user", "leave", "li", "--by", "office")
    with county_of_line.read() as session:
        assert not session.scalars(select(User.active).where(User.name == "li")).one()
        assert set(session.scalars(select(Household.cadre_name).where(Household.code.in_(("A1", "A2"))))) == {"wang"}


@pytest.fixture
def county_of_line(engine: Engine) -> County:
    return County(engine)


def test_posts_are_entered_ended_and_cancelled_on_the_command_line(line: Line, county_of_line: County) -> None:
    entry = ("post", "enter", "wang", "duty", "--from", DAY, "--document", DOCUMENT, "--by", "office")
    line.said(*entry, "--dry-run")
    assert "wang" not in line.said("post", "list", "--unit", "town-a")
    number = line.said(*entry).splitlines()[-1]
    assert "wang" in line.said("post", "list", "--unit", "town-a")
    assert line.refusal(*entry[:-1], "water")
    line.said("post", "end", number, "--until", "2018-12-31", "--document", DOCUMENT, "--by", "office")
    line.said("post", "cancel", number, "--reason", "登记错了人员", "--by", "office")
    with county_of_line.read() as session:
        assert session.get_one(Post, int(number)).cancelled_at is not None
