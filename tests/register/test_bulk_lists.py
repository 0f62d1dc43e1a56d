"""Bulk lists: a bureau's lines are matched to the register, handed out as checks and candidates, asked about, and traced."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, func, select, update

from models import (
    BulkLine,
    BulkList,
    Candidate,
    CandidatePerson,
    Event,
    EventSecret,
    Household,
    Member,
    RegisterImport,
    Ticket,
    User,
    Village,
)
from models.base import Base
from tests.support.bulk_lists import KEPT, KIND, brought, line, list_scheme, plan, stored, taken, worked
from tests.support.candidates import judged, report
from tests.support.factories import START, County, day
from tests.support.households import MET, change, people, settle_register, visit
from tests.support.lives import act
from tests.support.outcomes import refusal
from tests.support.schemes import adopt
from tests.support.spreadsheets import IDS, PEOPLE, VAULT, bring, text
from workflow.county.vault import Vault, rotate
from workflow.errors import BadInput, Duplicate, NotAllowed, NotFound, WrongState
from workflow.register.bulk_lists import (
    line_records,
    list_answers,
    list_counts,
    list_erasure,
    list_reminders,
    list_taking,
    list_views,
    list_work,
)
from workflow.register.bulk_lists.list_answers import LineAnswer
from workflow.register.bulk_lists.list_sheet import ListFile
from workflow.register.undoing import undo_import
from workflow.verification.full_check import verify

NOBODY = ("欧阳秋菊", IDS[3])


@pytest.fixture
def county(engine: Engine) -> County:
    made = settle_register(engine, list_scheme())
    change(made, "A3", head_name="孙七")
    for code, name, number in (("A1", "张三", IDS[0]), ("A2", "李四", IDS[1])):
        people(made, {"id_sealed": VAULT.seal(number), "id_index": VAULT.index(number)}, {}, household=code)
        change(made, code, head_name=name)
        with made.write() as session:
            home = session.scalars(select(Household.id).where(Household.code == code)).one()
            head = select(Member).where(Member.household_id == home, Member.position == 1)
            session.scalars(head).one().name = name
    return made


def lines(county: County, number: int, who: str = "office", **more: Any) -> list[list_views.LineView]:
    with county.read() as session:
        return list_views.lines_of(session, county.people[who], VAULT, more.pop("at", START), number, **more)


def answer(county: County, number: int, who: str = "office", at: Any = START, **given: Any) -> BulkLine:
    with county.write() as session:
        return list_answers.answer_line(session, county.people[who], at, VAULT, number, LineAnswer(**given))


def outcomes(county: County, *rows: list[str]) -> list[tuple[str, str]]:
    return [(found.outcome, found.why) for found in plan(county, *rows).matched]


def test_a_line_is_matched_by_number_in_the_whole_county_else_by_name_in_its_village(county: County) -> None:
    assert outcomes(
        county,
        line("张三", IDS[0], village=""),
        line("张 三"),
        line("張三", village="town-a-v1"),
        line(*NOBODY),
    ) == [("check", ""), ("check", ""), ("check", ""), ("unknown", "")]


def test_what_is_not_clear_is_asked_and_what_cannot_be_used_is_left_out_with_its_reason(county: County) -> None:
    assert outcomes(
        county,
        line("王五", IDS[0]),
        line("张三", IDS[3]),
        line("王五", village="没有的村"),
        line("王五", IDS[0][:-1] + "0"),
        line("3号病人"),
    ) == [
        ("asked", "list_name_differs"),
        ("asked", "list_number_differs"),
        ("asked", "list_village"),
        ("left_out", "id_checksum"),
        ("left_out", "list_name"),
    ]


def test_two_households_with_somebody_of_the_name_are_asked_about(county: County) -> None:
    change(county, "A2", head_name="张三")
    with county.write() as session:
        for row in session.scalars(select(Member).where(Member.position == 1)):
            row.name, row.id_sealed, row.id_index = "张三", None, None
    assert outcomes(county, line("张三")) == [("asked", "list_several")]


def test_a_household_that_is_gone_is_left_out(county: County) -> None:
    change(county, "A1", status="cleared")
    assert outcomes(county, line("张三", IDS[0])) == [("left_out", "list_gone")]


def test_a_list_without_what_it_is_about_or_without_a_person_is_refused(county: County) -> None:
    for heads, lacking in ((("姓名", "身份证号码"), "个人自付金额"), (("村", "身份证号码", "个人自付金额"), "姓名")):
        with county.read() as session, pytest.raises(BadInput) as refused:
            stream = text(heads, ["张三", IDS[0]])
            list_taking.read_lines(session, START, KIND, stream)
        assert (refused.value.code, lacking in str(refused.value.params["columns"])) == ("list_columns_missing", True)


def test_a_taken_list_gives_checks_and_candidates_and_every_line_is_traced_both_ways(
    county: County, tmp_path: Path
) -> None:
    number = taken(county, line("张三", IDS[0]), line(*NOBODY), line("王五", village="没有的村"))
    first, second, third = lines(county, number)
    assert (first.outcome, first.code, first.result, first.said) == ("check", "A1", "open", {"paid": "32000元"})
    assert first.due_at is not None
    assert (second.outcome, bool(second.ticket)) == ("candidate", True)
    assert (third.outcome, third.why, third.words["written"], third.meant) == (
        "asked",
        "list_village",
        "甲镇没有的村",
        [],
    )
    with county.read() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.candidate_id.is_not(None))).one()
        assert (ticket.number, "比对名单" in (ticket.source_reference or "")) == (second.ticket, True)
        home = session.scalars(select(Household).where(Household.code == "A1")).one()
        back = list_views.of_household(session, county.people["village"], VAULT, START, home.id)
        assert [(each.list_id, each.row) for each in back] == [(number, "2")]
        assert verify(session, tmp_path) == []


def test_a_place_of_several_villages_is_asked_with_these_villages_and_the_families_there(county: County) -> None:
    """Of two towns where the line names none, of one town where the village is written shortly, or with a near name."""
    with county.write() as session:
        for number, town, name in ((1, "town-a", "联星村"), (2, "town-b", "联星村"), (3, "town-b", "联星社区")):
            session.add(Village(town_id=county.units[town], code=f"l-{number}", name=name))
        home = session.scalars(select(Household).where(Household.code == "A1")).one()
        home.village_id = session.scalars(select(Village.id).where(Village.code == "l-1")).one()
    number = taken(
        county,
        line("张三", village="联星村", town=""),
        line("张三", village="联星", town="乙镇"),
        line("张三", village="连兴村", town="甲镇"),
    )
    found = lines(county, number)
    assert [(each.outcome, each.why) for each in found] == [("asked", "list_village")] * 3
    assert [[place.code for place in each.meant] for each in found] == [["l-1", "l-2", "l-3"], ["l-2", "l-3"], ["l-1"]]
    assert [[code for code, _ in each.options] for each in found] == [["A1"], [], ["A1"]]


def test_a_line_leads_only_to_households_and_tickets_that_its_reader_sees(county: County) -> None:
    """A family known from another town is named to nobody here, and a household that moved away is its new town's."""
    report(county, "other_town", people=[{"name": NOBODY[0], "id_number": NOBODY[1]}], village="town-b-v1")
    number = taken(county, line(*NOBODY), line("张三", IDS[0]))
    act(county, "relocated", household="A1", to="town-b-v1", at=day(1), reason="易地搬迁安置")
    seen = {
        who: [(each.ticket, each.code, each.head, each.result) for each in lines(county, number, who)]
        for who in ("office", "town", "water")
    }
    (family, home) = seen["office"]
    assert (family[0] != "", home[1:3]) == (True, ("A1", "张三"))
    assert seen["town"] == seen["water"] == [("", "", "", family[3]), ("", "", "", "open")]
    with county.read() as session:
        row = session.scalars(select(BulkLine).where(BulkLine.household_id.is_not(None))).one()
        named = {
            who: [
                each.opens
                for each in list_views.of_household(session, county.people[who], VAULT, START, row.household_id or 0)
            ]
            for who in ("office", "other_town", "other_village")
            if who in county.people
        }
        candidate = session.scalars(select(BulkLine.candidate_id).where(BulkLine.candidate_id.is_not(None))).one()
        back = {
            who: [
                each.opens
                for each in list_views.of_candidate(session, county.people[who], VAULT, START, candidate or 0)
            ]
            for who in ("office", "other_town", "water", "power")
        }
    assert (named["office"], named["other_town"]) == ([True], [False])
    assert back == {"office": [True], "other_town": [False], "water": [True], "power": []}


