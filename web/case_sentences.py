"""Sentences about accountability cases: refusals, and what their inputs are called."""

from typing import Any

from flask_babel import gettext as _

from workflow.accountability.cases.case_lifecycle import CASE_ACTIONS, STATES
from workflow.errors import WorkflowError


def state_name(state: str) -> str:
    """What people call a state of a case."""
    return {
        "proposed": _("case proposed"),
        "opened": _("case opened"),
        "notified": _("awaiting a statement"),
        "stated": _("awaiting the hearing"),
        "heard": _("awaiting the decision"),
        "referred": _("referred to the level above"),
        "decided": _("decided, not yet served"),
        "served": _("served"),
        "closed": _("case closed"),
        "withdrawn": _("case withdrawn"),
    }[state]


def told(error: WorkflowError, params: dict[str, Any]) -> None:
    """Name what a refusal of a case mentions: its action and its state."""
    from web.sentences import say

    if params.get("action") in CASE_ACTIONS:
        params["action"] = say(CASE_ACTIONS[params["action"]].label)
    if error.code == "case_wrong_state" and params.get("state") in STATES:
        params["state"] = state_name(params["state"])


def errors() -> dict[str, str]:
    """Sentences by code."""
    return {
        "no_such_case": _("There is no such case, or it is not yours to see."),
        "no_such_case_action": _("There is no action “{action}”; choose one of those the case lists."),
        "case_not_allowed": _(
            "“{action}” is not yours to do in this case; leave it to who opens, answers or decides it."
        ),
        "case_stale": _("The case has moved since you looked at it; load it again and decide anew."),
        "case_wrong_state": _("“{action}” is not open while the case is “{state}”; load it again."),
        "cases_not_yours": _("Cases are for the units they concern and for who reads the county; use your own list."),
        "may_not_open_a_case": _(
            "A case is opened by the office, against the office itself by the leading group; ask them to."
        ),
        "case_under_way": _("A case of this stretch is under way already; go on with that one."),
        "custody_unknown": _("There is no such stretch in this ticket's custody; choose one of the list."),
        "result_unknown": _("There is no such result in the scheme; choose the indicator and figure that suffered."),
        "outcome_unknown": _("There is no such outcome in the scheme; choose one of its list."),
        "unknown_case_state": _("There is no state “{value}”; choose one of the listed ones."),
        "heard_before_notice": _("The unit was notified on {day}; nobody is heard before that, choose a later day."),
        "heard_before_appeal": _(
            "The appeal was lodged on {day}; it is heard on that day or later, choose another day."
        ),
        "appealed_already": _("It was appealed against once already; a second appeal is not provided for."),
        "appeal_too_late": _("The days for an appeal are over; it can no longer be lodged."),
        "appeal_still_open": _("The unit may still appeal; close the case when those days are over."),
        "case_was_decided": _("It was decided once already and is no longer withdrawn; decide the appeal."),
        "withdrawal_sought": _("Somebody has asked to withdraw it already; a second person agrees or goes on."),
        "withdrawal_not_sought": _("Nobody has asked to withdraw it, or the case has gone on since; ask first."),
        "withdrawal_needs_another": _("Withdrawing takes two persons; somebody else must agree."),
    }


def fields() -> dict[str, str]:
    """What the inputs are called."""
    return {
        "result": _("result harmed"),
        "harm": _("how it was harmed"),
        "statement": _("statement"),
        "heard_on": _("date of the hearing"),
        "outcome": _("outcome"),
        "document": _("number of the paper from above"),
        "custody": _("stretch complained of"),
    }
