"""Lifecycle of tickets: the table of actions and states, with relations and the refusals beyond it.

Relations are of units to a ticket, never of persons: `filer` the side that filed it, `town` the town of its subject,
`lead` the responsible unit, `confirmer` the unit that checks the work, `ruler` who rules its disputes, `overseer` the
office (for the office's own matters the leading group), `superior` the leading group, whatever the matter, `reporter` the
side that reported a candidate.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from models import Ticket
from workflow.actors import Actor
from workflow.county.context import CountyContext
from workflow.state_table import Action, Row, StateTable, define_action
from workflow.tickets.actions import time_bounds

OPEN_STATES = ("reported", "returned", "assigned", "disputed", "in_progress", "suspended", "resolved")
STATES = (*OPEN_STATES, "closed", "withdrawn")
#: The stage of a holder in each state; the stage names the limit.
STAGE_OF = {
    "reported": "vet",
    "returned": "supplement",
    "assigned": "accept",
    "disputed": "rule",
    "in_progress": "mend",
    "suspended": "hold",
    "resolved": "confirm",
}


def _action(
    name: str,
    zh: str,
    en: str,
    moves: Iterable[Row],
    needs: tuple[str, ...] = (),
    optional: tuple[str, ...] = ("note",),
    **facts: bool,
) -> Action:
    """An action of tickets: most may carry a note; `facts` are those of `Action`."""
    return define_action(name, zh, en, moves, needs, optional, **facts)


#: Input of duties only: the form, and the explanation of a shortfall.
OF_DUTIES = ("form", "missing")

#: The verdicts on a candidate, by which its ticket is closed instead of being confirmed.
VERDICTS = ("register", "refuse")
#: What is not done with the ticket of a candidate: it has one kind, and its verdict stands.
_NOT_FOR_CANDIDATES = frozenset({"reclassify", "confirm", "reopen"})

#: Open states in which the office may give a ticket to another unit without a dispute; a dispute is ruled.
_MOVED_BY_OFFICE = tuple(state for state in OPEN_STATES if state != "disputed")

_TABLE = (
    _action("endorse", "核实上报", "Endorse", [("reported", "assigned", "town")], advances=True, answers=True),
    _action("send_back", "退回补充", "Send back",
            [("reported", "returned", "town"), ("disputed", "returned", "ruler")], ("reason",), (),
            ends_papers=True, answers=True),
    _action("withdraw", "撤回", "Withdraw",
            [(("reported", "returned"), "withdrawn", ("filer", "town")),
             (("assigned", "in_progress"), "withdrawn", "reporter")], ("reason",), (),
            undoes=True, ends_papers=True),
    _action("resubmit", "补充后再报", "Resubmit",
            [("returned", "reported", ("filer", "town")), ("returned", "assigned", ("filer", "town"))],
            (), ("note", "kind", "cause", "description", "evidence"), advances=True, answers=True),
    _action("accept", "受理", "Accept", [("assigned", "in_progress", "lead")], advances=True, answers=True),
    _action("decline", "退单", "Decline", [("assigned", "disputed", "lead")], ("ground", "cited_duty"), ("note",),
            answers=True),
    _action("uphold", "维持承办", "Uphold", [("disputed", "assigned", "ruler")], ("reason",), (), answers=True),
    _action("reassign", "指定承办单位", "Reassign",
            [("disputed", "assigned", "ruler"), (_MOVED_BY_OFFICE, "assigned", "overseer")], ("unit", "reason"), (),
            ends_papers=True, answers=True),
    _action("reclassify", "更正类别", "Reclassify",
            [("in_progress", "disputed", "lead")], ("kind", "reason"), ("cause",), answers=True),
    _action("resolve", "办结", "Resolve", [("in_progress", "resolved", "lead")],
            ("evidence",), ("note", *OF_DUTIES), advances=True, answers=True),
    _action("suspend", "暂停计时", "Suspend",
            [("in_progress", "suspended", "overseer")], ("ground", "until"), ("note",), grants_time=True),
    _action("extend", "延长时限", "Extend",
            [("in_progress", "in_progress", "overseer")], ("until", "reason"), (), grants_time=True),
    _action("extend_again", "再次延长时限", "Extend a second time",
            [("in_progress", "in_progress", "superior")], ("until", "reason"), (), grants_time=True),
    _action("resume", "恢复计时", "Resume", [("suspended", "in_progress", "overseer")],
            advances=True, grants_time=True),
    _action("confirm", "核验通过", "Confirm", [("resolved", "closed", "confirmer")],
            ("visited_on", "evidence"), ("note",), advances=True, ends_papers=True, answers=True),
    _action("register", "认定建档", "Enter on the register", [("resolved", "closed", "confirmer")],
            ("code",), ("note",), advances=True, ends_papers=True, answers=True),
    _action("refuse", "不予纳入", "Do not register", [("resolved", "closed", "confirmer")],
            ("ground", "reason"), (), ends_papers=True, answers=True),
    _action("reject", "核验不通过", "Reject", [("resolved", "in_progress", "confirmer")],
            ("reason",), ("visited_on", "evidence"), answers=True),
    _action("reopen", "重新打开", "Reopen",
            [("closed", "in_progress", ("town", "overseer")), ("withdrawn", "in_progress", "overseer")],
            ("reason",), ("false_closing",)),
    _action("cancel", "作废", "Cancel", [(OPEN_STATES, "withdrawn", "overseer")], ("reason",), (),
            undoes=True, ends_papers=True),
    _action("hand_over", "机构改革移交", "Handed over by a reform",
            [*((state, state, ()) for state in OPEN_STATES), ("in_progress", "assigned", ())], (), (), by_system=True,
            ends_papers=True),
    _action("follow", "随户转移", "Follows its household",
            [*((state, state, ()) for state in OPEN_STATES), ("in_progress", "assigned", ())], (), (), by_system=True,
            ends_papers=True),
    _action("hand_in", "随书面汇报办结", "Handed in with the report",
            [(("in_progress", "suspended"), "closed", ())], (), (), by_system=True),
    _action("relapse", "反弹重办", "Reopened after a relapse", [("closed", "in_progress", ())], (), (), by_system=True),
    _action("disprove", "抽查不实重办", "Reopened by a spot check", [("closed", "in_progress", ())], (), (), by_system=True),
    _action("deem_accepted", "视同受理", "Deemed accepted", [("assigned", "in_progress", ())], (), (), by_system=True),
)  # fmt: skip

_NOT_FOR_DUTIES = frozenset({"send_back", "decline", "reclassify", "uphold", "reassign"})
#: The first extension of an episode, and the second.
EXTENDING = ("extend", "extend_again")
#: What ends a ticket on the word of another: never by the person who resolved it, wherever the account is today.
JUDGING = ("confirm", "register", "refuse")
TABLE = StateTable.of(STATES, _TABLE)
ACTIONS = TABLE.actions
fire = TABLE.fire


def relations(actor: Actor, ticket: Ticket, setting: CountyContext) -> frozenset[str]:
    """The relations of the actor's unit to the ticket, in any state."""
    held = set()
    lead = setting.unit(ticket.lead_unit_id) if ticket.lead_unit_id else None
    if actor.role == "village" and ticket.filed_as == "village" and actor.is_of_village(ticket.in_village_id):
        held.add("filer")
    if actor.role == "town" and actor.is_of(ticket.town_id) and ticket.subject_unit_id is None:
        held.add("town")
        if ticket.filed_as == "town":
            held.add("filer")
        if ticket.confirmer_unit_id is None:
            # Before dispatch no confirmer is set; it will be the town unless the route differs.
            held.add("confirmer")
    if actor.role in ("town", "bureau", "office", "leaders") and actor.unit_id is not None:
        if lead is not None and actor.is_of(lead.id):
            held.add("lead")
        about_filer = ticket.subject_unit_id is not None or ticket.candidate_id is not None
        # Nobody confirms the finding they filed, not even within the leading group, nor judges the family they reported.
        own_finding = actor.user_id is not None and about_filer and actor.user_id == ticket.filed_by_id
        if actor.is_of(ticket.confirmer_unit_id) and not own_finding:
            held.add("confirmer")
    if ticket.candidate_id is not None and _reported(actor, ticket):
        held.add("reporter")
    ruled_by_leaders = lead is not None and lead.ruled_by_leaders
    if actor.role == ("leaders" if ruled_by_leaders else "office"):
        held.add("ruler")
    offices_own = lead is not None and lead.type == "office"
    if actor.role == ("leaders" if offices_own else "office"):
        held.add("overseer")
    if actor.role == "leaders":
        held.add("superior")
    return frozenset(held)


