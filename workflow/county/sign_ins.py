"""Sign-ins: sessions opened and ended, each with an event of the account, the address it came from beside it."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import User, UserSession, row_changes
from workflow.actors import actor_of
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
    _record(session, user, now, "signed_in", {"session": row.id, "address": address})


def end_session(session: Session, token_hash: str, now: datetime, address: str) -> None:
    """End the sign-in with this hash, if it has not ended."""
    row = session.scalars(select(UserSession).where(UserSession.token_hash == token_hash)).one_or_none()
    if row is None:
        return
    user = session.get_one(User, row.user_id, with_for_update=True)
    session.refresh(row)
    if row.ended_at is None:
        row.ended_at = now
        _record(session, user, now, "signed_out", {"session": row.id, "address": address})


def end_sessions(session: Session, user: User, now: datetime, keep: str | None = None) -> None:
    """End every sign-in of an account except the one with the hash `keep`; the caller records why."""
    ended = session.scalars(
        update(UserSession)
        .where(UserSession.user_id == user.id, UserSession.ended_at.is_(None), UserSession.token_hash != (keep or ""))
        .values(ended_at=now)
        .returning(UserSession.id)
        .execution_options(synchronize_session=False)
    )
    row_changes.note(session, "user_session", ended)


def _record(session: Session, user: User, now: datetime, action: str, given: dict[str, object]) -> None:
    event_log.of(session, user, actor_of(user), now).append(action, given, notify=False)
