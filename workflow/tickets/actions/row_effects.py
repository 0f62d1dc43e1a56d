"""Row effects: the changes each action makes to a ticket's rows; called by the desk alone, after all checks.

Each function changes the ticket and returns the next custody, or None when the episode ends.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from models import Charge, Ticket
from models.base import stated
from workflow.actors import Actor
from workflow.county.context import CountyContext
from workflow.county.unit_names import living_unit
from workflow.errors import BadInput
from workflow.tickets.actions import assignment, household_place, succession
from workflow.tickets.actions.action_input import ActionInput
from workflow.tickets.custody.custodies import NextCustody, OpenCustody
from workflow.tickets.custody.downtime import Down


@dataclass(slots=True)
class Move:
    """A move in progress: `at` is when it takes effect, `down` the downtime since the custody began, `charges` the
    charges made so far."""

    session: Session
    setting: CountyContext
    actor: Actor
    ticket: Ticket
    ended: OpenCustody
    given: ActionInput
    at: datetime
    down: Down
    charges: list[dict[str, Any]] = field(default_factory=list)

    def ruler(self) -> int:
        return self.setting.ruler(self.lead()).id

    def overseer(self) -> int:
        return self.setting.grantor(self.lead()).id

    def lead(self) -> int:
        return self.ticket.responsible_unit_id

    def town(self) -> int:
        return self.ticket.own_town_id


def _dispatch(move: Move) -> NextCustody:
    assignment.assign(move.session, move.setting, move.ticket, move.at)
    return NextCustody(move.lead(), "accept")


def _send_back(move: Move) -> NextCustody:
    ticket = move.ticket
    ticket.lead_unit_id = ticket.confirmer_unit_id = None
    ticket.proposed_kind = ticket.proposed_cause = None
    return NextCustody(move.town(), "supplement")


def _end(move: Move) -> None:
    move.ticket.ended_at = move.at
    move.ticket.holder_unit_id = move.ticket.due_at = None
    move.ticket.resolved_by_unit_id = move.ticket.resolved_at = None


def _resubmit(move: Move) -> NextCustody:
    ticket, codes = move.ticket, move.given.hashed
    if "kind" in codes or "cause" in codes:
        ticket.cause = str(codes.get("cause", "" if "kind" in codes else ticket.cause))
        ticket.kind = str(codes.get("kind", ticket.kind))
    if move.given.text("description"):
        ticket.description = move.given.text("description")
    # Checked even before the town's check, so that a wrong kind is refused while its writer is present.
    assignment.destination(
        move.setting, ticket.kind, ticket.cause, ticket.route_labour, assignment.about(move.setting, ticket)
    )
    assignment.check_route(move.setting, ticket.kind, ticket)
    return NextCustody(move.town(), "vet") if ticket.filed_as == "village" else _dispatch(move)


def _accept(move: Move) -> NextCustody:
    return NextCustody(move.lead(), "mend")


def _decline(move: Move) -> NextCustody:
    move.ticket.declines += 1
    return NextCustody(move.ruler(), "rule")


def _uphold(move: Move) -> NextCustody:
    ticket = move.ticket
    # Declined or reclassified without grounds: the unit bears the time the ruling took.
    _charge_unit(move, move.lead())
    ticket.may_decline = False
    ticket.proposed_kind = ticket.proposed_cause = None
    return NextCustody(move.lead(), "accept")


def _reassign(move: Move) -> NextCustody:
    """A ruling on a dispute, or the office's decision in any other open state: work reported done is done again."""
    ticket, setting = move.ticket, move.setting
    ticket.resolved_by_unit_id = ticket.resolved_at = None
    unit = setting.unit(living_unit(move.session, str(move.given.hashed["unit"])).id)
    move.given.hashed["unit"] = unit.code
    if unit.type not in ("bureau", "office") and unit.id not in (ticket.town_id, ticket.subject_unit_id):
        raise BadInput("unit_cannot_hold", "unit", unit=unit.name)
    if ticket.proposed_kind is None and unit.id == ticket.lead_unit_id:
        raise BadInput("unit_is_the_same", "unit", unit=unit.name)
    if ticket.proposed_kind is not None:
        ticket.kind, ticket.cause = ticket.proposed_kind, ticket.proposed_cause or ""
        ticket.proposed_kind = ticket.proposed_cause = None
    kept, could_decline = unit.id == ticket.lead_unit_id, ticket.may_decline
    assignment.assign_to(setting, ticket, unit)
    if kept:
        # It has used its right: a corrected kind does not restore the right to decline.
        ticket.may_decline = could_decline and ticket.may_decline
    return NextCustody(unit.id, "accept")


def _reclassify(move: Move) -> NextCustody:
    codes = move.given.hashed
    kind, cause = str(codes["kind"]), str(codes.get("cause", ""))
    if (kind, cause) == (move.ticket.kind, move.ticket.cause):
        raise BadInput("kind_is_the_same", "kind")
    known = assignment.about(move.setting, move.ticket)
    assignment.destination(move.setting, kind, cause, move.ticket.route_labour, known)
    assignment.check_route(move.setting, kind, move.ticket)
    move.ticket.proposed_kind, move.ticket.proposed_cause = kind, cause
    move.ticket.declines += 1
    return NextCustody(move.ruler(), "rule")


