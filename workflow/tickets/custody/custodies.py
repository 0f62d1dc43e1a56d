"""Custodies: end one custody and open the next, with its deadline and the account of it.

A verdict is frozen when a custody ends.  Acceptance and resolving share one tenure, whose resolving date is fixed at
dispatch, so late acceptance gains nothing.  A new ruling or a new check on the spot is a new question with a round of
its own; everything else resumes the earlier tenure.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from models import Custody, Escalation, Post, Tenure, Ticket, User
from models.post import held_at
from workflow.county.context import CountyContext
from workflow.history.event_log import stamp
from workflow.policy.deadlines import Deadline, extended_deadline, first_deadline, fixed_deadline, resumed_deadline
from workflow.tickets.custody import succession_budgets
from workflow.tickets.custody.timers import Reached, next_timer, rungs_reached

_FRESH = ("rule", "confirm", "hold")
# Executed at every move, so composed once as far as possible.
_RUNNING = (
    select(Custody, Tenure)
    .join(Tenure, Tenure.id == Custody.tenure_id)
    .where(Custody.ticket_id == bindparam("ticket"), Custody.ended_at.is_(None))
    .execution_options(populate_existing=True)
)
_held, _of = Custody.__table__.alias("held"), Tenure.__table__.alias("of")
_LEADER = select(Post.user_id).where(Post.kind == "leader")
_HANDLER = (
    select(_held.c.handler_id, User.active, User.unit_id)
    .join(_of, _of.c.id == _held.c.tenure_id)
    .outerjoin(User, User.id == _held.c.handler_id)
    .where(
        _held.c.ticket_id == bindparam("ticket"),
        _held.c.unit_id == bindparam("unit"),
        _of.c.purpose == bindparam("purpose"),
    )
    .order_by(_held.c.seq.desc())
    .limit(1)
)


@dataclass(slots=True)
class OpenCustody:
    """The open custody of a ticket with its tenure; `handler_left`: the person who handled it here before has left."""

    custody: Custody
    tenure: Tenure
    handler_left: bool = False


@dataclass(slots=True)
class NextCustody:
    """The next custody: unit and stage; for a suspension or extension its last day, for a duty its deadline; the unit
    it succeeds, where a reform or the household's move took the ticket from it."""

    unit_id: int
    stage: str
    until: date | None = None
    flags: list[str] = field(default_factory=list)
    deadline: Deadline | None = None
    succeeds: int | None = None


def open_custody(session: Session, ticket_id: int) -> OpenCustody | None:
    """The open custody and its tenure, if the ticket is open."""
    row = session.execute(_RUNNING, {"ticket": ticket_id}).one_or_none()
    return OpenCustody(row[0], row[1]) if row else None


def end(session: Session, setting: CountyContext, run: OpenCustody, at: datetime, now: datetime) -> dict[str, Any]:
    """End the open custody at `at`, freeze its verdict and add its minutes to the tenure.  Returns the effect.

    Rungs reached that no sweep recorded by `now` are recorded as missed by the system.
    """
    custody, tenure, clock = run.custody, run.tenure, setting.clock
    missed = rungs_reached(setting, tenure, custody, at)
    custody.ended_at = at
    custody.minutes = clock.minutes_between(custody.began_at, at)
    custody.verdict = "late" if at > custody.due_at else "on_time"
    custody.late_minutes = clock.minutes_between(custody.due_at, at) if at > custody.due_at else 0
    tenure.used_minutes += custody.minutes
    if custody.stage == "accept":
        tenure.accept_used_minutes += custody.minutes
    tenure.next_at = tenure.next_what = None
    if missed:
        _charge_missed_rungs(session, run, missed, now)
    return {
        "seq": custody.seq,
        "verdict": custody.verdict,
        "minutes": custody.minutes,
        "late_minutes": custody.late_minutes,
        "missed": [{"rung": entry.rung, "due_at": stamp(entry.at)} for entry in missed],
    }


def _charge_missed_rungs(session: Session, run: OpenCustody, missed: list[Reached], now: datetime) -> None:
    custody, tenure = run.custody, run.tenure
    session.add_all(
        Escalation(
            ticket_id=custody.ticket_id,
            tenure_id=custody.tenure_id,
            custody_id=custody.id,
            unit_id=custody.unit_id,
            stage=custody.stage,
            rung=entry.rung,
            due_at=entry.at,
            detected_at=now,
            status="missed",
        )
        for entry in missed
    )
    if custody.stage == "accept":
        tenure.accept_rung = missed[-1].rung
    else:
        tenure.rung = missed[-1].rung


