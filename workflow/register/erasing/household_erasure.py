"""Household erasure: the worker carries out what was agreed to: personal data is cleared, and the history stays whole.

What stays says nothing of a person: the code, the village, days, statuses, codes of results and ids.  Rows of the append-only
tables are cleared, which the database allows from the moment at which the erasure is on record as carried out; evidence is
deleted, its stored bytes by `evidence.cleanup`; the words of events are deleted with their salts.  An event in whose effect
personal data stood keeps its hash, and the event `erase` names the hash of what is left of it.  Papers, dossiers of cases and
rankings stay: they were made without names of people in households.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from models import (
    Candidate,
    Checkup,
    Event,
    Evidence,
    ExitDossier,
    Finding,
    Household,
    HouseholdErasure,
    Member,
    SpotResult,
    Ticket,
    row_changes,
)
from models.household import GONE
from models.household_erasure import ERASED_CONTENT, TO_CARRY_OUT
from models.row_changes import Row
from models.sealing import within
from workflow.actors import system
from workflow.history import event_log, record_erasure, word_erasure
from workflow.history.event_log import event_hash
from workflow.register.candidates import erasure
from workflow.tickets import desk

_FIRST = select(func.min(Event.at)).where(Event.subject_type == "household", Event.subject_id == bindparam("household"))
_HOUSEHOLD: dict[str, Any] = dict.fromkeys(("head_name", "initials", "address", "cause"), "") | {
    **dict.fromkeys(("latitude", "longitude", "income_fen", "income_year", "income_people")),
    **dict.fromkeys(("phone_sealed", "phone_index", "phone_masked")),
    "labour": "unknown",
    "monitoring": {},
}
_MEMBER: dict[str, Any] = dict.fromkeys(("name", "relation", "schooling", "illness"), "") | {
    **dict.fromkeys(("id_sealed", "id_index", "id_masked", "sex", "born_on", "insured", "pension", "allowance")),
    "born_exact": "day",
    "labour": "unknown",
    "beyond_help": False,
}
#: What is cleared in rows of the append-only tables.
_CLEARED: tuple[tuple[Any, dict[str, Any]], ...] = (
    (Checkup, {"present": "", "note": ""}),
    (Finding, {"note": ""}),
    (ExitDossier, {"content": ERASED_CONTENT}),
)


def erase_due(session: Session, now: datetime) -> bool:
    """Carry out the oldest erasure that was agreed to and whose household is still gone; returns whether there was one."""
    query = (
        select(HouseholdErasure)
        .join(Household, Household.id == HouseholdErasure.household_id)
        .where(TO_CARRY_OUT.predicate, Household.status.in_(GONE))
        .order_by(HouseholdErasure.id)
        .limit(1)
        .with_for_update(of=HouseholdErasure)
    )
    row = session.scalars(query).one_or_none()
    if row is None:
        return False
    _erase(session, now, row)
    return True


def _erase(session: Session, now: datetime, row: HouseholdErasure) -> None:
    home = row.household_id
    tickets = [
        ticket
        for number in session.scalars(select(Ticket.id).where(Ticket.household_id == home).order_by(Ticket.id)).all()
        if (ticket := desk.lock(session, number)) is not None
    ]
    names = _names(session, home)
    since = session.scalar(_FIRST, {"household": home}) or now
    # From here on the database lets the household's rows be cleared.
    row.erased_at = now
    session.flush()
    pieces = _evidence(session, home, tickets, since)
    _candidate(session, now, home)
    cleared = _clear(session, home)
    for ticket in tickets:
        ticket.description = ""
        erasure.erase_words(session, ticket, now)
        _clear_spot_results(session, ticket.id)
    chain = (Event.subject_type == "household", Event.subject_id == home)
    altered = _redact(session, *chain)
    word_erasure.erase(session, now, session.scalars(select(Event.id).where(*chain)))
    erasure.erase_searches(session, since, names, now)
    record_erasure.forget(session, now, [*cleared, *(("evidence", number) for number in pieces)], 0)
    event_log.of(session, ("household", home), system(), now).append(
        "erase",
        {"people": len(names), "evidence": len(pieces), "tickets": len(tickets)},
        {"erasure": row.id, "altered": altered},
        notify=False,
    )


def _names(session: Session, household_id: int) -> list[str]:
    people = session.scalars(select(Member.name).where(Member.household_id == household_id)).all()
    head = session.scalars(select(Household.head_name).where(Household.id == household_id)).all()
    return sorted({name for name in (*people, *head) if name})


def _evidence(session: Session, household_id: int, tickets: Sequence[Ticket], since: datetime) -> list[int]:
    """Delete the evidence of the household's tickets and checkups; returns the ids."""
    checkups = select(Checkup.id).where(Checkup.household_id == household_id)
    of_household = or_(Evidence.ticket_id.in_([each.id for each in tickets]), Evidence.checkup_id.in_(checkups))
    return erasure.erase_evidence(session, of_household, since)


def _candidate(session: Session, now: datetime, household_id: int) -> None:
    """Erase the family's report from before it was registered, if there was one."""
    query = select(Ticket.id, Candidate.id).join(Candidate, Candidate.id == Ticket.candidate_id)
    reported = session.execute(query.where(Candidate.household_id == household_id)).one_or_none()
    if reported is not None:
        erasure.erase(session, now, *reported)


def _clear(session: Session, household_id: int) -> list[Row]:
    """Clear the rows of the household, its people, checkups, findings and exits; returns them."""
    rows: list[Row] = []
    for table, values in (*_CLEARED, (Member, _MEMBER), (Household, _HOUSEHOLD)):
        own: ColumnElement[bool] = (Household.id if table is Household else table.household_id) == household_id
        name = table.__tablename__
        ids = session.scalars(select(table.id).where(own).order_by(table.id)).all()
        session.execute(update(table).where(own).values(values).execution_options(synchronize_session="fetch"))
        row_changes.note(session, name, ids)
        rows += [(name, number) for number in ids]
    return rows


def _clear_spot_results(session: Session, ticket_id: int) -> None:
    # A false closing keeps a mark where its reason was: the table asks for one.
    for result, mark in (("false", "—"), (None, "")):
        own = SpotResult.result == result if result else SpotResult.result != "false"
        session.execute(update(SpotResult).where(SpotResult.ticket_id == ticket_id, own).values(note=mark))


def _redact(session: Session, *chain: ColumnElement[bool]) -> dict[str, str]:
    """Erase personal data inside the effects of these events; returns the hash of what is left, by the event's id."""
    table, altered = Event.__table__, dict[str, str]()
    for values in session.execute(select(table).where(*chain).order_by(table.c.seq)).mappings().all():
        left = within(values["effect"], lambda name, value: None)
        if left != values["effect"]:
            session.execute(update(table).where(table.c.id == values["id"]).values(effect=left))
            altered[str(values["id"])] = event_hash({**values, "effect": left})
    return altered
