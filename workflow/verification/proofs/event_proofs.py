"""Event proofs: every hash and block is recomputed, the events of tickets, households and accounts are folded and compared
with the rows, and the numbers of papers have no gap.
"""

from collections import Counter as Counts
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any

from sqlalchemy import Row, bindparam, exists, select, union_all
from sqlalchemy.orm import Session

from models import (
    Counter,
    DocumentNumber,
    Escalation,
    Event,
    EventSecret,
    FirstSignIn,
    FormerCode,
    Household,
    Paper,
    Report,
    RungAnswer,
    Ticket,
    User,
)
from workflow.county.document_numbers import is_old
from workflow.history.cadre_record import recorded_cadre
from workflow.history.event_log import GENESIS, commit_to, event_hash
from workflow.tickets.custody.event_fold import Fold
from workflow.verification.proofs.erasure_proofs import is_erased_lawfully
from workflow.verification.proofs.findings import PROGRESS, Finding
from workflow.verification.proofs.ticket_proofs import compare

#: An event of the row record names up to five hundred rows, so few are read at a time.
_CHUNK = 100
_LOT = 400


# Statements that run for every subject or in every check are composed once.
_EVENTS = (
    select(Event, EventSecret)
    .outerjoin(EventSecret, EventSecret.event_id == Event.id)
    .order_by(Event.subject_type, Event.subject_id, Event.seq)
    .execution_options(yield_per=_CHUNK)
)
_OF_SUBJECTS = _EVENTS.where(
    Event.subject_type == bindparam("kind"), Event.subject_id.in_(bindparam("subjects", expanding=True))
)
_HOMES = select(
    *(
        Household.id,
        Household.code,
        Household.status,
        Household.village_id,
        Household.successor_id,
        Household.origin_id,
    ),
    *(Household.cadre_name, Household.cadre_id),
).where(Household.id.in_(bindparam("households", expanding=True)))
_EMERGENCIES = exists().where(
    Event.subject_type == "user",
    Event.subject_id == FirstSignIn.user_id,
    Event.action == "reset_in_emergency",
    Event.at == FirstSignIn.made_at,
)
_UNTOLD_CODES = (
    select(FirstSignIn.id).where(FirstSignIn.agreement == "emergency", ~_EMERGENCIES).order_by(FirstSignIn.id)
)
_UNTOLD_HOMES = (
    select(Household.id)
    .where(Household.successor_id.is_not(None) | Household.origin_id.is_not(None))
    .where(~exists().where(Event.subject_type == "household", Event.subject_id == Household.id))
    .order_by(Household.id)
)
_USER = select(User).where(User.id == bindparam("user"))
_WITHOUT_HISTORY = select(Ticket.id).where(
    ~exists().where(Event.subject_type == "ticket", Event.subject_id == Ticket.id)
)
_COLUMNS = tuple(column.key for column in Event.__table__.columns)


def _columns(event: Event) -> dict[str, Any]:
    return {name: getattr(event, name) for name in _COLUMNS}


def chains(session: Session) -> Iterator[Finding]:
    yield from proved(session, session.execute(_EVENTS))
    yield from untold_homes(session)


def of_subjects(session: Session, kind: str, subjects: Sequence[int]) -> Iterator[Finding]:
    """The findings of some subjects of a kind, as far as they have events."""
    yield from proved(session, session.execute(_OF_SUBJECTS, {"kind": kind, "subjects": subjects}))


