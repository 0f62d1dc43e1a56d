"""Shapes of register files as counties send them: merged cells, several sheets, headings in two rows, notes below, dates,
hidden rows, formulas, strange zips and texts; each is read, or named as not read."""

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models import Household, Member, Village
from tests.support.factories import County, settle_county
from tests.support.spreadsheets import IDS, Formula, Imported, Sheet, bring, rezipped, text, workbook
from tests.support.xls import xls
from workflow.errors import BadInput
from workflow.register.spreadsheets import sheet_reader
from workflow.register.spreadsheets import xls as xls_reader

pytestmark = pytest.mark.one_database("sqlite")

HEADS = ("户编号", "户主姓名", "镇", "村", "姓名", "身份证号码", "与户主关系", "劳动能力")
VILLAGE = "town-a-v1村"


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, households=0)


def person(
    code: str = "H1", name: str = "张三", number: str = IDS[0], relation: str = "户主", **more: str
) -> list[str]:
    row = dict(zip(HEADS, (code, "张三", "甲镇", VILLAGE, name, number, relation, "有"), strict=True)) | more
    return list(row.values())


WIFE = {"name": "李四", "number": IDS[1], "relation": "配偶"}
CHILD = {"name": "张小", "number": "", "relation": "之子"}
BLANK = {"户编号": "", "户主姓名": "", "镇": "", "村": ""}


def members(county: County) -> list[str]:
    """Household, name and village of everybody."""
    with county.read() as session:
        rows = session.execute(
            select(Household.code, Member.name, Village.name.label("village"))
            .join(Household, Household.id == Member.household_id)
            .join(Village, Village.id == Household.village_id)
            .order_by(Household.code, Member.position)
        )
        return [f"{row.code} {row.name} {row.village}" for row in rows]


def births(county: County) -> dict[str, str]:
    with county.read() as session:
        return {row.name: f"{row.born_on} {row.born_exact}" for row in session.scalars(select(Member))}


FAMILY = [f"H1 {name} {VILLAGE}" for name in ("张三", "李四", "张小")]


@pytest.mark.parametrize("kind", ["xlsx", "title", "whole_village", "csv"])
def test_cells_merged_down_over_a_family_are_everybodys(county: County, kind: str) -> None:
    rows = [list(HEADS), person(), person(**WIFE, **BLANK), person(**CHILD, **BLANK)]
    merged = [f"{column}2:{column}4" for column in "ABCD"]
    if kind == "title":
        rows = [["五华县花名册"], *rows]
        merged = ["A1:H1", *(f"{column}3:{column}5" for column in "ABCD")]
    if kind == "whole_village":
        rows.append(person("H2", "王五", IDS[2], 户主姓名="王五", 镇="", 村=""))
        merged = [f"{column}2:{column}4" for column in "AB"] + ["C2:C5", "D2:D5"]
    if kind == "csv":
        imported = bring(county, text(*rows))
        assert imported.told == ["file rows_continued 3、4"]
    else:
        imported = bring(county, workbook(Sheet(rows, merged=merged)))
        assert imported.told == []
    extra = [f"H2 王五 {VILLAGE}"] if kind == "whole_village" else []
    assert (imported.faults, members(county)) == ({}, [*FAMILY, *extra])


def test_a_row_without_a_code_that_is_no_member_of_the_household_above_is_refused(county: County) -> None:
    rows = [person(), person(name="王五", number=IDS[2], **BLANK), person(**WIFE, 户编号="")]
    imported = bring(county, text(HEADS, *rows))
    assert {row: sorted(codes) for row, codes in imported.faults.items()} == {
        3: ["code_missing", "town_missing", "village_missing"],
        4: ["code_missing", "no_head"],
    }
    assert members(county) == FAMILY[:1]


def of(code: str, name: str, number: str, village: str = VILLAGE) -> list[str]:
    return person(code, name, number, 户主姓名=name, 村=village)


