"""API tokens (访问令牌): what programs sign in with: made by the owner of an account for some scopes and some days, listed
with their last use, and withdrawn one by one.

A token is shown once and ends with the password, the account or its seat (`workflow.county.accounts`).  Its scopes are its
step-up: what they do not cover is refused, whatever its owner may do.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from models import ApiToken, User
from models.people import FULL_SCOPE, SCOPES
from workflow.actors import Actor
from workflow.county import accounts
from workflow.county.accounts import NewToken
from workflow.errors import BadInput
from workflow.inputs import name_of

#: How exactly the last use is kept: a row is not written with every request.
USED_EVERY = timedelta(minutes=5)
#: For how many days a token is good at most, and how many an account has at once.
MOST_DAYS, MOST = 366, 20


def asked(name: object, scopes: Iterable[str], days: int | None, now: datetime) -> NewToken:
    """The token that a person asks for, good for so many days (None: until it is withdrawn).  Raises BadInput."""
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise BadInput("bad_token_days", "days", most=MOST_DAYS)
    until = now + timedelta(days=days) if days is not None else None
    return NewToken(name=name_of("name", name, 64), scopes=scopes_of(scopes), expires_at=until)


def make(session: Session, actor: Actor, now: datetime, user: User, new: NewToken) -> str:
    """Make a token of an account.  Raises BadInput where it has too many."""
    # Two requests of one person at once stand in line, so that the number holds.
    session.get_one(User, user.id, with_for_update=True)
    if len(live(session, user, now)) >= MOST:
        raise BadInput("too_many_tokens", "name", most=MOST)
    return accounts.issue_token(session, user, now, new, actor)


def withdraw(session: Session, actor: Actor, now: datetime, user: User, number: int) -> None:
    """Withdraw one token of an account.  Raises NotFound for one of another account, and one that has ended."""
    session.get_one(User, user.id, with_for_update=True)
    accounts.revoke_token(session, actor, user, now, number)


def scopes_of(chosen: Iterable[str]) -> str:
    """Scopes as they are kept: each once and in their order; `full` takes in all others.  Raises BadInput."""
    wanted = set(chosen)
    if unknown := sorted(wanted - {FULL_SCOPE, *SCOPES}):
        raise BadInput("unknown_scope", "scope", scope=unknown[0][:40], scopes=", ".join((FULL_SCOPE, *SCOPES)))
    if not wanted:
        raise BadInput("no_scope", "scope")
    return FULL_SCOPE if FULL_SCOPE in wanted else " ".join(scope for scope in SCOPES if scope in wanted)


def covers(token: ApiToken, scope: str) -> bool:
    """Whether a token is good for what needs this scope."""
    return token.scopes == FULL_SCOPE or scope in token.scopes.split()


def live(session: Session, user: User, now: datetime) -> list[ApiToken]:
    """The tokens of an account that are still good, the latest first."""
    good = or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > now)
    query = select(ApiToken).where(ApiToken.user_id == user.id, ApiToken.revoked_at.is_(None), good)
    return list(session.scalars(query.order_by(ApiToken.id.desc())))


def used(session: Session, number: int, now: datetime, address: str) -> None:
    """Note that a token is in use; no act, so no event records it."""
    session.execute(update(ApiToken).where(ApiToken.id == number).values(used_at=now, used_from=address))
