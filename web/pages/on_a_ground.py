"""Files on a ground: the address of a file of people opens a page that asks what it is taken for; with the ground it is the file.

A program names the ground in the address (`?ground=work`); words, which only a form sends, never stand in an address.
"""

from collections.abc import Callable
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel.speaklater import LazyString
from werkzeug import Response

from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Page, form_action, render_form
from workflow.errors import NotAllowed, NotFound, WorkflowError
from workflow.history.grounds import OF_LISTS, ground_of

File = Callable[..., Response]


def on_a_ground(
    rule: str, title: LazyString, allowed: Callable[..., object], form_rule: str | None = None
) -> Callable[[File], File]:
    """Registers the view of a file: `allowed(actor, …)` raises for whoever gets neither page nor file, the view gets the ground.

    `form_rule`: where the form is sent, if a form of another kind is sent to `rule`.
    """

    def registered(view: File) -> File:
        def asked(error: WorkflowError | None = None, /, **values: Any) -> Page:
            action = (form_rule or request.path) + (f"?{request.query_string.decode()}" if request.args else "")
            return render_form("account/export.html", error, tried="export", title=title, action=action, codes=OF_LISTS)

        def opened(**values: Any) -> ResponseReturnValue:
            allowed(signed_in_actor(), **values)
            if "ground" not in request.args:
                return asked()
            return view(ground_of(request.args["ground"], "", OF_LISTS), **values)

        @form_action(asked, passes=(NotAllowed, NotFound))
        def taken(**values: Any) -> Page:
            allowed(signed_in_actor(), **values)
            return view(ground_of(request.form.get("ground", ""), request.form.get("note", ""), OF_LISTS), **values)

        name = view.__name__
        blueprint.add_url_rule(rule, name, opened, methods=["GET"])
        blueprint.add_url_rule(form_rule or rule, f"take_{name}", taken, methods=["POST"])
        return view

    return registered