def test_every_sheet_is_read_each_by_its_own_columns_or_named(county: County) -> None:
    back = list(reversed(HEADS))
    imported = bring(
        county,
        workbook(
            Sheet([["五华县扶贫办"], ["2018年11月"]], "封面"),
            Sheet([HEADS, of("S1", "甲一", IDS[0])], "上湖围"),
            Sheet([["标题"], [*back, "备注"], [*reversed(of("S2", "乙二", IDS[1])), "好"]], "下沙围"),
            Sheet([HEADS, of("S3", "丙三", IDS[2], ""), of("S4", "丁四", "1")], "下沙寨"),
            Sheet([["户编号", "户主姓名", "村", "镇"], ["S5", "戊五", VILLAGE, "甲镇"]], "一户一行"),
            Sheet([HEADS, of("S6", "己六", IDS[3])], "底稿", hidden=True),
        ),
    )
    assert members(county) == [f"S1 甲一 {VILLAGE}", f"S2 乙二 {VILLAGE}", f"S4 丁四 {VILLAGE}"]
    assert imported.faults == {"下沙寨!2": ["village_missing"]}
    assert imported.told == [
        "file sheet_unread 封面",
        "file sheet_hidden 底稿",
        "file sheet_unread 一户一行",
        "file columns_unread ",
        "下沙寨!3 id_length id_number",
    ]
    assert imported.counts["rows"] == 4


def test_a_sheet_without_a_column_of_villages_is_its_names_village(county: County) -> None:
    """Unknown names are asked about or refused as those of a column; a sheet called 贫困村 is no village."""
    with county.write() as session:
        known = {row.code: row for row in session.scalars(select(Village))}
        known["town-a-v1"].name, known["town-a-v2"].name = "上河村", "下河村"
    at = HEADS.index("村")
    short = [*HEADS[:at], *HEADS[at + 1 :]]

    def rows(code: str, name: str, number: str) -> list[list[str]]:
        row = person(code, name, number, 户主姓名=name)
        return [short, [*row[:at], *row[at + 1 :]], ["合计", "1户"], ["填表人：王五"]]

    book = workbook(
        Sheet(rows("H1", "张三", IDS[0]), name="上河村"),
        Sheet(rows("H2", "李四", IDS[1]), name="下河村（第二批）"),
        Sheet(rows("H3", "王五", IDS[2]), name="贫困村"),
    )
    imported = bring(county, book)
    assert imported.faults == {}
    assert "file sheet_no_village 贫困村" in imported.told
    assert members(county) == ["H1 张三 上河村", "H2 李四 下河村"]
    near = bring(county, workbook(Sheet(rows("H4", "张三", IDS[3]), name="上合村")))
    assert [code for codes in near.faults.values() for code in codes] == ["village_asked"], near.faults


def test_a_sheet_whose_name_may_be_a_village_or_of_two_towns_is_asked_about(county: County) -> None:
    with county.write() as session:
        known = {row.code: row for row in session.scalars(select(Village))}
        for code, name in (("town-a-v1", "河口村"), ("town-b-v1", "河口村"), ("town-a-v2", "下河村")):
            known[code].name = name
        villages = len(known)

    def sheet(code: str, number: str, name: str, *left_out: str) -> Sheet:
        at = [HEADS.index(column) for column in ("村", *left_out)]
        rows = (HEADS, person(code, "王五", number, 户主姓名="王五"))
        return Sheet([[cell for place, cell in enumerate(row) if place not in at] for row in rows], name=name)

    # A sheet without 村 is asked about where the county has such a village, else named with the way out; alone the file is
    # then refused for its missing column.
    beside = bring(
        county, workbook(sheet("H1", IDS[0], "下河村"), sheet("H2", IDS[1], "河口"), sheet("H3", IDS[2], "甲组"))
    )
    assert (members(county), beside.told) == (["H1 王五 下河村"], ["file sheet_no_village 甲组"])
    assert (beside.four, beside.faults) == ((1, 0, 0, 0), {"河口!2": ["village_of_sheet"]})
    with pytest.raises(BadInput) as refusal:
        bring(county, workbook(sheet("H2", IDS[1], "甲组")))
    assert (refusal.value.code, refusal.value.params["column"]) == ("columns_missing", "village")
    # A village of two towns is that of the town in the row; without a town it is asked about.
    neither = bring(county, workbook(sheet("H2", IDS[1], "河口村", "镇")))
    assert (neither.four, [code for codes in neither.faults.values() for code in codes]) == (
        (0, 0, 0, 0),
        ["village_several"],
    )
    (question,) = neither.plan.asked_villages
    assert (question.n, sorted(place.code for place in question.asked.near)) == (1, ["town-a-v1", "town-b-v1"])
    alone = bring(
        county, workbook(sheet("H2", IDS[1], "河口")), villages={(county.units["town-a"], "河口"): "town-a-v1"}
    )
    assert (alone.four, alone.faults) == ((1, 0, 0, 0), {})
    # By now it is registered there: the sheet without a town means the village it lives in.
    assert bring(county, workbook(sheet("H2", IDS[1], "河口村", "镇"))).four == (0, 0, 1, 0)
    with county.read() as session:
        there = session.scalars(select(Village.code).join(Household).where(Household.code == "H2")).one()
        assert (there, len(session.scalars(select(Village)).all())) == ("town-a-v1", villages)


