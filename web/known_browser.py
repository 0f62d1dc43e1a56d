"""Known browsers: a signed cookie says which accounts have signed in from here before, so that nobody is held up by the
guesses of others.  It signs nobody in.
"""

import secrets
from collections.abc import Iterable

from flask import Request, Response, after_this_request, current_app
from itsdangerous import BadSignature, URLSafeSerializer

from web.signing import signing_keys

#: The cookie over plain HTTP, and that of before; over HTTPS its name has a prefix for which browsers hold it to this host.
COOKIE, PREFIX = "xiaohao_browser", "__Host-"
#: The accounts remembered of one browser, the latest last; a desk of a town hall has few.
MOST = 12
_AGE = 400 * 24 * 3600


def of(asked: Request) -> tuple[str, tuple[int, ...]]:
    """The browser's own mark, a new one if it has none, and the ids of the accounts that have signed in from it."""
    try:
        mark, *known = _signer().loads(asked.cookies.get(_name()) or asked.cookies.get(COOKIE, ""))
    except (BadSignature, ValueError, TypeError):
        return secrets.token_urlsafe(16), ()
    return str(mark), tuple(known)


def remember(mark: str, accounts: Iterable[int]) -> None:
    """Let the answer of this request tell the browser who has signed in from it."""
    latest = list(dict.fromkeys(reversed(list(accounts))))[:MOST]
    value = _signer().dumps([mark, *reversed(latest)])

    @after_this_request
    def _tell(response: Response) -> Response:
        secure, same = current_app.config["SESSION_COOKIE_SECURE"], current_app.config["SESSION_COOKIE_SAMESITE"]
        response.set_cookie(_name(), value, max_age=_AGE, secure=secure, httponly=True, samesite=same)
        return response


def _name() -> str:
    return PREFIX + COOKIE if current_app.config["SESSION_COOKIE_SECURE"] else COOKIE


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(signing_keys(), salt="known browser")