def begin(
    session: Session,
    setting: CountyContext,
    ticket: Ticket,
    opening: NextCustody,
    at: datetime,
    ended: OpenCustody | None,
) -> OpenCustody:
    """Open the next custody of `ticket` at `at`; sets the ticket's holder and due date as well."""
    stage = opening.stage
    purpose = "mend" if stage in ("accept", "mend") else stage
    tenure, number, taken = None, 1, None
    if ended is not None:
        taken = succession_budgets.taken_over(session, setting, ticket, opening, purpose)
        fresh = taken is not None or opening.succeeds is not None
        tenure, number = _tenure_for(session, ticket, opening.unit_id, purpose, ended, fresh=fresh)
    if taken is None:
        deadline = _deadline(setting, ticket, opening, tenure, at, ended)
    else:
        deadline = succession_budgets.deadline(setting, ticket, opening, taken, at, _hard_stop(setting, ticket, at))
    if tenure is None:
        tenure = _new_tenure(ticket, opening.unit_id, purpose, number, deadline)
        if stage == "accept":
            _set_budgets_of_both(setting, ticket, tenure, deadline, at)
        session.add(tenure)
    elif "hard_stop_applied" in deadline.flags:
        # Time beyond the stop is lost: a bounce on the day after does not restore it.
        _cut_budget(tenure, stage, setting.clock.minutes_between(at, deadline.due_at))
    elif opening.until is not None:
        # Extended: the budget becomes the time used plus the time until the later deadline.
        tenure.budget_minutes = tenure.used_minutes + deadline.budget_minutes
    handler, left = _last_handler(session, ticket, opening.unit_id, purpose) if ended is not None else (None, False)
    custody = Custody(
        ticket=ticket,
        seq=ended.custody.seq + 1 if ended else 1,
        episode=ticket.episode,
        tenure=tenure,
        unit_id=opening.unit_id,
        stage=stage,
        began_at=at,
        due_at=deadline.due_at,
        granted=_granted_as(opening),
        account={"lines": list(deadline.lines), "flags": [*deadline.flags, *opening.flags], "rule": deadline.rule},
        handler_id=handler,
        leader_id=_leader_query(opening.unit_id, at),
    )
    if ticket.cap_at is not None and deadline.due_at > ticket.cap_at:
        custody.account["flags"].append("over_cap")
    tenure.next_at, tenure.next_what = next_timer(setting, tenure, custody)
    session.add(custody)
    ticket.holder_unit_id, ticket.due_at = opening.unit_id, deadline.due_at
    return OpenCustody(custody, tenure, left)


def _new_tenure(ticket: Ticket, unit_id: int, purpose: str, number: int, deadline: Deadline) -> Tenure:
    return Tenure(
        ticket=ticket,
        episode=ticket.episode,
        unit_id=unit_id,
        purpose=purpose,
        round=number,
        budget_minutes=deadline.budget_minutes,
        used_minutes=0,
        accept_budget_minutes=0,
        accept_used_minutes=0,
        rung=0,
        accept_rung=0,
    )


def _set_budgets_of_both(
    setting: CountyContext, ticket: Ticket, tenure: Tenure, deadline: Deadline, at: datetime
) -> None:
    """Fix at dispatch the time for acceptance, and the one for both acceptance and resolving."""
    tenure.accept_budget_minutes = deadline.budget_minutes
    if "mending" in deadline.rule:
        # Taken over from a unit that has ended.
        tenure.budget_minutes = deadline.rule["mending"]
        return
    limits = setting.scheme.limits_for(ticket.kind, ticket.urgent)
    whole = first_deadline(setting.clock, at, limits.accept + limits.mend, _hard_stop(setting, ticket, at))
    tenure.budget_minutes = whole.budget_minutes
    deadline.rule["whole"] = limits.accept + limits.mend


