"""One of one is not many of many: a form with every number at 1, in a county with enough rows, needs a reason in every duty,
or the list here says why one may be all."""

from collections.abc import Iterator

import pytest

from tests.assessment.test_own_of_the_schemes import full_county
from tests.support.notice import SCHEME
from tests.support.shipped_county import ShippedCounty, shipped_in
from workflow.assessment.facts import known_facts
from workflow.errors import BadInput
from workflow.policy.scheme.duties import Duty
from workflow.tickets.actions import own_gaps

#: Forms of which one may be all, and why.
RIGHT = {
    "joint_archive": "the number of villages is optional; the file number is the archive",
    "aid_list": "the system counts the people on the list",
    "aid_match": "who had costs in a month: one may be all",
    "house_guidance": "the system counts the houses",
    "weak_branches": "one weak branch may be all there is",
    "project_library": "the notice names no number of projects, and no rows hold any",
    "funds_audit": "the notice names no number of findings; the audit report is the evidence",
    "people_sent": "the notice names no number of people",
}
REASON = "其余部分12月25日前补齐，已约定专人负责"


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShippedCounty]:
    for shipped in shipped_in(tmp_path_factory.mktemp("one"), SCHEME):
        full_county(shipped)
        yield shipped


def ones(county: ShippedCounty, duty: Duty, **more: str) -> dict[str, str]:
    ticket = county.owed(duty.code)
    numbers = {field.code: "1" for field in duty.fields if field.type == "number"}
    return county.plausible(duty, county.period(ticket), **{**numbers, **more})


def test_one_of_one_needs_a_reason_or_may_be_all(county: ShippedCounty) -> None:
    taken = []
    for duty in SCHEME.duties.list:
        numbers = any(field.type == "number" for field in duty.fields)
        if not numbers or duty.of_ranking or duty.count is not None:
            continue
        try:
            county.hand_in(county.owed(duty.code), ones(county, duty))
        except BadInput:
            continue
        taken.append(duty.code)
    assert [code for code in taken if code not in RIGHT] == []


#: Seen accepted as reached: the duty, the values, and the code of what it falls short of.
SEEN = [
    ("allowance_paid", {"pupils": "1", "paid": "1", "waived": "0"}, "own.pupils"),
    ("labour_cooperation", {"placed": "1"}, "usual.placed_usual"),
    ("public_posts", {"posts": "1", "filled": "1"}, "usual.posts_usual"),
    ("placement_plan", {"willing": "1", "planned": "1"}, "usual.willing_usual"),
    ("ledger", {"listed": "1", "struck": "1"}, "usual.tickets_listed"),
    ("funds_ledger", {"received": "1", "spent": "1"}, "usual.received_least"),
]
#: Whose duty it is where the first unit has no rows of it.
WHOSE = {"ledger": "housing"}


@pytest.mark.parametrize(("code", "values", "short"), SEEN)
def test_one_of_many_counts_only_once_it_is_confirmed(
    county: ShippedCounty, code: str, values: dict[str, str], short: str
) -> None:
    ticket = county.owed(code, WHOSE.get(code))
    form = county.plausible(SCHEME.duty(code), county.period(ticket), **values)
    with pytest.raises(BadInput) as error:
        county.hand_in(ticket, form)
    assert error.value.code in ("form_below_rows", "form_unusual")
    county.hand_in(ticket, form, missing=REASON)
    assert county.recorded(ticket)["short"] == [short]
    confirmer = next(code for code, number in county.units.items() if number == ticket.confirmer_unit_id)
    for confirmed in (False, True):
        if confirmed:
            county.county.do(confirmer, "confirm", ticket.id, county.now)
        with county.county.read() as session:
            known = known_facts.Known(session, county.setting, county.now).tickets
        fact = next(each for facts in known.values() for each in facts if each.id == ticket.id)
        assert fact.short is not confirmed


def test_pupils_of_two_bureaus_are_together_those_on_the_register(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Item 7: what education has reported is no part of what is left to labour; what was returned is."""
    for shipped in shipped_in(tmp_path_factory.mktemp("pupils"), SCHEME):
        full_county(shipped)
        duty = SCHEME.duty("allowance_paid")
        shipped.owed(duty.code, "labour")
        whole = shipped.held(duty)["pupils"].own
        assert whole is not None
        assert whole > 20
        first = shipped.owed(duty.code, "education")
        fits = {"pupils": str(whole - 15), "paid": str(whole - 15)}
        shipped.hand_in(first, fits)
        labour = shipped.owed(duty.code, "labour")
        with shipped.county.read() as session:
            assert own_gaps.held(session, shipped.setting, labour, duty.fields)["pupils"].own == 15
        for pupils, code in (("16", "form_above_rows"), ("1", "form_below_rows")):
            with pytest.raises(BadInput) as error:
                shipped.hand_in(labour, {"pupils": pupils, "paid": pupils})
            assert (error.value.code, error.value.params["rows"]) == (code, 15)
        shipped.owed(duty.code, "education")
        with shipped.county.read() as session:
            assert own_gaps.held(session, shipped.setting, labour, duty.fields)["pupils"].own == whole
