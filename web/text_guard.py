"""Text guard: rejects text that a database cannot store or that reads as another, by the name of its input, before anything else
is done: the one place for all forms and bodies."""

from collections.abc import Mapping
from typing import Any

from flask import Flask, request

from workflow.errors import BadInput
from workflow.inputs import seen, storable


class Unstorable(BadInput):
    """An input of a page's form cannot be stored; the form is shown again without it."""


def is_storable(value: Any) -> bool:
    """Whether every text in it, however deep, may be taken: see `workflow.inputs.storable`."""
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
        # A body of the API read as a form could not be read as JSON afterwards; its uploads are checked once they are let in.
        if not request.path.startswith("/api/"):
            check_form()


def check_form() -> None:
    """Checks the texts of the request's form, and takes out of the names of its files what is not seen.  Raises Unstorable."""
    for name, values in request.form.to_dict(flat=False).items():
        if not is_storable([name, values]):
            raise Unstorable("not_storable", name if is_storable(name) else "form")
    for _name, file in request.files.items(multi=True):
        file.filename = seen(file.filename or "") or None