def test_an_import_is_not_undone_where_a_list_named_the_household_since(county: County) -> None:
    bring(county, text(PEOPLE, ["H1", "赵六", IDS[3], "户主", "甲镇", "town-a-v1村", "普通劳动力"]))
    taken(county, line("赵六", IDS[3]), at=day(1))
    with county.write() as session:
        number = session.scalars(select(RegisterImport.id)).one()
        done = undo_import.preview(session, county.people["office"], VAULT, number)
    assert [(code, obstacle.code) for code, obstacle in done.named] == [("H1", "bulk_check")]


def test_a_visit_settles_the_line_and_the_bureau_learns_the_result_and_not_whose_it_is(
    county: County, tmp_path: Path
) -> None:
    number = taken(county, line("张三", IDS[0]), line("李四", IDS[1]))
    visit(county, at=day(1), findings=MET)
    visit(county, at=day(2), household="A2", findings={"water": "unmet"}, causes={"water": "dry"})
    assert [(each.code, each.result) for each in lines(county, number)] == [("A1", "met"), ("A2", "unmet")]
    own = lines(county, number, "water")
    assert [(each.code, each.head, each.village, each.result) for each in own] == [
        ("", "", "", "met"),
        ("", "", "", "unmet"),
    ]
    with county.read() as session:
        counts = list_counts.counts(session, county.people["water"], day(2), [number])[number]
        assert verify(session, tmp_path) == []
    assert (counts.lines, counts.met, counts.unmet, counts.open) == (2, 1, 1, 0)


