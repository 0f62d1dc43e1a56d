"""Units of the monitoring scheme: the bureaus of a county after the reforms of 2018 to 2025, by every name they go by."""

import pytest

from tests.support.scheme_cast import SCHEMES, shipped_scheme

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
