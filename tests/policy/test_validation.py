"""Every rule between the parts of a scheme: what breaks it is found where it stands, and nothing else is."""

from typing import Any

import pytest

from tests.support.factories import small_scheme, words
from tests.support.schemes import Faults, faults_of, with_part
from workflow.policy.scheme.validation import check

ROUTE = {"code": "water", "lead": "water", "confirmer": "town", "reason": words("r"), "when": {}}
HAVE = {"code": "water", "name": words("饮水")}
CANDIDATES = {"kind": "water", "grounds": [HAVE]}
PROPORTION = {"of": "deficiency", "outcomes": ["honest_error"], "kinds": ["water"]}


def unit(code: str, kind: str = "bureau", **more: Any) -> dict[str, Any]:
    return {"code": code, "name": f"县{code}局", "name_en": code, "type": kind} | more


FAULTS: list[tuple[str, Any, Faults]] = [
    ("units.+", unit("fire"), set()),
    ("units.+", unit("water"), {("units.9.code", "duplicate_code"), ("units.9.mark", "duplicate_name")}),
    ("units.+", unit("town"), {("units.9.code", "duplicate_code")}),
    ("units.+", unit("fire", name="水务局"), {("units.9", "duplicate_name"), ("units.9.mark", "duplicate_name")}),
    ("units.+", unit("fire", mark="华扶办"), {("units.9.mark", "duplicate_name")}),
    ("units.+", unit("fire", "office"), {("units", "one_of_type")}),
    ("units.+", unit("fire", "leaders"), {("units", "one_of_type")}),
    ("indicators.1.number", 1, {("indicators.1.number", "duplicate_code"), ("kinds.2.indicator", "indicator_unknown")}),
    ("indicators.0.units", [], set()),
    (
        "indicators.0",
        {"number": 1, "title": words("x"), "towns": False, "units": [], "tasks": words("x")},
        {("indicators.0.units", "no_responsible")},
    ),
    ("indicators.0.units", ["fire"], {("indicators.0.units.0", "unit_unknown")}),
    ("indicators.0.units", ["water", "power", "water"], {("indicators.0.units.2", "duplicate_code")}),
    ("indicators.0.figures.0.due", "02-30", {("indicators.0.figures.0.due", "bad_date")}),
    ("indicators.0.figures.0.due", "02-28", set()),
    ("kinds.1.code", "water", {("kinds.1.code", "duplicate_code")}),
    ("kinds.0.indicator", 7, {("kinds.0.indicator", "indicator_unknown")}),
    ("kinds.0.sources", ["visit"], set()),
    ("kinds.0.sources", ["visit", "rumour"], {("kinds.0.sources", "source_unknown")}),
    ("kinds.3.hard_stop.date", "02-30", {("kinds.3.hard_stop.date", "bad_date")}),
    ("kinds.3.hard_stop.causes", ["quota", "gold"], {("kinds.3.hard_stop.causes", "cause_unknown")}),
    ("kinds.3.causes.1.code", "quota", {("kinds.3.causes.1.code", "duplicate_code")}),
    ("kinds.0.routes", [], {("kinds.0.routes", "no_catch_all")}),
    ("kinds.0.routes.0.lead", "fire", {("kinds.0.routes.0.lead", "unit_unknown")}),
    ("kinds.0.routes.0.confirmer", "fire", {("kinds.0.routes.0.confirmer", "unit_unknown")}),
    ("kinds.0.routes.0.confirmer", "water", {("kinds.0.routes.0.confirmer", "own_confirmer")}),
    ("kinds.0.subjects", ["household", "unit"], {("kinds.0.routes.0", "town_of_unit")}),
    ("kinds.0.routes.+", ROUTE, {("kinds.0.routes.1.code", "duplicate_code"), ("kinds.0.routes.1", "shadowed")}),
    ("kinds.0.routes.+", ROUTE | {"code": "second"}, {("kinds.0.routes.1", "shadowed")}),
    (
        "kinds.3.routes.0.when",
        {"causes": ["gold"]},
        {("kinds.3.routes.0.when.causes", "cause_unknown"), ("kinds.3.routes.0", "no_catch_all")},
    ),
    ("kinds.3.routes.0.when", {"labour": ["with"]}, {("kinds.3.routes.0", "no_catch_all")}),
    ("kinds.1.subjects", ["candidate"], {("kinds.1.subjects", "candidates_unruled")}),
    ("candidates", CANDIDATES, {("candidates.kind", "not_of_candidates")}),
    ("candidates", CANDIDATES | {"kind": "gold"}, {("candidates.kind", "kind_unknown")}),
    (
        "candidates",
        CANDIDATES | {"kind": "gold", "grounds": [HAVE, HAVE]},
        {("candidates.kind", "kind_unknown"), ("candidates.grounds.1.code", "duplicate_code")},
    ),
    ("ladder.rungs.1.offset", -1, {("ladder.rungs.1.offset", "rung_order")}),
    ("ladder.rungs.4", None, {("ladder.rungs", "rung_order")}),
    ("ladder.rungs.2.demand", None, {("ladder.rungs.2", "demand_missing")}),
    (
        "ladder.rungs.1.demand",
        {"code": "x", "text": words("x"), "days": 1},
        {("ladder.rungs.1", "demand_without_paper")},
    ),
    ("haves", [HAVE], {("haves.0", "have_without_kind")}),
    ("kinds.0.have", "water", {("kinds.0.have", "have_unknown")}),
    ("office_hours", [], {("office_hours", "bad_hours"), ("asking.last_hours", "never_asked")}),
    ("office_hours", [["08:30", "12:00"], ["12:00", "17:30"]], {("office_hours", "bad_hours")}),
    ("limits.normal.mend", 2, {("asking.answer_days", "answered_too_late")}),
    ("limits.normal.mend", 3, set()),
    ("asking.last_hours", 65, {("asking.last_hours", "never_asked")}),
    ("asking.last_hours", 64, set()),
    ("spot_checks", {"least": 2, "most": 1}, {("spot_checks.most", "bounds_crossed")}),
    ("spot_checks", {"least": 2, "most": 2}, set()),
    ("sources.1.code", "visit", {("sources.1.code", "duplicate_code")}),
    ("sources.0.units", ["fire"], {("sources.0.units", "unit_unknown")}),
    ("accountability.decides", "fire", {("accountability.decides", "unit_unknown")}),
    ("accountability.decides", "office", {("accountability.decides", "opens_and_decides")}),
    ("accountability.decides", "inspectorate", {("accountability.decides", "only_reads")}),
    ("accountability.decides", "power", set()),
    ("accountability.above_office", ["leaders"], set()),
    ("accountability.above_office", ["leaders", "fire"], {("accountability.above_office.1", "unit_unknown")}),
    ("accountability.proportions", [PROPORTION], set()),
    (
        "accountability.proportions",
        [PROPORTION | {"outcomes": ["medal"]}],
        {("accountability.proportions.0.outcomes", "outcome_undefined")},
    ),
    (
        "accountability.proportions",
        [PROPORTION | {"kinds": ["gas"]}],
        {("accountability.proportions.0.kinds", "kind_or_duty_unknown")},
    ),
    ("assessment_plan.needs", ["account"], set()),
    ("assessment_plan.needs", ["summon"], {("assessment_plan.needs", "rung_above_needs")}),
]


