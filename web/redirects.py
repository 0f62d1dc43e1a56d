"""Redirect targets: only pages of this site that can be opened."""

from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from web import form_keys

#: What a ticket is filed about, by its code: without it the page of filing asks for it again.
_SUBJECTS = ("household", "village", "unit")


def inside(target: str | None) -> str:
    """`target` if it is a path of this site, else the reader's first page.

    Browsers drop tabs and line ends from an address (as `urlsplit` does) and take a backslash for a slash, so that
    `/<tab>/elsewhere` and `/\\elsewhere` would lead away; a line end would also break the header.
    """
    if target and target.startswith("/") and target.isprintable() and "\\" not in target:
        url = urlsplit(target)
        if not url.scheme and not url.netloc:
            return target
    return url_for("pages.home")


def asked() -> dict[str, Any]:
    """The query of this page's address, as arguments for `url_for`.

    Left out is what `url_for` takes for itself (`_scheme`, `_external`, `endpoint` …): by an address that names them
    somebody would choose where our links lead, or break the page.
    """
    own = {name: values for name, values in request.args.lists() if name != "endpoint" and not name.startswith("_")}
    # What is named several times, as boxes are that were ticked, stays so.
    return {name: values if len(values) > 1 else values[0] for name, values in own.items()}


def referred() -> str:
    """The page of this site that sent the request; the first page if another site did or no page is named."""
    if not ours(request.referrer):
        return url_for("pages.home")
    url = urlsplit(request.referrer or "")
    return inside(f"{url.path}?{url.query}" if url.query else url.path)


def ours(address: str | None) -> bool:
    """Whether an address is of this site: as the request names it, or as people reach it past a proxy that renames it."""
    return urlsplit(address or "").netloc in (request.host, urlsplit(current_app.config["SITE"]).netloc)


def led(address: str, status: int = 403) -> ResponseReturnValue:
    """To a page that comes before the one asked for; a script of ours is told, and one that replaces a part of a page makes
    the whole page go."""
    if form_keys.by_script():
        return jsonify(error="elsewhere", see=address), 401
    if request.headers.get("HX-Request"):
        return Response(status=status, headers={"HX-Redirect": address})
    return redirect(address)


def keeps_words() -> bool:
    """Whether this page can be loaded again without losing what was typed into a refused form."""
    return request.method == "GET" or request.endpoint == "pages.sign_in"


def here() -> str:
    """The address that shows this page again; after a refused form its page, since no typed word stands in an address."""
    if request.method == "GET":
        return request.full_path.removesuffix("?")
    if request.endpoint == "pages.file":
        chosen: dict[str, Any] = {name: request.form[name] for name in _SUBJECTS if request.form.get(name)}
        return url_for("pages.file", **chosen)
    return request.path
