"""Sweep: fires due rungs, deemed acceptances and ends of suspension, at a cost that depends only on what is due.

A read-only probe comes first; with nothing due that is all.  Then batches: lock the tickets (rows locked by others are
skipped), read again, write set by set.  UNIQUE(tenure, stage, rung) makes a rung exactly once, so any number of workers
may run.  A failing batch is repeated one by one, so that one bad ticket stops no other.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, insert, select, update
from sqlalchemy.orm import Session

from models import Custody, Escalation, Event, Outbox, Tenure, Ticket
from models.base import stated
from workflow import batches
from workflow.accountability import automatic_issue, deemed_receipts, rung_issue, rung_reminder
from workflow.accountability.ladder_steps import DueCustody, LadderStep, paper_case, step
from workflow.accountability.rung_issue import Wanted
from workflow.actors import system
from workflow.batches import Swept, Transactions
from workflow.county.context import CountyContext, county_context
from workflow.history import event_log
from workflow.history.event_log import heads_of, stamp
from workflow.tickets import desk
from workflow.tickets.custody.timers import timer_after

BATCH = 200


def probe(session: Session, now: datetime) -> datetime | None:
    """The earliest due moment not yet acted on, or None; constant cost."""
    return session.scalar(
        select(Tenure.next_at)
        .where(Tenure.next_at.is_not(None), Tenure.next_at < now)
        .order_by(Tenure.next_at)
        .limit(1)
    )


def run(reading: Transactions, writing: Transactions, now: datetime, *, batch: int = BATCH) -> Swept:
    """Sweep until nothing is due before `now`; each batch is a transaction of `writing`."""
    swept = Swept()
    with reading() as session:
        oldest = probe(session, now)
    if oldest is not None:
        swept.lag_seconds = max(0, int((now - oldest).total_seconds()))
        _climb(reading, writing, now, batch, swept)
    if issued := automatic_issue.run(reading, writing, now, swept.failed):
        swept.lapsed["issue_rung"] = issued
    if received := deemed_receipts.run(reading, writing, now, swept.failed):
        swept.lapsed["deem_received"] = received
    rung_reminder.remind(reading, writing, now)
    return swept


def _climb(reading: Transactions, writing: Transactions, now: datetime, batch: int, swept: Swept) -> None:
    def single(session: Session, ticket_id: int) -> int:
        _batch(session, now, swept, _due(session, now, 1, swept.failed, only=ticket_id))
        # Counted even if another worker was quicker, because more may be due.
        return 1

    batches.run(
        reading,
        writing,
        swept.failed,
        batch=lambda session: _batch(session, now, swept, _due(session, now, batch, swept.failed)),
        find=lambda session: _due(session, now, batch, swept.failed),
        single=single,
    )


def plan(session: Session, now: datetime) -> list[LadderStep | DueCustody]:
    """The steps and lapses a sweep at `now` would apply.  Writes nothing."""
    tickets = _due(session, now, 1_000_000, {}, lock=False)
    due_custodies: list[LadderStep | DueCustody] = []
    for held in _held(session, now, tickets):
        due = held if held.next_what != "rung" else step(_context_of(session, held), held, now)
        if due is not None:
            due_custodies.append(due)
    return due_custodies


def _due(
    session: Session, now: datetime, batch: int, failed: Iterable[int], only: int | None = None, lock: bool = True
) -> list[int]:
    query = (
        select(Ticket.id)
        .join(Tenure, Tenure.ticket_id == Ticket.id)
        .where(Tenure.next_at.is_not(None), Tenure.next_at < now)
        .order_by(Tenure.next_at, Tenure.id)
        .limit(batch)
    )
    if only is not None:
        query = query.where(Ticket.id == only)
    if failed := list(failed):
        query = query.where(Ticket.id.not_in(failed))
    if lock:
        query = query.with_for_update(of=Ticket, skip_locked=True)
    return list(session.scalars(query))


def _held(session: Session, now: datetime, tickets: list[int]) -> list[DueCustody]:
    """The custodies of locked tickets, read again, because they may have moved since they were found."""
    query: Select[*tuple[Any, ...]] = (
        select(
            Ticket.id,
            Ticket.scheme_version_id,
            Ticket.state,
            Tenure.id,
            Tenure.budget_minutes,
            Tenure.used_minutes,
            Tenure.accept_budget_minutes,
            Tenure.accept_used_minutes,
            Tenure.rung,
            Tenure.accept_rung,
            Tenure.next_what,
            Custody.id,
            Custody.unit_id,
            Custody.stage,
            Custody.began_at,
            Custody.due_at,
        )
        .join(Custody, Custody.ticket_id == Ticket.id)
        .join(Tenure, Tenure.id == Custody.tenure_id)
        .where(Ticket.id.in_(tickets), Custody.ended_at.is_(None), Tenure.next_at < now)
        .order_by(Ticket.id)
    )
    return [DueCustody(*row) for row in session.execute(query)]


def _context_of(session: Session, held: DueCustody) -> CountyContext:
    return county_context(session, held.scheme_version_id)


def _batch(session: Session, now: datetime, swept: Swept, tickets: list[int]) -> int:
    """Apply what is due to these tickets; returns how many there were."""
    if not tickets:
        return 0
    steps: list[tuple[CountyContext, LadderStep]] = []
    idle: list[tuple[CountyContext, DueCustody]] = []
    places: dict[int, CountyContext] = {}
    lapsed: list[str] = []
    acted: set[int] = set()
    for held in _held(session, now, tickets):
        setting = places.get(held.scheme_version_id)
        if setting is None:
            setting = places[held.scheme_version_id] = _context_of(session, held)
        if held.next_what == "rung":
            due = step(setting, held, now)
            if due is not None:
                steps.append((setting, due))
                acted.add(held.ticket_id)
            else:
                idle.append((setting, held))
        else:
            row = stated(desk.lock(session, held.ticket_id))
            settled = desk.settle(session, setting, row, now)
            lapsed += settled
            if settled:
                acted.add(held.ticket_id)
            else:
                # The working days changed since the moment was computed: it is later now and stored again.
                idle.append((setting, held))
    if steps:
        _write_rungs(session, now, steps)
    _move_on(session, [(p, s.held, s.top.rung) for p, s in steps] + [(p, h, _rung(h)) for p, h in idle])
    session.flush()
    _note_idle(swept, set(tickets) - acted)
    for action in lapsed:
        swept.lapsed[action] = swept.lapsed.get(action, 0) + 1
    for _, due in steps:
        swept.rungs[due.top.rung] = swept.rungs.get(due.top.rung, 0) + 1
        swept.missed += len(due.missed)
    return len(tickets)


def _note_idle(swept: Swept, tickets: set[int]) -> None:
    """A due ticket with nothing to do may have moved meanwhile; found twice, it counts as failed."""
    for ticket_id in tickets & swept.idle:
        swept.failed[ticket_id] = "due, but there is nothing to do"
    swept.idle |= tickets


def _rung(held: DueCustody) -> int:
    return held.accept_rung if held.stage == "accept" else held.rung


def _write_rungs(session: Session, now: datetime, steps: list[tuple[CountyContext, LadderStep]]) -> None:
    fate_of = automatic_issue.fates(session, now)
    fates = {due.held.tenure_id: fate_of(setting, due) for setting, due in steps}
    papers = [(setting, due) for setting, due in steps if fates[due.held.tenure_id].status == "issued"]
    numbers = rung_issue.number(session, now, papers)
    rows: list[dict[str, Any]] = []
    for _, due in steps:
        held = due.held
        common = {
            "ticket_id": held.ticket_id,
            "tenure_id": held.tenure_id,
            "custody_id": held.custody_id,
            "unit_id": held.unit_id,
            "stage": held.stage,
            "detected_at": now,
        }
        rows += [{**common, "rung": e.rung, "due_at": e.at, "status": "missed", "paper": None} for e in due.missed]
        status = fates[held.tenure_id].status
        paper = numbers.get(held.tenure_id)
        rows.append({**common, "rung": due.top.rung, "due_at": due.top.at, "status": status, "paper": paper})
    # If another worker wrote one of them, UNIQUE refuses: the batch is rolled back and repeated one by one.
    connection = session.connection()
    connection.execute(_RUNG, rows)
    automatic_issue.write(session, [(due, fates[due.held.tenure_id]) for _, due in steps])
    wanted = [
        Wanted(numbers[key], paper_case(setting, due), authorisation=fates[key].authorisation)
        for setting, due in steps
        if (key := due.held.tenure_id) in numbers
    ]
    issued = rung_issue.issue(session, now, wanted)
    heads = heads_of(session, "ticket", [due.held.ticket_id for _, due in steps])
    events = [
        event_log.of(session, ("ticket", due.held.ticket_id), system(), now, effective_at=due.top.at).body(
            heads[due.held.ticket_id],
            "escalate",
            {
                "rung": due.top.rung,
                "stage": due.held.stage,
                "unit": due.held.unit_id,
                "status": fates[due.held.tenure_id].status,
                "paper": numbers.get(due.held.tenure_id),
                "due_at": stamp(due.held.due_at),
            },
            {
                "missed": [{"rung": e.rung, "due_at": stamp(e.at)} for e in due.missed],
                **issued.get(due.held.tenure_id, {}),
            },
            moved=(due.held.state, due.held.state),
        )
        for _, due in steps
    ]
    connection.execute(_EVENT, events)
    params = {"tickets": [event["subject_id"] for event in events], "hashes": [event["hash"] for event in events]}
    connection.execute(_TELL, params)


# Rows of many at once, without asking for their ids: where ids are asked for, drivers make one statement of thousands
# of parameters of it, which costs more to write and to read than the rows do.
_RUNG, _EVENT = insert(Escalation.__table__), insert(Event.__table__)
_TELL = insert(Outbox.__table__).from_select(
    ["event_id"],
    select(Event.id).where(
        Event.subject_type == "ticket",
        Event.subject_id.in_(bindparam("tickets", expanding=True)),
        Event.hash.in_(bindparam("hashes", expanding=True)),
    ),
)


_TENURE = Tenure.__table__


def _move_on(session: Session, stands: list[tuple[CountyContext, DueCustody, int]]) -> None:
    """Write the rung reached by each tenure and its next timer."""
    for column in ("rung", "accept_rung"):
        rows = []
        for setting, held, rung in stands:
            if (held.stage == "accept") == (column == "accept_rung"):
                at, what = timer_after(setting, held, held, rung)
                rows.append({"key": held.tenure_id, "stands": rung, "at": at, "what": what})
        if rows:
            session.connection().execute(
                update(_TENURE)
                .where(_TENURE.c.id == bindparam("key"))
                .values({column: bindparam("stands"), "next_at": bindparam("at"), "next_what": bindparam("what")}),
                rows,
            )
