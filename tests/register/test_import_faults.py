"""Faults of a register file: what a row or a household contradicts itself in is refused at its field, and nothing else."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from tests.register.test_numbers_of_persons import checked
from tests.support.spreadsheets import IDS
from web.words import import_faults, labels
from workflow.actors import Actor
from workflow.register.cells.columns import find_layout
from workflow.register.importing.assembly import SeenIds, assemble
from workflow.register.importing.place_names import Places
from workflow.register.importing.rows import Row, RowReader

TODAY = date(2018, 11, 20)
OFFICE, TOWN = Actor("office", 1, 9), Actor("town", 2, 1)
#: A household in one row, and the first person of one in several.
HOME = {"户编号": "H1", "户主姓名": "张三", "身份证号码": IDS[0], "镇": "甲镇", "村": "上塘村"}
HEAD = {"户编号": "H1", "姓名": "张三", "身份证号码": IDS[0], "与户主关系": "户主", "镇": "甲镇", "村": "上塘村"}
WIFE = HEAD | {"姓名": "李四", "身份证号码": IDS[1], "与户主关系": "配偶"}
#: The same where the file names the head beside each person instead of the relation.
NAMED = {"户编号": "H1", "姓名": "张三", "户主姓名": "张三", "身份证号码": IDS[0], "镇": "甲镇", "村": "上塘村"}
OTHER = NAMED | {"姓名": "李四", "身份证号码": IDS[1]}
Cells = dict[str, str]


def county() -> Places:
    """Two towns; both have a 上塘村."""
    towns = {"甲镇": 1, "甲": 1, "乙镇": 2, "乙": 2}
    places = Places(towns, {1: "甲镇", 2: "乙镇"}, {1: "town-a", 2: "town-b"}, {}, {}, {}, {})
    for village, town in (("上塘村", 1), ("下塘村", 1), ("上塘村", 2)):
        places.village(village, town)
    return places


def faults(*rows: Cells, who: Actor = OFFICE, year: int | None = None) -> list[str]:
    """Row, code and field of each fault of these rows, which make up one household for each code."""
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    layout = find_layout([(1, headings)])
    reader = RowReader(layout, county(), who, TODAY, year)
    read = [
        reader.read(number, [cells.get(heading, "") for heading in headings]) for number, cells in enumerate(rows, 1)
    ]
    households: dict[str, list[Row]] = {}
    for row in read:
        households.setdefault(row.code, []).append(row)
    seen: SeenIds = {}
    taken = [assemble(household, layout, seen) is not None for household in households.values()]
    said = [f"{row.number} {fault.code} {fault.field}" for row in read for fault in row.faults]
    assert all(taken) == (not said), "a household is taken exactly when none of its rows is at fault"
    return said + [f"{row.number} without {note.code} {note.field}" for row in read for note in row.notes]


CASES: dict[str, tuple[Sequence[Cells], list[str]]] = {
    "a household in one row": ([HOME], []),
    "a household of two": ([HEAD, WIFE], []),
    "another sex than the number's": ([HOME | {"性别": "女"}], ["1 sex_differs sex"]),
    "the sex of the number": ([HOME | {"性别": "男"}], []),
    "another day of birth than the number's": ([HOME | {"出生日期": "1980-01-02"}], ["1 birth_differs born_on"]),
    "the day of birth of the number": ([HOME | {"出生日期": "1980-01-01"}], []),
    "a person of 121": ([HEAD, WIFE | {"身份证号码": "", "出生日期": "1897-11-20"}], [
        "2 without age born_on",
    ]),
    "a person of 120 until tomorrow": ([HEAD, WIFE | {"身份证号码": "", "出生日期": "1897-11-21"}], []),
    "a number of a person of 121": ([HOME | {"身份证号码": checked("44142418971120001")}], ["1 without age id_number"]),
    "a longitude alone": ([HOME | {"经度": "115.2", "纬度": ""}], ["1 without place_half latitude"]),
    "a latitude alone": ([HOME | {"纬度": "23.9", "经度": ""}], ["1 without place_half longitude"]),
    "both": ([HOME | {"经度": "115.2", "纬度": "23.9"}], []),
    "a latitude beside a longitude that is none": ([HOME | {"经度": "东", "纬度": "23.9"}], [
        "1 without place_not_number longitude",
    ]),
    "an income of no year": ([HOME | {"人均纯收入": "4000", "收入年度": ""}], ["1 without income_year_missing income_year"]),
    "an income of a year that is none": ([HOME | {"人均纯收入": "4000", "收入年度": "去年"}], [
        "1 without income_year income_year",
    ]),
    "an income of a year": ([HOME | {"人均纯收入": "4000", "收入年度": "2017"}], []),
    "an income whose heading names the year": ([HOME | {"2017年人均纯收入": "4000"}], []),
    "an income where no column is of its year": ([HOME | {"人均纯收入": "4000"}], []),
    "a household listed twice": ([HOME, HOME | {"身份证号码": IDS[1]}], ["1 companion code", "2 code_twice code"]),
    "one code of two heads": ([HOME, HOME | {"户主姓名": "李四", "身份证号码": IDS[1]}], [
        "1 companion code", "2 code_other_head code",
    ]),
    "one code in two villages": ([HOME, HOME | {"村": "下塘村", "身份证号码": IDS[1]}], [
        "1 companion code", "2 code_other_village code",
    ]),
    "one number of two people": ([HOME, HOME | {"户编号": "H2"}], ["2 id_twice id_number"]),
    "two people": ([HOME, HOME | {"户编号": "H2", "身份证号码": IDS[1]}], []),
    "a head without a number": ([HOME | {"身份证号码": ""}], ["1 without id_missing id_number"]),
    "a head with a number that is none": ([HOME | {"身份证号码": "1"}], ["1 without id_length id_number"]),
    "a head without a number, with family": ([HEAD | {"身份证号码": ""}, WIFE], [
        "1 without id_missing id_number",
    ]),
    "a child without a number": ([HEAD, WIFE | {"身份证号码": ""}], []),
    "a file without numbers": ([{name: HOME[name] for name in HOME if name != "身份证号码"}], []),
    "two heads": ([HEAD, WIFE | {"与户主关系": "户主"}], ["1 companion code", "2 two_heads relation"]),
    "no head": ([HEAD | {"与户主关系": "之子"}, WIFE], ["1 no_head relation", "2 companion code"]),
    "a relation that is not the head's left out": ([HEAD, WIFE | {"与户主关系": ""}], []),
    "a name that is none, of a member": ([HEAD, WIFE | {"姓名": "李4"}], ["2 without name_signs name"]),
    "a name that is none, of the head": ([HEAD | {"姓名": "张3"}, WIFE], ["1 name_signs name", "2 companion code"]),
    "no relation, and the head's name beside everybody": ([
        HEAD | {"户主姓名": "张三", "与户主关系": ""}, WIFE | {"户主姓名": "张三"},
    ], []),
    "a relation left out": ([HEAD | {"与户主关系": ""}, WIFE], ["1 relation_missing relation", "2 companion code"]),
    "family in two villages": ([HEAD, WIFE | {"村": "下塘村"}], ["1 companion code", "2 code_other_village code"]),
    "family beside its head's name": ([NAMED, OTHER], []),
    "the head's name twice": ([NAMED, OTHER | {"姓名": "张三"}], ["1 companion code", "2 two_heads head"]),
    "nobody of the head's name": ([NAMED | {"姓名": "王五"}, OTHER], ["1 no_head head", "2 companion code"]),
    "nobody of the head's name yet, one name left out": ([NAMED | {"姓名": ""}, OTHER], [
        "1 name_missing name", "2 companion code",
    ]),
    "the head's name beside one of the two": ([NAMED, OTHER | {"户主姓名": ""}], []),
    "the head's name beside the other of the two": ([NAMED | {"户主姓名": ""}, OTHER], []),
    "the name of a head who is not listed beside one of the two": ([NAMED | {"姓名": "王五", "户主姓名": ""}, OTHER], [
        "1 no_head head", "2 companion code",
    ]),
    "the head's name beside nobody": ([NAMED | {"户主姓名": ""}, OTHER | {"户主姓名": ""}], [
        "1 no_head head", "2 companion code",
    ]),
    "a head's name that is none": ([NAMED | {"姓名": "王五", "户主姓名": "张*"}, OTHER | {"户主姓名": ""}], [
        "1 name_signs head", "2 companion code",
    ]),
    "family under two heads": ([NAMED, OTHER | {"户主姓名": "李四"}], ["1 companion code", "2 code_other_head code"]),
    "fewer people than the household has": ([HEAD | {"家庭人口": "3"}, WIFE], [
        "1 people_differs people", "2 companion code",
    ]),
    "as many people as the household has": ([HEAD | {"家庭人口": "2"}, WIFE], []),
    "the head once more, without relation and number": ([HEAD, HEAD | {"与户主关系": "其他", "身份证号码": ""}], [
        "2 without person_twice name",
    ]),
    "the head without a number, and once more with it": ([HEAD | {"身份证号码": ""}, HEAD | {"与户主关系": "其他"}], [
        "2 without person_twice name",
    ]),
    "a member twice without numbers": ([HEAD, WIFE | {"身份证号码": ""}, WIFE | {"身份证号码": ""}], [
        "3 without person_twice name",
    ]),
    "people of one name, with their numbers": ([HEAD, WIFE | {"姓名": "张三"}], []),
    "people of one name, with their days of birth": ([
        HEAD, WIFE | {"身份证号码": "", "出生日期": "2001-01-01"}, WIFE | {"身份证号码": "", "出生日期": "2003-01-01"},
    ], []),
    "people of one name, otherwise related": ([
        HEAD, WIFE | {"身份证号码": ""}, WIFE | {"身份证号码": "", "与户主关系": "之女"},
    ], []),
    "people of one name, as many as the household has": ([
        HEAD | {"家庭人口": "3"}, WIFE | {"身份证号码": ""}, WIFE | {"身份证号码": ""},
    ], []),
    "no code": ([HOME | {"户编号": ""}], ["1 code_missing code"]),
    "no head's name": ([HOME | {"户主姓名": ""}], ["1 head_missing head"]),
    "no name": ([HEAD, WIFE | {"姓名": ""}], ["2 without name_missing name"]),
    "no village": ([HOME | {"村": ""}], ["1 village_missing village"]),
    "no town": ([HOME | {"镇": ""}], ["1 town_missing town"]),
    "an unknown town": ([HOME | {"镇": "丙镇"}], ["1 town_unknown town"]),
    "a town without its ending": ([HOME | {"镇": "甲"}], []),
    "a village of two towns": ([{name: HOME[name] for name in HOME if name != "镇"}], ["1 village_several village"]),
    "a village of one town": ([{name: HOME[name] for name in HOME if name != "镇"} | {"村": "下塘"}], []),
    "a village of no town": ([{name: HOME[name] for name in HOME if name != "镇"} | {"村": "中塘"}], [
        "1 village_unknown village",
    ]),
    "the code of another town's village": ([HOME | {"村": "b-01"}], ["1 village_of_other_town village"]),
    "the code of the town's village": ([HOME | {"村": "a-01"}], []),
    "a new village": ([HOME | {"村": "中塘村"}], []),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_contradicts_itself_is_refused_at_its_field(case: str) -> None:
    rows, expected = CASES[case]
    assert faults(*rows) == expected


def test_a_town_imports_its_own_households_into_villages_that_are_there() -> None:
    assert faults(HOME, who=TOWN) == []
    assert faults(HOME | {"镇": "乙镇"}, who=TOWN) == ["1 not_your_town town"]
    assert faults(HOME | {"村": "中塘村"}, who=TOWN) == ["1 village_not_of_town village"]


def test_the_year_of_an_income_may_be_told_with_the_file() -> None:
    assert faults(HOME | {"人均纯收入": "4000", "收入年度": ""}, year=2017) == []


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("中塘村", "中塘村"),
        ("中塘行政村", "中塘村"),
        ("中塘村委会", "中塘村"),
        ("中塘村民委员会", "中塘村"),
        ("城东居委会", "城东村"),
        ("城东社区", "城东社区"),
        ("甲镇中塘村", "中塘村"),
        ("村委会", "村委会"),
    ],
)
def test_a_new_village_is_named_once_however_its_name_ends(written: str, kept: str) -> None:
    places = county()
    place = places.village(written, 1)
    assert (place.name, place.code) == (kept, "a-03")
    assert places.village(written, 1) is place
    assert places.village(kept, 1) is place


def test_every_fault_of_a_file_is_brought_about_by_a_test() -> None:
    here = {word for _, lines in CASES.values() for line in lines for word in line.split()}
    others = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert import_faults is not None, "imported, its words are known"
    assert [code for code in labels.labels("import.fault") if code not in here and f'"{code}"' not in others] == []
