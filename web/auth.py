"""Authentication: server-side sessions for people, bearer tokens for programs, tries counted before they are compared."""

import secrets
from collections.abc import Callable, Sequence
from math import ceil
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from argon2.low_level import ARGON2_VERSION
from flask import Flask, Request, Response, current_app, flash, g, jsonify, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import LoginManager, UserMixin, current_user
from sqlalchemy import bindparam, exists, or_, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models import ApiToken, Passkey, SecondFactor, User, UserSession
from models.factors import FACTORS_IN_USE, PASSKEYS_IN_USE
from models.failures import OutcomeUnknown
from web import db, devices, form_keys, known_browser, redirects, refusals, resubmit
from web.form_tokens import FormTokens
from workflow.actors import Actor, Origin, actor_of, with_standing
from workflow.county.access import guessing
from workflow.county.access.guessing import Bound
from workflow.county.access.passwords import folded
from workflow.county.accounts import token_hash
from workflow.county.sign_ins import api_tokens, sessions, sign_ons
from workflow.county.sign_ins.sessions import SessionRules
from workflow.county.sign_ins.sign_ons import Identity
from workflow.errors import BadInput, ClockInDoubt

HASHER = PasswordHasher()
#: The beginnings of the addresses that a token opens; no page has one of them.
FOR_PROGRAMS = ("/api/", "/healthz", "/metrics")
csrf = FormTokens()
manager = LoginManager()


# Asked with every request, so composed once.
_BY_TOKEN = with_standing(
    select(User)
    .join(ApiToken, ApiToken.user_id == User.id)
    .where(
        ApiToken.token_hash == bindparam("hash"),
        ApiToken.revoked_at.is_(None),
        or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > bindparam("now")),
        User.active,
    )
).add_columns(ApiToken)
_BY_SESSION = with_standing(
    select(User)
    .join(UserSession, UserSession.user_id == User.id)
    .where(
        UserSession.token_hash == bindparam("hash"),
        UserSession.ended_at.is_(None),
        UserSession.expires_at > bindparam("now"),
        User.active,
    )
).add_columns(
    UserSession,
    exists().where(FACTORS_IN_USE.predicate, SecondFactor.user_id == User.id)
    | exists().where(PASSKEYS_IN_USE.predicate, Passkey.user_id == User.id),
)


class Person(UserMixin):
    """The signed-in person as Flask-Login wants it."""

    def __init__(self, user: User, actor: Actor, by: UserSession | ApiToken, has_factor: bool = False) -> None:
        self.id = str(user.id)
        self.user = user
        self.actor = actor
        #: The sign-in on pages, or the token of a program: one of the two.
        self.session = by if isinstance(by, UserSession) else None
        self.token = by if isinstance(by, ApiToken) else None
        self.has_factor = has_factor


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
    """The bearer token of a request to the API or for the figures of operation; it opens no page.

    Other kinds of authorization do not count, because a foreign page can cause them.
    """
    if not request.path.startswith(FOR_PROGRAMS):
        return None
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
    """To the sign-in page and back; a form that was sent comes back with its words."""
    if request.method != "GET" and request.headers.get("HX-Request"):
        # A form that only looks something up stays in view with what was typed.
        return Response(status=401)
    if request.method != "GET" and not form_keys.by_script():
        page: ResponseReturnValue | None = resubmit.signed_out()
        if page is not None:
            return page
        flash(_("You were signed out. Sign in and send it again."), "warning")
    target = redirects.here()
    to = url_for("pages.sign_in", next=target if target != "/" else None)
    if form_keys.by_script() and _was_ended():
        # The phone then keeps nothing of the pages that it took along.
        return jsonify(error="ended", see=to), 410
    return redirects.led(to, 401)


def _was_ended() -> bool:
    """Whether somebody ended the session of this cookie, on another device or with the account's rights."""
    if "sid" not in session:
        return False
    known = select(UserSession.ended_at).where(UserSession.token_hash == token_hash(str(session["sid"])))
    with db.read_session() as reading:
        return reading.scalar(known) is not None


def change_first() -> ResponseReturnValue:
    """To the page on which the person sets a new password."""
    flash(_("Set a password of your own first: the present one was set by somebody else, or is too old."), "warning")
    return redirects.led(url_for("pages.password"))


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
    user, by = rows[0][0], rows[0][4]
    opened = by.id if isinstance(by, UserSession) else None
    if isinstance(by, UserSession) and not _in_use(user, by):
        return None
    if isinstance(by, ApiToken):
        _used(by)
    standing = [(row[1], row[2], row[3]) for row in rows]
    actor = actor_of(user, standing, Origin(refusals.address_of(request), opened))
    return Person(user, actor, by, opened is not None and bool(rows[0][5]))


def _in_use(user: User, opened: UserSession) -> bool:
    """Whether a session has not lain unused too long; notes now and then that it is used."""
    now = db.now()
    if session_rules().is_over(user.role, opened, now):
        return False
    if now >= (opened.seen_at or opened.created_at) + sessions.SEEN_EVERY:
        _note_use(lambda writing: sessions.seen(writing, opened.id, now))
    return True


