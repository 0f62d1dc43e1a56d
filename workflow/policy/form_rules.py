"""Form rules: finds the scheme's rules that a filled-in form violates; no rule is hard-coded."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from workflow.policy.scheme.duties import FormRule, Share


def broken(rules: Sequence[FormRule], values: Mapping[str, str], demand: str) -> list[FormRule]:
    """The rules of this demand (`possible`, `reached`) that the values break, in the order of the scheme.

    `values`: the form's fields as they are stored, numbers as plain text.  A rule that reads a field left empty is not asked.
    """
    asked = (rule for rule in rules if rule.demand == demand and all(values.get(name) for name in rule.fields))
    return [rule for rule in asked if not _holds(rule, values)]


def _holds(rule: FormRule, values: Mapping[str, str]) -> bool:
    if rule.choice is not None:
        return values[rule.choice] in rule.one_of
    left, right = _sum(rule.of, values), _sum(rule.to, values) + Decimal(str(rule.value))
    slack = max(abs(left), abs(right)) * Decimal(str(rule.tolerance)) / 100
    if rule.relation == "at_most":
        return left <= right + slack
    return left >= right - slack if rule.relation == "at_least" else abs(left - right) <= slack


def _sum(shares: Sequence[Share], values: Mapping[str, str]) -> Decimal:
    return sum((Decimal(values[share.field]) * Decimal(str(share.times)) for share in shares), Decimal(0))
