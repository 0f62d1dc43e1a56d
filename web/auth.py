"""Authentication: server-side sessions for people, bearer tokens for programs, failed sign-ins counted in the database."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from flask import Flask, Request, Response, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import LoginManager, UserMixin, current_user
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import bindparam, case, func, select

from models import ApiToken, SignInFailure, User, UserSession
from web import db, redirects, resubmit
from workflow.actors import Actor, Origin, actor_of, with_standing
from workflow.county import accounts
from workflow.county.accounts import token_hash
from workflow.errors import BadInput

HASHER = PasswordHasher()
csrf = CSRFProtect()
manager = LoginManager()
#: So many failures of a name from one address within the span close the door to that pair until it has passed; from
#: one address under any names many more, since a whole office, or a county behind its proxy, shares one.
FAILURES, FAILURES_OF_ADDRESS, SPAN = 8, 200, timedelta(minutes=15)
#: The fewest characters of a password that a person chooses.
LEAST = 8
_NOBODY = HASHER.hash(secrets.token_hex(16))


# Asked with every request, so composed once.
_BY_TOKEN = with_standing(
    select(User)
    .join(ApiToken, ApiToken.user_id == User.id)
    .where(ApiToken.token_hash == bindparam("hash"), ApiToken.revoked_at.is_(None), User.active)
)
_BY_SESSION = with_standing(
    select(User)
    .join(UserSession, UserSession.user_id == User.id)
    .where(
        UserSession.token_hash == bindparam("hash"),
        UserSession.ended_at.is_(None),
        UserSession.expires_at > bindparam("now"),
        User.active,
    )
).add_columns(UserSession.id)


class Person(UserMixin):
    """The signed-in person as Flask-Login wants it."""

    def __init__(self, user: User, actor: Actor) -> None:
        self.id = str(user.id)
        self.user = user
        self.actor = actor


def init(app: Flask) -> None:
    """Bind sign-in and form protection to the app."""
    manager.init_app(app)
    # Checked by the hook below instead, which knows requests that carry a token of their own.
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    csrf.init_app(app)
    manager.unauthorized_handler(sign_in_first)

    @app.before_request
    def _protect() -> None:
        # A bearer token cannot be sent by a foreign page; everything that rides on the cookie is checked.
        if request.method not in ("GET", "HEAD", "OPTIONS") and _bearer() is None:
            csrf.protect()


def _bearer() -> str | None:
    """The bearer token of the request; other kinds of authorization do not count, because a foreign page can cause them."""
    header = request.headers.get("Authorization", "")
    return header[7:].strip() if header.startswith("Bearer ") else None


def signed_in_user() -> User:
    """The signed-in user; only behind the guard, which requires one."""
    user: User = current_user.user
    return user


def signed_in_actor() -> Actor:
    """As whom the signed-in person acts; only where the guard has asked for one."""
    actor: Actor = current_user.actor
    return actor


def sign_in_first() -> ResponseReturnValue:
    """To the sign-in page and back; what only replaces a part of a page makes the whole page go."""
    if request.method != "GET":
        page: ResponseReturnValue | None = resubmit.signed_out()
        if page is not None:
            return page
        flash(_("You were signed out. Sign in and send it again."), "warning")
    target = redirects.here()
    address = url_for("pages.sign_in", next=target if target != "/" else None)
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": address})
    return redirect(address)


@manager.request_loader
def _load(request: Request) -> Person | None:
    """The person of this request, by bearer token or by the session the cookie names."""
    token = _bearer()
    if token is not None:
        query, given = _BY_TOKEN, dict[str, Any](hash=token_hash(token), now=db.now())
    elif "sid" in session:
        query, given = _BY_SESSION, {"hash": token_hash(str(session["sid"])), "now": db.now()}
    else:
        return None
    with db.read_session() as reading:
        rows = reading.execute(query, given).all()
    if not rows:
        return None
    user, session_id = rows[0][0], rows[0][4] if token is None else None
    standing = [(row[1], row[2], row[3]) for row in rows]
    return Person(user, actor_of(user, standing, Origin(address_of(request), session_id)))


def address_of(asked: Request) -> str:
    """The network address that a request comes from, as far as it is kept."""
    return (asked.remote_addr or "")[:64]


def sign_in(name: str, password: str, address: str, hours: int) -> str | None:
    """Try to sign in.  Returns None when it worked, else the code of why not: `too_many` or `wrong`."""
    now, address = db.now(), address[:64]
    with db.read_session() as reading:
        failures, of_the_name = reading.execute(
            select(
                func.count(), func.coalesce(func.sum(case((SignInFailure.name == name[:200], 1), else_=0)), 0)
            ).where(SignInFailure.address == address, SignInFailure.at > now - SPAN)
        ).one()
        user = reading.scalars(select(User).where(User.name == name, User.active)).one_or_none()
    if failures >= FAILURES_OF_ADDRESS or of_the_name >= FAILURES:
        return "too_many"
    # The same work is done for a name that does not exist, so that the time taken does not show which names exist.
    known = user.password_hash if user and user.password_hash else _NOBODY
    try:
        right = HASHER.verify(known, password) and user is not None and user.password_hash is not None
    except (Argon2Error, InvalidHashError):
        right = False
    if not right or user is None:
        count_failure(name, address)
        return "wrong"
    sid = secrets.token_urlsafe(32)
    with db.write_session() as writing:
        accounts.open_session(writing, user.id, token_hash(sid), now, now + timedelta(hours=hours), address)
    language = session.get("language")
    session.clear()
    session["sid"] = sid
    if language or user.language:
        session["language"] = language or user.language
    return None


def count_failure(name: str, address: str) -> None:
    """Record a failed sign-in."""
    with db.write_session() as writing:
        writing.add(SignInFailure(name=name[:200], address=address, at=db.now()))


def too_many_from(address: str) -> bool:
    """Whether an address, under whatever names, has failed too often of late."""
    with db.read_session() as reading:
        query = select(func.count()).where(SignInFailure.address == address, SignInFailure.at > db.now() - SPAN)
        return (reading.scalar(query) or 0) >= FAILURES_OF_ADDRESS


def change_password(old: str, new: str) -> None:
    """The signed-in person's own password; every other session of theirs ends.  Raises BadInput."""
    if len(new) < LEAST:
        raise BadInput("password_short", "new", least=LEAST)
    user = current_user.user
    try:
        HASHER.verify(user.password_hash or "", old)
    except (Argon2Error, InvalidHashError) as error:
        raise BadInput("password_wrong", "old") from error
    hashed = HASHER.hash(new)
    with db.write_session() as writing:
        row = writing.get_one(User, user.id)
        accounts.set_password(writing, actor_of(row), row, hashed, db.now(), keep=token_hash(str(session.get("sid"))))


def sign_out(address: str) -> None:
    """End the session on the server; the cookie is worth nothing afterwards."""
    sid = session.pop("sid", None)
    if sid:
        hashed = hashlib.sha256(str(sid).encode()).hexdigest()
        with db.write_session() as writing:
            accounts.end_session(writing, hashed, db.now(), address[:64])
    g.pop("_login_user", None)
