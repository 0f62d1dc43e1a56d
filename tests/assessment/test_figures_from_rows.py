"""What the register knows is counted from it: insured, pension, allowance, school and labour of the people on it."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from models import Ranking
from tests.support.factories import START, County, settle_county, words
from tests.support.households import change, people
from tests.support.lives import act, happen
from tests.support.notice import SCHEME
from tests.support.rankings import HOUR, ON, figures, make_ranking, ranked_scheme
from tests.support.reforms import reform
from tests.support.spreadsheets import IDS, bring, text
from workflow.assessment import reported_figures
from workflow.assessment.figure_bounds import Line
from workflow.assessment.ranking import figure_sources, rankings
from workflow.county.context import county_context
from workflow.errors import BadInput
from workflow.policy.scheme.model import Scheme
from workflow.register.lives.family_input import NewPerson

PAIRS = {
    "insured": ("people.insured", "people.registered"),
    "school": ("people.enrolled", "people.school_age"),
    "allowance": ("people.covered", "people.beyond_help"),
    "pension": ("people.pensioned", "people.pension_due"),
    "work": ("people.labourers", "people.registered"),
}


def people_scheme() -> Scheme:
    content = ranked_scheme().model_dump(mode="json")
    content["measures"] = [
        {"code": code, "name": words(code), "item": 1, "of": [of], "to": [to]} for code, (of, to) in PAIRS.items()
    ]
    return Scheme.model_validate(content)


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, people_scheme())


def born(year: int, month: int = 1, day: int = 1, **more: Any) -> dict[str, Any]:
    return {"born_on": date(year, month, day), **more}


def of_town(county: County, code: str) -> tuple[int, int]:
    return figures(make_ranking(county), code)["town-a"]


def proved(county: County, row: Ranking) -> bool:
    with county.read() as session:
        return rankings.recompute(session, row).holds


def test_all_people_of_households_on_the_register_count_and_the_unknown_is_not_insured(county: County) -> None:
    people(county, born(1980, insured=True), born(1982, insured=False), born(1985))
    people(county, born(1950, insured=True), household="A2")
    people(county, born(1951, insured=True), household="A3")
    change(county, "A3", status="exited")
    assert of_town(county, "insured") == (2, 4)


def test_who_is_born_after_the_day_is_not_counted(county: County) -> None:
    people(county, born(2018, 11, 30, insured=True), born(2018, 12, 1, insured=True))
    assert of_town(county, "insured") == (1, 1)


@pytest.mark.parametrize(
    ("birth", "schooling", "expected"),
    [
        ((2012, 8, 31), "小学", (1, 1)),
        # Six only after 31 August: school begins next year.
        ((2012, 9, 1), "学龄前", (0, 0)),
        ((2003, 9, 1), "初中", (1, 1)),
        ((2003, 8, 31), "初中", (0, 0)),
        ((2008, 1, 1), "七年级在校", (1, 1)),
        ((2008, 1, 1), "小学辍学", (0, 1)),
        ((2008, 1, 1), "", (0, 1)),
    ],
)
def test_children_of_school_age_are_at_school_where_the_register_says_so(
    county: County, birth: tuple[int, int, int], schooling: str, expected: tuple[int, int]
) -> None:
    people(county, born(*birth, schooling=schooling))
    assert of_town(county, "school") == expected


def test_pension_is_due_from_sixteen_but_for_pupils_and_from_sixty_for_all(county: County) -> None:
    people(
        county,
        born(2002, 11, 30, pension=True, schooling="初中"),
        born(2002, 12, 1, pension=True),
        born(2000, pension=False, schooling="高中二年级在校"),
        born(1958, 11, 30, schooling="小学"),
        {"pension": True},
    )
    assert of_town(county, "pension") == (1, 2)


def test_the_allowance_is_for_those_beyond_help_and_labourers_are_of_working_age(county: County) -> None:
    people(
        county,
        born(1980, labour="none", beyond_help=True, allowance=True),
        born(1980, labour="partly", beyond_help=True, allowance=False),
        born(1980, labour="partly", beyond_help=False, allowance=True),
        born(1980, labour="with"),
        born(1958, 11, 30, labour="with"),
        {"labour": "with"},
    )
    row = make_ranking(county)
    assert figures(row, "allowance")["town-a"] == (1, 2)
    assert figures(row, "work")["town-a"] == (4, 6)


def test_a_figure_of_people_opens_to_the_household_and_the_position_never_to_a_name(county: County) -> None:
    people(county, born(1980), born(1990, insured=True))
    row = make_ranking(county)
    with county.read() as session:
        found = figure_sources.behind(session, county.people["town"], row, "insured", "town-a")
    assert [(origin.keys, origin.count) for origin in found] == [(("A1 2",), 1), (("A1 1", "A1 2"), 2)]


HEADINGS = (
    "户编号",
    "姓名",
    "身份证号码",
    "与户主关系",
    "镇",
    "村",
    "医疗保险",
    "养老保险",
    "文化程度",
    "无法依靠产业就业帮扶脱贫",
    "劳动能力",
)


def family(county: County, at: datetime, *rows: tuple[str, ...]) -> None:
    lines = [("H1", name, number, relation, "甲镇", "town-a-v1村", *facts) for (name, number, relation, *facts) in rows]
    assert not bring(county, text(HEADINGS, *lines), at=at).faults


def test_a_ranking_is_proved_after_imports_have_changed_the_people(county: County) -> None:
    family(
        county,
        START,
        ("张三", IDS[0], "户主", "是", "否", "初中", "否", "普通劳动力"),
        ("张小", IDS[2], "之子", "否", "", "初中", "否", "无劳动力"),
    )
    row = make_ranking(county)
    published = {code: figures(row, code)["town-a"] for code in PAIRS}
    assert published == {
        "insured": (1, 2),
        "school": (1, 1),
        "allowance": (0, 0),
        "pension": (0, 1),
        "work": (1, 2),
    }
    # Another head, a new person, everything else turned round.
    family(
        county,
        HOUR + timedelta(days=1),
        ("李四", IDS[1], "户主", "是", "是", "高中", "是", "弱劳动力"),
        ("张小", IDS[2], "之子", "是", "", "初中辍学", "是", "弱劳动力"),
        ("张三", IDS[0], "配偶", "否", "是", "大学在校", "是", "无劳动力"),
    )
    family(county, HOUR + timedelta(days=2), ("李四", IDS[1], "户主", "否", "否", "", "否", "丧失劳动力"))
    assert proved(county, row)
    later = make_ranking(county, HOUR + timedelta(days=10), ON + timedelta(days=10))
    assert figures(later, "insured")["town-a"] == (1, 3)
    assert proved(county, row)


@pytest.mark.parametrize("code", ["insured", "pension", "allowance_cover", "enrolment"])
def test_nobody_types_what_the_register_holds(engine: Engine, code: str) -> None:
    county = settle_county(engine, people_scheme())
    with county.read() as session:
        setting = county_context(session)
        notice = next(measure for measure in SCHEME.measures if measure.code == code)
        assert not notice.reported
        # Seen accepted: 152 of 205 insured, of a register that holds 104 people and knows 101 insured.
        with pytest.raises(BadInput, match="counted_from_rows"):
            reported_figures.report(
                session, county.people["power"], setting, HOUR, "insured", ON, [Line("甲镇", 152, 205)], "名单", {}
            )


def test_nobody_is_counted_after_the_end_and_a_ranking_made_before_is_still_proved(county: County) -> None:
    family(
        county,
        START,
        ("张三", IDS[0], "户主", "是", "否", "初中", "否", "普通劳动力"),
        ("张小", IDS[2], "之子", "是", "", "初中", "否", "无劳动力"),
    )
    row = make_ranking(county)
    assert figures(row, "insured")["town-a"] == (2, 2)
    # He died before the ranking, and it was recorded after it: the ranking counted whom the register knew.
    happen(county, "died", "张三", household="H1", head="张小", at=HOUR + timedelta(days=1), on=HOUR.date())
    happen(county, "born", household="H1", at=HOUR + timedelta(days=2), person=NewPerson(name="张孙"))
    assert proved(county, row)
    later = make_ranking(county, HOUR + timedelta(days=10), ON + timedelta(days=10))
    assert figures(later, "insured")["town-a"] == (1, 2)
    assert figures(later, "work")["town-a"] == (0, 2)
    happen(county, "moved_away", "张孙", household="H1", at=HOUR + timedelta(days=11))
    assert proved(county, row)
    assert proved(county, later)


def test_a_ranking_is_proved_after_households_split_merged_moved_and_were_undone(county: County) -> None:
    people(county, born(1980, insured=True, labour="with"), born(2010, insured=True), born(1985, insured=False))
    change(county, "A1", head_name="人1", people=3)
    people(county, born(1950, insured=True), household="A2")
    people(county, born(1951, insured=False), household="A3")
    people(county, born(1952, insured=True), household="B1")
    ticket = county.file("town", "A1", "water", START)
    row = make_ranking(county)
    assert figures(row, "insured") == {"town-a": (3, 5), "town-b": (1, 1)}
    later = HOUR + timedelta(days=1)
    act(county, "split", "人2", household="A1", to="N-7", at=later)
    act(county, "relocated", household="A1", to="town-b-v2", at=later + timedelta(hours=1))
    act(county, "merged", household="A2", to="B1", at=later + timedelta(hours=2))
    act(county, "undone", household="A3", reason="重复建档，系误录", at=later + timedelta(hours=3))
    assert county.ticket(ticket).town_id == county.units["town-b"]
    assert proved(county, row)
    second = make_ranking(county, HOUR + timedelta(days=10), ON + timedelta(days=10))
    # Of the first town 人2 is left; the two of A1 and the one of A2 are in the other.
    assert figures(second, "insured") == {"town-a": (1, 1), "town-b": (3, 4)}
    reform(county, HOUR + timedelta(days=11), subject="village", sources=["town-b-v2"], into="town-b-v1")
    assert proved(county, row)
    assert proved(county, second)
