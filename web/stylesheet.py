"""Style sheet: the parts of static/css, by subject, joined into one file, so that a page costs one request.

It is joined when the process starts, without a build step.  Its address changes with its content, as that of every
static file does, so browsers keep it.
"""

import gzip
from functools import cache
from pathlib import Path

from flask import Flask, Response, request

#: Later parts override earlier ones.
PARTS = ("base", "lists", "tickets", "register", "assessment", "boards", "phone", "print")
_FOLDER = Path(__file__).parents[1] / "static" / "css"


@cache
def content() -> bytes:
    """All parts in their order."""
    return b"\n".join((_FOLDER / f"{part}.css").read_bytes() for part in PARTS)


@cache
def _compressed() -> bytes:
    return gzip.compress(content(), 9, mtime=0)


def _stylesheet() -> Response:
    shrinks = "gzip" in request.headers.get("Accept-Encoding", "")
    response = Response(_compressed() if shrinks else content(), mimetype="text/css")
    if shrinks:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    response.cache_control.public = True
    response.cache_control.max_age = 31536000
    return response


def init(app: Flask) -> None:
    """Serve the style sheet as /static/xiaohao.css, to everyone: the sign-in page needs it."""
    app.add_url_rule("/static/xiaohao.css", "stylesheet", _stylesheet)
