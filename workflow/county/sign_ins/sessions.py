"""Sessions: sign-ins of people on pages, kept on the server, each opened and ended with an event."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import User, UserSession
from workflow.actors import Origin, actor_of
from workflow.history import event_log


def open_session(
    session: Session, user_id: int, token_hash: str, now: datetime, expires_at: datetime, address: str
) -> None:
    """Keep a sign-in of an account from this network address, as the SHA-256 of what the cookie carries."""
    # Two sign-ins of one person at once stand in line, as their events do.
    user = session.get_one(User, user_id, with_for_update=True)
    row = UserSession(user_id=user.id, token_hash=token_hash, created_at=now, expires_at=expires_at)
    session.add(row)
    session.flush()
    _record_sign_in(session, user, now, "signed_in", Origin(address, row.id))


def end_session(session: Session, token_hash: str, now: datetime, address: str) -> None:
    """End the sign-in with this hash, if it has not ended."""
    row = session.scalars(select(UserSession).where(UserSession.token_hash == token_hash)).one_or_none()
    if row is None:
        return
    user = session.get_one(User, row.user_id, with_for_update=True)
    session.refresh(row)
    if row.ended_at is None:
        row.ended_at = now
        _record_sign_in(session, user, now, "signed_out", Origin(address, row.id))


def _record_sign_in(session: Session, user: User, now: datetime, action: str, origin: Origin) -> None:
    event_log.of(session, user, actor_of(user, origin=origin), now).append(action, notify=False)
