"""The county workbook: what it sets up, as often as one likes, and what it refuses by sheet, row and column."""

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from sqlalchemy import Engine, func, select, update

from models import Event, EventSecret, Household, SchemeVersion, Unit, UnitAlias, User, Village
from tests.support import spreadsheets
from tests.support.factories import County, day, settle_county, small_scheme
from tests.support.verify import findings
from workflow.actors import Actor, system
from workflow.errors import BadInput
from workflow.setup import county_import, template_rows
from workflow.setup.county_import import CountyImport
from workflow.setup.county_workbook import BY_CODE, read_book

Sheets = Mapping[str, Sequence[Sequence[str | int]]]


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, small_scheme())


def workbook(sheets: Sheets) -> BinaryIO:
    """An XLSX with these sheets, rows as they stand, the first of them the headings."""
    import xlsxwriter

    kept = io.BytesIO()
    book = xlsxwriter.Workbook(kept)
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    book.close()
    kept.seek(0)
    return kept


def imported(county: County, sheets: Sheets, actor: Actor | None = None, keep: bool = True) -> CountyImport:
    book = read_book(workbook(sheets))
    with county.write() as session:
        done = county_import.apply(session, actor or system(), day(2), book)
        if not keep:
            session.rollback()
    return done


def said(done: CountyImport) -> list[tuple[str, int, str, str]]:
    """Sheet, row, column and code of each fault."""
    return [(fault.sheet, fault.row, fault.field, fault.error.code) for fault in done.faults]


def codes(done: CountyImport, sheet: str) -> tuple[int, ...]:
    return tuple(done.figures()[sheet].values())


UNITS = ["单位代码", "单位名称", "单位类别", "单位全称", "机关代字", "别名"]
VILLAGES = ["镇", "行政村", "村代码", "省定贫困村", "贫困人口"]
ACCOUNTS = ["用户名", "姓名", "角色", "单位", "村"]
CADRES = ["户编号", "包户责任人", "责任人用户名"]
#: A county's first workbook, of each sheet a few rows.
FIRST: Sheets = {
    "填写说明": [["说明", "请勿改动表头"]],
    "单位": [
        UNITS,
        ["water", "县水务局", "县直部门", "五华县水务局", "华水", "水利局、水务局"],
        ["", "县林业局", "部门", "五华县林业局", "华林", "林业局"],
        ["", "丙镇", "镇", "", "", ""],
    ],
    "行政村": [
        VILLAGES,
        ["甲镇", "town-a-v1村", "town-a-v1", "是", 120],
        ["甲镇", "新塘村", "", "是", "88人"],
        ["丙镇", "石桥村", "", "否", 0],
    ],
    "账号": [
        ACCOUNTS,
        ["lin", "林大明", "", "县林业局", ""],
        ["tang", "汤小红", "", "甲镇", "新塘"],
        ["bing", "丙一", "镇", "丙镇", ""],
        ["water", "water", "部门", "县水务局", ""],
    ],
    "包户": [CADRES, ["A1", "汤小红", "tang"], ["A2", "汤小红", ""], ["B1", "外来", ""], ["A3", "", ""]],
}


def test_a_workbook_sets_a_county_up_and_again_changes_nothing(county: County, tmp_path: object) -> None:
    done = imported(county, FIRST)
    assert said(done) == []
    assert done.figures() == {
        "units": {"new": 2, "changed": 1, "unchanged": 0, "refused": 0},
        "villages": {"new": 2, "changed": 1, "unchanged": 0, "refused": 0},
        "accounts": {"new": 3, "changed": 0, "unchanged": 1, "refused": 0},
        "posts": {"new": 0, "changed": 0, "unchanged": 0, "refused": 0},
        "cadres": {"new": 3, "changed": 0, "unchanged": 1, "refused": 0},
    }
    with county.read() as session:
        units = {unit.name: unit for unit in session.scalars(select(Unit))}
        assert (units["县林业局"].type, units["丙镇"].type) == ("bureau", "town")
        assert session.scalar(select(UnitAlias.unit_id).where(UnitAlias.alias == "水利局")) == county.units["water"]
        made = session.scalars(select(Village).where(Village.name == "新塘村")).one()
        assert (made.town_id, made.listed_poor, made.poor_people) == (county.units["town-a"], True, 88)
        tang = session.scalars(select(User).where(User.name == "tang")).one()
        assert (tang.role, tang.village_id, tang.unit_id) == ("village", made.id, county.units["town-a"])
        assert tang.password_hash is None
        cadres = {
            code: (name, account)
            for code, name, account in session.execute(
                select(Household.code, Household.cadre_name, Household.cadre_id).where(Household.cadre_name != "")
            )
        }
        # B1 is of another town, where nobody of that name has an account.
        assert cadres == {"A1": ("汤小红", tang.id), "A2": ("汤小红", tang.id), "B1": ("外来", None)}
        events = session.scalar(select(func.count()).select_from(Event))
        versions = session.scalar(select(func.count()).select_from(SchemeVersion))
    again = imported(county, FIRST)
    assert [codes(again, sheet) for sheet in ("units", "villages", "accounts", "cadres")] == [
        (0, 0, 3, 0),
        (0, 0, 3, 0),
        (0, 0, 4, 0),
        (0, 0, 4, 0),
    ]
    with county.read() as session:
        assert session.scalar(select(func.count()).select_from(Event)) == events
        assert session.scalar(select(func.count()).select_from(SchemeVersion)) == versions
    assert not findings(county, tmp_path) & {"row_differs", "row_missing", "event_hash", "chain"}  # type: ignore[arg-type]


