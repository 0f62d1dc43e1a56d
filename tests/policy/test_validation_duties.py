"""Every rule of a scheme's duties: what breaks it is found where it stands."""

from typing import Any

import pytest

from tests.support.factories import small_scheme, words
from tests.support.schemes import faults_of, with_part
from workflow.policy.scheme.validation import check

DUTY = {
    "code": "summary",
    "name": words("总结"),
    "item": 1,
    "units": ["water"],
    "period": "yearly",
    "due": {"by": "date", "date": "11-30"},
    "evidence": words("总结"),
}
LAST = {"by": "last"}
CAUSES = {"code": "causes", "name": words("原因分析")}
NUMBER = {"code": "people", "name": words("人数"), "type": "number"}
CHOICE = {"code": "grade", "name": words("等次"), "type": "choice", "choices": [{"code": "good", "name": words("好")}]}
RULE = {"code": "sum", "text": words("r"), "demand": "possible", "of": [{"field": "people"}], "relation": "at_most"}
PICK = {"code": "pick", "text": words("r"), "demand": "reached", "choice": "grade", "one_of": ["good"]}


def duty(**more: Any) -> dict[str, Any]:
    return {"list": [DUTY | more]}


def form(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return duty(fields=list(fields), **more)


def count(**more: Any) -> dict[str, Any]:
    return duty(count={"unit": words("次"), "target": 2} | more)


@pytest.mark.parametrize(
    ("duties", "where", "code"),
    [
        (duty(), "", ""),
        (duty(units=[]), "units", "no_responsible"),
        (duty(units=["fire"]), "units.0", "unit_unknown"),
        (duty(units=["inspectorate"]), "units", "unit_owes_nothing"),
        (duty(units=["leaders"]), "units", "unit_owes_nothing"),
        (duty(guided_by="fire"), "guided_by", "unit_unknown"),
        (duty(guided_by="water"), "guided_by", "unit_unknown"),
        (duty(guided_by="power"), "", ""),
        (duty(item=None), "", ""),
        (duty(item=7), "item", "indicator_unknown"),
        (duty(code="water"), "code", "duplicate_code"),
        (duty(since="02-30"), "since", "bad_date"),
        (duty(since="11-30"), "", ""),
        (duty(since="12-01"), "due.date", "due_before_since"),
        (duty(due={"by": "date", "date": "02-30"}), "due.date", "bad_date"),
        (duty(due={"by": "date"}), "due.date", "due_without"),
        (duty(due=LAST | {"date": "11-30"}), "due.date", "due_without"),
        (duty(due={"by": "end"}), "due.days", "due_without"),
        (duty(due={"by": "end", "days": 5}), "", ""),
        (duty(due=LAST | {"days": 5}), "due.days", "due_without"),
        (duty(period="once"), "", ""),
        (duty(period="monthly"), "due.by", "date_in_many_periods"),
        (duty(due={"by": "report"}), "due.by", "due_with_report"),
        (duty(period="ranking", due={"by": "report"}), "", ""),
        (duty(period="ranking", due=LAST), "due.by", "due_with_report"),
        (duty(period="ranking", due={"by": "report"}, fields=[CAUSES]), "", ""),
        (
            duty(period="ranking", due={"by": "report"}, fields=[CAUSES | {"type": "date"}]),
            "fields.0.code",
            "section_unknown",
        ),
        (duty(period="ranking", due={"by": "report"}, fields=[NUMBER]), "fields.0.code", "section_unknown"),
        (duty(period="ranking", due={"by": "report"}, fields=[CAUSES], rules=[RULE]), "due.by", "due_with_report"),
        (duty(period="ranking", due={"by": "report"}, since="01-01"), "due.by", "due_with_report"),
        (duty(period="ranking", due={"by": "report"}, guided_by="power"), "due.by", "due_with_report"),
        (duty(due={"by": "opened", "days": 5}), "due.by", "opened_by_nothing"),
        (duty(after="other"), "after", "duty_unknown"),
        (duty(after="summary"), "after", "after_itself"),
        (form(NUMBER, CHOICE, rules=[RULE, PICK]), "", ""),
        (form(NUMBER, NUMBER), "fields.1.code", "duplicate_code"),
        (form(NUMBER | {"none": "why"}), "fields.0.none", "field_unknown"),
        (form(NUMBER | {"type": "text", "known": "tickets.filed"}), "fields.0.known", "known_for_number"),
        (form(NUMBER | {"known": "tickets.filed"}), "", ""),
        (count(fields=[NUMBER | {"known": "tickets.filed"}]), "count.fields.0.known", "known_for_number"),
        (form(NUMBER | {"choices": CHOICE["choices"]}), "fields.0.choices", "choices_for_choice"),
        (form(CHOICE | {"choices": []}), "fields.0.choices", "choices_for_choice"),
        (form(NUMBER | {"min": 2, "max": 1}), "fields.0.max", "bounds_crossed"),
        (form(NUMBER | {"min": 2, "max": 2}), "", ""),
        (form(NUMBER | {"min_chars": 2}), "fields.0.min_chars", "bound_of_other_type"),
        (form(NUMBER | {"within_period": True}), "fields.0.within_period", "bound_of_other_type"),
        (form(NUMBER | {"type": "text", "min": 0}), "fields.0.min", "bound_of_other_type"),
        (form(NUMBER | {"type": "date", "max": 0}), "fields.0.max", "bound_of_other_type"),
        (form(NUMBER | {"type": "text", "min_chars": 2}), "", ""),
        (form(NUMBER, rules=[RULE, RULE]), "rules.1.code", "duplicate_code"),
        (form(NUMBER, CHOICE, rules=[RULE | PICK]), "rules.0", "rule_of_one_sort"),
        (form(NUMBER, rules=[RULE | {"of": []}]), "rules.0", "rule_of_one_sort"),
        (form(NUMBER, rules=[RULE | {"of": [{"field": "cats"}]}]), "rules.0", "field_unknown"),
        (form(NUMBER, CHOICE, rules=[RULE | {"to": [{"field": "grade"}]}]), "rules.0", "field_unknown"),
        (form(NUMBER, rules=[PICK | {"choice": "people"}]), "rules.0", "field_unknown"),
        (form(CHOICE, rules=[PICK | {"one_of": ["good", "best"]}]), "rules.0.one_of", "field_unknown"),
        (count(), "", ""),
        (count(once_per=["month", "people"], fields=[NUMBER]), "", ""),
        (count(once_per=["year"]), "count.once_per", "field_unknown"),
        (count(sum="people", fields=[NUMBER]), "", ""),
        (count(sum="people"), "count.sum", "field_unknown"),
        (count(sum="grade", fields=[CHOICE]), "count.sum", "field_unknown"),
        (count(of="hard_villages"), "count.target", "one_target"),
        (count(target=None, of="households"), "count.of", "counts_towns"),
        (count(together=True, split={"water": 2}), "", ""),
        (count(split={"water": 2}), "count.split", "split_differs"),
        (count(together=True, split={"water": 1}), "count.split", "split_differs"),
        (count(together=True, split={"power": 2}), "count.split", "split_differs"),
    ],
)
def test_a_broken_rule_of_a_duty_is_found_where_it_stands(duties: dict[str, Any], where: str, code: str) -> None:
    faults = faults_of("duties", duties)
    assert (f"duties.list.0.{where}", code) in faults if code else faults == set()


def test_groups_and_later_duties_are_checked_as_the_first() -> None:
    group = {"code": "all", "name": words("全部"), "units": ["water", "power"]}
    second = DUTY | {"code": "second", "units": ["all"], "after": "summary"}
    assert faults_of("duties", {"groups": [group], "list": [DUTY, second]}) == set()
    for code in ("towns", "water"):
        faults = faults_of("duties", {"groups": [group | {"code": code}], "list": []})
        assert faults == {("duties.groups.0.code", "duplicate_code")}
    twice = {"groups": [group, group | {"units": ["fire"]}], "list": [DUTY, DUTY]}
    assert faults_of("duties", twice) == {
        ("duties.groups.1.code", "duplicate_code"),
        ("duties.groups.1.units.0", "unit_unknown"),
        ("duties.list.1.code", "duplicate_code"),
    }
    for other in ({"period": "once"}, {"since": "01-01"}):
        faults = faults_of("duties", {"groups": [group], "list": [DUTY, second | other]})
        assert faults == {("duties.list.1.after", "after_other_period")}
    # Towns owe nothing of an item that binds bureaus alone, named or in a group.
    content = small_scheme().model_dump(mode="json")
    content["indicators"][1]["towns"] = False
    for units in (["towns"], ["town-a"], ["water", "town-b"]):
        scheme = with_part(type(small_scheme()).model_validate(content), "duties", duty(item=18, units=units))
        assert ("binds_no_town", ("duties", "list", 0, "units")) in {(one.code, one.path) for one in check(scheme)}
