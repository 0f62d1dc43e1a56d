"""Readable files: spreadsheets recognised by their bytes, within limits; nothing in them is run or followed."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.spreadsheets import HEADS, IDS, text, xlsx
from tests.support.xls import xls
from workflow.citizen_id import Faulty
from workflow.errors import BadInput
from workflow.register.cells.columns import IGNORED, find_layout, missing
from workflow.register.cells.values import code, name
from workflow.register.spreadsheets import sheet_reader, xlsx_parts
from workflow.register.spreadsheets import xls as spreadsheets_xls
from workflow.register.spreadsheets import xlsx as spreadsheets_xlsx

ROW = ("A9", "张三", IDS[0], "甲镇", "大坝村", "普通劳动力", "13812345678", "3")


def refused(stream: Any) -> str:
    """The code of the refusal, or `accepted`."""
    try:
        list(sheet_reader.rows(stream))
    except BadInput as refusal:
        return refusal.code
    return "accepted"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_csv_is_read_in_the_encodings_chinese_spreadsheets_save(encoding: str) -> None:
    assert list(sheet_reader.rows(text(HEADS, ROW, encoding=encoding))) == [(1, list(HEADS)), (2, list(ROW))]


def test_tabs_and_semicolons_part_columns_too() -> None:
    for sign in "\t;":
        assert list(sheet_reader.rows(io.BytesIO(sign.join(ROW).encode()))) == [(1, list(ROW))]


def test_an_xls_of_the_old_kind_is_refused_when_it_is_a_web_page_and_when_it_is_broken() -> None:
    assert refused(io.BytesIO(b"<html><table><tr><td>1</td></tr></table></html>")) == "sheet_html"
    assert refused(io.BytesIO(b"\xd0\xcf\x11\xe0" + b"x" * 2000)) == "sheet_damaged"


def test_numbers_come_as_a_person_typed_them_and_show_when_they_have_lost_digits() -> None:
    ((_, cells),) = sheet_reader.rows(xlsx([4.0, 4133.33, 441424199001011234, 13812345678, True]))
    assert cells == ["4", "4133.33", "4.41424199001011E+17", "13812345678", "是"]


def test_the_reader_of_old_workbooks_says_the_same_as_the_one_of_new_ones() -> None:
    rows = [HEADS, ROW, ["", 4.5, 441424199001011234, True, "张\n三"], [], ["x"]]
    (sheet,) = spreadsheets_xls.sheets(xlsx(*rows))
    assert list(sheet.rows()) == [
        (number, [*cells, *[""] * (len(HEADS) - len(cells))]) for number, cells in sheet_reader.rows(xlsx(*rows))
    ]


def test_rows_keep_their_numbers_over_empty_rows_and_cells_their_columns_over_empty_cells() -> None:
    assert list(sheet_reader.rows(xlsx(["a"], [], ["", "", "b"]))) == [(1, ["a"]), (3, ["", "", "b"])]


def rebuilt(change: Callable[[str, bytes], bytes]) -> io.BytesIO:
    """A valid workbook with each of its parts passed through `change`."""
    made = io.BytesIO()
    with zipfile.ZipFile(xlsx(HEADS, ROW)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    made.seek(0)
    return made


def test_a_cell_of_many_signs_that_xml_writes_as_entities_is_read_whole() -> None:
    said = "甲&乙<丙>" * 300
    assert list(sheet_reader.rows(xlsx([said]))) == [(1, [said])]


@pytest.mark.parametrize("part", ["sharedStrings", "styles"])
def test_a_part_that_is_not_where_the_workbook_says_is_looked_for_where_it_usually_is(part: str) -> None:
    def change(name: str, content: bytes) -> bytes:
        return content.replace(f"{part}.xml".encode(), b"gone.xml") if name == "xl/_rels/workbook.xml.rels" else content

    assert list(sheet_reader.rows(rebuilt(change))) == [(1, list(HEADS)), (2, list(ROW))]


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"])
def test_a_document_type_is_refused_in_every_part_before_any_entity_is_known(part: str) -> None:
    dtd = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'

    def change(name: str, content: bytes) -> bytes:
        return content.replace(b"?>", b"?>" + dtd, 1) if name == part else content

    assert refused(rebuilt(change)) == "sheet_entities"


def test_a_zip_that_unpacks_too_far_is_refused_from_its_directory() -> None:
    def change(name: str, content: bytes) -> bytes:
        return content + b" " * 30_000_000 if name.endswith("sheet1.xml") else content

    assert refused(rebuilt(change)) == "sheet_bounds"


def test_one_endless_cell_is_refused_before_it_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_parts, "MOST_RATIO", 10**6)

    def change(name: str, content: bytes) -> bytes:
        return content.replace(b"<t>A9</t>", b"<t>" + b"9" * 5_000_000 + b"</t>")

    assert refused(rebuilt(change)) == "sheet_bounds"


@pytest.mark.parametrize(
    "row",
    [["x"] * (spreadsheets_xlsx.MOST_COLUMNS + 1), ["x" * (spreadsheets_xlsx.LONGEST_CELL + 1)]],
    ids=["columns", "length"],
)
def test_too_many_columns_and_too_long_cells_are_refused(row: list[str]) -> None:
    assert refused(text(row)) == "sheet_bounds"


def test_too_many_rows_are_refused() -> None:
    def change(name: str, content: bytes) -> bytes:
        return content.replace(b'<row r="2"', b'<row r="600001"')

    assert refused(rebuilt(change)) == "sheet_bounds"


def test_what_grows_without_end_is_refused_before_it_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    def same_row(name: str, content: bytes) -> bytes:
        return content.replace(b'<row r="2"', b'<row r="1"')

    def strings(name: str, content: bytes) -> bytes:
        return content.replace(b"</sst>", b"<si/>" * 300 + b"</sst>")

    assert refused(rebuilt(same_row)) == "sheet_damaged"
    monkeypatch.setattr(spreadsheets_xlsx, "MOST_SIGNS", 10_000)
    assert refused(rebuilt(lambda _, content: content)) == "accepted"
    assert refused(rebuilt(strings)) == "sheet_bounds"
    # One line, one row of many lines, and an old workbook of two cells that lie far apart.
    assert refused(io.BytesIO(b"," * 300_000)) == "sheet_bounds"
    assert refused(io.BytesIO(b'"\n",' * 100_000)) == "sheet_bounds"
    assert refused(xls(["a"], *[[]] * 65_534, [None] * 199 + ["b"])) == "sheet_bounds"


def test_other_zips_and_empty_files_are_refused() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("ppt/presentation.xml", "<x/>")
    assert refused(made) == "sheet_kind"
    for given in (b"", b"\x89PNG\r\n\x1a\n\x00\x00", b"<svg></svg>"):
        assert refused(io.BytesIO(given)) == "sheet_kind"
    assert refused(io.BytesIO(made.getvalue()[:40])) == "sheet_damaged"


def test_of_a_formula_only_its_stored_value_is_read() -> None:
    def change(name: str, content: bytes) -> bytes:
        if name.endswith("sheet1.xml"):
            return content.replace(b"<v>8</v>", b'<f>HYPERLINK("http://x")</f><v>8</v>')
        return content

    assert list(sheet_reader.rows(rebuilt(change)))[1][1] == list(ROW)


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("户 编 号", "code"),
        ("乡（镇）", "town"),
        ("身份证\n号码", "id_number"),
        ("2017年人均纯收入（元）", "income"),
        ("＊与户主关系", "relation"),
        ("行政村", "village"),
        ("帮扶责任人", "cadre"),
        ("随便什么", None),
    ],
)
def test_headings_are_known_in_their_spellings(heading: str, field: str | None) -> None:
    layout = find_layout([(1, ["户主姓名", "劳动能力", heading])])
    assert layout.field_at(2) == field


def test_titles_above_the_headings_are_passed_over_and_the_year_in_a_heading_is_kept() -> None:
    first = [
        (1, ["五华县贫困户信息表"]),
        (2, ["填报单位", "甲镇"]),
        (4, [*HEADS, "2017年度人均可支配收入"]),
        (5, list(ROW)),
    ]
    layout = find_layout(first)
    assert (layout.row, layout.income_year, layout.by_person, missing(layout)) == (4, 2017, False, [])
    assert layout.columns["income"] == len(HEADS)


def test_what_a_person_says_of_a_column_comes_before_what_its_heading_seems_to_mean() -> None:
    meanings = {"村": IGNORED, "自然村": "village"}
    layout = find_layout([(1, [*HEADS, "自然村"])], remembered={}, chosen=meanings)
    assert layout.columns["village"] == len(HEADS)
    assert "village" in missing(find_layout([(1, list(HEADS))], remembered={"村": IGNORED}))


def test_a_row_of_data_is_never_taken_for_headings() -> None:
    with pytest.raises(BadInput) as refusal:
        find_layout([(1, ["x1", "张三", IDS[0], "y"])])
    assert refusal.value.code == "no_headings"


def test_a_formula_an_address_or_a_masked_name_is_no_name() -> None:
    for odd in ('=HYPERLINK("x")', "张三<img", "http://x", "张*", "张＊", "A@b", "😀"):
        with pytest.raises(Faulty, match="name_signs"):
            name(odd)
    for right in ("张三", "阿卜杜拉·买买提", "李四（大）", "O’Neil-Smith", "欧阳 娜娜"):
        assert name(right) == right.replace("欧阳 ", "欧阳")


def test_a_code_of_more_digits_than_a_spreadsheet_keeps_is_text_or_refused() -> None:
    assert code("44142400100000012345") == "44142400100000012345"
    with pytest.raises(Exception, match="code_rounded"):
        code("4.41424001000000E+19")


def test_who_stops_half_way_through_a_csv_may_close_the_file_first() -> None:
    stream = text(HEADS, ROW)
    rows = sheet_reader.rows(stream)
    next(rows)
    stream.close()
    rows.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize("escaped", ["T_xD800_1", "T_xDFFF_1", "T_x0000_1"])
def test_half_a_sign_in_a_workbook_is_no_sign(escaped: str) -> None:
    read = spreadsheets_xlsx._bounded(escaped)
    assert read == "T\ufffd1"
    assert read.encode()


def test_a_number_reads_as_it_was_typed_up_to_fifteen_digits() -> None:
    texts = [spreadsheets_xlsx.number_text(value) for value in (0.0, -3.0, 0.5, 999_999_999_999_999.0, -1e15, 1e15)]
    assert texts == ["0", "-3", "0.5", "999999999999999", "-1.00000000000000E+15", "1.00000000000000E+15"]
