"""Proofs of counted rows: what the office entered of villages, their surveyed incomes, the quota's houses, and who began
or ended in a household equal their events; every household has the head it must have; candidates equal the history of their
tickets, and what was erased of them is nowhere.
"""

from collections.abc import Callable, Generator, Iterator
from functools import partial
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, true
from sqlalchemy.orm import Session

from models import (
    Candidate,
    CandidatePerson,
    Event,
    EventSecret,
    Evidence,
    Household,
    ImportChange,
    Member,
    QuotaHouse,
    Ticket,
    TimeRequest,
    Village,
    VillageSurvey,
)
from workflow.policy.counted_people import life_payload
from workflow.register.counted import quota_history, quota_rows, village_surveys
from workflow.register.counted import villages as entered
from workflow.tickets.consequences.candidate_verdicts import payload, words
from workflow.verification.proofs.findings import ANYTHING, Finding, RowComparison

_VILLAGES = RowComparison[Village, int](
    key=lambda row: row.id,
    actual=entered.facts,
    subject=lambda row: f"village {row.code}",
    differs="village_differs",
)
_SURVEYS = RowComparison[VillageSurvey, int](
    key=lambda row: row.id,
    actual=lambda row: (village_surveys.income_payload(row), row.village_id, row.by_id, row.source, row.reason),
    subject=lambda row: f"village survey {row.id}",
    differs="village_survey_differs",
    missing="village_survey_differs",
    missing_subject=lambda key: f"village survey {key}",
)
_HOUSES = RowComparison[QuotaHouse, int](
    key=lambda row: row.id,
    actual=lambda row: (row.household_id, quota_rows.payload(row)),
    subject=lambda row: f"quota house {row.id}",
    differs="quota_house_differs",
    missing="quota_house_differs",
    missing_subject=lambda key: f"quota house {key}",
)

_CHANGES = RowComparison[ImportChange, int](
    key=lambda row: row.event_id,
    actual=lambda row: (row.import_id, row.household_id, row.undone_id),
    subject=lambda row: f"import change {row.id}",
    differs="import_change_differs",
    missing="import_change_differs",
    missing_subject=lambda key: f"import change of event {key}",
)

#: So many households are compared at a time.
SPAN = 2000
_LIVES = RowComparison[Member, int](
    key=lambda row: row.id,
    actual=lambda row: (row.household_id, life_payload(row)),
    subject=lambda row: f"member {row.id}",
    differs="life_differs",
    missing="life_differs",
    missing_subject=lambda key: f"member {key}",
)

_OF_CANDIDATES = select(Ticket.id).where(Ticket.candidate_id.is_not(None))
_CANDIDATE_EVENTS = (
    select(Event, EventSecret.body, Ticket.candidate_id)
    .join(Ticket, Ticket.id == Event.subject_id)
    .outerjoin(EventSecret, EventSecret.event_id == Event.id)
    .where(Event.subject_type == "ticket", Ticket.candidate_id.is_not(None))
    .order_by(Event.id)
)
_ERASED_WORDS = {"address": "", "consent_by": "", "people": []}


def villages(session: Session) -> Iterator[Finding]:
    """Check that every village is as its last event says: neither listed nor counted where none was recorded."""
    rows = session.scalars(select(Village).order_by(Village.id)).all()
    recorded: dict[int, object] = {row.id: {"listed_poor": False, "poor_people": None} for row in rows}
    events = select(Event).where(Event.subject_type == "village", Event.action == "describe_village")
    for event in session.scalars(events.order_by(Event.id)):
        recorded[event.subject_id] = event.effect["village"]
    yield from _VILLAGES.findings(rows, recorded)


def surveys(session: Session) -> Iterator[Finding]:
    """Check every surveyed income against its event, and that there is none without an event."""
    query = (
        select(Event, EventSecret.body)
        .outerjoin(EventSecret, EventSecret.event_id == Event.id)
        .where(Event.subject_type == "village", Event.action == "survey_village")
    )
    recorded: dict[int, object] = {}
    for event, body in session.execute(query):
        words = (ANYTHING, ANYTHING) if body is None else (body["source"], body.get("reason", ""))
        income = event.effect["income"]
        recorded[income["id"]] = (income, event.subject_id, event.actor_id, *words)
    yield from _SURVEYS.findings(session.scalars(select(VillageSurvey).order_by(VillageSurvey.id)), recorded)


def houses(session: Session) -> Iterator[Finding]:
    """Check that every house of the quota is as its last event says, and that there is none without an event."""
    recorded: dict[int, Any] = {}
    events = select(Event).where(Event.subject_type == "household", Event.action == "quota").order_by(Event.id)
    for event in session.scalars(events):
        recorded[event.effect["quota"]["id"]] = (event.subject_id, quota_history.recorded_house(event))
    yield from _HOUSES.findings(session.scalars(select(QuotaHouse).order_by(QuotaHouse.id)), recorded)


def lives(session: Session) -> Iterator[Finding]:
    """Check every beginning and end against the last event that recorded it, and that there is none without an event."""
    events = select(Event.subject_id, Event.effect).where(
        Event.subject_type == "household", Event.action.in_(("family", "undo_import"))
    )
    lived = or_(Member.begins_on.is_not(None), Member.begin_reason != "registered", Member.ends_on.is_not(None))
    for span in _spans(session):
        recorded: dict[int, object] = {}
        for household_id, effect in session.execute(events.where(span(Event.subject_id)).order_by(Event.id)):
            for life in effect.get("lives", ()):
                recorded[life["id"]] = (household_id, life)
        rows = select(Member).where(lived, span(Member.household_id)).order_by(Member.id)
        yield from _LIVES.findings(session.scalars(rows), recorded)
    yield from _heads(session)


