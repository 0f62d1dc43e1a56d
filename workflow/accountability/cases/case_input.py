"""Case input: checks the input of a case action against its table and parses each field."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from models import AccountabilityCase
from workflow.accountability.cases.harm import RANKING, TASK, CaseScope
from workflow.county.context import CountyContext
from workflow.errors import BadInput
from workflow.inputs import day_of, document_of, remark_of, statement_of, text_of
from workflow.policy.scheme.model import Scheme
from workflow.policy.worktime import local_date
from workflow.state_table import Action
from workflow.tickets.actions.action_input import ActionInput


def parse_case_input(
    setting: CountyContext,
    case: AccountabilityCase | None,
    scope: CaseScope,
    action: Action,
    now: datetime,
    raw: Mapping[str, Any],
) -> ActionInput:
    """Check and parse the input of `action`, for a case or one to be opened, within its scope.  Raises BadInput naming
    the first field at fault."""
    action_input = ActionInput()
    offered = {name: value for name, value in raw.items() if value is not None and value != ""}
    for name in offered:
        if name not in action.needs and name not in action.optional:
            raise BadInput("unknown_field", name, action=action.name)
    for name in (*action.needs, *action.optional):
        if name in offered:
            _parse_case_field(setting, case, scope, now, name, offered[name], action_input)
            if name in action_input.private_text and name in action.needs and name != "document":
                statement_of(name, action_input.private_text[name])
        elif name in action.needs:
            raise BadInput("missing", name, action=action.name)
    return action_input


def _parse_case_field(
    setting: CountyContext,
    case: AccountabilityCase | None,
    scope: CaseScope,
    now: datetime,
    name: str,
    value: Any,
    action_input: ActionInput,
) -> None:
    if name == "result":
        text = text_of(name, value)
        action_input.hashed["indicator"], action_input.hashed["figure"] = result_of(setting.scheme, text)
        if text in scope.unharmed:
            raise BadInput("result_not_harmed", "result")
        if text not in scope.results:
            raise BadInput("result_not_of_ticket", "result", item=scope.item or 0)
        # What the system can show of it, frozen as it was when the case was opened.
        action_input.hashed["shown"] = scope.results[text]
    elif name == "outcome":
        action_input.hashed[name] = _decided_outcome(setting.scheme, scope, text_of(name, value))
    elif name == "heard_on":
        action_input.dates[name] = _heard(case, day_of(name, value), now)
        action_input.hashed[name] = action_input.dates[name].isoformat()
    elif name == "document":
        action_input.private_text[name] = document_of(name, value, local_date(now))
    elif name == "statement":
        # What a unit answers for itself is its own: "无异议" is an answer.
        action_input.private_text[name] = remark_of(name, value)
    else:
        action_input.private_text[name] = statement_of(name, value)


def results(scheme: Scheme) -> dict[str, tuple[int, str]]:
    """The results a case may name as harmed, by `indicator:measure`: the measures, the task and the ranking of each
    indicator; the figures are those of cases before 0.3.0."""
    choices: dict[str, tuple[int, str]] = {}
    for indicator in scheme.indicators:
        measures = (*scheme.measures, *scheme.county_measures)
        codes = [measure.code for measure in measures if measure.item == indicator.number]
        codes += [figure.code for figure in indicator.figures] + [TASK] + ([RANKING] if indicator.towns else [])
        choices |= {f"{indicator.number}:{code}": (indicator.number, code) for code in codes}
    return choices


def result_of(scheme: Scheme, text: str) -> tuple[int, str]:
    """(number of the indicator, code of the measure) of `indicator:measure`.  Raises BadInput."""
    known = results(scheme).get(text)
    if known is None:
        raise BadInput("result_unknown", "result", value=text[:40])
    return known


def _decided_outcome(scheme: Scheme, scope: CaseScope, text: str) -> str:
    for outcome in scheme.accountability.outcomes:
        if text in (outcome.code, outcome.name.zh, outcome.name.en):
            if outcome.code not in scope.outcomes:
                if scope.appealed is not None:
                    raise BadInput("outcome_worse_on_appeal", "outcome", value=outcome.name.zh)
                raise BadInput("outcome_out_of_proportion", "outcome", value=outcome.name.zh)
            return outcome.code
    raise BadInput("outcome_unknown", "outcome", value=text[:40])


def _heard(case: AccountabilityCase | None, day: date, now: datetime) -> date:
    if day > local_date(now):
        raise BadInput("date_in_future", "heard_on")
    # A hearing cannot be before the notice, nor on an appeal before it was lodged.
    if case is not None and case.appeals and case.stated_at is not None and day < local_date(case.stated_at):
        raise BadInput("heard_before_appeal", "heard_on", day=local_date(case.stated_at).isoformat())
    if case is not None and case.notified_at is not None and day < local_date(case.notified_at):
        raise BadInput("heard_before_notice", "heard_on", day=local_date(case.notified_at).isoformat())
    return day
