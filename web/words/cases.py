"""Cases: labels of their states, names of what was harmed and of outcomes, and the sentences of their errors."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from web.words.amounts import grouped, with_unit
from web.words.dates import day
from web.words.labels import add
from web.words.language import chinese, colon, say
from web.words.system import unit_name
from workflow.accountability.cases.case_input import results
from workflow.accountability.cases.harm import RANKING, TASK, CaseScope
from workflow.county.context import CountyContext
from workflow.policy.scheme.measures import CountyMeasure

add(
    {
        "case.state": {
            "proposed": _l("case proposed"),
            "opened": _l("case opened"),
            "notified": _l("awaiting a statement"),
            "stated": _l("awaiting the hearing"),
            "heard": _l("awaiting the decision"),
            "referred": _l("referred to the level above"),
            "decided": _l("decided, not yet served"),
            "served": _l("served"),
            "closed": _l("case closed"),
            "withdrawn": _l("case withdrawn"),
        },
        "case.charge": {
            "late_answer": _l("Custody %(n)s: %(span)s charged to %(unit)s, late answer"),
            "no_signal": _l("Custody %(n)s: %(span)s charged to no unit, no signal"),
            "ruling": _l("Custody %(n)s: %(span)s charged to %(unit)s, time taken by the ruling"),
        },
        # Where an input of a case is not called as elsewhere.
        "field.case": {"document": _l("number of the document from above")},
        "field": {
            "result": _l("result harmed"),
            "harm": _l("how it was harmed"),
            "statement": _l("statement"),
            "heard_on": _l("date of the hearing"),
            "outcome": _l("outcome"),
            "document": _l("document number"),
            "custody": _l("custody complained of"),
        },
        "error": {
            "no_such_case": _l("There is no such case, or you do not have access to it."),
            "no_such_case_action": _l(
                "There is no action “%(action)s”. Choose one of the actions listed for the case."
            ),
            "case_not_allowed": _l(
                "You cannot perform “%(action)s” in this case. Leave it to the unit that opens, answers or decides it."
            ),
            "case_stale": _l("The case has changed since you opened it. %(again)s"),
            "case_wrong_state": _l("“%(action)s” is not possible while the case is “%(state)s”. %(again)s"),
            "cases_not_yours": _l(
                "Cases are visible to the units concerned and to county-level users. Use your own list."
            ),
            "may_not_open_a_case": _l(
                "Only the county office can propose a case; against the office itself, only the leading group. "
                "Contact them."
            ),
            "leaders_above_cases": _l(
                "The leading group has no unit above it in the county, so no case is opened against it here. The rungs it "
                "reached are on record; the level above decides what follows."
            ),
            "case_under_way": _l("A case on this custody is already in progress. Continue with that case."),
            "custody_unknown": _l("There is no such custody of this ticket. Choose one from the list."),
            "result_unknown": _l(
                "There is no such result in the scheme. Choose the indicator and figure that were harmed."
            ),
            "result_not_of_ticket": _l(
                "The system has no such result for this ticket's item (%(item)s). Choose one from the list."
            ),
            "result_not_harmed": _l(
                "By the system's figures this result is not harmed: nothing is overdue, no measure is below its "
                "threshold, and the score reaches the target. Choose a result from the list; without one there is "
                "no ground for a case."
            ),
            "custody_not_failed": _l(
                "In this custody nothing was late, no closing was proved false, and nothing was found about the unit "
                "itself. Choose another custody; without one there is no ground for a case."
            ),
            "decision_needs_another": _l(
                "You proposed or opened this case. Another person of the unit must decide it."
            ),
            "opening_needs_another": _l(
                "You proposed this case. Another person of the unit must open it: the leader, or whoever the leader "
                "assigns."
            ),
            "outcome_out_of_proportion": _l(
                "A case about this kind of ticket cannot end in “%(value)s”. Choose one from the list."
            ),
            "outcome_worse_on_appeal": _l(
                "An appeal never makes the outcome worse, so it cannot end in “%(value)s”. Choose one from the list."
            ),
            "outcome_unknown": _l("There is no such outcome in the scheme. Choose one from the list."),
            "unknown_case_state": _l("There is no state “%(value)s”. Choose one from the list."),
            "heard_before_notice": _l(
                "The unit was notified on %(day)s. The hearing cannot be earlier; choose a later day."
            ),
            "heard_before_appeal": _l(
                "The appeal was lodged on %(day)s. The hearing cannot be earlier; choose another day."
            ),
            "appealed_already": _l("This decision was already appealed against. A second appeal is not possible."),
            "appeal_too_late": _l("The time for an appeal is over. It can no longer be lodged."),
            "appeal_still_open": _l("The unit can still appeal. Close the case when the time for appeal is over."),
            "case_was_decided": _l("This case was already decided and can no longer be withdrawn. Decide the appeal."),
            "withdrawal_sought": _l(
                "Withdrawal was already requested. A second person must agree, or continue the case."
            ),
            "withdrawal_not_sought": _l(
                "Withdrawal was not requested, or the case has continued since. Request it first."
            ),
            "withdrawal_needs_another": _l("Withdrawal needs two persons. Another person must agree."),
        },
    }
)


def harmed_name(setting: CountyContext, indicator: int, figure: str) -> str:
    """The name of a harmed result: an indicator with one of its figures, its delays, or the town's score."""
    return f"{item_title(setting, indicator)} — {figure_name(setting, indicator, figure)}"


