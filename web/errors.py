"""Errors, mapped once: the domain's tree to HTTP, as problem+json for programs and as a page for people."""

from typing import Any

from flask import Flask, Response, current_app, flash, g, jsonify, redirect, render_template, request
from flask_babel import gettext as _
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge, SecurityError

from models.sealing import KeyMissing, WrongKey
from web import db, outages, rates, redirects, request_log, resubmit
from web.text_guard import Unstorable
from web.virus_guard import Infected
from web.words.errors import sentence
from web.words.labels import labels
from workflow.errors import BadInput, ClockInDoubt, Conflict, NotAllowed, NotFound, TooMany, WorkflowError
from workflow.evidence import Damaged, StoreDown, StoreUnmarked

_STATUS: tuple[tuple[type[WorkflowError], int], ...] = (
    (NotFound, 404),
    (NotAllowed, 403),
    (Conflict, 409),
    (BadInput, 422),
    (TooMany, 429),
    (ClockInDoubt, 503),
)


def status_of(error: WorkflowError) -> int:
    """The HTTP status of a domain error."""
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def problem(status: int, detail: str, code: str, **more: Any) -> Response:
    """An error as a program reads it (RFC 9457)."""
    body = {
        "type": "about:blank",
        "title": _title(status),
        "status": status,
        "detail": detail,
        "code": code,
        **{name: value for name, value in more.items() if value is not None},
    }
    response = jsonify(body)
    response.status_code = status
    response.content_type = "application/problem+json"
    return response


def _title(status: int) -> str:
    return labels("http.title").get(str(status)) or _("Error")


def _drain(sent: int, most: int) -> None:
    """Read what is still coming and keep nothing: a browser that cannot finish sending shows no answer at all.

    Beyond four times what may be sent it is cut off.
    """
    if sent <= 4 * most:
        stream = request.environ["wsgi.input"]
        while sent > 0 and (piece := stream.read(min(sent, 1 << 16))):
            sent -= len(piece)


def _error_response(status: int, detail: str, code: str, field: str | None = None) -> Any:
    if request.path.startswith("/api/"):
        return problem(status, detail, code, field=field)
    return render_template("error.html", title=_title(status), detail=detail), status


def _busy(detail: str, code: str = "busy") -> Any:
    page = None if request.path.startswith("/api/") else resubmit.page(detail, 503)
    return page if page is not None else _error_response(503, detail, code)


def _refuse_large() -> Any:
    most, sent = request.max_content_length or 0, request.content_length or 0
    if sent > most:
        _drain(sent, most)
    if sent > most and request.mimetype == "multipart/form-data":
        detail = _(
            "The files together are too large; nothing was sent. Send at most %(most)s MB at once.",
            most=most // 1024 // 1024,
        )
        back = _("Go back in the browser: your text is still there. Choose fewer or smaller files.")
    else:
        detail = _("The form holds too much text or too many entries; nothing was sent. Send it in parts.")
        back = _("Go back in the browser: your text is still there.")
    if not request.path.startswith("/api/"):
        detail += " " + back
    return _error_response(413, detail, "http_413")


def _refuse_often(detail: str) -> Any:
    """429 with the form that was sent, where there is one."""
    page = None if request.path.startswith("/api/") else resubmit.page(detail, 429)
    return page if page is not None else _error_response(429, detail, "asked_too_often")


