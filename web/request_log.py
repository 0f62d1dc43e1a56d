"""Request log: a number for each request, which its answer and all its log lines bear, and one line when it is answered.

The line says what was asked by the pattern of the route, not by the address, which names households and people; who asked, by
the account's number alone.

Decisions: docs/decisions/web.md
"""

import logging
import re
import uuid
from time import perf_counter
from typing import Any

from flask import Flask, Response, g, has_request_context, request
from flask_login import current_user
from structlog.contextvars import bind_contextvars, unbind_contextvars

HEADER = "X-Request-ID"
#: What a proxy may give as the number of a request.
_GIVEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{7,63}")
#: Asked for every few seconds by what watches the machine: their lines would hide the others.
WATCHED = ("/livez", "/readyz", "/healthz", "/metrics")

log = logging.getLogger("xiaohao.requests")


def init(app: Flask) -> None:
    """Numbers the app's requests; to be called before anything else asks to look at them."""
    app.before_request(_begin)
    app.after_request(_end)
    # What a thread logs between two requests belongs to neither.
    app.teardown_request(lambda _: unbind_contextvars("request"))


def number() -> str:
    """The number of the present request; empty outside of one."""
    return str(g.get("request_number", "")) if has_request_context() else ""


def _begin() -> None:
    given = request.headers.get(HEADER, "")
    g.request_number = given if _GIVEN.fullmatch(given) else uuid.uuid4().hex
    g.request_began = perf_counter()
    bind_contextvars(request=g.request_number)


def _end(response: Response) -> Response:
    if not (asked := number()):
        return response
    response.headers[HEADER] = asked
    if log.isEnabledFor(logging.INFO) and request.path not in WATCHED:
        log.info("request", extra=_fields(response))
    return response


def _fields(response: Response) -> dict[str, Any]:
    account = current_user.actor.user_id if "_login_user" in g and current_user.is_authenticated else None
    return {
        "method": request.method,
        "route": str(request.url_rule or "-"),
        "status": response.status_code,
        "milliseconds": round((perf_counter() - g.request_began) * 1000, 1),
        "bytes": response.content_length,
        "account": account,
    }
