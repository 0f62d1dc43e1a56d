"""Cases: labels of their states, names of what was harmed and of outcomes, and the sentences of their errors."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from web.words.labels import add
from web.words.language import say
from workflow.accountability.cases.case_input import RANKING, TASK, results
from workflow.county.context import Setting

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
            "late_answer": _l("Stretch %(n)s: %(unit)s bears %(span)s, it was late in answering"),
            "ruling": _l("Stretch %(n)s: %(unit)s bears %(span)s, the time the ruling took"),
        },
        "field": {
            "result": _l("result harmed"),
            "harm": _l("how it was harmed"),
            "statement": _l("statement"),
            "heard_on": _l("date of the hearing"),
            "outcome": _l("outcome"),
            "document": _l("number of the paper from above"),
            "custody": _l("stretch complained of"),
        },
        "error": {
            "no_such_case": _l("There is no such case, or it is not yours to see."),
            "no_such_case_action": _l("There is no action “%(action)s”; choose one of those the case lists."),
            "case_not_allowed": _l(
                "“%(action)s” is not yours to do in this case; leave it to who opens, answers or decides it."
            ),
            "case_stale": _l("The case has moved since you looked at it; load it again and decide anew."),
            "case_wrong_state": _l("“%(action)s” is not open while the case is “%(state)s”; load it again."),
            "cases_not_yours": _l(
                "Cases are for the units they concern and for who reads the county; use your own list."
            ),
            "may_not_open_a_case": _l(
                "A case is opened by the office, against the office itself by the leading group; ask them to."
            ),
            "case_under_way": _l("A case of this stretch is under way already; go on with that one."),
            "custody_unknown": _l("There is no such stretch in this ticket's custody; choose one of the list."),
            "result_unknown": _l(
                "There is no such result in the scheme; choose the indicator and figure that suffered."
            ),
            "outcome_unknown": _l("There is no such outcome in the scheme; choose one of its list."),
            "unknown_case_state": _l("There is no state “%(value)s”; choose one of the listed ones."),
            "heard_before_notice": _l(
                "The unit was notified on %(day)s; nobody is heard before that, choose a later day."
            ),
            "heard_before_appeal": _l(
                "The appeal was lodged on %(day)s; it is heard on that day or later, choose another day."
            ),
            "appealed_already": _l("It was appealed against once already; a second appeal is not provided for."),
            "appeal_too_late": _l("The days for an appeal are over; it can no longer be lodged."),
            "appeal_still_open": _l("The unit may still appeal; close the case when those days are over."),
            "case_was_decided": _l("It was decided once already and is no longer withdrawn; decide the appeal."),
            "withdrawal_sought": _l("Somebody has asked to withdraw it already; a second person agrees or goes on."),
            "withdrawal_not_sought": _l("Nobody has asked to withdraw it, or the case has gone on since; ask first."),
            "withdrawal_needs_another": _l("Withdrawing takes two persons; somebody else must agree."),
        },
    }
)


def harmed_name(place: Setting, indicator: int, figure: str) -> str:
    """What was harmed: an indicator, and of it a figure, the task, or the towns' ranking."""
    found = place.scheme.indicator(indicator)
    part = {TASK: _("the task itself"), RANKING: _("the ranking of the towns")}.get(figure) or next(
        say(entry.text) for entry in found.figures if entry.code == figure
    )
    title = _("Item %(n)s: %(title)s", n=indicator, title=say(found.title))
    return f"{title} — {part}"


def harmed(place: Setting) -> list[tuple[str, str]]:
    """What a case may name as harmed, as (value, words) of a choice."""
    return [(key, harmed_name(place, *parts)) for key, parts in results(place.scheme).items()]


def outcome_name(place: Setting, code: str) -> str:
    """What people call an outcome."""
    return next((say(entry.name) for entry in place.scheme.accountability.outcomes if entry.code == code), code)