def test_one_household_over_two_sheets_is_one(county: County) -> None:
    wife = person("H1", "李四", IDS[1], "配偶")
    bring(county, workbook(Sheet([HEADS, person()], "户主"), Sheet([HEADS, wife], "成员")))
    assert members(county) == FAMILY[:2]


def test_sheets_of_an_old_workbook_and_its_merged_cells_are_read_as_those_of_a_new_one() -> None:
    book = workbook(
        Sheet([["a", "b"], ["1", "x"], ["", "y"], ["", "z"]], "一", merged=["A2:A4"]),
        Sheet([["c"]], "二"),
        Sheet([["d"]], "三", hidden=True),
    )
    new = sheet_reader.sheets(book)
    book.seek(0)
    old = xls_reader.sheets(book)
    assert [(s.name, s.hidden, list(s.rows())) for s in new] == [(s.name, s.hidden, list(s.rows())) for s in old]
    assert list(new[0].rows()) == [(1, ["a", "b"]), (2, ["1", "x"]), (3, ["1", "y"]), (4, ["1", "z"])]


GROUPS = ("户编号", "户主姓名", "镇", "村", "家庭成员情况", "", "", "")
BELOW = ("", "", "", "", "姓名", "身份证号码", "与户主关系", "劳动能力")


@pytest.mark.parametrize(
    ("headings", "merged"),
    [
        ((["信息表"], GROUPS, BELOW), ["A1:H1", "A2:A3", "B2:B3", "C2:C3", "D2:D3", "E2:H2"]),
        ((GROUPS, BELOW), []),
        ((("基本情况", "", "", "", "成员", "", "", ""), (*HEADS,)), ["A1:D1", "E1:H1"]),
        ((("户编号", "户主", "地址", "", "成员", "", "", ""), ("", "姓名", "镇", "村", *HEADS[4:])), []),
    ],
)
def test_headings_stand_in_two_rows(county: County, headings: Sequence[Sequence[str]], merged: list[str]) -> None:
    assert bring(county, workbook(Sheet([*headings, person(), person(**WIFE)], merged=merged))).told == []
    assert members(county) == FAMILY[:2]
    with county.read() as session:
        assert set(session.scalars(select(Member.labour))) == {"with"}
        assert None not in set(session.scalars(select(Member.id_masked)))


def test_a_group_about_somebody_else_says_nothing_of_the_household(county: County) -> None:
    upper = [*HEADS[:7], "帮扶责任人", "", "", ""]
    lower = ["", "", "", "", "", "", "", "姓名", "性别", "联系电话", "单位"]
    bring(county, text(upper, lower, [*person()[:7], "陈干部", "女", "13812345678", "某局"]))
    with county.read() as session:
        (row,) = session.execute(
            select(Household.cadre_name, Household.phone_masked, Member.sex).join(
                Member, Member.household_id == Household.id
            )
        ).all()
    assert tuple(row) == ("陈干部", None, "m")


def test_the_number_of_everybody_comes_before_that_of_the_head(county: County) -> None:
    heads = ["户编号", "户主姓名", "户主身份证号码", "镇", "村", "姓名", "证件号码", "与户主关系"]
    rows = [
        ["H1", "张三", IDS[0], "甲镇", VILLAGE, *row] for row in (("张三", IDS[0], "户主"), ("李四", IDS[1], "配偶"))
    ]
    assert bring(county, text(heads, *rows)).faults == {}
    assert members(county) == FAMILY[:2]


