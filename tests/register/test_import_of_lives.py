"""Imports and lives: a file lets nobody end, whom it still names though dead is left out, and what it shows is asked."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from models import Household, Member, Village
from tests.support.factories import County, day, settle_county
from tests.support.lives import act, happen, home, living
from tests.support.spreadsheets import bring, text, valid
from workflow.register.importing.offers import offers
from workflow.register.lives.family_input import NewPerson
from workflow.verification.full_check import verify

HEADINGS = ("户编号", "户主姓名", "镇", "村", "姓名", "身份证号码", "与户主关系", "劳动能力", "家庭人口")
OLD, WIFE = ("王老大", "441424195001012010"), ("李老太", "441424195202022020")
SON, GIRL = ("王小强", "441424198003032035"), ("王小妹", "441424201004042045")
UNCLE, DAUGHTER = ("赵大叔", "441424195505052059"), ("赵大姐", "441424198506062068")
TOWN, VILLAGE = "甲镇", "town-a-v1村"


def rows(code: str, *family: tuple[tuple[str, str], str, str]) -> list[list[str]]:
    head = family[0][0][0]
    return [
        [code, head, TOWN, VILLAGE, *person, relation, labour, str(len(family))] for person, relation, labour in family
    ]


BASE = [
    *rows(
        "HA01",
        (OLD, "户主", "无劳动力"),
        (WIFE, "配偶", "无劳动力"),
        (SON, "之子", "普通劳动力"),
        (GIRL, "之孙女", "无劳动力"),
    ),
    *rows("HB01", (UNCLE, "户主", "普通劳动力"), (DAUGHTER, "之女", "普通劳动力")),
]
HEAD_DIED = rows("HA01", (WIFE, "户主", "无劳动力"), (SON, "之子", "普通劳动力"), (GIRL, "之孙女", "无劳动力"))


@pytest.fixture
def county(engine: Engine) -> County:
    made = settle_county(engine, households=0)
    first = bring(made, text(HEADINGS, *BASE))
    assert first.four == (2, 0, 0, 0), first.faults
    return made


def sound(county: County, folder: Path) -> bool:
    with county.read() as session:
        return verify(session, folder) == []


def test_a_head_no_longer_named_is_asked_about_and_once_told_three_live_with_one_head(
    county: County, tmp_path: Path
) -> None:
    asked = bring(county, text(HEADINGS, *HEAD_DIED))
    assert (asked.four, asked.counts["asked"], asked.faults) == ((0, 0, 0, 0), 1, {2: ["head_asked"]})
    assert living(county, "HA01") == ["王老大", "李老太", "王小强", "王小妹"]
    happen(county, "died", "王老大", household="HA01", head="李老太")
    again = bring(county, text(HEADINGS, *HEAD_DIED), at=day(3))
    assert again.counts["asked"] == again.counts["refused"] == 0
    assert living(county, "HA01") == ["李老太", "王小强", "王小妹"]
    assert (home(county, "HA01").head_name, home(county, "HA01").people) == ("李老太", 3)
    assert bring(county, text(HEADINGS, *HEAD_DIED), at=day(3)).four == (0, 0, 1, 0)
    assert sound(county, tmp_path)


def test_whom_the_file_itself_calls_dead_is_asked_about_and_then_left_out(county: County, tmp_path: Path) -> None:
    dead, newcomer, gone = ("王老大(已故)", OLD[1]), ("李老太", WIFE[1]), ("孙六-迁出", "")
    family = [
        (newcomer, "户主", "无劳动力"),
        (dead, "丈夫", "无劳动力"),
        (SON, "之子", "普通劳动力"),
        (GIRL, "之孙女", ""),
    ]
    file = text(HEADINGS, *rows("HA01", *family), *rows("HC01", (("陈七", ""), "户主", ""), (gone, "之子", "")))
    asked = bring(county, file)
    assert (asked.four, asked.counts["asked"], asked.faults) == ((1, 0, 0, 0), 1, {3: ["gone_asked"]})
    offer = offers(asked.plan.asked)[0]
    assert (offer["what"], offer["household"], len(offer["members"]), offer["head"]) == ("gone", "HA01", 1, None)
    # Whom the register does not know is not entered as living, and is named.
    assert (living(county, "HC01"), home(county, "HC01").people) == (["陈七"], 1)
    assert [(note.code, note.row) for note in asked.plan.notices if note.code == "said_gone"] == [("said_gone", 7)]
    happen(county, "died", "王老大", household="HA01", head="李老太")
    again = bring(county, file, at=day(3))
    assert again.counts["asked"] == again.counts["refused"] == 0
    assert living(county, "HA01") == ["李老太", "王小强", "王小妹"]
    assert home(county, "HA01").people == 3
    assert sound(county, tmp_path)


def test_a_new_household_is_not_entered_under_a_head_whom_the_file_calls_dead(county: County) -> None:
    new = bring(county, text(HEADINGS, *rows("HC01", (("陈七（死亡）", ""), "户主", ""), (("陈八", ""), "之子", ""))))
    assert (new.four, new.faults[2]) == ((0, 0, 0, 1), ["gone_heads"])


def test_an_older_file_that_still_names_the_dead_names_the_row_and_changes_nothing_for_them(
    county: County, tmp_path: Path
) -> None:
    happen(county, "died", "王老大", household="HA01", head="李老太")
    imported = bring(county, text(HEADINGS, *BASE), at=day(3))
    assert imported.four == (0, 0, 2, 0)
    assert [(notice.code, notice.row) for notice in imported.plan.notices] == [("ended_named", 2)]
    assert living(county, "HA01") == ["李老太", "王小强", "王小妹"]
    assert (home(county, "HA01").head_name, home(county, "HA01").people) == ("李老太", 3)
    # So does the row of a dead member, whose working age gives the household no labour force.
    happen(county, "died", "王小强", household="HA01", at=day(3))
    bring(county, text(HEADINGS, *BASE), at=day(4))
    assert home(county, "HA01").labour == "none"
    assert sound(county, tmp_path)


def test_a_marriage_between_two_households_is_asked_about_and_taken_once_it_is_recorded(
    county: County, tmp_path: Path
) -> None:
    happen(county, "died", "王老大", household="HA01", head="李老太")
    married = [
        *rows(
            "HA01",
            (WIFE, "户主", "无劳动力"),
            (SON, "之子", "普通劳动力"),
            (GIRL, "之孙女", "无劳动力"),
            (DAUGHTER, "之儿媳", "普通劳动力"),
        ),
        *rows("HB01", (UNCLE, "户主", "普通劳动力")),
    ]
    asked = bring(county, text(HEADINGS, *married), at=day(3))
    assert (asked.counts["asked"], asked.faults) == (1, {5: ["id_elsewhere"]})
    assert [(o["what"], o["code"], o["household"], o["n"]) for o in offers(asked.plan.asked)] == [
        ("moved", "HA01", "HB01", 1)
    ]
    assert "people_absent" in asked.notices
    happen(county, "moved", "赵大姐", household="HB01", to="HA01", at=day(3))
    taken = bring(county, text(HEADINGS, *married), at=day(4))
    assert (taken.counts["asked"], taken.counts["refused"]) == (0, 0)
    assert living(county, "HA01") == ["李老太", "王小强", "王小妹", "赵大姐"]
    assert living(county, "HB01") == ["赵大叔"]
    # The old file of the household she left still names her there.
    older = bring(county, text(HEADINGS, *BASE[4:]), at=day(4))
    assert (older.counts["asked"], older.notices) == (0, ["ended_named"])
    assert sound(county, tmp_path)


def test_members_whom_a_file_does_not_name_stay_and_count(county: County) -> None:
    imported = bring(county, text(HEADINGS, *rows("HA01", (OLD, "户主", "无劳动力"))))
    assert (imported.notices, imported.counts["absent_people"]) == (["people_absent"], 3)
    # The son still lives there, and so does the labour force.
    assert (home(county, "HA01").people, home(county, "HA01").labour) == (4, "with")


def test_a_town_is_not_told_in_which_household_of_another_town_a_person_lives(county: County) -> None:
    with county.write() as session:
        other = session.scalars(select(Village).where(Village.name == "town-b-v1村")).one()
        session.scalars(select(Household).where(Household.code == "HB01")).one().village_id = other.id
    bride = rows("HC01", (DAUGHTER, "户主", "普通劳动力"))
    assert bring(county, text(HEADINGS, *bride), who="town").faults == {2: ["id_in_other_town"]}


def test_a_file_does_not_revive_a_household_that_has_ended(county: County) -> None:
    happen(county, "moved_away", "赵大叔", "赵大姐", household="HB01", ends=True)
    assert bring(county, text(HEADINGS, *BASE[4:]), at=day(3)).four == (0, 0, 1, 0)
    stranger = rows("HB01", (("钱七", valid("44142419900101001")), "户主", "普通劳动力"))
    assert bring(county, text(HEADINGS, *stranger), at=day(3)).faults == {2: ["ended_asked"]}
    assert (home(county, "HB01").status, living(county, "HB01")) == ("ended", [])


def test_who_was_born_here_is_the_same_child_when_a_file_brings_the_number(county: County, tmp_path: Path) -> None:
    happen(county, "born", household="HA01", on="2018-11-22", person=NewPerson(name="王小宝"))
    named = [
        *map(list, BASE[:4]),
        ["HA01", "王老大", TOWN, VILLAGE, "王小宝", valid("44142420181122001"), "之孙", "无劳动力", "5"],
    ]
    for row in named:
        row[-1] = "5"
    imported = bring(county, text(HEADINGS, *named), at=day(3))
    assert imported.counts["refused"] == 0, imported.faults
    assert living(county, "HA01")[-1] == "王小宝"
    assert len(living(county, "HA01")) == 5
    assert sound(county, tmp_path)


def test_a_split_in_a_file_is_offered_and_taken_once_it_is_recorded(county: County, tmp_path: Path) -> None:
    split = [
        *rows("HA01", (OLD, "户主", "无劳动力"), (WIFE, "配偶", "无劳动力")),
        *rows("HC01", (SON, "户主", "普通劳动力"), (GIRL, "之女", "无劳动力")),
    ]
    asked = bring(county, text(HEADINGS, *split), at=day(3))
    assert (asked.counts["asked"], asked.counts["refused"]) == (1, 0)
    (offer,) = offers(asked.plan.asked)
    assert (offer["what"], offer["code"], offer["household"], offer["n"]) == ("split", "HC01", "HA01", 2)
    act(county, "split", "王小强", "王小妹", head="王小强", household="HA01", to=offer["to"], at=day(3))
    taken = bring(county, text(HEADINGS, *split), at=day(4))
    assert (taken.counts["asked"], taken.counts["refused"]) == (0, 0)
    assert (living(county, "HA01"), living(county, "HC01")) == (["王老大", "李老太"], ["王小强", "王小妹"])
    assert bring(county, text(HEADINGS, *split), at=day(4)).four == (0, 0, 2, 0)
    assert sound(county, tmp_path)


def test_a_household_in_another_village_is_asked_about_and_its_tickets_follow_the_answer(
    county: County, tmp_path: Path
) -> None:
    for town, village in ((TOWN, "town-a-v2村"), ("乙镇", "town-b-v1村")):
        moved = [[*row[:2], town, village, *row[4:]] for row in BASE[4:]]
        before = home(county, "HB01").village_id
        asked = bring(county, text(HEADINGS, *moved), at=day(3))
        assert (asked.counts["asked"], asked.faults) == (1, {2: ["moved_asked"]})
        assert home(county, "HB01").village_id == before
        (offer,) = offers(asked.plan.asked)
        assert (offer["what"], offer["household"], offer["to"]) == ("relocated", "HB01", village.removesuffix("村"))
        act(county, "relocated", household="HB01", to=offer["to"], at=day(3))
        assert bring(county, text(HEADINGS, *moved), at=day(4)).four == (0, 0, 1, 0)
    assert sound(county, tmp_path)


def test_a_head_who_splits_off_is_one_question_and_another_head_comes_first(county: County, tmp_path: Path) -> None:
    """The old couple takes a code of its own and the son heads the household they leave: no split by itself, since a head
    does not split off, and no move, since there is no such household yet."""
    split = [
        *rows("HA01", (SON, "户主", "普通劳动力"), (GIRL, "之女", "无劳动力")),
        *rows("HA02", (OLD, "户主", "无劳动力"), (WIFE, "配偶", "无劳动力")),
    ]
    asked = bring(county, text(HEADINGS, *split), at=day(3))
    assert asked.counts["asked"] == 2
    (offer,) = offers(asked.plan.asked)
    with county.read() as session:
        ids = {row.name: row.id for row in session.scalars(select(Member))}
    assert (offer["what"], offer["household"], offer["to"], offer["n"]) == ("split_head", "HA01", "HA02", 2)
    assert (offer["head"], offer["members"]) == (ids["王小强"], [ids["王老大"], ids["李老太"]])
    happen(county, "head", "王小强", household="HA01", at=day(3))
    (again,) = offers(bring(county, text(HEADINGS, *split), at=day(3)).plan.asked)
    assert (again["what"], again["members"], again["head"]) == ("split", offer["members"], ids["王老大"])
    act(county, "split", "王老大", "李老太", household="HA01", to="HA02", head="王老大", at=day(3))
    taken = bring(county, text(HEADINGS, *split), at=day(4))
    assert (taken.counts["asked"], taken.counts["refused"]) == (0, 0)
    assert (living(county, "HA01"), living(county, "HA02")) == (["王小强", "王小妹"], ["王老大", "李老太"])
    assert sound(county, tmp_path)
