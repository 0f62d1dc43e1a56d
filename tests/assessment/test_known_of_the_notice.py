"""Own rows answer what the forms of the notice ask: a base of the register is not typed, nor are the quota's houses."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from models import DutyForm, Household, Member
from models.household import ON_REGISTER
from tests.support.notice import SCHEME
from tests.support.quota import confirm_all
from tests.support.shipped_county import ShippedCounty, shipped_in
from workflow.errors import BadInput
from workflow.register.counted import quota
from workflow.tickets.actions.known_answers import known_answers


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShippedCounty]:
    yield from shipped_in(tmp_path_factory.mktemp("known"), SCHEME)


def test_training_of_one_of_one_is_held_against_the_labourers_on_the_register(shipped: ShippedCounty) -> None:
    ticket, form = shipped.owed("training"), {"labourers": "1", "trained": "1"}
    with shipped.county.read() as session:
        own = known_answers(session, shipped.setting, ticket, SCHEME.duty("training").fields)
    assert int(own["labourers"]) > 30
    with pytest.raises(BadInput) as error:
        shipped.hand_in(ticket, form)
    assert error.value.code == "form_not_reached"
    shipped.hand_in(ticket, form, missing="其余年底前培训")
    with shipped.county.read() as session:
        kept = session.scalars(select(DutyForm.fields).where(DutyForm.ticket_id == ticket.id)).one()
    assert kept == {**own, "trained": "1"}
    assert shipped.recorded(ticket)["short"] == ["all_trained"]


def test_the_houses_of_the_county_are_those_of_the_list(shipped: ShippedCounty) -> None:
    household, village_id = shipped.settled.households[0]
    towns = {village.id: village.town_id for village in shipped.settled.villages}
    town = shipped.settled.people[("unit", towns[village_id])]
    done = {"paid_on": shipped.now.date(), "finished_on": shipped.now.date()}
    with shipped.county.write() as session:
        quota.add(session, town, shipped.setting, shipped.now, [household])
        quota.settle(session, town, shipped.setting, shipped.now, {household: done})
        confirm_all(session, shipped.county.people["housing"], shipped.setting, shipped.now)
    ticket = shipped.owed("house_guidance")
    shipped.hand_in(ticket, {"finished": "718", "paid": "718"})
    with shipped.county.read() as session:
        kept = session.scalars(select(DutyForm.fields).where(DutyForm.ticket_id == ticket.id)).one()
    assert kept == {"finished": "1", "paid": "1"}


def test_bases_of_the_register_are_the_systems_answers() -> None:
    known = {
        (duty.code, field.code): field.known for duty in SCHEME.duties.list for field in duty.fields if field.known
    }
    assert known == {
        ("insured", "people"): "people.registered",
        ("aid_list", "people"): "people.registered",
        ("training", "labourers"): "people.labourers",
        ("allowance_cover", "entitled"): "people.beyond_help",
        ("enrolment", "children"): "people.school_age",
        ("funds_in", "people"): "people.labourers",
        ("public_posts", "labourers"): "people.labourers",
        ("placement_plan", "labourers"): "people.labourers",
        ("labour_cooperation", "labourers"): "people.labourers",
        ("ledger", "tickets"): "tickets.filed",
        ("house_guidance", "finished"): "quota.finished",
        ("house_guidance", "paid"): "quota.paid",
        ("income_survey_help", "listed"): "villages.listed",
        ("income_survey", "listed"): "villages.listed",
        ("income_survey", "average"): "incomes.average",
        ("pension", "due"): "people.pension_paying",
        ("pension", "aged"): "people.pension_age",
        ("allowance_imported", "pupils"): "people.pupils",
        ("sampling", "registered"): "households.on_register",
        ("file_inspection", "registered"): "households.on_register",
        ("file_check", "registered"): "households.on_register",
    }


def test_who_has_died_is_no_labourer_of_the_form(shipped: ShippedCounty) -> None:
    ticket = shipped.owed("training")
    before = int(shipped.known(ticket)["labourers"])
    with shipped.county.write() as session:
        homes = select(Household.id).where(Household.status.in_(ON_REGISTER))
        able = select(Member).where(Member.household_id.in_(homes), Member.position > 1)
        person = next(
            row
            for row in session.scalars(able)
            if row.labour == "with" and row.born_on is not None and 1960 < row.born_on.year < 2000
        )
        person.ends_on, person.end_reason = shipped.now.date(), "died"
    assert int(shipped.known(ticket)["labourers"]) == before - 1
