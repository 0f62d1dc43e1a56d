"""The installed app: its manifest, its service worker, and the page without a name that the worker shows without a signal.

The worker holds the assets that this page loads, each under the address of its content, so a new version of any of them is
a new worker.

Decisions: docs/decisions/web.md
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Response, jsonify, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user

from settings import VERSION
from web.pages import blueprint
from web.static_files import asset
from workflow.boards.taken_along import ROLES

_ROOT = Path(__file__).parents[2]
_WORKER, _SHELL = _ROOT / "static" / "phone" / "worker.js", _ROOT / "templates" / "account" / "shell.html"
_COLOUR = "#0f6b6f"
#: What the page without a signal loads: what every page does, and what shows it.
SCRIPTS = ("forms", "phone/list", "phone/away")
_OTHERS = ("xiaohao.css", "icon.svg", "icon-192.png")


@blueprint.get("/manifest.webmanifest")
def manifest() -> Response:
    """What a phone needs to install the site as an app."""
    icons = [
        {"src": asset(f"icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size in (192, 512)
        for purpose in ("any", "maskable")
    ]
    answer = jsonify(
        id="/",
        start_url="/",
        scope="/",
        name=_("Xiaohao"),
        short_name=_("Xiaohao"),
        lang=str(get_locale()).replace("_", "-"),
        display="standalone",
        theme_color=_COLOUR,
        background_color="#ffffff",
        icons=icons,
    )
    answer.mimetype = "application/manifest+json"
    return answer


@blueprint.get("/sw.js")
def worker() -> Response:
    """The service worker; a browser asks for it again by itself, and takes a changed one."""
    version, text = _written(url_for("pages.shell"))
    if request.headers.get("If-None-Match") == f'"{version}"':
        return Response(status=304)
    response = Response(text, mimetype="text/javascript")
    response.set_etag(version)
    response.cache_control.no_cache = True
    return response


@cache
def _written(shell: str) -> tuple[str, str]:
    """The worker's version and text; made once, since files do not change under a running process."""
    names = [*(f"{name}.js" for name in SCRIPTS), *_OTHERS]
    assets = [asset(name) for name in names]
    body = _WORKER.read_text(encoding="utf-8")
    version = hashlib.sha256(repr((VERSION, assets, body, _SHELL.read_bytes())).encode()).hexdigest()[:12]
    listed = ",\n".join(f"  {address!r}" for address in assets)
    head = f"const VERSION = {version!r}\nconst SHELL = {shell!r}\nconst ASSETS = [\n{listed}\n]\n"
    return version, head + body


@blueprint.get("/phone/shell")
def shell() -> str:
    """The page that stands in without a signal: the same for everybody, and without a name."""
    return render_template("account/shell.html", scripts=SCRIPTS)


def takes_along() -> bool:
    """Whether the signed-in person is of a role that works away from the desk: whose phone holds a worker and pages."""
    return bool(current_user.is_authenticated and current_user.actor.role in ROLES)


@blueprint.app_context_processor
def _of_the_app() -> dict[str, Any]:
    return {"takes_along": takes_along}