def _tenure_for(
    session: Session, ticket: Ticket, unit_id: int, purpose: str, ended: OpenCustody, *, fresh: bool = False
) -> tuple[Tenure | None, int]:
    """The tenure to resume, or None with the round of a new one; `fresh`: the unit takes over from another."""
    fresh = fresh or purpose in _FRESH
    if not fresh and (
        ended.tenure.unit_id == unit_id and ended.tenure.purpose == purpose and ended.tenure.episode == ticket.episode
    ):
        return ended.tenure, 1
    mine = (
        Tenure.ticket_id == ticket.id,
        Tenure.episode == ticket.episode,
        Tenure.unit_id == unit_id,
        Tenure.purpose == purpose,
    )
    if fresh:
        return None, 1 + int(session.scalar(select(func.coalesce(func.max(Tenure.round), 0)).where(*mine)) or 0)
    return session.scalars(select(Tenure).where(*mine).order_by(Tenure.round.desc()).limit(1)).one_or_none(), 1


def _deadline(
    setting: CountyContext,
    ticket: Ticket,
    opening: NextCustody,
    tenure: Tenure | None,
    at: datetime,
    ended: OpenCustody | None,
) -> Deadline:
    clock, stage = setting.clock, opening.stage
    if opening.deadline is not None:
        return opening.deadline
    if opening.until is not None:
        deadline_of = fixed_deadline if stage == "hold" else extended_deadline
        return deadline_of(clock, at, opening.until)
    limits = setting.scheme.limits_for(ticket.kind, ticket.urgent)
    stop = _hard_stop(setting, ticket, at) if stage in ("accept", "mend") else None
    if tenure is None:
        deadline = first_deadline(clock, at, int(getattr(limits, stage)), stop)
    elif stage == "accept":
        # Asked again after a ruling while its resolving time runs: the earlier end is the deadline.
        accepting = tenure.accept_budget_minutes - tenure.accept_used_minutes
        mending = tenure.budget_minutes - tenure.used_minutes
        deadline = resumed_deadline(clock, at, min(accepting, mending), stop)
        deadline.rule.update(accepting=accepting, mending=mending)
    else:
        deadline = resumed_deadline(clock, at, tenure.budget_minutes - tenure.used_minutes, stop)
        deadline.rule["mending"] = tenure.budget_minutes - tenure.used_minutes
        accepted = stage == "mend" and ended is not None and ended.custody.stage == "accept"
        if accepted and ended is not None and tenure.used_minutes == ended.custody.minutes:
            # Directly after acceptance people are shown days, not minutes.
            counted = first_deadline(clock, ended.custody.began_at, limits.accept + limits.mend, stop)
            if counted.due_at == deadline.due_at:
                deadline = counted
    if ticket.hard_stop is not None and stop is None and stage in ("accept", "mend"):
        opening.flags.append("hard_stop_past")
    return deadline


def _granted_as(opening: NextCustody) -> str | None:
    """Whether the custody is granted time: a suspension, or resolving with a later deadline."""
    if opening.stage == "hold":
        return "suspension"
    return "extension" if opening.until is not None else None


def _cut_budget(tenure: Tenure, stage: str, left: int) -> None:
    tenure.budget_minutes = min(tenure.budget_minutes, tenure.used_minutes + left)
    if stage == "accept":
        tenure.accept_budget_minutes = min(tenure.accept_budget_minutes, tenure.accept_used_minutes + left)


def _hard_stop(setting: CountyContext, ticket: Ticket, at: datetime) -> date | None:
    """The hard stop, unless it is already past, so that no tenure starts overdue."""
    stop = ticket.hard_stop
    return stop if stop is not None and setting.clock.closing(stop) > at else None


def _leader_query(unit_id: int, at: datetime) -> Any:
    return _LEADER.where(Post.unit_id == unit_id, held_at(at)).scalar_subquery()


def _last_handler(session: Session, ticket: Ticket, unit_id: int, purpose: str) -> tuple[int | None, bool]:
    """The last handler of this ticket in this unit for this purpose, which accepting or bouncing does not change; nobody,
    and True, where that person has left the unit since."""
    given = {"ticket": ticket.id, "unit": unit_id, "purpose": purpose}
    row = session.execute(_HANDLER, given).one_or_none()
    if row is None or row.handler_id is None:
        return None, False
    here = row.active and row.unit_id == unit_id
    return (row.handler_id if here else None), not here