def item_title(setting: CountyContext, indicator: int) -> str:
    """The number and title of an indicator."""
    return _("Item %(n)s: %(title)s", n=indicator, title=say(setting.scheme.indicator(indicator).title))


def figure_name(setting: CountyContext, indicator: int, figure: str) -> str:
    """The name of a result within its indicator."""
    plain = {TASK: _("delays in the item"), RANKING: _("the town's score on the item")}
    measures = {m.code: say(m.name) for m in (*setting.scheme.measures, *setting.scheme.county_measures)}
    figures = {entry.code: say(entry.text) for entry in setting.scheme.indicator(indicator).figures}
    return plain.get(figure) or measures.get(figure) or figures.get(figure) or figure


def harmed(setting: CountyContext, scope: CaseScope) -> list[tuple[str, list[tuple[str, str]]]]:
    """The harmed results that a case within this scope may name, by item, as pairs of value and words with the value
    shown."""
    chosen: dict[int, list[tuple[str, str]]] = {}
    for key, (item, figure) in results(setting.scheme).items():
        if key in scope.results:
            _where, values = shown_values(setting, scope.results[key])
            # A measure's value begins with its name.
            name = [figure_name(setting, item, figure)] if scope.results[key]["from"] != "ranking" else []
            chosen.setdefault(item, []).append((key, " — ".join([*name, _joined(values)])))
    return [(item_title(setting, item), options) for item, options in chosen.items()]


def shown_value(setting: CountyContext, shown: Mapping[str, Any]) -> str:
    """The value that the system shows beside a harmed result, in one line."""
    where, values = shown_values(setting, shown)
    return f"{where}{colon()}{_joined(values)}" if where else _joined(values)


def shown_values(setting: CountyContext, shown: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Where and when the value was counted (empty: now, over the county), and its parts."""
    if shown["from"] == "tickets":
        told = [_("open %(n)s, overdue %(late)s", n=shown["open"], late=shown["late"])]
        return "", [*told, *([_("findings about units %(n)s", n=shown["found"])] if shown.get("found") else [])]
    on, place = day(shown["on"]), setting.by_code.get(shown["town"] or "")
    where = f"{on} · {unit_name(place)}" if place is not None else on
    if shown["from"] == "score":
        points = f"{shown['score'] / 100:.2f}"
        if "floor" in shown:
            return where, [_("%(points)s points, target %(floor)s", points=points, floor=shown["floor"] // 100)]
        return where, [points]
    known = {measure.code: measure for measure in (*setting.scheme.measures, *setting.scheme.county_measures)}
    return where, [_measured(known.get(value[0]), value) for value in shown["values"]]


def _measured(measure: CountyMeasure | None, value: list[Any]) -> str:
    """A measure as `name of/to` with its unit, and with its threshold where that was recorded (since 0.3.0)."""
    name, unit = (say(measure.name), measure.counted_in) if measure is not None else (value[0], None)
    text = f"{name} {grouped(value[1], unit)}/{with_unit(value[2], unit)}"
    return _("%(measure)s (threshold %(percent)s%%)", measure=text, percent=value[3]) if len(value) > 3 else text


def _joined(parts: list[str]) -> str:
    return ("；" if chinese() else "; ").join(parts)


def outcome_name(setting: CountyContext, code: str) -> str:
    """The name of an outcome."""
    return next((say(entry.name) for entry in setting.scheme.accountability.outcomes if entry.code == code), code)