def _used(token: ApiToken) -> None:
    """Notes now and then that a token is used, and from where."""
    now, address = db.now(), refusals.address_of(request)
    if token.used_at is None or now >= token.used_at + api_tokens.USED_EVERY:
        _note_use(lambda writing: api_tokens.used(writing, token.id, now, address))


def _note_use(note: Callable[[Session], None]) -> None:
    try:
        db.note_aside(note)
    except (DBAPIError, OutcomeUnknown, ClockInDoubt):
        # Whoever reads goes on reading while the database takes no writes.
        current_app.logger.exception("the use of a session or a token was not noted")


def session_rules() -> SessionRules:
    """How long the settings let sessions last."""
    rules: SessionRules = current_app.config["SESSIONS"]
    return rules


def sign_in(name: str, password: str, remember: bool = False) -> None:
    """Sign in; with `remember` on a device that stays signed in for days.  Raises BadInput for a wrong name or password,
    TooMany."""
    address = refusals.address_of(request)
    with db.read_session() as reading:
        user = reading.scalars(select(User).where(User.name == name, User.active)).one_or_none()
    browser, known_here = known_browser.of(request)
    if user is not None and user.id in known_here:
        bounds = guessing.of_browser(browser, user.id)
    else:
        bounds = guessing.of_sign_in(name[:200], address)
    refusals.take(bounds, name)
    # The same work is done for a name that does not exist, so that the time taken does not show which names exist.
    right = matches(user.password_hash if user and user.password_hash else hash_of_nobody(), password)
    if not right or user is None or not user.password_hash:
        refusals.count("account" if user is None else "password", name)
        raise BadInput("sign_in_wrong")
    known_browser.remember(browser, (*known_here, user.id))
    found = user.id
    _enter(lambda writing: found, bounds, _here(remembered=remember))


def sign_on(identity: Identity, bounds: Sequence[Bound]) -> None:
    """Sign in as the account that an identity of another system is bound to.  Raises BadInput `sign_on_unbound`."""
    now, here = db.now(), _here(way=identity.way, factor_at=identity.factor_at)
    try:
        user_id = _enter(lambda writing: sign_ons.holder(writing, now, identity).id, bounds, here)
    except BadInput:
        refusals.count("account", f"{identity.way}:{identity.subject}"[:200])
        raise
    browser, known_here = known_browser.of(request)
    known_browser.remember(browser, (*known_here, user_id))


def _here(**more: Any) -> sessions.Opened:
    """From where this request would open a session."""
    return sessions.Opened(refusals.address_of(request), devices.kept(request.user_agent.string), **more)


def _enter(whose: Callable[[Session], int], bounds: Sequence[Bound], here: sessions.Opened) -> int:
    """Open a session of the account that `whose` finds, in one transaction, and let the cookie carry it; returns its id."""
    now, sid = db.now(), secrets.token_urlsafe(32)

    def step(writing: Session) -> tuple[int, bool, str | None, bool]:
        user_id = whose(writing)
        guessing.give_back(writing, bounds)
        is_first = writing.scalar(select(UserSession.id).where(UserSession.user_id == user_id).limit(1)) is None
        opened = sessions.open_session(writing, user_id, token_hash(sid), now, session_rules(), here)
        return user_id, opened.remembered, writing.get_one(User, user_id).language, is_first

    user_id, remembered, own_language, is_first = db.transaction(step)
    language = session.get("language")
    session.clear()
    session["sid"] = sid
    # Otherwise the cookie goes with the browser.
    session.permanent = remembered
    if language or own_language:
        session["language"] = language or own_language
    if is_first:
        # The first page shows where to begin, once.
        session["first_sign_in"] = True
    return user_id


def matches(password_hash: str, password: str) -> bool:
    """Whether the password is the one of the hash, in the folded form or, as it was hashed before, as it was typed."""
    for typed in dict.fromkeys((folded(password), password)):
        try:
            return HASHER.verify(password_hash, typed)
        except (Argon2Error, InvalidHashError):
            continue
    return False


def hash_of_nobody() -> str:
    """A hash that no password has, checked at the cost of an account's: zeros, for which nothing need be hashed."""
    salt, zeros = ("A" * ceil(size * 4 / 3) for size in (HASHER.salt_len, HASHER.hash_len))
    cost = f"m={HASHER.memory_cost},t={HASHER.time_cost},p={HASHER.parallelism}"
    return f"$argon2id$v={ARGON2_VERSION}${cost}${salt}${zeros}"


def hashed(password: str) -> str:
    """The hash of a password in its folded form; made outside of a transaction, because it takes long."""
    return HASHER.hash(folded(password))


def sign_out() -> None:
    """End the session on the server; the cookie is worth nothing afterwards."""
    sid = session.pop("sid", None)
    if sid:
        with db.write_session() as writing:
            sessions.end_session(writing, token_hash(str(sid)), db.now(), refusals.address_of(request))
    g.pop("_login_user", None)
