"""The application: settings in, blueprints, languages, headers and errors together."""

import gzip
from pathlib import Path
from typing import Any

from flask import Flask, Response, request, session
from flask_babel import Babel
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from settings import imports_beside, listed, settings
from workflow.evidence import Access

ROOT = Path(__file__).parents[1]
_TEXTS = ("text/html", "application/json", "application/problem+json")


def create_app(**overrides: Any) -> Flask:
    """A Flask app under the settings of the environment; `overrides` replace single entries of its configuration."""
    found = settings()
    app = Flask("xiaohao", root_path=str(ROOT), static_folder=None, template_folder="templates")
    app.config.update(
        SECRET_KEY=found.secret_key,
        DATA_KEY=found.data_key,
        DATABASE_URL=found.database_url,
        SITE=found.site_url,
        FILES=found.files,
        FILES_ACCESS=Access(**found.s3),
        MAX_FILE_MB=found.max_upload_mb,
        SCHEME=found.scheme,
        YEAR=found.year,
        ENV_NAME=found.env,
        PG_BIN=found.pg_bin,
        OUTBOUND=tuple(listed(found.outbound)),
        REACHES=tuple(way for way, url in (("email", found.smtp_url), ("sms", found.sms_url)) if url),
        SESSION_HOURS=found.session_hours,
        MAX_CONTENT_LENGTH=max(found.max_request_mb, found.max_upload_mb + 1) * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        TRUSTED_HOSTS=[host.strip() for host in found.trusted_hosts.split(",") if host.strip()] or None,
        SESSION_COOKIE_SECURE=found.env == "production",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_NAME="xiaohao",
        BABEL_DEFAULT_LOCALE=found.language,
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "translations"),
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.config.update(overrides)
    app.config.setdefault("IMPORTS", imports_beside(app.config["FILES"]))
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    Babel(app, locale_selector=_language)

    from web import api, auth, cli, errors, health, pages, scheme_wording, text_guard
    from web.words import template_globals

    text_guard.init(app)
    auth.init(app)
    app.register_blueprint(api.blueprint)
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(health.blueprint)
    errors.init(app)
    template_globals.init(app)
    scheme_wording.init(app)
    cli.register(app)
    app.after_request(_headers)
    if found.trusted_proxies:
        # The host is not taken from them: a proxy that forgets to set it would let anybody choose it.
        app.wsgi_app = ProxyFix(app.wsgi_app, found.trusted_proxies, found.trusted_proxies)  # type: ignore[method-assign]
    app.wsgi_app = WhiteNoise(app.wsgi_app, root=ROOT / "static", prefix="static/", max_age=31536000)  # type: ignore[method-assign]
    return app


def _language() -> str:
    """The language of this request: chosen, else asked for by a program, else the installation's own."""
    chosen = session.get("language")
    if chosen in ("zh_Hans", "en"):
        return str(chosen)
    if request.path.startswith("/api/"):
        asked = request.accept_languages.best_match(["zh", "en"])
        if asked:
            return "zh_Hans" if asked == "zh" else "en"
    return settings().language


def _headers(response: Response) -> Response:
    response.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; "
        "form-action 'self'; base-uri 'none'; object-src 'none'",
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    if not request.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return _shrunk(response)


def _shrunk(response: Response) -> Response:
    """Pages and answers compressed where the browser takes it: a village has one bar of signal."""
    wanted = "gzip" in request.headers.get("Accept-Encoding", "") and response.mimetype in _TEXTS
    if wanted and not response.direct_passthrough and len(response.get_data()) > 1000:
        response.set_data(gzip.compress(response.get_data(), 5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    if response.mimetype in _TEXTS:
        response.vary.add("Accept-Encoding")
    return response
