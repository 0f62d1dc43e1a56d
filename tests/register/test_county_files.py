"""Files as county offices send them, each with what ought to come of it: `county_files/` are inputs derived from public bug
reports of this trade, people made up.  The county has the villages 上湖围, 下沙围, 下沙寨 (水寨镇) and 东坪岗 (河东镇)."""

import io
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models import Household, Member, UnitAlias, Village
from reports.printable import printable, unprintable
from tests.support.factories import START, County, settle_county
from tests.support.lives import act, happen, living
from tests.support.spreadsheets import Imported, bring
from tests.support.verify import findings
from workflow.adoption import holiday_notice, notice_sheet
from workflow.errors import BadInput
from workflow.register.importing.offers import offers
from workflow.register.spreadsheets import sheet_reader

pytestmark = pytest.mark.one_database("sqlite")

FILES = Path(__file__).parent / "county_files"
TODAY = datetime(2026, 11, 20, 10, 0, tzinfo=START.tzinfo)
PLACES = {"上湖围": "town-a", "下沙围": "town-a", "下沙寨": "town-a", "东坪岗": "town-b"}
ASKED_BY_20 = {"HA01": ["王老大", "李老太", "王小强", "王小妹"], "HB01": ["赵大叔", "赵大姐"]}


@pytest.fixture
def county(engine: Engine) -> County:
    made = settle_county(engine, households=0)
    with made.write() as session:
        for code, name in (("town-a", "水寨镇"), ("town-b", "河东镇")):
            session.add(UnitAlias(unit_id=made.units[code], alias=name))
        for number, (name, town) in enumerate(PLACES.items()):
            session.add(Village(town_id=made.units[town], code=f"w-{number}", name=name))
    return made


def take(county: County, name: str) -> Imported:
    return bring(county, io.BytesIO((FILES / name).read_bytes()), filename=name, at=TODAY)


def families(county: County) -> dict[str, list[str]]:
    """Who lives in each household."""
    with county.read() as session:
        codes = session.scalars(select(Household.code).order_by(Household.code)).all()
    return {code: living(county, code) for code in codes}


def facts(county: County, *names: str) -> list[tuple[Any, ...]]:
    """These facts of every member, in the order of households and positions."""
    with county.read() as session:
        rows = session.scalars(
            select(Member)
            .join(Household, Household.id == Member.household_id)
            .order_by(Household.code, Member.position)
        )
        return [tuple(getattr(row, name) for name in names) for row in rows]


def homes(county: County, *names: str) -> list[tuple[Any, ...]]:
    with county.read() as session:
        rows = session.scalars(select(Household).order_by(Household.code))
        return [tuple(getattr(row, name) for name in names) for row in rows]


#: File → (new, changed, unchanged, refused), households asked about, what was told, families.
TAKEN: dict[str, tuple[tuple[int, int, int, int], int, list[str], dict[str, list[str]]]] = {
    "01-merged-down-with-count.xlsx": (
        (2, 0, 0, 0),
        0,
        ["file rows_left_out 8"],
        {"M0001": ["曾大山", "李小花", "曾小明"], "M0002": ["古阿福", "古阿寿"]},
    ),
    "02-sheet-per-village.xlsx": ((3, 0, 0, 0), 0, [], {"S0001": ["甲一"], "S0002": ["乙二"], "S0003": ["丙三"]}),
    "03-two-row-header.xlsx": ((1, 0, 0, 0), 0, [], {"T0001": ["甲一"]}),
    "04-date1904.xlsx": ((1, 0, 0, 0), 0, [], {"D0001": ["甲一", "甲小"]}),
    "05-birth-year-month.xlsx": ((1, 0, 0, 0), 0, [], {"B0001": ["丁五", "丁甲", "丁乙", "丁丙", "丁丁"]}),
    "06-status-words.xlsx": ((3, 0, 0, 0), 0, [], {"ST01": ["甲一"], "ST02": ["乙一"], "ST03": ["丙一"]}),
    "07-disability-certificate.xlsx": ((1, 0, 0, 0), 0, ["3 id_disability id_number"], {"DC01": ["丁一", "丁二"]}),
    "08-private-use-name.xlsx": (
        (3, 0, 0, 0),
        0,
        [],
        {"PU01": ["陈䶮"], "PU02": ["𠮷田花"], "PU03": ["陈䶮"]},
    ),
    "09a-dot.xlsx": ((1, 0, 0, 0), 0, [], {"DT01": ["阿依古丽·买买提", "阿不都·买买提"]}),
    "10-fullwidth-id.xlsx": (
        (4, 0, 0, 0),
        0,
        ["5 id_checksum id_number"],
        {"FW01": ["戊一"], "FW02": ["戊二"], "FW03": ["戊三"], "FW04": ["戊四"]},
    ),
    "11-csv-formula-quoted.csv": ((1, 0, 0, 0), 0, [], {"4414240010001": ["己一"]}),
    "11c-csv-one-bad-byte.csv": ((1, 0, 0, 0), 0, ["2 control_signs address"], {"4414240010002": ["己二"]}),
    "13-notes-below.xlsx": ((1, 0, 0, 0), 0, ["file rows_left_out 5、6、7、8、9"], {"SM01": ["庚一"]}),
    "20-base.xlsx": ((2, 0, 0, 0), 0, [], ASKED_BY_20),
    "21b-before.xlsx": ((1, 0, 0, 0), 0, [], {"GA01": ["孙老伯", "孙大婶"]}),
    "31-backslash-zip.xlsx": ((3, 0, 0, 0), 0, [], {"Z0001": ["李一"], "Z0002": ["李二"], "Z0003": ["李三"]}),
    "32-hidden-row.xlsx": (
        (3, 0, 0, 0),
        0,
        ["file rows_hidden 3"],
        {"Z0001": ["李一"], "Z0002": ["李二"], "Z0003": ["李三"]},
    ),
    "33b-formula-not-computed.xlsx": ((0, 0, 0, 2), 0, [], {}),
    "41-rare-pdf.xlsx": ((1, 0, 0, 0), 0, [], {"RC01": ["𠮷䶮龘"]}),
    "42-optional-field.xlsx": (
        (5, 0, 0, 0),
        0,
        ["2 phone phone", "3 phone_first phone", "4 income_not_number income", "5 kind_is_yes insured"],
        {"OP00": ["甲一"], "OP01": ["甲二"], "OP02": ["甲三"], "OP03": ["甲四"], "OP04": ["甲五"]},
    ),
    "43-misspelt-village.xlsx": ((2, 0, 0, 0), 2, [], {"MV02": ["乙二"], "MV04": ["乙四"]}),
}


