"""Case effects: the changes each action makes to a case's row; called by the case desk alone, after all checks."""

from collections.abc import Callable
from datetime import datetime

from models import AccountabilityCase
from workflow.accountability.cases import case_lifecycle
from workflow.actors import Actor
from workflow.county.context import CountyContext
from workflow.tickets.actions.action_input import ActionInput


def _open_case(
    setting: CountyContext, case: AccountabilityCase, actor: Actor, at: datetime, action_input: ActionInput
) -> None:
    case.indicator, case.figure = action_input.hashed["indicator"], action_input.hashed["figure"]
    case.opened_at, case.opened_by_id, case.opened_by_unit_id = at, actor.user_id, actor.unit_id
    if case_lifecycle.deciding(setting, case) is None:
        # Since a reform who was to decide has opened it: the level above decides.
        case.decider_unit_id = None


def _notify(
    setting: CountyContext, case: AccountabilityCase, actor: Actor, at: datetime, action_input: ActionInput
) -> None:
    case.notified_at = at
    case.statement_due_at = setting.clock.due(at, setting.scheme.accountability.statement_days)


def _respond(
    setting: CountyContext, case: AccountabilityCase, actor: Actor, at: datetime, action_input: ActionInput
) -> None:
    case.stated_at, case.silent = at, False


def _lapse(
    setting: CountyContext, case: AccountabilityCase, actor: Actor, at: datetime, action_input: ActionInput
) -> None:
    case.stated_at, case.silent = at, True


def _hear(
    setting: CountyContext, case: AccountabilityCase, actor: Actor, at: datetime, action_input: ActionInput
) -> None:
    case.heard_on = action_input.dates["heard_on"]


def _decide(
    setting: CountyContext, case: AccountabilityCase, actor: Actor, at: datetime, action_input: ActionInput
) -> None:
    case.outcome, case.decided_at = str(action_input.hashed["outcome"]), at
    # In the seat that the case names, also where another unit has it since a reform; the event names that one.
    case.decided_by_id, case.decided_by_unit_id = actor.user_id, case.decider_unit_id


def _record_points(
    setting: CountyContext, case: AccountabilityCase, actor: Actor, at: datetime, action_input: ActionInput
) -> None:
    # Decided by the level above; here it is only recorded, by a person whose unit does not decide.
    case.outcome, case.decided_at = str(action_input.hashed["outcome"]), at


def _serve(
    setting: CountyContext, case: AccountabilityCase, actor: Actor, at: datetime, action_input: ActionInput
) -> None:
    case.served_at = at
    case.appeal_until = setting.clock.due(at, setting.scheme.accountability.appeal_days)


def _appeal(
    setting: CountyContext, case: AccountabilityCase, actor: Actor, at: datetime, action_input: ActionInput
) -> None:
    case.appeals += 1
    case.stated_at, case.silent = at, False
    case.heard_on = case.outcome = case.decided_at = case.decided_by_id = case.decided_by_unit_id = None
    case.served_at = case.appeal_until = None


def _close(
    setting: CountyContext, case: AccountabilityCase, actor: Actor, at: datetime, action_input: ActionInput
) -> None:
    case.ended_at = at


def _seek(
    setting: CountyContext, case: AccountabilityCase, actor: Actor, at: datetime, action_input: ActionInput
) -> None:
    case.withdrawal_by_id = actor.user_id


def _withdraw(
    setting: CountyContext, case: AccountabilityCase, actor: Actor, at: datetime, action_input: ActionInput
) -> None:
    case.withdrawn_by_id, case.ended_at = actor.user_id, at


def _nothing(
    setting: CountyContext, case: AccountabilityCase, actor: Actor, at: datetime, action_input: ActionInput
) -> None:
    """Only the state changes."""


MOVES: dict[str, Callable[[CountyContext, AccountabilityCase, Actor, datetime, ActionInput], None]] = {
    "open": _open_case,
    "notify": _notify,
    "respond": _respond,
    "lapse_statement": _lapse,
    "hear": _hear,
    "decide": _decide,
    "refer": _nothing,
    "record": _record_points,
    "serve": _serve,
    "appeal": _appeal,
    "close": _close,
    "seek_withdrawal": _seek,
    "agree_withdrawal": _withdraw,
}