def proved(session: Session, recorded: Iterable[Row[Event, EventSecret | None]]) -> Iterator[Finding]:
    """Check the chains of these events, in the order of their subjects, and what they are folded to."""
    lot: list[Fold] = []
    homes: dict[int, list[Event]] = {}
    progress = PROGRESS.get()
    for (kind, subject), pairs in groupby(recorded, key=lambda pair: (pair[0].subject_type, pair[0].subject_id)):
        label, seq, prev = f"{kind} {subject}", 0, GENESIS
        events: list[tuple[Event, dict[str, Any] | None]] = []
        altered: list[Event] = []
        for event, secret in pairs:
            progress.events += 1
            if event.seq != seq + 1 or event.prev_hash != prev:
                yield Finding("chain_broken", f"{label} #{event.seq}")
            if event_hash(_columns(event)) != event.hash:
                altered.append(event)
            if secret is not None and commit_to(secret.salt, secret.body) != event.commitment:
                yield Finding("words_altered", f"{label} #{event.seq}")
            seq, prev = event.seq, event.hash
            events.append((event, secret.body if secret is not None else None))
        yield from _altered(label, altered, [event for event, _ in events] if altered else [])
        try:
            if kind == "ticket":
                fold = Fold(subject)
                for event, words in events:
                    fold.apply(event, words)
                lot.append(fold)
            elif kind == "household":
                homes[subject] = [event for event, _ in events]
            elif kind == "user":
                yield from _account(session, subject, [event for event, _ in events])
        except (KeyError, TypeError, AttributeError):
            # An event so altered that it cannot be read; its wrong hash is already a finding.
            yield Finding("event_unreadable", label)
        if len(lot) == _LOT:
            yield from compare(session, lot)
            lot = []
        if len(homes) == _LOT:
            yield from _registers(session, homes)
            homes = {}
    yield from compare(session, lot)
    yield from _registers(session, homes)


def _altered(label: str, altered: Sequence[Event], events: Sequence[Event]) -> Iterator[Finding]:
    """The events that are not what was hashed; a household's may lack the personal data that an erasure took from them."""
    for event in altered:
        if event.subject_type != "household" or not is_erased_lawfully(event, _columns(event), events):
            yield Finding("event_altered", f"{label} #{event.seq}")


def untold_homes(session: Session) -> Iterator[Finding]:
    """Nothing that happened to a household as a whole goes without an event."""
    for household_id in session.scalars(_UNTOLD_HOMES):
        yield Finding("row_differs", f"household {household_id}")


def without_history(session: Session) -> Iterator[Finding]:
    for ticket_id in session.scalars(_WITHOUT_HISTORY):
        yield Finding("history_missing", f"ticket {ticket_id}")


def _registers(session: Session, events: dict[int, list[Event]]) -> Iterator[Finding]:
    """The differences between households and their events; read in lots, so that memory does not grow with the county."""
    rows = {row.id: dict(row._mapping) for row in session.execute(_HOMES, {"households": list(events)})}
    for household_id, of_household in events.items():
        try:
            yield from _register(household_id, rows.get(household_id, {}), of_household)
        except (KeyError, TypeError, AttributeError):
            yield Finding("event_unreadable", f"household {household_id}")


def _register(household_id: int, home: dict[str, Any], events: list[Event]) -> Iterator[Finding]:
    """A household's status, village and cadre, and the households it was merged into and split from; registers imported
    before households had a history record neither status nor village, earlier versions no cadre."""
    recorded: dict[str, Any] = {"successor_id": None, "origin_id": None}
    for event in events:
        if event.action in ("import", "family", "assign_cadre"):
            for name in ("cadre_id", "cadre"):
                recorded.pop(name, None)
        recorded |= event.effect.get("household", {})
        if event.action == "move_household" and "village" in event.effect:
            # As reforms recorded it at first.
            recorded["village_id"] = event.effect["village"]
    if home:
        home |= recorded_cadre(home["cadre_name"], home["cadre_id"])
    for name in ("code", "status", "village_id", "successor_id", "origin_id", "cadre_id", "cadre"):
        if name in recorded and recorded[name] != home.get(name):
            yield Finding("row_differs", f"household {household_id} {name}")


def former_codes(session: Session) -> Iterator[Finding]:
    """Check the former codes against the corrections on record: each with its household and day, and no other."""
    recorded: dict[str, tuple[int, str]] = {}
    corrected = select(Event.subject_id, Event.given).where(
        Event.subject_type == "household",
        Event.action == "family",
        Event.effect["was"]["code"].as_string().is_not(None),
    )
    for household_id, given in session.execute(corrected.order_by(Event.id)):
        recorded.pop(given["code"], None)
        recorded[given["former"]] = (household_id, given["on"])
    rows = session.scalars(select(FormerCode).order_by(FormerCode.code))
    actual = {row.code: (row.household_id, row.ended_on.isoformat()) for row in rows}
    for code in sorted(code for code in recorded | actual if recorded.get(code) != actual.get(code)):
        yield Finding("former_code_differs", f"former code {code}")