NOTES: tuple[list[Any], ...] = (
    ["上村小计", *[""] * 7, "1人"],
    ["", "甲镇合计", "", "", "1户"],
    ["（注：以上为2018年数据）"],
    ["单位负责人：张某", "", "", "经办人：李某", "", "联系电话：0753-4433221"],
    ["※ 本表于每月底前报县扶贫办"],
    ["2"],
    ["", "", "", "", "", "填表日期: 2018年11月"],
    ["备注：无"],
)


def test_totals_notes_and_signatures_below_are_left_out_and_named(county: County) -> None:
    heads = ["序号", *HEADS]
    rows = [
        ["甲镇花名册"],
        ["填报单位（盖章）：甲镇", "", "填报日期：2018年11月12日"],
        heads,
        ["1", *person()],
        *NOTES,
        heads,
    ]
    imported = bring(county, workbook(Sheet(rows)))
    assert (imported.four, imported.faults) == ((1, 0, 0, 0), {})
    assert imported.told == ["file rows_left_out " + "、".join(str(row) for row in range(5, 13))]
    # The codes in the first column, and notes in it.
    notes = ["合计：1户", "注：本表一式三份。", "制表人：张某 审核人：李某", "2.劳动技能按系统填写", "2026年11月20日"]
    signed = ["主要领导签字：", "", "", "分管领导签字："]
    again = bring(county, text(HEADS, person(), *([note] for note in notes), signed))
    assert (again.four, again.told) == ((0, 0, 1, 0), ["file rows_left_out 3、4、5、6、7、8"])


@pytest.mark.parametrize(
    "total",
    [
        ["甲镇", "小计", "2户", "3人"],
        ["小计", "", "2户", "3人", "", "", "", "4800.50"],
        ["甲镇合计：", "", "12", "36人"],
        ["合　　计", "", "2户", "3"],
        ["小  计", "2户", "3人"],
        ["共2户", "", "3人"],
        ["全镇合计", "3个村", "12户36人"],
    ],
)
def test_a_total_with_counts_below_the_codes_and_names_is_no_household(county: County, total: list[str]) -> None:
    imported = bring(county, text(HEADS, person(), total[total[0] == "甲镇" :]))
    assert (imported.four, imported.faults, imported.told) == ((1, 0, 0, 0), {}, ["file rows_left_out 3"])
    # A family whose name is such a word is one: it has a name, a number and a relation.
    named = [*person()]
    named[HEADS.index("姓名")] = "总计"
    assert bring(county, text(HEADS, named)).told != ["file rows_left_out 2"]


@pytest.mark.parametrize(
    "row",
    [
        *(["说  明"], ["第1页　共2页"], ["2018年   月   日"], ["截至2018年11月20日"], ["（完）"], ["=========="]),
        *(["经办人", "", "", "负责人"], ["村支书签名：", "", "驻村干部签名"], ["—", "—", "—"], ["0", "0", "0"]),
    ],
)
def test_what_a_form_has_below_its_rows_is_no_household(county: County, row: list[str]) -> None:
    imported = bring(county, text(HEADS, person(), row))
    assert (imported.four, imported.faults, imported.told) == ((1, 0, 0, 0), {}, ["file rows_left_out 3"])


@pytest.mark.parametrize("numbers", [["1", "2", "3", "4", "5", "6", "7", "8"], [*"甲乙", "1", "2", "3", "4", "5", "6"]])
def test_a_row_that_numbers_the_columns_is_no_household(county: County, numbers: list[str]) -> None:
    imported = bring(county, text(["甲镇花名册"], HEADS, numbers, person()))
    assert (imported.four, imported.told) == ((1, 0, 0, 0), ["file rows_left_out 3"])


BORN = (*HEADS, "出生日期")


@pytest.mark.parametrize(
    ("value", "form", "date1904", "expected"),
    [
        (date(2017, 6, 1), "yyyy-mm-dd", True, "2017-06-01 day"),
        (date(2017, 6, 1), "yyyy/m/d", False, "2017-06-01 day"),
        (date(2017, 6, 1), 'yyyy"年"m"月"d"日"', False, "2017-06-01 day"),
        (date(2015, 12, 1), "yyyy-mm", False, "2015-12-01 month"),
        (date(2015, 12, 1), 'yyyy"年"m"月"', True, "2015-12-01 month"),
        (41425, "General", True, "2017-06-01 day"),
        (42887, "General", False, "2017-06-01 day"),
        ("2015.12", "General", False, "2015-12-01 month"),
        (2014.11, "General", False, "2014-11-01 month"),
        (2014, "General", False, "2014-01-01 year"),
        (201512, "General", False, "2015-12-01 month"),
    ],
)
def test_a_birth_is_the_day_or_the_month_that_the_sheet_shows(
    county: County, value: Any, form: str, date1904: bool, expected: str
) -> None:
    rows = [BORN, [*person(), ""], [*person(**CHILD), value]]
    imported = bring(county, workbook(Sheet(rows, date_format=form), date1904=date1904))
    assert (imported.told, imported.faults) == ([], {})
    assert births(county)["张小"] == expected
    assert bring(county, workbook(Sheet(rows, date_format=form), date1904=date1904)).four == (0, 0, 1, 0)


