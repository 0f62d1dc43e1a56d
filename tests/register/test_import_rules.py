"""Import rules: what an import may change in the register, and what it never changes."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import Event, Household, Member, RegisterImport, Village
from tests.support.factories import START, County, day, settle_county
from tests.support.outcomes import refusal
from tests.support.spreadsheets import HEADS, IDS, PEOPLE, VAULT, bring, text
from workflow.county.vault import Vault, rotate
from workflow.errors import NotAllowed, Stale
from workflow.register import household_record
from workflow.register.importing.apply import write_plan
from workflow.register.importing.import_plan import ReadOptions, make_plan
from workflow.verification.full_check import verify

TOWN, VILLAGE = "甲镇", "town-a-v1村"


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, households=0)


def one(code: str = "H1", head: str = "张三", number: str = IDS[0], **more: str) -> list[str]:
    """A row under HEADS and then those of `more`."""
    said = {"镇": TOWN, "村": VILLAGE, "劳动能力": "普通劳动力", "联系电话": "13812345678", "家庭人口": "3", **more}
    return [code, head, number, *(said.pop(heading) for heading in HEADS[3:]), *said.values()]


def household(county: County, code: str = "H1") -> Any:
    with county.read() as session:
        return session.scalars(select(Household).where(Household.code == code)).one()


def people(county: County, code: str = "H1") -> list[tuple[int, str]]:
    with county.read() as session:
        rows = session.execute(
            select(Member.position, Member.name)
            .join(Household, Household.id == Member.household_id)
            .where(Household.code == code)
            .order_by(Member.position)
        )
        return [(position, name) for position, name in rows]


def test_the_usual_headings_need_no_mapping_and_personal_data_is_sealed(county: County, tmp_path: Any) -> None:
    imported = bring(county, text(HEADS, one()))
    assert imported.four == (1, 0, 0, 0)
    row = household(county)
    assert (row.head_name, row.labour, row.people, row.status) == ("张三", "with", 3, "in")
    assert (VAULT.open(row.phone_sealed or ""), row.phone_masked) == ("13812345678", "138****5678")
    assert "zs" in row.initials.split()
    with county.read() as session:
        head = session.scalars(select(Member)).one()
        assert (VAULT.open(head.id_sealed or ""), head.sex, head.born_on) == (IDS[0], "m", date(1980, 1, 1))
        said = str([(e.given, e.effect) for e in session.scalars(select(Event))])
        assert verify(session, tmp_path) == []
    assert "13812345678" not in said
    assert IDS[0] not in said
    assert "张三" not in said


def test_a_dry_run_writes_nothing(county: County) -> None:
    assert bring(county, text(HEADS, one()), dry_run=True).four == (1, 0, 0, 0)
    with county.read() as session:
        assert session.scalar(select(func.count()).select_from(Household)) == 0
        assert session.scalar(select(func.count()).select_from(RegisterImport)) == 0


def test_what_a_file_does_not_say_stays_as_it_is(county: County) -> None:
    bring(county, text([*HEADS, "家庭住址"], one(家庭住址="上塘组3号")))
    imported = bring(county, text(HEADS, one(联系电话="", 劳动能力="无劳动力")))
    row = household(county)
    assert imported.four == (0, 1, 0, 0)
    assert (row.labour, row.address, row.phone_masked) == ("none", "上塘组3号", "138****5678")
    with county.read() as session:
        event = session.scalars(select(Event).where(Event.subject_type == "household").order_by(Event.seq)).all()[-1]
    assert event.effect["fields"] == ["labour"]
    assert event.effect["was"] == {"labour": "with"}


def test_a_household_that_is_no_longer_in_the_file_is_named_and_kept(county: County) -> None:
    bring(county, text(HEADS, one(), one("H2", "李四", IDS[1])))
    imported = bring(county, text(HEADS, one()))
    assert imported.plan.absent == ["H2"]
    assert household(county, "H2").status == "in"


def test_a_person_who_is_no_longer_in_the_file_is_counted_and_kept(county: County) -> None:
    rows = [["H1", "张三", IDS[0], "户主", TOWN, VILLAGE, "有"], ["H1", "李四", IDS[1], "配偶", TOWN, VILLAGE, "有"]]
    bring(county, text(PEOPLE, *rows))
    imported = bring(county, text(PEOPLE, rows[0]))
    assert imported.counts["absent_people"] == 1
    assert imported.notices == ["people_absent"]
    assert people(county) == [(1, "张三"), (2, "李四")]


def test_rows_of_one_household_need_not_stand_together(county: County) -> None:
    imported = bring(
        county,
        text(
            PEOPLE,
            ["H1", "李四", IDS[1], "配偶", TOWN, VILLAGE, "无劳动力"],
            ["H2", "王五", IDS[2], "户主", TOWN, VILLAGE, "普通劳动力"],
            ["H1", "张三", IDS[0], "户主", TOWN, VILLAGE, "弱劳动力或半劳动力"],
        ),
    )
    assert imported.four == (2, 0, 0, 0)
    assert people(county) == [(1, "张三"), (2, "李四")]
    assert (household(county).labour, household(county).people) == ("partly", 2)


def test_a_household_with_a_refused_row_is_refused_as_a_whole(county: County) -> None:
    imported = bring(
        county,
        text(
            PEOPLE,
            ["H1", "张三", IDS[0], "户主", TOWN, VILLAGE, "有"],
            ["H1", "李四", IDS[1], "配偶", TOWN, "别处村", "有"],
        ),
    )
    assert imported.faults == {2: ["companion"], 3: ["code_other_village"]}
    assert imported.four == (0, 0, 0, 1)


def test_a_head_whom_the_file_no_longer_names_is_asked_about_and_nothing_of_the_household_is_taken(
    county: County,
) -> None:
    rows = [["H1", "张三", IDS[0], "户主", TOWN, VILLAGE, "有"], ["H1", "李四", IDS[1], "配偶", TOWN, VILLAGE, "有"]]
    bring(county, text(PEOPLE, *rows))
    imported = bring(county, text(PEOPLE, ["H1", "李四", IDS[1], "户主", TOWN, VILLAGE, "无"]))
    assert (imported.four, imported.counts["asked"]) == ((0, 0, 0, 0), 1)
    assert imported.faults == {2: ["head_asked"]}
    assert household(county).head_name == "张三"
    assert people(county) == [(1, "张三"), (2, "李四")]


def test_a_new_head_beside_the_old_one_listed_below_stands_first_and_the_old_one_behind_everybody(
    county: County,
) -> None:
    old = ["H1", "张三", IDS[0], "户主", TOWN, VILLAGE, "有"]
    wife = ["H1", "李四", IDS[1], "配偶", TOWN, VILLAGE, "有"]
    bring(county, text(PEOPLE, old, wife))
    # The head is new to the register; the former head is named below, and so is the wife.
    new = ["H1", "王五", IDS[2], "户主", TOWN, VILLAGE, "有"]
    imported = bring(county, text(PEOPLE, new, [*old[:3], "之父", *old[4:]], wife))
    assert imported.four == (0, 1, 0, 0)
    assert (household(county).head_name, imported.counts["absent_people"]) == ("王五", 0)
    assert people(county) == [(1, "王五"), (2, "李四"), (3, "张三")]
    # The same file again changes nothing: every person keeps their place.
    assert bring(county, text(PEOPLE, new, [*old[:3], "之父", *old[4:]], wife)).four[:2] == (0, 0)
    assert people(county) == [(1, "王五"), (2, "李四"), (3, "张三")]


def test_a_known_person_who_becomes_head_changes_places_with_the_old_one_listed_below(county: County) -> None:
    family = (("张三", IDS[0], "户主"), ("李四", IDS[1], "配偶"), ("王五", IDS[2], "之子"))
    rows = [["H1", *person, TOWN, VILLAGE, "有"] for person in family]
    bring(county, text(PEOPLE, *rows))
    son, father, wife = (
        [*row[:3], relation, *row[4:]] for row, relation in ((rows[2], "户主"), (rows[0], "之父"), (rows[1], "之母"))
    )
    bring(county, text(PEOPLE, son, father, wife))
    assert household(county).head_name == "王五"
    assert [name for _, name in people(county)] == ["王五", "李四", "张三"]
    assert len({position for position, _ in people(county)}) == 3


def test_a_new_head_beside_others_who_are_known_is_asked_about_while_the_old_one_is_not_named(county: County) -> None:
    bring(
        county,
        text(
            PEOPLE,
            ["H1", "张三", IDS[0], "户主", TOWN, VILLAGE, "有"],
            ["H1", "李四", IDS[1], "配偶", TOWN, VILLAGE, "有"],
        ),
    )
    imported = bring(
        county,
        text(
            PEOPLE,
            ["H1", "王五", IDS[2], "户主", TOWN, VILLAGE, "有"],
            ["H1", "李四", IDS[1], "之母", TOWN, VILLAGE, "有"],
        ),
    )
    assert imported.faults == {2: ["head_asked"]}
    assert people(county) == [(1, "张三"), (2, "李四")]


def test_a_code_of_another_family_is_refused(county: County) -> None:
    bring(county, text(HEADS, one()))
    imported = bring(county, text(HEADS, one("H1", "李四", IDS[1])))
    assert imported.faults == {2: ["other_household"]}
    assert household(county).head_name == "张三"


def test_a_person_of_another_household_and_a_household_of_another_town_are_asked_about(county: County) -> None:
    bring(county, text(HEADS, one()))
    imported = bring(county, text(HEADS, one("H2", "张三"), one("H1", 镇="乙镇", 村="town-b-v1村")))
    assert imported.faults == {2: ["id_elsewhere"], 3: ["id_twice"]}
    imported = bring(county, text(HEADS, one("H1", 镇="乙镇", 村="town-b-v1村")))
    assert (imported.faults, imported.counts["asked"]) == ({2: ["moved_asked"]}, 1)


@pytest.mark.parametrize(
    ("now", "said", "becomes", "notice"),
    [
        ("in", "预脱贫", "pre_exit", None),
        ("pre_exit", "已脱贫", "pre_exit", "exit_only_by_gate"),
        ("in", "脱贫", "in", "exit_only_by_gate"),
        ("exited", "在档", "exited", "exited_here"),
        ("exited", "清退", "cleared", None),
        ("cleared", "已脱贫", "cleared", "exit_only_by_gate"),
    ],
)
def test_out_of_poverty_and_back_no_import_takes_a_household(
    county: County, now: str, said: str, becomes: str, notice: str | None
) -> None:
    bring(county, text(HEADS, one()))
    with county.write() as session:
        session.execute(update(Household).values(status=now, visited_on=date(2018, 11, 1)))
    imported = bring(county, text([*HEADS, "脱贫属性"], one(劳动能力="无", 脱贫属性=said)))
    row = household(county)
    assert (row.status, row.labour, row.visited_on) == (becomes, "none", date(2018, 11, 1))
    assert imported.notices == ([notice] if notice else [])
    with county.read() as session:
        event = session.scalars(select(Event).where(Event.subject_type == "household").order_by(Event.seq)).all()[-1]
    assert (event.from_state, event.to_state) == (now, becomes)


def test_a_person_who_came_in_elsewhere_meanwhile_is_refused_by_the_database(county: County) -> None:
    with county.read() as session:
        plan = make_plan(session, county.people["office"], START, text(HEADS, one()), ReadOptions(VAULT))
    bring(county, text(HEADS, one("H2")))
    with plan.changes, pytest.raises(IntegrityError), county.write() as session:
        write_plan(session, county.people["office"], START, plan, 1)


def test_a_file_is_planned_for_who_may_import_also_if_its_role_changed_since_it_was_brought(county: County) -> None:
    def planned(who: str) -> str:
        def does(session: Session) -> None:
            with make_plan(session, county.people[who], START, text(HEADS, one()), ReadOptions(VAULT)).changes:
                pass

        return refusal(county.engine, does)

    allowed = {who for who in county.people if planned(who) == "done"}
    assert allowed == {"office", "town", "other_town"}
    assert {planned(who) for who in set(county.people) - allowed} == {"NotAllowed may_not_import"}


def test_a_household_with_an_open_ticket_is_cleared_on_its_page_and_by_no_file(county: County) -> None:
    cleared = [*HEADS, "脱贫属性"], one(脱贫属性="清退")
    bring(county, text(HEADS, one()))
    ticket = county.file("town", "H1")
    assert bring(county, text(*cleared)).notices == ["cleared_with_tickets"]
    assert household(county).status == "in"
    # Opened again between the preview and the writing, it is found when the rows are locked.
    county.do("office", "cancel", ticket, reason="误报")
    with county.read() as session:
        plan = make_plan(session, county.people["office"], START, text(*cleared), ReadOptions(VAULT))
    again = county.file("town", "H1")
    with plan.changes, pytest.raises(Stale), county.write() as session:
        write_plan(session, county.people["office"], START, plan, 1)
    county.do("office", "cancel", again, reason="误报")
    assert bring(county, text(*cleared)).notices == []
    assert household(county).status == "cleared"
    with county.read() as session:
        steps = household_record.dossier(session, county.people["office"], "H1", START).steps
    assert [(step.action, step.before, step.after) for step in steps] == [("import", "in", "cleared")]


def test_who_left_the_register_before_this_system_may_come_in_as_having_left(county: County) -> None:
    bring(county, text([*HEADS, "脱贫属性"], one(脱贫属性="已脱贫")))
    assert household(county).status == "exited"


def test_a_town_brings_in_its_own_rows_and_may_not_clear(county: County) -> None:
    rows = one(脱贫属性="在档"), one("H2", "李四", IDS[1], 镇="乙镇", 村="town-b-v1村", 脱贫属性="在档")
    imported = bring(county, text([*HEADS, "脱贫属性"], *rows), who="town")
    assert imported.faults == {3: ["not_your_town"]}
    assert bring(county, text([*HEADS, "脱贫属性"], one(脱贫属性="清退")), who="town").notices == ["cleared_by_office"]
    assert household(county).status == "in"


@pytest.mark.parametrize("who", ["village", "water", "leaders", "inspectorate", "admin"])
def test_nobody_but_office_and_town_brings_anything_in(county: County, who: str) -> None:
    with pytest.raises(NotAllowed):
        bring(county, text(HEADS, one()), who=who)


def test_a_new_village_of_a_known_town_is_named_and_made_once_for_all_its_spellings(county: County) -> None:
    imported = bring(
        county,
        text(
            HEADS,
            one(镇="甲", 村="大坝村"),
            one("H2", "李四", IDS[1], 村="大坝"),
            one("H3", "王五", IDS[2], 村="大坝村委会"),
            one("H4", "赵6", "", 村="错写村"),
        ),
    )
    assert [place.name for place in imported.plan.villages] == ["大坝村"], "none for a household that is refused"
    with county.read() as session:
        made = session.scalars(select(Village).where(Village.name == "大坝村")).one()
        assert set(session.scalars(select(Household.code).where(Household.village_id == made.id))) == {"H1", "H2", "H3"}


def test_only_the_office_adds_a_village_and_a_town_that_misspells_one_is_told(county: County) -> None:
    def count() -> int:
        with county.read() as session:
            return session.scalar(select(func.count()).select_from(Village)) or 0

    before = count()
    for heads in (HEADS, [head for head in HEADS if head != "镇"]):
        rows = [dict(zip(HEADS, line, strict=True)) for line in (one(), one("H2", "李四", IDS[1], 村="大坝村"))]
        imported = bring(county, text(heads, *([row[head] for head in heads] for row in rows)), who="town")
        assert (imported.four[3], imported.faults, imported.plan.villages) == (1, {3: ["village_not_of_town"]}, [])
    assert count() == before
    assert bring(county, text(HEADS, one("H2", "李四", IDS[1], 村="大坝村"))).counts["villages"] == 1
    assert bring(county, text(HEADS, one("H2", "李四", IDS[1], 村="大坝")), who="town").four == (0, 0, 1, 0)
    assert count() == before + 1


def test_an_income_is_exact_to_the_fen_and_needs_its_year(county: County) -> None:
    imported = bring(county, text([*HEADS, "人均纯收入"], one(人均纯收入="4,133.335")))
    assert imported.notices == ["income_without_year"]
    assert household(county).income_fen is None
    bring(county, text([*HEADS, "2017年人均纯收入"], one(人均纯收入="4,133.335")))
    assert (household(county).income_fen, household(county).income_year) == (413334, 2017)
    bring(county, text([*HEADS, "人均纯收入"], one(人均纯收入="5000元")), income_year=2018)
    assert (household(county).income_fen, household(county).income_year) == (500000, 2018)


def test_a_corrected_id_number_and_a_number_that_comes_later_are_the_same_person(county: County) -> None:
    rows = [["H1", "张三", IDS[0], "户主", TOWN, VILLAGE, "有"], ["H1", "张小", "", "之子", TOWN, VILLAGE, "无"]]
    bring(county, text(PEOPLE, *rows))
    rows[1][2] = IDS[2]
    assert bring(county, text(PEOPLE, *rows)).four == (0, 1, 0, 0)
    assert bring(county, text(PEOPLE, *rows)).four == (0, 0, 1, 0)
    assert people(county) == [(1, "张三"), (2, "张小")]


def test_a_number_in_the_wrong_column_is_not_repeated_in_the_fault(county: County) -> None:
    imported = bring(county, text(HEADS, one(家庭人口=IDS[1], 镇=IDS[2])))
    said = str([fault.params for row in imported.plan.refused for fault in row.faults])
    assert "***" in said
    assert not any(number[:10] in said for number in IDS)


def test_a_register_that_moved_while_the_plan_was_made_is_read_again(county: County) -> None:
    bring(county, text(HEADS, one()))
    moved: list[bool] = []

    def move(stage: str, done: int, of: int) -> None:
        if stage == "check" and not moved:
            moved.append(True)
            with county.write() as session:
                session.execute(update(Household).values(address="别处"))

    imported = bring(county, text(HEADS, one(劳动能力="无")), progress=move, at=day(1))
    assert imported.four == (0, 1, 0, 0)
    assert (household(county).address, household(county).labour) == ("别处", "none")


def test_a_key_that_is_turned_while_the_plan_is_made_is_not_turned_back(county: County) -> None:
    rows = [["H1", "张三", IDS[0], "户主", TOWN, VILLAGE, "有"], ["H1", "李四", IDS[1], "配偶", TOWN, VILLAGE, "有"]]
    bring(county, text(PEOPLE, *rows))
    turned: list[bool] = []

    def turn(stage: str, done: int, of: int) -> None:
        if stage == "check" and not turned:
            turned.append(True)
            with county.write() as session:
                rotate(session, county.people["office"], Vault(["a newer key", "a key of the tests"]), START)

    rows[1][-1] = "无"
    bring(county, text(PEOPLE, *rows), progress=turn, vault=Vault(["a newer key", "a key of the tests"]))
    with county.read() as session:
        sealed = list(session.scalars(select(Member.id_sealed).order_by(Member.position)))
    assert [Vault("a newer key").open(text or "") for text in sealed] == list(IDS[:2])


def test_the_import_has_an_event_of_its_own_with_its_counts(county: County) -> None:
    bring(county, text(HEADS, one(), one("H2", "", IDS[1])))
    with county.read() as session:
        row = session.scalars(select(RegisterImport)).one()
        event = session.scalars(select(Event).where(Event.subject_type == "import")).one()
    assert (row.status, row.applied_at, row.unit_id) == ("applied", START, county.units["office"])
    assert (event.given["new"], event.given["refused"], event.given["sha256"]) == (1, 1, row.sha256)


@pytest.mark.parametrize(
    ("heading", "value", "fault"),
    [
        ("家庭人口", "0000019999999", "people_not_number"),
        ("家庭人口", "000001" + "9" * 5000, "people_not_number"),
        ("收入年度", "9" * 5000, "income_year"),
        ("户编号", "/etc/../x", "code_unusable"),
        ("户编号", "..", "code_unusable"),
    ],
)
def test_a_cell_beyond_all_measure_refuses_its_row_and_nothing_else(
    county: County, heading: str, value: str, fault: str
) -> None:
    headings = [*HEADS, "收入年度"]
    bad, good = one("H1", 收入年度="2017"), one("H2", "李四", IDS[1], 收入年度="2017")
    bad[headings.index(heading)] = value
    imported = bring(county, text(headings, bad, good))
    refused = heading == "户编号"
    assert imported.four == (2 - refused, 0, 0, int(refused))
    assert imported.faults == ({2: [fault]} if refused else {})
    assert [(notice.code, notice.row) for notice in imported.plan.notices] == ([] if refused else [(fault, 2)])
