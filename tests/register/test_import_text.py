"""People's text in a register file: names, numbers and documents in whatever form, and cells that are left out and named."""

import pytest
from sqlalchemy import Engine, select, update

from models import Household, Member
from tests.support.factories import County, settle_county
from tests.support.spreadsheets import IDS, VAULT, bring, text

pytestmark = pytest.mark.one_database("sqlite")

PEOPLE = ("户编号", "户主姓名", "镇", "村", "姓名", "身份证号码", "与户主关系", "出生日期", "证件类型")
VILLAGE = "town-a-v1村"


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, households=0)


def family(head: str, child: str = "", number: str = "", kind: str = "", code: str = "H1") -> list[list[str]]:
    rows = [[code, head, "甲镇", VILLAGE, head, IDS[0], "户主", "", ""]]
    return rows + ([[code, head, "甲镇", VILLAGE, child, number, "之子", "2015-02-03", kind]] if child else [])


def people(county: County) -> list[tuple[str, str | None]]:
    """Name and number of everybody."""
    with county.read() as session:
        rows = session.scalars(select(Member).order_by(Member.household_id, Member.position)).all()
        return [(row.name, VAULT.open(row.id_sealed) if row.id_sealed else None) for row in rows]


@pytest.mark.parametrize("dot", ["•", "‧", "・", "．", " · ", "∙", "˙", "⦁", "⚫"])
def test_the_same_family_with_another_interpunct_is_unchanged(county: County, dot: str) -> None:
    bring(county, text(PEOPLE, *family("阿依古丽·买买提", "阿不都·买买提")))
    imported = bring(county, text(PEOPLE, *family(f"阿依古丽{dot}买买提", f"阿不都{dot}买买提")))
    assert (imported.four, imported.told) == ((0, 0, 1, 0), [])
    assert [name for name, _ in people(county)] == ["阿依古丽·买买提", "阿不都·买买提"]


def test_a_name_stored_in_another_form_before_is_neither_doubled_nor_renamed(county: County) -> None:
    bring(county, text(PEOPLE, *family("阿依古丽·买买提", "阿不都·买买提")))
    with county.write() as session:
        session.execute(update(Household).values(head_name="阿依古丽•买买提"))
        session.execute(update(Member).where(Member.position == 2).values(name="阿不都•买买提"))
    assert bring(county, text(PEOPLE, *family("阿依古丽・买买提", "阿不都・买买提"))).four == (0, 0, 1, 0)


def test_a_child_in_traditional_characters_is_the_same_child_corrected(county: County) -> None:
    bring(county, text(PEOPLE, *family("张三", "張小")))
    assert bring(county, text(PEOPLE, *family("张三", "张小"))).four == (0, 1, 0, 0)
    assert [name for name, _ in people(county)] == ["张三", "张小"]


@pytest.mark.parametrize(
    ("written", "stored"), [("陈\ue863", "陈䶮"), ("𠮷田花", "𠮷田花"), ("陈\u200b䶮", "陈䶮"), ("陈 䶮", "陈䶮")]
)
def test_a_name_is_stored_in_its_unicode_characters(county: County, written: str, stored: str) -> None:
    bring(county, text(PEOPLE, *family(written)))
    assert [name for name, _ in people(county)] == [stored]
    with county.read() as session:
        assert session.scalars(select(Household.head_name)).all() == [stored]


@pytest.mark.parametrize(
    ("number", "kind", "stored", "told"),
    [
        (f"{IDS[2]}43", "", IDS[2], "id_disability"),
        ("E12345678", "", "E12345678", "id_other"),
        ("12345678", "台湾居民来往大陆通行证", "12345678", "id_other"),
        ("未上户", "", None, "no_document"),
        ("441424051303003", "", None, "id_date"),
        ("1234", "", None, "id_length"),
        ("4.41424E+17", "", None, "id_rounded"),
        ("", "", None, ""),
    ],
)
def test_whatever_stands_in_place_of_an_id_number_keeps_the_person(
    county: County, number: str, kind: str, stored: str | None, told: str
) -> None:
    rows = family("张三", "张小", number, kind)
    rows[1][7] = ""
    imported = bring(county, text(PEOPLE, *rows))
    assert (imported.four, imported.faults) == ((1, 0, 0, 0), {})
    assert imported.told == ([f"3 {told} id_number"] if told else [])
    assert people(county) == [("张三", IDS[0]), ("张小", stored)]
    assert bring(county, text(PEOPLE, *rows)).four == (0, 0, 1, 0)


def test_a_number_of_fifteen_digits_and_its_later_one_are_one_person(county: County) -> None:
    old = IDS[0][:6] + IDS[0][8:17]
    rows = family("张三")
    rows[0][5] = old
    assert bring(county, text(PEOPLE, *rows)).told == ["2 id_15 id_number"]
    assert bring(county, text(PEOPLE, *family("张三"))).four == (0, 0, 1, 0)


OPTIONAL = ("户编号", "户主姓名", "镇", "村", "身份证号码", "联系电话", "人均纯收入", "收入年度", "是否参加医疗保险")


def optional(phone: str = "", income: str = "4000", year: str = "2017", insured: str = "是") -> list[str]:
    return ["H1", "张三", "甲镇", VILLAGE, IDS[0], phone, income, year, insured]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (optional("无"), ["2 phone phone"]),
        (optional("13812345678/13912345678"), ["2 phone_first phone"]),
        (optional("138 1234 5678"), []),
        (optional(income="约4000"), ["2 income_not_number income"]),
        (optional(year="去年"), ["2 income_year income_year"]),
        (optional(insured="城乡居民"), ["2 kind_is_yes insured"]),
        (optional(insured="不清楚"), ["2 yes_no_unknown insured"]),
        (optional("—", "/", "-", "－"), []),
    ],
)
def test_a_cell_that_is_none_is_left_out_and_named_and_its_household_taken(
    county: County, cells: list[str], told: list[str]
) -> None:
    imported = bring(county, text(OPTIONAL, cells))
    assert (imported.four, imported.told) == ((1, 0, 0, 0), told)


def test_a_column_with_many_such_cells_is_named_as_a_whole_first(county: County) -> None:
    rows = [[f"H{n}", f"张{'甲乙丙'[n % 3]}", "甲镇", VILLAGE, f"4.4142419{n}E+17", *optional()[5:]] for n in range(20)]
    imported = bring(county, text(OPTIONAL, *rows))
    assert imported.four == (20, 0, 0, 0)
    assert (imported.told[0], imported.plan.notices[0].params["n"]) == ("file many_cells id_number", 20)
    assert set(imported.notices[1:]) == {"id_rounded"}
    assert "many_cells" not in bring(county, text(OPTIONAL, *rows[:19])).notices


def test_what_is_left_out_leaves_what_the_register_has(county: County) -> None:
    bring(county, text(OPTIONAL, optional("13812345678")))
    imported = bring(county, text(OPTIONAL, optional("没有", "约4000", "2017", "不详")))
    assert (imported.four, len(imported.told)) == ((0, 0, 1, 0), 3)
    with county.read() as session:
        row = session.scalars(select(Household)).one()
        assert (row.phone_masked, row.income_fen) == ("138****5678", 400000)