@pytest.mark.parametrize("name", TAKEN)
def test_each_file_comes_in_as_it_ought_to(county: County, tmp_path: Path, name: str) -> None:
    four, asked, told, who = TAKEN[name]
    imported = take(county, name)
    assert (imported.four, imported.counts["asked"], imported.told) == (four, asked, told)
    assert families(county) == who
    with county.read() as session:
        assert session.query(Village).filter(Village.code.like("w-%")).count() == len(PLACES), "no phantom villages"
    if not asked and who:
        again = take(county, name)
        assert again.four == (0, 0, four[0], 0), "the same file again changes nothing"
    assert findings(county, tmp_path) == set()


def test_cells_are_read_as_they_were_meant(county: County) -> None:
    take(county, "05-birth-year-month.xlsx")
    assert [f"{day} {exact}" for day, exact in facts(county, "born_on", "born_exact")][1:] == [
        "2015-12-01 month",
        "2014-11-01 month",
        "2013-12-01 month",
        "2012-11-01 month",
    ]


@pytest.mark.parametrize(
    ("name", "columns", "expected"),
    [
        ("03-two-row-header.xlsx", ("id_masked", "labour"), [("4414************74", "with")]),
        ("04-date1904.xlsx", ("born_exact", "labour"), [("day", "with"), ("day", "none")]),
        ("07-disability-certificate.xlsx", ("id_masked",), [("4414************82",), ("4414************77",)]),
        (
            "10-fullwidth-id.xlsx",
            ("id_masked",),
            [("4414************6X",), ("4414************70",), ("4414************89",), (None,)],
        ),
        ("42-optional-field.xlsx", ("insured",), [(True,)] * 5),
    ],
)
def test_facts_of_the_people(county: County, name: str, columns: tuple[str, ...], expected: list[Any]) -> None:
    take(county, name)
    assert facts(county, *columns) == expected
    if name.startswith("04"):
        assert str(facts(county, "born_on")[1][0]) == "2017-06-01"


def test_facts_of_the_households(county: County) -> None:
    take(county, "06-status-words.xlsx")
    assert homes(county, "status") == [("exited",), ("exited",), ("in",)]
    take(county, "42-optional-field.xlsx")
    assert homes(county, "phone_masked", "income_fen")[:5] == [
        (None, 400000),
        ("138****5678", 400000),
        (None, None),
        (None, 400000),
        ("138****5679", 400000),
    ]


def test_a_web_page_named_xls_is_refused_by_name(county: County) -> None:
    with pytest.raises(BadInput, match="sheet_html"):
        take(county, "12-html.xls")


def test_the_same_family_with_another_interpunct_is_unchanged(county: County) -> None:
    take(county, "09a-dot.xlsx")
    assert take(county, "09b-dot-other.xlsx").four == (0, 0, 1, 0)
    assert families(county) == {"DT01": ["阿依古丽·买买提", "阿不都·买买提"]}


