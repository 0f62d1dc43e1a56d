"""Desk: the one module that moves a ticket from state to state.

People's actions go through `perform`; relapses, disproved closings, issued reports and lapses have functions of their own
here, and `adoption` moves deadlines.  `perform` locks the ticket and reads it again, settles what has lapsed meanwhile,
checks (visible → ever allowed → version → state → required input), fires the lifecycle, ends one custody and opens the
next, and appends the event.  It never commits and never reads the clock; the entry point owns the transaction.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models import Custody, Household, Tenure, Ticket, Village
from models.base import stated
from models.household import GONE
from models.ticket import OPEN_TICKET_KEYS
from workflow import state_table
from workflow.actors import Actor, system
from workflow.constraints import refused_as
from workflow.county.context import CountyContext, county_context
from workflow.errors import Conflict, Duplicate, NotAllowed, NotFound, Stale, WrongState
from workflow.history import event_log
from workflow.tickets.actions import household_place, lifecycle, own_hand, succession
from workflow.tickets.actions.action_input import Act, ActionInput, parse_action_input
from workflow.tickets.actions.lifecycle import ACTIONS
from workflow.tickets.actions.row_effects import ROW_EFFECTS, Move
from workflow.tickets.consequences import (
    candidate_verdicts,
    duty_tickets,
    ended_units,
    former_holders,
    household_moves,
    matter_membership,
    paper_outcomes,
    pending_checks,
    pending_request,
)
from workflow.tickets.custody import custodies, downtime, signal_gaps
from workflow.tickets.custody.event_effects import changed, folded, opened
from workflow.tickets.custody.timers import deemed_at
from workflow.tickets.visibility import sees

# Executed at every action, so composed once.
_LOCKED = (
    select(Ticket).where(Ticket.id == bindparam("ticket")).with_for_update().execution_options(populate_existing=True)
)


def perform(
    session: Session,
    actor: Actor,
    ticket: Ticket | int,
    action: str,
    now: datetime,
    *,
    version: int | None = None,
    told: signal_gaps.Told | None = None,
    **given: Any,
) -> Ticket:
    """Do `action` on the ticket (a row or its id) at `now`; `version` is the one last seen, `told` when it was done offline.

    Raises NotFound, NotAllowed, Stale, WrongState, Duplicate or BadInput; the entry point rolls back.
    """
    row = lock_visible(session, actor, ticket)
    setting = county_context(session, row.scheme_version_id, hold=row.ended_at is not None)
    before = row.version
    settle(session, setting, row, now)
    verb = ACTIONS.get(action)
    if verb is None or verb.by_system:
        raise NotFound("no_such_action", action=action)
    related = lifecycle.relations(actor, row, setting)
    if not state_table.ever_allowed(verb, related):
        raise NotAllowed("not_allowed", action=action)
    # A caller that saw the ticket before a lapse was recorded saw it as it is, since `available_actions` includes it.
    if version is not None and version not in (before, row.version):
        raise Stale("stale", version=row.version, seen=version)
    if not state_table.allowed_now(verb, row.state, related):
        raise WrongState("wrong_state", action=action, state=row.state)
    asked = verb.name in lifecycle.EXTENDING and pending_request.for_extension(session, row)
    gone = verb.name == "reopen" and household_is_gone(session, row)
    closed = lifecycle.refusal_beyond_state(verb, row, setting, now, None if asked else row.due_at, gone)
    if closed is not None:
        raise WrongState(closed, action=action, state=row.state)
    own_hand.check(session, actor, row.id, verb.name)
    action_input = parse_action_input(session, setting, actor, row, verb, now, given)
    told = signal_gaps.noted(told, now, action_input.hashed)
    return _move(session, setting, row, Act(verb.name, actor, now, now, action_input, told))


def relapse(session: Session, actor: Actor, ticket_id: int, now: datetime, *, checkup: int, finding: int) -> Ticket:
    """Reopen a closed ticket whose deficiency a checkup has found again; no button, a consequence of the checkup.

    The event names the unit whose confirmation proved false.  Raises WrongState for a ticket that is not closed, or was
    closed longer ago than the scheme's days for reopening: then a new ticket names it.
    """
    row = lock(session, ticket_id)
    if row is None:
        raise NotFound("no_such_ticket")
    setting = county_context(session, row.scheme_version_id, hold=True)
    closed = lifecycle.refusal_beyond_state(ACTIONS["relapse"], row, setting, now)
    if row.state != "closed" or closed is not None:
        raise WrongState(closed or "wrong_state", action="relapse", state=row.state)
    action_input = ActionInput(hashed={"checkup": checkup, "finding": finding})
    return _move(session, setting, row, Act("relapse", actor, now, now, action_input))


def disprove(
    session: Session, actor: Actor, ticket: Ticket, now: datetime, action_input: ActionInput, effect: dict[str, Any]
) -> Ticket:
    """Reopen a locked, closed ticket whose closing a spot check proved false; no button, a consequence of the check.

    `effect` is added to the event.  Raises Duplicate where the same deficiency is open again.
    """
    setting = county_context(session, ticket.scheme_version_id, hold=True)
    return _move(session, setting, ticket, Act("disprove", actor, now, now, action_input), effect=effect)


def close_report_duty(
    session: Session, ticket_id: int, action: str, actor: Actor, now: datetime, codes: dict[str, Any]
) -> Ticket:
    """End the duty of a written report: `hand_in` when the report is issued, `cancel` when a newer edition makes it
    needless.

    No button, a consequence of the act that `codes` name.  The duty must be open.
    """
    row = stated(lock(session, ticket_id))
    setting = county_context(session, row.scheme_version_id)
    settle(session, setting, row, now)
    return _move(session, setting, row, Act(action, actor, now, now, ActionInput(hashed=codes)))


def hand_over(session: Session, actor: Actor, ticket_id: int, now: datetime, codes: dict[str, Any]) -> Ticket:
    """Bring an open ticket to the units and villages that have its subject today; no button, a consequence of a reform.

    Where another is to hold it (`succession.holder`), its custody ends with its verdict and the next begins; else its units
    alone change.  A duty that does not pass on (`succession.ends_with_unit`) is withdrawn.
    """
    row = stated(lock(session, ticket_id))
    setting = county_context(session, row.scheme_version_id)
    settle(session, setting, row, now)
    # What was filed or moved while the reform waited for its lock began a moment after it.
    now = max(now, _last_custody(session, row).custody.began_at)
    action_input = ActionInput(hashed=codes)
    if succession.ends_with_unit(session, setting, row):
        return _move(session, setting, row, Act("cancel", actor, now, now, action_input))
    if succession.holder(session, setting, row, lifecycle.STAGE_OF[row.state]) != row.holding_unit_id:
        return _move(session, setting, row, Act("hand_over", actor, now, now, action_input))
    run = _last_custody(session, row)
    ended_units.follow(Move(session, setting, actor, row, run, action_input, now, downtime.Down(setting.clock)))
    return row


def follow(
    session: Session, actor: Actor, ticket_id: int, now: datetime, home: Household, codes: dict[str, Any]
) -> Ticket:
    """Bring a ticket, open or ended, to where its household is, or to the household `home` that its own was merged into;
    no button, a consequence of what happened to the household.

    Held by the town that was left, its custody ends with its verdict and the present town begins; else its places alone
    change.  What the household has open already is withdrawn.
    """
    row = stated(lock(session, ticket_id))
    setting = county_context(session, row.scheme_version_id)
    settle(session, setting, row, now)
    action_input = ActionInput(hashed={**codes, "household": home.code})
    if household_place.open_there(session, row, home):
        return _move(session, setting, row, Act("cancel", actor, now, now, action_input))
    run, left = _last_custody(session, row), row.town_id
    move = Move(session, setting, actor, row, run, action_input, now, downtime.Down(setting.clock))
    if household_moves.comes_to_another(move, session.get_one(Village, home.village_id).town_id):
        _move(session, setting, row, Act("follow", actor, now, now, action_input))
    else:
        household_moves.follow(move)
    if household_moves.held_by(move, left):
        former_holders.keep(session, setting, row, {left}, now)
    return row


def lock(session: Session, ticket_id: int) -> Ticket | None:
    """The ticket's row, locked and read again."""
    return session.execute(_LOCKED, {"ticket": ticket_id}).scalar_one_or_none()


