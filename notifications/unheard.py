"""Unheard events: those of which nobody in the county can be notified, logged in one line for a batch.

A county opens hundreds of duties before its first account exists; that is no error, and each line of the log is one to act on.
"""

import logging

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Event, User

log = logging.getLogger("xiaohao.notifications")
_NOTED = "unheard_events"


def note(session: Session, event: Event) -> None:
    """Note an event without a recipient."""
    session.info.setdefault(_NOTED, set()).add(event.id)


def report(session: Session) -> None:
    """Log what was noted since the last report: an error, unless the county has no account yet."""
    noted: set[int] = session.info.pop(_NOTED, set())
    if not noted:
        return
    if session.scalar(select(User.id).where(User.active).limit(1)) is None:
        log.info("events without a recipient: %d; the county has no accounts yet", len(noted))
    else:
        log.error("nobody in the county can be notified of %d events, the first of them %d", len(noted), min(noted))
