"""The token of a client's forms in tests, without the page that carries it: a page costs more than most of what is sent."""

from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from itsdangerous import BadSignature, URLSafeTimedSerializer

from web.form_tokens import masked


def cookie_of(client: FlaskClient) -> tuple[Any, dict[str, Any]]:
    """What signs the cookie of the client's session, and what the session holds."""
    serializer = SecureCookieSessionInterface().get_signing_serializer(client.application)
    assert serializer is not None
    held = client.get_cookie(client.application.config["SESSION_COOKIE_NAME"])
    try:
        return serializer, serializer.loads(held.value) if held else {}
    except BadSignature:
        # Under a key that the app does not know any more.
        return serializer, {}


def token_of(app: Flask, form: str) -> str:
    """The token for a session that holds `form`, under a mask as pages have it."""
    return masked(URLSafeTimedSerializer(str(app.secret_key), salt="wtf-csrf-token").dumps(form))


def form_token(client: FlaskClient) -> str | None:
    """The token that the client's next page would carry; None where its session has none yet.

    As such a page would, it takes what was to be said on it.
    """
    serializer, session = cookie_of(client)
    if "csrf_token" not in session:
        return None
    if session.pop("_flashes", None):
        client.set_cookie(client.application.config["SESSION_COOKIE_NAME"], serializer.dumps(session))
    return token_of(client.application, session["csrf_token"])