def test_a_preview_counts_the_same_and_keeps_nothing(county: County) -> None:
    before = imported(county, FIRST, keep=False)
    with county.read() as session:
        assert session.scalar(select(Unit.id).where(Unit.name == "县林业局")) is None
        assert session.scalar(select(User.id).where(User.name == "tang")) is None
    assert imported(county, FIRST).figures() == before.figures()


def test_a_bad_row_is_named_by_row_and_column_and_the_rest_is_applied(county: County) -> None:
    sheets: Sheets = {
        "单位": [
            UNITS,
            ["water", "县水利局", "", "", "", ""],
            ["power", "县供电局", "镇", "", "", ""],
            ["", "县林业局", "机关", "", "", ""],
            ["", "县文化局", "部门", "", "文1", ""],
            ["", "县旅游局", "部门", "", "", "水务局"],
            ["", "", "部门", "", "", ""],
            ["", "县体育局", "部门", "", "", ""],
        ],
        "行政村": [
            VILLAGES,
            ["丁镇", "某村", "", "", ""],
            ["甲镇", "", "", "是", 3],
            ["甲镇", "改名村", "town-a-v1", "", ""],
            ["甲镇", "老塘村", "", "也许", "很多"],
            ["甲镇", "老塘", "", "", ""],
        ],
        "账号": [
            ACCOUNTS,
            ["a b", "有空格", "", "县体育局", ""],
            ["x1", "", "", "县体育局", ""],
            ["x2", "某", "厅长", "县体育局", ""],
            ["x3", "某", "", "没有这个局", ""],
            ["x4", "某", "", "甲镇", "没有这个村"],
            ["water", "water", "", "县供电局", ""],
            ["x5", "某", "镇", "县体育局", ""],
            ["x6", "好人", "", "县体育局", ""],
            ["x6", "好人", "", "县体育局", ""],
        ],
        "包户": [CADRES, ["A9", "某", ""], ["A1", "某", "nobody"], ["A2", "", "far_village"], ["A3", "某", "town"]],
        "别的表": [["a"], ["b"]],
    }
    done = imported(county, sheets)
    assert said(done) == [
        ("units", 2, "name", "unit_renamed"),
        ("units", 3, "type", "unit_type_fixed"),
        ("units", 4, "type", "type_word"),
        ("units", 5, "mark", "unit_mark"),
        ("units", 6, "aliases", "unit_name_taken"),
        ("units", 7, "name", "missing"),
        ("villages", 2, "town", "town_unknown"),
        ("villages", 3, "name", "missing"),
        ("villages", 4, "name", "village_renamed"),
        ("villages", 5, "listed_poor", "cell_yes_or_no"),
        ("villages", 5, "poor_people", "not_people"),
        ("villages", 6, "name", "row_twice"),
        ("accounts", 2, "name", "bad_user_name"),
        ("accounts", 3, "display_name", "missing"),
        ("accounts", 4, "role", "role_word"),
        ("accounts", 5, "unit", "unit_unknown"),
        ("accounts", 6, "village", "village_not_of_town"),
        ("accounts", 7, "unit", "account_elsewhere"),
        ("accounts", 8, "unit", "role_not_in_unit"),
        ("accounts", 10, "name", "row_twice"),
        ("cadres", 2, "code", "household_unknown"),
        ("cadres", 3, "account", "cadre_account"),
        ("cadres", 4, "account", "cadre_of_another_town"),
        ("cadres", 5, "cadre", "cadre_differs"),
    ]
    assert (codes(done, "units"), codes(done, "villages")) == ((1, 0, 0, 6), (1, 0, 0, 4))
    assert (codes(done, "accounts"), codes(done, "cadres")) == ((1, 0, 0, 8), (0, 0, 0, 4))
    assert done.unread == ["别的表"]
    with county.read() as session:
        village = session.scalars(select(Village).where(Village.name == "老塘村")).one()
        assert (village.listed_poor, village.poor_people) == (False, None)
        assert session.scalars(select(User).where(User.name == "x6")).one().role == "bureau"


