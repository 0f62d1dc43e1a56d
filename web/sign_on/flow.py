"""Sign-on in one browser: begun here, finished by the other system's answer, once and within minutes.

What was begun is in the session's cookie: the way, the state that the answer must bring back, where the person wanted to go,
and the link that the person has agreed to use.  A later start replaces it, so an answer of before is refused.
"""

import secrets
from dataclasses import dataclass
from hmac import compare_digest

from flask import current_app, redirect, request, session, url_for
from werkzeug import Response

from web import db
from web.sign_on import oidc
from web.sign_on.work_apps import DingTalk, WeCom
from web.words.labels import label
from workflow.county.sign_ins.sign_ons import Identity
from workflow.errors import BadInput, NotFound

_SLOT, _AGREED = "sign_on", "sign_on_link"
#: Seconds for which what was begun, or agreed to, may be finished.
_WITHIN = 600


@dataclass(frozen=True, slots=True)
class Begun:
    """What was begun: where the person wanted to go, and the id of the link to be used, if any."""

    following: str
    link: int | None


def ways() -> tuple[str, ...]:
    """The ways of signing on that are configured."""
    configured: tuple[str, ...] = current_app.config["SIGN_ONS"]
    return configured


def name_of(way: str) -> str:
    """What a way of signing on is called: the county's provider as it is configured."""
    return str(current_app.config["OIDC"].label if way == "oidc" else "") or label("sign_in.way", way)


def agree(link: int, way: str) -> None:
    """Note that the person at this browser has agreed to use a link."""
    session[_AGREED] = {"link": link, "way": way, "at": db.now().timestamp()}


def begin(way: str, following: str, bind: bool) -> Response:
    """The redirect to the other system.  Raises NotFound for a way that is not configured, Unreachable."""
    require(way)
    agreed = session.pop(_AGREED, None) if bind else None
    if bind and (agreed is None or agreed["way"] != way or db.now().timestamp() > agreed["at"] + _WITHIN):
        raise BadInput("sign_on_state")
    back = current_app.config["SITE"].rstrip("/") + url_for("pages.sign_on_back", way=way)
    if way == "oidc":
        answer, state = oidc.begin(back)
    else:
        state = secrets.token_urlsafe(24)
        answer = redirect(_app(way).address(back, state))
    link = agreed["link"] if agreed else None
    session[_SLOT] = {"way": way, "state": state, "next": following, "link": link, "at": db.now().timestamp()}
    return answer


def finish(way: str) -> tuple[Identity, Begun]:
    """Who the other system has signed in, and what was begun.  Raises BadInput `sign_on_state`, Elsewhere, Unreachable."""
    require(way)
    begun = session.pop(_SLOT, None)
    state = request.args.get("state", "")
    if begun is None or begun["way"] != way or db.now().timestamp() > begun["at"] + _WITHIN:
        raise BadInput("sign_on_state")
    if not compare_digest(state.encode(errors="replace"), begun["state"].encode()):
        raise BadInput("sign_on_state")
    identity = oidc.finish() if way == "oidc" else _app(way).identity()
    return identity, Begun(begun["next"], begun["link"])


def require(way: str) -> None:
    """Raises NotFound for a way that is not configured."""
    if way not in ways():
        raise NotFound("no_such_way")


def _app(way: str) -> WeCom | DingTalk:
    app: WeCom | DingTalk = current_app.config[way.upper()]
    return app
