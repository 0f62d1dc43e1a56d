"""Rederivation: recomputes the deadline of an open custody after a change of working days.

Only open custodies move.  Ended custodies keep minutes and verdicts, suspensions and extensions end on their named day,
fired rungs stay fired.  The time used before the open custody is frozen, so the budget becomes the time used plus the
time until the new date.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from models import Custody, Tenure, Ticket
from workflow.county.context import CountyContext, county_context
from workflow.history.event_log import stamp
from workflow.policy.deadlines import Deadline, by_rule, first_deadline
from workflow.policy.worktime import WorkClock, local_date
from workflow.tickets.custody import event_effects
from workflow.tickets.custody.custodies import OpenCustody
from workflow.tickets.custody.timers import next_timer

#: The remarks that a rederivation computes again; all others stay.
_FLAGS = ("hard_stop_applied", "over_cap", "opened_late")

#: Running tenures with their open custody and the scheme version of their ticket.
_RUNNING = (
    select(Tenure, Custody, Ticket.scheme_version_id)
    .join(Custody, Custody.tenure_id == Tenure.id)
    .join(Ticket, Ticket.id == Tenure.ticket_id)
    .where(Custody.ended_at.is_(None), Tenure.id.between(bindparam("first"), bindparam("last")))
    .order_by(Tenure.id)
)
_NUMBERS = select(Tenure.id).where(Tenure.id > bindparam("after")).order_by(Tenure.id).limit(2000)


def running(session: Session) -> Iterator[Row[Tenure, Custody, int]]:
    """All running tenures with their open custody and the scheme version of their ticket, by number.

    Read in spans of tenures: sorted all at once, a large county's would lie in memory.
    """
    after = 0
    while numbers := session.scalars(_NUMBERS, {"after": after}).all():
        yield from session.execute(_RUNNING, {"first": numbers[0], "last": numbers[-1]})
        after = numbers[-1]


@dataclass(frozen=True, slots=True)
class Derived:
    """The open custody under the calendar: due date and account, its tenure's budgets, the whole ticket's limit."""

    due_at: datetime
    account: dict[str, Any]
    budget: int
    accept_budget: int
    cap_at: datetime | None

    def differs(self, ticket: Ticket, run: OpenCustody) -> bool:
        """Whether anything recorded in the history changes."""
        custody, tenure = run.custody, run.tenure
        return (self.due_at, self.budget, self.accept_budget, self.cap_at) != (
            custody.due_at,
            tenure.budget_minutes,
            tenure.accept_budget_minutes,
            ticket.cap_at,
        ) or {**self.account, "rule": None} != {**custody.account, "rule": None}


def derive(
    old: WorkClock, setting: CountyContext, ticket: Ticket, run: OpenCustody, before: Custody | None, began: datetime
) -> Derived:
    """The open custody of `ticket` under `setting`, whose clock is the new one.

    `before` is the custody that ended when this one began, `began` the beginning of the episode.
    """
    custody, tenure, clock = run.custody, run.tenure, setting.clock
    cap_at = ticket.cap_at
    if cap_at is not None:
        days = _working_days(old, began, cap_at)
        cap_at = clock.due(began, days) if days >= 1 else cap_at
    if custody.stage == "hold":
        return Derived(custody.due_at, custody.account, tenure.budget_minutes, tenure.accept_budget_minutes, cap_at)
    rule = custody.account.get("rule") or inferred(setting, ticket, run, before)
    deadline = by_rule(clock, rule, custody.began_at)
    account = account_of(custody, deadline, rule, cap_at)
    return Derived(deadline.due_at, account, *budgets(clock, rule, deadline, run), cap_at)


def account_of(custody: Custody, deadline: Deadline, rule: dict[str, Any], cap_at: datetime | None) -> dict[str, Any]:
    """The account of an open custody under another date; remarks not about the date stay."""
    flags = [*deadline.flags, *(flag for flag in custody.account["flags"] if flag not in _FLAGS)]
    if cap_at is not None and deadline.due_at > cap_at:
        flags.append("over_cap")
    kept = {name: value for name, value in custody.account.items() if name not in ("lines", "flags", "rule")}
    return {**kept, "lines": list(deadline.lines), "flags": flags, "rule": rule}


def budgets(clock: WorkClock, rule: dict[str, Any], deadline: Deadline, run: OpenCustody) -> tuple[int, int]:
    """(budget, acceptance budget) of the tenure under the new date; working minutes."""
    custody, tenure = run.custody, run.tenure
    used, accept_used = tenure.used_minutes, tenure.accept_used_minutes
    left = clock.minutes_between(custody.began_at, deadline.due_at)
    accepting = custody.stage == "accept"
    if rule["by"] in ("extension", "day", "last", "later", "hour"):
        return used + left, tenure.accept_budget_minutes
    if rule["by"] == "days":
        if not accepting:
            return used + left, tenure.accept_budget_minutes
        if "mending" in rule:
            # Taken over from a unit that has ended: the rest of its time is counted in minutes.
            return used + rule["mending"], accept_used + left
        whole = first_deadline(clock, custody.began_at, rule["whole"], _rule_hard_stop(rule))
        return used + whole.budget_minutes, accept_used + left
    mending, own = rule["mending"], rule.get("accepting", 0)
    if "hard_stop_applied" in deadline.flags:
        mending, own = min(mending, left), min(own, left)
    return used + mending, accept_used + own if accepting else tenure.accept_budget_minutes


def inferred(setting: CountyContext, ticket: Ticket, run: OpenCustody, before: Custody | None) -> dict[str, Any]:
    """The rule of a custody opened before accounts recorded it, inferred from its account."""
    custody, tenure = run.custody, run.tenure
    lines = custody.account["lines"]
    limits = setting.scheme.limits_for(ticket.kind, ticket.urgent)
    stop = ticket.hard_stop if custody.stage in ("accept", "mend") else None
    if stop is not None and setting.clock.closing(stop) <= custody.began_at:
        stop = None
    rule: dict[str, Any] = {"stop": stop.isoformat() if stop else None}
    if lines and "minutes" not in lines[0]:
        start, days = custody.began_at, getattr(limits, custody.stage)
        dispatched = custody.stage == "mend" and before is not None and before.tenure_id == tenure.id
        if dispatched and before is not None and lines[0]["day"] == local_date(before.began_at).isoformat():
            start, days = before.began_at, limits.accept + limits.mend
        counted = [line["count"] for line in lines if line["count"]]
        if "hard_stop_applied" not in custody.account["flags"] and counted:
            days = counted[-1]
        rule |= {"by": "days", "days": days, "from": start.isoformat()}
        return rule | ({"whole": limits.accept + limits.mend} if custody.stage == "accept" else {})
    mending = tenure.budget_minutes - tenure.used_minutes
    rule |= {"by": "minutes", "minutes": max(mending, 0), "mending": mending}
    if custody.stage == "accept":
        accepting = tenure.accept_budget_minutes - tenure.accept_used_minutes
        rule |= {"accepting": accepting, "minutes": max(min(accepting, mending), 0)}
    return rule


def _working_days(clock: WorkClock, began: datetime, due: datetime) -> int:
    """The working days of a limit computed by this clock."""
    return clock.minutes_between(clock.closing(local_date(began)), due) // clock.minutes_per_day


def _rule_hard_stop(rule: dict[str, Any]) -> date | None:
    return date.fromisoformat(rule["stop"]) if rule.get("stop") else None


def settle_in(
    setting: CountyContext, ticket: Ticket, run: OpenCustody, derived: Derived, now: datetime, scheme: bool = False
) -> dict[str, Any]:
    """Write the derived values and the next timer into the rows; returns the payload `rederived` of the event.

    With `scheme` another scheme moved the date, so the ladder may differ as well.
    """
    custody, tenure = run.custody, run.tenure
    account = derived.account
    if scheme or derived.due_at != custody.due_at:
        # Rungs fired under the earlier date were right then; the auditor uses this.
        entry = {"at": stamp(now), "due_at": stamp(custody.due_at)} | ({"why": "scheme"} if scheme else {})
        account = {**account, "moved": [*account.get("moved", []), entry]}
    custody.due_at, custody.account = derived.due_at, account
    tenure.budget_minutes, tenure.accept_budget_minutes = derived.budget, derived.accept_budget
    ticket.due_at, ticket.cap_at = derived.due_at, derived.cap_at
    reset_timer(setting, run)
    return event_effects.rederived(run)


def reset_timer(setting: CountyContext, run: OpenCustody) -> None:
    """Set the tenure's next timer by the new clock; it may lie beyond the deadline and move alone."""
    run.tenure.next_at, run.tenure.next_what = next_timer(setting, run.tenure, run.custody)


def refresh_timers(session: Session) -> int:
    """Compute the next step of every open custody again, where a new version of this program counts it otherwise; returns
    how many moved.  What is due stays: a timer only says when the system looks next."""
    settings: dict[int, CountyContext] = {}
    moved = 0
    for tenure, custody, version in running(session):
        if version not in settings:
            settings[version] = county_context(session, version)
        step = next_timer(settings[version], tenure, custody)
        if step != (tenure.next_at, tenure.next_what):
            tenure.next_at, tenure.next_what = step
            moved += 1
    return moved
