"""Refusals: tries of passwords and codes are counted before they are compared, and refused access is summed for the trail."""

from collections.abc import Sequence

from flask import Flask, Request, Response, current_app, g, request
from flask_login import current_user
from sqlalchemy.exc import DBAPIError

from models.failures import OutcomeUnknown
from web import db
from workflow.county.access import guessing, refused_access
from workflow.county.access.guessing import Bound
from workflow.errors import ClockInDoubt, TooMany


def address_of(asked: Request) -> str:
    """The network address that a request comes from, as far as it is kept."""
    return (asked.remote_addr or "")[:64]


def take(bounds: Sequence[Bound], name: str) -> None:
    """Count a try under its bounds, in a transaction of its own.  Raises TooMany; the answer then says when to try again."""
    now = db.now()
    try:
        db.transaction(lambda session: guessing.take(session, now, bounds))
    except TooMany as refused:
        g.retry_after = refused.seconds
        count("held_up", name)
        raise


def count(kind: str, name: str) -> None:
    """Count a refusal at this request's address, under the name that was typed or is signed in."""
    now, address = db.now(), address_of(request)
    db.transaction(lambda session: refused_access.count(session, now, kind, name, address))


def init(app: Flask) -> None:
    """Count what was refused to somebody signed in, and tokens that are none."""

    @app.after_request
    def _refused(response: Response) -> Response:
        if response.status_code == 429 and "retry_after" in g:
            response.headers["Retry-After"] = str(g.retry_after)
        kind = {403: "forbidden", 401: "token"}.get(response.status_code)
        if kind == "forbidden" or (kind and "Authorization" in request.headers):
            name = current_user.user.name if current_user.is_authenticated else ""
            try:
                count(kind, name)
            except (DBAPIError, OutcomeUnknown, ClockInDoubt):
                # The refusal itself stands, whether or not it could be counted.
                current_app.logger.exception("a refusal was not counted")
        return response
