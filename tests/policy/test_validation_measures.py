"""Every rule of a scheme's measures and grades: what breaks it is found where it stands."""

from typing import Any

import pytest

from tests.support.factories import small_scheme, words
from tests.support.schemes import Faults, faults_of, with_part
from workflow.policy.scheme.validation import check

MEASURE = {
    "code": "share",
    "name": words("率"),
    "item": 1,
    "of": ["households.visited"],
    "to": ["households.on_register"],
}
COUNTED = MEASURE | {"of": ["duties.closed"], "to": ["duties.closed"]}
PARTS = {"numerator": words("已培训人数"), "denominator": words("应培训人数")}
REPORTED = {"of": ["reported.numerator"], **PARTS}


@pytest.mark.parametrize(
    ("part", "measure", "where", "code"),
    [
        ("measures", MEASURE, "", ""),
        ("measures", MEASURE | {"item": 7}, "item", "indicator_unknown"),
        ("measures", MEASURE | {"units": ["water"]}, "", ""),
        ("measures", MEASURE | {"units": ["water", "power"]}, "units.1", "not_of_the_item"),
        ("measures", MEASURE | {"of": []}, "of", "missing"),
        ("measures", MEASURE | {"to": []}, "to", "missing"),
        ("measures", MEASURE | {"of": ["households.happy"]}, "of.0", "term_unknown"),
        ("measures", MEASURE | {"of": ["households.have_met"]}, "have", "have_unknown"),
        ("measures", MEASURE | {"have": "water"}, "have", "have_unknown"),
        ("measures", MEASURE | {"kinds": ["water", "gas"]}, "kinds.1", "kind_unknown"),
        ("measures", MEASURE | {"duties": ["nothing"]}, "duties.0", "kind_unknown"),
        ("measures", MEASURE | {"reported_by": "power"}, "reported_by", "unit_unknown"),
        ("measures", MEASURE | REPORTED, "reported_by", "unit_unknown"),
        ("measures", MEASURE | REPORTED | {"reported_by": "power"}, "", ""),
        ("measures", MEASURE | REPORTED | {"reported_by": "office"}, "", ""),
        ("measures", MEASURE | REPORTED | {"reported_by": "town-a"}, "reported_by", "unit_unknown"),
        ("measures", MEASURE | REPORTED | {"reported_by": "power", "numerator": None}, "numerator", "part_unnamed"),
        ("measures", MEASURE | REPORTED | {"reported_by": "power", "denominator": None}, "denominator", "part_unnamed"),
        (
            "county_measures",
            COUNTED | REPORTED | {"reported_by": "power", "denominator": None},
            "denominator",
            "part_unnamed",
        ),
        ("measures", MEASURE | {"of": ["entries.done"], "to": ["entries.expected"]}, "duties", "missing"),
        ("county_measures", COUNTED, "", ""),
        ("county_measures", COUNTED | {"item": 7}, "item", "indicator_unknown"),
        ("county_measures", COUNTED | {"units": ["power"]}, "units.0", "not_of_the_item"),
        ("county_measures", COUNTED | {"of": []}, "of", "missing"),
        ("county_measures", COUNTED | {"to": ["tickets.closed"]}, "to.0", "term_unknown"),
        ("county_measures", COUNTED | {"of": ["entries.in_pace"]}, "of.0", "term_unknown"),
        ("county_measures", COUNTED | REPORTED, "reported_by", "unit_unknown"),
        ("county_measures", COUNTED | {"duties": ["nothing"]}, "duties.0", "kind_unknown"),
        ("county_measures", COUNTED | {"of": ["entries.done"]}, "duties", "missing"),
    ],
)
def test_a_broken_rule_of_a_measure_is_found_where_it_stands(
    part: str, measure: dict[str, Any], where: str, code: str
) -> None:
    faults = faults_of(part, [measure])
    assert (f"{part}.0.{where}", code) in faults if code else faults == set()
    assert (f"{part}.1.code", "duplicate_code") in faults_of(part, [measure, measure])


@pytest.mark.parametrize(
    ("more", "paced"),
    [({}, True), ({"villages": "listed"}, False), ({"villages": "hard"}, False), ({"of": "cadres"}, False)],
)
def test_a_measure_counts_no_entries_that_count_in_some_villages_only(more: dict[str, Any], paced: bool) -> None:
    """What was listed at the hour of a ranking is not what an entry was credited for, so such a pace could not be told."""
    unit, fields = words("次"), [{"code": "village", "name": words("村"), "type": "village"}]
    target = {} if "of" in more else {"target": 2}
    duty = {
        "code": "tour",
        "name": words("走访"),
        "item": 1,
        "units": ["towns"],
        "period": "yearly",
        "due": {"by": "date", "date": "11-30"},
        "evidence": words("记录"),
        "count": {"unit": unit, "fields": [] if "of" in more else fields} | target | more,
    }
    measure = MEASURE | {"of": ["entries.done"], "to": ["entries.expected"], "duties": ["tour"]}
    scheme = with_part(with_part(small_scheme(), "duties.list", [duty]), "measures", [measure])
    found = {(".".join(map(str, finding.path)), finding.code) for finding in check(scheme)}
    assert (("measures.0.duties", "entries_unpaced") in found) is not paced


def test_grades_fall_from_the_best_to_zero_and_weights_are_of_items() -> None:
    def graded(*floors: int, **more: Any) -> Faults:
        grades = [{"code": f"g{n}", "name": words(f"g{n}"), "floor": floor} for n, floor in enumerate(floors)]
        return faults_of("ranking", {"weights": {1: 1}, "grades": grades, **more})

    assert graded(90, 60, 0) == graded(0) == set()
    for floors in ((90, 60), (60, 90, 0), (90, 90, 0), (0, 90)):
        assert graded(*floors) == {("ranking.grades", "grades_fall_to_zero")}, floors
    for name in ("target", "aim"):
        assert graded(90, 0, **{name: "g1"}) == set()
        assert graded(90, 0, **{name: "g2"}) == {(f"ranking.{name}", "grade_unknown")}
    assert faults_of("ranking", {"weights": {1: 1, 7: 1}}) == {("ranking.weights.7", "indicator_unknown")}
