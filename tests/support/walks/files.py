"""Walk acts by files: imports of the register, their undoing, and the county workbook."""

import io
from typing import Any

import xlsxwriter
from sqlalchemy import func, select

from models import CountyBook, FormerCode, Household, RegisterImport, Unit, User, Village
from tests.support.spreadsheets import VAULT, bring, text
from tests.support.walks.walk import HEADINGS, ROW_ENDS, Nothing, Walk
from workflow.actors import system
from workflow.register.undoing import undo_import
from workflow.setup import county_import
from workflow.setup.books import book_undoing
from workflow.setup.county_import import Source
from workflow.setup.county_workbook import BY_CODE, read_book

#: What a file has of a household: as it is, one more person, one fewer, in another village, somebody who lives elsewhere, one
#: more person under a code it had before, or a household nobody knew.
FILES = ("same", "more", "fewer", "elsewhere", "borrowed", "former", "fresh")
SHEETS = tuple(BY_CODE)


def imports(walk: Walk, at: int, what: str, to: int) -> None:
    """A file of one household; a person whom it has more begins, whom it has fewer stays."""
    home, other = walk.home(at), walk.home(to)
    if home is None or other is None:
        raise Nothing
    people = [(row.name, "") for row in walk.members(home)]
    code, village_id, fresh = home.code, home.village_id, [walk.stranger(), walk.stranger()]
    came: set[str] = set()
    if what == "fewer":
        people = people[:1] or people
    elif what == "more":
        people, came = [*people, fresh[0]], {fresh[0][0]}
    elif what == "elsewhere":
        village_id = other.village_id
    elif what == "borrowed":
        people += _known(walk, other)
    elif what == "former":
        code, people, came = _former(walk, home), [*people, fresh[0]], {fresh[0][0]}
    elif what == "fresh":
        people, code, came = fresh, f"N{walk.serial}", {name for name, _ in fresh}
    with walk.county.read() as session:
        village = session.get_one(Village, village_id)
        place = [session.get_one(Unit, village.town_id).name, village.name]
        before = session.scalar(select(func.max(RegisterImport.id))) or 0
    rows = [[code, people[0][0], *place, *one, "户主" if one is people[0] else "其他", *ROW_ENDS] for one in people]
    done = bring(walk.county, text(HEADINGS, *rows), at=walk.now, filename=f"{walk.serial}.csv")
    if not done.counts["new"] and not done.counts["changed"]:
        raise Nothing
    walk.everybody |= came
    with walk.county.read() as session:
        made = session.scalars(select(RegisterImport.id).where(RegisterImport.id > before)).all()
    walk.came |= dict.fromkeys(made, came)


def undoes(walk: Walk, at: int) -> None:
    """An import is undone: whom it added is not of the register, unless something was built on it since."""
    with walk.county.read() as session:
        rows = session.scalars(select(RegisterImport.id).order_by(RegisterImport.id.desc())).all()
    number = rows[at % len(rows)]
    with walk.county.write() as session:
        done = undo_import.undo(session, walk.county.people["office"], walk.now, VAULT, number, "导错文件，予以撤销")
    if not done.undone:
        raise Nothing
    if number in walk.came:
        walk.everybody -= walk.came[number]
    else:
        # One of those with which the walk began.
        with walk.county.read() as session:
            gone = session.scalars(select(Household).where(Household.status == "undone")).all()
        assert gone
        walk.everybody &= {row.name for home in walk.homes() for row in walk.members(home)}


def workbook(walk: Walk, sheet: str, at: int) -> None:
    """The county workbook with one row on one sheet: new, or another word on what is there."""
    with walk.county.read() as session:
        towns = session.scalars(
            select(Unit).where(Unit.type == "town", Unit.ended_on.is_(None)).order_by(Unit.id)
        ).all()
        town = towns[at % len(towns)]
        villages = session.scalars(select(Village).where(Village.town_id == town.id, Village.ended_on.is_(None))).all()
        users = session.scalars(select(User).where(User.active, User.role.in_(("town", "bureau")))).all()
    n, home = walk.next_number(), walk.home(at)
    village = villages[at % len(villages)].name if villages and at % 2 else f"村{n}号"
    word = "".join("甲乙丙丁戊己庚辛壬癸"[int(digit)] for digit in str(n))
    rows: dict[str, list[Any]] = {
        "units": ["", f"县{word}局", "部门", f"五华县{word}局", f"华{word}", ""],
        "villages": [town.name, village, "", "是", n, "年度核定"],
        "accounts": [f"k{n}", f"新人{n}", "", town.name, ""],
        "posts": [users[at % len(users)].name, "duty", walk.now.date().isoformat(), "", f"五组任〔2018〕{n}号", ""],
        "cadres": [home.code if home is not None else "A1", f"新人{n}", ""],
    }
    headings = {
        "units": ["单位代码", "单位名称", "单位类别", "单位全称", "机关代字", "别名"],
        "villages": ["镇", "行政村", "村代码", "省定贫困村", "贫困人口", "变动原因"],
        "accounts": ["用户名", "姓名", "角色", "单位", "村"],
        "posts": ["用户名", "岗位", "起始日期", "截止日期", "任免文号", "替代人员用户名"],
        "cadres": ["户编号", "包户责任人", "责任人用户名"],
    }
    kept = io.BytesIO()
    book = xlsxwriter.Workbook(kept)
    page = book.add_worksheet(BY_CODE[sheet].zh)
    page.write_row(0, 0, headings[sheet])
    page.write_row(1, 0, rows[sheet])
    book.close()
    kept.seek(0)
    with walk.county.write() as session:
        done = county_import.apply(session, system(), walk.now, read_book(kept), Source(f"{n}.xlsx", "a" * 64))
    if not done.writes:
        raise Nothing


def _former(walk: Walk, home: Household) -> str:
    """A code that the household had before it was corrected."""
    with walk.county.read() as session:
        code = session.scalar(
            select(FormerCode.code).where(FormerCode.household_id == home.id).order_by(FormerCode.code)
        )
    if code is None:
        raise Nothing
    return code


def _known(walk: Walk, home: Household) -> list[tuple[str, str]]:
    """Somebody of another household with the number, as a file would have them."""
    return [(row.name, VAULT.open(row.id_sealed)) for row in walk.members(home) if row.id_sealed][:1]


def undoes_workbook(walk: Walk, at: int) -> None:
    """An applied county workbook is undone, where nothing was built on it since."""
    with walk.county.read() as session:
        books = session.scalars(select(CountyBook.id).order_by(CountyBook.id.desc())).all()
    if not books:
        raise Nothing
    with walk.county.write() as session:
        number = books[at % len(books)]
        done = book_undoing.undo(session, system(), walk.now, number, "填错工作簿，予以撤销")
    if not done.undone:
        raise Nothing