def test_a_closer_birth_is_taken_and_a_vaguer_one_that_agrees_changes_nothing(county: County) -> None:
    def file(said: str) -> tuple[int, int, int, int]:
        return bring(county, text(BORN, [*person(), ""], [*person(**CHILD), said])).four

    assert [file(said) for said in ("2015", "2015.12", "2015-12-07", "2015.12", "2015")] == [
        (1, 0, 0, 0),
        (0, 1, 0, 0),
        (0, 1, 0, 0),
        (0, 0, 1, 0),
        (0, 0, 1, 0),
    ]
    assert births(county)["张小"] == "2015-12-07 day"
    assert len(members(county)) == 2, "nobody came in twice"


def test_hidden_rows_are_read_and_told(county: County) -> None:
    rows = [HEADS, person(), person(**WIFE), person(**CHILD)]
    imported = bring(county, workbook(Sheet(rows, hidden_rows=[3, 4])))
    assert (members(county), imported.told) == (FAMILY, ["file rows_hidden 3、4"])
    # A hidden heading, and a hidden row without anything in it, are no data.
    assert bring(county, workbook(Sheet([["x"], *rows], hidden_rows=[1, 9]))).told == []


def test_formulas_that_were_never_computed_are_told_as_such(county: County) -> None:
    rows = [list(HEADS), person(), person(**CHILD), person("H2", "李四", IDS[1], 户主姓名="李四")]
    rows[2][7] = Formula("=H2")
    rows[3][3] = Formula("=D2")
    imported = bring(county, workbook(Sheet(rows)))
    assert imported.faults == {4: ["formula_uncomputed"]}
    assert imported.told == ["3 formula_uncomputed labour"]
    # A formula whose value is an empty text is an empty cell.
    book = rezipped(
        workbook(Sheet(rows)), lambda name, content: (name, content.replace(b"</f></c>", b"</f><v></v></c>"))
    )
    assert [cells[7] for _, cells in sheet_reader.rows(book)][2] == "#UNCOMPUTED!"


