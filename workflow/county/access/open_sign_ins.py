"""Open sign-ins of an account: sessions, one-time code, requests to reset it, and bindings to other systems with their links; ended
with the account's rights."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import FirstSignIn, ResetRequest, SignOn, SignOnLink, User, UserSession, row_changes
from models.people import OPEN_FIRST_SIGN_INS, OPEN_RESETS
from models.sign_ons import OPEN_LINKS, SIGN_ONS_IN_USE


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
    """End the open one-time code and links of an account and the requests to reset it; the caller records why."""
    links = select(SignOnLink).where(OPEN_LINKS.predicate, SignOnLink.user_id == user.id)
    codes = select(FirstSignIn).where(OPEN_FIRST_SIGN_INS.predicate, FirstSignIn.user_id == user.id)
    requests = select(ResetRequest).where(OPEN_RESETS.predicate, ResetRequest.user_id == user.id)
    for row in (*session.scalars(codes), *session.scalars(requests), *session.scalars(links)):
        row.ended_at = now
    session.flush()


def end_sign_ons(session: Session, user: User, now: datetime, way: str | None = None) -> int:
    """End the bindings of an account to identities of other systems and the links for them, all or of one way; the caller
    records why.  Returns how many bindings."""
    links = select(SignOnLink).where(OPEN_LINKS.predicate, SignOnLink.user_id == user.id)
    for link in session.scalars(links.where(SignOnLink.way == way) if way else links):
        link.ended_at = now
    query = select(SignOn).where(SIGN_ONS_IN_USE.predicate, SignOn.user_id == user.id)
    rows = session.scalars(query.where(SignOn.way == way) if way else query).all()
    for row in rows:
        row.ended_at = now
    session.flush()
    return len(rows)


def end_ways_in(session: Session, user: User, now: datetime) -> None:
    """End every sign-in of an account and its bindings, which somebody else may have made; the caller records why."""
    end_sessions(session, user, now)
    end_sign_ons(session, user, now)
