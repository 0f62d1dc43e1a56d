"""The gate for text: what neither database takes is refused at the door, by name, before anything is asked of it."""

from collections.abc import Mapping
from typing import Any

from flask import Flask, request

from workflow.errors import BadInput
from workflow.inputs import storable


class Unstorable(BadInput):
    """An input of a page's form holds what cannot be stored; the person is shown the rest of it again."""


def plain(value: Any) -> bool:
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
    """Ask it of every address and form; a JSON body is asked by the API, which reads it."""

    @app.before_request
    def _gate() -> None:
        if not plain([request.view_args or {}, request.args.to_dict(flat=False)]):
            raise BadInput("not_text", "address")
        # The API takes no forms, and a body read as one could not be read as JSON afterwards.
        if not request.path.startswith("/api/"):
            for name, values in request.form.to_dict(flat=False).items():
                if not plain([name, values]):
                    raise Unstorable("not_text", name if plain(name) else "form")
