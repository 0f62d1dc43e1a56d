"""Outages: what is answered while the database or a disk is away, and when a commit was lost.

Nothing here needs the database: the language is the cookie's, the page draws no menu, and what was typed comes back with it.
"""

from typing import Any

from flask import Flask, Response, current_app, jsonify, request
from flask_babel import gettext as _
from sqlalchemy.exc import DBAPIError, TimeoutError

from models.failures import DISK_FAULTS, DISK_FULL, OutcomeUnknown, first_line, lacks_schema, trouble
from web import db, form_keys, resubmit

#: What says that nothing was saved, unless an earlier transaction of the same request was.
_NOTHING_SAVED = ("away", "read_only", "full")


def sentence(code: str) -> str:
    """What is told to the reader."""
    sentences = {
        "busy": _("The system is busy. Send it again in a moment."),
        "away": _("The database cannot be reached; nothing was saved. Try again in a few minutes."),
        "read_only": _("The database takes no changes at the moment; nothing was saved. Try again in a few minutes."),
        "full": _("The server has no space left; nothing was saved. Tell the administrator, and try again later."),
        "disk": _("The evidence store cannot be reached. Send it again in a few minutes."),
        "unmarked": _(
            "The evidence store is not this county's: its folder is not mounted, or another one is in its place. Nothing was "
            "saved. Tell the administrator, and try again later."
        ),
        "partly": _(
            "The system failed while this was being saved, and part of it is saved already. Look before you send it again."
        ),
        "unknown": _(
            "The line to the database broke while this was being saved: it is not known whether it was. Send it again as it "
            "is; if it was saved, that is said and nothing is entered twice."
        ),
        "unknown_once": _(
            "The line to the database broke while this was being saved: it is not known whether it was. Look before you do it "
            "again."
        ),
    }
    return sentences[code]


def answer(code: str, problem: Any) -> Any:
    """503 with the sentence: a problem for programs, health for a watchman, else a page with what was typed."""
    is_unknown = code == "unknown"
    has_key = request.form.get(form_keys.FIELD) or request.headers.get("Idempotency-Key")
    told = "unknown_once" if is_unknown and not has_key else code
    if code in _NOTHING_SAVED and db.saved_something():
        told = "partly"
    named = {"unknown": "outcome_unknown", "busy": "busy"}.get(code, f"database_{code}")
    if request.path == "/readyz":
        return jsonify(ready=False, maintenance=False), 503
    if request.path == "/healthz":
        health = jsonify(alive=True, well=False, database=code, detail=sentence(told))
        return health, 503
    if request.path.startswith(("/api/", "/metrics")):
        return problem(503, sentence(told), named)
    title = _("Not known whether it was saved") if is_unknown else _("Service unavailable")
    return Response(resubmit.without_database(title, sentence(told)), 503)


def init(app: Flask, problem: Any) -> None:
    """Register the answers; `problem` makes one for a program."""

    @app.errorhandler(OutcomeUnknown)
    def _unknown(error: OutcomeUnknown) -> Any:
        current_app.logger.error("it is not known whether a transaction was committed: %s", first_of(str(error)))
        return answer("unknown", problem)

    @app.errorhandler(TimeoutError)
    def _no_connection(error: TimeoutError) -> Any:
        current_app.logger.error("no connection to the database is free: %s", first_of(str(error)))
        return answer("busy", problem)


def of_disk(error: OSError, problem: Any) -> Any:
    """The answer to a disk that is full or away, with one line in the log; None for any other error of the system."""
    if error.errno not in DISK_FAULTS:
        return None
    current_app.logger.error("a disk: %s", error)
    return answer("full" if error.errno in DISK_FULL else "disk", problem)


def of_database(error: DBAPIError, problem: Any) -> Any:
    """The answer to a failure of the database, with one line in the log; None for an error of this program."""
    # A file that is gone is made again by SQLite, without tables.
    code = trouble(error) or ("away" if lacks_schema(error) else None)
    if code is None:
        return None
    current_app.logger.error("the database (%s): %s", code, first_line(error))
    return answer(code, problem)


def first_of(text: str) -> str:
    """The first line of a text."""
    return text.splitlines()[0] if text else ""
