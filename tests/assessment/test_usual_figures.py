"""What is usual: a number of any form that no county can have is never taken without a word, and counts once it is confirmed."""

from collections.abc import Iterator

import pytest

from tests.support.scheme_cast import SCHEMES, shipped_scheme
from tests.support.shipped_county import ShippedCounty, shipped_in
from workflow.assessment.facts import known_facts
from workflow.errors import BadInput

READ = {path.stem: shipped_scheme(path) for path in SCHEMES}
REASON = "一名患者异地移植手术，费用单据已随表报送"


@pytest.fixture(scope="module", params=list(READ))
def shipped(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShippedCounty]:
    yield from shipped_in(tmp_path_factory.mktemp("usual"), READ[request.param])


def test_no_number_of_a_form_is_boundless(shipped: ShippedCounty) -> None:
    """Seen: 999,999,999 findings of an audit and 99,999,999 people sent to villages were taken as they stood."""
    taken = []
    for duty in shipped.scheme.duties.list:
        # What a duty counts needs a reason on its own until it is reached.
        if duty.of_ranking or duty.count is not None:
            continue
        for field in duty.fields:
            if field.type != "number" or field.known is not None:
                continue
            ticket = shipped.owed(duty.code)
            form = shipped.plausible(duty, shipped.period(ticket), **{field.code: "999999999"})
            try:
                shipped.hand_in(ticket, form)
            except BadInput:
                continue
            taken.append(f"{duty.code}.{field.code}")
    assert taken == []


@pytest.mark.parametrize("shipped", ["wuhua-2018"], indirect=True)
@pytest.mark.parametrize(
    "values",
    [
        {"people": "1", "costs": "1000000000", "aid": "1000000000"},
        {"people": "30", "costs": "1", "aid": "1"},
    ],
)
def test_what_is_far_from_usual_is_reached_once_it_is_confirmed(shipped: ShippedCounty, values: dict[str, str]) -> None:
    ticket = shipped.owed("aid_paid")
    with pytest.raises(BadInput) as error:
        shipped.hand_in(ticket, values)
    assert (error.value.code, error.value.field) == ("form_unusual", "missing")
    shipped.hand_in(ticket, values, missing=REASON)
    assert all(code.startswith("usual.") for code in shipped.recorded(ticket)["short"])
    with shipped.county.read() as session:
        facts = known_facts.Known(session, shipped.setting, shipped.now).tickets[ticket.duty_unit_id or 0]
    assert next(fact for fact in facts if fact.id == ticket.id).short


@pytest.mark.parametrize("shipped", ["wuhua-2018"], indirect=True)
def test_an_unusual_figure_that_was_confirmed_counts(shipped: ShippedCounty) -> None:
    ticket = shipped.owed("funds_audit")
    shipped.hand_in(ticket, {"findings": "501"}, missing=REASON)
    confirmer = next(code for code, number in shipped.units.items() if number == ticket.confirmer_unit_id)
    shipped.county.do(confirmer, "confirm", ticket.id, shipped.now)
    with shipped.county.read() as session:
        facts = known_facts.Known(session, shipped.setting, shipped.now).tickets[ticket.duty_unit_id or 0]
    assert not next(fact for fact in facts if fact.id == ticket.id).short


@pytest.mark.parametrize("shipped", ["wuhua-2018"], indirect=True)
def test_towns_are_those_of_the_county_each_once(shipped: ShippedCounty) -> None:
    ticket, name = shipped.owed("cadres_sent"), shipped.scheme.unit(shipped.town).name
    with pytest.raises(BadInput) as error:
        shipped.hand_in(ticket, {"towns": f"{name}、黑龙镇", "cadres": "4"})
    assert (error.value.code, error.value.params["town"]) == ("town_unknown", "黑龙镇")
    shipped.hand_in(ticket, {"towns": f"{name}，{shipped.town}", "cadres": "4"})
    assert "short" not in shipped.recorded(ticket)
