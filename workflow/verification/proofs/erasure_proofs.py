"""Erasure proofs: every erasure of a household equals the acts of two persons, was carried out after its term, and left nothing
of the household's people; an event of which personal data was erased is what its erasure says is left of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from models import Checkup, Event, EventSecret, Evidence, ExitDossier, Household, HouseholdErasure, Member, Ticket
from models.household import GONE
from models.household_erasure import ERASED_CONTENT
from models.sealing import within
from workflow.history.event_log import COUNTY, event_hash, stamp
from workflow.policy.worktime import local_date
from workflow.register.erasing.erasure_requests import after_years
from workflow.verification.proofs.findings import Finding, RowComparison, is_intact

#: Households whose personal data was erased, and their tickets.
ERASED = select(HouseholdErasure.household_id).where(HouseholdErasure.erased_at.is_not(None))
ERASED_TICKETS = select(Ticket.id).where(Ticket.household_id.in_(ERASED))
#: An erasure as its events and its row tell it: household, term, and who did what when.
_Told = dict[str, Any]
_ERASURES = RowComparison[HouseholdErasure, int](
    key=lambda row: row.id,
    actual=lambda row: _told(
        row.household_id,
        (row.left_on.isoformat(), row.years),
        *((row.asked_by_id, row.asked_at), (row.agreed_by_id, row.agreed_at), (row.ended_by_id, row.ended_at)),
        row.erased_at,
    ),
    subject=lambda row: f"erasure {row.id}",
    differs="erasure_differs",
    missing="erasure_differs",
    missing_subject=lambda key: f"erasure {key}",
)
_ACTS = {"ask_erasure": "asked", "agree_erasure": "agreed", "refuse_erasure": "ended"}


def household_erasures(session: Session) -> Iterator[Finding]:
    """Check every erasure against its events, its term, and that nothing of the household's people is left."""
    rows = session.scalars(select(HouseholdErasure).order_by(HouseholdErasure.id)).all()
    yield from _ERASURES.findings(rows, _recorded(session))
    for row in rows:
        if row.erased_at is None:
            continue
        two = row.agreed_by_id is not None and row.agreed_by_id != row.asked_by_id
        if not two or local_date(row.erased_at) < after_years(row.left_on, row.years):
            yield Finding("erasure_unlawful", f"erasure {row.id}")
        if _left_over(session, row.household_id):
            yield Finding("not_erased", f"household {row.household_id}")


def _told(household: int, term: Any, asked: Any, agreed: Any, ended: Any, erased: Any) -> _Told:
    def act(one: Any) -> Any:
        return (one[0], stamp(one[1])) if one[1] is not None else None

    return {
        "household": household,
        "term": term,
        "asked": act(asked),
        "agreed": act(agreed),
        "ended": act(ended),
        "erased": stamp(erased) if erased is not None else None,
    }


def _recorded(session: Session) -> dict[int, Any]:
    recorded: dict[int, Any] = {}
    acts = (Event.subject_type == COUNTY[0]) & Event.action.in_(_ACTS)
    done = (Event.subject_type == "household") & (Event.action == "erase")
    for event in session.scalars(select(Event).where(acts | done).order_by(Event.id)):
        try:
            _add(recorded, event)
        except (KeyError, TypeError):
            # So altered that it cannot be read; its wrong hash is a finding of its own.
            continue
    return recorded


def _add(recorded: dict[int, Any], event: Event) -> None:
    """Add what an event says of an erasure.  Raises KeyError or TypeError for one that cannot be read."""
    number = event.effect["erasure"]
    if event.action == "ask_erasure":
        term = (event.given["left_on"], event.given["years"])
        recorded[number] = _told(event.given["household"], term, (None, None), (None, None), (None, None), None)
    told = recorded.setdefault(number, {})
    if event.action == "erase":
        # One that was carried out without the acts before it equals no row.
        allowed = told.get("household") == event.subject_id and told.get("agreed") and not told.get("ended")
        told["erased"] = stamp(event.at) if allowed else ""
    elif event.action != "agree_erasure" or event.actor_role == "inspectorate":
        # Nobody but the inspectorate agrees.
        told[_ACTS[event.action]] = (event.actor_id, stamp(event.at))


def _left_over(session: Session, household: int) -> bool:
    """Whether personal data of the household is still somewhere: its row, people, words, evidence or the effects of events."""
    home = session.get(Household, household)
    if home is None or home.status not in GONE or home.head_name or home.phone_sealed or home.address:
        return True
    tickets = select(Ticket.id).where(Ticket.household_id == household)
    checkups = select(Checkup.id).where(Checkup.household_id == household)
    own = (Event.subject_type == "household") & (Event.subject_id == household)
    last = select(Event.id).where(own, Event.action == "erase").order_by(Event.id.desc()).limit(1).scalar_subquery()
    of_household: ColumnElement[bool] = or_(own, (Event.subject_type == "ticket") & Event.subject_id.in_(tickets))
    words = select(EventSecret.event_id).join(Event).where(of_household, Event.id < last)
    people = select(Member.id).where(
        Member.household_id == household,
        or_(Member.name != "", Member.id_sealed.is_not(None), Member.born_on.is_not(None)),
    )
    pieces = select(Evidence.id).where(or_(Evidence.ticket_id.in_(tickets), Evidence.checkup_id.in_(checkups)))
    if any(session.scalar(query.limit(1)) is not None for query in (words, people, pieces)):
        return True
    noted = select(Checkup.note, Checkup.present).where(Checkup.household_id == household)
    return any(note or present for note, present in session.execute(noted))


def is_erased_lawfully(event: Event, columns: Mapping[str, Any], events: Sequence[Event]) -> bool:
    """Whether an event of a household that lacks part of its effect is what a later erasure of the household left of it.

    `columns` are the event's, `events` the household's chain.
    """
    if within(event.effect, lambda name, value: None) != event.effect:
        return False
    later = [each for each in events if each.action == "erase" and each.seq > event.seq]
    return any(each.effect.get("altered", {}).get(str(event.id)) == event_hash(dict(columns)) for each in later)


def dossier_is_intact(session: Session) -> Any:
    """How an exit dossier agrees with its own hash: that of an erased household says that it was erased, and no more."""
    erased = set(session.scalars(ERASED))

    def intact(row: ExitDossier) -> bool:
        return row.content == ERASED_CONTENT if row.household_id in erased else is_intact(row)

    return intact