def test_data_matching_settles_nothing_and_a_visit_before_the_list_neither(county: County) -> None:
    number = taken(county, line("张三", IDS[0]), at=day(3))
    visit(county, "water", at=day(3), findings={"water": "met"}, source="matching")
    visit(county, at=day(3), seen_on=day(1).date())
    assert [each.result for each in lines(county, number, at=day(3))] == ["open"]
    assert [each.result for each in lines(county, number, at=day(30))] == ["overdue"]


def test_a_merged_households_line_is_its_successors_check(county: County) -> None:
    number = taken(county, line("张三", IDS[0]))
    act(county, "merged", household="A1", to="A2", at=day(1), reason="与父母同住并户")
    with county.read() as session:
        (open_check,) = list_views.to_check(session, county.people["village"], VAULT, day(1))
    # It leads to where somebody goes: at the merged household nothing can be entered any more.
    assert open_check.code == "A2"
    visit(county, at=day(2), household="A2")
    assert [each.result for each in lines(county, number)] == ["met"]


def test_the_office_or_the_lines_town_answers_what_is_asked(county: County, tmp_path: Path) -> None:
    number = taken(
        county,
        line("张三", IDS[3]),
        line("王五", village="没有的村"),
        line("赵六", village="没有的村"),
        line("王五", IDS[1]),
    )
    asked = lines(county, number)
    assert asked[0].options == [("A1", "张三")]
    assert asked[3].options == [("A2", "李四")]
    with pytest.raises(NotFound):
        answer(county, asked[1].id, "town", answer="left_out", reason="不是本县的人")
    with pytest.raises(NotAllowed):
        answer(county, asked[0].id, "water", answer="candidate")
    assert answer(county, asked[0].id, "town", answer="household", household="A1").outcome == "check"
    with pytest.raises(BadInput) as refused:
        answer(county, asked[1].id, answer="candidate")
    assert refused.value.field == "village"
    assert answer(county, asked[1].id, answer="candidate", village="town-a-v1").outcome == "candidate"
    with pytest.raises(BadInput):
        answer(county, asked[2].id, answer="left_out", reason=" ")
    left = answer(county, asked[2].id, answer="left_out", reason="户籍不在本县，已转出")
    assert (left.outcome, left.sealed) == ("left_out", None)
    with pytest.raises(WrongState):
        answer(county, asked[2].id, answer="left_out", reason="户籍不在本县，已转出")
    with county.read() as session:
        assert verify(session, tmp_path) == []


