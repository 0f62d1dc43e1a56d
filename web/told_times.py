"""Told times: when a form that arrives now was sent off without a signal, as the phone's script says in a header."""

from datetime import UTC, datetime

from flask import request
from sqlalchemy.orm import Session

from web import form_keys
from web.auth import signed_in_actor
from workflow.county.sign_ins import sessions
from workflow.tickets.custody.signal_gaps import Told

#: ISO 8601, in UTC, by the phone's clock as corrected by the server's at their last contact.
HEADER = "X-Told-At"


def told(session: Session) -> Told | None:
    """The time that the phone tells of a form that waited on it, with the silence that the server knows of."""
    try:
        at = datetime.fromisoformat(request.headers.get(HEADER, ""))
    except ValueError:
        return None
    if not form_keys.by_script() or at.tzinfo is None:
        return None
    silent_from, back_at = sessions.silence_of(session, signed_in_actor()) or (None, None)
    return Told(at.astimezone(UTC), silent_from, back_at)
