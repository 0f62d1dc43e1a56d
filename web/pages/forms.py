"""Forms of pages: one wrapper runs a form's action and shows a refusal where it was typed; one renderer shows both.

A view parses its form and returns a `Step`, which runs in one transaction and says where the person goes next.  What
the domain refuses, in the view or in the step, shows the form's page again with all that was typed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from flask import flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug import Response

from web import db
from web.errors import status_of
from web.words.errors import sentence
from workflow.errors import NotFound, WorkflowError

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Done:
    """What a form did: the address one goes to next, and the sentence that is read there (None for none)."""

    to: str
    said: str | None = None
    category: str = "success"


Step = Callable[[Session], Done]
#: What a page is answered with: its text, and a status where it is not 200.
Page = str | tuple[str, int] | Response


def done(to: str) -> Done:
    """Most forms: what was asked for is done."""
    return Done(to, _("Done."))


def form_action(
    show: Callable[Concatenate[WorkflowError, P], Page],
    *,
    passes: tuple[type[WorkflowError], ...] = (NotFound,),
    once: bool = False,
) -> Callable[[Callable[P, Step | Done | Page]], Callable[P, ResponseReturnValue]]:
    """A view for a form: its step runs in one transaction, then one is sent on; a refusal is shown by `show`.

    `show` gets the refusal and what the view gets.  The kinds of refusal in `passes` have no form to go back to: they
    become a page of their own.  `once`: who loses the race for a unique key finds what the winner wrote.
    """

    def wrapped(view: Callable[P, Step | Done | Page]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def acted(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            try:
                made = view(*args, **kwargs)
                if isinstance(made, str | tuple | Response):
                    return made
                if not isinstance(made, Done):
                    made = (db.transaction_once if once else db.transaction)(made)
            except WorkflowError as error:
                if isinstance(error, passes):
                    raise
                return show(error, *args, **kwargs)
            if made.said is not None:
                flash(made.said, made.category)
            return redirect(made.to)

        return acted

    return wrapped


def render_form(
    template: str, error: WorkflowError | None = None, *, names: Mapping[str, str] | None = None, **values: Any
) -> Page:
    """A page with a form; after a refusal with its sentence, the input it is about, and its status.

    `names`: inputs that this page calls otherwise.  `typed` is what the form held, nothing when it was only opened.
    """
    context: dict[str, Any] = {"typed": request.form, "now": db.now(), "error": None, "field": None}
    if error is not None:
        context |= {"error": sentence(error, names), "field": error.field}
    page = render_template(template, **(context | values))
    return page if error is None else (page, status_of(error))


def picked() -> list[int]:
    """The evidence that the form names: what was ticked, and what it brought itself and is kept by now."""
    return [*request.form.getlist("evidence", int), *g.get("kept_evidence", ())]


def add_picked(kept: list[int]) -> None:
    """Count what the form brought as picked, so that a form shown again offers it and nobody uploads it twice."""
    g.kept_evidence = [*g.get("kept_evidence", ()), *kept]