def test_an_answer_is_the_bureaus_report_also_when_its_clerk_works_elsewhere_by_now(
    county: County, tmp_path: Path
) -> None:
    number = taken(county, line("王五", village="没有的村"))
    with county.write() as session:
        clerk = session.get_one(User, county.people["water"].user_id)
        village = county.people["village"]
        clerk.role, clerk.unit_id, clerk.village_id = "village", village.unit_id, village.village_id
    (asked,) = lines(county, number)
    assert answer(county, asked.id, answer="candidate", village="town-b-v1").outcome == "candidate"
    with county.read() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.candidate_id.is_not(None))).one()
        assert (ticket.filed_as, ticket.filed_unit_id) == ("bureau", county.people["water"].unit_id)


def test_nothing_a_list_said_of_a_family_is_left_after_the_schemes_days(county: County, tmp_path: Path) -> None:
    number = taken(county, line(*NOBODY, paid="98765元"), line("欧阳小河", village="没有的村", paid="45678元"))
    answer(county, lines(county, number)[1].id, answer="left_out", reason="欧阳小河户籍不在本县")
    with county.read() as session:
        ticket = session.scalars(select(Ticket.id).where(Ticket.candidate_id.is_not(None))).one()
    judged(county, "refuse", ticket)
    with county.write() as session:
        list_erasure.erase_all_due(session, day(60))
    with county.read() as session:
        # Of a number's digits a hash or a drawn row id may hold as many by chance.
        rows = [
            re.sub(r"[0-9a-f]{16,}", "", str(dict(row)))
            for table in Base.metadata.sorted_tables
            for row in session.execute(table.select()).mappings()
        ]
        assert [row for row in rows for word in ("欧阳", "98765", "45678", NOBODY[1]) if word in row] == []
        assert verify(session, tmp_path) == []


def test_a_question_is_due_reminded_once_and_left_out_when_nobody_answers(county: County, tmp_path: Path) -> None:
    number = taken(county, line("王五", village="没有的村"), line("张三", IDS[3]))
    first, second = lines(county, number)
    assert first.due_at is not None
    assert first.due_at == second.due_at
    late = first.due_at + timedelta(minutes=1)
    with county.read() as session:
        waiting = {
            (who, at): list_counts.to_answer(session, county.people[who], at).count
            for who in ("office", "town", "other_town", "village")
            for at in (START, late)
        }
    # The office has the lines of no town, and those that their town is late with.
    assert [waiting[who, START] for who in ("office", "town", "other_town", "village")] == [1, 1, 0, 0]
    assert waiting["office", late] == 2
    for at, reminded in ((START, 0), (late, 2), (late, 0)):
        with county.write() as session:
            assert list_reminders.remind_due(session, at) == reminded
    gone = late + timedelta(days=KEPT)
    for at, erased in ((late, 0), (gone, 2)):
        with county.write() as session:
            assert list_erasure.erase_due(session, at) == erased
    assert [(each.outcome, each.why, each.words) for each in lines(county, number, at=gone)] == [
        ("left_out", "list_unanswered", {})
    ] * 2
    with county.read() as session:
        assert [row.sealed for row in session.scalars(select(BulkLine))] == [None, None]
        assert verify(session, tmp_path) == []


def test_an_answer_ends_the_reminder_and_a_late_check_is_reminded_of_once(county: County, tmp_path: Path) -> None:
    number = taken(county, line("张三", IDS[3]))
    with county.write() as session:
        assert list_reminders.remind_due(session, day(30)) == 1
    answer(county, lines(county, number)[0].id, at=day(30), answer="household", household="A1")
    for at, reminded in ((day(31), 0), (day(60), 1), (day(61), 0)):
        with county.write() as session:
            assert list_reminders.remind_due(session, at) == reminded
    with county.read() as session:
        assert verify(session, tmp_path) == []


