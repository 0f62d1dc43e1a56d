"""Candidate erasure: deletes the personal data of refused and withdrawn candidates after the scheme's days.

The row, its ticket and the hashed events stay; people, words, evidence and stored answers go, in one transaction with the
event that says so.  The stored bytes of evidence are removed by `evidence.tidy`, since no row names them any more.

Source: 个人信息保护法 art. 47 (erasure once the purpose is gone).
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session

from models import (
    Candidate,
    CandidatePerson,
    Event,
    EventSecret,
    Evidence,
    IdempotencyKey,
    LookBand,
    Ticket,
    TimeRequest,
    row_changes,
)
from models.candidate import TO_ERASE
from workflow.actors import system
from workflow.history import event_log, word_erasure
from workflow.tickets import desk
from workflow.tickets.consequences.candidate_verdicts import payload

_MOST = 50


def erase_due(session: Session, now: datetime) -> int:
    """Erase the candidates whose day has come, at most fifty at once; returns how many.

    Each ticket is locked and its candidate read again, so that of two workers one erases.
    """
    due = (
        select(Ticket.id, Candidate.id)
        .join(Candidate, Candidate.id == Ticket.candidate_id)
        .where(TO_ERASE.predicate, Candidate.erase_at <= now)
        .order_by(Ticket.id)
        .limit(_MOST)
    )
    return sum(erase(session, now, ticket, candidate) for ticket, candidate in session.execute(due).all())


def erase(session: Session, now: datetime, ticket_id: int, candidate_id: int) -> bool:
    """Erase one candidate, unless that was done; returns whether it was erased."""
    ticket = desk.lock(session, ticket_id)
    row = session.get_one(Candidate, candidate_id, populate_existing=True)
    if ticket is None or row.erased_at is not None:
        return False
    row.head_name = row.initials = row.address = row.consent_by = ""
    row.phone_sealed = row.phone_index = row.phone_masked = None
    row.erased_at = now
    ticket.description = ""
    people = select(CandidatePerson.name).where(CandidatePerson.candidate_id == row.id)
    names = session.scalars(people).all()
    # The database lets evidence go only once its candidate is marked as erased.
    session.flush()
    row_changes.note_where(session, "candidate_person", CandidatePerson.candidate_id == row.id)
    session.execute(delete(CandidatePerson).where(CandidatePerson.candidate_id == row.id))
    pieces = len(erase_evidence(session, Evidence.ticket_id == ticket.id, ticket.filed_at))
    erase_words(session, ticket, now)
    erase_searches(session, ticket.filed_at, names, now)
    event_log.of(session, ticket, system(), now).append(
        "erase", {"people": len(names), "evidence": pieces}, {"candidate": payload(row)}, notify=False
    )
    return True


def erase_evidence(session: Session, where: ColumnElement[bool], since: datetime) -> list[int]:
    """Delete evidence with its perceptual hashes, and the stored answers to its uploads since a moment; returns the ids.

    A photo that another ticket has too is found through that one from now on.
    """
    rows = session.execute(select(Evidence.id, Evidence.look, Evidence.sha256).where(where)).all()
    ids, hashes = [row[0] for row in rows], [row[2] for row in rows]
    if not ids:
        return []
    for number, look, sha256 in rows:
        same = select(func.min(Evidence.id)).where(Evidence.look == look, Evidence.sha256 == sha256)
        heir = session.scalar(same.where(Evidence.id.not_in(ids))) if look is not None else None
        filed = LookBand.evidence_id == heir
        if heir is not None and not session.scalar(select(LookBand.evidence_id).where(filed).limit(1)):
            session.execute(update(LookBand).where(LookBand.evidence_id == number).values(evidence_id=heir))
    session.execute(delete(LookBand).where(LookBand.evidence_id.in_(ids)))
    row_changes.note(session, "evidence", ids)
    session.execute(delete(Evidence).where(Evidence.id.in_(ids)))
    answer = IdempotencyKey.answer["sha256"].as_string()
    session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at >= since, answer.in_(hashes)))
    return ids


def erase_words(session: Session, ticket: Ticket, now: datetime) -> None:
    """Delete what was written in the ticket's events and requests, and the stored answers that show the ticket."""
    events = select(Event.id).where(Event.subject_type == "ticket", Event.subject_id == ticket.id)
    word_erasure.erase(session, now, session.scalars(events))
    asked = update(TimeRequest).where(TimeRequest.ticket_id == ticket.id)
    session.execute(asked.values(reason="", plan=""))
    session.execute(asked.where(TimeRequest.answer.is_not(None)).values(answer=""))
    shown = [IdempotencyKey.answer[name].as_string() == ticket.number for name in ("number", "ticket")]
    session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at >= ticket.filed_at, or_(*shown)))


def erase_searches(session: Session, since: datetime, names: Sequence[str], now: datetime) -> None:
    """Delete the search texts of exports since a moment that hold a name of the family."""
    query = select(EventSecret).join(Event, Event.id == EventSecret.event_id)
    named = [
        secret.event_id
        for secret in session.scalars(query.where(Event.action == "export", Event.at >= since))
        if any(name in str(text) for name in names for text in secret.body.values())
    ]
    word_erasure.erase(session, now, named)
