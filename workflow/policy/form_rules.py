"""Form rules: finds the scheme's rules that a filled-in form violates; no rule is hard-coded."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from workflow.policy.scheme.duties import FormField, FormRule, Share

#: How the codes of rules of what is usual begin among the shortfalls of a report.
USUAL = "usual."
#: What a field of towns holds where there are none, and what stands between two names.
NO_TOWN, BETWEEN_TOWNS = "无", "、"
_NUMBER = re.compile(r"[0-9.]+")


def broken(
    rules: Sequence[FormRule], values: Mapping[str, str], demand: str, fields: Sequence[FormField] = ()
) -> list[FormRule]:
    """The rules of this demand (`possible`, `reached`, `usual`) that the values break, in the order of the scheme.

    `values`: the form's fields as they are stored, numbers as plain text.  A rule that reads a field left empty is not
    asked, nor is a demand of the item on a base of which the form states that there is none (`fields` name that statement).
    A demand on a share is never reached where its base is 0.
    """
    none = absent(fields, values) if demand != "possible" else frozenset()
    asked = (
        rule
        for rule in rules
        if rule.demand == demand and all(values.get(name) for name in rule.fields) and none.isdisjoint(rule.fields)
    )
    return [rule for rule in asked if _of_nothing(rule, values) or not _holds(rule, values)]


def absent(fields: Sequence[FormField], values: Mapping[str, str]) -> frozenset[str]:
    """The bases (codes of fields) that are 0 because the form states that there is none here."""
    return frozenset(
        field.code
        for field in fields
        if field.none is not None and values.get(field.none) and is_zero(values.get(field.code))
    )


def spoken_of(field: FormField, values: Mapping[str, str]) -> Decimal | None:
    """The sum of the numbers that a text field speaks of (`about`); None where it names none or one of them is empty."""
    if not field.about or not all(values.get(share.field) for share in field.about):
        return None
    return _sum(field.about, values)


def is_zero(value: str | None) -> bool:
    """Whether a number field was answered with 0."""
    return bool(value) and Decimal(value or 0) == 0


def _of_nothing(rule: FormRule, values: Mapping[str, str]) -> bool:
    """Whether the rule demands a share of a base that is 0: nothing of nothing reaches no item."""
    return rule.demand == "reached" and bool(rule.to) and _sum(rule.to, values) == 0


def _holds(rule: FormRule, values: Mapping[str, str]) -> bool:
    if rule.choice is not None:
        return values[rule.choice] in rule.one_of
    left, right = _sum(rule.of, values), _sum(rule.to, values) + Decimal(str(rule.value))
    slack = max(abs(left), abs(right)) * Decimal(str(rule.tolerance)) / 100
    if rule.relation == "at_most":
        return left <= right + slack
    return left >= right - slack if rule.relation == "at_least" else abs(left - right) <= slack


def _sum(shares: Sequence[Share], values: Mapping[str, str]) -> Decimal:
    return sum((_figure(values[share.field]) * Decimal(str(share.times)) for share in shares), Decimal(0))


def _figure(value: str) -> Decimal:
    """The number of a field; of towns how many are named."""
    if _NUMBER.fullmatch(value):
        return Decimal(value)
    return Decimal(0 if value == NO_TOWN else len(value.split(BETWEEN_TOWNS)))
