"""Case desk: the only way to change an accountability case (`perform`), and its beginning (`propose`, `raise_case`).

Like the ticket desk it locks the row, settles what has lapsed, checks (visible → ever allowed → version → state →
required input), fires the lifecycle and appends the event with a frozen dossier.  It never commits and never reads the
clock.  Locks: ticket → case.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import Session

from models import LARGEST_ID, LARGEST_NUMBER, AccountabilityCase, Custody, Escalation, Event, Ticket
from models.base import stated
from workflow import state_table
from workflow.accountability.cases import case_lifecycle, dossiers
from workflow.accountability.cases.case_effects import MOVES
from workflow.accountability.cases.case_input import parse_case_input
from workflow.accountability.cases.case_lifecycle import CASE_ACTIONS
from workflow.accountability.cases.case_record import folded
from workflow.accountability.cases.harm import failed, scope_of
from workflow.actors import Actor, system
from workflow.county.context import CountyContext, county_context
from workflow.errors import BadInput, Conflict, Duplicate, NotAllowed, NotFound, Stale, WrongState
from workflow.history import event_log
from workflow.inputs import whole
from workflow.tickets import desk
from workflow.tickets.actions.action_input import Act, ActionInput
from workflow.tickets.visibility import COUNTY_WIDE


def visible(actor: Actor) -> ColumnElement[bool]:
    """The condition that a case is visible to this actor: readers of the county, the deciding unit, and the unit held
    to account once notified."""
    if actor.role in COUNTY_WIDE or actor.role == "system":
        return true()
    if actor.role not in ("town", "bureau"):
        return false()
    mine = and_(actor.own(AccountabilityCase.unit_id), AccountabilityCase.notified_at.is_not(None))
    mine_to_decide = actor.own(AccountabilityCase.decider_unit_id)
    return or_(mine, mine_to_decide)


def find(session: Session, actor: Actor, case_id: int) -> AccountabilityCase:
    """The case with this id, if the actor may see it.  Raises NotFound."""
    row = session.get(AccountabilityCase, case_id) if 0 < case_id <= LARGEST_ID else None
    if row is None or not _seen(session, actor, row):
        raise NotFound("no_such_case")
    return row


def _seen(session: Session, actor: Actor, case: AccountabilityCase) -> bool:
    seen = select(AccountabilityCase.id).where(AccountabilityCase.id == case.id, visible(actor))
    return session.scalar(seen) is not None


def propose(session: Session, actor: Actor, now: datetime, rung: Escalation) -> AccountabilityCase | None:
    """The case proposed by issuing the last rung (问责); None where one of the same custody is open.

    The caller has locked the ticket.
    """
    under_way = select(AccountabilityCase.id).where(
        AccountabilityCase.custody_id == rung.custody_id, AccountabilityCase.state != "withdrawn"
    )
    if session.scalar(under_way) is not None:
        return None
    return _begin(session, actor, now, session.get_one(Custody, rung.custody_id), rung.id)


def raise_case(
    session: Session, actor: Actor, now: datetime, ticket: Ticket | int, custody: int | str | None, **given: Any
) -> AccountabilityCase:
    """Propose a case on a failed custody of the ticket (by its number within the ticket), naming the result harmed;
    another person of the unit opens it.

    The notice demands accountability where the county's result suffers, which the ladder cannot know.  Raises
    NotFound, NotAllowed, Duplicate (one is open) or BadInput.
    """
    row = desk.lock_visible(session, actor, ticket)
    held = _custody(session, row, custody)
    setting = county_context(session, row.scheme_version_id)
    if not setting.accountable(held.unit_id):
        raise NotAllowed("leaders_above_cases")
    if not case_lifecycle.may_open(actor, setting, held.unit_id):
        raise NotAllowed("may_not_open_a_case")
    live = select(AccountabilityCase.id).where(
        AccountabilityCase.custody_id == held.id, AccountabilityCase.state != "withdrawn"
    )
    if session.scalar(live) is not None:
        raise Duplicate("case_under_way", "custody")
    if not failed(row, held, now):
        raise BadInput("custody_not_failed", "custody")
    scope = scope_of(session, setting, row, now)
    wanted = parse_case_input(setting, None, scope, CASE_ACTIONS["open"], now, given)
    return _begin(session, actor, now, held, None, wanted)


def _custody(session: Session, ticket: Ticket, seq: int | str | None) -> Custody:
    if seq is None or seq == "":
        raise BadInput("missing", "custody")
    number = whole(str(seq), LARGEST_NUMBER) if isinstance(seq, int | str) and not isinstance(seq, bool) else None
    custody = None
    if number is not None:
        query = select(Custody).where(Custody.ticket_id == ticket.id, Custody.seq == number)
        custody = session.scalars(query).one_or_none()
    if custody is None or custody.stage == "hold":
        # While the clock is suspended no duty is failed.
        raise BadInput("custody_unknown", "custody", value=str(seq)[:20])
    return custody


def _begin(
    session: Session,
    actor: Actor,
    now: datetime,
    custody: Custody,
    escalation_id: int | None,
    wanted: ActionInput | None = None,
) -> AccountabilityCase:
    ticket = session.get_one(Ticket, custody.ticket_id)
    setting = county_context(session, ticket.scheme_version_id)
    decider = case_lifecycle.decider_of(setting, custody.unit_id)
    case = AccountabilityCase(
        scheme_version_id=ticket.scheme_version_id,
        ticket_id=ticket.id,
        custody_id=custody.id,
        escalation_id=escalation_id,
        unit_id=custody.unit_id,
        leader_id=custody.leader_id,
        decider_unit_id=decider.id if decider else None,
        state="proposed",
        version=1,
        proposed_at=now,
        proposed_by_id=actor.user_id,
        silent=False,
        appeals=0,
    )
    session.add(case)
    session.flush()
    _append(session, setting, case, Act("propose_case", actor, now, now, wanted or ActionInput()), None, folded(case))
    return case


def lock(session: Session, case_id: int) -> AccountabilityCase | None:
    """The case's row, locked and read again."""
    return session.execute(
        select(AccountabilityCase)
        .where(AccountabilityCase.id == case_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()


def perform(
    session: Session,
    actor: Actor,
    case: AccountabilityCase | int,
    action: str,
    now: datetime,
    *,
    version: int | None = None,
    **given: Any,
) -> AccountabilityCase:
    """Do `action` on the case (a row or its id) at `now`; `version` is what the caller last saw.

    Raises NotFound, NotAllowed, Stale, WrongState or BadInput (workflow.errors).
    """
    wanted = case if isinstance(case, int) else case.id
    row = lock(session, wanted) if 0 < wanted <= LARGEST_ID else None
    if row is None or not _seen(session, actor, row):
        raise NotFound("no_such_case")
    setting = county_context(session, row.scheme_version_id)
    before = row.version
    settle(session, setting, row, now)
    verb = CASE_ACTIONS.get(action)
    if verb is None or verb.by_system:
        raise NotFound("no_such_case_action", action=action)
    related = case_lifecycle.relations(actor, row, setting)
    if not state_table.ever_allowed(verb, related):
        raise NotAllowed("case_not_allowed", action=action)
    if version is not None and version not in (before, row.version):
        raise Stale("case_stale", version=row.version, seen=version)
    if not state_table.allowed_now(verb, row.state, related):
        raise WrongState("case_wrong_state", action=action, state=row.state)
    closed = case_lifecycle.refusal_beyond_state(verb, row, setting, actor, now)
    if closed is not None:
        raise WrongState(closed, action=action)
    scope = scope_of(session, setting, session.get_one(Ticket, row.ticket_id), now, row)
    action_input = parse_case_input(setting, row, scope, verb, now, given)
    return _move(session, setting, row, Act(verb.name, actor, now, now, action_input))


def settle(session: Session, setting: CountyContext, case: AccountabilityCase, now: datetime) -> bool:
    """Apply the lapse of the time for a statement, as of when it ended; returns whether it had.  The case must be
    locked."""
    if not case_lifecycle.lapsed(case, now):
        return False
    lapse = Act("lapse_statement", system(), now, stated(case.statement_due_at), ActionInput())
    _move(session, setting, case, lapse)
    return True


def _move(session: Session, setting: CountyContext, case: AccountabilityCase, act: Act) -> AccountabilityCase:
    last = select(Event.effective_at).where(Event.subject_type == "case", Event.subject_id == case.id)
    came = session.scalar(last.order_by(Event.seq.desc()).limit(1))
    if came is not None and act.at < came:
        raise Conflict("clock_ran_back")
    before, from_state = folded(case), case.state
    with session.no_autoflush:
        case.state = case_lifecycle.fire(act.action, from_state)
        case.version += 1
        if act.action != "agree_withdrawal":
            # Any step forward ends a request to withdraw.
            case.withdrawal_by_id = None
        MOVES[act.action](setting, case, act.actor, act.at, act.input)
        case.next_at = case.statement_due_at if case.state == "notified" else None
    session.flush()
    after = folded(case)
    changed = {name: value for name, value in after.items() if value != before[name]}
    _append(session, setting, case, act, from_state, changed)
    return case


def _append(
    session: Session,
    setting: CountyContext,
    case: AccountabilityCase,
    act: Act,
    from_state: str | None,
    changed: dict[str, Any],
) -> None:
    frozen = dossiers.freeze(session, setting, case, act)
    event_log.of(session, case, act.actor, act.now, effective_at=act.at).append(
        act.action,
        act.input.hashed,
        {"case": changed, "dossier": frozen.hash},
        private=act.input.private_text or None,
        moved=(from_state, case.state),
    )
