"""Applied county workbooks: what each changed is kept, and undone row by row where nothing was built on it since."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from models import BookChange, Household, Post, SchemeVersion, Unit, UnitAlias, User, Village
from tests.setup.test_county_import import FIRST, POSTS, UNITS, Sheets, workbook
from tests.support.factories import START, County, day, settle_county, small_scheme
from tests.support.verify import findings, findings_after
from workflow.actors import Actor, actor_of, system
from workflow.adoption import scheme_adoption
from workflow.county import accounts
from workflow.county.accounts import NewUser
from workflow.county.context import county_context, scheme_of
from workflow.county.posts import post_entries
from workflow.errors import WorkflowError
from workflow.policy.worktime import local_date
from workflow.register.counted import villages
from workflow.register.counted.villages import Description
from workflow.setup import county_import, household_cadres
from workflow.setup.books import book_undoing, book_views
from workflow.setup.books.book_undoing import BookUndoing
from workflow.setup.county_import import Source
from workflow.setup.county_workbook import read_book
from workflow.setup.household_cadres import Cadre

pytestmark = pytest.mark.both_databases

REASON = "导入了邻县的工作簿，须撤回后重新导入"
#: A leader of the forestry bureau, who relieves nobody, and one of the water bureau, who does.
POSTED: Sheets = {
    **FIRST,
    "岗位": [
        POSTS,
        ["lin", "主要领导", "2018-11-21", "", "华组干〔2018〕21号"],
        ["water", "主要领导", "2018-11-20", "", "华组干〔2018〕22号"],
    ],
}


@pytest.fixture
def county(engine: Engine) -> County:
    settled = settle_county(engine, small_scheme())
    with settled.write() as session:
        accounts.create_user(session, system(), START, NewUser(name="chief", role="bureau", unit="water"))
        given = {"user": "chief", "kind": "leader", "from_day": "2018-11-01", "document": "华组干〔2018〕1号"}
        post_entries.enter(session, system(), START, given)
    return settled


def applied(county: County, sheets: Sheets, actor: Actor | None = None, at: datetime | None = None) -> int:
    """The number under which the workbook is kept."""
    with county.write() as session:
        done = county_import.apply(
            session, actor or system(), at or day(2), read_book(workbook(sheets)), Source("县情.xlsx", "a" * 64)
        )
    assert done.faults == []
    assert done.kept is not None
    return done.kept


def undone(county: County, number: int, actor: Actor | None = None, at: datetime | None = None) -> BookUndoing:
    with county.write() as session:
        return book_undoing.undo(session, actor or system(), at or day(3), number, REASON)


def stays(done: BookUndoing) -> list[tuple[str, int, str]]:
    """Sheet, row and why of what was left."""
    return [(left.sheet, left.row, left.why.code) for left in done.named]


def state(county: County) -> dict[str, Any]:
    """What a county workbook can change, as pages have it."""
    with county.read() as session:
        setting = county_context(session, at=day(5))
        return {
            "units": {unit.code: (unit.name, setting.full_name(unit)) for unit in setting.living},
            "scheme": [unit.model_dump() for unit in setting.scheme.units],
            "aliases": set(session.scalars(select(UnitAlias.alias))),
            "villages": {
                row.code: (row.name, row.listed_poor, row.poor_people)
                for row in session.scalars(select(Village).where(Village.ended_on.is_(None)))
            },
            "accounts": {user.name: user.display_name for user in session.scalars(select(User).where(User.active))},
            "posts": {
                (post.user_id, post.kind, post.from_at, post.until_at)
                for post in session.scalars(select(Post).where(Post.cancelled_at.is_(None)))
            },
            "cadres": {row.code: (row.cadre_name, row.cadre_id) for row in session.scalars(select(Household))},
        }


def test_a_whole_workbook_is_undone_and_the_corrected_one_enters_it_again(county: County, tmp_path: Path) -> None:
    before = state(county)
    number = applied(county, POSTED)
    entered = state(county)
    with county.write() as session:
        foreseen = book_undoing.preview(session, system(), day(3), number)
        session.rollback()
    assert state(county) == entered
    done = undone(county, number)
    assert (done.undone, done.named, done.digest) == (foreseen.undone, [], foreseen.digest)
    assert dict(done.undone) == {"cadres": 3, "posts": 2, "accounts": 3, "villages": 3, "units": 3}
    assert state(county) == before
    assert findings(county, tmp_path) == set()
    with pytest.raises(WorkflowError, match="nothing_to_undo"):
        undone(county, number)
    # A mistake of the first file may be the type of a unit, or where people belong.
    again = applied(county, POSTED, at=day(4))
    assert state(county) == entered
    with county.read() as session:
        line = book_views.one(session, system(), again)
        assert (line.made, line.changed, line.undone) == (11, 3, 0)
        # The same rows live again: a unit or village is entered once.
        assert len(session.scalars(select(Unit).where(Unit.name == "县林业局")).all()) == 1
        assert len(session.scalars(select(Village).where(Village.name == "新塘村")).all()) == 1
    assert findings(county, tmp_path) == set()


def test_what_a_row_changed_is_shown_before_and_after(county: County) -> None:
    number = applied(county, POSTED)
    with county.read() as session:
        rows = book_views.changes(session, county.people["admin"], number)
        shown = [(row.sheet, row.row, row.name, row.made, row.before, row.after) for row in rows]
        assert book_views.changes(session, system(), number, skip=3, limit=2) == rows[3:5]
        former = session.scalars(select(Post.id).where(Post.kind == "leader").order_by(Post.id)).first()
    assert [line[0] for line in shown] == [*["units"] * 3, *["villages"] * 3, *["accounts"] * 3, *["posts"] * 2] + [
        "cadres"
    ] * 3
    water, forestry = shown[:2]
    assert water[1:4] == (2, "县水务局", False)
    assert (water[4]["aliases"], water[5]["aliases"]) == (["水务局"], ["水务局", "水利局"])
    assert forestry[5]["mark"] == "华林"
    assert shown[3][4:] == ({"listed_poor": False, "poor_people": None}, {"listed_poor": True, "poor_people": 120})
    lead = shown[10]
    assert lead[4]["holder"] == "chief"
    assert former is not None
    assert lead[5] == {"kind": "leader", "from_day": "2018-11-20", "document": "华组干〔2018〕22号"}


def _cadre(county: County, session: Any) -> None:
    household_cadres.assign(session, system(), day(3), {"A1": Cadre("别人", None)})


def _household(county: County, session: Any) -> None:
    village = session.scalars(select(Village.id).where(Village.name == "石桥村")).one()
    session.execute(update(Household).where(Household.code == "B1").values(village_id=village))


def _described(county: County, session: Any) -> None:
    row = session.scalars(select(Village).where(Village.name == "新塘村")).one()
    villages.describe(session, system(), day(3), {row.code: Description(True, 90)}, "核对名册时发现少登记两人")


def _signed_in(county: County, session: Any) -> None:
    user = accounts.find_user(session, "tang")
    accounts.set_password(session, system(), user, "hash", day(3))


def _acted(county: County, session: Any) -> None:
    user = accounts.find_user(session, "lin")
    person = accounts.find_user(session, "lin")
    accounts.set_password(session, actor_of(person), user, "hash", day(3))


def _relieved(county: County, session: Any) -> None:
    given = {"user": "chief", "kind": "leader", "from_day": "2018-11-22", "document": "华组干〔2018〕30号"}
    post_entries.enter(session, system(), day(3), given)


def _renamed(county: County, session: Any) -> None:
    county_import.apply(
        session, system(), day(3), read_book(workbook({"单位": [UNITS, ["", "县林业局", "", "", "华林业", ""]]}))
    )


@pytest.mark.parametrize(
    ("later", "left"),
    [
        (_cadre, [("cadres", 2, "changed_since")]),
        (_household, [("villages", 4, "households"), ("units", 4, "villages")]),
        (_described, [("villages", 3, "changed_since")]),
        (_signed_in, [("accounts", 3, "signed_in"), ("villages", 3, "accounts")]),
        (_acted, [("posts", 2, "post_acted"), ("accounts", 2, "signed_in"), ("units", 3, "accounts")]),
        (_relieved, [("posts", 3, "changed_since")]),
        (_renamed, [("units", 3, "changed_since")]),
    ],
    ids=["cadre", "household", "village", "signed in", "acted", "relieved", "unit"],
)
def test_what_was_built_on_stays_and_is_named(
    county: County, tmp_path: Path, later: Any, left: Sequence[tuple[str, int, str]]
) -> None:
    number = applied(county, POSTED)
    with county.write() as session:
        later(county, session)
    done = undone(county, number, at=day(4))
    assert stays(done) == left
    assert sum(done.undone.values()) == 14 - len(left)
    with county.read() as session:
        standing = select(BookChange.sheet, BookChange.row).where(BookChange.undone_at.is_(None))
        assert {tuple(row) for row in session.execute(standing)} == {each[:2] for each in left}
    assert findings(county, tmp_path) == set()


def test_each_undoes_the_sheets_that_are_theirs(county: County) -> None:
    number = applied(county, FIRST)
    office = undone(county, number, county.people["office"])
    assert {(left.sheet, left.why.code) for left in office.named if left.sheet == "accounts"} == {
        ("accounts", "left_to")
    }
    # Accounts of the administrator's still belong to the village and the units.
    assert stays(office)[3:] == [("villages", 3, "accounts"), ("units", 3, "accounts"), ("units", 4, "accounts")]
    admin = undone(county, number, county.people["admin"], at=day(4))
    assert dict(admin.undone) == {"accounts": 3}
    last = undone(county, number, county.people["office"], at=day(5))
    assert dict(last.undone) == {"villages": 1, "units": 2}
    for who in ("town", "water", "leaders", "inspectorate", "village"):
        with pytest.raises(WorkflowError, match="county_import_not_yours"), county.read() as session:
            book_views.latest(session, county.people[who])


def test_an_undoing_needs_its_reason_and_the_preview_it_was_decided_on(county: County) -> None:
    number = applied(county, FIRST)
    for reason, seen, code in (("", None, "missing"), (REASON, "0" * 64, "county_book_built_on")):
        with pytest.raises(WorkflowError, match=code), county.write() as session:
            book_undoing.undo(session, system(), day(3), number, reason, seen=seen)
    with pytest.raises(WorkflowError, match="no_such_county_book"):
        undone(county, number + 1)


def test_a_scheme_that_waits_keeps_its_new_unit(county: County) -> None:
    number = applied(county, {"单位": [UNITS, ["", "县林业局", "部门", "", "华林", ""]]})
    with county.write() as session:
        version = session.scalars(select(SchemeVersion).order_by(SchemeVersion.id.desc())).first()
        assert version is not None
        on = local_date(day(32))
        scheme_adoption.adopt(session, system(), day(2), scheme_of(version), version.year + 1, on)
    assert stays(undone(county, number)) == [("units", 2, "scheme_waits")]


def test_a_workbook_that_changes_nothing_is_no_act(county: County) -> None:
    applied(county, FIRST)
    with county.write() as session:
        again = county_import.apply(
            session, system(), day(3), read_book(workbook(FIRST)), Source("县情.xlsx", "a" * 64)
        )
        assert again.kept is None
        assert len(book_views.latest(session, system())) == 1


@pytest.mark.one_database("sqlite")
def test_every_column_of_a_kept_workbook_is_proved(county: County, tmp_path: Path) -> None:
    number = applied(county, FIRST)
    undone(county, number, county.people["admin"])
    for statement in (
        "UPDATE county_book SET sha256 = 'b'",
        "UPDATE county_book SET applied_at = '2018-09-01T00:00:00.000000+00:00'",
        "UPDATE county_book SET applied_by_id = 1",
        "UPDATE county_book SET counts = '{}'",
        "UPDATE county_book SET salt = 'x'",
        *(f"UPDATE book_change SET {column} = {value} WHERE id = 1" for column, value in _FORGED.items()),
        "DELETE FROM book_change WHERE id = 1",
        'INSERT INTO book_change (book_id, sheet, "row", subject_id, name, made, before, after)'
        " VALUES (1, 'cadres', 99, 1, 'x', 1, '{}', '{}')",
        "UPDATE book_change SET undone_at = NULL WHERE sheet = 'accounts'",
        "DELETE FROM book_change",
        "UPDATE village SET ended_on = '2018-09-01', withdrawn_at = '2018-09-01T00:00:00.000000+00:00' WHERE id = 6",
    ):
        assert findings_after(county.engine, tmp_path, [statement]) & {
            "county_book_differs",
            "village_ended_differs",
        }, statement
    assert findings(county, tmp_path) == set()


_FORGED = {
    "sheet": "'posts'",
    '"row"': "98",
    "subject_id": "99",
    "name": "'x'",
    "made": "1 - made",
    "before": "'{\"a\": 1}'",
    "after": "'{\"a\": 1}'",
    "undone_at": "'2018-09-01T00:00:00.000000+00:00'",
}