def test_totals_notes_and_signatures_are_left_out_and_day_counts_are_days(county: County) -> None:
    done = imported(
        county,
        {
            "单位": [UNITS, ["", "县注册会计师协会", "部门"], ["", "合计", "1个"], ["", "总计", 1]],
            "行政村": [
                VILLAGES,
                ["甲镇", "新塘村", "", "是", 88],
                ["小计", "", "", "", 88],
                ["注：贫困人口以国办系统为准"],
                ["填表人：张三", "", "", "", "2018年11月30日"],
                ["甲镇"],
            ],
            "账号": [ACCOUNTS, ["wang5", "王五", "镇干部", "甲镇"], ["合计", "", "", "", 1]],
            "岗位": [POSTS, ["wang5", "主要领导", 43405, "", "甲府〔2018〕3号"]],
        },
    )
    assert said(done) == [
        ("units", 3, "", "row_is_note"),
        ("units", 4, "", "row_is_note"),
        ("villages", 6, "name", "missing"),
        ("villages", 3, "", "row_is_note"),
        ("villages", 4, "", "row_is_note"),
        ("villages", 5, "", "row_is_note"),
        ("accounts", 3, "", "row_is_note"),
    ]
    assert [codes(done, sheet) for sheet in ("units", "villages", "accounts", "posts")] == [
        (1, 0, 0, 0),
        (1, 0, 0, 1),
        (1, 0, 0, 0),
        (1, 0, 0, 0),
    ]
    assert done.sheets["posts"].changes[0].after["from_day"] == "2018-11-01"


def test_a_hidden_row_is_read_and_told() -> None:
    rows: list[list[Any]] = [[*VILLAGES], ["甲镇", "新塘村", "", "是", 88], ["甲镇", "石桥村", "", "否", 9]]
    book = read_book(spreadsheets.workbook(spreadsheets.Sheet(rows, name="行政村", hidden_rows=[2])))
    assert [row.number for row in book.rows["villages"]] == [2, 3]
    assert book.aside == [("villages", 2, "row_hidden")]


def test_each_applies_the_sheets_that_are_theirs(county: County) -> None:
    office = imported(county, FIRST, county.people["office"])
    assert {code: sheet.left_to for code, sheet in office.sheets.items()} == {
        "units": None,
        "villages": None,
        "accounts": "admin",
        "cadres": None,
    }
    assert codes(office, "units") == (2, 1, 0, 0)
    admin = imported(county, FIRST, county.people["admin"])
    assert {code for code, sheet in admin.sheets.items() if sheet.left_to == "office"} == {
        "units",
        "villages",
        "cadres",
    }
    assert codes(admin, "accounts") == (3, 0, 1, 0)
    for who in ("town", "water", "leaders", "inspectorate", "village"):
        with pytest.raises(Exception, match="county_import_not_yours"):
            imported(county, FIRST, county.people[who])


def test_a_corrected_name_is_a_change_and_an_empty_cell_is_none(county: County) -> None:
    imported(county, FIRST)
    done = imported(
        county,
        {
            "账号": [ACCOUNTS, ["lin", "林大民", "", "林业局", ""]],
            "单位": [["单位名称", "机关代字"], ["县林业局", "华林业"], ["水利局", ""]],
            "行政村": [["镇", "行政村", "贫困人口", "变动原因"], ["丙镇", "石桥", 7, "漏评三户补录"]],
        },
    )
    assert said(done) == []
    assert (codes(done, "accounts"), codes(done, "units"), codes(done, "villages")) == (
        (0, 1, 0, 0),
        (0, 1, 1, 0),
        (0, 1, 0, 0),
    )
    assert dict(done.sheets["units"].fields) == {"mark": 1}
    with county.read() as session:
        assert session.scalars(select(User.display_name).where(User.name == "lin")).one() == "林大民"
        assert session.scalars(select(Village.poor_people).where(Village.name == "石桥村")).one() == 7