def init(app: Flask) -> None:
    """Register the mapping."""
    _of_what_is_stored(app)

    @app.errorhandler(WorkflowError)
    def _workflow(error: WorkflowError) -> Any:
        return _error_response(status_of(error), sentence(error), error.code, error.field)

    @app.errorhandler(RateLimitExceeded)
    def _too_often(_error: RateLimitExceeded) -> Any:
        g.retry_after = seconds = rates.seconds_left(app.extensions["rates"])
        return _refuse_often(sentence(TooMany("asked_too_often", seconds=seconds)))

    @app.errorhandler(Infected)
    def _infected(error: Infected) -> Any:
        page = None if request.path.startswith("/api/") else resubmit.page(sentence(error), 422)
        return page if page is not None else _workflow(error)

    @app.errorhandler(Unstorable)
    def _unstorable(error: Unstorable) -> Any:
        page = None if request.path.startswith("/api/") else resubmit.cleaned(error.field or "")
        return page if page is not None else _workflow(error)

    @app.errorhandler(CSRFError)
    def _csrf(error: CSRFError) -> Any:
        if request.path.startswith("/api/"):
            return problem(401, _("Sign in first."), "signed_out")
        if (page := resubmit.grown_old()) is not None:
            return page
        flash(_("The page had expired. Send it again."), "warning")
        return redirect(redirects.referred())

    @app.errorhandler(SecurityError)
    def _strange_host(_error: SecurityError) -> Any:
        # In words alone: under a host that is not ours no address of a page can be made.
        detail = _("This site does not answer under this address. Use the address your county gave you.")
        if request.path.startswith("/api/"):
            return problem(400, detail, "strange_host")
        return Response(detail, 400, content_type="text/plain; charset=utf-8")

    @app.errorhandler(RequestEntityTooLarge)
    def _too_large(_error: RequestEntityTooLarge) -> Any:
        return _refuse_large()

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Any:
        status = error.code or 500
        if status < 400:
            return error
        detail = labels("http.detail").get(str(status)) or error.description or ""
        response = app.make_response(_error_response(status, detail, f"http_{status}"))
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
        return response

    @app.errorhandler(Exception)
    def _unexpected(error: Exception) -> Any:
        return _server_error(error)


def _server_error(error: Exception) -> Any:
    current_app.logger.exception("unexpected", exc_info=error)
    if db.saved_something():
        detail = _("A server error occurred; part of what you sent is saved already. Look before you send it again.")
    else:
        detail = _("A server error occurred; nothing was changed.")
    # What the operators look for in their log lines.
    told = _("Number of this request: %(number)s.", number=request_log.number())
    return _error_response(500, f"{detail} {told}", "internal")


def _of_what_is_stored(app: Flask) -> None:
    """The errors of database, data key and store."""
    outages.init(app, problem)

    @app.errorhandler(DBAPIError)
    def _database(error: DBAPIError) -> Any:
        told = outages.of_database(error, problem)
        return told if told is not None else _server_error(error)

    @app.errorhandler(OSError)
    def _disk(error: OSError) -> Any:
        told = outages.of_disk(error, problem)
        return told if told is not None else _server_error(error)

    @app.errorhandler(ClockInDoubt)
    def _clock(error: ClockInDoubt) -> Any:
        app.logger.error("nothing is written: %s", error)
        return _busy(sentence(error), error.code)

    @app.errorhandler(StoreDown)
    def _store(error: StoreDown) -> Any:
        app.logger.error("the store of the evidence: %s", error)
        return _busy(_("The evidence store cannot be reached. Send it again in a few minutes."))

    @app.errorhandler(StoreUnmarked)
    def _unmarked(error: StoreUnmarked) -> Any:
        app.logger.error("%s", error)
        return _busy(outages.sentence("unmarked"), "store_unmarked")

    @app.errorhandler(Damaged)
    def _damaged(error: Damaged) -> Any:
        app.logger.error("a stored file is damaged: %s", error)
        return _error_response(500, sentence(BadInput("file_damaged")), "file_damaged")

    @app.errorhandler(WrongKey)
    def _wrong_key(error: WrongKey) -> Any:
        app.logger.error("nothing is written: %s", error)
        return _busy(sentence(Conflict("data_key_missing")), "data_key_missing")

    @app.errorhandler(KeyMissing)
    def _sealed(error: KeyMissing) -> Any:
        app.logger.error("a sealed value does not open: %s", error)
        return _error_response(status_of(BadInput("key_missing")), sentence(BadInput("key_missing")), "key_missing")
