"""Exit gate: every requirement, each missing one named, and the dossier of a passed household."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, select, text, update

from models import Event, ExitDossier, Household
from tests.support.factories import County, day
from tests.support.households import LINE, change, leave, mend, people, settle_register, status, visit
from workflow.errors import BadInput, ExitRefused, NotAllowed, NotFound, WrongState
from workflow.history.event_log import canonical, digest
from workflow.register import exit_gate, household_record
from workflow.tickets import filing
from workflow.tickets.filing import Deficiency
from workflow.tickets.views import detail
from workflow.verification.full_check import verify


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_register(engine)


def missing(county: County, at: Any, household: str = "A1") -> dict[str, str]:
    """The codes of what the gate finds missing; empty when the household passes."""
    with county.write() as session:
        try:
            exit_gate.exit_household(session, county.people["town"], at, household)
        except ExitRefused as refusal:
            seen = refusal.examination
            lacking = {item.state.have.code: item.missing for item in seen.items if item.missing}
            if not seen.income_holds:
                lacking["rule"] = seen.income.reasons[0].code
            session.rollback()
            return lacking
        session.rollback()
    return {}


def test_a_household_all_of_whose_haves_are_met_goes_out_and_leaves_a_dossier(county: County) -> None:
    visit(county, findings={"school": "not_applicable"})
    number = leave(county, day(1))
    assert status(county) == "exited"
    with county.read() as session:
        dossier = session.get_one(ExitDossier, number)
        event = session.scalars(select(Event).where(Event.action == "exit")).one()
    assert digest(canonical(dossier.content)) == dossier.hash == event.given["hash"]
    assert [(one["have"], one["result"]) for one in dossier.content["haves"]] == [
        ("water", "met"),
        ("power", "met"),
        ("school", "not_applicable"),
        ("income", "met"),
    ]
    assert dossier.content["income"]["income_fen"] == dossier.content["income"]["threshold_fen"] == LINE
    assert (event.from_state, event.to_state) == ("pre_exit", "exited")


def test_every_missing_have_is_named_at_once(county: County) -> None:
    assert missing(county, day(0)) == dict.fromkeys(("water", "power", "school", "income"), "never_checked")
    visit(county, findings={"water": "unmet", "power": "unmet"}, file=["power"])
    assert missing(county, day(0)) == {"water": "unmet", "power": "open_ticket"}


def test_evidence_on_the_last_day_of_the_span_counts_and_a_day_later_no_more(county: County) -> None:
    visit(county)
    assert missing(county, day(30)) == {}
    assert missing(county, day(31)) == dict.fromkeys(("water", "power", "school", "income"), "too_old")


def test_a_confirmed_ticket_is_evidence_of_its_have(county: County) -> None:
    visit(county, findings={"water": "unmet"}, file=["water"])
    mend(county, 1, day(3))
    assert missing(county, day(33)) == dict.fromkeys(("power", "school", "income"), "too_old")


def test_an_open_ticket_of_its_village_keeps_a_household_in(county: County) -> None:
    visit(county)
    with county.write() as session:
        filing.file_ticket(session, county.people["town"], day(0), Deficiency(village="town-a-v1", kind="water"))
    assert missing(county, day(1)) == {"water": "open_ticket"}


def test_a_ticket_about_none_of_the_haves_does_not_keep_it_in(county: County) -> None:
    visit(county)
    county.file("town", kind="file", at=day(0))
    assert missing(county, day(1)) == {}


def test_the_income_rule_is_asked_of_the_register_as_it_is_now(county: County) -> None:
    visit(county)
    change(county, income_fen=LINE - 1)
    assert missing(county, day(1)) == {"rule": "income_below"}
    change(county, income_fen=None, income_year=None)
    assert missing(county, day(1)) == {"rule": "income_unknown"}
    change(county, income_fen=LINE, income_year=2031)
    assert missing(county, day(1)) == {"rule": "average_missing"}
    change(county, income_fen=LINE, income_year=2018)
    people(county, {"labour": "none", "beyond_help": True, "allowance": False})
    assert missing(county, day(1)) == {"rule": "uncovered"}


def test_the_town_and_the_office_open_the_gate_and_nobody_else(county: County) -> None:
    visit(county)
    for who in ("village", "leaders", "inspectorate"):
        with pytest.raises(NotAllowed):
            leave(county, day(1), who)
    for who in ("other_village", "other_town", "water", "admin"):
        with pytest.raises(NotFound):
            leave(county, day(1), who)
    leave(county, day(1), "office")
    with pytest.raises(WrongState):
        leave(county, day(1), "office")


def test_by_hand_a_status_changes_for_a_reason_and_never_to_exited(county: County) -> None:
    def set_to(status_: str, reason: str = "因病致贫", who: str = "town") -> None:
        with county.write() as session:
            exit_gate.set_status(session, county.people[who], day(0), "A1", status_, reason)

    with pytest.raises(WrongState):
        set_to("exited")
    with pytest.raises(BadInput):
        set_to("in", " ")
    with pytest.raises(BadInput):
        set_to("rich")
    with pytest.raises(NotAllowed):
        set_to("in", who="village")
    set_to("in")
    # Leaving the register without the gate is decided by the county.
    with pytest.raises(NotAllowed):
        set_to("cleared")
    set_to("cleared", who="office")
    with pytest.raises(WrongState):
        set_to("pre_exit")
    with pytest.raises(WrongState):
        leave(county, day(0))
    with county.read() as session:
        moves = session.execute(select(Event.from_state, Event.to_state).where(Event.action == "status")).all()
    assert [tuple(one) for one in moves] == [("pre_exit", "in"), ("in", "cleared")]


def test_clearing_cancels_what_is_open_and_afterwards_nothing_is_recorded_filed_or_opened(
    county: County, tmp_path: Any
) -> None:
    def set_to(status_: str, who: str = "office") -> None:
        with county.write() as session:
            exit_gate.set_status(session, county.people[who], day(5), "A1", status_, "重复建档")

    visit(county, findings={"water": "unmet", "power": "unmet"}, file=["water", "power"])
    mend(county, 1, day(3))
    set_to("cleared")
    with county.read() as session:
        event = session.scalars(select(Event).where(Event.action == "status")).one()
        view = detail.ticket_view(session, county.people["town"], county.ticket(1).number, day(5))
        house = household_record.dossier(session, county.people["town"], "A1", day(5))
    assert (county.ticket(1).state, county.ticket(2).state, event.given["cancelled"]) == ("closed", "withdrawn", [2])
    assert ("reopen" in view.actions, house.may_check) == (False, False)
    for refused in (
        lambda: county.file("town", kind="water", at=day(5)),
        lambda: visit(county, at=day(5)),
        lambda: county.do("town", "reopen", 1, day(5), reason="又断水"),
    ):
        with pytest.raises(WrongState, match="household_cleared"):
            refused()
    # A bureau learns no more from its code than from any other household's.
    with pytest.raises(NotFound):
        visit(county, "water", day(5), findings={"water": "unmet"}, source="matching")
    set_to("in")
    county.do("town", "reopen", 1, day(5), reason="又断水")
    with county.read() as session:
        assert {finding.code for finding in verify(session, tmp_path)} == {"bytes_missing"}


@contextmanager
def _without_triggers(county: County) -> Iterator[Any]:
    with county.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER exit_dossier_refuse_update"))
        else:
            connection.execute(text("ALTER TABLE exit_dossier DISABLE TRIGGER ALL"))
        yield connection


def test_a_tampered_dossier_and_a_status_without_an_event_are_found(county: County, tmp_path: Any) -> None:
    visit(county)
    leave(county, day(1))
    with county.read() as session:
        assert verify(session, tmp_path) == []
    with _without_triggers(county) as connection:
        connection.execute(update(ExitDossier).values(content={"haves": []}))
        connection.execute(update(Household).where(Household.code == "A1").values(status="in"))
    with county.read() as session:
        assert sorted(finding.code for finding in verify(session, tmp_path)) == ["dossier_altered", "row_differs"]