def test_lines_are_stored_at_once_and_worked_in_batches_each_once(county: County, tmp_path: Path) -> None:
    number = stored(county, *(line(f"欧阳{name}", paid=f"{at}元") for at, name in enumerate("甲乙丙丁戊")))
    assert [each.outcome for each in lines(county, number)] == ["waiting"] * 5
    for done, left in ((2, 3), (2, 1), (1, 0), (0, 0)):
        with county.write() as session:
            assert list_work.work_batch(session, START, VAULT, size=2) == done
        assert sum(each.outcome == "waiting" for each in lines(county, number)) == left
    with county.read() as session:
        assert len(session.scalars(select(Candidate)).all()) == 5
        told = session.scalars(select(Event.action).where(Event.subject_type == "bulk_list").order_by(Event.id)).all()
        assert told == ["bring_list", "take_list", "work_lines", "work_lines", "work_lines"]
        assert verify(session, tmp_path) == []


def test_a_batch_that_dies_leaves_nothing_and_is_done_again(county: County, tmp_path: Path) -> None:
    number = stored(county, line(*NOBODY), line("张三", IDS[0]))
    with pytest.raises(RuntimeError), county.write() as session:
        list_work.work_batch(session, START, VAULT)
        raise RuntimeError("killed")
    assert [each.outcome for each in lines(county, number)] == ["waiting", "waiting"]
    assert worked(county) == 2
    with county.read() as session:
        assert len(session.scalars(select(Candidate)).all()) == 1
        assert verify(session, tmp_path) == []


def test_a_line_on_which_the_work_fails_becomes_a_question_and_stops_no_other(county: County, tmp_path: Path) -> None:
    number = stored(county, line("张三", IDS[0]), line(*NOBODY), line("李四", IDS[1]))
    with county.write() as session:
        # Words of another kind than a line has.
        broken = session.scalars(select(BulkLine).order_by(BulkLine.id)).all()[1]
        words = line_records.words_of(VAULT, broken)
        broken.sealed = VAULT.seal(json.dumps(words | {"said": 5}))
    assert worked(county) == 3
    assert [(each.outcome, each.why) for each in lines(county, number)] == [
        ("check", ""),
        ("asked", "list_failed"),
        ("check", ""),
    ]
    assert worked(county) == 0


def test_under_a_wrong_key_lines_wait(county: County) -> None:
    number = stored(county, line("张三", IDS[0]))
    assert list_work.run(county.read, county.write, Vault("another key of the tests"), START) == 0
    assert [each.outcome for each in lines(county, number)] == ["waiting"]
    assert worked(county) == 1


def test_a_list_whose_kind_the_scheme_no_longer_has_is_left_out(county: County, tmp_path: Path) -> None:
    number = stored(county, line("张三", IDS[0]), line(*NOBODY))
    adopt(county, list_scheme(bulk_lists=[]), day(0).date())
    worked(county, day(1))
    assert {(each.outcome, each.why) for each in lines(county, number)} == {("left_out", "list_kind_gone")}
    with county.read() as session:
        assert verify(session, tmp_path) == []


def test_a_family_named_twice_is_one_candidate(county: County) -> None:
    number = taken(county, line(*NOBODY), line(*NOBODY, paid="900元"))
    assert len({each.ticket for each in lines(county, number)}) == 1
    with county.read() as session:
        assert len(session.scalars(select(Candidate)).all()) == 1


def test_a_bureau_brings_its_own_lists_only_and_each_file_once(county: County, engine: Engine) -> None:
    for who in ("power", "office", "town", "village"):
        with pytest.raises(NotAllowed):
            brought(county, line("张三", IDS[0]), who=who)
    with pytest.raises(BadInput):
        brought(county, line("张三", IDS[0]), kind="other")
    number = taken(county, line("张三", IDS[0]))
    with pytest.raises(Duplicate):
        brought(county, line("张三", IDS[0]))
    assert "list_taken" in refusal(
        engine, lambda s: list_taking.take_list(s, county.people["water"], START, VAULT, number, ListFile())
    )
    with pytest.raises(NotFound):
        lines(county, number, "power")
    with pytest.raises(NotFound):
        lines(county, number, "other_town")
    with pytest.raises(NotAllowed):
        lines(county, number, "village")


