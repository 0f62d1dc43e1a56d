"""Lives: nobody vanishes, nobody is counted after the end, and a household with people has one head."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import IntegrityError

from models import Event, Household, Member, Outbox
from tests.support.factories import START, County, day
from tests.support.households import LINE, change, leave, people, register_scheme, settle_register, status, visit
from tests.support.lives import happen, home, living, refused
from tests.support.persons import id_number
from tests.support.spreadsheets import VAULT
from workflow.county.context import county_context
from workflow.errors import ExitRefused, NotAllowed, NotFound, WrongState
from workflow.policy.counted_people import counted
from workflow.register import exit_gate, household_record
from workflow.register.income import judge_household
from workflow.register.lives import family_events
from workflow.register.lives.family_input import FamilyInput, NewPerson
from workflow.verification.full_check import verify
from workflow.verification.proofs import counted_proofs

OLD = date(1948, 1, 1)


@pytest.fixture
def county(engine: Engine) -> County:
    """Of household A1 live 人1, the head, beyond help and without the allowance, and 人2, who draws it."""
    made = settle_register(engine)
    people(
        made,
        {"labour": "none", "beyond_help": True, "allowance": False, "born_on": OLD},
        {"labour": "none", "beyond_help": True, "allowance": True, "born_on": OLD},
    )
    change(made, labour="none", people=2, head_name="人1")
    return made


def sound(county: County, folder: Path) -> bool:
    with county.read() as session:
        return verify(session, folder) == []


def test_once_the_head_has_died_the_widow_is_head_and_the_gate_looks_at_her_alone(
    county: County, tmp_path: Path
) -> None:
    visit(county)
    with pytest.raises(ExitRefused):
        leave(county, day(2))
    made = happen(county, "died", "人1", head="人2")
    assert (made.ended, living(county)) == (False, ["人2"])
    row = home(county)
    assert (row.head_name, row.people, row.labour) == ("人2", 1, "none")
    visit(county, at=day(3))
    leave(county, day(3))
    assert status(county) == "exited"
    assert sound(county, tmp_path)


def test_nobody_vanishes_the_dead_are_former_members_with_reason_and_day(county: County) -> None:
    happen(county, "died", "人1", head="人2")
    with county.read() as session:
        seen = household_record.dossier(session, county.people["town"], "A1", day(3))
    assert [(line.name, line.head) for line in seen.people] == [("人2", True)]
    assert [(line.name, line.end_reason, line.ends_on) for line in seen.former] == [("人1", "died", day(2).date())]


def test_a_head_who_dies_leaves_another_and_it_must_be_said_who(county: County) -> None:
    assert refused(lambda: happen(county, "died", "人1")) == ("head_missing", "head")
    assert living(county) == ["人1", "人2"]


def test_who_has_ended_cannot_end_again(county: County) -> None:
    gone = happen(county, "died", "人1", head="人2").members[0].id
    given = FamilyInput(kind="married_out", on=day(2).date(), members=[gone])
    with pytest.raises(WrongState, match="member_ended"), county.write() as session:
        family_events.record(session, county.people["town"], day(2), VAULT, "A1", given)


def test_the_last_one_ends_the_household_which_is_asked_and_the_way_back_is_somebody_who_lives_there(
    county: County, tmp_path: Path
) -> None:
    happen(county, "died", "人1", head="人2")
    assert refused(lambda: happen(county, "died", "人2")) == ("nobody_remains", "ends")
    made = happen(county, "died", "人2", ends=True)
    assert (made.ended, status(county), living(county), home(county).people) == (True, "ended", [], 0)
    person = NewPerson(name="孙小明", born_on="2001-02-03")
    assert refused(lambda: happen(county, "came_in", person=person))[0] == "household_cleared"
    happen(county, "came_in", person=person, who="office")
    assert (status(county), living(county), home(county).head_name) == ("in", ["孙小明"], "孙小明")
    assert sound(county, tmp_path)


def test_open_tickets_of_a_household_that_ends_are_the_offices_and_are_cancelled_for_its_reason(
    county: County, tmp_path: Path
) -> None:
    ticket = county.file(household="A1", kind="water")
    happen(county, "died", "人1", head="人2")
    assert refused(lambda: happen(county, "died", "人2", ends=True))[0] == "ending_is_the_offices"
    assert refused(lambda: happen(county, "died", "人2", ends=True, who="office")) == ("missing", "reason")
    made = happen(county, "died", "人2", ends=True, who="office", reason="独居老人去世，户内无人")
    assert made.cancelled == [ticket]
    assert county.ticket(ticket).state == "withdrawn"
    with pytest.raises(WrongState, match="household_cleared"):
        county.file(household="A1", kind="water")
    assert sound(county, tmp_path)


@pytest.mark.parametrize(
    ("on", "code"),
    [
        ("2999-01-01", "date_in_future"),
        ("1940-01-01", "before_the_beginning"),
        ("gestern", "not_a_date"),
        ("", "missing"),
    ],
)
def test_a_day_to_come_or_before_the_birth_is_refused_at_its_field(county: County, on: str, code: str) -> None:
    assert refused(lambda: happen(county, "died", "人2", on=on)) == (code, "on")


def test_what_happened_earlier_may_be_entered_late(county: County) -> None:
    happen(county, "died", "人2", on=day(0).date() - timedelta(days=200))
    with county.read() as session:
        row = session.scalars(select(Member).where(Member.name == "人2")).one()
        assert not counted(row, day(0).date())
        assert counted(row, day(0).date() - timedelta(days=201))


def test_village_town_and_office_record_and_nobody_else(county: County) -> None:
    for who in ("water", "leaders", "inspectorate"):
        with pytest.raises((NotAllowed, NotFound)):
            happen(county, "died", "人2", who=who)
    with pytest.raises(NotFound):
        happen(county, "died", "人2", who="other_town")
    happen(county, "died", "人2", who="village")


def test_a_child_is_born_and_counted_from_its_day_and_the_income_is_shared(county: County, tmp_path: Path) -> None:
    change(county, labour="with", income_fen=LINE, income_year=2018)
    happen(county, "born", person=NewPerson(name="孙小宝", relation="之孙", sex="m"))
    with county.read() as session:
        row = session.scalars(select(Member).where(Member.name == "孙小宝")).one()
        assert (row.born_on, row.begins_on, row.begin_reason) == (day(2).date(), day(2).date(), "born")
        household = session.scalars(select(Household).where(Household.code == "A1")).one()
        assert (household.people, household.income_people, household.income_fen) == (3, 2, LINE)
        judged = judge_household(session, county_context(session), household, day(2).date())
        assert judged is not None
        assert (judged.income_fen, judged.result) == (LINE * 2 // 3, "unmet")
    happen(county, "died", "孙小宝", at=day(3))
    with county.read() as session:
        household = session.scalars(select(Household).where(Household.code == "A1")).one()
        judged = judge_household(session, county_context(session), household, day(3).date())
    assert judged is not None
    # Back to as many as it was entered for; a death never raises it.
    assert judged.income_fen == LINE
    assert sound(county, tmp_path)


def test_the_labour_force_follows_when_the_one_who_worked_leaves(county: County) -> None:
    people(county, {"labour": "none"}, {"labour": "with"})
    change(county, labour="with")
    happen(county, "married_out", "人2")
    assert home(county).labour == "none"


def test_who_moves_ends_in_one_household_and_begins_in_the_other_on_the_same_day(
    county: County, tmp_path: Path
) -> None:
    with county.write() as session:
        other = session.scalars(select(Household).where(Household.code == "A2")).one()
        session.add(Member(household_id=other.id, position=1, name="赵大叔", relation="户主"))
    happen(county, "moved", "人2", to="A2")
    assert (living(county), living(county, "A2")) == (["人1"], ["赵大叔", "人2"])
    with county.read() as session:
        rows = session.scalars(select(Member).where(Member.name == "人2")).all()
        assert {sum(counted(row, day(on).date()) for row in rows) for on in (0, 1, 2, 3)} == {1}
    assert sound(county, tmp_path)


def test_nobody_moves_to_where_nobody_is_known_or_to_a_household_that_is_gone(county: County) -> None:
    assert refused(lambda: happen(county, "moved", "人2", to="A2")) == ("head_first", "to")
    assert refused(lambda: happen(county, "moved", "人2", to="A1")) == ("moves_to_itself", "to")
    assert refused(lambda: happen(county, "moved", "人2", to="ZZ")) == ("no_household_to_move_to", "to")
    change(county, "A2", status="cleared")
    assert refused(lambda: happen(county, "moved", "人2", to="A2")) == ("no_household_to_move_to", "to")


def test_the_headship_passes_and_the_old_head_stays(county: County, tmp_path: Path) -> None:
    happen(county, "head", "人2")
    assert (living(county), home(county).head_name) == (["人2", "人1"], "人2")
    assert refused(lambda: happen(county, "head", "人2")) == ("head_already", "members")
    assert sound(county, tmp_path)


def test_a_person_lives_in_one_household_and_the_database_keeps_it(county: County) -> None:
    person = NewPerson(name="孙小明", id_number=id_number(1))
    happen(county, "came_in", person=person)
    assert refused(lambda: happen(county, "came_in", person=person))[0] == "already_a_member"
    misspelt = NewPerson(name="孙晓明", id_number=id_number(1))
    assert refused(lambda: happen(county, "came_in", person=misspelt)) == ("number_of_a_member", "id_number")
    with county.write() as session:
        other = session.scalars(select(Household).where(Household.code == "A2")).one()
        session.add(Member(household_id=other.id, position=1, name="赵大叔"))
    assert refused(lambda: happen(county, "came_in", person=person, household="A2")) == ("lives_elsewhere", "id_number")
    happen(county, "moved_away", "孙小明")
    # Who left and comes back begins again.
    happen(county, "came_in", person=person, household="A2", at=day(3))
    for broken in (
        {"position": 1, "ends_on": START.date(), "end_reason": "died"},
        {"ends_on": START.date()},
        {"begin_reason": "born"},
        {"ends_on": START.date(), "end_reason": "moved"},
    ):
        with pytest.raises(IntegrityError), county.write() as session:
            session.execute(update(Member).where(Member.name == "人1").values(**broken))


def test_evidence_from_before_a_birth_does_not_speak_of_the_child(engine: Engine) -> None:
    scheme = register_scheme()
    haves = [have.model_copy(update={"of_people": have.code == "school"}) for have in scheme.haves]
    county = settle_register(engine, scheme.model_copy(update={"haves": tuple(haves)}))
    people(county, {"labour": "with"})
    change(county, labour="with", income_fen=LINE * 9, income_year=2018)
    visit(county, findings={"school": "not_applicable"})

    def missing() -> dict[str, str]:
        with county.read() as session:
            household = session.scalars(select(Household).where(Household.code == "A1")).one()
            seen = exit_gate.examine(session, county_context(session), household, day(3))
        return {item.state.have.code: item.missing for item in seen.items if item.missing}

    assert missing() == {}
    ticket = county.file(household="A1", kind="school")
    made = happen(county, "born", person=NewPerson(name="孙小宝"))
    assert [row.id for row in made.again] == [ticket]
    with county.read() as session:
        event = session.scalars(select(Event).where(Event.subject_type == "ticket").order_by(Event.seq.desc())).first()
        assert event is not None
        assert event.action == "look_again"
        assert session.get(Outbox, event.id) is not None, "who handles it and the town are told"
    county.do("office", "cancel", ticket, day(2), reason="重复")
    assert missing() == {"school": "people_changed"}
    visit(county, at=day(3))
    assert missing() == {}


@pytest.mark.parametrize(
    "statement",
    [
        {"ends_on": date(2018, 1, 1)},
        {"end_reason": "moved_away"},
        {"ends_on": None, "end_reason": None},
    ],
)
def test_a_life_written_past_the_history_is_found(
    county: County, tmp_path: Path, statement: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Each household is compared by itself.
    monkeypatch.setattr(counted_proofs, "SPAN", 1)
    happen(county, "died", "人2")
    with county.write() as session:
        session.execute(update(Member).where(Member.name == "人2").values(**statement))
    # Whoever is alive again is not found by name.
    also = ["name_parts_differ"] if statement.get("ends_on", "") is None else []
    with county.read() as session:
        assert [finding.code for finding in verify(session, tmp_path)] == ["life_differs", *also]


def test_a_household_whose_head_was_taken_past_the_history_is_found(county: County, tmp_path: Path) -> None:
    with county.write() as session:
        session.execute(update(Member).where(Member.name == "人1").values(position=9))
    with county.read() as session:
        assert {(f.code, f.subject) for f in verify(session, tmp_path)} >= {("household_without_head", "household A1")}
