"""Word erasure: the only way in which an event's words and salt are deleted, each time with an event that lists whose.

So `verify` tells words that were lawfully erased from words that somebody removed: an event with a commitment and without words
is on such a list.  What an earlier version erased is listed once, when the record of erasures begins.
"""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from models import Event, EventSecret, VerificationLot
from models.row_changes import Row
from models.verification_run import SUBJECTS
from workflow.actors import system
from workflow.history import event_log
from workflow.history.event_log import COUNTY

#: The subject of the lists; each has an id of its own, so no two transactions wait for each other.
SUBJECT = "erasure"
#: How many events one list names, and of how many rows lots are deleted at once.
_LOT, _FEW = 500, 100
#: Events whose words are gone.
WITHOUT_WORDS = (
    select(Event.id)
    .outerjoin(EventSecret, EventSecret.event_id == Event.id)
    .where(Event.commitment.is_not(None), EventSecret.event_id.is_(None))
    .order_by(Event.id)
    .execution_options(yield_per=2000)
)
_FIRST = select(Event.id).where(Event.subject_type == COUNTY[0], Event.action == "erasures_begun").limit(1)


def erase(session: Session, now: datetime, events: Iterable[int]) -> int:
    """Delete the words and salts of these events, by id, and list them; returns how many had words.

    Listed is what this transaction deletes itself, so that of two workers one lists it.
    """
    wanted, gone = sorted(set(events)), list[int]()
    for start in range(0, len(wanted), _LOT):
        here = EventSecret.event_id.in_(wanted[start : start + _LOT])
        _forget_lots_of_events(session, wanted[start : start + _LOT])
        gone += session.scalars(delete(EventSecret).where(here).returning(EventSecret.event_id))
    _list(session, now, sorted(gone))
    return len(gone)


def begin(session: Session, now: datetime) -> None:
    """List the words that were erased before there were lists, once: from here on `verify` asks for them."""
    if has_begun(session):
        return
    session.flush()
    _list(session, now, session.scalars(WITHOUT_WORDS).all())
    event_log.of(session, COUNTY, system(), now).append("erasures_begun", notify=False)


def has_begun(session: Session) -> bool:
    """Whether the erasures of this database are listed."""
    return session.scalar(_FIRST) is not None


def _list(session: Session, now: datetime, events: Sequence[int]) -> None:
    for start in range(0, len(events), _LOT):
        chain = event_log.of(session, (SUBJECT, secrets.randbits(62)), system(), now, first=True)
        listed = list(events[start : start + _LOT])
        chain.append("erase_words", {"events": len(listed)}, {"events": listed}, notify=False)


def _forget_lots_of_events(session: Session, events: Iterable[int]) -> None:
    """Delete what is said of the tickets and households of these events."""
    kinds = {subject: kind for kind, subject in SUBJECTS.items()}
    query = select(Event.subject_type, Event.subject_id).where(Event.id.in_(events), Event.subject_type.in_(kinds))
    forget_lots(session, {(kinds[subject], number) for subject, number in session.execute(query.distinct())})


def forget_lots(session: Session, rows: Iterable[Row]) -> None:
    """Delete what the last checkpoint of `verify` says of these rows, named by their kind and id: a lot has a salt, by which
    somebody could guess what a row held.  Without it its rows are proved by their events."""
    lot, left = VerificationLot, sorted(rows)
    for start in range(0, len(left), _FEW):
        some = left[start : start + _FEW]
        covers = [(lot.kind == kind) & (lot.first <= number) & (lot.last >= number) for kind, number in some]
        session.execute(delete(lot).where(or_(*covers)).execution_options(synchronize_session=False))
