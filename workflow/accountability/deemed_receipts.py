"""Deemed receipts: an unsigned paper counts as received after the scheme's working days, from that moment, even if
recorded later; the cost depends only on what is due.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from models import Event, Outbox, Paper, PaperAct, PaperPending, Ticket
from workflow.actors import system
from workflow.batches import DueTickets, Transactions
from workflow.history import event_log
from workflow.history.event_log import heads_of, stamp

BATCH = 200
_DUE = DueTickets(PaperPending.ticket_id, PaperPending.deemed_at, PaperPending.paper_id)
# Bulk statements on tables, without the unit of work.
_ACT, _OUTBOX = insert(PaperAct.__table__), insert(Outbox.__table__)
_EVENT = insert(Event.__table__).returning(Event.__table__.c.id)


def next_due(session: Session, now: datetime) -> datetime | None:
    """The earliest lapsed receipt not yet recorded by `now`, or None; constant cost."""
    return _DUE.next_due(session, now)


def lapsed_receipts(session: Session, now: datetime) -> list[tuple[int, str]]:
    """The receipts a sweep at `now` would record: ticket and number of each paper.  Writes nothing."""
    rows = session.execute(
        select(Paper.ticket_id, Paper.number)
        .join(PaperPending, PaperPending.paper_id == Paper.id)
        .where(PaperPending.deemed_at.is_not(None), PaperPending.deemed_at <= now)
        .order_by(PaperPending.deemed_at, Paper.id)
    )
    return [(row[0], row[1]) for row in rows]


def run(reading: Transactions, writing: Transactions, now: datetime, failed: dict[int, str], batch: int = BATCH) -> int:
    """Record the receipts lapsed by `now`; returns how many.  A failing ticket stops no other and is added to
    `failed`."""
    with reading() as session:
        if next_due(session, now) is None:
            return 0
    return _DUE.run(reading, writing, now, failed, batch, lambda session, tickets: _batch(session, now, tickets))


def _batch(session: Session, now: datetime, tickets: list[int]) -> int:
    if not tickets:
        return 0
    rows = session.execute(
        select(Paper, Ticket.state)
        .join(PaperPending, PaperPending.paper_id == Paper.id)
        .join(Ticket, Ticket.id == Paper.ticket_id)
        .where(PaperPending.ticket_id.in_(tickets), PaperPending.deemed_at.is_not(None), PaperPending.deemed_at <= now)
        .order_by(Paper.deemed_at, Paper.id)
    ).all()
    if not rows:
        return 0
    heads = heads_of(session, "ticket", tickets)
    acts: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    for paper, state in rows:
        acts.append(
            {
                "ticket_id": paper.ticket_id,
                "paper_id": paper.id,
                "act": "receipt",
                "how": "deemed",
                "at": now,
                "effective_at": paper.deemed_at,
                "by_id": None,
                "asked_by_id": None,
                "words": None,
            }
        )
        event = event_log.of(session, ("ticket", paper.ticket_id), system(), now, effective_at=paper.deemed_at).body(
            heads[paper.ticket_id],
            "deem_received",
            receipt_payload(paper),
            {
                "papers": [
                    {
                        "paper": paper.number,
                        "act": "receipt",
                        "how": "deemed",
                        "effective_at": stamp(paper.deemed_at),
                        "by": None,
                        "asked_by": None,
                    }
                ]
            },
            moved=(state, state),
        )
        # A ticket may have several; each event follows the previous one.
        heads[paper.ticket_id] = (event["seq"], event["hash"])
        events.append(event)
    connection = session.connection()
    connection.execute(_ACT, acts)
    for event in events:
        event_id = connection.execute(_EVENT, event).scalar_one()
        connection.execute(_OUTBOX, {"event_id": event_id})
    these = [paper.id for paper, _ in rows]
    session.execute(delete(PaperPending).where(PaperPending.paper_id.in_(these), ~PaperPending.open))
    session.execute(update(PaperPending).where(PaperPending.paper_id.in_(these)).values(deemed_at=None))
    return len(rows)


def receipt_payload(paper: Paper) -> dict[str, Any]:
    """The common event payload of a paper."""
    return {"paper": paper.number, "rung": paper.rung, "unit": paper.unit_id, "issuer": paper.issuer_id}
