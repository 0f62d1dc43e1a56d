"""Time-based one-time codes (TOTP, RFC 6238 over RFC 4226): SHA-1, six digits, half minutes, as every authenticator app has them.

Held to the vectors of both standards by tests/county/test_totp.py.
"""

import base64
import hmac
import secrets
from datetime import datetime
from hashlib import sha1
from urllib.parse import quote, urlencode

#: Seconds for which a code is shown, and its digits.
STEP, DIGITS = 30, 6


def new_secret() -> str:
    """A random secret of 160 bits, as RFC 4226 recommends, in base 32."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def step_of(moment: datetime) -> int:
    """The half minute of a moment with offset, counted from 1970."""
    return int(moment.timestamp()) // STEP


def code_of(secret: str, step: int) -> str:
    """The digits that the phone shows in this half minute; `secret` in base 32."""
    mac = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), sha1)
    at = mac[-1] & 0x0F
    number = int.from_bytes(mac[at : at + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def address_of(secret: str, name: str, issuer: str) -> str:
    """What an authenticator app scans: the secret, whose it is, and of which system."""
    return f"otpauth://totp/{quote(issuer)}:{quote(name)}?{urlencode({'secret': secret, 'issuer': issuer}, quote_via=quote)}"
