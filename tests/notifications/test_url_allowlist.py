"""Allowed webhook addresses: by scheme, host and port, and nothing in the address that hides where it leads."""

import pytest

from notifications.url_allowlist import permitted

ALLOWED = ("https://bot.example", "http://10.0.0.1:8080/")


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://bot.example/", True),
        ("https://bot.example", True),
        ("https://BOT.example:443/send?key=x#y", True),
        ("http://10.0.0.1:8080/send", True),
        # Another scheme, port or host.
        ("http://bot.example/", False),
        ("http://bot.example:443/", False),
        ("https://bot.example:444/", False),
        ("http://10.0.0.1/", False),
        ("https://bot.example.evil.example/", False),
        ("https://a.bot.example/", False),
        ("https://evil.example/https://bot.example/", False),
        # A name or a password before the host.
        ("https://bot.example@evil.example/", False),
        ("https://name@bot.example/", False),
        ("https://name:word@bot.example/", False),
        ("https://:word@bot.example/", False),
        ("https://@bot.example/", False),
        # No address, or one that is read in more ways than one.
        ("", False),
        ("https:///send", False),
        ("ftp://bot.example/", False),
        ("//bot.example/", False),
        ("https://bot.example:x/", False),
        ("https://bot.example/ x", False),
        ("https://bot.example/\n", False),
        ("https://bot.example/é", False),
    ],
)
def test_only_an_address_of_an_allowed_origin_is_permitted(url: str, allowed: bool) -> None:
    assert permitted(url, ALLOWED) is allowed
    assert not permitted(url, ())


def test_a_wrong_entry_of_the_settings_permits_nothing() -> None:
    assert not permitted("https://bot.example/", ["bot.example"])
