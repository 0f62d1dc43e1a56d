"""Headers of answers: what a browser may load, frame, keep and tell others (OWASP ASVS 5.0, chapter 3)."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, current_app, request
from werkzeug.datastructures import Headers

#: A page loads from this site alone and is framed by nobody.
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; frame-ancestors 'none'; "
    "form-action 'self'; base-uri 'none'; object-src 'none'"
)
#: A file of ours opened by itself runs nothing and is framed by nobody.
POLICY_OF_FILES = "default-src 'none'; img-src 'self'; style-src 'self'; font-src 'self'; frame-ancestors 'none'"
#: Photos are chosen in a form, which asks for no permission; nothing here asks for another.
PERMISSIONS = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
#: A year, in seconds.  Other sites of the county's domain decide for themselves.
HTTPS_FOR = "max-age=31536000"


def of_pages(response: Response) -> Response:
    """Sets the headers of a page or an answer of the API; a page that set its own keeps it."""
    _common(response.headers, POLICY, current_app)
    response.headers.setdefault("Referrer-Policy", "same-origin")
    if not request.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def of_files(app: Flask) -> Callable[[Any, str, str], None]:
    """What sets the headers of a static file, which the app never sees."""

    def set_headers(headers: Any, path: str, url: str) -> None:
        _common(headers, POLICY_OF_FILES, app)

    return set_headers


def _common(headers: Headers | Any, policy: str, app: Flask) -> None:
    headers.setdefault("Content-Security-Policy", policy)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", PERMISSIONS)
    if app.config["SESSION_COOKIE_SECURE"]:
        headers.setdefault("Strict-Transport-Security", HTTPS_FOR)