def lock_visible(session: Session, actor: Actor, ticket: Ticket | int) -> Ticket:
    """The row of a ticket (a row or its id) the actor sees, locked and read again.  Raises NotFound."""
    row = lock(session, ticket if isinstance(ticket, int) else ticket.id)
    if row is None or not sees(actor, row, session):
        raise NotFound("no_such_ticket")
    return row


def household_is_gone(session: Session, ticket: Ticket) -> bool:
    """Whether the locked ticket's household was cleared from the register or has ended; both wait at the tickets' locks."""
    return session.scalar(select(Household.status).where(Household.id == ticket.household_id)) in GONE


def settle(session: Session, setting: CountyContext, ticket: Ticket, now: datetime) -> list[str]:
    """Apply what has lapsed by `now` (deemed acceptance, the end of a suspension), as of when it lapsed.
    Returns the actions that took effect.  The ticket must be locked.
    """
    if ticket.state not in ("assigned", "suspended"):
        return []
    run = stated(custodies.open_custody(session, ticket.id))
    if ticket.state == "suspended":
        lapsed, action = run.custody.due_at, "resume"
    else:
        lapsed, action = deemed_at(setting, run.tenure, run.custody), "deem_accepted"
    if lapsed > now:
        return []
    _move(session, setting, ticket, Act(action, system(), now, lapsed, ActionInput()), run)
    return [action]


