"""Scheme wording: what the county's scheme calls statuses, requirements and the exit gate."""

from flask import Flask, g, has_request_context
from flask_login import current_user

from web import db
from workflow.county.context import county_context
from workflow.policy.scheme.exit_rules import Wording

_PLAIN = Wording()


def wording() -> Wording:
    """The words of the scheme in force in the reader's county; plain ones where nobody has signed in."""
    if not has_request_context():
        return _PLAIN
    wording: Wording | None = g.get("wording")
    if wording is None:
        who = getattr(g, "actor", None) or (current_user.actor if current_user.is_authenticated else None)
        if who is None:
            return _PLAIN
        with db.read_session() as session:
            wording = g.wording = county_context(session).scheme.words
    return wording


def init(app: Flask) -> None:
    """Hand the words to the templates, as `wording()`."""
    app.jinja_env.globals["wording"] = wording
