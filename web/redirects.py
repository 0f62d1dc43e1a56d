"""Redirect targets: only pages of this site that can be opened."""

from typing import Any
from urllib.parse import urlsplit

from flask import current_app, request, url_for


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
    return {name: value for name, value in request.args.items() if name != "endpoint" and not name.startswith("_")}


def referred() -> str:
    """The page of this site that sent the request; the first page if another site did or no page is named."""
    if not ours(request.referrer):
        return url_for("pages.home")
    url = urlsplit(request.referrer or "")
    return inside(f"{url.path}?{url.query}" if url.query else url.path)


def ours(address: str | None) -> bool:
    """Whether an address is of this site: as the request names it, or as people reach it past a proxy that renames it."""
    return urlsplit(address or "").netloc in (request.host, urlsplit(current_app.config["SITE"]).netloc)


def keeps_words() -> bool:
    """Whether this page can be loaded again without losing what was typed into a refused form."""
    return request.method == "GET" or request.endpoint in ("pages.file", "pages.sign_in")


def here() -> str:
    """The address that shows this page again, also after a form was refused on it."""
    if request.method == "GET":
        return request.full_path.removesuffix("?")
    if request.endpoint == "pages.file":
        inputs = ("household", "village", "kind", "cause", "urgent", "description")
        typed: dict[str, Any] = {name: request.values[name] for name in inputs if request.values.get(name)}
        return url_for("pages.file", **typed)
    return request.path