def test_a_head_who_died_a_split_and_a_marriage_are_offered_and_taken_once_recorded(
    county: County, tmp_path: Path
) -> None:
    take(county, "20-base.xlsx")
    asked = take(county, "21-head-died.xlsx")
    assert (asked.four, asked.counts["asked"]) == ((0, 0, 0, 0), 1)
    happen(county, "died", "王老大", household="HA01", head="李老太", at=TODAY, on="2026-11-19")
    assert take(county, "21-head-died.xlsx").four == (0, 0, 1, 0)
    assert living(county, "HA01") == ["李老太", "王小强", "王小妹"]
    # The marriage first: the daughter of one household comes to the other.
    asked = take(county, "23-marriage.xlsx")
    assert [(offer["what"], offer["household"]) for offer in offers(asked.plan.asked)] == [("moved", "HB01")]
    happen(county, "moved", "赵大姐", household="HB01", to="HA01", at=TODAY, on="2026-11-19")
    assert take(county, "23-marriage.xlsx").counts["asked"] == 0
    happen(county, "moved", "赵大姐", household="HA01", to="HB01", at=TODAY, on="2026-11-20")
    asked = take(county, "22-split.xlsx")
    (offer,) = offers(asked.plan.asked)
    assert (offer["what"], offer["household"], offer["n"]) == ("split", "HA01", 2)
    act(county, "split", "王小强", "王小妹", head="王小强", household="HA01", to="HA02", at=TODAY, on="2026-11-20")
    taken = take(county, "22-split.xlsx")
    assert (taken.counts["asked"], taken.counts["refused"]) == (0, 0)
    assert families(county) == {"HA01": ["李老太"], "HA02": ["王小强", "王小妹"], "HB01": ["赵大叔", "赵大姐"]}
    assert findings(county, tmp_path) == set()


def test_after_the_death_is_recorded_the_file_speaks_of_the_widow_alone(county: County) -> None:
    take(county, "21b-before.xlsx")
    assert take(county, "21c-after-death.xlsx").counts["asked"] == 1
    happen(county, "died", "孙老伯", household="GA01", head="孙大婶", at=TODAY, on="2026-11-19")
    assert take(county, "21c-after-death.xlsx").four == (0, 1, 0, 0)
    assert families(county) == {"GA01": ["孙大婶"]}
    assert homes(county, "people", "income_fen") == [(1, 1200000)]


@pytest.mark.parametrize(("name", "place"), [("25-moved-town.xlsx", "东坪岗"), ("26-moved-village.xlsx", "下沙围")])
def test_a_household_named_in_another_place_is_asked_about_and_moved_with_its_history(
    county: County, name: str, place: str
) -> None:
    take(county, "20-base.xlsx")
    asked = take(county, name)
    (offer,) = offers(asked.plan.asked)
    assert (offer["what"], offer["household"]) == ("relocated", "HB01")
    act(county, "relocated", household="HB01", to=offer["to"], who="office", at=TODAY)
    assert take(county, name).four == (0, 0, 1, 0)
    with county.read() as session:
        village = session.scalar(select(Village.name).join(Household).where(Household.code == "HB01"))
    assert village == place


def test_formulas_never_computed_are_told_as_such_at_each_cell(county: County) -> None:
    assert take(county, "33b-formula-not-computed.xlsx").faults == {
        2: ["formula_uncomputed"] * 2,
        3: ["formula_uncomputed"] * 2,
    }


def test_near_misspellings_are_asked_about_with_the_village_meant(county: County) -> None:
    asked = take(county, "43-misspelt-village.xlsx")
    assert [(each.asked.written, [place.name for place in each.asked.near]) for each in asked.plan.asked_villages] == [
        ("上胡围", ["上湖围"]),
        ("上湖围村民小组", ["上湖围"]),
    ]


def test_rare_characters_are_printed_or_named(county: County) -> None:
    take(county, "41-rare-pdf.xlsx")
    written = "".join(str(text) for row in homes(county, "head_name", "address") for text in row)
    assert written == "𠮷䶮龘𪚥𠀀村3号㵘"
    for sign in unprintable([written]):
        assert f"U+{ord(sign):04X}" in printable(written)


def test_a_date_in_a_sheet_of_figures_is_a_date() -> None:
    (sheet,) = sheet_reader.sheets(io.BytesIO((FILES / "35-figures-real-date.xlsx").read_bytes()))
    assert [cells[2] for _, cells in sheet.rows()] == ["截至日期", "2026-11-20"]


def test_a_notice_that_names_the_last_day_of_the_year_before_is_taken() -> None:
    text = notice_sheet.file_text(io.BytesIO((FILES / "36-notice-2027.csv").read_bytes()))
    change = holiday_notice.change("state_council", "国办发明电〔2026〕9号", text, 2027)
    assert [day.day.isoformat() for day in change.days] == ["2026-12-31", "2027-01-01", "2027-01-02"]


def test_every_file_is_asked_for_by_a_test() -> None:
    here = Path(__file__).read_text(encoding="utf-8")
    assert [path.name for path in sorted(FILES.iterdir()) if f'"{path.name}"' not in here] == []
