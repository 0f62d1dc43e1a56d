"""HTTP client of tests that names a person by the token of that person, on pages too.

A token opens the API alone.  On a page the client signs the token's person in first, as a browser would: it opens a session,
sends its cookie and the form's token, and drops the cookie afterwards, so that one client serves many people.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import Headers

from models import ApiToken
from models.engine import in_transaction
from tests.support.form_tokens import cookie_of, token_of
from web.auth import FOR_PROGRAMS
from workflow.county.accounts import token_hash
from workflow.county.sign_ins import sessions
from workflow.county.sign_ins.sessions import Opened, SessionRules

_RULES = SessionRules(24 * 90)


class PersonClient(FlaskClient):
    """The client of `app_on`."""

    @property
    def _opened(self) -> dict[str, tuple[str, datetime]]:
        """By token: the open session and when it was opened; of the app, since many tests take a client for each request."""
        opened: dict[str, tuple[str, datetime]] = self.application.extensions.setdefault("opened_sessions", {})
        return opened

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Sends a request; one with a token to a page as the person of the token."""
        headers = Headers(kwargs.get("headers"))
        token = headers.get("Authorization", "").removeprefix("Bearer ")
        path = args[0] if args and isinstance(args[0], str) else ""
        if not token or not path or path.startswith(FOR_PROGRAMS) or (sid := self._session_of(token)) is None:
            return super().open(*args, **kwargs)
        app: Flask = self.application
        name, form = app.config["SESSION_COOKIE_NAME"], token_hash(f"form of {sid}")[:40]
        serializer, kept = cookie_of(self)
        self.set_cookie(name, serializer.dumps({**kept, "sid": sid, "csrf_token": form}))
        headers.remove("Authorization")
        headers["X-CSRFToken"] = token_of(app, form)
        try:
            answer = super().open(*args, **{**kwargs, "headers": headers})
            if answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in"):
                # It has ended since, with a restore say: the next request opens another.
                del self._opened[token]
            return answer
        finally:
            _, left = cookie_of(self)
            self.set_cookie(
                name, serializer.dumps({key: left[key] for key in left if key not in ("sid", "csrf_token")})
            )

    def _session_of(self, token: str) -> str | None:
        """The session of the token's person; another one each hour, and none for a token that nobody has."""
        county = self.application.extensions["xiaohao"]
        now: datetime = county.clock()
        sid, at = self._opened.get(token, ("", now))
        if sid and timedelta() <= now - at < timedelta(hours=1):
            return sid
        sid = secrets.token_urlsafe(32)

        def step(session: Any) -> bool:
            known = select(ApiToken.user_id).where(
                ApiToken.token_hash == token_hash(token), ApiToken.revoked_at.is_(None)
            )
            user_id = session.scalar(known)
            if user_id is None:
                return False
            sessions.open_session(session, user_id, token_hash(sid), now, _RULES, Opened("127.0.0.1"))
            return True

        if not in_transaction(county.engine, step):
            return None
        self._opened[token] = (sid, now)
        return sid
