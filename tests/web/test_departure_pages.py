"""Departures on pages: what a person holds is listed, handed on, previewed, confirmed, and told."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from models import Custody, Household, Ticket, User
from tests.support.factories import START, day
from tests.support.pages import Pages, open_pages
from tests.support.posts import appoint
from workflow.actors import system
from workflow.county import accounts
from workflow.county.accounts import NewUser
from workflow.setup import household_cadres
from workflow.setup.household_cadres import Cadre

pytestmark = pytest.mark.one_database("sqlite")
PAPER = {"document": "五组任〔2018〕30号", "day": "2018-11-20"}


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
def li(pages: Pages) -> int:
    """Li of the town leads it and sees to two households; Wang is a colleague."""
    with pages.county.write() as session:
        made = [
            accounts.create_user(
                session, system(), START, NewUser(name=name, role="town", unit="town-a", display_name=zh)
            )
            for name, zh in (("li", "李四"), ("wang", "王五"))
        ]
        known = session.scalars(select(User).where(User.name == "town")).one().password_hash
        made[0].password_hash = made[1].password_hash = known
        appoint(session, made[0], "leader", day(-1))
        theirs = dict.fromkeys(("A1", "A2"), Cadre("李四", made[0].id))
        household_cadres.assign(session, pages.county.people["office"], START, theirs)
        return made[0].id


def test_the_page_lists_hands_on_previews_and_tells(pages: Pages, li: int) -> None:
    at = f"/users/{li}/leave"
    page = pages.get("office", at).text
    assert 'name="to.households.A2"' in page
    refused = pages.post("office", at, act="look", **PAPER, **{"to.posts": "wang"})
    assert (refused.status_code, 'id="to.households-wrong"' in refused.text) == (422, True)
    assert 'value="五组任〔2018〕30号"' in refused.text
    to = {"to.posts": "wang", "to.households": "wang", "to.households.A2": "town"}
    preview = pages.post("office", at, act="look", **PAPER, **to)
    assert (preview.status_code, "王五1项、town1项" in preview.text) == (200, True)
    with pages.county.read() as session:
        assert session.get_one(User, li).active
    done = pages.post("office", at, act="apply", **PAPER, **to)
    said = pages.get("office", done.location).text
    assert "李四的账号已停用。" in said
    assert "岗位（1项）：王五" in said
    assert "李四（已停用）" in said
    with pages.county.read() as session:
        cadres = dict(session.execute(select(Household.code, Household.cadre_name)).all())
        assert (cadres["A1"], cadres["A2"]) == ("王五", "town")
    # Whoever follows finds what was taken over, with the way there.
    assert re.search(r'href="/households/A1"', pages.get("wang", "/taken-over").text)
    assert "李四" in pages.get("wang", "/taken-over").text
    assert pages.get("office", at).status_code == 404


def test_the_administrator_hands_on_no_posts_and_says_where(pages: Pages, li: int) -> None:
    refused = pages.post("admin", f"/users/{li}/leave", act="look", **{"to.households": "wang"})
    assert refused.status_code == 409
    assert "请县级办公室先在同一页面办理岗位交接" in refused.text
    assert pages.get("water", f"/users/{li}/leave").status_code == 403


def test_single_households_of_a_cadre_are_given_to_another(pages: Pages, li: int) -> None:
    town = pages.county.units["town-a"]
    whose = {"town": str(town), "name": "李四", "account": str(li)}
    at = f"/cadres/households?town={town}&name=李四&account={li}"
    assert "/cadres/households?" in pages.get("office", "/cadres").text
    for who in ("office", "town"):
        page = pages.get(who, at).text
        assert ('value="A1"' in page, 'value="wang"' in page, 'value="other_town"' in page) == (True, True, False)
    refused = pages.post("town", "/cadres/households", **whose, to="wang")
    assert (refused.status_code, pages.get("other_town", at).text.count('value="A1"')) == (422, 0)
    assert pages.post("town", "/cadres/households", **whose, to="wang", codes="A2").status_code == 302
    with pages.county.read() as session:
        cadres = dict(session.execute(select(Household.code, Household.cadre_name)).all())
        assert (cadres["A1"], cadres["A2"]) == ("李四", "王五")


def test_a_closed_account_is_marked_wherever_it_still_stands(pages: Pages, li: int) -> None:
    """An account closed before things were handed on, as of an earlier version."""
    ticket = pages.county.file()
    with pages.county.write() as session:
        number = session.get_one(Ticket, ticket).number
        session.execute(update(Custody).where(Custody.ended_at.is_(None)).values(handler_id=li))
        session.get_one(User, li).active = False
    mark = "李四（已停用）"
    for who, at in (
        ("office", f"/tickets/{number}"),
        ("town", "/households/A1"),
        ("town", "/visits"),
        ("office", "/posts?unit=town-a"),
    ):
        assert mark in pages.get(who, at).text, at
    assert "已停用" in pages.get("office", "/cadres").text


def test_posts_are_searched_by_person_and_document_and_sorted(pages: Pages, li: int) -> None:
    with pages.county.write() as session:
        appoint(session, session.scalars(select(User).where(User.name == "wang")).one(), "duty", START)
    found = " ".join(pages.get("office", "/posts?q=李四").text.split())
    assert ("主要领导 · 李四" in found, "值班员 · 王五" in found) == (True, False)
    by_day = " ".join(pages.get("office", "/posts?sort=day&unit=town-a").text.split())
    assert by_day.index("值班员 · 王五") < by_day.index("主要领导 · 李四")
    assert pages.get("office", "/posts?sort=nothing&q=没有此人").status_code == 200
