"""Checkups: who may record which, refusals with reasons, and what a checkup files, names and reopens."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from models import Checkup, Event, EventSecret, Finding, Household, Ticket
from tests.support.factories import START, County, day
from tests.support.households import change, leave, mend, settle_register, state, status, visit
from workflow.errors import BadInput, NotAllowed, NotFound, WorkflowError
from workflow.policy.worktime import local_date
from workflow.verification.full_check import verify


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_register(engine)


def refused(work: Callable[[], Any]) -> tuple[str, str | None]:
    with pytest.raises(WorkflowError) as caught:
        work()
    return caught.value.code, caught.value.field


def count(county: County, table: Any) -> int:
    with county.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize(
    ("who", "source", "allowed"),
    [
        *[
            (who, source, source != "matching")
            for who in ("village", "town")
            for source in ("visit", "household", "matching")
        ],
        *[("office", source, True) for source in ("visit", "household", "matching")],
        *[("water", source, source == "matching") for source in ("visit", "household", "matching")],
    ],
)
def test_each_brings_only_the_source_that_is_theirs(county: County, who: str, source: str, allowed: bool) -> None:
    results = {"water": "met", "power": "met"} if who != "water" else {"water": "met"}
    if not allowed:
        assert refused(lambda: visit(county, who, source=source, findings=results)) == ("source_not_yours", "source")
        return
    assert visit(county, who, source=source, findings=results).checkup.source == source


def test_who_does_not_reach_the_household_does_not_learn_that_it_exists(county: County) -> None:
    for who in ("other_village", "far_village", "other_town"):
        with pytest.raises(NotFound):
            visit(county, who)
    for who in ("leaders", "inspectorate", "admin"):
        with pytest.raises(NotAllowed):
            visit(county, who)


def test_a_bureau_matches_only_the_haves_of_its_own_kinds_and_the_town_vets_what_it_files(county: County) -> None:
    assert refused(lambda: visit(county, "water", source="matching", findings={"power": "met"}))[0] == "have_not_yours"
    made = visit(county, "housing", source="matching", findings={"school": "unmet"}, file=["school"])
    ticket = made.filed[0]
    assert (ticket.filed_as, ticket.state, ticket.holder_unit_id) == ("bureau", "reported", county.units["town-a"])
    assert county.do("town", "endorse", ticket.id, day(1)).lead_unit_id == county.units["housing"]
    with county.read() as session:
        assert session.scalars(select(Household.visited_on).where(Household.code == "A1")).one() is None


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"findings": {"roof": "met"}}, "have_unknown", "findings"),
        ({"findings": {"water": "wet"}}, "unknown_result", "findings"),
        ({"findings": {"water": "not_applicable"}}, "not_optional", "findings"),
        ({"causes": {"water": "dry"}}, "cause_only_unmet", "findings"),
        ({"findings": {"water": "unmet"}, "causes": {"water": "gone"}}, "cause_unknown", "findings"),
        ({"file": ["water"]}, "file_not_unmet", "file"),
        ({"file": ["roof"]}, "have_unknown", "file"),
        ({"source": "rumour"}, "unknown_source", "source"),
        ({"source": "household"}, "nothing_found", "findings"),
        ({"seen_on": local_date(day(1))}, "date_in_future", "seen_on"),
        ({"seen_on": local_date(day(-31))}, "seen_too_long_ago", "seen_on"),
        ({"seen_on": "gestern"}, "not_a_date", "seen_on"),
        ({"present": "x" * 201}, "too_long", "present"),
        ({"note": "x" * 2001}, "too_long", "note"),
    ],
)
def test_bad_input_names_its_field_and_writes_nothing(
    county: County, changes: dict[str, Any], code: str, field: str
) -> None:
    assert refused(lambda: visit(county, **changes)) == (code, field)
    assert (count(county, Checkup), count(county, Finding), count(county, Ticket)) == (0, 0, 0)


def test_several_tickets_are_filed_in_one_go_and_come_from_their_findings(county: County) -> None:
    made = visit(
        county, findings={"water": "unmet", "power": "unmet"}, causes={"water": "dry"}, file=["water", "power"]
    )
    assert [(ticket.kind, ticket.cause, ticket.state) for ticket in made.filed] == [
        ("water", "dry", "reported"),
        ("power", "", "reported"),
    ]
    assert [ticket.finding_id for ticket in made.filed] == [
        finding.id for finding in made.findings if finding.result == "unmet"
    ]


def test_one_already_open_for_the_same_have_is_named_and_not_doubled(county: County) -> None:
    ticket = county.file("town", at=day(0))
    made = visit(county, at=day(1), findings={"water": "unmet"}, causes={"water": "dry"}, file=["water"])
    assert ([one.id for one in made.open], made.filed, made.reopened) == ([ticket], [], [])
    assert count(county, Ticket) == 1


def test_unmet_without_a_wish_for_a_ticket_files_none(county: County) -> None:
    made = visit(county, findings={"water": "unmet"})
    assert (made.filed, made.open, count(county, Ticket)) == ([], [], 0)


def test_a_form_sent_twice_is_one_checkup(county: County) -> None:
    first = visit(county, findings={"water": "unmet"}, file=["water"], once="abc")
    again = visit(county, findings={"water": "unmet"}, file=["water"], once="abc")
    assert (again.checkup.id, again.repeated, first.repeated) == (first.checkup.id, True, False)
    assert [one.id for one in again.filed] == [one.id for one in first.filed]
    assert (count(county, Checkup), count(county, Ticket)) == (1, 1)


def test_the_last_visit_never_goes_backwards_and_only_visits_move_it(county: County) -> None:
    def visited() -> Any:
        with county.read() as session:
            return session.scalars(select(Household.visited_on).where(Household.code == "A1")).one()

    visit(county, source="household", findings={"water": "met"})
    assert visited() is None
    visit(county, at=day(5))
    visit(county, at=day(6), seen_on=local_date(day(1)))
    assert visited() == local_date(day(5))


def test_a_closed_have_found_unmet_again_is_reopened_and_its_confirmation_was_false(county: County) -> None:
    visit(county, findings={"water": "unmet"}, file=["water"])
    mend(county, 1, day(3))
    made = visit(county, at=day(8), findings={"water": "unmet"}, file=["water"])
    assert ([one.id for one in made.reopened], made.filed) == ([1], [])
    ticket = county.ticket(1)
    assert (ticket.state, ticket.episode, ticket.relapses, ticket.false_closings) == ("in_progress", 2, 1, 0)
    assert ticket.holder_unit_id == county.units["water"]
    with county.read() as session:
        event = session.scalars(select(Event).where(Event.action == "relapse")).one()
        assert event.given == {
            "checkup": made.checkup.id,
            "finding": made.findings[0].id,
            "confirmed_by": "town-a",
        }


def test_what_was_seen_before_the_confirmation_is_no_relapse(county: County) -> None:
    visit(county, findings={"water": "unmet"}, file=["water"])
    mend(county, 1, day(3))
    made = visit(county, at=day(4), seen_on=local_date(day(2)), findings={"water": "unmet"})
    assert (made.reopened, county.ticket(1).state, state(county).result) == ([], "closed", "met")


def test_another_cause_is_no_relapse_but_a_ticket_of_its_own(county: County) -> None:
    visit(county, findings={"water": "unmet"}, causes={"water": "dry"}, file=["water"])
    mend(county, 1, day(3))
    made = visit(county, at=day(5), findings={"water": "unmet"}, causes={"water": "dirty"}, file=["water"])
    assert (made.reopened, [one.cause for one in made.filed], county.ticket(1).relapses) == ([], ["dirty"], 0)


def test_after_the_days_for_reopening_a_new_ticket_names_the_closed_one(county: County) -> None:
    visit(county, findings={"water": "unmet"}, file=["water"])
    mend(county, 1, day(3))
    made = visit(county, at=day(60), findings={"water": "unmet"}, file=["water"])
    assert (made.reopened, [one.relapse_of_id for one in made.filed]) == ([], [1])
    assert (county.ticket(1).state, county.ticket(1).relapses) == ("closed", 0)


def test_an_exited_household_found_wanting_on_a_visit_is_back_on_the_register(county: County) -> None:
    visit(county)
    leave(county, day(1))
    recorded = visit(county, "water", day(2), source="matching", findings={"water": "unmet"})
    assert (recorded.taken_back, status(county)) == (False, "exited")
    made = visit(county, at=day(3), findings={"water": "unmet"})
    assert (made.taken_back, status(county)) == (True, "in")


def test_words_stand_beside_the_history_and_codes_in_it(county: County) -> None:
    visit(county, findings={"water": "unmet"}, note="老人独居", present="户主张三")
    with county.read() as session:
        event, secret = session.execute(
            select(Event, EventSecret).join(EventSecret).where(Event.action == "checkup")
        ).one()
        assert "张三" not in str(event.given) + str(event.effect)
        assert secret.body == {"present": "户主张三", "note": "老人独居"}
        assert event.given["findings"]["water"] == ["unmet", ""]


def test_everything_a_checkup_leads_to_verifies(county: County, tmp_path: Any) -> None:
    visit(county, findings={"water": "unmet"}, file=["water"])
    mend(county, 1, day(3))
    visit(county, at=day(8), findings={"water": "unmet"})
    with county.read() as session:
        assert {finding.code for finding in verify(session, tmp_path)} <= {"bytes_missing"}
    change(county, status="cleared")
    with county.read() as session:
        assert "row_differs" not in {finding.code for finding in verify(session, tmp_path)}


def test_a_ticket_asked_for_without_its_finding_is_still_only_the_villages_and_towns(county: County) -> None:
    with pytest.raises(NotAllowed):
        county.file("water", at=START)
    with pytest.raises(BadInput):
        visit(county, "water", source="matching", findings={"water": "met"}, file=["water"])
