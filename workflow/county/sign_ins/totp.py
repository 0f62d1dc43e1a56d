"""Time-based one-time codes (TOTP, RFC 6238 over RFC 4226): SHA-1, six digits, half minutes, as authenticator apps have them."""

from datetime import datetime

import pyotp

#: Seconds for which a code is shown.
STEP = 30


def new_secret() -> str:
    """A random secret of 160 bits, as RFC 4226 recommends, in base 32."""
    return pyotp.random_base32()


def step_of(moment: datetime) -> int:
    """The half minute of a moment with offset, counted from 1970."""
    return int(moment.timestamp()) // STEP


def code_of(secret: str, step: int) -> str:
    """The digits that the phone shows in this half minute; `secret` in base 32."""
    return pyotp.HOTP(secret).at(step)


def address_of(secret: str, name: str, issuer: str) -> str:
    """What an authenticator app scans: the secret, whose it is, and of which system."""
    return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=name, issuer_name=issuer)
