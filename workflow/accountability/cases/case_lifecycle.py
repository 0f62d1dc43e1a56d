"""Case lifecycle (问责案): the table of actions and states of an accountability case.

The notice's closing section demands accountability where failing duty harms the county's result.  Relations are of
units to a case: `opener` the office (against the office itself, and units above it, the leading group), `decider` the
unit the scheme names, `respondent` the unit held to account, `referrer` the opener where the decider would judge itself
or what it opened: then the level above decides, and its answer is recorded.
"""

from datetime import datetime

from models import AccountabilityCase
from models.base import stated
from models.case import CASE_STATES
from workflow.actors import Actor
from workflow.county.context import CountyContext, UnitFact
from workflow.state_table import Action, StateTable, define_action

STATES = CASE_STATES
#: A case may be withdrawn until it is decided; a decision is undone by an appeal alone.
WITHDRAWABLE = ("proposed", "opened", "notified", "stated", "heard")
_SEATS = ("town", "bureau", "office", "leaders")


_TABLE = (
    define_action("open", "立案", "Open the case", [("proposed", "opened", "opener")], ("result", "harm")),
    define_action("notify", "发出告知书", "Notify the unit", [("opened", "notified", "opener")], (), ("note",)),
    define_action("respond", "陈述申辩", "Give a statement", [("notified", "stated", "respondent")], ("statement",)),
    define_action("hear", "听取核实", "Hear the unit", [("stated", "heard", "opener")], ("heard_on", "note")),
    define_action("decide", "作出决定", "Decide", [("heard", "decided", "decider")], ("outcome", "reason")),
    define_action(
        "refer", "报请上级决定", "Refer to the level above", [("heard", "referred", "referrer")], (), ("note",)
    ),
    define_action(
        "record",
        "登记上级决定",
        "Record the decision from above",
        [("referred", "decided", "referrer")],
        ("outcome", "document", "reason"),
    ),
    define_action("serve", "送达决定", "Serve the decision", [("decided", "served", "opener")], (), ("note",)),
    define_action("appeal", "申诉", "Appeal", [("served", "stated", "respondent")], ("reason",)),
    define_action("close", "结案", "Close the case", [("served", "closed", "opener")], ("note",)),
    define_action(
        "seek_withdrawal",
        "提请撤案",
        "Ask to withdraw the case",
        [(state, state, "opener") for state in WITHDRAWABLE],
        ("reason",),
        undoes=True,
    ),
    define_action(
        "agree_withdrawal",
        "同意撤案",
        "Agree to withdraw the case",
        [(state, "withdrawn", ("opener", "decider")) for state in WITHDRAWABLE],
        (),
        ("note",),
        undoes=True,
    ),
    define_action(
        "lapse_statement", "逾期未陈述", "No statement in time", [("notified", "stated", ())], by_system=True
    ),
)

TABLE = StateTable.of(STATES, _TABLE, "case_wrong_state")
CASE_ACTIONS = TABLE.actions
fire = TABLE.fire


def opener_of(setting: CountyContext, unit_id: int) -> UnitFact:
    """The unit that opens a case against this unit: the office; against the office, or a unit above it, the leading
    group."""
    return setting.overseer(unit_id)


def may_open(actor: Actor, setting: CountyContext, unit_id: int) -> bool:
    """Whether cases against this unit are opened by the actor's unit; against the leading group nobody opens one."""
    opener = opener_of(setting, unit_id).id
    return actor.role in ("office", "leaders") and actor.unit_id == opener and setting.accountable(unit_id)


def decider_of(setting: CountyContext, unit_id: int) -> UnitFact | None:
    """The unit that decides a case against this unit; None where every candidate opened it or is judged by it."""
    named = setting.scheme.accountability.decides
    decider = setting.by_code[named] if named is not None else setting.leaders
    return None if decider.id in (unit_id, opener_of(setting, unit_id).id) else decider


def deciding(setting: CountyContext, case: AccountabilityCase) -> UnitFact | None:
    """The unit that decides the case today; None where after a reform it would judge itself or what it opened."""
    if case.decider_unit_id is None:
        return None
    decider = setting.present(case.decider_unit_id)
    concerned = (setting.present(case.unit_id).id, opener_of(setting, case.unit_id).id)
    return None if decider.id in concerned else decider


def relations(actor: Actor, case: AccountabilityCase, setting: CountyContext) -> frozenset[str]:
    """The relations of the actor's unit to the case, in any state."""
    if actor.role not in _SEATS or actor.unit_id is None:
        return frozenset()
    relations_held, decider = set(), deciding(setting, case)
    if actor.is_of(case.unit_id):
        relations_held.add("respondent")
    if actor.unit_id == opener_of(setting, case.unit_id).id:
        relations_held |= {"opener"} if decider is not None else {"opener", "referrer"}
    if decider is not None and actor.unit_id == decider.id:
        relations_held.add("decider")
    return frozenset(relations_held)


def refusal_beyond_state(
    action: Action, case: AccountabilityCase, setting: CountyContext, actor: Actor, now: datetime
) -> str | None:
    """The code of the reason why an action allowed by the table is refused nevertheless, or None.

    No opening against the leading group; opening by another person than the proposer; one appeal, within the scheme's days;
    closing only when no appeal can come any more; withdrawal by two persons and never after a decision.
    """
    if action.name == "open" and not setting.accountable(case.unit_id):
        return "leaders_above_cases"
    if action.name == "open" and case.proposed_by_id is not None and case.proposed_by_id == actor.user_id:
        return "opening_needs_another"
    if action.name == "decide" and actor.user_id in (case.proposed_by_id, case.opened_by_id):
        # The account moved from the unit that opens to the one that decides.
        return "decision_needs_another"
    if action.name == "appeal":
        if case.appeals:
            return "appealed_already"
        return "appeal_too_late" if now > stated(case.appeal_until) else None
    if action.name == "close" and not case.appeals and case.appeal_until is not None and now <= case.appeal_until:
        return "appeal_still_open"
    if action.name in ("seek_withdrawal", "agree_withdrawal"):
        if case.appeals:
            return "case_was_decided"
        if action.name == "seek_withdrawal":
            return "withdrawal_sought" if case.withdrawal_by_id is not None else None
        if case.withdrawal_by_id is None:
            return "withdrawal_not_sought"
        return "withdrawal_needs_another" if case.withdrawal_by_id == actor.user_id else None
    return None


def lapsed(case: AccountabilityCase, now: datetime) -> bool:
    """Whether the time for a statement is over but not recorded; at its last moment it is not over."""
    return case.state == "notified" and case.statement_due_at is not None and case.statement_due_at < now


def available_actions(actor: Actor, case: AccountabilityCase, setting: CountyContext, now: datetime) -> tuple[str, ...]:
    """The actions the actor may do now, in the table's order; an unrecorded lapse counts."""
    related = relations(actor, case, setting)
    state = "stated" if lapsed(case, now) else case.state
    return TABLE.available(
        state, related, lambda each: refusal_beyond_state(each, case, setting, actor, now) is not None
    )
