"""Ticket proofs: compare a ticket's rows with the fold of its events.  Rows are read in batches to bound memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import BindParameter, Select, bindparam, select
from sqlalchemy.orm import Session

from models import (
    Charge,
    Custody,
    DutyEntry,
    DutyForm,
    Escalation,
    Party,
    RungAnswer,
    RungWaiting,
    SpotResult,
    Tenure,
    Ticket,
    TimeRequest,
    Unit,
)
from workflow.county.leaders import leaders_at
from workflow.history.event_log import canonical, digest, stamp
from workflow.tickets.consequences import pending_checks
from workflow.tickets.custody.event_effects import FOLDED, plain
from workflow.tickets.custody.event_fold import Fold
from workflow.verification.proofs import paper_proofs
from workflow.verification.proofs.findings import Finding

#: Columns younger than the oldest events, with the value before any event recorded them.
_YOUNGER = {"relapses": 0, "extensions": 0, "source": "", "source_reference": ""}
_Row = TypeVar("_Row")


@dataclass(slots=True)
class _Rows:
    """The rows of one ticket."""

    custodies: list[Custody]
    tenures: list[Tenure]
    escalations: list[Escalation]
    charges: list[Charge]
    assisting: set[str]
    requests: list[TimeRequest]
    answers: list[RungAnswer]
    waiting: list[RungWaiting]
    spots: list[SpotResult]
    entries: list[DutyEntry]
    forms: list[DutyForm]


# The rows of a lot of tickets, by their name in `_Rows`; composed once, which took longer than reading them.
_LOT: BindParameter[Any] = bindparam("tickets", expanding=True)
_TICKETS = select(Ticket).where(Ticket.id.in_(_LOT))
_READ: dict[str, Select[Any]] = {
    "custodies": select(Custody).where(Custody.ticket_id.in_(_LOT)).order_by(Custody.seq),
    "tenures": select(Tenure).where(Tenure.ticket_id.in_(_LOT)),
    "escalations": select(Escalation).where(Escalation.ticket_id.in_(_LOT)),
    "requests": select(TimeRequest).where(TimeRequest.ticket_id.in_(_LOT)),
    "answers": select(RungAnswer).where(RungAnswer.ticket_id.in_(_LOT)),
    "waiting": select(RungWaiting).where(RungWaiting.ticket_id.in_(_LOT)),
    "spots": select(SpotResult).where(SpotResult.ticket_id.in_(_LOT)),
    "entries": select(DutyEntry).where(DutyEntry.ticket_id.in_(_LOT)),
    "forms": select(DutyForm).where(DutyForm.ticket_id.in_(_LOT)),
}
_CHARGES = (
    select(Charge, Custody.ticket_id).join(Custody, Custody.id == Charge.custody_id).where(Custody.ticket_id.in_(_LOT))
)
_ASSISTING = (
    select(Party.ticket_id, Unit.code)
    .join(Unit, Unit.id == Party.unit_id)
    .where(Party.ticket_id.in_(_LOT), Party.standing == "assisting")
)


def compare(session: Session, folds: Sequence[Fold]) -> Iterator[Finding]:
    """The differences between the rows of these tickets and their folds."""
    lot = {"tickets": [fold.ticket for fold in folds]}
    tickets = {row.id: row for row in session.scalars(_TICKETS, lot)}
    read = {name: _by_ticket(session.scalars(query, lot)) for name, query in _READ.items()}
    papers = paper_proofs.read(session, lot["tickets"])
    charges: dict[int, list[Charge]] = {}
    for charge, ticket in session.execute(_CHARGES, lot):
        charges.setdefault(ticket, []).append(charge)
    helping: dict[int, set[str]] = {}
    for ticket, code in session.execute(_ASSISTING, lot):
        helping.setdefault(ticket, set()).add(code)
    led = leaders_at(session)
    leading = frozenset(session.scalars(select(Unit.id).where(Unit.type == "leaders")))
    for fold in folds:
        key = fold.ticket
        if key not in tickets:
            yield Finding("row_missing", f"ticket {key}")
            continue
        rows = _Rows(
            charges=charges.get(key, []),
            assisting=helping.get(key, set()),
            **{name: of_ticket.get(key, []) for name, of_ticket in read.items()},
        )
        yield from _compare_ticket(tickets[key], fold)
        yield from _custodies(rows, fold)
        for custody in rows.custodies:
            recorded = fold.custodies.get(custody.seq)
            if recorded and custody.leader_id not in led(custody.unit_id, custody.began_at, recorded["opened_at"]):
                yield Finding("custody_differs", f"ticket {key} custody {custody.seq} leader")
        yield from _tenures(rows, fold)
        yield from _ladder(rows, fold)
        yield from paper_proofs.unissued(rows.escalations, fold, leading)
        yield from _compare_requests(rows, fold)
        yield from _compare_spot_checks(rows, fold)
        for code in paper_proofs.differences(papers[key], fold):
            yield Finding(code, f"ticket {key}")
        yield from _duty(rows, fold)
        if rows.assisting != fold.assisting:
            yield Finding("party_differs", f"ticket {key}")


def _by_ticket(rows: Any) -> dict[int, list[Any]]:
    by_ticket: dict[int, list[Any]] = {}
    for row in rows:
        by_ticket.setdefault(row.ticket_id, []).append(row)
    return by_ticket


def _compare_ticket(row: Ticket, fold: Fold) -> Iterator[Finding]:
    label = f"ticket {row.id}"
    for name in FOLDED:
        if fold.columns.get(name, _YOUNGER.get(name)) != plain(getattr(row, name)):
            yield Finding("row_differs", f"{label} {name}")
    if row.filed_by_id != fold.filed_by:
        yield Finding("row_differs", f"{label} filed_by_id")
    if row.description not in fold.descriptions:
        yield Finding("row_differs", f"{label} description")


def _custodies(rows: _Rows, fold: Fold) -> Iterator[Finding]:
    label = f"ticket {fold.ticket}"
    if sorted(fold.custodies) != [custody.seq for custody in rows.custodies]:
        yield Finding("custodies_differ", label)
    before: Custody | None = None
    for custody in rows.custodies:
        if before is not None and before.episode == custody.episode and before.ended_at != custody.began_at:
            yield Finding("custody_gap", f"{label} custody {custody.seq}")
        before = custody
        recorded = fold.custodies.get(custody.seq)
        if recorded is not None and not _same_columns(custody, recorded):
            yield Finding("custody_differs", f"{label} custody {custody.seq}")
    open_row = before is not None and before.ended_at is None
    if open_row != (fold.columns.get("ended_at") is None):
        yield Finding("holder_missing", label)


def _same_columns(custody: Custody, recorded: dict[str, Any]) -> bool:
    return (
        recorded["unit"] == custody.unit_id
        and recorded["episode"] == custody.episode
        and recorded["stage"] == custody.stage
        and recorded["began_at"] == stamp(custody.began_at)
        and recorded["due_at"] == stamp(custody.due_at)
        and recorded.get("granted", "suspension" if custody.stage == "hold" else None) == custody.granted
        and recorded["account"] == digest(canonical(custody.account))
        and recorded["handler"] == custody.handler_id
        and recorded.get("ended_at") == plain(custody.ended_at)
        and recorded.get("minutes") == custody.minutes
        and recorded.get("verdict") == custody.verdict
        and recorded.get("late_minutes") == custody.late_minutes
    )


def _tenures(rows: _Rows, fold: Fold) -> Iterator[Finding]:
    label = f"ticket {fold.ticket}"
    keys = {row.id: (row.episode, row.unit_id, row.purpose, row.round) for row in rows.tenures}
    if set(keys.values()) != set(fold.tenures):
        yield Finding("tenures_differ", label)
    for custody in rows.custodies:
        recorded = fold.custodies.get(custody.seq)
        if recorded is not None and keys.get(custody.tenure_id) != recorded["key"]:
            yield Finding("custody_differs", f"{label} custody {custody.seq} tenure")
    for row in rows.tenures:
        booked = fold.tenures.get(keys[row.id])
        if booked is None:
            continue
        for name, wanted, actual in (
            ("budget_minutes", booked.budget, row.budget_minutes),
            ("accept_budget_minutes", booked.accept_budget, row.accept_budget_minutes),
            ("used_minutes", booked.used, row.used_minutes),
            ("accept_used_minutes", booked.accept_used, row.accept_used_minutes),
            ("rung", booked.rung, row.rung),
            ("accept_rung", booked.accept_rung, row.accept_rung),
        ):
            if wanted != actual:
                yield Finding("tenure_differs", f"{label} tenure {row.id} {name}")


def _compare_requests(rows: _Rows, fold: Fold) -> Iterator[Finding]:
    """Compare each request for time with its events."""
    if {row.id for row in rows.requests} != set(fold.requests):
        yield Finding("requests_differ", f"ticket {fold.ticket}")
    held = {custody.id: custody for custody in rows.custodies}
    for row in rows.requests:
        recorded, within = fold.requests.get(row.id, {}), held.get(row.custody_id)
        actual = {
            "kind": row.kind, "custody": within.seq if within else None, "unit": row.unit_id,
            "asked_at": stamp(row.asked_at), "asked_by": row.asked_by_id, "ground": row.ground,
            "wanted_until": plain(row.wanted_until), "evidence": row.evidence, "asked_of": row.asked_of_id,
            "answer_due_at": stamp(row.answer_due_at), "status": row.status, "answered_at": plain(row.answered_at),
            "answered_by": row.answered_by_id, "granted_until": plain(row.granted_until),
        }  # fmt: skip
        words = {name: getattr(row, name) for name in ("reason", "plan", "answer") if name in recorded}
        same = all(recorded.get(name) == value for name, value in actual.items())
        if not same or any(recorded[name] != said for name, said in words.items()):
            yield Finding("request_differs", f"ticket {fold.ticket} request {row.id}")
        if within is not None and (within.tenure_id, within.unit_id) != (row.tenure_id, row.unit_id):
            yield Finding("request_differs", f"ticket {fold.ticket} request {row.id} custody")


def _ladder(rows: _Rows, fold: Fold) -> Iterator[Finding]:
    label = f"ticket {fold.ticket}"
    held = {custody.id: custody for custody in rows.custodies}
    rungs = []
    for row in rows.escalations:
        custody = held.get(row.custody_id)
        if custody is None or custody.tenure_id != row.tenure_id:
            yield Finding("escalation_differs", f"{label} escalation {row.id}")
            continue
        rungs.append((custody.seq, row.unit_id, row.stage, row.rung, row.status, row.paper, stamp(row.due_at),
                      stamp(row.detected_at)))  # fmt: skip
    yield from _lists("escalation", label, rungs, fold.escalations)
    yield from paper_proofs.answers(rows.escalations, rows.answers, rows.waiting, fold, held)
    charges = [(held[row.custody_id].seq, row.unit_id, row.minutes, row.ground, stamp(row.at)) for row in rows.charges]
    yield from _lists("charge", label, charges, fold.charges)


def _compare_spot_checks(rows: _Rows, fold: Fold) -> Iterator[Finding]:
    """Compare the result of each spot check with its event."""
    for row in rows.spots:
        recorded = fold.spots.get(row.check_id, {})
        if (
            any(recorded.get(name) != value for name, value in pending_checks.check_payload(row).items())
            or recorded.get("note", row.note) != row.note
        ):
            yield Finding("spot_result_differs", f"ticket {fold.ticket} spot check {row.check_id}")
    if {row.check_id for row in rows.spots} != set(fold.spots):
        yield Finding("spot_results_differ", f"ticket {fold.ticket}")


def _duty(rows: _Rows, fold: Fold) -> Iterator[Finding]:
    """Compare each entry and form of a duty with its event; none without an event, none missing."""
    for entry in rows.entries:
        actual = {
            "on": entry.on.isoformat(), "evidence": entry.evidence, "corrects": entry.corrects_id, "void": entry.void,
            "unit": entry.unit_id, "by": entry.by_id, "at": stamp(entry.at), "fields": entry.fields,
            "reason": entry.reason,
        }  # fmt: skip
        if not _equals_event(actual, fold.entries.get(entry.id)):
            yield Finding("duty_entry_differs", f"ticket {fold.ticket} entry {entry.id}")
    for form in rows.forms:
        actual = {"done": form.done, "target": form.target, "by": form.by_id, "at": stamp(form.at),
                 "fields": form.fields, "missing": form.missing}  # fmt: skip
        if not _equals_event(actual, fold.forms.get(form.id)):
            yield Finding("duty_form_differs", f"ticket {fold.ticket} form {form.id}")
    if {row.id for row in rows.entries} != set(fold.entries) or {row.id for row in rows.forms} != set(fold.forms):
        yield Finding("duty_rows_differ", f"ticket {fold.ticket}")


def _equals_event(actual: dict[str, Any], recorded: dict[str, Any] | None) -> bool:
    """Whether a row equals its event; erased text cannot be compared."""
    return recorded is not None and all(recorded.get(name, value) == value for name, value in actual.items())


def _lists(what: str, label: str, there: list[_Row], rows: list[_Row]) -> Iterator[Finding]:
    if set(there) - set(rows):
        yield Finding(f"{what}_forged", label)
    if set(rows) - set(there):
        yield Finding(f"{what}_missing", label)
