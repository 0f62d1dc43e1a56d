"""OpenID Connect: authorization code with PKCE, state and nonce, through Authlib's client for Flask.

What the provider says of itself (discovery) is kept for some minutes.  Its issuer must be the configured one, its keys sign with
a key pair, and of a person only the subject counts: neither name nor mail address.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from flask import current_app, request, session
from werkzeug import Response

from web import db
from web.sign_on.refused import Elsewhere, Unreachable
from workflow.county.sign_ins.sign_ons import Identity

#: Seconds for which the provider is waited for, and for which its description is kept.
_PATIENCE, _KEPT = 8, 600
#: By how much the provider's clock may be ahead.
_SKEW = timedelta(minutes=2)
#: Signatures with a key pair; never `none`, nor the client's secret.
_SIGNED = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_STATE = "_state_oidc_"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider and our client there; `factor`: the amr and acr values that count as a second factor."""

    issuer: str = ""
    client_id: str = ""
    client_secret: str = ""
    label: str = ""
    factor: frozenset[str] = frozenset()


def begin(back: str) -> tuple[Response, str]:
    """The redirect to the provider and its state; `back` is where the provider sends the person.  Raises Unreachable."""
    provider = _provider()
    # Only the latest start can be finished; older ones would fill the cookie.
    for name in [name for name in session if name.startswith(_STATE)]:
        session.pop(name)
    more: dict[str, Any] = {"max_age": current_app.config["FACTORS"].minutes * 60} if provider.factor else {}
    answer: Response = _asking(lambda: _client(provider).authorize_redirect(back, **more))
    (state,) = (name.removeprefix(_STATE) for name in session if name.startswith(_STATE))
    return answer, state


def finish() -> Identity:
    """The person that the provider has signed in, from its answer to this request.  Raises Elsewhere, Unreachable."""
    provider = _provider()
    if request.args.get("iss", provider.issuer) != provider.issuer:
        raise Elsewhere("sign_on_refused")
    wanted = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
        "sub": {"essential": True},
    }
    token = _asking(lambda: _client(provider).authorize_access_token(claims_options=wanted))
    claims = token.get("userinfo") or {}
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255 or not subject.isprintable():
        raise Elsewhere("sign_on_refused")
    return Identity("oidc", provider.issuer, subject, _factor_at(provider, claims))


def _factor_at(provider: Provider, claims: Any) -> datetime | None:
    """When the provider took a second factor, where it says so in words that the settings count, and when."""
    amr, acr, at = claims.get("amr"), claims.get("acr"), claims.get("auth_time")
    stated = {*(amr if isinstance(amr, list) else ()), acr}
    if not provider.factor & {each for each in stated if isinstance(each, str)}:
        return None
    if not isinstance(at, int) or isinstance(at, bool) or not 0 < at < 2**33:
        return None
    taken, now = datetime.fromtimestamp(at, UTC), db.now()
    return min(taken, now) if taken < now + _SKEW else None


def _asking(ask: Callable[[], T]) -> T:
    """The provider's answer; what it refuses or what does not hold as Elsewhere, what does not arrive as Unreachable."""
    # Imported where it is used: the library takes as long to load as half of the application.
    from authlib.common.errors import AuthlibBaseError
    from joserfc.errors import JoseError
    from requests import RequestException

    try:
        return ask()
    except RequestException as error:
        current_app.logger.warning("the provider at %s: %s", _provider().issuer, type(error).__name__)
        raise Unreachable("sign_on_unreachable") from error
    except (AuthlibBaseError, JoseError, ValueError, TypeError, LookupError, RuntimeError, AttributeError) as error:
        current_app.logger.warning("the provider at %s: %s", _provider().issuer, type(error).__name__)
        raise Elsewhere("sign_on_refused") from error


def _provider() -> Provider:
    provider: Provider = current_app.config["OIDC"]
    return provider


def _client(provider: Provider) -> Any:
    """Authlib's client, with the description of the provider.  Raises what `_asking` reads."""
    from authlib.integrations.flask_client import FlaskIntegration, FlaskOAuth2App

    kept = current_app.extensions.setdefault("xiaohao.oidc", {})
    client, at = kept.get(provider, (None, 0.0))
    if client is not None and time.monotonic() < at + _KEPT:
        return client
    client = FlaskOAuth2App(
        FlaskIntegration("oidc"),
        name="oidc",
        client_id=provider.client_id,
        client_secret=provider.client_secret,
        server_metadata_url=f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid", "code_challenge_method": "S256", "default_timeout": _PATIENCE},
    )
    described = client.load_server_metadata()
    if described.get("issuer") != provider.issuer:
        raise ValueError("the description is of another issuer")
    algorithms = [name for name in described.get("id_token_signing_alg_values_supported", ()) if name in _SIGNED]
    described["id_token_signing_alg_values_supported"] = algorithms or ["RS256"]
    kept[provider] = client, time.monotonic()
    return client
