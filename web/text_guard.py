"""Text guard: rejects text that a database cannot store, by the name of its input, before anything else is done."""

from collections.abc import Mapping
from typing import Any

from flask import Flask, request

from workflow.errors import BadInput
from workflow.inputs import storable


class Unstorable(BadInput):
    """An input of a page's form cannot be stored; the form is shown again without it."""


def is_storable(value: Any) -> bool:
    """Whether every text in it, however deep, can be stored: no null character, no half of a surrogate pair."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            if not storable(one):
                return False
        elif isinstance(one, Mapping):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list | tuple):
            waiting += one
    return True


def init(app: Flask) -> None:
    """Checks every address and form; the API checks a JSON body when it reads it."""

    @app.before_request
    def _gate() -> None:
        if not is_storable([request.view_args or {}, request.args.to_dict(flat=False)]):
            raise BadInput("not_storable", "address")
        # The API takes no forms, and a body read as one could not be read as JSON afterwards.
        if not request.path.startswith("/api/"):
            for name, values in request.form.to_dict(flat=False).items():
                if not is_storable([name, values]):
                    raise Unstorable("not_storable", name if is_storable(name) else "form")