def test_what_lines_say_is_sealed_and_erased_after_the_schemes_days(county: County, tmp_path: Path) -> None:
    number = taken(county, line("张三", IDS[0]), line("王五", village="没有的村"))
    with county.read() as session:
        stored = json.dumps(
            [
                [row.sealed for row in session.scalars(select(BulkLine))],
                # The digests of rows are left out: by chance one has these digits.
                [event.effect | event.given for event in session.scalars(select(Event).where(Event.action != "rows"))],
                [secret.body for secret in session.scalars(select(EventSecret))],
            ],
            ensure_ascii=False,
        )
    assert [word for word in ("32000", IDS[0], "王五", "没有的村") if word in stored] == []
    visit(county, at=day(1))
    for days, kept in ((KEPT, 2), (KEPT + 2, 1)):
        with county.write() as session:
            list_erasure.erase_due(session, START + timedelta(days=days))
            assert sum(row.sealed is not None for row in session.scalars(select(BulkLine))) == kept
    first, second = lines(county, number)
    assert (first.said, first.result, second.words["name"]) == ({}, "met", "王五")
    with county.read() as session:
        assert verify(session, tmp_path) == []


def test_lines_are_read_under_a_rotated_key(county: County) -> None:
    number = taken(county, line("张三", IDS[0]))
    both = Vault(["a new key", "a key of the tests"])
    with county.write() as session:
        rotate(session, county.people["admin"], both, day(1))
    with county.read() as session:
        (one,) = list_views.lines_of(session, county.people["office"], Vault("a new key"), START, number)
    assert one.said == {"paid": "32000元"}


def swap(county: County) -> None:
    """The words of the first and the last line are exchanged behind the system's back."""
    with county.write() as session:
        first, *_, last = session.execute(
            select(BulkLine.id, BulkLine.sealed).where(BulkLine.sealed.is_not(None)).order_by(BulkLine.id)
        ).all()
        for number, text_ in ((first.id, last.sealed), (last.id, first.sealed)):
            session.execute(update(BulkLine).where(BulkLine.id == number).values(sealed=text_))


def found(county: County, files: Path) -> list[str]:
    with county.read() as session:
        return [f"{finding.code} {finding.subject}" for finding in verify(session, files)]


@pytest.mark.parametrize("rotated", [False, True])
def test_verify_finds_the_words_of_two_lines_exchanged(county: County, tmp_path: Path, rotated: bool) -> None:
    """Seen: the words are encrypted, but said of no line: two lines exchanged theirs, and `verify` found nothing."""
    taken(county, line("张三", IDS[0]), line("李四", IDS[1], paid="900元"), line("王五", village="没有的村"))
    if rotated:
        with county.write() as session:
            rotate(session, county.people["admin"], Vault(["a new key", "a key of the tests"]), day(1), chunk=2)
    assert found(county, tmp_path) == []
    swap(county)
    assert found(county, tmp_path) == [
        "bulk_line_differs line 1 of bulk list 1",
        "bulk_line_differs line 3 of bulk list 1",
    ]


