"""Word erasure: the only way in which an event's words and salt are deleted, each time with an event that lists whose.

So `verify` tells words that were lawfully erased from words that somebody removed: an event with a commitment and without words
is on such a list.  What an earlier version erased is listed once, when the record of erasures begins.
"""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import Event, EventSecret
from workflow.actors import system
from workflow.history import event_log
from workflow.history.event_log import COUNTY

#: The subject of the lists; each has an id of its own, so no two transactions wait for each other.
SUBJECT = "erasure"
#: How many events one list names.
_LOT = 500
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
