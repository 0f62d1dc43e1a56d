"""Nothing done, or one of many, is never what an item demands: the emptiest form that a unit can send without a reason does
not count as reached, under either scheme.

Generated over all forms: every number at its least; where that is accepted as it stands, the list here says why it is right.
"""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from models import Village
from tests.support.notice import SCHEME
from tests.support.scheme_cast import SCHEMES, shipped_scheme
from tests.support.shipped_county import ShippedCounty, shipped_in
from workflow.assessment import entries
from workflow.assessment.entries import EntryInput
from workflow.errors import BadInput
from workflow.policy.scheme.duties import Duty
from workflow.tickets.actions import duty_progress

READ = {path.stem: shipped_scheme(path) for path in SCHEMES}
#: Forms whose least numbers reach the item, and why.
RIGHT = {
    "joint_archive": "the number of villages is optional; the file number is the archive",
    "aid_list": "the system counts the people on the list",
    "aid_match": "who had costs in a month: one may be all, and none is stated",
    "house_guidance": "the system counts the houses; the quota's own duty says whether they are finished",
    "project_library": "not every project is tendered",
    "funds_audit": "no findings is no failing; the audit report is the evidence",
    "incidents": "no misuse is what item 15 demands",
    "performance": "no idle money is what item 16 demands",
    "idle_money": "no idle money is what item 16 demands",
    "identification": "nobody to remove or to add; those added are held against the register",
    "people_sent": "the notice names no number of people",
    "data_reconciled": "the notice names no number of rows",
    "allowance_verified": "pupils are held against the register, where there are more than a few",
    "insurance_entered": "people are held against the register, where there are more than a few; nothing may be to complete",
    "data_matching": "the system counts the households warned of",
}


@pytest.fixture(scope="module", params=list(READ))
def shipped(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShippedCounty]:
    yield from shipped_in(tmp_path_factory.mktemp("empty"), READ[request.param])


def emptiest(shipped: ShippedCounty, duty: Duty) -> dict[str, str]:
    """The form with every number at its least that is no statement of none."""
    ticket = shipped.owed(duty.code)
    least = {
        field.code: str(max(int(field.min or 0), 1 if field.none else 0))
        for field in duty.fields
        if field.type == "number"
    }
    return shipped.plausible(duty, shipped.period(ticket), **least)


def accepted(shipped: ShippedCounty, duty: Duty) -> bool:
    """Whether the emptiest form is taken without a reason."""
    try:
        shipped.hand_in(shipped.owed(duty.code), emptiest(shipped, duty))
    except BadInput:
        return False
    return True


def test_the_emptiest_form_of_any_duty_needs_a_reason_or_is_right(shipped: ShippedCounty) -> None:
    asked = [
        duty
        for duty in shipped.scheme.duties.list
        if not duty.of_ranking and duty.count is None and any(field.type == "number" for field in duty.fields)
    ]
    assert asked
    taken = [duty.code for duty in asked if accepted(shipped, duty)]
    assert [code for code in taken if code not in RIGHT] == []


#: Seen accepted without a reason and counted as reached: the duty, the values, and the rule it falls short of.
SEEN = [
    ("funds_in", {"people": "1", "province": "12000", "paired": "6000", "local": "2000", "paid": "0"}, "all_paid"),
    ("income_survey", {"listed": "92", "villages": "1", "households": "1"}, "every_listed"),
    ("income_survey", {"listed": "92", "villages": "92", "households": "92"}, "sample_size"),
    ("income_survey_help", {"listed": "3", "households": "1"}, "sample_size"),
    ("labour_cooperation", {"placed": "0"}, "some_placed"),
    ("ledger", {"listed": "9", "struck": "0"}, "some_struck"),
    ("funds_ledger", {"received": "100000", "spent": "0"}, "some_spent"),
    ("allowance_imported", {"rows": "1", "pupils": "9"}, "all_imported"),
    ("sampling", {"registered": "40", "sampled": "1"}, "sample_size"),
    ("file_inspection", {"registered": "40", "inspected": "1"}, "sample_size"),
    ("file_check", {"registered": "40", "inspected": "1"}, "all_inspected"),
    ("data_reconciled", {"compared": "1000", "differ": "1000", "open": "1000"}, "none_open"),
    ("aid_paid", {"people": "0", "costs": "100", "aid": "80"}, "somebody_aided"),
]


@pytest.mark.parametrize(("code", "values", "rule"), SEEN)
def test_what_was_taken_as_reached_falls_short_of_its_rule(
    notice: ShippedCounty, code: str, values: dict[str, str], rule: str
) -> None:
    ticket = notice.owed(code)
    form = notice.plausible(SCHEME.duty(code), notice.period(ticket), **values)
    with pytest.raises(BadInput) as error:
        notice.hand_in(ticket, form)
    assert error.value.code == "form_not_reached"
    notice.hand_in(ticket, form, missing="其余部分12月25日前补齐，已约定专人负责")
    assert rule in notice.recorded(ticket)["short"]


@pytest.fixture(scope="module")
def notice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShippedCounty]:
    yield from shipped_in(tmp_path_factory.mktemp("seen"), SCHEME)


def test_one_secretary_trained_is_one_of_the_countys_villages(notice: ShippedCounty) -> None:
    """Item 13 (seen: a training with one attendee reached the whole item)."""
    ticket, all_ = notice.owed("secretaries_trained"), len(notice.settled.villages)
    count = SCHEME.duty("secretaries_trained").count
    assert count is not None
    for number, people in enumerate((1, all_)):
        proof = notice.county.bring("organization", ticket.id, notice.now, f"training {number}".encode())
        with notice.county.write() as session:
            given = EntryInput(on=notice.now.date(), fields={"people": str(people)}, evidence=[proof])
            entries.enter(session, notice.who("organization"), ticket.id, notice.now, given)
        with notice.county.read() as session:
            counted = duty_progress.counted(session, notice.setting, ticket)
        assert counted is not None
        assert (counted.done, counted.target) == (1 + number * all_, all_)
        if number == 0:
            with pytest.raises(BadInput) as error:
                notice.hand_in(ticket, {})
            assert error.value.code == "target_not_reached"
            assert error.value.params == {"done": 1, "target": all_}
    notice.hand_in(ticket, {})
    assert "short" not in notice.recorded(ticket)


def test_no_more_weak_branches_than_listed_villages(notice: ShippedCounty) -> None:
    """Item 13 speaks of branches of the listed villages (seen: bounded by all 323 of the county)."""
    with notice.county.write() as session:
        rows = session.scalars(select(Village).order_by(Village.code).limit(92))
        for village in rows:
            village.listed_poor = True
    ticket = notice.owed("weak_branches")
    with pytest.raises(BadInput) as error:
        notice.hand_in(ticket, {"weak": "93", "done": "93"}, missing="其余部分12月25日前补齐，已约定专人负责")
    assert (error.value.code, error.value.field, error.value.params["most"]) == ("above_rows", "form.weak", 92)
    notice.hand_in(ticket, {"weak": "92", "done": "92"})
    # The villages of item 2 are those listed, whatever is typed.
    survey = notice.owed("income_survey")
    form = {"listed": "1", "villages": "1", "households": "10", "income": "11000"}
    with pytest.raises(BadInput) as error:
        notice.hand_in(survey, form)
    assert error.value.code == "form_not_reached"
    notice.hand_in(survey, form | {"villages": "92", "households": "920"})
    assert "short" not in notice.recorded(survey)
