"""Forms a unit would plausibly hand in: fields within their bounds, and figures that obey the rules between them.

A form that falls short on purpose leaves the demands of the item aside, never what is possible.
"""

import math
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from simulation.form_words import Writer, words_for
from workflow.policy.form_rules import broken, spoken_of
from workflow.policy.scheme.duties import FormField, FormRule, Share
from workflow.tickets.actions.own_gaps import Held

_PASSES = 12
_DEMANDS = ("possible", "reached", "usual")
_COUNTY = Writer()


def plausible_form(
    rng: random.Random,
    fields: Sequence[FormField],
    rules: Sequence[FormRule],
    on: date,
    village: Callable[[], str],
    short: bool = False,
    writer: Writer = _COUNTY,
) -> dict[str, str]:
    """The fields of a form by code, as a person types them; `short`: the demands of the item are left to chance; `writer`: who
    fills it in, by default the county."""
    form: dict[str, str] = {}
    unsaid = {field.none for field in fields}
    for field in fields:
        if field.code in unsaid:
            # There is some: no statement that there is none.
            continue
        form[field.code] = _value(rng, field, on, village, form, writer)
    if (homes := writer.homes) is not None:
        named = next((form[field.code] for field in fields if field.type == "village"), "")
        bounds = {"village_households": homes.get(named, 0), "villages": len(homes)}
        for field in fields:
            if field.most in bounds:
                form[field.code] = str(min(int(form[field.code]), bounds[field.most]))
    return obeying(form, rules, short)


def as_rows(form: dict[str, str], fields: Sequence[FormField], rows: Mapping[str, Held]) -> dict[str, str]:
    """The form with the numbers that the system's rows have; where they have none of a base, it states so."""
    for field in fields:
        held = rows.get(field.code, Held())
        if field.code not in form or field.known is not None:
            continue
        if held.own is not None:
            # Of what units share each reports most of what is left; some pupils study elsewhere.
            count = held.own * 9 // 10 if field.own == "people.pupils_left" else held.own
            form[field.code] = str(max(int(field.min or 0), count))
            if held.own == 0 and field.none is not None:
                form[field.none] = "已核对台账，本期没有此类情况"
        elif held.most is not None:
            form[field.code] = str(min(int(form[field.code]), held.most))
    return form


def obeying(form: dict[str, str], rules: Sequence[FormRule], short: bool = False) -> dict[str, str]:
    """The form with its figures changed until they obey the rules; `short`: the demands of the item are left to chance."""
    kept = [rule for rule in rules if not (short and rule.demand == "reached")]
    for _ in range(_PASSES):
        faults = [fault for demand in _DEMANDS for fault in broken(kept, form, demand)]
        if not faults:
            break
        for rule in faults:
            _mend(rule, form)
    return form


def silent(form: dict[str, str], fields: Sequence[FormField]) -> dict[str, str]:
    """The form without the texts about numbers that are 0."""
    of_none = {field.code for field in fields if (number := spoken_of(field, form)) is not None and number <= 0}
    return {code: value for code, value in form.items() if code not in of_none}


def _value(
    rng: random.Random,
    field: FormField,
    on: date,
    village: Callable[[], str],
    before: Mapping[str, str],
    writer: Writer,
) -> str:
    if field.type == "number":
        least, most = field.min or 1, field.max or 9
        return str(rng.randrange(int(least), int(min(most, least + 8)) + 1))
    if field.type == "date":
        return on.isoformat()
    if field.type == "choice":
        return rng.choice(field.choices).code
    if field.type == "village":
        return village()
    return words_for(rng, field, on, "".join(before.values()), writer)


def _mend(rule: FormRule, form: dict[str, str]) -> None:
    """Change the figures so that this rule holds; others may break and are mended in the next pass."""
    if rule.choice is not None:
        form[rule.choice] = rule.one_of[0]
        return
    left, right = _sum(rule.of, form), _sum(rule.to, form) + rule.value
    if len(rule.of) == 1:
        share = rule.of[0]
        exact = max(0.0, right) / share.times
        form[share.field] = str(math.floor(exact) if rule.relation == "at_most" else math.ceil(exact))
        return
    # Several figures keep their proportion.
    factor = right / left if left else 0.0
    for share in rule.of:
        scaled = float(form[share.field]) * factor
        form[share.field] = str(math.floor(scaled) if rule.relation == "at_most" else math.ceil(scaled))


def _sum(shares: Sequence[Share], form: dict[str, str]) -> float:
    return sum(float(form[share.field]) * share.times for share in shares)
