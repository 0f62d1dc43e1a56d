"""Migrated deadlines: computes the open custody of a ticket under another scheme version from the limits of both.

Only the difference of the limits is added, so time used, bounces and cuts stay accounted for.  Extensions and
suspensions end on their named day.  No ticket becomes overdue by the migration.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from models import Custody, Tenure, Ticket
from workflow.county.context import CountyContext
from workflow.history import event_log
from workflow.policy.deadlines import Deadline, by_rule
from workflow.policy.scheme.model import Limits
from workflow.tickets.custody.custodies import OpenCustody
from workflow.tickets.custody.rederivation import Derived, account_of, budgets, inferred

#: Purposes whose tenures are resumed; the others start a new one each time.
_RESUMED = ("vet", "supplement", "mend")


@dataclass(slots=True)
class Reckoned:
    """An open custody under the scheme in force, and the paused tenures whose budgets change with it."""

    ticket: Ticket
    run: OpenCustody
    setting: CountyContext
    derived: Derived
    hard_stop: date | None
    waiting: list[tuple[Tenure, int, int]] = field(default_factory=list)


def why_not_migratable(old: CountyContext, new: CountyContext, ticket: Ticket) -> str | None:
    """The code of the reason why a ticket cannot be migrated; None when it can."""
    named = [(ticket.kind, ticket.cause)]
    if ticket.proposed_kind is not None:
        named.append((ticket.proposed_kind, ticket.proposed_cause or ""))
    kinds = {kind.code: kind for kind in new.scheme.kinds}
    for code, cause in named:
        kind = kinds.get(code)
        if kind is None:
            return "kind_gone"
        if cause and cause not in {entry.code for entry in kind.causes}:
            return "cause_gone"
        if ticket.subject_sort not in kind.subjects:
            return "subject_gone"
        if kind.hard_stop is not None and kind.hard_stop.causes and not cause:
            return "cause_decides"
        # A fixed last day belongs to its assessment year: migrated to the next, it would move by a year.
        if old.year != new.year and (kind.hard_stop is not None or ticket.hard_stop is not None):
            return "other_year"
    if old.scheme.office_hours != new.scheme.office_hours:
        # Minutes used of one working day are not minutes of another.
        return "hours_differ"
    return None


def restated(
    old: CountyContext,
    new: CountyContext,
    ticket: Ticket,
    held: list[Custody],
    tenures: dict[int, Tenure],
    now: datetime,
) -> Reckoned:
    """The open custody of `ticket` under the limits of `new`; `held` are all its custodies, in order."""
    custody, clock = held[-1], new.clock
    run = OpenCustody(custody, tenures[custody.tenure_id])
    was, is_ = (p.scheme.limits_for(ticket.kind, ticket.urgent) for p in (old, new))
    stop = new.scheme.hard_stop_date(ticket.kind, ticket.cause or None, new.year)
    bound = stop if ticket.lead_unit_id and stop is not None and clock.closing(stop) > ticket.filed_at else None
    began = next(row.began_at for row in held if row.episode == ticket.episode)
    cap_at = clock.due(began, is_.cap) if ticket.cap_at is not None else None
    reckoned = Reckoned(ticket, run, new, Derived(custody.due_at, custody.account, 0, 0, cap_at), bound)
    for tenure in tenures.values():
        if tenure.episode == ticket.episode and tenure.purpose in _RESUMED and tenure is not run.tenure:
            more, accept_more = _more(was, is_, tenure, held, clock.minutes_per_day)
            left = tenure.budget_minutes - tenure.used_minutes
            budget = tenure.used_minutes + max(left + more, min(left, clock.minutes_per_day))
            if more or accept_more:
                reckoned.waiting.append((tenure, budget, max(tenure.accept_budget_minutes + accept_more, 0)))
    if custody.stage == "hold":
        tenure = run.tenure
        reckoned.derived = Derived(
            custody.due_at, custody.account, tenure.budget_minutes, tenure.accept_budget_minutes, cap_at
        )
        return reckoned
    rule = custody.account.get("rule") or inferred(old, ticket, run, held[-2] if len(held) > 1 else None)
    becomes, rule = _dated((was, is_), new, run, held, rule, bound, now)
    account = account_of(custody, becomes, rule, cap_at)
    reckoned.derived = Derived(becomes.due_at, account, *budgets(clock, rule, becomes, run), cap_at)
    return reckoned


def _more(was: Limits, is_: Limits, tenure: Tenure, held: list[Custody], day: int) -> tuple[int, int]:
    """The additional working minutes of a tenure under the new limits, in total and for acceptance."""
    mine = [row for row in held if row.tenure_id == tenure.id]
    if any(row.granted == "extension" for row in mine):
        # The office named the day.
        return 0, 0
    if tenure.purpose != "mend":
        return (getattr(is_, tenure.purpose) - getattr(was, tenure.purpose)) * day, 0
    accept = is_.accept - was.accept if mine and mine[0].stage == "accept" else 0
    return (is_.mend - was.mend + accept) * day, accept * day


def _dated(
    limits: tuple[Limits, Limits],
    new: CountyContext,
    run: OpenCustody,
    held: list[Custody],
    rule: dict[str, Any],
    bound: date | None,
    now: datetime,
) -> tuple[Deadline, dict[str, Any]]:
    """The deadline of the open custody under the second of the limits, and its rule."""
    was, is_ = limits
    custody, tenure, clock = run.custody, run.tenure, new.clock
    if rule["by"] == "extension":
        return by_rule(clock, rule, custody.began_at), rule
    more, accept_more = _more(was, is_, tenure, held, clock.minutes_per_day)
    if tenure.purpose not in _RESUMED:
        more = (getattr(is_, custody.stage) - getattr(was, custody.stage)) * clock.minutes_per_day
    accepting = custody.stage == "accept"
    stop = bound if custody.stage in ("accept", "mend") else None
    if stop is not None and clock.closing(stop) <= custody.began_at:
        stop = None
    fresh = {**rule, "stop": stop.isoformat() if stop else None}
    if rule["by"] == "days":
        # The whole limit counted from its beginning, also after a migration that had to move the beginning.
        straight = custody.stage == "mend" and next(row for row in held if row.tenure_id == tenure.id).stage == "accept"
        fresh["days"] = is_.accept + is_.mend if straight else getattr(is_, custody.stage)
        fresh["from"] = fresh.pop("origin", rule["from"])
        if accepting:
            fresh["whole"] = is_.accept + is_.mend
    else:
        fresh["mending"] = rule.get("mending", rule["minutes"]) + more
        fresh["minutes"] = max(fresh["mending"], 0)
        if accepting:
            fresh["accepting"] = rule["accepting"] + accept_more
            fresh["minutes"] = max(min(fresh["accepting"], fresh["mending"]), 0)
    deadline = by_rule(clock, fresh, custody.began_at)
    floor = clock.due(now, 1)
    if deadline.due_at >= min(custody.due_at, floor):
        return deadline, fresh
    if custody.due_at <= floor:
        return by_rule(clock, rule, custody.began_at), rule
    ahead = stop is not None and clock.closing(stop) > now
    origin = {"origin": fresh["from"]} if rule["by"] == "days" else {}
    fresh = {"by": "days", "days": 1, "from": event_log.stamp(now), "stop": fresh["stop"] if ahead else None, **origin}
    if accepting:
        fresh["whole"] = is_.accept + is_.mend
    return by_rule(clock, fresh, custody.began_at), fresh
