"""Pending time request: the open request of a ticket, its due moment, and its closing when its custody ends.

A grant ends the custody; any other move lets the request lapse.  A late or missing answer is charged to the unit that
owed it, once, when the custody ends.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Charge, Custody, Ticket, TimeRequest
from models.base import stated
from workflow.county.context import CountyContext
from workflow.history.event_log import stamp
from workflow.tickets.custody.downtime import Down

if TYPE_CHECKING:
    from workflow.tickets.actions.row_effects import Move

#: The action that grants each kind of request.
GRANTED_BY = {"extend": "extension", "extend_again": "extension", "suspend": "suspension"}


def open_request(session: Session, ticket_id: int) -> TimeRequest | None:
    """The open request of the ticket."""
    return session.scalars(
        select(TimeRequest).where(TimeRequest.ticket_id == ticket_id, TimeRequest.status == "waiting")
    ).one_or_none()


def for_extension(session: Session, ticket: Ticket) -> bool:
    """Whether an extension of the ticket is requested."""
    pending = open_request(session, ticket.id)
    return pending is not None and pending.kind == "extension"


def answer_due(setting: CountyContext, asked_at: datetime) -> datetime:
    """The due moment of the answer to a request."""
    return setting.clock.due(asked_at, setting.scheme.asking.answer_days)


def rescheduled(setting: CountyContext, asked: Iterable[TimeRequest]) -> list[tuple[TimeRequest, datetime]]:
    """The requests whose answer is due at another moment under this clock, with that moment."""
    answers = ((request, answer_due(setting, request.asked_at)) for request in asked)
    return [(request, due) for request, due in answers if due != request.answer_due_at]


def unsettled(session: Session, tickets: Sequence[int]) -> dict[int, list[TimeRequest]]:
    """The requests of these tickets' open custodies, by ticket.

    Including those refused late: the lateness is charged only when the custody ends, by the working days known then.
    """
    rows: dict[int, list[TimeRequest]] = {}
    for row in session.scalars(
        select(TimeRequest)
        .join(Custody, Custody.id == TimeRequest.custody_id)
        .where(TimeRequest.ticket_id.in_(tickets), Custody.ended_at.is_(None))
        .order_by(TimeRequest.id)
        .execution_options(populate_existing=True)
    ):
        rows.setdefault(row.ticket_id, []).append(row)
    return rows


def waited_too_long(down: Down, request: TimeRequest, until: datetime) -> int:
    """Working minutes beyond the limit until the answer or `until`, without downtime, in which no unit could answer."""
    return down.worked(request.answer_due_at, request.answered_at or until)


def close_with_custody(move: "Move", action: str) -> dict[str, Any] | None:
    """Close the open request of the custody ended by the move, and charge the late answers of that custody.

    Returns the event payload of the closed request.
    """
    session, custody = move.session, move.ended.custody
    asked = list(
        session.scalars(select(TimeRequest).where(TimeRequest.custody_id == custody.id).order_by(TimeRequest.id))
    )
    open_one = next((row for row in asked if row.status == "waiting"), None)
    closed = _close(move, action, open_one) if open_one is not None else None
    _charge_waiting(move, asked)
    return closed


def _close(move: "Move", action: str, request: TimeRequest) -> dict[str, Any]:
    if GRANTED_BY.get(action) != request.kind:
        request.status = "lapsed"
        return {"id": request.id, "status": "lapsed"}
    request.status, request.answered_at, request.answered_by_id = "granted", move.at, move.actor.user_id
    request.granted_until = move.given.dates["until"]
    request.answer = move.given.text("reason") or move.given.text("note")
    return answered(request)


def answered(request: TimeRequest) -> dict[str, Any]:
    """The event payload of an answered request."""
    return {
        "id": request.id,
        "status": request.status,
        "answered_at": stamp(stated(request.answered_at)),
        "answered_by": request.answered_by_id,
        "granted_until": request.granted_until.isoformat() if request.granted_until else None,
    }


def _charge_waiting(move: "Move", asked: Iterable[TimeRequest]) -> None:
    late: dict[int, int] = {}
    for request in asked:
        minutes = waited_too_long(move.down, request, move.at)
        late[request.asked_of_id] = late.get(request.asked_of_id, 0) + minutes
    custody = move.ended.custody
    for unit_id, minutes in late.items():
        if minutes:
            move.session.add(
                Charge(custody_id=custody.id, unit_id=unit_id, minutes=minutes, ground="late_answer", at=move.at)
            )
            move.charges.append({"seq": custody.seq, "unit": unit_id, "minutes": minutes, "ground": "late_answer"})
