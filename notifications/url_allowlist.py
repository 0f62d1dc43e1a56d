"""URL allowlist: checks a webhook address against the origins in the settings before it is stored."""

from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit


def origin(parts: SplitResult) -> tuple[str, str, int]:
    """Scheme, host and port of an address.  Raises ValueError."""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("an allowed host is given as https://host")
    return parts.scheme, parts.hostname.lower(), parts.port or (443 if parts.scheme == "https" else 80)


def permitted(url: str, allowed: Iterable[str]) -> bool:
    """Whether the address has one of the allowed origins, and no user name or password.

    >>> permitted("https://oapi.dingtalk.com/robot/send?access_token=x", ["https://oapi.dingtalk.com"])
    True
    >>> permitted("https://oapi.dingtalk.com@elsewhere.example/", ["https://oapi.dingtalk.com"])
    False
    """
    try:
        if not url.isascii() or not url.isprintable() or " " in url:
            return False
        parts = urlsplit(url)
        # Before a password there is a user name, if only an empty one.
        if parts.username is not None:
            return False
        return origin(parts) in {origin(urlsplit(entry)) for entry in allowed}
    except ValueError:
        return False