@pytest.mark.parametrize(
    ("row", "refused"),
    [
        (["是", 120], None),
        (["", ""], None),
        (["是", 119], ("village_changed_why", "reason")),
        (["否", 120], ("village_changed_why", "reason")),
        (["否", 119, "已落实"], ("village_changed_why", "reason")),
        (["否", 119, "两村合并时重复登记一人"], None),
    ],
    ids=["as recorded", "empty", "other number", "off the list", "stock phrase", "with reason"],
)
def test_a_row_that_changes_a_recorded_fact_of_a_village_gives_its_reason(
    county: County, row: list[Any], refused: tuple[str, str] | None
) -> None:
    """Seen: every change of a village by workbook bore one fixed reason, which nobody had given."""
    imported(county, FIRST)
    # Another row, with other facts, is taken whatever becomes of this one.
    other = ["丙镇", "石桥村", "", "是", "9", "核对名册时发现少登记"]
    done = imported(county, {"行政村": [[*VILLAGES, "变动原因"], ["甲镇", "town-a-v1村", "town-a-v1", *row], other]})
    assert said(done) == ([] if refused is None else [("villages", 2, refused[1], refused[0])])
    assert codes(done, "villages")[3] == int(refused is not None)
    with county.read() as session:
        told = select(EventSecret.body).join(Event, Event.id == EventSecret.event_id)
        reasons = [
            (body if isinstance(body, dict) else json.loads(body))["reason"]
            for body in session.scalars(told.where(Event.action == "describe_village").order_by(Event.id))
        ]
        village = session.scalars(select(Village).where(Village.code == "town-a-v1")).one()
        kept = refused is not None or len(row) < 3
        assert (village.listed_poor, village.poor_people) == ((True, 120) if kept else (False, 119))
    assert reasons == [*([] if kept else ["两村合并时重复登记一人"]), "核对名册时发现少登记"]


def test_a_sheet_is_known_with_brackets_a_year_or_spaces_beside_its_name() -> None:
    """A sheet with the very name comes first; another of the kind is named as not read."""
    heads, villages = [["镇", "村"], ["甲镇", "某村"]], ["行政村（全县）", "村 ", "行政村名单2018年", "Villages"]
    for name in villages:
        assert list(read_book(workbook({name: heads})).rows) == ["villages"], name
    for name in ("单位名录2018", "2018年度单位"):
        assert list(read_book(workbook({name: [["单位名称"], ["县水务局"]]})).rows) == ["units"], name
    both = read_book(workbook({"行政村（旧）": [*heads, ["甲镇", "旧村"]], "行政村": heads}))
    assert ([row.get("name") for row in both.rows["villages"]], both.unread) == (["某村"], ["行政村（旧）"])


def test_a_text_file_as_county_workbook_names_the_way_out() -> None:
    with pytest.raises(BadInput, match="county_book_is_text") as refused:
        read_book(io.BytesIO("镇,村\n甲镇,某村\n".encode()))
    assert refused.value.params["sheets"] == "单位、行政村、账号、岗位、包户"


def test_what_is_no_county_workbook_is_refused(county: County) -> None:
    with pytest.raises(BadInput, match="no_county_sheets"):
        read_book(workbook({"Sheet1": [["镇", "村"], ["甲镇", "某村"]]}))
    done = imported(county, {"账号": [["姓名", "单位"], ["某", "县水务局"]]})
    assert said(done) == [("accounts", 0, "", "sheet_columns_missing")]


def test_the_template_is_the_county_and_imports_as_unchanged(county: County) -> None:
    imported(county, FIRST)
    with county.write() as session:
        # Moved to another town with its cadre: seen, the county's own workbook was refused.
        there = select(Household.village_id).where(Household.code == "B1").scalar_subquery()
        session.execute(update(Household).where(Household.code == "A1").values(village_id=there))
    with county.read() as session:
        filled: dict[str, list[Sequence[str | int]]] = {
            form.zh: [[column.zh for column in form.columns], *rows]
            for form, rows in template_rows.sheets(session, county.people["office"], day(2))
        }
    assert [row[0] for row in filled["单位"]][1:3] == ["town-a", "town-b"]
    assert ["甲镇", "新塘村", "town-a-v03", "是", 88, ""] in filled["行政村"]
    assert ["tang", "汤小红", "村干部", "甲镇", "新塘村"] in filled["账号"]
    assert set(filled) == {form.zh for form in BY_CODE.values()}
    done = imported(county, filled)
    assert said(done) == []
    assert all(codes(done, sheet)[:2] == (0, 0) for sheet in done.figures())
    assert codes(done, "accounts")[2] == len(filled["账号"]) - 1