def _resolve(move: Move) -> NextCustody:
    move.ticket.resolved_by_unit_id, move.ticket.resolved_at = move.lead(), move.at
    return NextCustody(stated(move.ticket.confirmer_unit_id), "confirm")


def _suspend(move: Move) -> NextCustody:
    return NextCustody(move.overseer(), "hold", until=move.given.dates["until"])


def _extend(move: Move) -> NextCustody:
    move.ticket.extensions += 1
    return NextCustody(move.lead(), "mend", until=move.given.dates["until"], flags=["extended"])


def _confirm(move: Move) -> None:
    ticket = move.ticket
    ticket.closed_by_unit_id, ticket.ended_at = move.actor.unit_id, move.at
    ticket.visited_on = move.given.dates.get("visited_on")
    ticket.holder_unit_id = ticket.due_at = None


def _judge(move: Move) -> None:
    """The verdict on a candidate: what was seen is read from papers, so that no visit of its own is recorded."""
    ticket = move.ticket
    ticket.closed_by_unit_id, ticket.ended_at = move.actor.unit_id, move.at
    ticket.holder_unit_id = ticket.due_at = None


def _hand_in(move: Move) -> None:
    """A written report was issued: the report itself is the proof, and its addressee has it."""
    ticket = move.ticket
    ticket.resolved_by_unit_id, ticket.resolved_at = move.lead(), move.at
    ticket.closed_by_unit_id, ticket.ended_at = ticket.confirmer_unit_id, move.at
    ticket.holder_unit_id = ticket.due_at = None


def _reject(move: Move) -> NextCustody:
    move.ticket.resolved_by_unit_id = move.ticket.resolved_at = None
    return NextCustody(move.lead(), "mend")


def _reopen(move: Move) -> NextCustody:
    ticket = move.ticket
    succession.follow(move.session, move.setting, ticket)
    if ticket.state == "withdrawn" and move.given.hashed.get("false_closing"):
        raise BadInput("unknown_field", "false_closing", action="reopen")
    ticket.episode += 1
    ticket.declines = ticket.extensions = 0
    ticket.ended_at = ticket.closed_by_unit_id = ticket.resolved_by_unit_id = ticket.resolved_at = None
    # The earlier visit no longer counts.
    ticket.visited_on = None
    if move.given.hashed.get("false_closing"):
        ticket.false_closings += 1
    if ticket.type != "duty":
        assignment.set_cap(move.setting, ticket, move.at)
    return NextCustody(move.lead(), "mend")


def _hand_over(move: Move) -> NextCustody:
    """The holder has ended or may not hold it any more, or its village belongs to another town: who has the ticket today
    accepts what the other was working on."""
    ended = move.ended.custody
    heir = succession.holder(move.session, move.setting, move.ticket, ended.stage)
    succession.follow(move.session, move.setting, move.ticket)
    stage = "accept" if ended.stage == "mend" and move.ticket.type != "duty" else ended.stage
    # A suspension ends on the day that was granted, whoever watches over it.
    until = date.fromisoformat(ended.account["rule"]["day"]) if stage == "hold" else None
    return NextCustody(heir, stage, until=until, succeeds=ended.unit_id)


def _follow(move: Move) -> NextCustody:
    """The household came to another town, and its own town held the ticket: the new one does, and accepts anew."""
    household_place.follow(move.session, move.setting, move.ticket, str(move.given.hashed["household"]))
    ended = move.ended.custody
    stage = "accept" if ended.stage == "mend" else ended.stage
    return NextCustody(move.town(), stage, succeeds=ended.unit_id)


def _relapse(move: Move) -> NextCustody:
    ticket = move.ticket
    move.given.hashed["confirmed_by"] = move.setting.unit(stated(ticket.closed_by_unit_id)).code
    ticket.relapses += 1
    return _reopen(move)


def _disprove(move: Move) -> NextCustody:
    move.ticket.false_closings += 1
    return _reopen(move)


def _deem_accepted(move: Move) -> NextCustody:
    move.ticket.may_decline = False
    return NextCustody(move.lead(), "mend")


def _charge_unit(move: Move, unit_id: int) -> None:
    custody = move.ended.custody
    # Downtime is already charged to the system.
    minutes = move.down.worked(custody.began_at, move.at)
    if minutes:
        move.session.add(Charge(custody_id=custody.id, unit_id=unit_id, minutes=minutes, ground="ruling", at=move.at))
        move.charges.append({"seq": custody.seq, "unit": unit_id, "minutes": minutes, "ground": "ruling"})


ROW_EFFECTS: dict[str, Callable[[Move], NextCustody | None]] = {
    "endorse": _dispatch,
    "send_back": _send_back,
    "withdraw": _end,
    "cancel": _end,
    "resubmit": _resubmit,
    "accept": _accept,
    "deem_accepted": _deem_accepted,
    "decline": _decline,
    "uphold": _uphold,
    "reassign": _reassign,
    "reclassify": _reclassify,
    "resolve": _resolve,
    "suspend": _suspend,
    "extend": _extend,
    "extend_again": _extend,
    "resume": _accept,
    "confirm": _confirm,
    "register": _judge,
    "refuse": _judge,
    "reject": _reject,
    "reopen": _reopen,
    "hand_over": _hand_over,
    "follow": _follow,
    "hand_in": _hand_in,
    "relapse": _relapse,
    "disprove": _disprove,
}
