"""The life of an accountability case (问责案): one table, from which come the machine, the permissions and the buttons.

The notice's closing section starts accountability where failing duty harms the county's result.  Relations are of units to
a case: `opener` the office (against the office itself the leading group), `decider` the unit the scheme names, `respondent`
the unit held to account, `referrer` the opener where the decider would judge itself or what it opened: then the level above
decides, and its answer is recorded.
"""

from collections.abc import Iterable
from datetime import datetime

from transitions import Machine, MachineError

from models import AccountabilityCase
from models.case import CASE_STATES
from workflow.actors import Actor
from workflow.county import Setting, UnitFact
from workflow.errors import WrongState
from workflow.lifecycle import Action, Move
from workflow.policy.parts import Text

STATES = CASE_STATES
#: Until it is heard a case may be withdrawn; what was decided is undone by an appeal alone.
WITHDRAWABLE = ("proposed", "opened", "notified", "stated", "heard")
_SEATS = ("town", "bureau", "office", "leaders")


def _action(
    name: str,
    zh: str,
    en: str,
    moves: Iterable[tuple[str, str, tuple[str, ...] | str]],
    needs: tuple[str, ...] = (),
    optional: tuple[str, ...] = (),
    by_system: bool = False,
) -> Action:
    made = tuple(Move((s,), t, (b,) if isinstance(b, str) else b) for s, t, b in moves)
    return Action(name, made, Text(zh=zh, en=en), needs, optional, by_system)


_TABLE = (
    _action("open", "立案", "Open the case", [("proposed", "opened", "opener")], ("result", "harm")),
    _action("notify", "发出告知书", "Notify the unit", [("opened", "notified", "opener")], (), ("note",)),
    _action("respond", "陈述申辩", "Give a statement", [("notified", "stated", "respondent")], ("statement",)),
    _action("hear", "听取核实", "Hear the unit", [("stated", "heard", "opener")], ("heard_on", "note")),
    _action("decide", "作出决定", "Decide", [("heard", "decided", "decider")], ("outcome", "reason")),
    _action("refer", "报请上级决定", "Refer to the level above", [("heard", "referred", "referrer")], (), ("note",)),
    _action("record", "登记上级决定", "Record the decision from above", [("referred", "decided", "referrer")],
            ("outcome", "document", "reason")),
    _action("serve", "送达决定", "Serve the decision", [("decided", "served", "opener")], (), ("note",)),
    _action("appeal", "申诉", "Appeal", [("served", "stated", "respondent")], ("reason",)),
    _action("close", "结案", "Close the case", [("served", "closed", "opener")], ("note",)),
    _action("seek_withdrawal", "提请撤案", "Ask to withdraw the case",
            [(state, state, "opener") for state in WITHDRAWABLE], ("reason",)),
    _action("agree_withdrawal", "同意撤案", "Agree to withdraw the case",
            [(state, "withdrawn", ("opener", "decider")) for state in WITHDRAWABLE], (), ("note",)),
    _action("lapse_statement", "逾期未陈述", "No statement in time", [("notified", "stated", ())], by_system=True),
)  # fmt: skip

CASE_ACTIONS: dict[str, Action] = {action.name: action for action in _TABLE}


class _Adapter:
    """What the machine moves instead of the row."""

    def __init__(self, state: str) -> None:
        self.state = state


def _machine() -> Machine:
    machine = Machine(model=None, states=list(STATES), initial=None, auto_transitions=False, queued=False)
    for action in _TABLE:
        for move in action.moves:
            machine.add_transition(action.name, list(move.sources), move.target)
    return machine


_MACHINE = _machine()


def fire(action: str, state: str) -> str:
    """The state that `action` leads to from `state`.  Raises WrongState when the machine refuses."""
    adapter = _Adapter(state)
    try:
        moved = _MACHINE.events[action].trigger(adapter)
    except MachineError as refusal:
        raise WrongState("case_wrong_state", action=action, state=state) from refusal
    if not moved:
        raise WrongState("case_wrong_state", action=action, state=state)
    return adapter.state


def opener_of(place: Setting, unit_id: int) -> UnitFact:
    """Who opens a case against the unit: the office; against the office itself the leading group."""
    return place.leaders if place.unit(unit_id).type == "office" else place.office


def decider_of(place: Setting, unit_id: int) -> UnitFact | None:
    """Who decides a case against the unit; None where the county has nobody who neither opened it nor is judged by it."""
    named = place.scheme.accountability.decides
    decider = place.by_code[named] if named is not None else place.leaders
    return None if decider.id in (unit_id, opener_of(place, unit_id).id) else decider


def relations(actor: Actor, case: AccountabilityCase, place: Setting) -> frozenset[str]:
    """How the actor's unit stands to the case, whatever its state."""
    if actor.county_id != case.county_id or actor.role not in _SEATS or actor.unit_id is None:
        return frozenset()
    found = set()
    if actor.unit_id == case.unit_id:
        found.add("respondent")
    if actor.unit_id == opener_of(place, case.unit_id).id:
        found |= {"opener"} if case.decider_unit_id is not None else {"opener", "referrer"}
    if actor.unit_id == case.decider_unit_id:
        found.add("decider")
    return frozenset(found)


def ever_allowed(action: Action, related: frozenset[str]) -> bool:
    """Whether some state of the case would let an actor so related do this."""
    return bool(action.relations & related)


def allowed_now(action: Action, state: str, related: frozenset[str]) -> bool:
    """Whether the table lets an actor so related do this while the case is in `state`."""
    return any(state in move.sources and related & set(move.by) for move in action.moves)


def refusal_beyond_state(action: Action, case: AccountabilityCase, actor: Actor, now: datetime) -> str | None:
    """Why an action that the table allows is closed all the same: the code of the reason, or None.

    One appeal, within the scheme's days; closed only when no appeal can come any more; withdrawn by two persons, and never
    once it had been decided.
    """
    if action.name == "appeal":
        if case.appeals:
            return "appealed_already"
        assert case.appeal_until is not None
        return "appeal_too_late" if now > case.appeal_until else None
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
    """Whether the time for a statement has run out unseen; at the stroke of its end it has not."""
    return case.state == "notified" and case.statement_due_at is not None and case.statement_due_at < now


def available_actions(actor: Actor, case: AccountabilityCase, place: Setting, now: datetime) -> tuple[str, ...]:
    """The actions the actor may do now, in the table's order; what has lapsed unseen counts as lapsed."""
    related = relations(actor, case, place)
    state = "stated" if lapsed(case, now) else case.state
    return tuple(
        action.name
        for action in _TABLE
        if not action.by_system
        and allowed_now(action, state, related)
        and refusal_beyond_state(action, case, actor, now) is None
    )