def test_a_county_of_320_villages_and_900_accounts_is_one_workbook(county: County) -> None:
    villages = [["甲镇" if n % 2 else "乙镇", f"第{n}号村", "", "是" if n < 92 else "否", n] for n in range(320)]
    people = [[f"v{n}", f"村干{n}", "", town, name] for n, (town, name, *_) in enumerate(villages)]
    people += [[f"w{n}", f"干部{n}", "", "县水务局", ""] for n in range(580)]
    sheets: Sheets = {"行政村": [VILLAGES, *villages], "账号": [ACCOUNTS, *people]}
    done = imported(county, sheets)
    assert said(done) == []
    assert (codes(done, "villages"), codes(done, "accounts")) == ((320, 0, 0, 0), (900, 0, 0, 0))
    assert codes(imported(county, sheets), "accounts") == (0, 0, 900, 0)


POSTS = ["用户名", "岗位", "起始日期", "截止日期", "任免文号", "替代人员用户名"]


def test_posts_are_entered_with_days_and_a_document_once(county: County) -> None:
    first = day(2).date().isoformat()
    sheets: Sheets = {
        "岗位": [
            POSTS,
            ["water", "主要领导", first, "", "五委干〔2018〕7号", ""],
            ["power", "值班员", first.replace("-", "/"), "", "五委干〔2018〕8号", ""],
            ["town", "局长", first, "", "五委干〔2018〕9号", ""],
            ["town", "主要领导", "某日", "", "五委干〔2018〕9号", ""],
            ["town", "主要领导", first, "", "好", ""],
            ["nobody", "主要领导", first, "", "五委干〔2018〕9号", ""],
        ]
    }
    done = imported(county, sheets)
    assert [(row, column) for _sheet, row, column, _code in said(done)] == [
        (4, "kind"),
        (5, "from_day"),
        (6, "document"),
        (7, "name"),
    ]
    assert codes(done, "posts") == (2, 0, 0, 4)
    assert codes(imported(county, sheets), "posts") == (0, 0, 2, 4)


def test_a_new_name_near_a_known_one_is_taken_where_the_sheet_lists_both(county: County, tmp_path: Path) -> None:
    """A misspelt village or unit would stay beside the right one, with households and tickets of its own."""
    imported(county, {"行政村": [VILLAGES, ["甲镇", "上湖围", "", "否", ""]]})
    misspelt: Sheets = {
        "单位": [UNITS, ["", "县供电", "县直部门", "", "华电", ""]],
        "行政村": [VILLAGES, ["甲镇", "上胡围", "", "是", ""], ["乙镇", "上胡围", "", "", ""]],
    }
    done = imported(county, misspelt)
    assert said(done) == [("units", 2, "name", "name_near_unlisted"), ("villages", 2, "name", "name_near_unlisted")]
    assert [fault.error.params["near"] for fault in done.faults] == ["县供电局", "上湖围"]
    assert codes(done, "villages") == (1, 0, 0, 1)
    both = imported(
        county,
        {
            "单位": [*misspelt["单位"], ["", "县供电局", "", "", "", ""]],
            "行政村": [*misspelt["行政村"], ["甲镇", "上湖围", "", "", ""]],
        },
    )
    assert (codes(both, "units")[0], codes(both, "villages")) == (1, (1, 0, 2, 0))
    assert findings(county, tmp_path) == set()


def test_a_village_name_of_several_is_refused_with_the_codes_to_choose_from(county: County) -> None:
    imported(county, {"行政村": [VILLAGES, ["甲镇", "大坝村", "d-1", "", ""], ["乙镇", "大坝村", "d-2", "", ""]]})
    rows = [["v1", "汤小红", "村干部", "", "大坝村"], ["v2", "汤小明", "村干部", "甲镇", "大坝"]]
    done = imported(county, {"账号": [ACCOUNTS, *rows]})
    assert (said(done), codes(done, "accounts")) == ([("accounts", 2, "village", "village_several")], (1, 0, 0, 1))
    assert done.faults[0].error.params["near"] == "大坝村（甲镇，d-1）、大坝村（乙镇，d-2）"
    rows[0][4] = "d-2"
    assert codes(imported(county, {"账号": [ACCOUNTS, *rows]}), "accounts") == (1, 0, 1, 0)
