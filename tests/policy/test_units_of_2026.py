"""Units of the monitoring scheme: the bureaus of a county after the reforms of 2018 to 2025, by every name they go by."""

import json

import pytest

from tests.support.scheme_cast import SCHEMES, shipped_scheme
from workflow.county.context import stored_form
from workflow.policy.scheme.model import Scheme
from workflow.policy.scheme.validation import check

MONITORING = shipped_scheme(next(path for path in SCHEMES if path.stem == "fanpin-monitoring"))
CALLED = {unit.code: {unit.name, unit.full_name, *unit.aliases} for unit in MONITORING.units}


@pytest.mark.parametrize(
    "name",
    [
        *("县公安局", "县财政局", "县审计局", "县民政局", "县人社局", "县教育局", "县卫健局", "县医保局", "县水务局"),
        *("县住建局", "县应急局", "县自然资源局", "县市场监管局", "县退役军人局", "县政数局", "县残联"),
        *("县委组织部", "县委社会工作部", "县委农办", "县农业农村局", "乡村振兴局"),
    ],
)
def test_each_bureau_is_one_unit_and_found_by_the_name_people_use(name: str) -> None:
    assert len([code for code, names in CALLED.items() if name in names]) == 1


def test_those_that_push_data_on_risks_owe_the_quarterly_matching() -> None:
    matchers = next(group for group in MONITORING.duties.groups if group.code == "matchers")
    assert {"police", "health-commission", "disabled-persons", "emergencies"} <= set(matchers.units)


def test_a_unit_with_two_plates_is_one_unit_whichever_the_policy_names() -> None:
    farming = MONITORING.unit("farming")
    assert [plate.code for plate in farming.plates] == ["revitalisation"]
    assert "县乡村振兴局" in farming.names
    routes = {route.code: route.lead for kind in MONITORING.kinds for route in kind.routes}
    assert routes["newly-found"] == routes["income-farming"] == "farming"
    named = {rule.split(".")[3]: codes for rule, codes in MONITORING.plated.items() if rule.endswith(".lead")}
    assert named == {"newly-found": {"farming": "revitalisation"}, "record-differs": {"farming": "revitalisation"}}


def test_what_is_stored_is_read_as_the_same_scheme_and_one_without_plates_keeps_its_form() -> None:
    assert Scheme.model_validate(json.loads(stored_form(MONITORING))) == MONITORING
    for path in SCHEMES:
        scheme = shipped_scheme(path)
        assert ('"plated"' in stored_form(scheme)) == any(unit.plates for unit in scheme.units), path


@pytest.mark.parametrize(
    ("plate", "fault"),
    [("revitalisation", None), ("farming", "duplicate_code"), ("police", "duplicate_code"), ("town", "duplicate_code")],
)
def test_a_plates_code_is_no_other_units(plate: str, fault: str | None) -> None:
    content = json.loads(stored_form(MONITORING))
    unit = next(unit for unit in content["units"] if unit["code"] == "farming")
    unit["plates"][0]["code"] = plate
    found = [finding.code for finding in check(Scheme.model_validate(content))]
    assert found == ([fault] if fault else [])