def _reported(actor: Actor, ticket: Ticket) -> bool:
    """Whether the actor's side reported the candidate: the village, or the unit in its role."""
    if actor.role != ticket.filed_as:
        return False
    return actor.is_of_village(ticket.in_village_id) if actor.role == "village" else actor.is_of(ticket.filed_unit_id)


def refusal_beyond_state(
    action: Action,
    ticket: Ticket,
    setting: CountyContext,
    now: datetime,
    due_at: datetime | None = None,
    cleared: bool = False,
) -> str | None:
    """The code of the reason why an action allowed by the table is refused nevertheless, or None.

    A duty cannot be declined or reclassified, a deficiency of a unit cannot be sent back; a written report is done by
    issuing it.  A closed ticket reopens only within the scheme's working days (later a new ticket names
    it).  The right to decline ends once a ticket is upheld, deemed accepted or out of rounds, and then it cannot be
    reclassified either.  For a household `cleared` from the register nothing is reopened.  Time is extended once in an
    episode, and once more by the leading group; not after `due_at`, unless requested before it, and only where some day
    satisfies it.
    """
    if ticket.type == "duty" and action.name in _NOT_FOR_DUTIES:
        return "not_for_duties"
    if ticket.type == "duty" and action.name in ("resolve", "reopen") and setting.scheme.duty(ticket.kind).of_ranking:
        return "done_by_reporting"
    if ticket.candidate_id is None and action.name in VERDICTS:
        return "only_for_candidates"
    if ticket.candidate_id is not None and action.name in _NOT_FOR_CANDIDATES:
        return "not_for_candidates"
    if ticket.subject_unit_id is not None and action.name == "send_back":
        return "not_for_units"
    if cleared and action.name == "reopen":
        return "household_cleared"
    if action.name == "reopen" and ticket.state == "withdrawn" and ticket.type != "duty":
        # A withdrawn deficiency is filed again; a duty exists once a period, so it is reopened.
        return "wrong_state"
    if action.name == "decline" and not ticket.may_decline:
        return "may_not_decline"
    if action.name == "reclassify" and ticket.declines >= setting.scheme.decline.rounds:
        return "may_not_reclassify"
    if action.name in EXTENDING:
        if ticket.extensions != EXTENDING.index(action.name):
            return "not_extended_yet" if not ticket.extensions else "extended_already"
        if due_at is not None and now > due_at:
            return "extended_too_late"
        if time_bounds.until_days(setting, ticket, action.name, now, due_at) is None:
            return "no_later_day"
    if action.name in ("reopen", "relapse") and now > setting.clock.due(
        ticket.ended_at or now, setting.scheme.reopen_days
    ):
        return "reopen_too_late"
    return None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Circumstances besides its row that decide which actions a ticket allows.

    `lapses_at`: when the wait for acceptance or a suspension ends by itself; `mends_until`: the deadline from then on;
    `asked`: an extension is requested; `cleared`: its household was cleared from the register; `own_work`: the reader
    resolved it.
    """

    lapses_at: datetime | None = None
    mends_until: datetime | None = None
    asked: bool = False
    cleared: bool = False
    own_work: bool = False


def available_actions(
    actor: Actor, ticket: Ticket, setting: CountyContext, now: datetime, around: Circumstances = Circumstances()
) -> tuple[str, ...]:
    """The actions the actor may do now, in the table's order: what buttons a page shows.

    What has lapsed by itself counts as lapsed with or without a sweep: the desk settles it before any check.
    """
    related = relations(actor, ticket, setting)
    if not related:
        return ()
    lapsed = around.lapses_at is not None and around.lapses_at <= now
    state = "in_progress" if lapsed else ticket.state
    due_at = around.mends_until if lapsed else ticket.due_at
    asked_until = None if around.asked else due_at
    return TABLE.available(
        state,
        related,
        lambda each: (
            (around.own_work and each.name in JUDGING)
            or refusal_beyond_state(each, ticket, setting, now, asked_until, around.cleared) is not None
        ),
    )