def _move(
    session: Session,
    setting: CountyContext,
    ticket: Ticket,
    act: Act,
    run: custodies.OpenCustody | None = None,
    effect: dict[str, Any] | None = None,
) -> Ticket:
    before, now, at = folded(ticket), act.now, act.at
    effect, down = dict(effect or {}), downtime.Down(setting.clock)
    charges: list[dict[str, Any]] = []
    run = run or custodies.open_custody(session, ticket.id)
    last = run or _last_custody(session, ticket)
    if at < (last.custody.ended_at or last.custody.began_at):
        raise Conflict("clock_ran_back")
    if run is not None:
        down = downtime.down(session, setting.clock, run.custody.began_at, now)
        effect["ended"] = custodies.end(session, setting, run, at, now)
        charges = downtime.charge(session, down, run.custody, at, now)
        charges += signal_gaps.charge(session, down, run.custody, act.told, at)
        # The open custody is unique: the old one is written as ended before the next is inserted.
        session.flush()
    # Constraints hold only after the whole move, so autoflush is disabled.
    with session.no_autoflush:
        move = Move(session, setting, act.actor, ticket, last, act.input, at, down, charges)
        opening = ROW_EFFECTS[act.action](move)
        target = _target(ticket, act.action, opening)
        ticket.state = lifecycle.fire(act.action, before["state"], target)
        ticket.version += 1
        if opening is not None:
            effect["opened"] = opened(custodies.begin(session, setting, ticket, opening, at, last))
        _consequences(move, act, before["state"], effect)
    with refused_as(Duplicate("duplicate_open_ticket", "kind", kind=str(before["kind"])), *OPEN_TICKET_KEYS):
        session.flush()
    if ticket.type == "duty" and act.action == "resolve":
        effect["form"] = duty_tickets.keep_report(session, ticket, act.actor, act.input, at)
    former_holders.keep(session, setting, ticket, {before["lead_unit_id"], last.custody.unit_id}, at)
    if ticket.matter_id is not None and act.action != "hand_over":
        # A reform takes all tickets of a matter along.
        matter_membership.after_move(session, act.actor, ticket, before, now, at)
    effect["ticket"] = changed(ticket, before)
    event_log.of(session, ticket, act.actor, now, effective_at=at).append(
        act.action,
        act.input.hashed,
        effect,
        private=act.input.private_text or None,
        moved=(before["state"], ticket.state),
    )
    if ticket.type == "duty" and ticket.ended_at is not None:
        duty_tickets.succeed(session, ticket, at)
    return ticket


def _consequences(move: Move, act: Act, from_state: str, effect: dict[str, Any]) -> None:
    """Close what ends with the custody (time request, pending spot checks, papers, a candidate) and add it to the effect."""
    if from_state == "in_progress" and (request := pending_request.close_with_custody(move, act.action)):
        effect["request"] = request
    if from_state == "closed" and (lapsed := pending_checks.lapse(move.session, act.actor, move.ticket, act.at)):
        effect["spot_checks"] = [*effect.get("spot_checks", ()), *lapsed]
    if ended := paper_outcomes.end_by_move(move, act.action, act.now):
        effect["papers"] = ended
    if move.ticket.candidate_id is not None and move.ticket.ended_at is not None:
        effect["candidate"] = candidate_verdicts.end(move, act)
    if move.charges:
        effect["charges"] = move.charges


def _target(ticket: Ticket, action: str, opening: custodies.NextCustody | None) -> str | None:
    """The target of an action: only `resubmit`, `hand_over` and `follow` have two from the same state."""
    if action in ("hand_over", "follow") and opening is not None:
        return next(state for state, stage in lifecycle.STAGE_OF.items() if stage == opening.stage)
    if action != "resubmit" or opening is None:
        return None
    return "reported" if opening.stage == "vet" else "assigned"


def _last_custody(session: Session, ticket: Ticket) -> custodies.OpenCustody:
    row = session.execute(
        select(Custody, Tenure)
        .join(Tenure, Tenure.id == Custody.tenure_id)
        .where(Custody.ticket_id == ticket.id)
        .order_by(Custody.seq.desc())
        .limit(1)
    ).one()
    return custodies.OpenCustody(row[0], row[1])
