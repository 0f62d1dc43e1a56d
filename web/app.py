"""The application: settings in, blueprints, languages, headers and errors together."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from flask import Flask, request, session
from flask.json.provider import DefaultJSONProvider
from flask_babel import Babel, force_locale
from werkzeug.exceptions import NotFound
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from installation import of_settings
from models import LARGEST_ID
from models.postgresql import PATIENT, Waits
from setting_values import by_rate, by_role, listed
from settings import Settings, settings
from web import compression, rates, request_bounds, response_headers
from web.rates import Rate
from web.routes import Route
from web.sign_on import oidc, work_apps
from web.static_files import StaticFiles
from workflow.county.access.passwords import PasswordRules
from workflow.county.sign_ins.factors import FactorRules
from workflow.county.sign_ins.first_sign_ins import Validity
from workflow.county.sign_ins.sessions import SessionRules
from workflow.errors import Conflict
from workflow.evidence.virus_scan import Scanner

ROOT = Path(__file__).parents[1]
#: Which overrides are the county's and no matter of Flask.
OF_THE_COUNTY = ("DATABASE_URL", "FILES", "DATA_KEY", "SEAL_FILES", "SCHEME", "COUNTY_FILE", "CLOCK")


def _refuse_large_ids(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """A row's id in an address goes up to what the databases take; a larger one names nothing, whatever the method.

    Not a limit of the route's converter: where an address takes GET and POST, that would answer 405 to a POST.
    """
    if any(isinstance(value, int) and value > LARGEST_ID for value in (values or {}).values()):
        raise NotFound


def create_app(**overrides: Any) -> Flask:
    """A Flask app under the settings of the environment; `overrides` replace single entries of its configuration."""
    config = settings()
    app = Flask("xiaohao", root_path=str(ROOT), static_folder=None, template_folder="templates")
    app.config.update(_configuration(config))
    county = {name.lower(): overrides.pop(name) for name in OF_THE_COUNTY if name in overrides}
    waits = Waits(
        config.wait_connect_seconds, config.wait_lock_seconds, config.wait_statement_seconds, config.wait_idle_seconds
    )
    app.extensions["xiaohao"] = of_settings(config, waits=PATIENT if _for_a_command() else waits, **county)
    app.config.update(overrides)
    assert isinstance(app.json, DefaultJSONProvider)
    app.json.ensure_ascii = app.json.sort_keys = False
    app.url_rule_class = Route
    app.url_map.converters["id"] = IntegerConverter
    app.url_value_preprocessor(_refuse_large_ids)
    Babel(app, locale_selector=_language)

    _install(app)
    app.after_request(response_headers.of_pages)
    app.after_request(compression.of_answers)
    if config.trusted_proxies:
        # The host is not taken from them: a proxy that forgets to set it would let anybody choose it.
        app.wsgi_app = ProxyFix(app.wsgi_app, config.trusted_proxies, config.trusted_proxies)  # type: ignore[method-assign]
    app.wsgi_app = StaticFiles(app)  # type: ignore[method-assign]
    if not county and not _for_a_command():
        _refuse_strange_database(app)
    return app


def _install(app: Flask) -> None:
    """Pages, API and commands, and what guards and words them."""
    from web import (
        api,
        auth,
        cli,
        errors,
        form_keys,
        health,
        maintenance,
        pages,
        refusals,
        request_log,
        scheme_wording,
        shown_figures,
        text_guard,
        virus_guard,
    )
    from web.words import catalogue, template_globals

    request_log.init(app)
    catalogue.init(app)
    request_bounds.init(app)
    maintenance.init(app, errors.problem)
    rates.init(app)
    text_guard.init(app)
    auth.init(app)
    virus_guard.init(app)
    app.register_blueprint(api.blueprint)
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(health.blueprint)
    errors.init(app)
    refusals.init(app)
    template_globals.init(app)
    form_keys.init(app)
    shown_figures.init(app)
    scheme_wording.init(app)
    cli.register(app)


def _configuration(config: Settings) -> dict[str, Any]:
    """Flask's configuration, and ours, by the settings."""
    return {
        "SECRET_KEY": config.secret_key,
        "SECRET_KEY_FALLBACKS": listed(config.secret_key_before),
        "SITE": config.site_url,
        "MAX_FILE_MB": config.max_upload_mb,
        "YEAR": config.year,
        "ENV_NAME": config.env,
        "PG_BIN": config.pg_bin,
        "MAINTENANCE": config.maintenance,
        "OUTBOUND": tuple(listed(config.outbound)),
        "REACHES": tuple(way for way, url in (("email", config.smtp_url), ("sms", config.sms_url)) if url),
        "SESSIONS": SessionRules(
            config.session_hours,
            by_role(config.session_role_hours),
            by_role(config.session_idle_minutes),
            config.remember_days,
        ),
        "RATES": {kind: Rate(*rate) for kind, rate in by_rate(config.rates).items()},
        "SCANNER": Scanner(config.clamav) if config.clamav else None,
        "SCANNER_REQUIRED": config.clamav_down == "refuse",
        "PACK_DAYS": config.pack_days,
        "KEEP_YEARS": config.keep_years,
        "PASSWORD_RULES": PasswordRules(config.password_kinds, config.password_days),
        "FACTORS": FactorRules(config.factor_required, config.factor_minutes),
        "SIGN_ONS": config.sign_ons,
        "OIDC": oidc.Provider(
            config.oidc_issuer,
            config.oidc_client_id,
            config.oidc_client_secret,
            config.oidc_label,
            frozenset(listed(config.oidc_factor)),
        ),
        "WECOM": work_apps.WeCom(config.wecom_corp_id, config.wecom_agent_id, config.wecom_secret),
        "DINGTALK": work_apps.DingTalk(config.dingtalk_client_id, config.dingtalk_client_secret),
        "CODES": Validity(timedelta(days=config.slip_days), timedelta(hours=config.reset_hours)),
        "MAX_CONTENT_LENGTH": max(config.max_request_mb, config.max_upload_mb + 1) * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": request_bounds.TEXT,
        "MAX_FORM_PARTS": request_bounds.MOST_FIELDS,
        "TRUSTED_HOSTS": config.hosts,
        "SESSION_COOKIE_SECURE": config.env == "production",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        # A browser keeps a cookie of this name only from this host, over HTTPS, for all of the site.
        "SESSION_COOKIE_NAME": "__Host-xiaohao" if config.env == "production" else "xiaohao",
        "PERMANENT_SESSION_LIFETIME": timedelta(days=config.remember_days),
        "BABEL_DEFAULT_LOCALE": config.language,
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "translations"),
        "WTF_CSRF_TIME_LIMIT": None,
    }


def _for_a_command() -> bool:
    """Whether a command is run, which looks at the database itself, rather than a server started."""
    context = click.get_current_context(silent=True)
    return context is not None and context.info_name != "run"


def _refuse_strange_database(app: Flask) -> None:
    """End with one sentence before a database is served that this version cannot work with."""
    from web import db
    from web.words.errors import sentence

    refusal = db.strange_at_start(app)
    if refusal is not None:
        with app.app_context(), force_locale(app.config["BABEL_DEFAULT_LOCALE"]):
            raise SystemExit(sentence(Conflict(refusal.code, **refusal.values)))


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