def _account(session: Session, user_id: int, events: list[Event]) -> Iterator[Finding]:
    """An account's role and unit, and whether it is open."""
    user, made = session.scalar(_USER, {"user": user_id}), events[0]
    if user is None:
        # The record of rows finds it missing.
        return
    moved = [event for event in events if event.action in ("user_moved", "user_transferred")]
    seats = [*([made] if made.action == "user_created" else []), *moved]
    differs = seats and (seats[-1].given["unit"], seats[-1].given["village"]) != (user.unit_id, user.village_id)
    # A reform moves a unit with its people and does not record their roles.
    roles = [event.given["role"] for event in seats if "role" in event.given]
    if differs or (roles and roles[-1] != user.role):
        yield Finding("account_differs", f"user {user_id}")
    if made.action == "user_created":
        turns = [event.action for event in events if event.action in ("user_opened", "user_closed")]
        if user.active != (not turns or turns[-1] == "user_opened"):
            yield Finding("account_differs", f"user {user_id} active")


def paper_numbers(session: Session) -> Iterator[Finding]:
    """Check that numbers run up to the counter, and those of an issuer and year without a gap under whatever marks, from one or
    from where those given by hand had ended."""
    numbers: dict[str, list[int]] = {}
    by_system = select(Escalation.paper).where(Escalation.paper.is_not(None))
    by_person = select(RungAnswer.paper).where(RungAnswer.paper.is_not(None))
    reports = select(Report.number)
    numbered: Any = union_all(by_system, by_person, reports)
    for paper in session.scalars(numbered):
        series, _, number = str(paper).rpartition(":")
        numbers.setdefault(series, []).append(int(number) if number.isdecimal() else 0)
    counters = {row.series: row.last for row in session.scalars(select(Counter))}
    given: dict[str, list[int]] = {}
    by_issuer: dict[tuple[int, int], dict[int, str]] = {}
    columns = DocumentNumber.unit_id, DocumentNumber.year, DocumentNumber.running, DocumentNumber.number
    for unit, year, running, number in session.execute(select(*columns).order_by(DocumentNumber.running)):
        series = number.rpartition(":")[0]
        given.setdefault(series, []).append(running)
        by_issuer.setdefault((unit, year), {})[running] = series
    gaps = _gaps_of_issuers(by_issuer, given)
    for key in numbers.keys() | counters.keys():
        known, last = given.get(key), counters.get(key, 0)
        if sorted(numbers.get(key, [])) != (known or list(range(1, last + 1))) or (known and known[-1] != last):
            gaps.add(key)
    yield from (Finding("paper_gap", f"series {key}") for key in sorted(gaps))


def _gaps_of_issuers(
    by_issuer: Mapping[tuple[int, int], Mapping[int, str]], given: Mapping[str, list[int]]
) -> set[str]:
    """The series of an issuer and year in which a number is missing that no other issuer has under the same mark.

    An issuer goes on counting when it changes its mark, and where it takes an earlier mark again.
    """
    return {
        series[running]
        for series in by_issuer.values()
        for before, running in pairwise(series)
        if running - before - 1 > sum(before < number < running for number in given[series[running]])
    }


def document_numbers(session: Session) -> Iterator[Finding]:
    """Check that every number of an issuer's series is given once, and to one paper or report."""
    rows = session.scalars(select(DocumentNumber)).all()
    differing = {
        row.number
        for row in rows
        if (str(row.year), str(row.running)) != (row.number.partition(":")[0], row.number.rpartition(":")[2])
    }
    issued: Any = union_all(select(Paper.number), select(Report.number))
    given, used = Counts(row.number for row in rows), Counts(n for n in session.scalars(issued) if not is_old(n))
    for number in sorted(differing | set(given - used) | set(used - given)):
        yield Finding("document_number_differs", number)


def reset_codes(session: Session) -> Iterator[Finding]:
    """Check that a reset without the inspectorate's agreement is told by its event; that the others had it is held by the
    database."""
    for number in session.scalars(_UNTOLD_CODES):
        yield Finding("code_without_agreement", f"first_sign_in {number}")