@pytest.mark.parametrize("kind", ["backslash", "case", "absolute", "renamed"])
def test_the_parts_of_a_workbook_are_found_however_they_are_named(county: County, kind: str) -> None:
    def change(name: str, content: bytes) -> tuple[str, bytes]:
        if kind == "backslash":
            return name.replace("/", "\\"), content
        if kind == "case":
            return (name.replace("worksheets", "WorkSheets").replace("workbook", "Workbook"), content)
        if kind == "absolute":
            return name, content.replace(b'Target="worksheets/', b'Target="/xl/worksheets/')
        moved = name.replace("xl/", "book/")
        return moved, content.replace(b'Target="xl/', b'Target="book/').replace(b"/xl/", b"/book/")

    assert bring(county, rezipped(workbook(Sheet([HEADS, person()])), change)).four == (1, 0, 0, 0)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<html><meta charset=gbk><table><tr><td>1</td></tr></table></html>", "sheet_html"),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE html>\n<table>", "sheet_html"),
        ("<table border=1><tr><td>户编号</td></tr></table>".encode("utf-16"), "sheet_html"),
        ("<html><table><tr><td>户编号</td></tr></table>".encode("utf-16-le"), "sheet_html"),
        (b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\nContent-Type: multipart/related", "sheet_html"),
        (b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">', "sheet_html"),
        (b'<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "sheet_xml"),
        (b"%PDF-1.7 \x00", "sheet_pdf"),
        (b'<?xml version="1.0"?><feed/>', "sheet_kind"),
    ],
)
def test_another_kind_of_file_is_refused_by_its_name(content: bytes, code: str) -> None:
    with pytest.raises(BadInput, match=code):
        sheet_reader.sheets(io.BytesIO(content))


def lines(content: bytes) -> list[list[str]]:
    return [cells for _, cells in sheet_reader.rows(io.BytesIO(content))]


@pytest.mark.parametrize("sign", [",", "\t", ";", "|", "，"])
def test_csv_is_read_with_any_delimiter_and_with_one_that_is_named(sign: str) -> None:
    rows = ["甲镇花名册", sign.join(HEADS), sign.join([*person()[:7], "上湖围、3号、内；外"])]
    assert lines("\n".join(rows).encode("gb18030"))[1:] == [list(HEADS), [*person()[:7], "上湖围、3号、内；外"]]
    assert lines(f"sep={sign}\r\na{sign}b,c;d\r\n".encode()) in (
        [["a", "b,c;d"]],
        [["a", "b", "c;d"]],
        [["a", "b,c", "d"]],
    )


def test_a_quoted_formula_is_its_text_and_a_bad_byte_is_a_character_of_its_cell() -> None:
    assert lines(b'"=""0012""",="0034",=1+1,"=""a""b"')[0][:3] == ["0012", "0034", "=1+1"]
    bad = "户编号,户主姓名,镇\r\nA1,张三,甲镇\r\n".encode("gb18030") + b"A2,\xc0\xee\xff,\xbc\xd7\xd5\xf2\r\nA3,c,d"
    assert lines(bad)[1:] == [["A1", "张三", "甲镇"], ["A2", "李\ufffd", "甲镇"], ["A3", "c", "d"]]
    utf8 = "户编号,住址\nA1,上湖围\n".encode() + b"A2,\xe4\xb8\n" + "A3,下沙围".encode()
    assert lines(utf8)[1:] == [["A1", "上湖围"], ["A2", "\ufffd"], ["A3", "下沙围"]]
    assert lines("A1,上湖围\n".encode("utf-16") + b"\x00") == [["A1", "上湖围"], ["\ufffd"]]


def test_a_bad_byte_in_a_name_refuses_its_household_and_in_another_cell_is_left_out(county: County) -> None:
    def file(*broken: bytes) -> Imported:
        content = (
            text(HEADS, person(), person("H2", "李四", IDS[1], 户主姓名="李四")).getvalue().decode().encode("gb18030")
        )
        for word in broken:
            at = content.rindex(word)
            content = content[:at] + b"\xff" + content[at + len(word) :]
        return bring(county, io.BytesIO(content), dry_run=True)

    assert file("有".encode("gb18030")).told == ["3 control_signs labour"]
    assert file("李四".encode("gb18030")).faults == {3: ["control_signs"]}


def test_an_old_workbook_with_a_sheet_for_each_village_comes_in(county: County) -> None:
    assert bring(county, xls(HEADS, person(), person(**WIFE), hidden=[HEADS])).told == ["file sheet_hidden 底稿"]
    assert members(county) == FAMILY[:2]


def test_town_and_village_written_once_are_those_of_the_family(county: County) -> None:
    """The code beside everybody, merged or not; where the village is asked about, the family waits as one."""
    empty = {"镇": "", "村": ""}
    rows = [
        HEADS,
        person(),
        person("H1", "李四", IDS[1], "配偶", **empty),
        person("H1", "张小", IDS[2], "之子", **empty),
    ]
    imported = bring(county, workbook(Sheet(rows)))
    assert (imported.four, imported.faults, members(county)) == ((1, 0, 0, 0), {}, FAMILY[:3])
    near = [
        HEADS,
        person("H2", "赵六", IDS[3], 户主姓名="赵六", 村=f"{VILLAGE[:-1]}甲村"),
        person("H2", "赵七", "", "之子", 户主姓名="赵六", **empty),
    ]
    asked = bring(county, workbook(Sheet(near)))
    assert (asked.four, asked.counts["asked"], asked.faults) == ((0, 0, 0, 0), 1, {2: ["village_asked"]})
    elsewhere = [HEADS, person(), person("H1", "李四", IDS[1], "配偶", 镇="乙镇", 村="")]
    assert bring(county, workbook(Sheet(elsewhere))).faults == {2: ["companion"], 3: ["village_missing"]}
