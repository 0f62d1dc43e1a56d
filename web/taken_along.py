"""Pages that a phone takes along: drawn by their own views, for the person who asks, and cut down to what is needed at a door.

A view asks `is_now()` where such a page leaves something out, or offers what needs no answer of the server.
"""

import io
import re
from typing import Any

from flask import current_app, g, request, session
from flask.ctx import RequestContext
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from workflow.actors import Actor

#: The pages that work without a signal, by endpoint.
PAGES = frozenset(
    f"pages.{name}"
    for name in ("tickets", "ticket", "households", "household", "checkup", "file", "visits", "duties", "help_page")
)
#: The forms that may be filled in without a signal, by address: nothing is decided by them on what one cannot see.
FORMS = (
    r"^/households/[^/]+/checkup$",
    r"^/file$",
    r"^/tickets/[^/]+/(comment|evidence|entries|confirm|resolve|resubmit)$",
)
_MAIN = re.compile(r'<main id="main"[^>]*>(.*)</main>', re.DOTALL)
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)


def is_now() -> bool:
    """Whether the page that is being drawn goes along on a phone."""
    return bool(g.get("taken_along"))


def place_of(actor: Actor) -> str:
    """What a person's pages depend on besides the account: moved elsewhere, the phone lets go of those it holds."""
    return f"{actor.role} {actor.unit_id} {actor.village_id}"


def page(path: str) -> dict[str, str] | None:
    """The title and content of a page as the signed-in person would see it, and the code of what it is about (or empty);
    None where it would not open."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    address, _mark, query = path.partition("?")
    environ: dict[str, Any] = {
        name: value for name, value in request.environ.items() if not name.startswith(("werkzeug.", "flask."))
    }
    environ |= {"REQUEST_METHOD": "GET", "PATH_INFO": address, "QUERY_STRING": query}
    environ |= {"wsgi.input": io.BytesIO(), "CONTENT_LENGTH": "0", "HTTP_ACCEPT_ENCODING": "identity"}
    for name in ("CONTENT_TYPE", "HTTP_X_REQUESTED_WITH", "REQUEST_URI", "RAW_URI"):
        environ.pop(name, None)
    person = g.get("_login_user")
    # A context of its own: nothing that belongs to this request is seen by the page, nor the other way round.
    with app.app_context(), RequestContext(app, environ):
        if not _goes_along():
            return None
        g.taken_along, g._login_user = True, person
        session.pop("_flashes", None)
        response = app.full_dispatch_request()
        text = response.get_data(as_text=True) if response.status_code == 200 else ""
        named = request.view_args or {}
        about = named.get("code") or named.get("number") or request.args.get("household", "")
    main, title = _MAIN.search(text), _TITLE.search(text)
    if main is None or title is None:
        return None
    return {"title": title[1].rpartition(" · ")[0].strip(), "about": about, "main": main[1].strip()}


def _goes_along() -> bool:
    try:
        return request.endpoint in PAGES
    except (HTTPException, RequestRedirect):
        return False
