"""The appearance of pages: a choice of this browser."""

from flask import make_response, redirect, request
from flask.typing import ResponseReturnValue

from web import redirects, theme
from web.pages import blueprint


@blueprint.post("/theme")
def choose_theme() -> ResponseReturnValue:
    """Light, dark, or as the device is."""
    response = make_response(redirect(redirects.inside(request.form.get("next"))))
    theme.choose(request.form.get("theme", ""), response)
    return response
