"""Static files: served under addresses that name their content, so that browsers keep them and never ask again.

Style sheet and common scripts are joined by the process, one request each.  What is small is compressed by the process when it
is first asked for; libraries lie compressed in static/vendor.  Under its plain name a file is served too, for a few minutes.
"""

import hashlib
import io
from collections.abc import Iterable
from functools import cache, cached_property
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.datastructures import Headers
from whitenoise import WhiteNoise
from whitenoise.responders import NOT_ALLOWED_RESPONSE, Response

from web import compression, response_headers, stylesheet
from web.compression import Encoding

FOLDER = Path(__file__).parents[1] / "static"
#: What every page of a signed-in person needs, in the order in which it runs.
SCRIPTS = (
    *("refusals", "uploads"),
    *("phone/photo", "phone/store", "phone/pack", "phone/sending", "phone/files", "phone/forms", "phone/answered"),
    *("phone/waiting", "phone/app", "keys", "wordings"),
)
#: Files that are joined of others.
JOINED = ("xiaohao.css", "forms.js")
_PREFIX, _VENDOR = "/static/", "vendor/"
_SHRINKING = ("text/", "application/json", "application/manifest+json", "image/svg+xml")
#: In seconds: a year, and for a name that says nothing of its content.
_KEPT, _BRIEF = "max-age=31536000, public, immutable", 300


@cache
def content(name: str) -> bytes:
    """The bytes of a file by its name below static, or of a joined one."""
    if name == "xiaohao.css":
        return stylesheet.content()
    if name == "forms.js":
        return b"\n;\n".join((FOLDER / f"{script}.js").read_bytes() for script in SCRIPTS)
    return (FOLDER / name).read_bytes()


@cache
def asset(name: str) -> str:
    """The address of a static file, which changes with its content, so that browsers may keep it for good."""
    stem, dot, kind = name.rpartition(".")
    return f"{_PREFIX}{stem}-{hashlib.sha256(content(name)).hexdigest()[:12]}{dot}{kind}"


@cache
def _compressed(name: str, encoding: Encoding) -> bytes:
    return compression.compressed(content(name), encoding, small=True)


class _Held:
    """A file in memory, answered as WhiteNoise answers those on disk."""

    def __init__(self, name: str, headers: list[tuple[str, str]]) -> None:
        self.name = name
        self.shrinks = dict(headers)["Content-Type"].startswith(_SHRINKING)
        self.headers = [*headers, ("ETag", f'"{hashlib.sha256(content(name)).hexdigest()[:16]}"')]

    def get_response(self, method: str, environ: dict[str, Any]) -> Response:
        """The answer to a request: whole, or that the browser has it."""
        if method not in ("GET", "HEAD"):
            return NOT_ALLOWED_RESPONSE
        headers = [*self.headers, ("Vary", "Accept-Encoding")]
        if environ.get("HTTP_IF_NONE_MATCH") == dict(headers)["ETag"]:
            return Response(HTTPStatus.NOT_MODIFIED, headers, None)
        encoding = compression.accepted(environ.get("HTTP_ACCEPT_ENCODING", "")) if self.shrinks else None
        body = _compressed(self.name, encoding) if encoding else content(self.name)
        headers.append(("Content-Length", str(len(body))))
        if encoding:
            headers.append(("Content-Encoding", encoding))
        return Response(HTTPStatus.OK, headers, io.BytesIO(body) if method == "GET" else None)


class StaticFiles:
    """The files of the folder `static` in front of the app; they are listed when the first of them is asked for, since a
    command asks for none."""

    def __init__(self, app: Flask) -> None:
        self._inner, self._set_headers = app.wsgi_app, response_headers.of_files(app)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if not environ.get("PATH_INFO", "").startswith(_PREFIX):
            return self._inner(environ, start_response)
        answer: Iterable[bytes] = self._listed(environ, start_response)
        return answer

    @cached_property
    def _listed(self) -> WhiteNoise:
        listed = WhiteNoise(
            self._inner,
            root=FOLDER,
            prefix=_PREFIX,
            max_age=_BRIEF,
            allow_all_origins=False,
            add_headers_function=self._set_headers,
            immutable_file_test=r"-[0-9a-f]{12}\.\w+$",
        )
        names = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file()}
        for name in sorted(names | set(JOINED)):
            if name.startswith(_VENDOR):
                if name.endswith(".js"):
                    listed.add_file_to_dictionary(asset(name), str(FOLDER / name))
            elif not name.startswith("css/"):
                headers = Headers({"Content-Type": listed.media_types.get_type(name), "Cache-Control": _KEPT})
                self._set_headers(headers, name, asset(name))
                listed.files[asset(name)] = _Held(name, list(headers))
        return listed
