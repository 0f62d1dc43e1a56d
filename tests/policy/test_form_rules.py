"""Rules between the fields of a form: what they compare, and that the shipped schemes' rules can be kept and broken."""

import random
from datetime import date

import pytest

from settings import default_scheme
from simulation.plausible_forms import plausible_form
from workflow.policy.form_rules import broken
from workflow.policy.scheme.duties import FormRule
from workflow.policy.scheme.reader import read_scheme

TEXT = {"zh": "规则", "en": "rule"}


def rule(**more: object) -> FormRule:
    return FormRule.model_validate({"code": "r", "text": TEXT, "demand": "possible", **more})


def holds(made: FormRule, **values: str) -> bool:
    return not broken([made], values, made.demand)


@pytest.mark.parametrize(
    ("relation", "right", "holding"),
    [
        ("at_most", "9", False),
        ("at_most", "10", True),
        ("at_most", "11", True),
        ("at_least", "9", True),
        ("at_least", "10", True),
        ("at_least", "11", False),
        ("equal", "9", False),
        ("equal", "10", True),
        ("equal", "11", False),
    ],
)
def test_a_sum_stands_in_its_relation_to_the_other(relation: str, right: str, holding: bool) -> None:
    made = rule(of=[{"field": "a"}, {"field": "b"}], relation=relation, to=[{"field": "c"}])
    assert holds(made, a="4", b="6", c=right) is holding


def test_a_share_is_multiplied_and_a_value_added() -> None:
    made = rule(of=[{"field": "a"}], relation="at_least", to=[{"field": "b", "times": 0.8}], value=2)
    assert holds(made, a="10", b="10")
    assert not holds(made, a="9.99", b="10")


def test_tolerance_is_a_share_of_the_larger_side() -> None:
    made = rule(of=[{"field": "a"}], relation="equal", to=[{"field": "b"}], tolerance=1)
    assert holds(made, a="99", b="100")
    assert not holds(made, a="98.99", b="100")
    assert holds(made, a="101.01", b="100")
    assert not holds(made, a="101.02", b="100")


def test_a_choice_is_one_of_those_named() -> None:
    made = rule(choice="who", one_of=["secretary"], demand="reached")
    assert holds(made, who="secretary")
    assert not holds(made, who="deputy")


def test_a_rule_on_an_empty_field_and_one_of_another_demand_are_not_asked() -> None:
    made = rule(of=[{"field": "a"}], relation="at_most", to=[{"field": "b"}])
    assert holds(made, a="4")
    assert broken([made], {"a": "4", "b": "3"}, "reached") == []
    assert broken([made], {"a": "4", "b": "3"}, "possible") == [made]


def _breaking(made: FormRule, form: dict[str, str], choices: dict[str, list[str]]) -> dict[str, str]:
    """The form with one value changed so that this rule is broken: counted by hand from its meaning."""
    if made.choice is not None:
        other = next(code for code in choices[made.choice] if code not in made.one_of)
        return {**form, made.choice: other}
    first = made.of[0].field
    if made.relation == "at_least" and any(float(form[share.field]) for share in (*made.of, *made.to)):
        low = {share.field: "0" for share in made.of}
        high = {share.field: "5" for share in made.to}
        return {**form, **low, **high}
    return {**form, first: "999999999"}


@pytest.mark.parametrize("seed", range(3))
def test_every_rule_of_the_scheme_can_be_kept_and_is_noticed_when_broken(seed: int) -> None:
    scheme, rules = read_scheme(default_scheme()), 0
    for duty in scheme.duties.list:
        for part in (duty, *((duty.count,) if duty.count else ())):
            choices = {entry.code: [each.code for each in entry.choices] for entry in part.fields}
            form = plausible_form(random.Random(seed), part.fields, part.rules, date(2018, 12, 1), lambda: "v")
            assert broken(part.rules, form, "possible") == []
            assert broken(part.rules, form, "reached") == []
            for made in part.rules:
                rules += 1
                changed = _breaking(made, form, choices)
                assert made in broken(part.rules, changed, made.demand), (duty.code, made.code, changed)
    assert rules > 40


def test_the_figures_of_the_notice_are_demands_of_its_forms() -> None:
    scheme = read_scheme(default_scheme())
    demands = {
        (duty.item, made.code)
        for duty in scheme.duties.list
        for part in (duty, *((duty.count,) if duty.count else ()))
        for made in part.rules
        if made.demand == "reached"
    }
    assert {item for item, _ in demands} >= {3, 5, 7, 8, 9, 11, 12, 13, 14, 18}
    # Item 10 asks for the finished house and the start-up money: both are days of the list, not fields of a form.
    assert [duty.code for duty in scheme.duties.list if duty.count and duty.count.of == "quota"] == ["house_quota"]
    assert {(14, "province_to_paired"), (14, "paired_to_local"), (14, "a_head")} <= demands
    assert {(13, "cadres_least"), (13, "cadres_most"), (8, "aid_share"), (7, "enrolment_share")} <= demands