def test_the_scheme_that_most_tests_play_in_could_be_adopted() -> None:
    """Else what is proved under it may not hold of any county, and what breaks under it need not be a fault."""
    assert check(small_scheme()) == []


@pytest.mark.parametrize(("path", "value", "faults"), FAULTS, ids=lambda value: value if isinstance(value, str) else "")
def test_a_broken_rule_between_the_parts_is_found_where_it_stands(path: str, value: Any, faults: Faults) -> None:
    assert faults_of(path, value) == faults


def test_a_years_average_income_is_given_once() -> None:
    content = small_scheme(haves=[HAVE]).model_dump(mode="json")
    content["kinds"][0]["have"] = "water"
    scheme = type(small_scheme()).model_validate(content)
    before = {(one.path, one.code) for one in check(scheme)}

    def income(have: str, *years: int) -> set[tuple[Any, str]]:
        averages = [{"year": year, "yuan": 100, "source": words("x")} for year in years]
        rule = {"have": have, "percent": 60, "averages": averages}
        return {(one.path, one.code) for one in check(with_part(scheme, "exit.income", rule))} - before

    assert income("water", 2017, 2018) == set()
    assert income("gas", 2017) == {(("exit", "income", "have"), "have_unknown")}
    path = ("exit", "income", "averages")
    assert income("water", 2017, 2018, 2017, 2018) == {
        ((*path, 2, "year"), "duplicate_code"),
        ((*path, 3, "year"), "duplicate_code"),
    }
