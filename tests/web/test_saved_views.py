"""Saved views: an address of known parameters under a name, counted as the list counts, kept by its people, and followed."""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import IntegrityError

from models import Event, Message, SavedView, Unit, User, ViewWatch
from models.engine import reading, writing
from notifications.dispatch import dispatch
from tests.support.factories import County, day
from tests.support.pages import Pages, open_pages
from tests.support.signing import colleague
from tests.support.verify import findings
from workflow.actors import acting
from workflow.county.context import county_context
from workflow.errors import NotFound
from workflow.tickets.saved import saved_views, view_watches


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path / "files") as opened:
        yield opened


def chips(text: str) -> dict[str, str]:
    """The views above the list: name → what stands beside it."""
    nav = re.search(r'<nav class="x-chips".*?</nav>', text, re.S)
    found = re.findall(r">([^<]+?)\s*<(?:span class=\"x-count\"|small)>([^<]+)<", nav[0]) if nav else []
    return {name.strip(): beside for name, beside in found}


def read_views(county: County, now: datetime) -> int:
    return view_watches.run(partial(reading, county.engine), partial(writing, county.engine), now)


def test_a_view_keeps_known_parameters_is_counted_as_the_list_and_kept_by_those_who_share_it(pages: Pages) -> None:
    for number in (1, 2):
        pages.county.file("town", f"A{number}")
    address = "/saved-views?kind=water&sort=-filed&cols=number&cols=due&q=张三&elsewhere=1&cursor=x"
    saved = pages.post("water", address, name="饮水在办", shared="1")
    assert saved.location == "/tickets?kind=water&sort=-filed&cols=number&cols=due"
    with pages.county.read() as session:
        [view] = session.scalars(select(SavedView)).all()
    assert view.asked == {"kind": "water", "sort": "-filed", "cols": ["number", "due"]}
    page = pages.get("water", saved.location).text
    assert chips(page) == {"饮水在办": "2"}
    assert 'aria-current="page">饮水在办' in page
    # Others neither see, open nor change it; the same name may be taken by somebody else.
    assert chips(pages.get("power", "/tickets").text) == {}
    assert [pages.get(who, f"/views/{view.id}").status_code for who in ("water", "power", "office")] == [302, 404, 404]
    for act in ("rename", "delete", "follow", "up"):
        assert pages.post("power", f"/views/{view.id}", act=act, name="别的").status_code == 404
    # Refused with one sentence, and what was typed is there: a name that is taken, an order or a day that is none.
    for asked, name, why in (
        ("kind=water", "饮水在办", "已有名为"),
        ("sort=colour", "按颜色", "不能按"),
        ("kind=flying", "飞行", "已无法选择"),
        ("within=soon", "快到期", "工作日"),
    ):
        refused = pages.post("water", f"/saved-views?{asked}", name=name, shared="1")
        shown = (refused.status_code in (409, 422), why in refused.text, f'value="{name}"' in refused.text)
        assert shown == (True, True, True), (asked, shown)
    colleague(pages.county, "water2", "water")
    with pages.county.write() as session:
        second = acting(session, session.scalars(select(User).where(User.name == "water2")).one(), pages.now)
        [line] = saved_views.saved_views(session, second, county_context(session), pages.now)
        assert (line.name, line.count, line.shared) == ("饮水在办", 2, True)
        saved_views.rename(session, second, view.id, "饮水")
        # What a colleague keeps alone is the colleague's, and of an address only what the list knows is kept.
        given = {"kind": "water", "elsewhere": "1", "q": "张三"}
        alone = saved_views.save(session, second, county_context(session), pages.now, "自用", given, shared=False)
        assert alone.asked == {"kind": "water"}
    pages.post("water", "/saved-views?overdue=1", name="逾期", shared="1")
    assert list(chips(pages.get("water", "/tickets").text)) == ["饮水", "逾期"]
    assert pages.get("water", f"/views/{alone.id}").status_code == 404
    with pages.county.read() as session:
        later = session.scalars(select(SavedView.id).where(SavedView.name == "逾期")).one()
    pages.post("water", f"/views/{later}", act="up")
    assert list(chips(pages.get("water", "/tickets").text)) == ["逾期", "饮水"]
    # What is deleted keeps neither name nor address.
    pages.post("water", f"/views/{later}", act="delete")
    with pages.county.read() as session:
        gone = session.get_one(SavedView, later)
        assert (gone.name, gone.asked, pages.get("water", f"/views/{later}").status_code) == ("", {}, 404)
    for number in range(7):
        pages.post("water", "/saved-views?overdue=1", name=f"视图{number}", shared="1")
    assert "先删除一个" in pages.post("water", "/saved-views?overdue=1", name="视图九", shared="1").text


