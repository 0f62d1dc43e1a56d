"""Acts on whole households: split, merged, moved to another village or town, undone; everything goes along, once."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import IntegrityError

from models import Event, Household, Member, QuotaHouse, Village
from tests.support.factories import County, day
from tests.support.households import LINE, change, people, settle_register, status, visit
from tests.support.lives import act, home, living, refused
from workflow.county.context import county_context
from workflow.errors import NotAllowed, NotFound, Stale
from workflow.register import exit_gate, household_record
from workflow.register.access import find_household
from workflow.register.counted import quota_rows
from workflow.register.lives import family_preview, household_preview
from workflow.register.lives.family_input import FamilyInput
from workflow.register.lives.household_preview import digest_of
from workflow.verification.full_check import verify


@pytest.fixture
def county(engine: Engine) -> County:
    """A1 has 人1 (head), 人2 and 人3; B1, in the other town, has 乙1 and 乙2."""
    made = settle_register(engine)
    people(made, {"labour": "with"}, {"labour": "none"}, {"labour": "with"})
    change(made, labour="with", people=3, head_name="人1", cadre_name="李包户")
    people(made, {"labour": "none"}, {"labour": "none"}, household="B1")
    with made.write() as session:
        household = session.scalars(select(Household).where(Household.code == "B1")).one()
        for row in session.scalars(select(Member).where(Member.household_id == household.id)):
            row.name = f"乙{row.position}"
    change(made, "B1", labour="none", people=2, head_name="乙1")
    return made


def sound(county: County) -> list[str]:
    with county.read() as session:
        return [f"{finding.code} {finding.subject}" for finding in verify(session, Path("nowhere"))]


def village_id(county: County, code: str) -> int:
    with county.read() as session:
        return session.scalars(select(Village.id).where(Village.code == code)).one()


def preview(county: County, who: str, household: str, **given: Any) -> household_preview.ForeseenAct:
    with county.read() as session:
        asked = FamilyInput(**{"on": day(2).date(), **given})
        return household_preview.preview(session, county.people[who], day(2), household, asked)


def test_a_split_makes_a_household_with_its_people_cadre_and_chosen_tickets(county: County) -> None:
    stays, goes = county.file(household="A1", kind="water"), county.file(household="A1", kind="school")
    number = county.ticket(goes).number
    made = act(county, "split", "人2", "人3", head="人3", to="N-7", tickets=[number], reason="分户另居")
    assert (living(county), living(county, "N-7")) == (["人1"], ["人3", "人2"])
    new = home(county, "N-7")
    assert (new.head_name, new.people, new.labour, new.cadre_name) == ("人3", 2, "with", "李包户")
    assert (new.origin_id, new.status, new.village_id) == (home(county).id, status(county), home(county).village_id)
    assert (county.ticket(goes).household_id, county.ticket(stays).household_id) == (new.id, home(county).id)
    assert [row.id for row in made.followed] == [goes]
    assert home(county).people == 1
    assert sound(county) == []


def test_a_split_without_a_code_gets_the_next_of_its_household(county: County) -> None:
    act(county, "split", "人2")
    act(county, "split", "人3", at=day(3))
    assert (living(county, "A1-2"), living(county, "A1-3")) == (["人2"], ["人3"])
    assert sound(county) == []


@pytest.mark.parametrize(
    ("members", "more", "code"),
    [
        ((), {}, ("missing", "members")),
        (("人1", "人2", "人3"), {"head": "人2"}, ("split_leaves_nobody", "members")),
        (("人1",), {}, ("pass_headship_first", "members")),
        (("人2", "人3"), {}, ("missing", "head")),
        (("人2", "人3"), {"head": "人1"}, ("no_such_member", "head")),
        (("人2",), {"to": "B1"}, ("code_taken", "to")),
        (("人2",), {"to": "a/b"}, ("code_wrong", "to")),
        (("人2",), {"tickets": ["2018-000099"]}, ("no_such_open_ticket", "tickets")),
        (("人2",), {"on": "2999-01-01"}, ("date_in_future", "on")),
    ],
)
def test_a_split_that_cannot_be_is_refused_at_its_field(
    county: County, members: tuple[str, ...], more: dict[str, Any], code: tuple[str, str]
) -> None:
    assert refused(lambda: act(county, "split", *members, **more)) == code
    assert living(county) == ["人1", "人2", "人3"]


def test_a_merger_leaves_a_readable_household_whose_people_and_tickets_are_in_the_other(county: County) -> None:
    visit(county)
    alone, twice = county.file(household="A1", kind="school"), county.file(household="A1", kind="water")
    there = county.file("other_town", household="B1", kind="water")
    made = act(county, "merged", to="B1", reason="老人随子女生活")
    assert living(county, "B1") == ["乙1", "乙2", "人1", "人2", "人3"]
    gone = home(county)
    assert (gone.status, gone.successor_id, gone.people) == ("merged", home(county, "B1").id, 0)
    assert (home(county, "B1").people, home(county, "B1").labour) == (5, "with")
    assert (county.ticket(alone).household_id, county.ticket(alone).town_id) == (
        home(county, "B1").id,
        county.units["town-b"],
    )
    assert (county.ticket(twice).state, county.ticket(there).state) == ("withdrawn", county.ticket(there).state)
    assert [[row.id for row in rows] for rows in (made.followed, made.cancelled)] == [[alone], [twice]]
    with county.read() as session:
        seen = household_record.dossier(session, county.people["town"], "A1", day(3))
    assert len(seen.checkups) == 1
    assert {line.moved_to for line in seen.former} == {"B1"}
    assert refused(lambda: act(county, "relocated", to="town-a-v2", at=day(3)))[0] == "household_cleared"
    assert sound(county) == []


def test_a_merger_is_undone_by_a_split_under_the_code_it_had(county: County) -> None:
    before = living(county, "B1")
    people(county, {"labour": "with"}, {"labour": "none"}, household="A2")
    change(county, "A2", people=2, head_name="人1")
    act(county, "merged", household="B1", to="A1")
    ticket = county.file("town", household="A1", at=day(2.1))
    number = county.ticket(ticket).number
    came = living(county, "A1")[-len(before) :]
    # Only the household it was merged into gives the code back.
    assert refused(lambda: act(county, "split", living(county, "A2")[-1], household="A2", to="B1", at=day(2.2))) == (
        "code_taken",
        "to",
    )
    done = act(county, "split", *came, head=came[0], household="A1", to="B1", at=day(2.3), tickets=[number])
    back = home(county, "B1")
    assert (back.status, back.successor_id, back.people) == (home(county, "A1").status, None, len(before))
    assert (back.head_name, living(county, "B1")) == (came[0], came)
    assert done.other is not None
    assert [row.id for row in done.followed] == [ticket]
    assert county.ticket(ticket).household_id == back.id
    with county.read() as session:
        kinds = session.scalars(
            select(Event.given)
            .where(Event.subject_type == "household", Event.subject_id == back.id)
            .order_by(Event.seq)
        ).all()
    assert [given.get("kind") for given in kinds][-2:] == ["merged", "split_off"]
    assert sound(county) == []
    # And a second time: nothing of the first is left over.
    act(county, "merged", household="B1", to="A1", at=day(3))
    act(county, "split", *came, head=came[0], household="A1", to="B1", at=day(3.1))
    assert sound(county) == []


def test_the_income_of_a_merged_household_is_that_of_both(county: County) -> None:
    change(county, income_fen=LINE, income_year=2018)
    change(county, "B1", income_fen=3 * LINE, income_year=2018)
    act(county, "merged", to="B1")
    row = home(county, "B1")
    # Three people at one line and two at three lines.
    assert (row.income_fen, row.income_people) == (9 * LINE // 5, 5)
    assert sound(county) == []


def test_whom_the_register_only_counts_goes_along_into_a_household_it_gives_no_number_of(county: County) -> None:
    change(county, people=5, income_fen=None, income_year=None)
    change(county, "B1", people=None, income_fen=LINE, income_year=2018)
    act(county, "merged", to="B1")
    row = home(county, "B1")
    # Two known there, three known and two only counted here.
    assert (len(living(county, "B1")), row.people, row.income_people) == (5, 7, 2)
    assert (home(county).people, sound(county)) == (0, [])


def test_a_merger_replaces_no_head_who_is_known_only_by_name(county: County) -> None:
    asked = {"kind": "merged", "to": "B2"}
    assert refused(lambda: act(county, "merged", to="B2")) == ("head_first", "to")
    assert refused(lambda: preview(county, "office", "A1", **asked)) == ("head_first", "to")
    assert (home(county, "B2").head_name, living(county, "B2"), len(living(county))) == ("张三", [], 3)
    # Of two households of which nobody is known nobody becomes head; a known family takes one of them in as its own.
    act(county, "merged", household="B3", to="B2")
    act(county, "merged", household="B2", to="B1", at=day(3))
    assert (home(county, "B1").head_name, len(living(county, "B1"))) == ("乙1", 2)
    # Whoever has the name of the head is meant by it.
    change(county, "A2", head_name="人1")
    act(county, "merged", to="A2", at=day(4))
    assert (living(county, "A2"), sound(county)) == (["人1", "人2", "人3"], [])


def test_nobody_comes_to_have_exited_without_the_gate_by_a_merger(county: County) -> None:
    change(county, "B1", status="exited")
    assert refused(lambda: act(county, "merged", to="B1")) == ("merges_into_exited", "to")
    assert refused(lambda: act(county, "merged", to="A1")) == ("merges_with_itself", "to")
    assert refused(lambda: act(county, "merged")) == ("missing", "to")


def test_a_household_that_moves_takes_place_and_cadre_along(county: County) -> None:
    open_, closed = county.file(household="A1", kind="water"), county.file(household="A1", kind="school")
    county.do("office", "cancel", closed, day(1), reason="重复登记")
    act(county, "relocated", to="town-b-v2", address="新村 3 号", cadre="陈包户")
    row = home(county)
    assert (row.village_id, row.address, row.cadre_name) == (village_id(county, "town-b-v2"), "新村 3 号", "陈包户")
    for ticket in (open_, closed):
        assert (county.ticket(ticket).in_village_id, county.ticket(ticket).town_id) == (
            row.village_id,
            county.units["town-b"],
        )
    assert refused(lambda: act(county, "relocated", to="town-b-v2", at=day(3))) == ("lives_there_already", "to")
    assert refused(lambda: act(county, "relocated", to="nowhere", at=day(3))) == ("village_unknown", "to")
    assert sound(county) == []


@pytest.mark.parametrize(
    ("to", "said"), [("town-a-v2", "town-a-v1村 → town-a-v2村"), ("town-b-v2", "甲镇town-a-v1村 → 乙镇town-b-v2村")]
)
def test_a_move_is_read_with_the_towns_where_they_differ(county: County, to: str, said: str) -> None:
    act(county, "relocated", to=to)
    with county.read() as session:
        located = find_household(session, county.people["office"], "A1")
        (change_,) = family_preview.past_changes(session, county.people["office"], located)
    assert (change_.kind, change_.other) == ("relocated", said)


def test_what_was_seen_in_the_former_place_does_not_open_the_gate_in_the_present_one(county: County) -> None:
    visit(county)

    def missing(at: float) -> set[str]:
        with county.read() as session:
            row = session.scalars(select(Household).where(Household.code == "A1")).one()
            return {item.missing for item in exit_gate.examine(session, county_context(session), row, day(at)).items}

    assert missing(2) == {""}
    act(county, "relocated", to="town-a-v2")
    assert missing(2.1) == {"place_changed"}
    visit(county, at=day(3), who="town")
    assert missing(3.1) == {""}


def test_what_was_entered_by_mistake_is_undone_by_the_office_with_a_reason_and_is_not_cleared(county: County) -> None:
    ticket = county.file(household="A1", kind="water")
    with pytest.raises(NotAllowed, match="undoing_is_the_offices"):
        act(county, "undone", who="town", reason="重复建档")
    assert refused(lambda: act(county, "undone")) == ("missing", "reason")
    made = act(county, "undone", reason="与 A2 户重复建档，系误录")
    assert (status(county), living(county), home(county).people) == ("undone", [], 0)
    assert [row.id for row in made.cancelled] == [ticket]
    assert county.ticket(ticket).state == "withdrawn"
    with county.read() as session:
        assert set(session.scalars(select(Member.end_reason).where(Member.household_id == home(county).id))) == {
            "struck"
        }
    assert sound(county) == []


def test_the_houses_of_the_quota_go_along_or_off_the_list(county: County) -> None:
    with county.write() as session:
        setting = county_context(session)
        row = QuotaHouse(household_id=home(county).id, year=setting.year, paid_on=date(2018, 10, 1), dropped=False)
        # The town entered the day, the housing bureau confirmed it.
        town, bureau = county.people["town"], county.people["housing"]
        row.paid_unit_id, row.paid_verdict = town.unit_id, "confirmed"
        row.paid_verdict_unit_id, row.paid_verdict_by_id, row.paid_verdict_at = bureau.unit_id, bureau.user_id, day(0)
        session.add(row)
        session.flush()
        quota_rows.append(session, county.people["office"], day(0), row)
    assert preview(county, "office", "A1", kind="merged", to="B1").quota_house
    act(county, "merged", to="B1")
    with county.read() as session:
        there = {
            row.household_id: (row.paid_on, row.paid_verdict, row.dropped)
            for row in session.scalars(select(QuotaHouse))
        }
    assert there == {
        home(county).id: (date(2018, 10, 1), "confirmed", True),
        home(county, "B1").id: (date(2018, 10, 1), "confirmed", False),
    }
    assert sound(county) == []


def test_town_and_office_act_and_a_village_does_not(county: County) -> None:
    for who in ("village", "water", "leaders", "inspectorate"):
        with pytest.raises(NotAllowed):
            act(county, "split", "人2", who=who)
    with pytest.raises(NotFound):
        act(county, "split", "人2", who="other_town")
    act(county, "split", "人2", who="town")


def test_the_receiving_town_records_a_move_if_it_knows_whose_the_household_is(county: County) -> None:
    given = {"to": "town-b-v1", "who": "other_town"}
    assert refused(lambda: act(county, "relocated", **given)) == ("missing", "head_name")
    assert refused(lambda: act(county, "relocated", head_name="李四", **given)) == ("head_name_wrong", "head_name")
    with pytest.raises(NotFound):
        act(county, "relocated", to="town-a-v2", who="other_town", head_name="人1")
    assert preview(county, "other_town", "A1", kind="relocated", to="town-b-v1", head_name="人1").stranger
    act(county, "relocated", head_name="人1", **given)
    assert home(county).village_id == village_id(county, "town-b-v1")
    assert sound(county) == []


def test_only_what_was_shown_is_done(county: County) -> None:
    county.file(household="A1", kind="water")
    seen = digest_of(preview(county, "town", "A1", kind="relocated", to="town-a-v2"))
    county.file(household="A1", kind="school")
    with pytest.raises(Stale):
        act(county, "relocated", who="town", to="town-a-v2", seen=seen)
    seen = digest_of(preview(county, "town", "A1", kind="relocated", to="town-a-v2"))
    act(county, "relocated", who="town", to="town-a-v2", seen=seen)


@pytest.mark.parametrize(
    ("household", "columns", "found"),
    [
        ("A1", {"village_id": 2}, "village_id"),
        ("A1", {"status": "ended", "successor_id": None}, "status"),
        ("A1", {"successor_id": 3}, "successor_id"),
        ("N-7", {"origin_id": None}, "origin_id"),
        ("A2", {"origin_id": 1}, ""),
    ],
)
def test_what_is_written_past_the_history_is_found(
    county: County, household: str, columns: dict[str, Any], found: str
) -> None:
    act(county, "split", "人2", to="N-7")
    act(county, "merged", to="B1", at=day(3))
    assert sound(county) == []
    with county.write() as session:
        session.execute(update(Household).where(Household.code == household).values(**columns))
    assert any(finding.startswith("row_differs household") and finding.endswith(found) for finding in sound(county))


def test_the_database_keeps_a_merged_household_and_its_successor_together(county: County) -> None:
    for columns in (
        {"successor_id": 2},
        {"status": "merged"},
        {"origin_id": 1},
        {"status": "merged", "successor_id": 1},
    ):
        with pytest.raises(IntegrityError), county.write() as session:
            session.execute(update(Household).where(Household.id == 1).values(**columns))


def test_every_act_is_in_the_history_of_both_households(county: County) -> None:
    act(county, "split", "人2", to="N-7", reason="分户另居")
    act(county, "merged", household="N-7", to="B1", at=day(3))
    with county.read() as session:
        rows = session.scalars(select(Event).where(Event.action == "family").order_by(Event.id))
        kinds = [(row.subject_id, row.given["kind"], row.to_state) for row in rows]
    new, other = home(county, "N-7").id, home(county, "B1").id
    assert kinds == [
        (new, "split_off", "pre_exit"),
        (home(county).id, "split", None),
        (other, "merged_in", None),
        (new, "merged", "merged"),
    ]


def test_a_change_may_be_entered_late(county: County) -> None:
    on = day(0).date() - timedelta(days=100)
    act(county, "split", "人2", to="N-7", on=on)
    with county.read() as session:
        rows = session.execute(select(Member.begins_on, Member.ends_on).where(Member.name == "人2")).all()
    assert sorted(rows, key=str) == sorted([(None, on), (on, None)], key=str)
