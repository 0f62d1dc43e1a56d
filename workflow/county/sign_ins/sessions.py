"""Sessions (登录会话): sign-ins of people on pages, kept on the server: how long each lasts, and the owner's list of them.

A session ends after so many hours and after so long without use, both by role.  A person of a village, a town or a bureau
may have the own phone remembered, whose session lasts for days, is listed like the others and ended with them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, func, literal, select, update
from sqlalchemy.orm import Session

from models import FirstSignIn, ResetRequest, SignOnLink, User, UserSession, UTCDateTime, row_changes
from models.people import OPEN_FIRST_SIGN_INS, OPEN_RESETS, WATCHED
from models.sign_ons import OPEN_LINKS
from workflow.actors import Actor, Origin, actor_of
from workflow.county.access.open_sign_ins import end_sessions
from workflow.errors import NotFound
from workflow.history import event_log

#: How exactly the last use is kept: a row is not written with every request.
SEEN_EVERY = timedelta(minutes=5)
#: Without contact for so long a device was silent.
SILENCE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class SessionRules:
    """How long sessions last: hours for all roles but those named, minutes without use, and days on a remembered device (0:
    none is remembered)."""

    hours: int = 12
    role_hours: Mapping[str, int] = field(default_factory=dict)
    idle_minutes: Mapping[str, int] = field(default_factory=dict)
    remembered_days: int = 30

    def may_remember(self, role: str) -> bool:
        """Whether people of this role may have a device remembered: not who rules, inspects or operates."""
        return self.remembered_days > 0 and role not in WATCHED

    def lasts(self, role: str, remembered: bool) -> timedelta:
        """For how long a session of this role lasts at most."""
        if remembered and self.may_remember(role):
            return timedelta(days=self.remembered_days)
        return timedelta(hours=self.role_hours.get(role, self.hours))

    def is_over(self, role: str, row: UserSession, now: datetime) -> bool:
        """Whether a session has lasted or lain unused too long for the role that its person has now."""
        if row.ended_at is not None or now >= min(row.expires_at, row.created_at + self.lasts(role, row.remembered)):
            return True
        idle = None if row.remembered and self.may_remember(role) else self.idle_minutes.get(role)
        return idle is not None and now >= (row.seen_at or row.created_at) + timedelta(minutes=idle)


@dataclass(frozen=True, slots=True)
class Opened:
    """From where a session is opened: network address, what the browser calls itself, whether to remember it, the way of
    signing in, and when the other system took a second factor that counts here."""

    address: str
    device: str = ""
    remembered: bool = False
    way: str = "password"
    factor_at: datetime | None = None


def open_session(
    session: Session, user_id: int, token_hash: str, now: datetime, rules: SessionRules, opened: Opened
) -> UserSession:
    """Keep a sign-in of an account, as the SHA-256 of what the cookie carries."""
    # Two sign-ins of one person at once stand in line, as their events do.
    user = session.get_one(User, user_id, with_for_update=True)
    # Who had to sign in again after a trip was silent until now.
    before = session.scalar(
        select(func.max(func.coalesce(UserSession.seen_at, UserSession.created_at))).where(
            UserSession.user_id == user.id
        )
    )
    remembered = opened.remembered and rules.may_remember(user.role)
    row = UserSession(
        user_id=user.id,
        token_hash=token_hash,
        created_at=now,
        expires_at=now + rules.lasts(user.role, remembered),
        address=opened.address,
        device=opened.device[:300],
        remembered=remembered,
        seen_at=now,
        silent_from=before if before is not None and before <= now - SILENCE else None,
        back_at=now if before is not None and before <= now - SILENCE else None,
        way=opened.way,
        factor_at=opened.factor_at,
    )
    session.add(row)
    session.flush()
    _record(session, user, now, "signed_in", Origin(opened.address, row.id), opened.way)
    return row


def end_session(session: Session, token_hash: str, now: datetime, address: str) -> None:
    """End the sign-in with this hash, if it has not ended."""
    row = session.scalars(select(UserSession).where(UserSession.token_hash == token_hash)).one_or_none()
    if row is None:
        return
    user = session.get_one(User, row.user_id, with_for_update=True)
    session.refresh(row)
    if row.ended_at is None:
        row.ended_at = now
        _record(session, user, now, "signed_out", Origin(address, row.id))


def seen(session: Session, number: int, now: datetime) -> None:
    """Note that a session is in use, and a silence that has ended; no act, so nothing is told by it."""
    last = func.coalesce(UserSession.seen_at, UserSession.created_at)
    silent = last <= now - SILENCE
    session.execute(
        update(UserSession)
        .where(UserSession.id == number)
        .values(
            seen_at=now,
            silent_from=case((silent, last), else_=UserSession.silent_from),
            back_at=case((silent, literal(now, UTCDateTime())), else_=UserSession.back_at),
        )
    )


def silence_of(session: Session, actor: Actor) -> tuple[datetime, datetime] | None:
    """The last silence of the actor's sign-in, from the last contact before to the first after; None where there was none,
    or where the person was in contact from another device meanwhile or since."""
    here = session.get(UserSession, actor.origin.session_id) if actor.origin and actor.origin.session_id else None
    if here is None or here.silent_from is None or here.back_at is None:
        return None
    others = select(func.max(func.coalesce(UserSession.seen_at, UserSession.created_at))).where(
        UserSession.user_id == here.user_id, UserSession.id != here.id
    )
    begins = max(here.silent_from, session.scalar(others) or here.silent_from)
    return (begins, here.back_at) if begins < here.back_at else None


def live(session: Session, user: User, now: datetime, rules: SessionRules) -> list[UserSession]:
    """The sessions of an account that are still good, the latest used first."""
    rows = session.scalars(select(UserSession).where(UserSession.user_id == user.id, UserSession.ended_at.is_(None)))
    good = [row for row in rows if not rules.is_over(user.role, row, now)]
    return sorted(good, key=lambda row: (row.seen_at or row.created_at, row.id), reverse=True)


def end_one(session: Session, actor: Actor, now: datetime, number: int) -> None:
    """End one of the actor's own sessions.  Raises NotFound for another's, and for one that has ended."""
    user = session.get_one(User, actor.account_id, with_for_update=True)
    row = session.get(UserSession, number)
    if row is None or row.user_id != user.id or row.ended_at is not None:
        raise NotFound("no_such_session")
    row.ended_at = now
    event_log.of(session, user, actor, now).append("session_ended", {}, {"session": row.id}, notify=False)


def end_others(session: Session, actor: Actor, now: datetime, user: User, keep: int | None) -> int:
    """End every session of an account but the one in hand, or all; returns how many there were."""
    session.get_one(User, user.id, with_for_update=True)
    ended = list(end_sessions(session, user, now, _hash_of(session, keep)))
    if ended:
        chain = event_log.of(session, user, actor, now)
        chain.append("sessions_ended", {"sessions": len(ended)}, notify=False)
    return len(ended)


def end_all_of_county(session: Session, now: datetime) -> None:
    """End every session, open code and request: after a restore, which would bring back those that were ended since.

    Tokens stay, since programs have no way to ask for another; those withdrawn since are withdrawn again by hand.
    """
    still_open: tuple[tuple[type[UserSession | FirstSignIn | ResetRequest | SignOnLink], ColumnElement[bool]], ...] = (
        (UserSession, UserSession.ended_at.is_(None)),
        (FirstSignIn, OPEN_FIRST_SIGN_INS.predicate),
        (ResetRequest, OPEN_RESETS.predicate),
        (SignOnLink, OPEN_LINKS.predicate),
    )
    for table, is_open in still_open:
        ended = session.scalars(
            update(table)
            .where(is_open)
            .values(ended_at=now)
            .returning(table.id)
            .execution_options(synchronize_session=False)
        )
        row_changes.note(session, table.__tablename__, ended)


def _hash_of(session: Session, number: int | None) -> str | None:
    return session.scalar(select(UserSession.token_hash).where(UserSession.id == number)) if number else None


def _record(session: Session, user: User, now: datetime, action: str, origin: Origin, way: str = "password") -> None:
    given = {"way": way} if way != "password" else {}
    event_log.of(session, user, actor_of(user, origin=origin), now).append(action, given, notify=False)
