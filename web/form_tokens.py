"""Form tokens: Flask-WTF's token of a session, masked anew for each page.

The token of a session hardly changes.  On a compressed page that shows words from its address, the page's length would tell a
guesser who guessed right (BREACH); a mask makes the token other bytes on every page.  One mask serves all forms of a page, so
that its second form costs no bytes.
"""

import base64
import binascii
import secrets

from flask import Flask, g
from flask_wtf.csrf import CSRFProtect, generate_csrf


def masked_token() -> str:
    """The token for the forms of this page: a mask, then the token under it, as base64."""
    if "masked_token" not in g:
        g.masked_token = masked(generate_csrf())
    return str(g.masked_token)


def masked(token: str) -> str:
    """A token under a new mask."""
    mask = secrets.token_bytes(len(token))
    return base64.urlsafe_b64encode(mask + _under(mask, token.encode())).decode()


def unmasked(sent: str) -> str:
    """The token of a form; of what is no masked token, an empty string, which is refused."""
    try:
        held = base64.urlsafe_b64decode(sent.encode())
        half = len(held) // 2
        return _under(held[:half], held[half:]).decode()
    except (binascii.Error, UnicodeError, ValueError):
        return ""


def _under(mask: bytes, text: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(mask, text, strict=True))


class FormTokens(CSRFProtect):  # type: ignore[misc]
    """Flask-WTF's protection of forms, for masked tokens."""

    def init_app(self, app: Flask) -> None:
        """Bind the protection to the app; templates get the masked token under the name that Flask-WTF gives its own."""
        super().init_app(app)
        app.jinja_env.globals["csrf_token"] = masked_token
        app.context_processor(lambda: {"csrf_token": masked_token})

    def _get_csrf_token(self) -> str | None:
        sent = super()._get_csrf_token()
        return unmasked(sent) if sent else None
