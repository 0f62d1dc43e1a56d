"""Case effects: the changes each action makes to a case's row; called by the case desk alone, after all checks."""

from collections.abc import Callable
from datetime import datetime

from models import AccountabilityCase
from workflow.actors import Actor
from workflow.county.context import Setting
from workflow.tickets.actions.action_input import Given


def _open(place: Setting, case: AccountabilityCase, actor: Actor, at: datetime, given: Given) -> None:
    case.indicator, case.figure = given.codes["indicator"], given.codes["figure"]
    case.opened_at, case.opened_by_id, case.opened_by_unit_id = at, actor.user_id, actor.unit_id


def _notify(place: Setting, case: AccountabilityCase, actor: Actor, at: datetime, given: Given) -> None:
    case.notified_at = at
    case.statement_due_at = place.clock.due(at, place.scheme.accountability.statement_days)


def _respond(place: Setting, case: AccountabilityCase, actor: Actor, at: datetime, given: Given) -> None:
    case.stated_at, case.silent = at, False


def _lapse(place: Setting, case: AccountabilityCase, actor: Actor, at: datetime, given: Given) -> None:
    case.stated_at, case.silent = at, True


def _hear(place: Setting, case: AccountabilityCase, actor: Actor, at: datetime, given: Given) -> None:
    case.heard_on = given.dates["heard_on"]


def _decide(place: Setting, case: AccountabilityCase, actor: Actor, at: datetime, given: Given) -> None:
    case.outcome, case.decided_at = str(given.codes["outcome"]), at
    case.decided_by_id, case.decided_by_unit_id = actor.user_id, actor.unit_id


def _record(place: Setting, case: AccountabilityCase, actor: Actor, at: datetime, given: Given) -> None:
    # Decided by the level above; here it is only recorded, by a person whose unit does not decide.
    case.outcome, case.decided_at = str(given.codes["outcome"]), at


def _serve(place: Setting, case: AccountabilityCase, actor: Actor, at: datetime, given: Given) -> None:
    case.served_at = at
    case.appeal_until = place.clock.due(at, place.scheme.accountability.appeal_days)


def _appeal(place: Setting, case: AccountabilityCase, actor: Actor, at: datetime, given: Given) -> None:
    case.appeals += 1
    case.stated_at, case.silent = at, False
    case.heard_on = case.outcome = case.decided_at = case.decided_by_id = case.decided_by_unit_id = None
    case.served_at = case.appeal_until = None


def _close(place: Setting, case: AccountabilityCase, actor: Actor, at: datetime, given: Given) -> None:
    case.ended_at = at


def _seek(place: Setting, case: AccountabilityCase, actor: Actor, at: datetime, given: Given) -> None:
    case.withdrawal_by_id = actor.user_id


def _withdraw(place: Setting, case: AccountabilityCase, actor: Actor, at: datetime, given: Given) -> None:
    case.withdrawn_by_id, case.ended_at = actor.user_id, at


def _nothing(place: Setting, case: AccountabilityCase, actor: Actor, at: datetime, given: Given) -> None:
    """Only the state changes."""


MOVES: dict[str, Callable[[Setting, AccountabilityCase, Actor, datetime, Given], None]] = {
    "open": _open,
    "notify": _notify,
    "respond": _respond,
    "lapse_statement": _lapse,
    "hear": _hear,
    "decide": _decide,
    "refer": _nothing,
    "record": _record,
    "serve": _serve,
    "appeal": _appeal,
    "close": _close,
    "seek_withdrawal": _seek,
    "agree_withdrawal": _withdraw,
}
