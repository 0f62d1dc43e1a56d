"""Keys with which cookies and parts of forms are signed."""

from flask import current_app


def signing_keys() -> list[str]:
    """The keys that a signature may be of, the present one last, as itsdangerous takes them."""
    return [*current_app.config["SECRET_KEY_FALLBACKS"], str(current_app.secret_key)]
