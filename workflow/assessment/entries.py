"""Duty entries (任务进展记录): dated records of a countable duty with evidence, corrected only by another entry."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import DutyEntry, Ticket
from workflow.actors import Actor
from workflow.constraints import refused_as
from workflow.county.context import CountyContext, county_context
from workflow.errors import BadInput, Duplicate, NotAllowed, NotFound, WrongState
from workflow.history import event_log
from workflow.inputs import day_of, statement_of
from workflow.policy.scheme.duties import Count, Duty
from workflow.policy.worktime import local_date
from workflow.tickets.actions import duty_forms, duty_progress
from workflow.tickets.actions.action_input import find_evidence
from workflow.tickets.actions.duty_progress import period_of_ticket
from workflow.tickets.desk import lock_visible


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryInput:
    """An entry as submitted: `corrects` is the id of the entry it replaces, for a `reason`; `once` a token that makes
    repeats harmless."""

    on: Any
    fields: Any = None
    evidence: Any = None
    corrects: int | None = None
    reason: str | None = None
    once: str | None = None


def enter(session: Session, actor: Actor, ticket: Ticket | int, now: datetime, given: EntryInput) -> DutyEntry:
    """Record what was done on a day, with at least one piece of the unit's own evidence.  What falls short of the item is
    recorded with its reason and counts nothing.

    Raises NotFound, NotAllowed for units that do not owe the duty, WrongState while it is not in progress, Duplicate
    for an entry already corrected, or BadInput.
    """
    row, setting, duty, count = _lock_duty_ticket(session, actor, ticket)
    once = given.once[:64] if given.once else None
    if once:
        known = select(DutyEntry).where(DutyEntry.ticket_id == row.id, DutyEntry.once == once)
        if (sent := session.scalars(known).one_or_none()) is not None:
            return sent
    day = _entry_day(setting, row, duty, given.on, now)
    form = duty_forms.Form(count.fields, count.rules, "fields", period_of_ticket(setting, row))
    filled = duty_forms.parse_form(session, setting, row, form, given.fields, local_date(now))
    short = duty_forms.shortfalls(count, filled, given.reason or "", "reason")
    such = duty_progress.such_villages(session, count)
    if such is not None and filled.get("village") not in such:
        raise BadInput("village_not_listed" if count.villages == "listed" else "village_not_hard", "fields.village")
    if not given.evidence:
        raise BadInput("missing", "evidence")
    shown = find_evidence(session, actor, row, given.evidence)
    earlier = _corrected(session, row, given.corrects)
    why = statement_of("reason", given.reason or "") if earlier is not None or short else ""
    entry = DutyEntry(
        ticket_id=row.id,
        on=day,
        fields=filled,
        evidence=[piece.id for piece in shown],
        unit_id=row.duty_unit_id,
        by_id=actor.user_id,
        at=now,
        corrects_id=earlier.id if earlier else None,
        void=False,
        reason=why,
        once=once,
    )
    return _keep(session, actor, row, entry, [{"id": piece.id, "sha256": piece.sha256} for piece in shown])


def withdraw(
    session: Session, actor: Actor, ticket: Ticket | int, now: datetime, entry_id: int, reason: str | None
) -> DutyEntry:
    """Withdraw an entry by one that counts nothing; the first stays on record.  Raises as `enter` does."""
    row, _, _, _ = _lock_duty_ticket(session, actor, ticket)
    earlier = _corrected(session, row, entry_id)
    assert earlier is not None
    entry = DutyEntry(
        ticket_id=row.id,
        on=earlier.on,
        fields={},
        evidence=[],
        unit_id=row.duty_unit_id,
        by_id=actor.user_id,
        at=now,
        corrects_id=earlier.id,
        void=True,
        reason=statement_of("reason", reason or ""),
    )
    return _keep(session, actor, row, entry, [])


def _lock_duty_ticket(
    session: Session, actor: Actor, ticket: Ticket | int
) -> tuple[Ticket, CountyContext, Duty, Count]:
    row = lock_visible(session, actor, ticket)
    setting = county_context(session, row.scheme_version_id)
    duty = setting.scheme.duty(row.kind) if row.type == "duty" else None
    if duty is None or duty.count is None or duty.count.by_register:
        raise BadInput("counts_no_entries", "fields")
    if actor.unit_id != row.lead_unit_id or actor.role in ("village", "inspectorate", "admin"):
        raise NotAllowed("entries_not_yours")
    if row.state != "in_progress":
        raise WrongState("entries_closed", state=row.state)
    return row, setting, duty, duty.count


def _entry_day(setting: CountyContext, ticket: Ticket, duty: Duty, on: Any, now: datetime) -> date:
    if on is None or on == "":
        raise BadInput("missing", "on")
    day = day_of("on", on)
    period = period_of_ticket(setting, ticket)
    if day > local_date(now):
        raise BadInput("date_in_future", "on")
    if not period.start <= day <= period.end:
        raise BadInput("outside_period", "on", first=period.start.isoformat(), last=period.end.isoformat())
    return day


def _corrected(session: Session, ticket: Ticket, entry_id: int | None) -> DutyEntry | None:
    if entry_id is None:
        return None
    entry = session.scalars(
        select(DutyEntry).where(DutyEntry.id == entry_id, DutyEntry.ticket_id == ticket.id)
    ).one_or_none()
    if entry is None or entry.void:
        raise NotFound("no_such_entry", "entry")
    if session.scalar(select(DutyEntry.id).where(DutyEntry.corrects_id == entry.id)) is not None:
        raise Duplicate("entry_corrected", "entry")
    return entry


def _keep(
    session: Session, actor: Actor, ticket: Ticket, entry: DutyEntry, evidence: list[dict[str, Any]]
) -> DutyEntry:
    session.add(entry)
    with refused_as(Duplicate("entry_corrected", "entry"), "uq_duty_entry_corrects_id"):
        session.flush()
    event_log.of(session, ticket, actor, entry.at).append(
        "withdraw_entry" if entry.void else "enter",
        {"on": entry.on.isoformat(), "evidence": evidence},
        {
            "entry": {
                "id": entry.id,
                "on": entry.on.isoformat(),
                "evidence": list(entry.evidence),
                "corrects": entry.corrects_id,
                "void": entry.void,
            }
        },
        private={"fields": entry.fields, "reason": entry.reason},
        notify=False,
    )
    session.flush()
    return entry