def _spans(session: Session) -> Iterator[Callable[[Any], ColumnElement[bool]]]:
    """Conditions on a column with the id of a household, which together hold for every id and each for few households, so
    that memory does not grow with the county."""
    cuts = [None, *session.scalars(select(Household.id).order_by(Household.id)).all()[SPAN::SPAN], None]
    for first, end in pairwise(cuts):
        yield partial(_between, first, end)


def _between(first: int | None, end: int | None, column: Any) -> ColumnElement[bool]:
    return and_(true(), *([column >= first] if first is not None else []), *([column < end] if end is not None else []))


def _heads(session: Session) -> Iterator[Finding]:
    """Households of which members live and none of them is head; that two are is refused by the database."""
    heads = func.sum(case((Member.position == 1, 1), else_=0))
    query = (
        select(Household.code)
        .join(Member, Member.household_id == Household.id)
        .where(Member.ends_on.is_(None))
        .group_by(Household.code)
        .having(heads != 1)
        .order_by(Household.code)
    )
    for code in session.scalars(query):
        yield Finding("household_without_head", f"household {code}")


def candidates(session: Session) -> Iterator[Finding]:
    """Check every candidate against the events of its ticket; an erased one against having left no personal data."""
    recorded: dict[int, dict[str, Any]] = {}
    said: dict[int, Any] = {}
    for event, body, candidate in session.execute(_CANDIDATE_EVENTS):
        if "candidate" not in event.effect:
            continue
        recorded[candidate] = {
            name: value for name, value in event.effect["candidate"].items() if name not in ("people", "was")
        }
        if event.action in ("file", "consent"):
            said[candidate] = (body or {}).get("candidate", ANYTHING)
        elif event.action == "erase":
            said[candidate] = _ERASED_WORDS
    people: dict[int, list[CandidatePerson]] = {}
    for person in session.scalars(select(CandidatePerson).order_by(CandidatePerson.position)):
        people.setdefault(person.candidate_id, []).append(person)
    for row in session.scalars(select(Candidate).order_by(Candidate.id)):
        own = people.pop(row.id, [])
        if not _candidate_equals(row, own, recorded.pop(row.id, None), said.get(row.id)):
            yield Finding("candidate_differs", f"candidate {row.id}")
    for number in sorted({*recorded, *people}):
        yield Finding("candidate_missing", f"candidate {number}")
    yield from _left_over(session)


def _candidate_equals(
    row: Candidate, people: list[CandidatePerson], recorded: dict[str, Any] | None, said: Any
) -> bool:
    if recorded is None or recorded != payload(row) or said != words(row, people):
        return False
    heads = [person.name for person in people if person.position == 1]
    is_open = row.verdict is None
    return heads == ([row.head_name] if row.erased_at is None else []) and all(
        person.open is is_open for person in people
    )


def _left_over(session: Session) -> Iterator[Finding]:
    """Personal data of erased candidates that is still somewhere: words of events, evidence, requests for time."""
    erased = _OF_CANDIDATES.join(Candidate, Candidate.id == Ticket.candidate_id).where(Candidate.erased_at.is_not(None))
    spoken = select(Event.subject_id).join(EventSecret, EventSecret.event_id == Event.id)
    found = {
        *session.scalars(spoken.where(Event.subject_type == "ticket", Event.subject_id.in_(erased))),
        *session.scalars(select(Evidence.ticket_id).where(Evidence.ticket_id.in_(erased))),
        *session.scalars(
            select(TimeRequest.ticket_id).where(TimeRequest.ticket_id.in_(erased), TimeRequest.reason != "")
        ),
    }
    for ticket in sorted(number for number in found if number is not None):
        yield Finding("not_erased", f"ticket {ticket}")


def import_changes(session: Session) -> Iterator[Finding]:
    """Check every kept change against the event that made it and the one that undid it, and that none is missing."""
    query = (
        select(Event.id, Event.subject_id, Event.action, Event.given)
        .where(Event.subject_type == "household", Event.action.in_(("import", "undo_import")))
        .order_by(Event.id)
    )
    for span in _spans(session):
        rows = select(ImportChange).where(span(ImportChange.household_id)).order_by(ImportChange.id)
        recorded = yield from _recorded_changes(session, query.where(span(Event.subject_id)))
        yield from _CHANGES.findings(session.scalars(rows), recorded)


def _recorded_changes(session: Session, query: Select[Any]) -> Generator[Finding, None, dict[int, object]]:
    """What the events recorded of each kept change, by its event; an undoing of nothing is a finding."""
    recorded: dict[int, object] = {}
    #: By household and import, the event whose change the next undoing takes back: the last one that stands.
    standing: dict[tuple[int, object], list[int]] = {}
    for event_id, household_id, action, given in session.execute(query):
        number = given.get("import")
        if action == "import" and given.get("kept"):
            recorded[event_id] = (number, household_id, None)
            standing.setdefault((household_id, number), []).append(event_id)
        elif action == "undo_import":
            undone = standing.get((household_id, number), [])
            if not undone:
                yield Finding("import_change_differs", f"undoing of an import, event {event_id}")
                continue
            recorded[undone.pop()] = (number, household_id, event_id)
    return recorded
