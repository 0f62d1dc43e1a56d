"""Maintenance: while a file lies in a certain place, pages and API answer 503 with its sentence, and ask no database.

A file, since a database that is being upgraded, moved or restored can say nothing, and every web process sees it at its next
request.

Decisions: docs/decisions/web.md
"""

from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request
from flask_babel import gettext as _

from web import resubmit
from web.request_log import WATCHED

#: After how many seconds a program asks again.
AGAIN = 300
#: The most of the file that is shown.
_MOST = 300


def init(app: Flask, problem: Any) -> None:
    """Close the app while the file is there; `problem` makes the answer for a program."""

    @app.before_request
    def _closed() -> Any:
        if request.path in WATCHED or (why := sentence()) is None:
            return None
        if request.path.startswith("/api/"):
            response = current_app.make_response(problem(503, why, "maintenance"))
        else:
            response = Response(resubmit.without_database(_("Maintenance"), why), 503)
        response.headers["Retry-After"] = str(AGAIN)
        return response


def sentence() -> str | None:
    """What is told to people: the file's text, or a general sentence where it is empty; None outside of maintenance."""
    try:
        with Path(current_app.config["MAINTENANCE"]).open(encoding="utf-8", errors="replace") as file:
            said = file.read(_MOST).strip()
    except OSError:
        return None
    return said or _("The system is being maintained; nothing was saved. Try again in a few minutes.")
