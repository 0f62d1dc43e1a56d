"""Sign-ons (统一登录): accounts bound to a person of another system, whose sign-in there opens a session here.

An account is bound only by a one-time link of the administrator, never because a name or a mail address is the same.  An
account that somebody can sign in with is bound only while its owner is signed in, so that nobody who makes a link gets in.  Of an
issuer an account has one person, and a person one account, by unique indexes.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import SignOn, SignOnLink, User
from models.sign_ons import OPEN_LINKS, SIGN_ON_WAYS, SIGN_ONS_IN_USE
from workflow.actors import Actor, actor_of
from workflow.constraints import refused_as
from workflow.county.access.open_sign_ins import end_sessions, end_sign_ons
from workflow.county.accounts import token_hash
from workflow.county.sign_ins.first_sign_ins import had_sign_in
from workflow.errors import BadInput, Conflict, NotAllowed, NotFound
from workflow.history import event_log

#: For how long a link is good.
LASTS = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Identity:
    """A person of another system, as its sign-in has shown it; `factor_at`: when it took a second factor that counts here."""

    way: str
    issuer: str
    subject: str
    factor_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A link's code, shown this once."""

    user: User
    way: str
    code: str
    until: datetime


def make_link(session: Session, actor: Actor, now: datetime, user: User, way: str) -> Link:
    """A link by which the owner binds the account; an open one of the same way ends.

    Raises NotAllowed; BadInput for a closed account; NotFound for no such way.
    """
    _require(actor)
    if way not in SIGN_ON_WAYS:
        raise NotFound("no_such_way")
    session.get_one(User, user.id, with_for_update=True)
    if not user.active:
        raise BadInput("account_closed", "name", name=user.name)
    still_open = select(SignOnLink).where(OPEN_LINKS.predicate, SignOnLink.user_id == user.id, SignOnLink.way == way)
    for row in session.scalars(still_open):
        row.ended_at = now
    session.flush()
    code, until = secrets.token_urlsafe(24), now + LASTS
    kept = SignOnLink(user_id=user.id, way=way, code_hash=token_hash(code), made_at=now, expires_at=until)
    kept.made_by_id = actor.user_id
    session.add(kept)
    session.flush()
    event_log.of(session, user, actor, now).append("sign_on_link_made", {"way": way}, {"link": kept.id})
    return Link(user, way, code, until)


def link_of(session: Session, now: datetime, code: str) -> tuple[SignOnLink, User]:
    """The open link with this code and its account; looks only.  Raises BadInput `sign_on_link`."""
    query = select(SignOnLink, User).join(User, User.id == SignOnLink.user_id)
    row = session.execute(query.where(SignOnLink.code_hash == token_hash(code), User.active)).one_or_none()
    if row is None or not _is_open(row[0], now):
        raise BadInput("sign_on_link")
    return row[0], row[1]


def may_bind(session: Session, user: User, actor: Actor | None) -> None:
    """Raises NotAllowed for another signed-in person, and where nobody is signed in to an account that has or had a sign-in."""
    if actor is not None and actor.user_id != user.id:
        raise NotAllowed("sign_on_link_of_another")
    if actor is None and had_sign_in(session, [user.id]):
        raise NotAllowed("sign_on_link_signed_in")


def bind(session: Session, actor: Actor | None, now: datetime, number: int, identity: Identity) -> SignOn:
    """Bind the account of a link to an identity and use the link up; a former binding to the same issuer ends.

    `actor`: the signed-in owner, None where nobody is signed in.  Raises BadInput `sign_on_link`, NotAllowed, Conflict
    `identity_taken`.
    """
    link = session.get(SignOnLink, number)
    if link is None:
        raise BadInput("sign_on_link")
    user = session.get_one(User, link.user_id, with_for_update=True)
    session.refresh(link)
    if not user.active or not _is_open(link, now) or link.way != identity.way:
        raise BadInput("sign_on_link")
    may_bind(session, user, actor)
    link.used_at = now
    former = select(SignOn).where(
        SIGN_ONS_IN_USE.predicate, SignOn.user_id == user.id, SignOn.issuer == identity.issuer
    )
    for row in session.scalars(former):
        row.ended_at = now
    session.flush()
    bound = SignOn(user_id=user.id, way=identity.way, issuer=identity.issuer, subject=identity.subject, bound_at=now)
    session.add(bound)
    with refused_as(Conflict("identity_taken"), "uq_sign_on_identity"):
        session.flush()
    chain = event_log.of(session, user, actor or actor_of(user), now)
    chain.append("sign_on_bound", {"way": identity.way}, {"sign_on": bound.id, "link": link.id})
    return bound


def holder(session: Session, now: datetime, identity: Identity) -> User:
    """The account that an identity signs in, its use noted.  Raises BadInput `sign_on_unbound`, also for a closed account."""
    query = select(SignOn, User).join(User, User.id == SignOn.user_id).where(SIGN_ONS_IN_USE.predicate, User.active)
    same = SignOn.way == identity.way, SignOn.issuer == identity.issuer, SignOn.subject == identity.subject
    row = session.execute(query.where(*same)).one_or_none()
    if row is None:
        raise BadInput("sign_on_unbound")
    row[0].used_at = now
    return row[1]


def end(session: Session, actor: Actor, now: datetime, user: User, way: str) -> None:
    """End the bindings of an account of one way, with its sessions.  Raises NotAllowed, NotFound."""
    _require(actor)
    session.get_one(User, user.id, with_for_update=True)
    if not end_sign_ons(session, user, now, way):
        raise NotFound("no_such_sign_on")
    end_sessions(session, user, now)
    event_log.of(session, user, actor, now).append("sign_on_ended", {"way": way})


def of_accounts(session: Session, ids: Sequence[int]) -> list[SignOn]:
    """The bindings of these accounts, the oldest first."""
    query = select(SignOn).where(SIGN_ONS_IN_USE.predicate, SignOn.user_id.in_(ids))
    return list(session.scalars(query.order_by(SignOn.id)))


def _is_open(link: SignOnLink, now: datetime) -> bool:
    return link.used_at is None and link.ended_at is None and link.expires_at > now


def _require(actor: Actor) -> None:
    if actor.role not in ("admin", "system"):
        raise NotAllowed("only_the_administrator")
