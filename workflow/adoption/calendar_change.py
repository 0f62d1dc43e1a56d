"""Calendar changes: change working days and recompute every running deadline.

One act in one transaction: the days, one event of the county with days and source, and an event for each ticket whose
open custody changes.  Locks are taken in the order county → tickets by ascending id.  A transaction that opens a first
custody holds the county's row shared before it locks a ticket, so no custody is opened by the old days unseen
(`workflow.county.context.county_context`, `hold`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from models import County, Custody, Event, SchemeVersion, Tenure, Ticket, TimeRequest
from workflow.actors import Actor
from workflow.adoption import calendar_days
from workflow.adoption.holiday_notice import Change
from workflow.county.context import CountyContext, county_context
from workflow.errors import NotAllowed, Stale
from workflow.history import event_log
from workflow.inputs import check_document_year
from workflow.policy.calendar import WorkCalendar, calendar_of
from workflow.policy.worktime import WorkClock, local_date
from workflow.tickets import desk
from workflow.tickets.consequences import pending_request
from workflow.tickets.custody import event_effects
from workflow.tickets.custody.custodies import OpenCustody
from workflow.tickets.custody.rederivation import Derived, derive, reset_timer, settle_in

_LOT = 400


@dataclass(frozen=True, slots=True)
class MovedDeadline:
    """A ticket whose deadline moves, with the old and the new date."""

    ticket_id: int
    number: str
    kind: str
    unit_id: int
    stage: str
    due_at: datetime
    becomes: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """The effect of a change.

    `touched` counts recomputed tickets whose date stays; `version` is the calendar version it is based on.
    """

    version: int
    moving: tuple[MovedDeadline, ...]
    touched: int


@dataclass(slots=True)
class _NewDeadline:
    """An open custody under the new days; `answers` are the requests for time whose answer is due on another day."""

    ticket: Ticket
    run: OpenCustody
    setting: CountyContext
    derived: Derived
    answers: list[tuple[TimeRequest, datetime]]

    @property
    def differs(self) -> bool:
        """Whether anything recorded in the history changes."""
        return bool(self.answers) or self.derived.differs(self.ticket, self.run)


def preview(session: Session, actor: Actor, now: datetime, change: Change) -> Outcome:
    """The effect of `change` without storing anything.  Raises as `apply` does."""
    _require_office(actor)
    check_document_year("document", change.document, local_date(now))
    before = calendar_days.days(session)
    after = calendar_days.validated(change, before, calendar_days.earlier_version(session, change))
    version = session.execute(select(County.calendar_version)).scalar_one()
    outcome = _Outcome()
    for entry in _new_deadlines(session, calendar_of(after), _open_tickets(session)):
        outcome.add(entry)
    return outcome.outcome(version)


def apply(session: Session, actor: Actor, now: datetime, change: Change, *, seen: int | None = None) -> Outcome:
    """Apply `change` and recompute every running deadline.

    `seen` is the calendar version of the preview.  Raises NotAllowed; Stale when the calendar changed since;
    BadInput when nothing would change, or a single day corrects a notice that is not stored.
    """
    _require_office(actor)
    check_document_year("document", change.document, local_date(now))
    county = session.execute(
        select(County).with_for_update(key_share=True).execution_options(populate_existing=True)
    ).scalar_one()
    if seen is not None and county.calendar_version != seen:
        raise Stale("calendar_stale")
    before = calendar_days.days(session)
    after = calendar_days.validated(change, before, calendar_days.earlier_version(session, change))
    tickets = _open_tickets(session, lock=True)
    _settle(session, tickets, now)
    total = _Outcome()
    # Every context is read before a day is written: what is cached under the old version must be the old days.
    for lot in _lots(tickets):
        reckoned = list(_new_deadlines(session, calendar_of(after), lot))
        for entry in reckoned:
            total.add(entry)
        _write_change(session, actor, now, county.calendar_version + 1, reckoned)
    calendar_days.store(session, change, before, after)
    county.calendar_version += 1
    session.flush()
    outcome = total.outcome(county.calendar_version)
    event_log.of(session, county, actor, now).append(
        "calendar",
        {"source": change.source, "document": change.document, "year": change.year} | _why_removed(change),
        {
            "days": calendar_days.diff(before, after),
            "version": county.calendar_version,
            "moved": len(outcome.moving),
            "touched": outcome.touched,
        },
    )
    return outcome


def _why_removed(change: Change) -> dict[str, list[str]]:
    """The reasons given for removed days, which leave no row that would keep them."""
    words = sorted({day.name for day in change.days if day.works is None and day.name})
    return {"reasons": words} if words else {}


def _require_office(actor: Actor) -> None:
    if actor.role not in ("office", "system"):
        raise NotAllowed("calendar_not_yours")


def _open_tickets(session: Session, *, lock: bool = False) -> list[int]:
    query = select(Ticket.id).where(Ticket.ended_at.is_(None)).order_by(Ticket.id)
    return list(session.scalars(query.with_for_update() if lock else query))


def _lots(tickets: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(tickets), _LOT):
        yield tickets[start : start + _LOT]


def _settle(session: Session, tickets: list[int], now: datetime) -> None:
    """Settle what has lapsed under the old days first, as of when it lapsed; it is not undone."""
    for lot in _lots(tickets):
        lapsed = (
            select(Ticket)
            .join(Tenure, Tenure.ticket_id == Ticket.id)
            .where(Ticket.id.in_(lot), Tenure.next_at <= now, Ticket.state.in_(("assigned", "suspended")))
            .order_by(Ticket.id)
            .execution_options(populate_existing=True)
        )
        for ticket in session.scalars(lapsed).unique().all():
            desk.settle(session, county_context(session, ticket.scheme_version_id), ticket, now)


def _new_deadlines(session: Session, calendar: WorkCalendar, tickets: list[int]) -> Iterator[_NewDeadline]:
    """Each open custody under `calendar`, ordered by ticket."""
    versions = session.scalars(select(SchemeVersion.id)).all()
    before = {version: county_context(session, version) for version in versions}
    places = {
        version: replace(setting, clock=WorkClock(calendar, setting.scheme.office_hours))
        for version, setting in before.items()
    }
    for lot in _lots(tickets):
        custodies: dict[int, list[Custody]] = {}
        for row in session.scalars(
            select(Custody)
            .where(Custody.ticket_id.in_(lot))
            .order_by(Custody.ticket_id, Custody.seq)
            .execution_options(populate_existing=True)
        ):
            custodies.setdefault(row.ticket_id, []).append(row)
        asked = pending_request.unsettled(session, lot)
        for ticket, tenure in session.execute(
            select(Ticket, Tenure)
            .join(Custody, Custody.ticket_id == Ticket.id)
            .join(Tenure, Tenure.id == Custody.tenure_id)
            .where(Ticket.id.in_(lot), Custody.ended_at.is_(None))
            .order_by(Ticket.id)
            .execution_options(populate_existing=True)
        ):
            held = custodies[ticket.id]
            run = OpenCustody(held[-1], tenure)
            began = next(row.began_at for row in held if row.episode == ticket.episode)
            setting = places[ticket.scheme_version_id]
            old = before[ticket.scheme_version_id].clock
            derived = derive(old, setting, ticket, run, held[-2] if len(held) > 1 else None, began)
            yield _NewDeadline(
                ticket, run, setting, derived, pending_request.rescheduled(setting, asked.get(ticket.id, ()))
            )


def _write_change(session: Session, actor: Actor, now: datetime, version: int, reckoned: list[_NewDeadline]) -> None:
    """Write the rows and the events of these tickets; a timer alone may move without an event."""
    changed = [entry for entry in reckoned if entry.differs]
    heads = event_log.heads_of(session, "ticket", [entry.ticket.id for entry in changed])
    events = []
    for entry in reckoned:
        if not entry.differs:
            reset_timer(entry.setting, entry.run)
            continue
        ticket, run = entry.ticket, entry.run
        earlier, was = run.custody.due_at, event_effects.folded(ticket)
        rederived = settle_in(entry.setting, ticket, run, entry.derived, now)
        for request, due in entry.answers:
            request.answer_due_at = due
        events.append(
            event_log.of(session, ticket, actor, now).body(
                heads[ticket.id],
                "rederive",
                {
                    "calendar": version,
                    "from": event_log.stamp(earlier),
                    "due_at": event_log.stamp(run.custody.due_at),
                },
                {
                    "rederived": rederived,
                    "answers": [
                        {"id": request.id, "answer_due_at": event_log.stamp(due)} for request, due in entry.answers
                    ],
                    "ticket": event_effects.changed(ticket, was),
                },
            )
        )
    session.flush()
    if events:
        session.connection().execute(insert(Event.__table__), events)


class _Outcome:
    """Collects the effect of a change."""

    def __init__(self) -> None:
        self.moving: list[MovedDeadline] = []
        self.touched = 0

    def add(self, entry: _NewDeadline) -> None:
        ticket, custody, derived = entry.ticket, entry.run.custody, entry.derived
        if derived.due_at != custody.due_at:
            self.moving.append(
                MovedDeadline(
                    ticket.id,
                    ticket.number,
                    ticket.kind,
                    custody.unit_id,
                    custody.stage,
                    custody.due_at,
                    derived.due_at,
                )
            )
        elif entry.differs:
            self.touched += 1

    def outcome(self, version: int) -> Outcome:
        return Outcome(version, tuple(self.moving), self.touched)
