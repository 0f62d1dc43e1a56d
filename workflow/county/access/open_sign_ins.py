"""Open sign-ins of an account: its sessions, its one-time code and its requests to reset it, ended with the account's rights."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import FirstSignIn, ResetRequest, User, UserSession, row_changes
from models.people import OPEN_FIRST_SIGN_INS, OPEN_RESETS


def end_sessions(session: Session, user: User, now: datetime, keep: str | None = None) -> list[int]:
    """End every sign-in of an account except the one with the hash `keep`; the caller records why.  Returns their ids."""
    ended = session.scalars(
        update(UserSession)
        .where(UserSession.user_id == user.id, UserSession.ended_at.is_(None), UserSession.token_hash != (keep or ""))
        .values(ended_at=now)
        .returning(UserSession.id)
        .execution_options(synchronize_session=False)
    ).all()
    row_changes.note(session, "user_session", ended)
    return list(ended)


def end_codes(session: Session, user: User, now: datetime) -> None:
    """End the open one-time code of an account and the requests to reset it; the caller records why."""
    codes = select(FirstSignIn).where(OPEN_FIRST_SIGN_INS.predicate, FirstSignIn.user_id == user.id)
    requests = select(ResetRequest).where(OPEN_RESETS.predicate, ResetRequest.user_id == user.id)
    for row in (*session.scalars(codes), *session.scalars(requests)):
        row.ended_at = now
    session.flush()