def test_a_view_whose_unit_has_ended_says_so(pages: Pages) -> None:
    pages.post("office", "/saved-views?owner=power", name="供电")
    assert chips(pages.get("office", "/tickets").text) == {"供电": "0"}
    with pages.county.write() as session:
        water = session.scalars(select(Unit.id).where(Unit.code == "water")).one()
        session.execute(
            update(Unit)
            .where(Unit.code == "power")
            .values(successor_id=water, ended_on=day(0).date(), code="power-old")
        )
    assert chips(pages.get("office", "/tickets").text) == {"供电": "已失效"}
    assert "power" in pages.get("office", "/views").text


@pytest.mark.both_databases
def test_what_enters_a_followed_view_is_told_once_and_under_the_sight_of_that_hour(
    pages: Pages, tmp_path: Path
) -> None:
    county = pages.county
    county.file("town", "A1")
    pages.post("water", "/saved-views?kind=water", name="饮水")
    with county.read() as session:
        view = session.scalars(select(SavedView.id)).one()
    pages.post("water", f"/views/{view}", act="follow")
    # The first reading tells nothing of what is there, the next ones each ticket once.
    assert [read_views(county, day(0, hour)) for hour in (10, 11, 12)] == [0, 0, 0]
    second = county.file("town", "A2", at=day(0, 13))
    assert [read_views(county, day(0, 14)) for _worker in range(2)] == [1, 0]
    assert read_views(county, day(0, 15)) == 0
    with county.write() as session:
        dispatch(session, day(0, 15))
        [event] = session.scalars(select(Event).where(Event.action == "view_entered")).all()
        assert event.effect == {"tickets": [second]}
        told = session.execute(select(Message.recipient_id, Message.params).where(Message.kind == "view_entered")).all()
        assert told == [(county.people["water"].user_id, {"view": view, "count": 1})]
    inbox = pages.get("water", "/inbox").text
    assert [text in inbox for text in (f'href="/views/{view}"', "饮水", "新工单1件")] == [True, True, True]
    # In another unit the view is read anew: what the new sight shows is not new in it, and later entries are told.
    county.file("town", "A3", kind="power", at=day(1, 9))
    with county.write() as session:
        power = session.scalars(select(Unit.id).where(Unit.code == "power")).one()
        session.execute(update(User).where(User.name == "water").values(unit_id=power))
        session.execute(update(SavedView).values(asked={"sort": "-filed"}))
    assert [read_views(county, day(1, hour)) for hour in (10, 11)] == [0, 0]
    county.file("town", "A1", kind="power", at=day(1, 12))
    county.file("town", "A3", at=day(1, 12))
    assert read_views(county, day(1, 13)) == 1
    with county.read() as session:
        told_of = session.scalars(select(Event.effect).where(Event.action == "view_entered").order_by(Event.id)).all()
        assert [len(each["tickets"]) for each in told_of] == [1, 1]
    # A closed account is told nothing more, and its own views are erased.
    with county.write() as session:
        session.execute(update(User).where(User.name == "water").values(active=False))
    county.file("town", "A2", kind="power", at=day(2, 9))
    assert read_views(county, day(2, 10)) == 0
    with county.write() as session:
        assert session.scalars(select(ViewWatch)).all() == []
        assert session.scalars(select(SavedView.name)).all() == [""]
        session.execute(update(User).where(User.name == "water").values(active=True))
        session.execute(update(User).where(User.name == "water").values(unit_id=county.people["water"].unit_id))
    assert findings(county, tmp_path) == set()


@pytest.mark.one_database("sqlite")
def test_a_view_of_too_many_or_of_a_former_unit_tells_nothing(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view_watches, "MOST", 1)
    pages.post("water", "/saved-views?kind=water", name="饮水", shared="1")
    with pages.county.read() as session:
        view = session.scalars(select(SavedView.id)).one()
    pages.post("water", f"/views/{view}", act="follow")
    read_views(pages.county, day(0, 11))
    for number in (1, 2):
        pages.county.file("town", f"A{number}", at=day(0, 12))
    assert read_views(pages.county, day(0, 13)) == 0
    with pages.county.write() as session:
        power = session.scalars(select(Unit.id).where(Unit.code == "power")).one()
        session.execute(update(User).where(User.name == "water").values(unit_id=power))
    assert read_views(pages.county, day(0, 14)) == 0
    with pages.county.write() as session:
        assert session.scalars(select(ViewWatch)).all() == []
        assert session.scalars(select(SavedView.name)).all() == ["饮水"]
        moved = acting(session, session.scalars(select(User).where(User.name == "water")).one(), pages.now)
        with pytest.raises(NotFound):
            saved_views.find_view(session, moved, view)
    with pytest.raises(IntegrityError), pages.county.write() as session:
        session.execute(update(SavedView).values(name=""))
