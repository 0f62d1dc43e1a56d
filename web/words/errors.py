"""Errors: one sentence for every code, in the reader's language, with the names of what it mentions."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import has_request_context, request
from flask_babel import gettext as _

from web.words.dates import on_day
from web.words.labels import label, labels
from web.words.language import chinese, colon, say
from web.words.register import status_name
from workflow.accountability.cases.case_lifecycle import CASE_ACTIONS
from workflow.errors import WorkflowError
from workflow.tickets.actions.lifecycle import ACTIONS

_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?: (\d{2}:\d{2}))?")
#: Errors that quote an unknown code, which has no label.
_QUOTED = ("unknown_state", "unknown_role")


def sentence(error: WorkflowError, called: Mapping[str, str] | None = None) -> str:
    """An error in one sentence: the fault and what to do; `called`: inputs that the page names otherwise."""
    template = labels("error").get(error.code)
    if template is None:
        return _("This cannot be done (%(code)s).", code=error.code)
    params = _Named({name: _as_day(value) for name, value in error.params.items()})
    params["again"] = label("again", _reached_by())
    params["field"] = (called or {}).get(error.field or "") or label("field", error.field)
    for name in ("field", "names", "rule", "says", "whole", "from", "number"):
        if f"{name}_zh" in params:
            params[name] = params[f"{name}_zh" if chinese() else f"{name}_en"]
    if error.code not in _QUOTED:
        params |= _labelled(error)
    # Of many tickets acted on at once it stopped at this one.
    return f"{params['ticket']}{colon()}{template % params}" if "ticket" in params else template % params


def _reached_by() -> str:
    """Whether the reader is at a page, at a program that calls the API, or at the command line."""
    if not has_request_context():
        return "command"
    return "api" if request.path.startswith("/api/") else "page"


def _as_day(value: Any) -> Any:
    """A day or a moment in China among what an error mentions, as the reader's language writes it; all else as it is."""
    match = _DAY.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return value
    try:
        written = on_day(date.fromisoformat(match[1]))
    except ValueError:
        return value
    return f"{written} {match[2]}" if match[2] else written


def _labelled(error: WorkflowError) -> dict[str, str]:
    """The codes among what an error mentions, by their labels."""
    given, named = error.params, dict[str, str]()
    verb = str(given.get("action", ""))
    for action in (ACTIONS.get(verb), CASE_ACTIONS.get(verb)):
        if action is not None:
            named["action"] = say(action.label)
    for name, kind in (("role", "role"), ("subject", "field"), ("column", "register.column"), ("kept", "figure.rows")):
        if name in given:
            named[name] = label(kind, str(given[name]))
    if "state" in given:
        named["state"] = label(
            "case.state" if error.code == "case_wrong_state" else "ticket.state", str(given["state"])
        )
    if error.code == "status_not_open":
        named |= {name: status_name(str(given[name])) for name in ("before", "status")}
    return named


class _Named(dict[str, Any]):
    """Parameters of a sentence; one that an error does not give is shown as a dash."""

    def __missing__(self, name: str) -> str:
        return "–"