def test_lines_recorded_before_their_words_had_a_digest_are_proved_as_they_were(
    county: County, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = line_records.payload
    with monkeypatch.context() as patched:
        patched.setattr(line_records, "payload", lambda row: {**told(row), "sealed": row.sealed is not None})
        taken(county, line("张三", IDS[0]), line("李四", IDS[1]))
    assert found(county, tmp_path) == []
    with county.write() as session:
        session.execute(update(BulkLine).where(BulkLine.id == 1).values(sealed=None))
    assert found(county, tmp_path) == ["bulk_line_differs line 1 of bulk list 1"]
    with county.write() as session:
        rotate(session, county.people["admin"], Vault(["a new key", "a key of the tests"]), day(1))
    # From here on the words of the second are bound to it.
    with county.write() as session:
        session.execute(update(BulkLine).where(BulkLine.id == 2).values(sealed="other words"))
    assert found(county, tmp_path)[1:] == ["bulk_line_differs line 2 of bulk list 1"]


def test_the_name_of_a_file_goes_when_nothing_of_its_list_is_kept_or_open(county: County, tmp_path: Path) -> None:
    """Files are named after people; seen: the name stayed when the candidates of the list were erased."""
    taken(county, line("张三", IDS[0]), line(*NOBODY))

    def name(days: int) -> str:
        with county.write() as session:
            list_erasure.erase_all_due(session, START + timedelta(days=days))
        with county.read() as session:
            (row,) = list_views.listed(session, county.people["office"])
            (secret,) = session.scalars(
                select(func.count()).select_from(EventSecret).join(Event).where(Event.action == "bring_list")
            )
            assert secret == (row.filename != "")
            return list_views.name_for(county.people["office"], row)

    visit(county, at=day(1))
    # The check is made and erased, the candidate is still open.
    assert name(KEPT + 2) == "名单.csv"
    with county.read() as session:
        (ticket,) = session.scalars(select(Ticket.id).where(Ticket.candidate_id.is_not(None)))
    judged(county, "refuse", ticket)
    assert name(400) == "1"
    assert found(county, tmp_path) == []
    with county.write() as session:
        session.execute(update(BulkList).values(filename="张三的名单.csv"))
    assert found(county, tmp_path) == ["row_differs bulk_list 1"]


def test_villages_and_towns_see_what_they_are_to_check(county: County) -> None:
    taken(county, line("张三", IDS[0]), line("李四", IDS[1]))
    with county.read() as session:
        seen = {
            who: [each.code for each in list_views.to_check(session, county.people[who], VAULT, START)]
            for who in ("village", "town", "other_town", "office")
        }
        due = list_counts.to_check(session, county.people["town"], day(40))
        assert (due.count, due.late) == (2, 2)
        with pytest.raises(NotAllowed):
            list_views.to_check(session, county.people["water"], VAULT, START)
    assert seen == {"village": ["A1", "A2"], "town": ["A1", "A2"], "other_town": [], "office": ["A1", "A2"]}


@pytest.mark.one_database("sqlite")
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("why", "list_gone"),
        ("town_id", None),
        ("household_id", 2),
        ("due_at", day(9)),
        ("sealed", None),
        ("settled_at", day(9)),
    ],
)
def test_verify_finds_an_altered_line(county: County, tmp_path: Path, column: str, value: Any) -> None:
    taken(county, line("张三", IDS[0]))
    visit(county, at=day(1))
    with county.write() as session:
        setattr(session.scalars(select(BulkLine)).one(), column, value)
    with county.read() as session:
        assert [finding.code for finding in verify(session, tmp_path)] == ["bulk_line_differs"]


@pytest.mark.one_database("sqlite")
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("unit_id", 1),
        ("kind", "other"),
        ("sha256", "0" * 64),
        ("filename", "别的.csv"),
        ("brought_by_id", 1),
        ("brought_at", day(9)),
        ("taken_at", day(9)),
        ("taken_at", None),
        ("have", "power"),
    ],
)
def test_verify_finds_an_altered_list(county: County, tmp_path: Path, column: str, value: Any) -> None:
    taken(county, line("张三", IDS[0]))
    with county.write() as session:
        setattr(session.scalars(select(BulkList)).one(), column, value)
    with county.read() as session:
        assert [finding.code for finding in verify(session, tmp_path)] == ["bulk_list_differs"]


@pytest.mark.one_database("sqlite")
@pytest.mark.parametrize(
    ("model", "found"),
    [(BulkLine, {"bulk_line_differs"}), (Ticket, {"candidate_differs"}), (CandidatePerson, {"candidate_differs"})],
)
def test_verify_finds_whatever_is_made_to_name_another_candidate(
    county: County, tmp_path: Path, model: Any, found: set[str]
) -> None:
    taken(county, line(*NOBODY), line("欧阳小河"))
    with county.write() as session:
        other = Candidate(head_name="欧阳秋菊", initials="oyqj")
        session.add(other)
        session.flush()
        row = session.scalars(select(model).where(model.candidate_id.is_not(None)).order_by(model.id).limit(1)).one()
        row.candidate_id = other.id
    with county.read() as session:
        codes = {finding.code for finding in verify(session, tmp_path)}
    # The candidate that was put in is found as well.
    assert found <= codes
    assert codes <= {"bulk_line_differs", "candidate_differs", "candidate_missing", "row_differs"}


@pytest.mark.one_database("sqlite")
def test_verify_finds_a_line_or_list_that_was_taken_away(county: County, tmp_path: Path) -> None:
    taken(county, line("张三", IDS[0]), line(*NOBODY))
    with county.write() as session:
        session.execute(delete(BulkLine).where(BulkLine.outcome == "candidate"))
    with county.read() as session:
        assert [finding.code for finding in verify(session, tmp_path)] == ["bulk_line_differs", "row_missing"]
