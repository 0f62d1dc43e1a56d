"""Retention: deletes keys of requests, sign-ins that are over, and the words of refused access, once they were kept long enough.

The events of sign-ins and the sums of refusals stay in the history.
Source: 网络安全法 art. 23 (3) (logs are kept for six months); 个人信息保护法 art. 19 (no longer than the purpose needs).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, aliased

from models import Event, EventSecret, IdempotencyKey, PasskeyChallenge, UserSession, row_changes
from workflow.history import word_erasure
from workflow.history.event_log import COUNTY

#: Rows of a kind that one transaction deletes.
LOT = 500


@dataclass(frozen=True, slots=True)
class Terms:
    """For how many days each kind is kept, as the settings say."""

    request_days: int
    session_days: int
    refusal_days: int
    message_days: int


def age_out(session: Session, now: datetime, terms: Terms) -> int:
    """Delete one lot of each kind; returns how many rows, 0 once nothing is left to delete."""
    return (
        _requests(session, now - timedelta(days=terms.request_days))
        + _sessions(session, now, now - timedelta(days=terms.session_days))
        + _refusals(session, now, now - timedelta(days=terms.refusal_days))
    )


def _requests(session: Session, before: datetime) -> int:
    old = select(IdempotencyKey.id).where(IdempotencyKey.created_at <= before).limit(LOT)
    gone = delete(IdempotencyKey).where(IdempotencyKey.id.in_(old)).returning(IdempotencyKey.id)
    return len(session.scalars(gone).all())


def _sessions(session: Session, now: datetime, before: datetime) -> int:
    """The newest sign-in of an account stays: it says that the person has signed in before, and since when one was silent."""
    newest = aliased(UserSession)
    latest = select(func.max(newest.id)).where(newest.user_id == UserSession.user_id).scalar_subquery()
    old = (
        select(UserSession.id)
        .where(
            func.coalesce(UserSession.ended_at, UserSession.expires_at) <= before,
            UserSession.id < latest,
            UserSession.id.not_in(select(PasskeyChallenge.session_id)),
        )
        .order_by(UserSession.id)
        .limit(LOT)
    )
    gone = list(session.scalars(delete(UserSession).where(UserSession.id.in_(old)).returning(UserSession.id)))
    if gone:
        row_changes.happened(session, now)
        row_changes.note(session, UserSession.__tablename__, gone)
    return len(gone)


def _refusals(session: Session, now: datetime, before: datetime) -> int:
    old = (
        select(Event.id)
        .join(EventSecret, EventSecret.event_id == Event.id)
        .where(
            Event.subject_type == COUNTY[0],
            Event.subject_id == COUNTY[1],
            Event.action == "refused_access",
            Event.at <= before,
        )
        .order_by(Event.id)
        .limit(LOT)
    )
    return word_erasure.erase(session, now, session.scalars(old).all())
